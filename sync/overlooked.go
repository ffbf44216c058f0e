package sync

import (
	"context"
	"fmt"

	"iorepl/plan"
)

// sought lists the folders of a pair at a side once more, and those that are new since they were listed, and says which origins have a
// replica there.
func (r *Run) sought(ctx context.Context, p *pair, side plan.Side, origins map[plan.Digest]bool) (map[plan.Digest]bool, error) {
	listed := map[plan.Digest]bool{}
	for i := range p.Couples {
		if f := p.Couples[i].Folder[side]; f != nil && p.Couples[i].Items {
			listed[f.Key] = true
		}
	}
	w, err := r.walk(ctx, p.Org[side])
	if err != nil {
		return nil, err
	}
	found := map[plan.Digest]bool{}
	for _, f := range w.folders {
		fresh := plan.Within(f.Path, p.Root[side]) && !p.outside(int(side), f.Path) && !r.walked(p.Org[side], plan.Identity{Born: p.Org[side], Key: f.Key}.Digest())
		if !listed[f.Key] && !fresh {
			continue
		}
		err := r.list(ctx, p.at[side], f, func(items []plan.Item) error {
			for i := range items {
				o, err := plan.ParseOrigin(items[i].Stamp.Origin)
				if d := o.Identity.Digest(); err == nil && o.For == p.Org[side] && origins[d] {
					found[d] = true
				}
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("listing %s: %w", plan.Place{Organization: p.Org[side], Path: f.Path}.Shown(), err)
		}
	}
	return found, nil
}
