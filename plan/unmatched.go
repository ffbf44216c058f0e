package plan

import (
	"cmp"
	"strings"
)

// orphan decides about a replica whose origin was not found.
func (d *Differ) orphan(r seen, from Side, listed bool) {
	to := from.Other()
	copied, _ := ParseCopied(r.item.Stamp.Version)
	switch {
	case !listed:
		d.leave(r.couple, to, r.item, "its origin was not found, in a listing that is not complete")
		return
	case d.unseen(r):
		d.leaveError(r.couple, to, r.item, "gone at the "+from.String()+", and comes from "+r.id.Born+", which cannot be looked at")
		return
	case r.item.Stamp.Version != "" && !d.in.Proven(from, copied.Home):
		d.leave(r.couple, to, r.item, "its origin's folder is no longer in the pair, and nothing proves that it is gone")
		return
	}
	e := encounter{rules: &d.pair.Rules, trusted: d.pair.Trusted, pair: d.pair.Digest, replica: r.item, from: from, memory: d.memory(r.digest),
		lags: d.in.Lags, now: d.in.Now}
	if !d.pair.Rules.TwoWay && e.memory != nil && e.memory.Replica != r.item.Key {
		d.leave(r.couple, to, r.item, whyCopy) // the replica itself is gone
		return
	}
	v := e.decide()
	switch {
	case !v.act:
		d.leave(r.couple, to, r.item, v.why)
	case v.action == Revive:
		d.changes = append(d.changes, Change{Action: Revive, Side: to, Why: v.why, Name: r.item.Name, Couple: r.couple,
			Source: r.couple, Target: r.couple, Replica: r.item,
			Born: Origin{Identity: d.pair.identity(to, r.item.Key), From: d.pair.Org[to], For: d.pair.Org[from]}})
	default:
		d.changes = append(d.changes, d.deletion(r, nil, to, v.why))
	}
}

// withoutReplica decides about an item that has no replica in the pair.
func (d *Differ) withoutReplica(s seen, from Side, listed bool) {
	to := from.Other()
	if why := cmp.Or(d.whyOthers(to, s.digest), d.in.Index.elsewhere(d.pair.Org[to], s.digest, d.pair.Org[from], "")); why != "" {
		d.leave(s.couple, from, s.item, why)
		return
	}
	if why := d.doubts(s, to); why != "" {
		d.leaveError(s.couple, from, s.item, why)
		return
	}
	e := encounter{rules: &d.pair.Rules, trusted: d.pair.Trusted, pair: d.pair.Digest, origin: s.item, from: from, lags: d.in.Lags, now: d.in.Now}
	if d.pair.Rules.TwoWay || !listed {
		e.memory = d.memory(s.digest)
	}
	if e.memory != nil && !listed {
		d.leave(s.couple, from, s.item, "its replica was not found, in a listing that is not complete")
		return
	}
	v := e.decide()
	if e.memory != nil && v.action != Create {
		d.lose(s.couple, to, s.item.Content)
	}
	switch {
	case !v.act:
		d.leave(s.couple, from, s.item, v.why)
	case v.action == Delete && d.unseen(s):
		d.leaveError(s.couple, from, s.item, v.why+", and comes from "+s.id.Born+", which cannot be looked at")
	case v.action == Delete && d.in.Index.strays[[2]Digest{d.pair.Digest, s.digest}]:
		d.leave(s.couple, from, s.item, "its replica was moved to a folder of another session or folder block")
	case v.action == Delete && d.in.Index.partial[d.pair.Org[to]]:
		d.leave(s.couple, from, s.item, "its replica was not found, and may lie in a folder of another session or folder block, which cannot be listed")
	case v.action == Delete && !d.in.Proven(to, e.memory.Home):
		d.leave(s.couple, from, s.item, "its replica's folder is no longer in the pair, and nothing proves that it is gone")
	case v.action != Delete && d.refused(s, to):
	default:
		a := absent{seen: s, verdict: v}
		if e.memory != nil {
			a.home = e.memory.Home
		}
		if d.hadReplica(s) {
			d.absent = append(d.absent, a)
		} else {
			d.miss(a, from)
		}
	}
}

// doubts says why an item without a replica at a side may have one all the same, which an organization that cannot be looked at gave, or gives.
func (d *Differ) doubts(s seen, to Side) string {
	if d.in.Doubts == nil {
		return ""
	}
	return d.in.Doubts(to, s.id.Born)
}

// unseen reports whether an item was born in an organization that cannot be looked at.
func (d *Differ) unseen(s seen) bool { return d.in.Unseen != nil && d.in.Unseen(s.id.Born) }

// deletion deletes an item at side; origin is the item itself where it is an origin whose replica is gone.
func (d *Differ) deletion(s seen, origin *Item, side Side, why string) Change {
	c := Change{Action: Delete, Side: side, Why: why, Name: s.item.Name, Couple: s.couple, Source: s.couple, Target: s.couple,
		Born: Origin{Identity: s.id}}
	if origin != nil {
		c.Origin = origin
	} else {
		c.Replica = s.item
	}
	return c
}

// resolve turns a conflict in which both are kept into a change. If a run died after it kept the loser, only the winner is still to be copied. Of a
// winner that is refused, the loser need not be kept: it stays where it is.
func (d *Differ) resolve(c conflict) {
	p := d.pair
	to := c.from.Other()
	ch := Change{Action: Update, Side: Subscriber, Why: c.why, Clash: true, Source: c.origin.couple, Origin: c.origin.item, Replica: c.replica.item,
		Born: Origin{Identity: c.origin.id, From: p.Org[c.from], For: p.Org[to]}}
	loser := c.replica
	if c.from == Subscriber {
		loser = c.origin
		ch.Action, ch.Source = CopyBack, c.replica.couple
	}
	ch.Name, ch.Couple, ch.Target = loser.item.Name, loser.couple, loser.couple
	if !d.takes(ch, c.origin, c.replica) {
		return
	}
	if v, why := d.in.Refused(c.origin.digest); why != "" && v == loser.item.Version {
		d.leave(loser.couple, Subscriber, loser.item, c.why+", and a copy of it was refused: "+why)
		if !p.Trusted { // or else the next run takes the stamp's word for what was never settled
			p.Learn = append(p.Learn, Learned{c.origin.digest, Unsettled(*c.replica.item, p.folderIdentity(c.replica.couple, to))})
		}
		return
	}
	if len(d.kept) > 0 {
		d.read(loser, Subscriber)
	}
	if d.kept[[2]Digest{ConflictOf(c.origin.id, c.replica.item), loser.item.Content}] {
		ch.Why += "; the loser is kept already"
		if ch.Action == Update && p.Follows(c.origin.couple, c.replica.couple, c.replica.item.Stamp, c.from) {
			ch.Target = c.origin.couple
		}
	} else {
		ch.Action = Keep
	}
	d.changes = append(d.changes, ch)
}

func sideText(format string, side Side) string {
	return strings.ReplaceAll(format, "%s", side.String())
}
