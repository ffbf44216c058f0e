package freebusy

import (
	"slices"

	"iorepl/plan/freebusy"
)

// What an organization that cannot be looked at gives is not taken by a longer way meanwhile: what it gave stays at the subscribers as it is, and
// nobody whose times passed it counts as gone.

// barUnseen bars candidates whose times passed an unseen organization that gives them to the subscriber itself.
func (r *Run) barUnseen() {
	if len(r.unseen) == 0 {
		return
	}
	for _, pt := range r.parts {
		if len(pt.Failed) > 0 {
			continue
		}
		barred := map[int]string{}
		for c := range r.candidates(pt) {
			stamp := freebusy.Stamp{Born: c.Born, Via: c.Via, From: pt.Publisher}
			if org := r.unseenOn(stamp, func(org string) bool { return r.gives(org, pt.Subscriber) }); c.Bar == "" && org != "" {
				barred[c.number] = org
			}
		}
		for number, org := range barred {
			r.bar(pt, number, "come to "+pt.Subscriber+" from "+org+", which cannot be looked at")
			pt.open--
		}
	}
}

// unseenOn is the first unseen organization, in order, that times passed and of which a condition holds; "" for none.
func (r *Run) unseenOn(s freebusy.Stamp, holds func(organization string) bool) string {
	var passed []string
	for org := range r.unseen {
		if s.Passed(org) && holds(org) {
			passed = append(passed, org)
		}
	}
	slices.Sort(passed)
	if len(passed) == 0 {
		return ""
	}
	return passed[0]
}

// gives reports whether a session leads from an organization to a subscriber.
func (r *Run) gives(organization, subscriber string) bool {
	return slices.ContainsFunc(r.Sessions, func(s Session) bool { return s.Publisher == organization && slices.Contains(s.Subscribers, subscriber) })
}
