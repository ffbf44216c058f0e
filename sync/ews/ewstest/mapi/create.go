package mapi

import (
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

// New makes an item of a child of CreateItem's m:Items, or of the item in a t:ItemAttachment. Author is the account that
// does it: "Name <address>" or a bare address.
func New(p Profile, e *soap.Element, now time.Time, author string) (*Item, error) {
	return create(p, e, now, parseAuthor(author), false)
}

// create makes an item; nested is one in an attachment.
func create(p Profile, e *soap.Element, now time.Time, author mailbox, nested bool) (*Item, error) {
	o, class, err := classFor(p, e)
	if err != nil {
		return nil, err
	}
	c := &change{it: &Item{profile: p}, p: p, now: now, who: author, creating: true}
	c.nested = func(e *soap.Element) (*Item, error) { return create(p, e, now, author, true) }
	c.it.props.set(pClass, class)
	c.it.props.set(pCreated, filetimeOf(now))
	if m := e.Child("MimeContent"); m != nil {
		if err := writeMIME(c, m); err != nil {
			return nil, err
		}
		if e.Child("ItemClass") != nil || !isClass(c.it.Class(), class) {
			c.it.props.set(pClass, class)
		}
	}
	for _, child := range e.Children {
		if err := c.createWith(o, child); err != nil {
			return nil, err
		}
	}
	for _, x := range e.All("ExtendedProperty") {
		if err := c.setExtended(x); err != nil {
			return nil, err
		}
	}
	if err := c.finishNew(o.form, nested); err != nil {
		return nil, err
	}
	return c.it, nil
}

// createWith takes one element of a new item.
func (c *change) createWith(o *object, e *soap.Element) error {
	switch e.Name {
	case "MimeContent", "ItemClass", "ExtendedProperty":
		return nil
	}
	f := o.field(e.Name)
	switch {
	case f == nil && c.p == Grommunio:
		return nil
	case f == nil || !f.known(c.p):
		return schemaError("the element %s in %s", e.Name, o.name)
	case c.p == Grommunio && (e.Name == "Attachments" || e.Name == "InternetMessageId" || e.Name == "References"):
		return nil
	case f.is(fReadOnly):
		return refuse("ErrorInvalidPropertySet", "Set action is invalid for property %s.", f.uri)
	case f.write != nil:
		return f.write(c, e)
	}
	return c.set(f, e)
}

// finishNew adds what a server puts on every new item.
func (c *change) finishNew(o form, nested bool) error {
	it := c.it
	if it.props.get(pImportance) == nil {
		it.props.set(pImportance, int32(1))
	}
	if it.props.get(pSensitivity) == nil {
		it.props.set(pSensitivity, int32(0))
	}
	if !c.flagged {
		f := it.integer(pFlags)
		if !c.read && c.p != Grommunio {
			f |= flagRead
		}
		if !nested && (o == formMessage || o == formItem || o == formPost) {
			f |= flagUnsent
		}
		it.props.set(pFlags, f)
	}
	if it.props.get(pReceived) == nil {
		it.props.set(pReceived, filetimeOf(c.now))
	}
	if o == formPost && it.props.get(pFromName) == nil {
		it.setAddressee(from, c.who)
		it.setAddressee(sender, c.who)
	}
	it.props.set(pCreator, c.who.name)
	if err := c.finish(o); err != nil {
		return err
	}
	c.touch()
	return nil
}

// finish works out what follows from several fields together.
func (c *change) finish(o form) error {
	switch o {
	case formCalendar:
		return c.finishAppointment()
	case formTask:
		c.finishTask()
	case formContact:
		c.finishContact()
	}
	return nil
}

// touch moves the last modification.
func (c *change) touch() {
	if c.keepModified {
		return
	}
	c.it.props.set(pModified, filetimeOf(c.now))
	c.it.props.set(pModifier, c.who.name)
}

// defaultClasses are the classes of items that do not say theirs.
var defaultClasses = map[string]string{"Item": "IPM.Note", "Message": "IPM.Note", "PostItem": "IPM.Post", "Contact": "IPM.Contact",
	"DistributionList": "IPM.DistList", "CalendarItem": "IPM.Appointment", "Task": "IPM.Task"}

// classFor checks that the element and the class in it go together.
func classFor(p Profile, e *soap.Element) (*object, string, error) {
	class, ok := defaultClasses[e.Name]
	if p == Grommunio && (!ok || e.Name == "PostItem" || e.Name == "DistributionList") {
		return nil, "", fault("SOAP:Client", "E-3045: failed to find proper type for node '%s'", e.Name)
	}
	if !ok || p == Exchange2007SP1 && e.Name == "DistributionList" {
		return nil, "", refuse("ErrorInvalidItemForOperationCreateItem", "Items of the type %s cannot be created.", e.Name)
	}
	if s := strings.TrimSpace(e.Value("ItemClass")); s != "" {
		class = s
	}
	var o *object
	for _, o = range objects {
		if o.name == e.Name {
			break
		}
	}
	if !fits(p, o, class) {
		return nil, "", refuse("ErrorObjectTypeChanged", "The item class %s does not fit %s.", class, e.Name)
	}
	return o, class, nil
}

// fits reports whether a class can be that of an element's item.
func fits(p Profile, o *object, class string) bool {
	if p == Grommunio && (o.form == formItem || o.form == formMessage) {
		return true
	}
	if isClass(class, "IPM.Schedule.Meeting") {
		return false
	}
	is := formOf(p, class)
	return is == o.form || is == formMessage && o.form == formItem
}
