package mapi

import (
	"strings"

	"iorepl/sync/ews/soap"
)

// field is one element of an item's schema and what it stands for.
type field struct {
	name  string  // of the element
	uri   string  // its FieldURI
	since Profile // the first Exchange whose schema has it
	flags flag

	key  key      // the property behind it, if it is one
	kind kind     // the property's type
	enum []string // an Integer property's values by name, from 0 on
	def  any      // what is read where the property is not set

	read  func(r *reading) *soap.Element         // instead of writing the property; nil: not there
	value func(it *Item) any                     // instead of the property, to compare by; nil: none
	write func(c *change, e *soap.Element) error // instead of setting the property
	clear func(c *change)                        // instead of deleting the property
	more  func(c *change, e *soap.Element) error // AppendToItemField, where that is allowed
}

type flag uint16

const (
	fReadOnly     flag = 1 << iota // refused in CreateItem and UpdateItem
	fCreateOnly                    // refused in UpdateItem
	fDefault                       // in BaseShape Default of GetItem
	fListed                        // in BaseShape Default of FindItem
	fExplicit                      // not in AllProperties
	fGetOnly                       // never in FindItem of Exchange
	fGromExplicit                  // grommunio has it neither in Default nor in AllProperties
	fKept                          // not looked into: what was written is read
	fRequired                      // cannot be deleted
)

func (f *field) is(x flag) bool { return f.flags&x != 0 }

// form is a kind of item in EWS.
type form int

const (
	formItem form = iota
	formMessage
	formPost
	formContact
	formList
	formCalendar
	formTask
)

// isClass reports whether a class is the base class or one below it.
func isClass(class, base string) bool {
	if len(class) < len(base) || !strings.EqualFold(class[:len(base)], base) {
		return false
	}
	return len(class) == len(base) || class[len(base)] == '.'
}

// formOf is how a server writes items of a class.
func formOf(p Profile, class string) form {
	switch {
	case isClass(class, "IPM.Contact"):
		return formContact
	case isClass(class, "IPM.Appointment"), isClass(class, "IPM.OLE.CLASS"): // the second is that of an exception
		return formCalendar
	case isClass(class, "IPM.Task"):
		return formTask
	case p == Grommunio:
		if isClass(class, "IPM.Note") {
			return formMessage
		}
		return formItem
	case isClass(class, "IPM.Post"):
		return formPost
	case isClass(class, "IPM.DistList"):
		return formList
	case isClass(class, "IPM.Document") && p < Exchange2016: // a file that was dragged into a folder
		return formItem
	}
	return formMessage
}

// object is the schema of a form: its element and its fields in the order of the schema. What fields do must not look at the
// table of objects, which is made of them.
type object struct {
	form   form
	name   string
	fields []*field
	uris   map[string]*field
}

var objects = [...]*object{
	newObject(formItem, "Item", nil),
	newObject(formMessage, "Message", messageFields),
	newObject(formPost, "PostItem", postFields),
	newObject(formContact, "Contact", contactFields),
	newObject(formList, "DistributionList", listFields),
	newObject(formCalendar, "CalendarItem", calendarFields),
	newObject(formTask, "Task", taskFields),
}

func newObject(form form, name string, own []*field) *object {
	o := &object{form: form, name: name, uris: map[string]*field{}}
	o.fields = append(append(o.fields, itemFields...), own...)
	for _, f := range o.fields {
		if f.uri != "" {
			o.uris[f.uri] = f
		}
	}
	return o
}

func objectOf(p Profile, class string) *object { return objects[formOf(p, class)] }

// field is the field of that name, nil if the object has none.
func (o *object) field(name string) *field {
	for _, f := range o.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// at is the field of that FieldURI, nil if the object has none.
func (o *object) at(uri string) *field { return o.uris[uri] }

// known reports whether the schema of a profile's version has the field.
func (f *field) known(p Profile) bool { return p == Grommunio || f.since <= p }

// fieldAt is any object's field of that FieldURI: for an item's own object first.
func fieldAt(own *object, uri string) *field {
	if f := own.at(uri); f != nil {
		return f
	}
	for _, o := range objects {
		if f := o.at(uri); f != nil {
			return f
		}
	}
	return nil
}

// knownKind is the type that a property has in every store, 0 where any will do.
func knownKind(k key) kind {
	return fixedKinds[k]
}
