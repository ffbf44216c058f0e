package freebusy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"iorepl/plan"
	"iorepl/sync/directory"
	"iorepl/sync/freebusy/contacts"
)

// Missing are the contacts that subscribers lack for users that sessions publish, and for those whose times they pass on, sorted by organization
// and address. It asks the directories alone. What else keeps contacts from being found is in Notes: contacts without a legacyExchangeDN, and
// doubles.
//
// An error beside contacts names the directories that could not be read: of sessions that need them there are none. Without contacts to tell of
// from any session, and for anything else, the slice is nil.
func (r *Run) Missing(ctx context.Context) ([]contacts.Contact, error) {
	unread := map[string]error{}
	open := func(o *Organization) *directory.Directory {
		d, err := r.directory(ctx, o)
		if err != nil {
			unread[o.ID] = fmt.Errorf("directory of %s: %w", o.ID, err)
		}
		return d
	}
	for i := range r.Sessions {
		for _, subscriber := range r.Sessions[i].Subscribers {
			pt := r.part(&r.Sessions[i], subscriber)
			pt.users, pt.contacts = open(pt.publisher), open(pt.subscriber)
		}
	}
	r.parts = slices.DeleteFunc(r.parts, func(pt *part) bool { return unread[pt.Publisher] != nil || unread[pt.Subscriber] != nil })
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(unread)) {
		errs = append(errs, unread[id])
	}
	if len(r.parts) == 0 {
		return nil, errors.Join(errs...)
	}
	all := []contacts.Contact{}
	for _, pt := range r.parts {
		all = append(all, r.missing(pt, r.passing(ctx, pt))...)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err := r.scratch.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b contacts.Contact) int {
		return cmp.Or(cmp.Compare(a.Organization, b.Organization), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Name, b.Name))
	})
	return slices.CompactFunc(all, func(a, b contacts.Contact) bool { return a.Organization == b.Organization && a.Address == b.Address }), errors.Join(errs...)
}

func (r *Run) missing(pt *part, passing func(*directory.Recipient) bool) (all []contacts.Contact) {
	for u := range pt.users.All() {
		if u.Kind != directory.Mailbox && !passing(u) || !pt.session.selects(u) {
			continue
		}
		found := pt.contact(u)
		switch {
		case len(found) == 0:
			address := u.Address
			if mapped, ok := plan.MapAddress(pt.session.Map, u.Address); ok {
				address = mapped
			}
			if !contacts.Plain(address) {
				r.note(fmt.Sprintf("%s: %s: the address %+q has characters that nobody sees; correct it at %s", pt.Subscriber, u.Where, address, pt.Publisher))
				continue
			}
			all = append(all, contacts.Contact{Organization: pt.Subscriber, Name: u.Name, Address: address})
		case len(found) > 1:
			r.note(fmt.Sprintf("%s: %s: %s: %s and %s", pt.Subscriber, u.Address, barDoubles, found[0].Where, found[1].Where))
		case found[0].DN == "" && found[0].Kind != directory.Mailbox && !pt.subscriber.Files:
			r.note(fmt.Sprintf("%s: %s: %s", pt.Subscriber, found[0].Where, barNoDN))
		}
	}
	return all
}
