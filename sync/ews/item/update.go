package item

import (
	"bytes"

	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// Update gives the children of t:Updates which turn an existing item that is old into p. It is false where one call cannot
// do it: the kind differs, attachments differ, or the exceptions of a recurrence do or would be lost.
func Update(p sync.Payload, old sync.Payload, s soap.Server) (changes []*soap.Element, ok bool, err error) {
	is, err := parse(p)
	if err != nil {
		return nil, false, err
	}
	if _, err := is.write(s); err != nil {
		return nil, false, err
	}
	was, err := parse(old)
	if err != nil || KindOf(p.Class) != KindOf(old.Class) {
		return nil, false, nil
	}
	if !sameParts(is, was, s) {
		return nil, false, nil
	}
	f, _ := is.fields(s)
	g, _ := was.fields(s)
	m, isMessage := is.(*message)
	if isMessage && bytes.Equal(Canonical(p).Data, Canonical(old).Data) {
		f, g = f.without("item:MimeContent"), g.without("item:MimeContent") // it differs in form only
	}
	if changes, ok = f.changes(g, updateElement(is, s)); !ok {
		return nil, false, nil
	}
	if isMessage {
		changes = m.completeUpdate(changes, f, s)
	}
	if s.Grommunio {
		setClassByProperty(changes, p.Class, updateElement(is, s))
	}
	return changes, true, nil
}

// setClassByProperty changes the class by its property, since grommunio takes no notice of the element.
func setClassByProperty(changes []*soap.Element, class, element string) {
	for i, c := range changes {
		if c.Child("FieldURI").Attr("FieldURI") == "item:ItemClass" {
			changes[i] = soap.T("SetItemField", messageClass.Path(), soap.T(element, stringElement(messageClass, class)))
		}
	}
}

// updateElement is the element that stands in SetItemField.
func updateElement(en entry, s soap.Server) string {
	switch en := en.(type) {
	case *contact:
		return "Contact"
	case *list:
		return "DistributionList"
	case *event:
		return "CalendarItem"
	case *task:
		return "Task"
	case *message:
		return en.element(s)
	}
	return "Item"
}

// sameParts reports whether all that a change of fields cannot reach is the same.
func sameParts(is, was entry, s soap.Server) bool {
	switch is := is.(type) {
	case *contact:
		return sameFiles(is.files, was.(*contact).files, s)
	case *list:
		return sameFiles(is.files, was.(*list).files, s)
	case *task:
		return sameFiles(is.files, was.(*task).files, s)
	case *note:
		return sameFiles(is.files, was.(*note).files, s)
	case *event:
		return is.sameSeries(was.(*event), s)
	}
	return true
}

// sameFiles reports whether an item has the same attachments. On grommunio it has none, whatever was written.
func sameFiles(a, b []file, s soap.Server) bool {
	if s.Grommunio {
		return true
	}
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].line("ATTACH").Equal(b[i].line("ATTACH")) || a[i].photo != b[i].photo {
			return false
		}
	}
	return true
}

// sameSeries reports whether the exceptions are the same, and stay so when the master changes.
func (ev *event) sameSeries(old *event, s soap.Server) bool {
	if !sameFiles(ev.files, old.files, s) {
		return false
	}
	if len(ev.deleted)+len(old.deleted)+len(ev.exceptions)+len(old.exceptions) == 0 {
		return true
	}
	if len(ev.deleted) != len(old.deleted) || len(ev.exceptions) != len(old.exceptions) {
		return false
	}
	for i := range ev.deleted {
		if !ev.deleted[i].Equal(old.deleted[i]) {
			return false
		}
	}
	// A change of when it happens makes a server forget its exceptions.
	f, _ := ev.fields(s)
	g, _ := old.fields(s)
	masterChanges, ok := f.changes(g, "CalendarItem")
	if !ok {
		return false
	}
	changed := map[string]bool{}
	for _, c := range masterChanges {
		uri := c.Child("FieldURI").Attr("FieldURI")
		switch uri {
		case "calendar:Start", "calendar:End", "calendar:IsAllDayEvent", "calendar:Recurrence", "calendar:StartTimeZone", "calendar:EndTimeZone",
			"calendar:MeetingTimeZone":
			return false
		}
		changed[uri] = true
	}
	for i := range ev.exceptions {
		if !ev.exceptions[i].follows(&old.exceptions[i], ev, old, changed, s) {
			return false
		}
	}
	return true
}

// follows reports whether an exception is what it becomes by itself when fields of the master change: what it has in common with
// the master it has of it.
func (x *exception) follows(old *exception, master, oldMaster *event, changed map[string]bool, s soap.Server) bool {
	if !x.day.Equal(old.day) || !sameFiles(x.files, old.files, s) {
		return false
	}
	values := func(f fields) map[string]*soap.Element {
		m := map[string]*soap.Element{}
		for _, v := range f {
			m[v.key()] = v.value
		}
		return m
	}
	own := func(en entry) map[string]*soap.Element {
		f, _ := en.fields(s)
		return values(f)
	}
	is, was, now, then := own(&x.event), own(&old.event), own(master.occurrence(x)), own(oldMaster.occurrence(old))
	same := func(a, b *soap.Element) bool { return a == nil && b == nil || a != nil && b != nil && equal(a, b) }
	for key := range merged(is, was, now, then) {
		expected := was[key]
		if same(was[key], then[key]) {
			expected = now[key]
		}
		if !same(is[key], expected) {
			return false
		}
	}
	return true
}

func merged(maps ...map[string]*soap.Element) map[string]bool {
	all := map[string]bool{}
	for _, m := range maps {
		for k := range m {
			all[k] = true
		}
	}
	return all
}

// completeUpdate adds to new MIME what a server sets anew with it: class, times and flags go back to what MIME says.
func (m *message) completeUpdate(changes []*soap.Element, f fields, s soap.Server) []*soap.Element {
	mime := false
	there := map[string]bool{}
	for _, c := range changes {
		for _, path := range c.Children {
			there[field{path: path}.key()] = true
			mime = mime || path.Attr("FieldURI") == "item:MimeContent"
		}
	}
	if !mime {
		return changes
	}
	for _, x := range f {
		if !there[x.key()] {
			changes = append(changes, soap.T("SetItemField", x.path, soap.T(m.element(s), x.value)))
		}
	}
	return changes
}
