package ews

import (
	"context"
	"fmt"
	"strconv"

	"iorepl/plan"
	"iorepl/sync/ews/soap"
)

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
