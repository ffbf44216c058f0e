package freebusy

import (
	"strings"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync/directory"
)

// contact finds who a user of the publisher is at the subscriber: by the address that the map gives, else by the user's own ones. None:
// nobody. Two: it cannot be told.
func (pt *part) contact(u *directory.Recipient) []*directory.Recipient {
	addresses := u.Addresses
	if mapped, ok := plan.MapAddress(pt.session.Map, u.Address); ok {
		addresses = append([]string{mapped}, addresses...)
	}
	for _, a := range addresses {
		if found := few(pt.contacts.ByAddress(a)); len(found) > 0 {
			return found
		}
	}
	return nil
}

// What bars a user, as far as `iorepl contacts` has something to say about it.
const (
	barNoContact = "no contact there has their address; iorepl contacts prints what to create"
	barNoDN      = "their contact there has no legacyExchangeDN, which Exchange gives when it is mail-enabled (Enable-MailContact, Update-Recipient)"
	barSharedDN  = "another recipient there has the legacyExchangeDN of their contact, so that its message would be both of theirs"
	barDoubles   = "more than one recipient there has their address"
)

// target says under whose name a user is written at the subscriber, or why the user is not.
func (pt *part) target(u *directory.Recipient) (t freebusy.Target, bar string) {
	found := pt.contact(u)
	switch {
	case len(found) == 0:
		return t, barNoContact
	case len(found) > 1:
		return t, barDoubles
	}
	c := found[0]
	t = freebusy.Target{Address: c.Address, Display: c.Name}
	if !pt.subscriber.Files {
		t.DN, t.Group = c.DN, c.Group()
	}
	if t.Display == "" {
		t.Display = u.Name
	}
	switch {
	case c.Kind == directory.Mailbox:
		return t, "has a mailbox there, which publishes by itself"
	case c.Kind != directory.Contact && c.Kind != directory.MailUser:
		return t, "what has their address there is neither a contact nor a mail user"
	case pt.subscriber.Files:
		return t, ""
	case c.DN == "":
		return t, barNoDN
	case len(few(pt.contacts.ByDN(c.DN))) != 1:
		return t, barSharedDN
	case c.External():
		return t, "their contact's legacyExchangeDN lies under ou=External (FYDIBOHF25SPDLT): Exchange asks the other organization about such a contact, and never the folder"
	}
	group, ok := pt.groups[strings.ToUpper(t.Group)]
	switch {
	case !ok:
		return t, "there is no folder EX:" + t.Group + " there, under which their contact's free/busy would be looked up; make the contact in an administrative group that has one"
	case group.Problem != "":
		return t, "EX:" + t.Group + ": " + group.Problem
	}
	t.Group = group.Name
	return t, ""
}

// group is a group of the subscriber that is there.
func (pt *part) group(name string) freebusy.Group { return pt.groups[strings.ToUpper(name)] }
