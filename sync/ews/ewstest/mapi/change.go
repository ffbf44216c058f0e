package mapi

import (
	"net/mail"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

// change is an item while it is made or edited.
type change struct {
	it       *Item // a copy of its own
	p        Profile
	now      time.Time
	who      mailbox // who makes or edits it
	creating bool

	read, flagged  bool        // the client said whether it is read, and whether it is unsent
	mime           bool        // it was read from MIME
	start, end     bool        // Start and End were set
	rule           *recurrence // the new recurrence
	ruleSet        bool        // Recurrence was set or deleted
	percent, state bool        // a task's PercentComplete and Status were set
	fileAs         bool        // FileAs was set
	keepModified   bool        // LastModifiedTime stays

	// nested makes the item of an item attachment.
	nested func(e *soap.Element) (*Item, error)
}

func badValue(element string) error { return schemaError("that value of %s", element) }

// mailbox is who somebody is.
type mailbox struct{ name, kind, address string }

// parseAuthor reads "Name <address>" or a bare address.
func parseAuthor(s string) mailbox {
	if a, err := mail.ParseAddress(s); err == nil {
		if a.Name == "" {
			a.Name = a.Address
		}
		return mailbox{a.Name, "SMTP", a.Address}
	}
	return mailbox{s, "SMTP", s}
}

// set writes the property of a field that is nothing but that.
func (c *change) set(f *field, e *soap.Element) error {
	if f.is(fKept) {
		c.it.props.set(keptKey(f.uri), e)
		return nil
	}
	var v any
	ok := true
	switch {
	case f.enum != nil:
		v, ok = number(f.enum, strings.TrimSpace(e.Text))
	case f.kind == kStrings:
		var all []string
		for _, s := range e.All("String") {
			all = append(all, s.Text)
		}
		if len(all) == 0 {
			c.it.props.delete(f.key)
			return nil
		}
		v = all
	case f.kind == kBinary:
		v, ok = data(e)
	default:
		v, ok = parse(f.kind, e.Text)
	}
	if !ok {
		return badValue(e.Name)
	}
	return c.setProperty(f.key, v)
}

// keptKey is where an element is kept that is not looked into. No client can name the set.
func keptKey(uri string) key { return named("element", uri) }

// setProperty writes a property with what follows from it.
func (c *change) setProperty(k key, v any) error {
	switch k {
	case pFlags:
		c.setFlags(v.(int32))
		return nil
	case pRead:
		c.setRead(v.(bool))
		return nil
	case pModified:
		return nil // the server's own, always
	case pCreated:
		if c.p != Grommunio {
			return nil
		}
	case pSubject:
		c.setSubject(v.(string))
		return nil
	case pSubjectPrefix:
		c.setPrefix(v.(string))
		return nil
	case pNormalizedSubject:
		c.it.props.set(pSubject, c.it.text(pSubjectPrefix)+v.(string))
		return nil
	case pText, pHTML:
		clearBody(c)
		if s, ok := v.(string); ok && k == pHTML {
			v = []byte(s)
		}
	case pNativeBody:
		return nil // follows from the body
	case pStart:
		c.start = true
	case pEnd:
		c.end = true
	case pMeetingID, pCleanMeetingID:
		k = pMeetingID
	case pTaskStatus:
		c.state = true
	case pTaskPercent:
		c.percent = true
	case pFileAs:
		c.fileAs = true
	}
	if computed[k] {
		return refuse("ErrorInvalidPropertySet", "The property %#x is read-only and cannot be set.", k.Value().ID)
	}
	c.it.props.set(k, v)
	return nil
}

// setExtended writes an ExtendedProperty.
func (c *change) setExtended(e *soap.Element) error {
	x, v, err := extendedValue(c.p, e)
	if err != nil {
		return err
	}
	return c.setProperty(x.key, v)
}

// deleteProperty removes a property with what follows from it.
func (c *change) deleteProperty(k key) error {
	switch k {
	case pClass, pFlags, pRead, pCreated, pModified:
		return refuse("ErrorInvalidPropertyDelete", "The property cannot be deleted.")
	case pSubject:
		c.it.props.delete(pSubjectPrefix)
		c.it.props.delete(pNormalizedSubject)
	case pNormalizedSubject:
		c.it.props.set(pSubject, c.it.text(pSubjectPrefix))
		return nil
	case pText, pHTML:
		clearBody(c)
	case pCleanMeetingID:
		k = pMeetingID
	}
	if computed[k] {
		return refuse("ErrorInvalidPropertyDelete", "The property %#x is read-only and cannot be deleted.", k.Value().ID)
	}
	c.it.props.delete(k)
	return nil
}
