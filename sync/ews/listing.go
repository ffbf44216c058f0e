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

// maxListings is how often a listing begins anew because the folder changed while it was read.
const maxListings = 4

// List reads a folder page by page, sorted by what does not change while it reads: the time of creation. Each page begins with the last row of
// the one before, so that rows that go away meanwhile are noticed, since those behind them move up, and one would be missed. Then
// the listing begins anew.
func (s *Store) List(ctx context.Context, folder plan.Folder, emit func([]plan.Item) error) error {
	p, err := s.known(ctx, folder)
	if err != nil {
		return err
	}
	if served, err := s.cache.serve(folder, p.token, emit); served || err != nil {
		return err
	}
	keep := s.cache.begin(folder, p.token)
	defer keep.abandon()
	seen := map[plan.Digest]bool{}
	for range maxListings {
		whole, err := s.listOnce(ctx, p, func(items []plan.Item) error {
			fresh := items[:0]
			for _, it := range items {
				if !seen[it.Key] {
					seen[it.Key] = true
					fresh = append(fresh, it)
				}
			}
			if len(fresh) == 0 {
				return nil
			}
			if err := keep.add(fresh); err != nil {
				return err
			}
			return emit(fresh)
		})
		if err != nil {
			return err
		}
		if whole {
			return keep.done()
		}
	}
	return fmt.Errorf("the folder changed %d times while it was listed", maxListings)
}

// listOnce reads all pages, and reports whether nothing was missed.
func (s *Store) listOnce(ctx context.Context, p *place, emit func([]plan.Item) error) (whole bool, err error) {
	count := -1
	for offset, before := 0, ""; ; {
		overlap := before != ""
		if overlap {
			offset--
		}
		pg, err := s.page(ctx, p, offset)
		if err != nil {
			return false, fmt.Errorf("at item %d: %w", offset, err)
		}
		if overlap && pg.first != before || !overlap && offset > 0 && pg.count != count {
			return false, nil
		}
		count = pg.count
		if err := emit(pg.items); err != nil {
			return false, err
		}
		rows := offset + pg.rows
		if pg.last {
			return pg.count < 0 || rows >= pg.count, nil
		}
		if overlap {
			offset++
		}
		if pg.next <= offset {
			return false, fmt.Errorf("the server says that there is more and not where: page at %d leads to %d", offset, pg.next)
		}
		offset, before = pg.next, pg.final
		if pg.next != rows || pg.rows < 2 {
			before = "" // the row before the next page is not in this one, or there would be no way on
		}
	}
}

// page is one page of a listing.
type page struct {
	items        []plan.Item
	rows         int    // with those that are no items
	first, final string // ids of the rows at both ends
	next         int    // where the next page begins
	last         bool
	count        int // how many rows the folder holds, -1 if the server does not say
}

func (s *Store) page(ctx context.Context, p *place, offset int) (pg page, err error) {
	messages, err := s.ask(ctx, p, 1, soap.M("FindItem", attr("Traversal", "Shallow"), listShape(),
		soap.M("IndexedPageItemView", attr("MaxEntriesReturned", strconv.Itoa(pageItems)), attr("Offset", strconv.Itoa(offset)), attr("BasePoint", "Beginning")),
		soap.M("SortOrder", soap.T("FieldOrder", attr("Order", "Ascending"), field("item:DateTimeCreated"))),
		soap.M("ParentFolderIds", folderID(p.id))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return page{}, err
	}
	list := messages[0].Child("RootFolder")
	pg.count = -1
	if n, err := strconv.Atoi(list.Attr("TotalItemsInView")); err == nil {
		pg.count = n
	}
	if all := list.Child("Items"); all != nil && len(all.Children) > 0 {
		pg.rows = len(all.Children)
		pg.first, pg.final = all.Children[0].Child("ItemId").Attr("Id"), all.Children[pg.rows-1].Child("ItemId").Attr("Id")
		for _, e := range all.Children {
			if isException(e) {
				continue
			}
			it, err := readItem(e)
			if err != nil {
				return page{}, err
			}
			s.keys.learn(e)
			pg.items = append(pg.items, it)
		}
	}
	if err := s.addOccurrences(ctx, p, pg.items); err != nil {
		return page{}, err
	}
	pg.next, pg.last, err = nextPage(list, offset)
	return pg, err
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
	want, _ := strconv.ParseUint(tag, 0, 16)
	got, err := strconv.ParseUint(strings.ToLower(path.Attr("PropertyTag")), 0, 32)
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
	if err := s.addOccurrences(ctx, p, items); err != nil {
		for i := range errs {
			if errs[i] == nil {
				errs[i] = err
			}
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
