package plan

import (
	"slices"
	"time"
)

// Differ compares the items of one pair, folder by folder, so that memory depends on the largest folder and on what
// differs, not on what is the same. Folder is called once for each couple, or once for each part of its items, in any order but never
// concurrently; then Finish once.
type Differ struct {
	pair *Pair
	in   ItemInput

	changes []Change
	left    []Left

	matched   [2]digestSet // identities of sources at a side whose replica was found, sorted by Finish
	filtered  map[Digest]string
	sources   [2]pile // not matched within their folder, by the side they are at
	replicas  [2]pile
	users     [2][]seen          // users' items of a one-way target, kept for Adopt only
	former    [2][]seen          // replicas that other pairs made and left behind, kept for Adopt only
	others    [2]map[Digest]bool // identities of replicas at a side that other pairs made, and whether none of these is left
	kept      map[[2]Digest]bool // losers of conflicts, by ConflictOf and content
	conflicts []conflict
	absent    []absent
	questions []Question
	shown     [2]map[Digest]bool // identities of the pair's folders, see shows

	limits  packLimits
	packer  packer
	creates *creates // of replicas of items that have none
}

// ItemInput is what a Differ asks about items beside what listings say.
type ItemInput struct {
	Now      time.Time                                             // bounds modified_within
	Memory   func(identity Digest) *Memory                         // nil if state has none
	Refused  func(identity Digest) (version Digest, reason string) // what the target refused for good
	Attempts func(identity Digest) int                             // to make the replica, if state does not know how the last one ended
	Content  func(side Side, couples []int, items []*Item)         // reads items and sets their Content, but where that fails
	Index    *Index                                                // of all pairs of the run
	Proven   func(side Side, folder Digest) bool                   // whether a folder, by identity, was listed whole or is known to be gone
	Known    func(organization string) bool                        // whether the configuration has it
	Hides    [2]bool                                               // whether a folder of a side that is not found may be one that the account may not see
	Lags     [2]bool                                               // whether servers of a side take up to Settling to show what was written
	Unseen   func(organization string) bool                        // whether an organization cannot be looked at in this run
	Served   func(pair Digest) bool                                // whether another pair of the run may look after a replica; not one of the same session and organizations: they share no folder
	Doubts   func(to Side, born string) string                     // why an item born in an organization may be at a side, or come there, by a way that cannot be looked at; nil: all can

	// Sought says which of these have a replica at a side, in the folders of the pair or of all pairs, listed once more. Finish asks it.
	Sought func(side Side, origins map[Digest]bool, everywhere bool) (map[Digest]bool, error)
}

// Question is an item whose content must be known for a decision: it is to be read, and Folder called again.
type Question struct {
	Side Side
	Item int // index into the items given to Folder
}

// seen is an item with what its stamp makes of it.
type seen struct {
	item   *Item
	couple int
	id     Identity // of a source: its own; of a replica: its origin's
	digest Digest
}

// keep copies the item, so that what is kept of a folder does not hold on to the rest of its listing.
func (s seen) keep() seen {
	it := *s.item
	s.item = &it
	return s
}

type conflict struct {
	origin, replica seen
	from            Side
	why             string
}

// NewDiffer starts the comparison of a pair whose folders are coupled.
func NewDiffer(p *Pair, in ItemInput) *Differ {
	return newDiffer(p, in, packLimits{few: 20_000, run: 20_000, block: blockSize})
}

func newDiffer(p *Pair, in ItemInput, limits packLimits) *Differ {
	d := &Differ{pair: p, in: in, filtered: map[Digest]string{}, kept: map[[2]Digest]bool{}, limits: limits, packer: packer{size: limits.block}}
	d.countRoot()
	d.creates = &creates{pair: p, limits: limits, packer: &d.packer, goes: map[target]int{}}
	return d
}

const (
	whyUsers      = "belongs to its users"
	whyForeign    = "replica made for another session or folder"
	whyNewer      = "stamped by a newer version of iorepl"
	whyUnreadable = "cannot be read: "
	whyReturn     = "comes from there"
	whyCopy       = "copy of a replica, made by its users"
	whyUnseen     = "carries the stamp of a replica that was not found, in a listing that is not complete"
	whyAmbiguous  = "carries the same stamp as another item, and nothing tells which is the replica"
	// WhyDoubled is the reason of a deletion that leaves the replica itself in place.
	WhyDoubled = "made twice by an interrupted run"
	// WhyBegun is the reason of a deletion of what is not whole, and was no replica yet.
	WhyBegun    = "left incomplete by an interrupted run"
	whyUnderway = "left incomplete by an interrupted run; not a source until it is finished"
)

// Folder compares the items of one couple's folders, or a part of them that holds all items of an Identity if it holds one. Its
// questions are answered by calling it again with Content filled in; while there are any, nothing of the part is recorded.
func (d *Differ) Folder(couple int, items [2][]Item) []Question {
	d.questions = nil
	mark := d.mark()
	c := &d.pair.Couples[couple]
	counted, users, blocked := c.count, c.users, c.blocked
	var sources, replicas [2][]seen
	sources[Publisher] = make([]seen, 0, len(items[Publisher]))
	replicas[Subscriber] = make([]seen, 0, len(items[Subscriber]))
	for side := range items {
		for i := range items[side] {
			d.sort(couple, Side(side), &items[side][i], &sources, &replicas)
		}
	}
	d.match(couple, Publisher, sources[Publisher], replicas[Subscriber], items)
	if d.pair.Rules.TwoWay {
		d.match(couple, Subscriber, sources[Subscriber], replicas[Publisher], items)
	}
	if len(d.questions) > 0 {
		d.reset(mark)
		c.count, c.users, c.blocked = counted, users, blocked
	} else {
		d.left = append(d.left[:mark.left], mergeLeft(d.left[mark.left:])...)
		for side := range 2 {
			d.settle(&d.sources[side])
			d.settle(&d.replicas[side])
		}
	}
	return d.questions
}

// settle packs a pile that has grown large. To link items that were there before, all have to be looked at together.
func (d *Differ) settle(p *pile) {
	if !d.pair.Adopt && (p.parts != nil || len(p.few) > d.limits.few) {
		p.pack(&d.packer)
	}
}

// Identity digests what tells which items of a pair are compared with each other: an item's own identity, and that of the origin if the
// item is a replica.
func (d *Differ) Identity(side Side, it *Item) Digest {
	if st, o := d.pair.stand(it.Stamp, side); st == ours || st == foreign {
		return o.Identity.Digest()
	}
	return d.pair.identity(side, it.Key).Digest()
}

// Unlisted says that a couple's folders could not be listed: nothing in them is known, and they are not empty.
func (d *Differ) Unlisted(couple int) {
	d.pair.Couples[couple].blocked = [2]bool{true, true}
}

// sort says what one item is: a source, a replica, or something to be left alone.
func (d *Differ) sort(couple int, side Side, it *Item, sources, replicas *[2][]seen) {
	p := d.pair
	c := &p.Couples[couple]
	c.count[side]++
	p.Counts.Items[side]++
	st, o := own, Origin{}
	if it.Stamp.Origin != "" {
		st, o = d.standing(it, side)
	}
	if it.Stamp.Mark != "" {
		switch m, err := ParseMark(it.Stamp.Mark); {
		case err != nil:
		case m.Begun && it.Problem == "":
			d.begun(couple, side, it, m)
			return
		case m.Kept && m.Pair == p.Digest:
			d.kept[[2]Digest{m.Replica, m.Content}] = true
		}
	}
	publishes := side == Publisher || p.Rules.TwoWay
	if it.Problem != "" {
		d.leaveError(couple, side, it, whyUnreadable+it.Problem)
		c.blocked[side] = true
		if st != ours {
			id := p.identity(side, it.Key)
			if st == foreign {
				id = o.Identity
				d.stray(couple, side, o)
			}
			d.filtered[id.Digest()] = "cannot be read at the " + side.String()
		} else {
			d.filtered[o.Identity.Digest()] = "its replica cannot be read"
			p.Counts.Replicas[side]++
		}
		return
	}
	switch st {
	case newer:
		d.leave(couple, side, it, whyNewer)
		d.filtered[p.identity(side, it.Key).Digest()] = whyNewer
		return
	case ours:
		p.Counts.Replicas[side]++
		s := seen{item: it, couple: couple, id: o.Identity, digest: o.Identity.Digest()}
		if why := d.filter(it); why != "" {
			d.leave(couple, side, it, why)
			d.filtered[s.digest] = why
			return
		}
		replicas[side] = append(replicas[side], s)
		return
	}
	s := seen{item: it, couple: couple, id: p.identity(side, it.Key)}
	if st == foreign {
		s.id = o.Identity
		d.other(couple, side, o)
	} else {
		p.Counts.Users[side], c.users[side] = p.Counts.Users[side]+1, c.users[side]+1
	}
	s.digest = s.id.Digest()
	switch {
	case !publishes && st == foreign:
		if !d.leftBehind(side, s, o) {
			d.leave(couple, side, it, whyForeign)
		}
	case !publishes:
		if p.Adopt && st == own {
			d.users[side] = append(d.users[side], s.keep())
		} else {
			d.leave(couple, side, it, whyUsers)
		}
	case st == foreign && it.Stamp.Version == "":
		d.leave(couple, side, it, whyUnderway)
		d.filtered[s.digest] = whyUnderway
	case st == foreign && (o.Born == p.Org[side.Other()] || o.From == p.Org[side.Other()]):
		if !d.leftBehind(side, s, o) {
			d.leave(couple, side, it, whyReturn)
		}
	default:
		if why := d.filter(it); why != "" {
			d.leave(couple, side, it, why)
			d.filtered[s.digest] = why
			return
		}
		if st == own && !c.taken[side.Other()] && !c.elsewhere[side.Other()] {
			d.in.Index.offer(p.Org[side.Other()], s.digest, p.Org[side])
		}
		sources[side] = append(sources[side], s)
	}
}

// filter says why a filter takes an item out, or "".
func (d *Differ) filter(it *Item) string {
	d.pair.globs.class(&d.pair.Rules, it.Class)
	return d.pair.Rules.itemOut(it, d.in.Now)
}

// countRoot counts the stamp of a target that the pair meets for the first time: its replicas may all be where a filter hides them.
func (d *Differ) countRoot() {
	p := d.pair
	if !p.First || len(p.Couples) == 0 || p.Couples[0].Folder[Subscriber] == nil {
		return
	}
	o, err := ParseOrigin(p.Couples[0].Folder[Subscriber].Stamp.Origin)
	if err == nil && d.strange(o) {
		p.Counts.Stamped[Subscriber]++
		p.Counts.Strange[Subscriber]++
	}
}

// strange reports whether an origin names an organization that the configuration does not know, and notes which.
func (d *Differ) strange(o Origin) (is bool) {
	for _, id := range []string{o.From, o.For} {
		if !d.in.Known(id) {
			is = true
			if d.pair.stranger == "" || id < d.pair.stranger {
				d.pair.stranger = id
			}
		}
	}
	return is
}

// standing judges an item's stamp, and counts stamps and those in which the configuration's organizations do not occur.
func (d *Differ) standing(it *Item, side Side) (standing, Origin) {
	p := d.pair
	o, err := ParseOrigin(it.Stamp.Origin)
	// What comes from a third organization that is known says nothing about whether this pair's own replicas are recognized.
	switch {
	case err == nil && d.strange(o):
		p.Counts.Stamped[side]++
		p.Counts.Strange[side]++
	case err == nil && o.From == p.Org[side.Other()]:
		p.Counts.Stamped[side]++
	}
	st := p.standing(o, err, side)
	if st == ours || st == foreign {
		d.in.Index.add(p.Org[side], o.Identity.Digest(), o.From)
	}
	return st, o
}

func (d *Differ) leave(couple int, side Side, it *Item, why string) {
	d.left = append(d.left, Left{Side: side, Path: d.pair.Couples[couple].Want[side], Why: why, Count: 1, Names: []string{it.Name}})
}

func (d *Differ) leaveError(couple int, side Side, it *Item, why string) {
	d.leave(couple, side, it, why)
	d.left[len(d.left)-1].Error = true
}

type diffMark struct {
	changes, left, conflicts, learn           int
	matched, sources, replicas, users, former [2]int
	counts                                    Counts
}

func (d *Differ) mark() diffMark {
	m := diffMark{len(d.changes), len(d.left), len(d.conflicts), len(d.pair.Learn), [2]int{}, [2]int{}, [2]int{}, [2]int{}, [2]int{}, d.pair.Counts}
	for s := range 2 {
		m.matched[s], m.sources[s], m.replicas[s] = len(d.matched[s]), len(d.sources[s].few), len(d.replicas[s].few)
		m.users[s], m.former[s] = len(d.users[s]), len(d.former[s])
	}
	return m
}

// reset forgets what a couple added since mark, because it is to be compared again.
func (d *Differ) reset(m diffMark) {
	d.changes, d.left, d.conflicts, d.pair.Learn = d.changes[:m.changes], d.left[:m.left], d.conflicts[:m.conflicts], d.pair.Learn[:m.learn]
	for s := range 2 {
		d.matched[s], d.sources[s].few, d.replicas[s].few = d.matched[s][:m.matched[s]], d.sources[s].few[:m.sources[s]], d.replicas[s].few[:m.replicas[s]]
		d.users[s], d.former[s] = d.users[s][:m.users[s]], d.former[s][:m.former[s]]
	}
	d.pair.Counts = m.counts
}

// digestSet is a compact set of identities: 16 bytes each.
type digestSet []Digest

func (s digestSet) has(d Digest) bool {
	_, ok := slices.BinarySearchFunc(s, d, Digest.Compare)
	return ok
}
