package item

import (
	"fmt"

	"iorepl/sync"
	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/soap"
)

// note is a sticky note or a journal entry.
type note struct {
	base
	uid string // "" if nobody named it
}

// severalError says that a file holds several items where it must hold one.
type severalError struct {
	n    int
	what string
}

// Error says so.
func (e *severalError) Error() string {
	return fmt.Sprintf("the file holds %d %s; divide it", e.n, e.what)
}

func readNote(src Source, extra []Property) *note {
	n := &note{}
	n.read(src.Item, src.Attachments, Note, extra)
	for i, l := range n.more {
		if l.Name == "UID" {
			n.uid = l.Text()
			n.more = append(n.more[:i:i], n.more[i+1:]...)
			break
		}
	}
	return n
}

func (n *note) payload() sync.Payload {
	return sync.Payload{Class: n.class, Name: n.subject, Format: sync.ICalendar, Data: n.encode(), Properties: n.properties}
}

func (n *note) encode() []byte {
	c := &content.Component{Name: "VJOURNAL", Lines: []content.Line{stamped}}
	n.put(c)
	n.putRest(c)
	c.Components = n.components
	return named(c, n.uid)
}

func parseNote(p sync.Payload) (*note, error) {
	components, _, _, notes, err := parseCalendar(p, "VJOURNAL", "note")
	if err != nil {
		return nil, err
	}
	if len(components) > 1 {
		return nil, &severalError{len(components), "notes"}
	}
	n := &note{}
	n.class, n.properties, n.notes = p.Class, p.Properties, notes
	seen := map[string]bool{}
	for _, l := range components[0].Lines {
		if l.Name == "UID" {
			n.uid = ownUID(l.Text())
			continue
		}
		n.take(l, seen)
	}
	n.components = components[0].Components
	return n, nil
}

func (n *note) write(s soap.Server) (Writing, error) {
	f, notes := n.fields(s)
	w := Writing{Create: f.create("Item"), Notes: notes}
	var more []string
	w.Attachments, more = attachments(n.files, s)
	w.Notes = append(w.Notes, more...)
	return w, nil
}

func (n *note) fields(s soap.Server) (fields, []string) {
	b := n.base
	if n.uid != "" {
		b.more = append(b.more[:len(b.more):len(b.more)], content.New("UID", content.Escape(n.uid)))
	}
	return b.fields(s)
}
