package ews

import (
	"context"
	"errors"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/soap"
)

// addOccurrences makes the version of recurring appointments depend on their exceptions where the server does not: grommunio moves
// neither change key nor time of a master when an occurrence is edited or deleted. It calls failed for each item whose version is not known this
// time; its error is that of all of them.
func (s *Store) addOccurrences(ctx context.Context, p *place, items []plan.Item, failed func(i int, err error)) error {
	if server := s.Server(); !server.Grommunio {
		return nil
	}
	var masters []int
	for i := range items {
		if items[i].ID != "" && item.KindOf(items[i].Class) == item.Appointment {
			masters = append(masters, i)
		}
	}
	return chunks(masters, readItems, func(part []int) error { return s.addOccurrencesOf(ctx, p, items, part, failed) })
}

func (s *Store) addOccurrencesOf(ctx context.Context, p *place, items []plan.Item, part []int, failed func(int, error)) error {
	messages, err := s.askEach(ctx, p, len(part), func(which []int) *soap.Element {
		ids := soap.M("ItemIds")
		for _, n := range which {
			ids.Add(itemID(items[part[n]].ID))
		}
		return soap.M("GetItem", soap.M("ItemShape", soap.T("BaseShape", "IdOnly"),
			soap.T("AdditionalProperties", field("calendar:Recurrence"), field("calendar:ModifiedOccurrences"), field("calendar:DeletedOccurrences"))), ids)
	})
	if (tooBig(err) || spoiled(err)) && len(part) > 1 {
		half := len(part) / 2
		if err := s.addOccurrencesOf(ctx, p, items, part[:half], failed); err != nil {
			return err
		}
		return s.addOccurrencesOf(ctx, p, items, part[half:], failed)
	}
	if err != nil && !ofItem(err) {
		return err
	}
	for n, i := range part {
		one := tooLarge(err)
		var e *soap.Element
		if one == nil {
			one, e = errorOf(messages[n]), firstOf(messages[n].Child("Items"))
		}
		var modified []string
		if one == nil && e.Child("Recurrence") != nil {
			modified, one = s.occurrenceVersions(ctx, p, e.Child("ModifiedOccurrences"))
		}
		switch {
		case one != nil && !ofItem(one):
			return one
		case passes(one):
			failed(i, one)
		case e.Child("Recurrence") != nil:
			parts := []string{"recurring", string(items[i].Version[:]), texts(e.Child("Recurrence")), texts(e.Child("DeletedOccurrences"))}
			items[i].Version = plan.Sum(append(parts, modified...)...)
		}
	}
	return nil
}

// ofItem reports whether an error is about what was asked for, and not about the server or the way to it.
func ofItem(err error) bool {
	var e *soap.Error
	return tooBig(err) || spoiled(err) || errors.As(err, &e) && !e.Whole && !soap.IsThrottled(err)
}

// passes reports whether something may be read later that was not. What never will be is not there in any run, which changes no version.
func passes(err error) bool { return err != nil && !sync.IsRefused(err) && !sync.IsGone(err) }

// occurrenceVersions are the versions of modified occurrences.
func (s *Store) occurrenceVersions(ctx context.Context, p *place, list *soap.Element) (versions []string, err error) {
	if list == nil || len(list.Children) == 0 {
		return nil, nil
	}
	var refs []string
	for _, o := range list.Children {
		refs = append(refs, o.Child("ItemId").Attr("Id"))
		versions = append(versions, texts(o))
	}
	err = chunks(refs, batchItems, func(part []string) error {
		messages, err := s.askEach(ctx, p, len(part), func(which []int) *soap.Element {
			ids := soap.M("ItemIds")
			for _, n := range which {
				ids.Add(itemID(part[n]))
			}
			return soap.M("GetItem", listShape(), ids)
		})
		if err != nil {
			return tooLarge(err)
		}
		for _, m := range messages {
			switch it, err := fetched(m); {
			case err == nil:
				versions = append(versions, it.Version.String())
			case passes(err):
				return err
			}
		}
		return nil
	})
	return versions, err
}

// texts is everything that an element says, in the order in which it says it.
func texts(e *soap.Element) string {
	if e == nil {
		return ""
	}
	out := e.Text
	for _, c := range e.Children {
		if !c.Is("ItemId") {
			out += "\x00" + c.Name + "\x00" + texts(c)
		}
	}
	return out
}
