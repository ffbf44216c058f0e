package mapi

import (
	"strings"

	"iorepl/sync/ews/soap"
)

// recipient is somebody that a message goes to, or an attendee of a meeting (required, optional, resource).
type recipient struct {
	mailbox
	as       recipientKind
	response string // of an attendee: ResponseType as written, "" for Unknown
	replied  filetime
}

// recipientKind is PidTagRecipientType, or that an address is for replies.
type recipientKind int8

const (
	toRecipient  recipientKind = 1
	ccRecipient  recipientKind = 2
	bccRecipient recipientKind = 3
	replyTo      recipientKind = 4
)

// display is the list of names that the store makes of recipients.
func (it *Item) display(as recipientKind) any {
	var names []string
	for _, r := range it.recipients {
		if r.as == as {
			names = append(names, r.name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return strings.Join(names, "; ")
}

// mailboxOf reads a t:Mailbox. An entry of the server's own private lists (ItemId) is nothing that it can be sent to.
func mailboxOf(e *soap.Element) (mailbox, error) {
	m := mailbox{e.Value("Name"), e.Value("RoutingType"), e.Value("EmailAddress")}
	if m.kind == "" {
		m.kind = "SMTP"
	}
	if m.name == "" {
		m.name = m.address
	}
	if m.name == "" {
		return m, refuse("ErrorInvalidRecipients", "At least one recipient has neither a name nor an address.")
	}
	return m, nil
}

// mailbox writes a t:Mailbox. FindItem tells names only.
func (r *reading) mailbox(m mailbox) *soap.Element {
	e := soap.T("Mailbox")
	if m.name != "" {
		e.Add(soap.T("Name", m.name))
	}
	if r.listing && r.p != Grommunio || m.address == "" {
		return e
	}
	e.Add(soap.T("EmailAddress", m.address))
	if m.kind != "" {
		e.Add(soap.T("RoutingType", m.kind))
	}
	if r.p != Exchange2007SP1 {
		e.Add(soap.T("MailboxType", "OneOff"))
	}
	return e
}

func readRecipients(element string, as recipientKind) func(*reading) *soap.Element {
	return func(r *reading) *soap.Element {
		e := soap.T(element)
		for _, to := range r.it.recipients {
			if to.as == as {
				e.Add(r.mailbox(to.mailbox))
			}
		}
		if len(e.Children) == 0 {
			return nil
		}
		return e
	}
}

// without are the recipients of all other kinds.
func (it *Item) without(as recipientKind) []recipient {
	var others []recipient
	for _, r := range it.recipients {
		if r.as != as {
			others = append(others, r)
		}
	}
	return others
}

func writeRecipients(as recipientKind) func(*change, *soap.Element) error {
	return func(c *change, e *soap.Element) error {
		c.it.recipients = c.it.without(as)
		return moreRecipients(as)(c, e)
	}
}

func moreRecipients(as recipientKind) func(*change, *soap.Element) error {
	return func(c *change, e *soap.Element) error {
		all := c.it.recipients[:len(c.it.recipients):len(c.it.recipients)]
		for _, m := range e.All("Mailbox") {
			box, err := mailboxOf(m)
			if err != nil {
				return err
			}
			all = append(all, recipient{mailbox: box, as: as})
		}
		c.it.recipients = all
		return nil
	}
}

func clearRecipients(as recipientKind) func(*change) {
	return func(c *change) { c.it.recipients = c.it.without(as) }
}

// addressee is one of the people that properties of the item itself name.
type addressee struct{ name, kind, address, smtp key }

var (
	sender      = addressee{tagged(0x0C1A), tagged(0x0C1E), tagged(0x0C1F), tagged(0x5D01)}
	from        = addressee{tagged(0x0042), tagged(0x0064), tagged(0x0065), tagged(0x5D02)}
	receivedBy  = addressee{tagged(0x0040), tagged(0x0075), tagged(0x0076), tagged(0x5D07)}
	receivedFor = addressee{tagged(0x0044), tagged(0x0077), tagged(0x0078), tagged(0x5D08)}

	addressees = []addressee{sender, from, receivedBy, receivedFor}
)

func (it *Item) setAddressee(a addressee, m mailbox) {
	it.props.set(a.name, m.name)
	it.props.set(a.kind, m.kind)
	it.props.set(a.address, m.address)
	if m.kind == "SMTP" {
		it.props.set(a.smtp, m.address)
	}
}

func (it *Item) addressee(a addressee) (mailbox, bool) {
	m := mailbox{it.text(a.name), it.text(a.kind), it.text(a.address)}
	if m.address == "" {
		m.address = it.text(a.smtp)
	}
	if m.kind == "" {
		m.kind = "SMTP"
	}
	return m, m.name != "" || m.address != ""
}

func readAddressee(element string, a addressee) func(*reading) *soap.Element {
	return func(r *reading) *soap.Element {
		m, ok := r.it.addressee(a)
		if !ok {
			return nil
		}
		return soap.T(element, r.mailbox(m))
	}
}

func writeAddressee(a addressee) func(*change, *soap.Element) error {
	return func(c *change, e *soap.Element) error {
		box := e.Child("Mailbox")
		if box == nil {
			return schemaError("%s without a Mailbox", e.Name)
		}
		m, err := mailboxOf(box)
		if err != nil {
			return err
		}
		clearAddressee(a)(c)
		c.it.setAddressee(a, m)
		return nil
	}
}

func clearAddressee(a addressee) func(*change) {
	return func(c *change) {
		for _, k := range []key{a.name, a.kind, a.address, a.smtp} {
			c.it.props.delete(k)
		}
	}
}
