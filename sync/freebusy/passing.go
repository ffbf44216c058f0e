package freebusy

import (
	"context"

	"iorepl/sync/directory"
	"iorepl/sync/scratch"
)

// passing finds those contacts of a part's publisher under whose names other sessions bring times, which go on from there to the part's
// subscriber. It goes by the directories alone: times that are on their way and not there yet count. What was at the subscriber does not
// come back, so ways that lead through it do not count.
func (r *Run) passing(ctx context.Context, pt *part) func(*directory.Recipient) bool {
	reached := map[string]*scratch.Table{} // by organization: the numbers of its contacts
	has := func(organization string, u *directory.Recipient) bool {
		t := reached[organization]
		return t != nil && t.Get(numbers(nil, u.Number)) != nil
	}
	publishes := func(q *part, u *directory.Recipient) bool {
		return (u.Kind == directory.Mailbox || q.session.Source != FromAvailability && has(q.Publisher, u)) && q.session.selects(u)
	}
	bring := func(q *part) (more bool) {
		for u := range q.users.All() {
			if ctx.Err() != nil {
				return false
			}
			if !publishes(q, u) {
				continue
			}
			found := q.contact(u)
			if len(found) != 1 || found[0].Kind != directory.Contact && found[0].Kind != directory.MailUser || has(q.Subscriber, found[0]) {
				continue
			}
			if reached[q.Subscriber] == nil {
				reached[q.Subscriber] = r.scratch.Table()
			}
			reached[q.Subscriber].Put(numbers(nil, found[0].Number), nil)
			more = true
		}
		return more
	}
	for more := r.comesTo(pt); more; {
		more = false
		for _, q := range r.parts {
			if q.Publisher != pt.Subscriber && q.Subscriber != pt.Subscriber {
				more = bring(q) || more
			}
		}
	}
	return func(u *directory.Recipient) bool { return has(pt.Publisher, u) }
}

// comesTo reports whether the times of others come to a part's publisher, by which they may go on.
func (r *Run) comesTo(pt *part) bool {
	for _, q := range r.parts {
		if q.Subscriber == pt.Publisher && q.Publisher != pt.Subscriber {
			return pt.session.Source != FromAvailability
		}
	}
	return false
}
