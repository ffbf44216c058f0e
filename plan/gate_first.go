package plan

import "slices"

// checkFirst shuts a gate where replicas would come to lie beside what may be the same items.
func (p *Plan) checkFirst(pair *Pair) {
	n := &pair.Counts
	switch {
	case n.Items[Publisher] == 0:
	case pair.First && n.Foreign[Subscriber] > 0:
		p.shut(GateFirstRun, pair.Session, "%s: first run into a folder that holds %s from %s, made for another session or folder; if a root folder has lost its stamp or its key, restore it, else %s",
			pair.title(), count(n.Foreign[Subscriber], "replica"), pair.Org[Publisher], pair.otherwise())
	case pair.First && !pair.Adopt && n.Users[Subscriber] > 0:
		p.shut(GateFirstRun, pair.Session, "%s: first run into a folder that holds %s of its users; if they are the same items, use --adopt",
			pair.title(), count(n.Users[Subscriber], "item"))
	}
	if pair.Adopt || pair.First {
		return
	}
	for _, c := range pair.Couples {
		side := c.Origin.Other()
		if c.again && c.users[side] > 0 && c.count[c.Origin] > 0 {
			p.shut(GateFirstRun, pair.Session, "%s:%s was a replica, has lost its stamp, and holds %s of its users; if they are the same items as at %s, use --adopt",
				pair.Org[side], quotePath(c.Folder[side].Path), count(c.users[side], "item"), pair.Org[c.Origin])
		}
	}
}

// otherwise is what is left to do about replicas of another session or folder.
func (pair *Pair) otherwise() string {
	if pair.Adopt {
		return "delete or move what --adopt did not find at the publisher"
	}
	return "use --adopt to take them over"
}

// loss is a replica that was in a couple's folder at a side, and is gone there, by what its origin says.
type loss struct {
	couple  int
	side    Side
	content Digest
}

// lose remembers that the replica of a user's item is gone at a side, if it is known what it said.
func (d *Differ) lose(couple int, side Side, content Digest) {
	if content.IsZero() || d.pair.Adopt {
		return
	}
	if d.pair.lost == nil {
		d.pair.lost = map[loss]int{}
	}
	d.pair.lost[loss{couple, side, content}]++
}

// checkLost shuts a gate where what is gone in a folder lies there as new items that say the same, but carry no stamp: they are the same ones, whose
// stamps are lost.
func (p *Plan) checkLost() {
	if !slices.ContainsFunc(p.Pairs, func(pair *Pair) bool { return len(pair.lost) > 0 }) {
		return
	}
	type place struct {
		pair, couple int
		side         Side
	}
	var order []place
	again := map[place]int{}
	for c := range p.Changes.Of(Create) {
		pair := p.Pairs[c.Pair]
		from := c.Side.Other()
		l := loss{c.Source, from, c.Origin.Content}
		if c.Origin.Stamp.Origin != "" || pair.lost[l] == 0 {
			continue
		}
		if f := &pair.Couples[c.Source]; f.again && f.Origin != from { // checkFirst says so of all its items
			continue
		}
		pair.lost[l]--
		at := place{c.Pair, c.Source, from}
		if again[at]++; again[at] == 1 {
			order = append(order, at)
		}
	}
	for _, at := range order {
		pair := p.Pairs[at.pair]
		p.shut(GateFirstRun, pair.Session, "%s:%s has lost stamps: %s there would be replicated as new, each of which says the same as one of %s whose replica is gone; restore them, or use --adopt",
			pair.Org[at.side], quotePath(pair.Couples[at.couple].Folder[at.side].Path), count(again[at], "item"), pair.Org[at.side.Other()])
	}
}

// checkTwins shuts a gate where items that say the same and carry no stamp would be copied in both directions: while what state remembers is void,
// nothing else tells that one side has lost the stamps of what came from the other.
func (p *Plan) checkTwins() {
	type place struct{ pair, couple int }
	type text struct {
		place
		content Digest
	}
	copies := map[text][2]int{}
	for c := range p.Changes.Of(Create) {
		if pair := p.Pairs[c.Pair]; pair.Trusted || !pair.Rules.TwoWay || pair.First || pair.Adopt || c.Origin.Stamp.Origin != "" || c.Origin.Content.IsZero() {
			continue
		}
		key := text{place{c.Pair, c.Source}, c.Origin.Content}
		n := copies[key]
		n[c.Side]++
		copies[key] = n
	}
	twins := map[place]int{}
	for key, n := range copies {
		if both := min(n[Publisher], n[Subscriber]); both > 0 {
			twins[key.place] += both
		}
	}
	for at, n := range twins {
		pair := p.Pairs[at.pair]
		folder := pair.Couples[at.couple].Folder
		p.shut(GateFirstRun, pair.Session, "%s:%s and %s:%s: %s of each would be copied to the other, where one says the same; if stamps were lost at one side, restore them, or use --adopt",
			pair.Org[Publisher], quotePath(folder[Publisher].Path), pair.Org[Subscriber], quotePath(folder[Subscriber].Path), count(n, "item"))
	}
}
