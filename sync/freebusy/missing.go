package freebusy

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"iorepl/plan"
	"iorepl/sync/directory"
	"iorepl/sync/freebusy/contacts"
)

// Missing are the contacts that subscribers lack for users that sessions publish, and for those whose times they pass on, sorted by organization
// and address. It asks the directories
// alone. What else keeps contacts from being found is in Notes: contacts without a legacyExchangeDN, and doubles.
func (r *Run) Missing(ctx context.Context) ([]contacts.Contact, error) {
	var all []contacts.Contact
	for i := range r.Sessions {
		for _, subscriber := range r.Sessions[i].Subscribers {
			pt := r.part(&r.Sessions[i], subscriber)
			var err error
			if pt.users, err = r.directory(ctx, pt.publisher); err != nil {
				return nil, fmt.Errorf("directory of %s: %w", pt.Publisher, err)
			}
			if pt.contacts, err = r.directory(ctx, pt.subscriber); err != nil {
				return nil, fmt.Errorf("directory of %s: %w", pt.Subscriber, err)
			}
		}
	}
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
	return slices.CompactFunc(all, func(a, b contacts.Contact) bool { return a.Organization == b.Organization && a.Address == b.Address }), nil
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
