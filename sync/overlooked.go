package sync

import (
	"context"
	"encoding/binary"
	"fmt"

	"iorepl/plan"
)

// sought lists the folders of a pair at a side once more, or those of all pairs in its organization, and what is new below their roots. It says
// which origins have a replica of the pair there.
func (r *Run) sought(ctx context.Context, p *pair, side plan.Side, origins map[plan.Digest]bool, everywhere bool) (map[plan.Digest]bool, error) {
	org, found := p.Org[side], map[plan.Digest]bool{}
	if !everywhere {
		return found, r.lookThrough(ctx, org, func(o *pair, at plan.Side) bool { return o == p && at == side }, func(o plan.Origin) {
			if d := o.Identity.Digest(); o.Pair == p.Digest && origins[d] {
				found[d] = true
			}
		})
	}
	seen := r.looked[org]
	if seen == nil { // all folders are listed by now, and one look serves all pairs
		seen = map[uint64]struct{}{}
		err := r.lookThrough(ctx, org, func(*pair, plan.Side) bool { return true }, func(o plan.Origin) { seen[mark(o.Pair, o.Identity.Digest())] = struct{}{} })
		if err != nil {
			return nil, err
		}
		r.looked[org] = seen
	}
	for d := range origins {
		if _, ok := seen[mark(p.Digest, d)]; ok {
			found[d] = true
		}
	}
	return found, nil
}

// mark stands for a replica in little memory. Two that have one mark by chance are looked at again by the next run.
func mark(pair, origin plan.Digest) uint64 {
	d := plan.Sum("mark", string(pair[:]), string(origin[:]))
	return binary.BigEndian.Uint64(d[:])
}

// lookThrough lists an organization's folders of some sides of pairs, and what is new below their roots, and calls do with the origins of all
// replicas that were made for it.
func (r *Run) lookThrough(ctx context.Context, org string, of func(*pair, plan.Side) bool, do func(plan.Origin)) error {
	listed := map[plan.Digest]bool{}
	fresh := func(plan.Folder) bool { return false }
	for _, p := range r.pairs {
		for side := plan.Publisher; side <= plan.Subscriber; side++ {
			if p.Org[side] != org || !of(p, side) {
				continue
			}
			for i := range p.Couples {
				if f := p.Couples[i].Folder[side]; f != nil && p.Couples[i].Items {
					listed[f.Key] = true
				}
			}
			before := fresh
			fresh = func(f plan.Folder) bool {
				return before(f) || plan.Within(f.Path, p.Root[side]) && !p.outside(int(side), f.Path)
			}
		}
	}
	w, err := r.walk(ctx, org)
	if err != nil {
		return err
	}
	for _, f := range w.folders {
		if !listed[f.Key] && (!fresh(f) || r.walked(org, plan.Identity{Born: org, Key: f.Key}.Digest())) {
			continue
		}
		err := r.list(ctx, r.Organizations[org], f, func(items []plan.Item) error {
			for i := range items {
				if o, err := plan.ParseOrigin(items[i].Stamp.Origin); err == nil && o.For == org {
					do(o)
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("listing %s: %w", plan.Place{Organization: org, Path: f.Path}.Shown(), err)
		}
	}
	return nil
}
