package item

import (
	"fmt"
	"slices"

	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// Rewrite gives the children of t:Updates for an item that Update cannot change in one call: all fields that differ from old, and the
// recurrence in any case, so that the server forgets its exceptions. Attachments and exceptions are to be made anew after it, as
// Write says. An error means that the item cannot become p: it is of another kind.
func Rewrite(p sync.Payload, old sync.Payload, s soap.Server) ([]*soap.Element, error) {
	is, err := parse(p)
	if err != nil {
		return nil, err
	}
	was, err := parse(old)
	if err != nil {
		return nil, err
	}
	if KindOf(p.Class) != KindOf(old.Class) {
		return nil, fmt.Errorf("a %s cannot become a %s", KindOf(old.Class), KindOf(p.Class))
	}
	f, _ := is.fields(s)
	g, _ := was.fields(s)
	f = slices.DeleteFunc(slices.Clone(f), func(x field) bool { return x.once })
	g = slices.DeleteFunc(slices.Clone(g), func(x field) bool { return x.once })
	changes, _ := f.changes(g.without("calendar:Recurrence"), updateElement(is, s))
	return changes, nil
}
