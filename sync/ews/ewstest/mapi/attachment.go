package mapi

import (
	"mime"
	"path"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

// attachment is a file, or an item in an item.
type attachment struct {
	number      int // stays with the attachment
	name        string
	contentType string // without parameters
	charset     string // of a text, as MIME said it
	contentID   string
	location    string
	inline      bool
	photo       bool // the picture of a contact
	volatile    bool // the server forgets it at the next Flush
	modified    filetime
	content     []byte
	item        *Item // instead of content
}

func (a *attachment) size() int {
	if a.item != nil {
		return a.item.Size()
	}
	return len(a.content) + 2*len(a.name)
}

// hasAttachments is PidTagHasAttachments: inline pictures do not count, and grommunio does not see what it is about to lose.
func (it *Item) hasAttachments() bool {
	for _, a := range it.attachments {
		if !a.inline && !a.volatile {
			return true
		}
	}
	return false
}

// Attachments is how many attachments there are.
func (it *Item) Attachments() int { return len(it.attachments) }

// AttachmentNumbers are the numbers of the attachments in their order: the n of the other methods. A number stays with its
// attachment and is not used again.
func (it *Item) AttachmentNumbers() []int {
	all := make([]int, len(it.attachments))
	for i, a := range it.attachments {
		all[i] = a.number
	}
	return all
}

func (it *Item) attachment(n int) *attachment {
	for i := range it.attachments {
		if it.attachments[i].number == n {
			return &it.attachments[i]
		}
	}
	return nil
}

// attach adds an attachment and gives it a number.
func (it *Item) attach(a attachment) int {
	a.number = it.next
	it.next++
	it.attachments = append(it.attachments[:len(it.attachments):len(it.attachments)], a)
	return a.number
}

// AddAttachment adds a t:FileAttachment or t:ItemAttachment (CreateAttachment) and gives its number.
func (it *Item) AddAttachment(p Profile, e *soap.Element, now time.Time) (int, error) {
	c := &change{it: it.edit(), p: p, now: now, who: mailbox{name: it.text(pModifier)}}
	c.nested = func(e *soap.Element) (*Item, error) { return create(p, e, now, c.who, true) }
	a, err := c.readAttachment(e)
	if err != nil {
		return 0, err
	}
	a.volatile = p == Grommunio
	n := c.it.attach(a)
	c.touch()
	*it = *c.it
	return n, nil
}

// RemoveAttachment removes attachment n (DeleteAttachment).
func (it *Item) RemoveAttachment(n int, now time.Time) error {
	c := &change{it: it.edit(), p: it.profile, now: now, who: mailbox{name: it.text(pModifier)}}
	c.it.attachments = nil
	for _, a := range it.attachments {
		if a.number != n {
			c.it.attachments = append(c.it.attachments, a)
		}
	}
	if len(c.it.attachments) == len(it.attachments) {
		return refuse("ErrorItemNotFound", "The attachment does not exist.")
	}
	c.touch()
	*it = *c.it
	return nil
}

// Flush forgets what the imitated server does not keep: on grommunio the attachments that AddAttachment added. It reports
// whether something was lost.
func (it *Item) Flush() bool {
	c := it.edit()
	c.attachments = nil
	for _, a := range it.attachments {
		if !a.volatile {
			c.attachments = append(c.attachments, a)
		}
	}
	lost := len(c.attachments) < len(it.attachments)
	if lost {
		*it = *c
	}
	return lost
}

// writeAttachments takes the attachments of a new item; before 2013 they can only be added once it is there.
func writeAttachments(c *change, e *soap.Element) error {
	if c.p < Exchange2016 {
		return refuse("ErrorInvalidPropertySet", "Set action is invalid for property item:Attachments.")
	}
	for _, given := range e.Children {
		a, err := c.readAttachment(given)
		if err != nil {
			return err
		}
		c.it.attach(a)
	}
	return nil
}

// readAttachment reads a t:FileAttachment or t:ItemAttachment (MS-OXWSATT 2.2.4.5, 2.2.4.6).
func (c *change) readAttachment(e *soap.Element) (attachment, error) {
	a := attachment{name: e.Value("Name"), contentType: e.Value("ContentType"), contentID: e.Value("ContentId"),
		location: e.Value("ContentLocation"), modified: filetimeOf(c.now)}
	if e.Child("AttachmentId") != nil {
		return a, refuse("ErrorInvalidPropertySet", "An attachment that is to be made has no id.")
	}
	for _, f := range []struct {
		name string
		to   *bool
	}{{"IsInline", &a.inline}, {"IsContactPhoto", &a.photo}} {
		v := e.Child(f.name)
		if v == nil {
			continue
		}
		if c.p == Exchange2007SP1 {
			return a, schemaError("the element %s of an attachment", f.name)
		}
		var ok bool
		if *f.to, ok = parseBool(strings.TrimSpace(v.Text)); !ok {
			return a, badValue(f.name)
		}
	}
	switch e.Name {
	case "FileAttachment":
		if content := e.Child("Content"); content != nil {
			var ok bool
			if a.content, ok = data(content); !ok {
				return a, badValue("Content")
			}
		}
		if a.contentType == "" {
			a.contentType = typeByName(a.name)
		}
		return a, nil
	case "ItemAttachment":
		return a, c.readItemAttachment(&a, e)
	case "ReferenceAttachment":
		if c.p == Exchange2016 {
			return a, refuse("ErrorInvalidAttachmentId", "Reference attachments are not supported here.")
		}
	}
	return a, schemaError("the element %s as an attachment", e.Name)
}

func (c *change) readItemAttachment(a *attachment, e *soap.Element) error {
	for _, item := range e.Children {
		switch item.Name {
		case "MeetingMessage", "MeetingRequest", "MeetingResponse", "MeetingCancellation":
			return refuse("ErrorInvalidItemForOperationCreateItemAttachment", "A %s cannot be made as an item attachment.", item.Name)
		case "Item", "Message", "CalendarItem", "Contact", "Task", "PostItem":
			it, err := c.nested(item)
			if err != nil {
				return err
			}
			if a.name == "" {
				a.name = it.text(pSubject)
			}
			a.item = it
			return nil
		}
	}
	return refuse("ErrorMissingArgument", "The item attachment holds no item.")
}

// typeByName is the content type that a file's name tells.
func typeByName(name string) string {
	t, _, err := mime.ParseMediaType(mime.TypeByExtension(strings.ToLower(path.Ext(name))))
	if err != nil {
		return "application/octet-stream"
	}
	return t
}
