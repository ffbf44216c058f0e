package ews

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/soap"
)

// An item is addressed by its id and the change key of the version that was seen, separated by a space, so that
// writes can name both.

func itemRef(id, changeKey string) string { return id + " " + changeKey }

func splitRef(ref string) (id, changeKey string) {
	id, changeKey, _ = strings.Cut(ref, " ")
	return id, changeKey
}

// itemID addresses an item in any version.
func itemID(ref string) *soap.Element {
	id, _ := splitRef(ref)
	return soap.T("ItemId", attr("Id", id))
}

// exactID addresses an item in the version that was seen.
func exactID(ref string) *soap.Element {
	id, changeKey := splitRef(ref)
	return soap.T("ItemId", attr("Id", id), attr("ChangeKey", changeKey))
}

// listShape asks for what a listing says of an item.
func listShape() *soap.Element {
	return soap.M("ItemShape", soap.T("BaseShape", "IdOnly"), soap.T("AdditionalProperties",
		field("item:ItemClass"), field("item:Subject"), field("item:Size"), soap.T("ExtendedFieldURI", attr("PropertyTag", "0x3001"), attr("PropertyType", "String")), soap.T("ExtendedFieldURI", attr("PropertyTag", "0x3008"), attr("PropertyType", "SystemTime")),
		sourceKey(), item.StampPaths()))
}

// isException reports whether a row is an edited occurrence, which grommunio lists besides its master.
func isException(e *soap.Element) bool {
	return e.Value("CalendarItemType") == "Exception" || strings.HasPrefix(e.Value("ItemClass"), "IPM.OLE.CLASS.{00061055-")
}

// readItem reads what listShape asks for.
func readItem(e *soap.Element) (plan.Item, error) {
	id := e.Child("ItemId")
	if id.Attr("Id") == "" {
		return plan.Item{}, fmt.Errorf("the server lists an item without an id (%s)", e.Name)
	}
	key := sourceKeyOf(e)
	if key == "" {
		key = id.Attr("Id")
	}
	it := plan.Item{ID: itemRef(id.Attr("Id"), id.Attr("ChangeKey")), Key: plan.Sum("item", key),
		Class: e.Value("ItemClass"), Name: nameOfItem(e), Stamp: item.ReadStamp(e)}
	it.Size, _ = strconv.ParseInt(e.Value("Size"), 10, 64)
	modified := ""
	for _, x := range e.All("ExtendedProperty") {
		if isTag(x.Child("ExtendedFieldURI"), "0x3008") {
			modified = x.Value("Value")
		}
	}
	if t, err := time.Parse(time.RFC3339Nano, modified); err == nil {
		it.Modified = t.UTC()
	}
	it.Version = plan.Sum("version", id.Attr("ChangeKey"), modified)
	return it, nil
}

// nameOfItem is what a person calls an item: contacts and lists often have no subject.
func nameOfItem(e *soap.Element) string {
	if name := e.Value("Subject"); name != "" {
		return name
	}
	for _, x := range e.All("ExtendedProperty") {
		if isTag(x.Child("ExtendedFieldURI"), "0x3001") { // PR_DISPLAY_NAME
			return x.Value("Value")
		}
	}
	return ""
}

// isTag reports whether a path is that of a property by tag, however the server writes the number.
func isTag(path *soap.Element, tag string) bool {
	text := path.Attr("PropertyTag")
	if text == "" || strings.EqualFold(text, tag) {
		return text != ""
	}
	want, _ := strconv.ParseUint(tag, 0, 16)
	got, err := strconv.ParseUint(strings.ToLower(text), 0, 32)
	return err == nil && got == want
}

// known is what was seen of a folder, or is now.
func (s *Store) known(ctx context.Context, folder plan.Folder) (*place, error) {
	if p := s.place(folder.ID); p != nil {
		return p, nil
	}
	p, err := s.getFolder(ctx, folder.ID, "")
	if err != nil {
		return nil, err
	}
	p.folder.Path = folder.Path
	s.remember(p)
	return p, nil
}

// fetch reads anew what a listing says of items, in order. What cannot be read has an error.
func (s *Store) fetch(ctx context.Context, p *place, refs []string) ([]plan.Item, []error) {
	items, errs := make([]plan.Item, len(refs)), make([]error, len(refs))
	at := 0
	_ = chunks(refs, batchItems, func(part []string) error {
		messages, err := s.askEach(ctx, p, len(part), func(which []int) *soap.Element {
			ids := soap.M("ItemIds")
			for _, i := range which {
				ids.Add(itemID(part[i]))
			}
			return soap.M("GetItem", listShape(), ids)
		})
		for i := range part {
			if errs[at+i] = err; err == nil {
				items[at+i], errs[at+i] = fetched(messages[i])
			}
		}
		at += len(part)
		return nil
	})
	failed := func(i int, err error) {
		if errs[i] == nil {
			errs[i] = err
		}
	}
	if err := s.addOccurrences(ctx, p, items, failed); err != nil {
		for i := range errs {
			failed(i, err)
		}
	}
	return items, errs
}

func fetched(m *soap.Element) (plan.Item, error) {
	if err := errorOf(m); err != nil {
		return plan.Item{}, err
	}
	e := firstOf(m.Child("Items"))
	if e == nil {
		return plan.Item{}, sync.Errorf(sync.Gone, "there is no such item")
	}
	return readItem(e)
}

// look reads what was just written as a listing will show it.
func (s *Store) look(ctx context.Context, p *place, refs []string) ([]plan.Item, []error) {
	items, errs := s.fetch(ctx, p, refs)
	if err := s.rekey(ctx, p, items); err != nil {
		for i := range errs {
			if errs[i] == nil {
				errs[i] = err
			}
		}
	}
	return items, errs
}

// current reads items anew and compares them with what was planned against.
func (s *Store) current(ctx context.Context, p *place, items []plan.Item) []error {
	refs := make([]string, len(items))
	for i := range items {
		refs[i] = items[i].ID
	}
	now, errs := s.fetch(ctx, p, refs)
	for i := range items {
		if errs[i] == nil && now[i].Version != items[i].Version {
			errs[i] = changed(items[i])
		}
	}
	return errs
}

func changed(it plan.Item) error {
	return sync.Errorf(sync.Conflict, "item %q was changed in the meantime", it.Name)
}
