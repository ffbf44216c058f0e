// Package item converts items between the elements of Exchange Web Services and payloads: messages and posts to MIME,
// appointments, tasks, notes and journal entries to iCalendar, contacts and lists to vCard, and what these formats
// cannot hold to MAPI properties beside them. It does no I/O.
//
// A payload that was read is canonical: two reads of one item, and reads of a replica and of its origin, give the same
// bytes, whatever a server makes of boundaries, folding, header order or the order of elements.
package item

import "strings"

// Kind is what an item is, by its class.
type Kind int

// The kinds. Note is all that is typed by its properties alone: sticky notes and journal entries.
const (
	Message Kind = iota
	Post
	Contact
	List
	Appointment
	Task
	Note
)

var kindNames = [...]string{"message", "post", "contact", "list", "appointment", "task", "note"}

// String is the word for it.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown kind"
	}
	return kindNames[k]
}

// kindClasses are the classes that are not messages. A class below one of them is of its kind.
var kindClasses = [...]struct {
	class string
	kind  Kind
}{
	{"IPM.Post", Post}, {"IPM.Contact", Contact}, {"IPM.DistList", List}, {"IPM.Appointment", Appointment}, {"IPM.Task", Task},
	{"IPM.StickyNote", Note}, {"IPM.Activity", Note},
}

// KindOf is the kind of items of a class. Whatever is of no other kind is a message.
func KindOf(class string) Kind {
	for _, k := range kindClasses {
		if below(class, k.class) {
			return k.kind
		}
	}
	return Message
}

// below reports whether class is base or a class derived from it.
func below(class, base string) bool {
	return len(class) >= len(base) && strings.EqualFold(class[:len(base)], base) &&
		(len(class) == len(base) || class[len(base)] == '.')
}
