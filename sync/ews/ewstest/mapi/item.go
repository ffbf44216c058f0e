package mapi

import (
	"time"
	"unique"

	"iorepl/sync/ews/soap"
)

// Item is one item of a folder, one occurrence of a recurring one, or an item in an attachment. Methods that change it build
// the new state beside the old one and take its place at the end, so an error leaves it as it was.
type Item struct {
	profile     Profile
	props       bag
	recipients  []recipient
	members     []*soap.Element // t:Member
	attachments []attachment
	next        int       // number of the next attachment
	series      *series   // of a recurring master
	instance    *instance // of an occurrence
	around      Surroundings
}

// Surroundings is what only the server around knows of an item: it is asked when the item is read, and wins over what the
// item itself holds.
type Surroundings struct {
	Property func(Tag) (Value, bool)         // e.g. 0x65E0, 0x65E2, 0x0FFF, 0x0E09; may be nil
	Element  func(name string) *soap.Element // ParentFolderId, EffectiveRights, ConversationId ...; may be nil

	// Occurrence makes the ItemId of an occurrence, for FirstOccurrence and the like. Without it they are not written.
	Occurrence func(index int) *soap.Element
}

// In is a view of the item in its surroundings. It shares everything with the item and must not be changed.
func (it *Item) In(s Surroundings) *Item {
	v := *it
	v.around = s
	return &v
}

// Clone is an independent copy: of what CopyItem makes, or of a moment.
func (it *Item) Clone() *Item {
	c := *it
	c.around = Surroundings{}
	return &c
}

// edit is a copy that may be changed and then take the item's place.
func (it *Item) edit() *Item {
	c := it.Clone()
	c.props = it.props.own()
	return c
}

// SetProperty stores a property of the server's own, whatever the rules for clients are. It does not move Modified.
func (it *Item) SetProperty(tag Tag, v Value) {
	c := it.edit()
	c.props.set(unique.Make(tag), v.v)
	*it = *c
}

// Class is the item class.
func (it *Item) Class() string { return it.text(pClass) }

// Modified is PidTagLastModificationTime.
func (it *Item) Modified() time.Time { return it.time(pModified) }

// Created is PidTagCreationTime.
func (it *Item) Created() time.Time { return it.time(pCreated) }

// Size is roughly what the item takes in the store, in bytes, attachments included.
func (it *Item) Size() int {
	n := 256
	for _, p := range it.props {
		n += 8 + size(p.value)
		if e, ok := p.value.(*soap.Element); ok {
			n += elementSize(e)
		}
	}
	for _, r := range it.recipients {
		n += 64 + 2*len(r.name) + 2*len(r.address)
	}
	for _, m := range it.members {
		n += 64 + elementSize(m)
	}
	for _, a := range it.attachments {
		n += 128 + a.size()
	}
	if it.series != nil {
		n += 64 + 4*len(it.series.deleted)
		for _, x := range it.series.exceptions {
			n += 128 + x.size()
		}
	}
	return n
}

func elementSize(e *soap.Element) int {
	n := len(e.Text) + len(e.Data)
	for _, c := range e.Children {
		n += elementSize(c)
	}
	return n
}

func (it *Item) text(k key) string {
	s, _ := it.props.get(k).(string)
	return s
}

func (it *Item) time(k key) time.Time {
	f, _ := it.props.get(k).(filetime)
	return f.time()
}

func (it *Item) integer(k key) int32 {
	i, _ := it.props.get(k).(int32)
	return i
}

func (it *Item) flag(k key) bool {
	b, _ := it.props.get(k).(bool)
	return b
}

// lookup is a property as a client sees it, computed ones included; nil if there is none.
func (it *Item) lookup(k key) any {
	if it.around.Property != nil {
		if v, ok := it.around.Property(k.Value()); ok {
			return v.v
		}
	}
	switch k {
	case pSize:
		return int32(min(it.Size(), 1<<31-1))
	case pHasAttachments:
		return it.hasAttachments()
	case pFlags:
		f := it.integer(pFlags)
		if it.hasAttachments() {
			f |= flagAttachments
		}
		return f
	case pRead:
		return it.integer(pFlags)&flagRead != 0
	case pDisplayTo:
		return it.display(toRecipient)
	case pDisplayCc:
		return it.display(ccRecipient)
	case pDisplayBcc:
		return it.display(bccRecipient)
	case pNormalizedSubject:
		return it.normalizedSubject()
	case pConversationTopic:
		if it.props.get(k) == nil {
			return it.normalizedSubject()
		}
	case pText, pHTML, pNativeBody:
		return it.bodyProperty(k)
	case pRecurring:
		if isClass(it.Class(), "IPM.Appointment") {
			return it.series != nil
		}
	case pMeetingID, pCleanMeetingID:
		return it.props.get(pMeetingID)
	}
	if kindOf(it.props.get(k)) == 0 {
		return nil
	}
	return it.props.get(k)
}

// lookupAs is a property in the type that was asked for; nil if it has another. HTML is there as bytes and as text.
func (it *Item) lookupAs(x extended) any {
	v := it.lookup(x.key)
	if b, ok := v.([]byte); ok && x.key == pHTML && x.kind == kString {
		return string(b)
	}
	if kindOf(v) != x.kind {
		return nil
	}
	return v
}

// value is what a field is compared by, nil if it has none.
func (it *Item) value(f *field) any {
	switch {
	case f.value != nil:
		return f.value(it)
	case f.key == (key{}):
		return nil
	}
	if v := it.lookup(f.key); v != nil {
		return v
	}
	return f.def
}

// Property is the value that a t:FieldURI, t:IndexedFieldURI or t:ExtendedFieldURI leads to, for restrictions and sorting.
func (it *Item) Property(path *soap.Element) (Value, bool) {
	var v any
	switch path.Name {
	case "FieldURI":
		if f := objectOf(it.profile, it.Class()).at(path.Attr("FieldURI")); f != nil {
			v = it.value(f)
		}
	case "IndexedFieldURI":
		uri, index := path.Attr("FieldURI"), path.Attr("FieldIndex")
		if e := entryAt(uri, index); e != nil {
			v = it.lookup(e.key)
		} else if uri == "item:InternetMessageHeader" {
			if values := it.headers().values(index); len(values) > 0 {
				v = values[0]
			}
		}
	case "ExtendedFieldURI":
		if x, err := extendedPath(it.profile, path); err == nil {
			v = it.lookupAs(x)
		}
	}
	return Value{v}, v != nil
}

// ElementName is the element that the item is written as: Message, PostItem, Contact ...
func (it *Item) ElementName(p Profile) string { return objectOf(p, it.Class()).name }
