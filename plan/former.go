package plan

import "slices"

// A pair's folders may hold replicas that another pair made: a block of the configuration was split or removed, publisher and subscriber changed
// places, a hub was left out. They are not this pair's, and nothing of theirs is changed; but what they are replicas of is not made a second time.
// With Adopt they become the pair's own, unless another session replicates by the pair that made them.

const (
	whyOther = "its replica there was made for another session or folder; apply --adopt takes it over"
	whyOver  = "made for another session or folder, taken over"
)

// other notes a replica at a side that another pair made, unless the index of the run knows of it and of the way that it came.
func (d *Differ) other(couple int, side Side, o Origin) {
	d.in.Index.stray(o.Pair, o.Identity.Digest(), d.pair.identity(side, d.pair.Couples[couple].Folder[side].Key))
	direct := o.From == d.pair.Org[side.Other()]
	if direct {
		d.pair.Counts.Foreign[side]++
	} else if d.in.Index.covers(d.pair.Org[side]) {
		return
	}
	if d.others[side] == nil {
		d.others[side] = map[Digest]bool{}
	}
	d.others[side][o.Identity.Digest()] = true
}

// leftBehind keeps a replica that another pair made, and reports true, if it may be taken over.
func (d *Differ) leftBehind(side Side, s seen, o Origin) bool {
	if !d.pair.Adopt || !d.abandoned(o) || d.filter(s.item) != "" {
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
func (d *Differ) takeOver(alone pile, from Side) (rest pile) {
	if !d.pair.Adopt {
		return alone
	}
	to := from.Other()
	replicas := map[Digest][]seen{}
	for _, r := range d.former[to] {
		replicas[r.digest] = append(replicas[r.digest], r)
	}
	if d.pair.Rules.TwoWay { // what came from a third organization is a source itself
		for _, r := range d.unreplicated(to) {
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
	for _, s := range alone.few {
		rs := replicas[s.digest]
		if len(rs) != 1 || d.in.Index.elsewhere(d.pair.Org[to], s.digest, d.pair.Org[from]) != "" || d.doubts(s, to) != "" {
			rest.few = append(rest.few, s)
			continue
		}
		over[rs[0].item] = true
		d.take(s, rs[0], from)
	}
	d.noFormer(to, over)
	return rest
}

// noFormer notes items at a side that became the pair's own.
func (d *Differ) noFormer(side Side, now map[*Item]bool) {
	d.sources[side].few = slices.DeleteFunc(d.sources[side].few, func(s seen) bool { return now[s.item] })
	d.former[side] = slices.DeleteFunc(d.former[side], func(r seen) bool {
		if o, err := ParseOrigin(r.item.Stamp.Origin); now[r.item] && err == nil && o.From == d.pair.Org[side.Other()] {
			d.pair.Counts.Foreign[side]--
		}
		return now[r.item]
	})
}

// take decides about an item and the replica that the pair takes over, as if nothing were remembered of the two.
func (d *Differ) take(s, r seen, from Side) {
	p := d.pair
	d.read(s, from)
	d.read(r, from.Other())
	e := encounter{rules: &p.Rules, pair: p.Digest, origin: s.item, replica: r.item, from: from, blind: true,
		home: p.folderIdentity(r.couple, from.Other()), lags: d.in.Lags, now: d.in.Now}
	v := e.decide()
	switch {
	case v.unknown && p.Rules.TwoWay:
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
