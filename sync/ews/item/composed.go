package item

import (
	"fmt"
	"slices"
	"strings"

	"iorepl/sync"
	"iorepl/sync/ews/item/mail"
	"iorepl/sync/ews/soap"
)

// composed makes MIME of an item of which the server gives none.
func composed(src Source) *mail.Message {
	e := src.Item
	var d mail.Draft
	d.Subject = e.Value("Subject")
	if body := e.Child("Body"); body != nil {
		d.Body, d.HTML = body.Text, body.Attr("BodyType") == "HTML"
	}
	d.From = mailbox(e.Child("From", "Mailbox"))
	d.Sender = mailbox(e.Child("Sender", "Mailbox"))
	for name, into := range map[string]*[]mail.Address{"ToRecipients": &d.To, "CcRecipients": &d.Cc, "BccRecipients": &d.Bcc, "ReplyTo": &d.ReplyTo} {
		for _, m := range e.Child(name).All("Mailbox") {
			*into = append(*into, mailbox(m))
		}
	}
	d.MessageID, d.InReplyTo, d.References = e.Value("InternetMessageId"), e.Value("InReplyTo"), e.Value("References")
	for _, f := range readFiles(src.Attachments) {
		d.Files = append(d.Files, mail.File{Name: f.name, Type: f.kind, ID: f.id, Location: f.location, Inline: f.inline, Data: f.data,
			Message: f.class != "" && f.kind == formats[sync.MIME]})
	}
	return d.Message()
}

func mailbox(m *soap.Element) mail.Address {
	return mail.Address{Name: m.Value("Name"), Address: m.Value("EmailAddress")}
}

// lostOf is what of an item composed MIME does not say: signatures, people without an address, attached items that cannot be read, and
// fields of the header that came with it.
func lostOf(src Source, composed *mail.Message) (lost []string) {
	e := src.Item
	if below(e.Value("ItemClass"), "IPM.Note.SMIME") {
		lost = append(lost, "the server gives no MIME of it: its signature does not hold, or it cannot be decrypted")
	}
	for _, name := range []string{"From", "ToRecipients", "CcRecipients", "BccRecipients", "ReplyTo"} {
		for _, m := range e.Child(name).All("Mailbox") {
			if box := mailbox(m); box.Address == "" && box.Name != "" {
				lost = append(lost, fmt.Sprintf("the server gives no MIME of it, and no address of %q (%s)", box.Name, name))
			}
		}
	}
	for _, a := range src.Attachments {
		if len(readFiles([]*soap.Element{a})) == 0 {
			lost = append(lost, fmt.Sprintf("the attached item %q cannot be read", a.Value("Name")))
		}
	}
	var fields []string
	for _, h := range e.Child("InternetMessageHeaders").All("InternetMessageHeader") {
		if name := h.Attr("HeaderName"); !ofTransport(name) && !composed.Has(name) && !slices.Contains(fields, name) {
			fields = append(fields, name)
		}
	}
	if len(fields) > 0 {
		lost = append(lost, "the server gives no MIME of it: these fields of its header stay behind: "+strings.Join(fields, ", "))
	}
	return lost
}

// ofTransport reports whether a field of a header is about the way that a message took or about its form, or is said by a property too.
func ofTransport(name string) bool {
	switch name = strings.ToLower(name); name {
	case "received", "return-path", "delivered-to", "mime-version", "date", "importance", "x-priority", "priority", "sensitivity", "keywords",
		"thread-topic", "thread-index", "message-id", "subject":
		return true
	}
	return strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "x-ms-") || strings.HasPrefix(name, "dkim-") || strings.HasPrefix(name, "arc-")
}
