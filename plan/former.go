package plan

import "slices"

// A pair's folders may hold replicas that another pair made: a block of the configuration was split or removed, publisher and subscriber changed
// places, a hub was left out. They are not this pair's, and nothing of theirs is changed; but what they are replicas of is not made a second time.
// With Adopt they become the pair's own, unless another session replicates by the pair that made them.

const (
	whyOther = "its replica there was made for another session or folder; apply --adopt takes it over"
	whyKept  = "its replica there was made for another session or folder, and cannot be taken over; it is copied once that one is deleted"
	whyOver  = "made for another session or folder, taken over"
)

// other notes a replica at a side that another pair made, where this one writes, unless the index of the run knows of it and of the way that it
// came.
func (d *Differ) other(couple int, side Side, o Origin) {
	d.stray(couple, side, o)
	direct := o.From == d.pair.Org[side.Other()]
	if direct {
		d.pair.Counts.Foreign[side]++
	}
	abandoned := d.abandoned(o)
	if !d.writes(side) || !direct && !abandoned && d.in.Index.covers(d.pair.Org[side]) {
		return
	}
	if d.others[side] == nil {
		d.others[side] = map[Digest]bool{}
	}
	d.others[side][o.Identity.Digest()] = abandoned
}

// stray notes in whose folder a replica that another pair made lies.
func (d *Differ) stray(couple int, side Side, o Origin) {
	d.in.Index.stray(o.Pair, o.Identity.Digest(), d.pair.identity(side, d.pair.Couples[couple].Folder[side].Key))
}

// whyOthers says why an item is not copied to a side at which there is a replica of it that another pair made, or "".
func (d *Differ) whyOthers(to Side, identity Digest) string {
	switch abandoned, ok := d.others[to][identity]; {
	case !ok:
		return ""
	case abandoned && !d.pair.Adopt:
		return whyOther
	}
	return whyKept
}

// writes reports whether the pair makes replicas at a side.
func (d *Differ) writes(side Side) bool { return side == Subscriber || d.pair.Rules.TwoWay }

// leftBehind keeps a replica that another pair made, and reports true, if it may be taken over.
func (d *Differ) leftBehind(side Side, s seen, o Origin) bool {
	if !d.pair.Adopt || !d.writes(side) || !d.abandoned(o) || d.filter(s.item) != "" {
		return false
	}
	d.former[side] = append(d.former[side], s.keep())
	return true
}

// abandoned reports whether no pair of the configuration can look after a replica any more but this one.
func (d *Differ) abandoned(o Origin) bool {
	return d.in.Served != nil && !d.in.Served(o.Pair) && (d.in.Unseen == nil || !d.in.Unseen(o.From))
}

// takeOver makes replicas that other pairs left behind those of the items at from that have none. It returns the items that still have none.
func (d *Differ) takeOver(alone pile, from Side, listed bool) (rest pile) {
	if !d.pair.Adopt {
		return alone
	}
	to := from.Other()
	replicas := map[Digest][]seen{}
	for _, r := range d.former[to] {
		replicas[r.digest] = append(replicas[r.digest], r)
	}
	if d.pair.Rules.TwoWay { // what came from a third organization is a source itself
		for _, r := range d.unreplicated(to, listed) {
			if o, err := ParseOrigin(r.item.Stamp.Origin); err == nil && d.abandoned(o) {
				replicas[r.digest] = append(replicas[r.digest], r)
			}
		}
	}
	if len(replicas) == 0 {
		return alone
	}
	slices.SortFunc(alone.few, compareSeen) // they are not packed where items are linked
	over := map[*Item]bool{}
	var pairs [][2]seen
	var read [2][]seen
	for _, s := range alone.few {
		rs := replicas[s.digest]
		if len(rs) != 1 || !d.linkable(s, from, cameFrom(rs[0]), listed) {
			rest.few = append(rest.few, s)
			continue
		}
		over[rs[0].item], over[s.item] = true, true
		pairs = append(pairs, [2]seen{s, rs[0]})
		if e := d.encounterOver(s, rs[0], from); e.decide().unknown {
			read[from], read[to] = append(read[from], s), append(read[to], rs[0])
		}
	}
	d.noFormer(to, over)
	d.readAll(read[from], from)
	d.readAll(read[to], to)
	for _, p := range pairs {
		d.take(p[0], p[1], from)
	}
	return rest
}

// cameFrom is the organization that a replica was copied from.
func cameFrom(r seen) string {
	o, _ := ParseOrigin(r.item.Stamp.Origin)
	return o.From
}

// linkable reports whether an item at from may be linked to one that is at the other side already. It may not if it has a replica there by another
// way than a former one, or in a folder that could not be listed.
func (d *Differ) linkable(s seen, from Side, former string, listed bool) bool {
	return d.in.Index.elsewhere(d.pair.Org[from.Other()], s.digest, d.pair.Org[from], former) == "" && d.doubts(s, from.Other()) == "" &&
		(listed || d.memory(s.digest) == nil)
}

// noFormer notes items that are linked: what is at a side became the pair's own. What is linked one way is not to be linked the other way, too.
func (d *Differ) noFormer(side Side, now map[*Item]bool) {
	for side := range d.sources {
		d.sources[side].few = slices.DeleteFunc(d.sources[side].few, func(s seen) bool { return now[s.item] })
	}
	d.former[side] = slices.DeleteFunc(d.former[side], func(r seen) bool {
		if now[r.item] && cameFrom(r) == d.pair.Org[side.Other()] {
			d.pair.Counts.Foreign[side]--
		}
		return now[r.item]
	})
}

// encounterOver is an item and the replica that the pair takes over, as if nothing were remembered of the two.
func (d *Differ) encounterOver(s, r seen, from Side) encounter {
	p := d.pair
	return encounter{rules: &p.Rules, pair: p.Digest, origin: s.item, replica: r.item, from: from,
		home: p.folderIdentity(r.couple, from.Other()), lags: d.in.Lags, now: d.in.Now}
}

// take decides about an item and the replica that the pair takes over, of which what it says was read as far as it can be.
func (d *Differ) take(s, r seen, from Side) {
	e := d.encounterOver(s, r, from)
	e.blind = true
	v := e.decide()
	switch {
	case v.unknown && d.pair.Rules.TwoWay:
		v = leave("made for another session or folder, and what it says cannot be read")
	case v.unknown:
		v = do(Update, whyChanged)
	case !v.act && v.why == "", v.action == Renew:
		v = do(Renew, whyOver)
	}
	d.record(&e, v, s, r)
}

// leaveFormer leaves alone the replicas of other pairs that were not taken over.
func (d *Differ) leaveFormer() {
	why := whyForeign
	if d.pair.Rules.TwoWay {
		why = whyReturn
	}
	for side := range d.former {
		for _, r := range d.former[side] {
			d.leave(r.couple, Side(side), r.item, why)
		}
	}
}
