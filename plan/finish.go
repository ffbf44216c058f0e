package plan

import (
	"cmp"
	"slices"
)

// Finish decides about what was not decided within a folder: items that moved, items without a replica, replicas
// without an origin, copies. listed says that every folder of the pair was listed whole, on both sides; without it nothing counts as
// gone. It returns the item changes of the pair and what is left alone.
func (d *Differ) Finish(listed bool) (*Changes, []Left) {
	for side := range d.matched {
		slices.SortFunc(d.matched[side], Digest.Compare)
	}
	d.finish(Publisher, listed)
	if d.pair.Rules.TwoWay {
		d.finish(Subscriber, listed)
	}
	for _, c := range d.conflicts {
		d.resolve(c)
	}
	d.leaveFormer()
	d.changes = append(d.changes, d.creates.rest()...)
	d.folders(listed)
	changes := &Changes{plain: d.changes}
	if len(d.creates.runs) > 0 {
		changes.packed = []*creates{d.creates}
	}
	return changes, d.left
}

// finish works on the items at from and their replicas at the other side.
func (d *Differ) finish(from Side, listed bool) {
	to := from.Other()
	var alone pile
	var gone []seen
	first := d.replicas[to].len() == 0 && !d.pair.Adopt // nothing can be linked, and nothing has to wait for the rest
	for sources, replicas := range together(&d.sources[from], &d.replicas[to], &d.packer) {
		without, left := d.unite(sources, replicas, from, listed)
		if first {
			d.withoutReplicas(without, from, listed)
			continue
		}
		gone = append(gone, left...)
		alone.few = append(alone.few, without...)
		d.settle(&alone)
	}
	alone = d.takeOver(alone, from, listed)
	alone, gone = d.relink(alone, gone, from, listed)
	alone = d.adopt(alone, from, listed)
	for _, r := range gone {
		d.orphan(r, from, listed)
	}
	for part := range alone.each() {
		d.withoutReplicas(part, from, listed)
	}
}

func (d *Differ) withoutReplicas(alone []seen, from Side, listed bool) {
	for _, s := range alone {
		d.withoutReplica(s, from, listed)
	}
	d.lookAgain(from)
}

// unite brings items and their replicas together that were in different folders. It returns the items that have no replica and the replicas that
// have no origin, the latter in the order of their identities.
func (d *Differ) unite(sources, replicas []seen, from Side, listed bool) (alone, gone []seen) {
	to := from.Other()
	groups := map[Digest][]seen{}
	for _, r := range replicas {
		groups[r.digest] = append(groups[r.digest], r)
	}
	slices.SortFunc(sources, compareSeen)
	done := map[Digest]bool{}
	for _, s := range sources {
		switch why, out := d.filtered[s.digest]; {
		case out:
			d.leave(s.couple, from, s.item, why)
		case done[s.digest] || d.matched[from].has(s.digest):
			d.leave(s.couple, from, s.item, whyCopy)
		default:
			done[s.digest] = true
			if r, ok := d.choose(groups[s.digest], to); ok && !listed && d.another(s, r) {
				d.leave(r.couple, to, r.item, whyUnseen)
			} else if ok {
				d.meet(s, r, from, [2][]Item{})
			} else if len(groups[s.digest]) == 0 {
				alone = append(alone, s)
			}
		}
	}
	for _, digest := range sortedDigests(groups) {
		rs := groups[digest]
		why, out := d.filtered[digest]
		switch {
		case out:
			for _, r := range rs {
				d.leave(r.couple, to, r.item, why)
			}
		case d.matched[from].has(digest):
			d.copies(rs, digest, from)
		case done[digest]:
		default:
			if r, ok := d.choose(rs, to); ok {
				gone = append(gone, r)
			}
		}
	}
	return alone, gone
}

// choose picks the replica among items with one stamp: the one that state names. Where it cannot tell, equal
// contents in one folder are a create that happened twice, of which the older stays.
func (d *Differ) choose(rs []seen, side Side) (seen, bool) {
	if len(rs) < 2 {
		return first(rs)
	}
	if m := d.memory(rs[0].digest); m.buried() {
		for _, r := range rs {
			d.leave(r.couple, side, r.item, whyCopy)
		}
		return seen{}, false
	} else if m != nil {
		for i, r := range rs {
			if m.names(r.item) {
				for j, c := range rs {
					if j != i {
						d.beside(r, c, side.Other(), [2][]Item{})
					}
				}
				return r, true
			}
		}
	}
	slices.SortFunc(rs, func(a, b seen) int {
		return cmp.Or(a.item.Modified.Compare(b.item.Modified), compareSeen(a, b))
	})
	for _, r := range rs {
		d.read(r, side)
	}
	for _, r := range rs[1:] {
		if r.couple != rs[0].couple || r.item.Content.IsZero() || r.item.Content != rs[0].item.Content || !sameStamp(r.item.Stamp, rs[0].item.Stamp) {
			for _, r := range rs {
				d.leaveError(r.couple, side, r.item, whyAmbiguous)
			}
			return seen{}, false
		}
	}
	for _, r := range rs[1:] {
		d.changes = append(d.changes, d.deletion(r, nil, side, WhyDoubled))
	}
	return rs[0], true
}

func first(rs []seen) (seen, bool) {
	if len(rs) == 0 {
		return seen{}, false
	}
	return rs[0], true
}

// copies deals with replicas elsewhere in the pair of an item whose replica was found in its own folder.
func (d *Differ) copies(rs []seen, digest Digest, from Side) {
	m := d.memory(digest)
	for _, r := range rs {
		if m != nil && !m.names(r.item) {
			d.leave(r.couple, from.Other(), r.item, whyCopy)
			continue
		}
		d.leaveError(r.couple, from.Other(), r.item, whyAmbiguous)
		d.takeBack(rs[0].id, from.Other())
	}
}

// takeBack drops what was decided about the replica at side of an identity, since another item may be the replica.
func (d *Differ) takeBack(id Identity, side Side) {
	d.changes = slices.DeleteFunc(d.changes, func(c Change) bool {
		decided := c.Replica != nil && !c.Action.OfFolder() && c.Born.Identity == id && c.Born.For == d.pair.Org[side]
		if decided {
			d.leaveError(c.Couple, c.Side, c.Replica, whyAmbiguous)
		}
		return decided
	})
	d.conflicts = slices.DeleteFunc(d.conflicts, func(c conflict) bool {
		decided := c.origin.id == id && c.from == side.Other()
		if decided {
			d.leaveError(c.replica.couple, side, c.replica.item, whyAmbiguous)
		}
		return decided
	})
}

func compareSeen(a, b seen) int {
	return cmp.Or(cmp.Compare(a.couple, b.couple), cmp.Compare(a.item.Name, b.item.Name), a.item.Key.Compare(b.item.Key), cmp.Compare(a.item.ID, b.item.ID))
}

func sortedDigests(m map[Digest][]seen) []Digest {
	out := make([]Digest, 0, len(m))
	for d := range m {
		out = append(out, d)
	}
	slices.SortFunc(out, Digest.Compare)
	return out
}
