package sync

import (
	"fmt"
	"slices"
	"strings"

	"iorepl/plan"
)

// An organization that cannot be opened or walked is unseen. Pairs that need it fail; all others go on. What only the unseen one could tell
// is left alone at the others:
//
//	an item was born there, and would come from another one   left alone: it comes by the shorter way
//	an item may have come from there, to folders that no      left alone: it may be there already
//	  other pair looks at
//	an item was born there, and is gone where it was copied   left alone: it is made again, not deleted
//	  from
//	two organizations of a mesh keep folders together by      no folder is made, renamed, stamped or deleted
//	  the stamps of a third one

// ways says between which organizations sessions carry items, as lists of those that can be reached in one step.
type ways map[string][]string

func (w ways) add(from, to string) {
	if !slices.Contains(w[from], to) {
		w[from] = append(w[from], to)
	}
}

// reach finds the organizations to which ways lead from one, itself included, that do not pass another one.
func (w ways) reach(from, without string) map[string]bool {
	reached := map[string]bool{from: true}
	for open := []string{from}; len(open) > 0; {
		at := open[0]
		open = open[1:]
		for _, to := range w[at] {
			if to != without && !reached[to] {
				reached[to] = true
				open = append(open, to)
			}
		}
	}
	return reached
}

// ways are those of all sessions: those that items take, and those in both directions.
func (r *Run) ways() (items, both ways) {
	items, both = ways{}, ways{}
	for _, s := range r.Sessions {
		for _, sub := range s.Subscribers {
			items.add(s.Publisher, sub)
			if slices.ContainsFunc(s.Blocks, func(b Block) bool { return b.Rules.TwoWay }) {
				items.add(sub, s.Publisher)
			}
			both.add(s.Publisher, sub)
			both.add(sub, s.Publisher)
		}
	}
	return items, both
}

// between reports whether an organization lies on a way from a to b beside the direct one that passes none twice: no single other
// organization cuts it off from one of the two.
func (w ways) between(organization, a, b string) bool {
	for other := range w {
		if other == organization {
			continue
		}
		reached := w.reach(organization, other)
		if !(reached[a] && other != a) && !(reached[b] && other != b) {
			return false
		}
	}
	return true
}

// Unseen are the organizations that could not be opened or walked, and why. The errors name them.
func (r *Run) Unseen() map[string]error { return r.unseen }

// fail has a pair fail of which an organization is unseen.
func (r *Run) fail(p *pair) {
	for _, org := range p.Org {
		if err := r.unseen[org]; err != nil {
			p.Unseen = true
			p.Failed = append(p.Failed, fmt.Sprintf("%v; nothing of this folder pair is changed; put that right, and check it with validate --online", err))
		}
	}
}

// failedMaker is the unseen organization from which a folder comes that is not there, "" for none.
func (r *Run) failedMaker(org, path string) string {
	for _, p := range r.pairs {
		if p.Unseen && p.Org[plan.Subscriber] == org && p.holds(plan.Subscriber, path) {
			return p.Org[plan.Publisher]
		}
	}
	return ""
}

// holds reports whether a path may lie in the folders of a pair.
func (p *pair) holds(side plan.Side, path string) bool {
	if !p.pattern {
		return plan.Within(path, p.Root[side])
	}
	fixed := "" // up to the first name with a wildcard
	for _, name := range plan.Names(p.Root[side]) {
		if strings.Contains(name, "*") {
			break
		}
		fixed = plan.Join(fixed, name)
	}
	return plan.Within(path, fixed) && path != fixed
}

// wait has the folder changes of a pair wait if an unseen organization may keep its folders together.
func (r *Run) wait(p *pair) {
	if !p.Rules.TwoWay || len(r.unseen) == 0 {
		return
	}
	_, both := r.ways()
	for _, org := range sortedKeys(r.unseen) {
		if both.between(org, p.Org[plan.Publisher], p.Org[plan.Subscriber]) {
			p.Waits = fmt.Sprintf("waits for %s, which cannot be looked at: it may keep other folders together", org)
			if p.First {
				p.Failed = append(p.Failed, fmt.Sprintf("the first run %s", p.Waits))
			}
			return
		}
	}
}

// doubts names the unseen organization that may have brought an item, born in an organization, to a side of a pair, or is to bring it.
func (r *Run) doubts(p *pair) func(to plan.Side, born string) string {
	if len(r.unseen) == 0 {
		return nil
	}
	items, _ := r.ways()
	known := map[string]bool{}
	for _, org := range r.Known {
		known[org] = true
	}
	return func(to plan.Side, born string) string {
		at := p.Org[to]
		for _, org := range sortedKeys(r.unseen) {
			switch {
			case !slices.Contains(items[org], at):
			case born == org:
				return "comes there from " + org + ", which cannot be looked at"
			case (!known[born] || items.reach(born, at)[org]) && !r.covered(org, at):
				return "may be there already, from " + org + ", which cannot be looked at"
			}
		}
		return ""
	}
}

// covered reports whether the pairs that do not fail look at all folders of an organization to which an unseen one is replicated. It is asked
// when all folders are listed.
func (r *Run) covered(unseen, at string) bool {
	between := place{at, unseen}
	if known, ok := r.covers[between]; ok {
		return known
	}
	looked, digests := map[plan.Digest]bool{}, map[string]bool{}
	for _, p := range r.pairs {
		if len(p.Failed) > 0 {
			continue
		}
		digests[p.Digest.String()] = true
		for side := range 2 {
			for i := range p.Couples {
				if f := p.Couples[i].Folder[side]; f != nil && p.Org[side] == at && p.Couples[i].Items && f.Problem == "" {
					looked[f.Key] = true
				}
			}
		}
	}
	all := !slices.ContainsFunc(r.walks[at].folders, func(f plan.Folder) bool {
		return !looked[f.Key] && r.comesFrom(unseen, at, f, digests)
	})
	r.covers[between] = all
	return all
}

// comesFrom reports whether replicas that an unseen organization gave may be in a folder: it lies in the target of one of its pairs, or in one
// that a stamp or the marker of an unknown pair tells to be such a target.
func (r *Run) comesFrom(unseen, at string, f plan.Folder, digests map[string]bool) bool {
	for _, p := range r.pairs {
		for side := range 2 {
			side := plan.Side(side)
			written := side == plan.Subscriber || p.Rules.TwoWay
			if p.Unseen && written && p.Org[side] == at && p.Org[side.Other()] == unseen && p.holds(side, f.Path) {
				return true
			}
		}
	}
	for path := f.Path; ; path = plan.Parent(path) {
		up, ok := r.walks[at].at(path)
		if o, err := plan.ParseOrigin(up.Stamp.Origin); ok && err == nil && o.From == unseen && o.For == at {
			return true
		}
		for _, m := range strings.Fields(up.Marker) {
			if pair, _, _ := strings.Cut(m, "="); !digests[pair] {
				return true
			}
		}
		if path == "" {
			return false
		}
	}
}
