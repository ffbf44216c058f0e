package sync

import (
	"slices"

	"iorepl/plan"
)

// noteUnlisted tells the index in which organizations folders of pairs were listed by none of them: replicas that users moved there are not seen.
func (r *Run) noteUnlisted(index *plan.Index) {
	listed := map[place]bool{}
	for _, p := range r.pairs {
		for i, looked := range p.listed {
			for side, f := range p.Couples[i].Folder {
				if looked && f != nil {
					listed[place{p.Org[side], f.Path}] = true
				}
			}
		}
	}
	for _, p := range r.pairs {
		for side, org := range p.Org {
			if slices.ContainsFunc(r.unlisted(p, side), func(f plan.Folder) bool { return !listed[place{org, f.Path}] }) {
				index.Unlisted(org)
			}
		}
	}
}

// unlisted are the folders at a side that a pair could not list.
func (r *Run) unlisted(p *pair, side int) (folders []plan.Folder) {
	switch {
	case p.Unseen && r.walks[p.Org[side]] != nil:
		for _, f := range r.walks[p.Org[side]].folders {
			if p.holds(plan.Side(side), f.Path) && !p.outside(side, f.Path) {
				folders = append(folders, f)
			}
		}
	case p.listed == nil:
		return p.members[side]
	default:
		for i, looked := range p.listed {
			if f := p.Couples[i].Folder[side]; f != nil && p.Couples[i].Items && !looked {
				folders = append(folders, *f)
			}
		}
	}
	return folders
}
