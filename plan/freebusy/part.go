package freebusy

import (
	"cmp"
	"slices"

	"iorepl/plan"
)

// Part is a session for one of its subscribers, with what was found and what follows.
type Part struct {
	Session    string
	Place      string // file:line of the configuration
	Publisher  string // organization id
	Subscriber string
	Source     string // "availability", "legacy-folder" or "ifb"
	Start, End Minute // the time that is published
	Deletions  bool   // messages of vanished users are removed
	Doubt      string // why it cannot be told who is gone, for people; "" if it can
	Rules      string // everything else in the configuration that decides, for the digest

	Ours  int // messages at the subscriber that came from the publisher
	Users int // users of the publisher, published or not

	Changes []Change
	Left    []Left
	Failed  []string // why the session could not be looked at, for people

	merged int // length of Left when it was last merged
}

// Change is one line of a plan.
type Change struct {
	Action    plan.Action // plan.Create, plan.Update or plan.Delete
	User      User
	Why       string
	Months    []Month
	Candidate *Candidate  // nil for a deletion
	Message   *Message    // what is replaced or removed; nil for a new one
	Content   plan.Digest // of what is to be there, zero for a deletion
}

// Left is what is left alone for one reason.
type Left struct {
	Why   string
	Count int
	Names []string // the first few, sorted
	Error bool     // it may be different the next time, and the run is not a complete one
}

// maxNames is how many names a Left keeps.
const maxNames = 3

// Leave counts somebody as left alone.
func (p *Part) Leave(who, why string, wrong bool) {
	p.Left = append(p.Left, Left{Why: why, Count: 1, Names: []string{who}, Error: wrong})
	if len(p.Left) >= 2*p.merged+1<<12 { // few reasons stay few, and many are not sorted again and again
		p.merge()
		p.merged = len(p.Left)
	}
}

// Sort brings a part into its one order.
func (p *Part) Sort() {
	slices.SortStableFunc(p.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Action, b.Action), cmp.Compare(a.User.Address, b.User.Address), cmp.Compare(a.User.Name, b.User.Name), cmp.Compare(a.ref(), b.ref()))
	})
	p.merge()
}

func (c *Change) ref() string {
	if c.Message == nil {
		return ""
	}
	return c.Message.Name
}

func (p *Part) merge() {
	slices.SortStableFunc(p.Left, func(a, b Left) int { return cmp.Compare(a.Why, b.Why) })
	merged := p.Left[:0]
	for _, l := range p.Left {
		n := len(merged)
		if n == 0 || merged[n-1].Why != l.Why {
			merged = append(merged, l)
			continue
		}
		m := &merged[n-1]
		m.Count += l.Count
		m.Error = m.Error || l.Error
		m.Names = append(slices.Clip(m.Names), l.Names...)
		slices.Sort(m.Names)
		m.Names = m.Names[:min(len(m.Names), maxNames)]
	}
	p.Left = merged
}
