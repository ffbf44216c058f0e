package mapi

import (
	"crypto/sha256"
	"encoding/base64"

	"iorepl/sync/ews/soap"
)

// readMembers writes the members of a private distribution list with their keys (MS-OXWSDLIST 2.2.4.1).
func readMembers(r *reading) *soap.Element {
	if len(r.it.members) == 0 {
		return nil
	}
	return soap.T("Members", r.it.members)
}

func writeMembers(c *change, e *soap.Element) error {
	c.it.members = nil
	return moreMembers(c, e)
}

func moreMembers(c *change, e *soap.Element) error {
	all := c.it.members[:len(c.it.members):len(c.it.members)]
	for _, given := range e.All("Member") {
		m, err := memberOf(given)
		if err != nil {
			return err
		}
		all = append(all, m)
	}
	c.it.members = all
	return nil
}

// memberOf is a member as the server keeps it: with a key of its own making, and the status that a reader sees.
func memberOf(given *soap.Element) (*soap.Element, error) {
	box := given.Child("Mailbox")
	if box == nil {
		return nil, refuse("ErrorInvalidMailbox", "A member of a distribution list needs a Mailbox.")
	}
	m, err := mailboxOf(box)
	if err != nil {
		return nil, err
	}
	if m.address == "" && box.Child("ItemId") == nil {
		return nil, refuse("ErrorInvalidMailbox", "The member %s has no address.", m.name)
	}
	kept := soap.T("Mailbox", soap.T("Name", m.name))
	if m.address != "" {
		kept.Add(soap.T("EmailAddress", m.address), soap.T("RoutingType", m.kind))
	}
	kind := box.Value("MailboxType")
	if kind == "" {
		kind = "OneOff"
	}
	kept.Add(soap.T("MailboxType", kind), box.Child("ItemId"))
	sum := sha256.Sum256([]byte(m.name + "\x00" + m.kind + "\x00" + m.address + "\x00" + box.Child("ItemId").Attr("Id")))
	key := soap.Attr{Name: "Key", Value: base64.StdEncoding.EncodeToString(sum[:24])}
	return soap.T("Member", key, kept, soap.T("Status", "Normal")), nil
}

func clearMembers(c *change) { c.it.members = nil }

func (c *change) deleteMember(key string) error {
	var rest []*soap.Element
	for _, m := range c.it.members {
		if m.Attr("Key") != key {
			rest = append(rest, m)
		}
	}
	if len(rest) == len(c.it.members) {
		return refuse("ErrorInvalidIndexedPropertyParameters", "The list has no member with that key.")
	}
	c.it.members = rest
	return nil
}
