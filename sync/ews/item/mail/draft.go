package mail

import (
	"net/mail"
	"strings"
)

// Draft is what a message is made of.
type Draft struct {
	From, Sender                     Address
	To, Cc, Bcc, ReplyTo             []Address
	Subject                          string
	MessageID, InReplyTo, References string
	Body                             string
	HTML                             bool // what Body is
	Files                            []File
}

// Address is a name and an address.
type Address = mail.Address

// File is an attachment.
type File struct {
	Name, Type, ID, Location string
	Inline                   bool
	Message                  bool // Data is a message
	Data                     []byte
}

// Message puts the message together.
func (d Draft) Message() *Message {
	m := &Message{}
	m.SetText("Subject", d.Subject)
	set := func(name string, list ...Address) {
		var all []string
		for _, a := range list {
			if a.Address != "" {
				all = append(all, encodeAddress(&a))
			}
		}
		m.Set(name, strings.Join(all, ", "))
	}
	set("From", d.From)
	set("Sender", d.Sender)
	set("To", d.To...)
	set("Cc", d.Cc...)
	set("Bcc", d.Bcc...)
	set("Reply-To", d.ReplyTo...)
	m.Set("Message-ID", respace(d.MessageID))
	m.Set("In-Reply-To", respace(d.InReplyTo))
	m.Set("References", respace(d.References))
	kind := "text/plain"
	if d.HTML {
		kind = "text/html"
	}
	f := flat{}
	body := textEntity(kind, d.Body)
	if d.HTML {
		f.html = body
	} else {
		f.text = body
	}
	for _, file := range d.Files {
		e := &entity{kind: media{file.Type, map[string]string{}}, body: file.Data, id: file.ID, location: file.Location,
			disposition: media{"attachment", map[string]string{"filename": file.Name}}}
		if e.kind.name == "" {
			e.kind.name = "application/octet-stream"
		}
		if file.Message {
			if inner, err := Parse(file.Data); err == nil {
				e.message, e.body, e.kind.name = inner, nil, "message/rfc822"
			}
		}
		f.add(e, file.Inline)
	}
	m.entity = *f.entity(m.header)
	return m
}
