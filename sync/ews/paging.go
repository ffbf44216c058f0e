package ews

import (
	"context"
	"fmt"
	"slices"
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
			if slices.ContainsFunc(fresh, func(it plan.Item) bool { return it.Problem != "" }) {
				keep.abandon() // what could not be read may be readable by the next run
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
	return walkPages(func(offset int) (page[plan.Item], error) { return s.page(ctx, p, offset) }, emit)
}

// walkPages reads all pages of a listing, and reports whether nothing was missed.
func walkPages[T any](fetch func(offset int) (page[T], error), emit func([]T) error) (whole bool, err error) {
	count := -1
	for offset, before := 0, ""; ; {
		overlap := before != ""
		if overlap {
			offset--
		}
		pg, err := fetch(offset)
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
type page[T any] struct {
	items        []T
	rows         int    // with those that are no items
	first, final string // ids of the rows at both ends
	next         int    // where the next page begins
	last         bool
	count        int // how many rows the folder holds, -1 if the server does not say
}

func (s *Store) page(ctx context.Context, p *place, offset int) (page[plan.Item], error) {
	pg, all, err := findPage[plan.Item](ctx, s, p, listShape(), "Ascending", offset)
	if err != nil {
		return page[plan.Item]{}, err
	}
	for _, e := range all {
		if isException(e) {
			continue
		}
		it, err := readItem(e)
		if err != nil {
			return page[plan.Item]{}, err
		}
		s.keys.learn(e)
		pg.items = append(pg.items, it)
	}
	return pg, s.addOccurrences(ctx, p, pg.items, func(i int, err error) { pg.items[i].Problem = err.Error() })
}

// findPage asks for one page of a folder's items, sorted by when they were made, and returns it without items, and its rows.
func findPage[T any](ctx context.Context, s *Store, p *place, shape *soap.Element, order string, offset int) (pg page[T], all []*soap.Element, err error) {
	messages, err := s.askPage(ctx, p, 1, func(rows string) *soap.Element {
		return soap.M("FindItem", attr("Traversal", "Shallow"), shape,
			soap.M("IndexedPageItemView", attr("MaxEntriesReturned", rows), attr("Offset", strconv.Itoa(offset)), attr("BasePoint", "Beginning")),
			soap.M("SortOrder", soap.T("FieldOrder", attr("Order", order), field("item:DateTimeCreated"))),
			soap.M("ParentFolderIds", folderID(p.id)))
	})
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return pg, nil, err
	}
	list := messages[0].Child("RootFolder")
	pg.count = -1
	if n, err := strconv.Atoi(list.Attr("TotalItemsInView")); err == nil {
		pg.count = n
	}
	if items := list.Child("Items"); items != nil && len(items.Children) > 0 {
		all = items.Children
		pg.rows = len(all)
		pg.first, pg.final = all[0].Child("ItemId").Attr("Id"), all[pg.rows-1].Child("ItemId").Attr("Id")
	}
	pg.next, pg.last, err = nextPage(list, offset)
	return pg, all, err
}

// nextPage says where the next page begins. A page that leads nowhere would be asked for for ever.
func nextPage(list *soap.Element, offset int) (next int, last bool, err error) {
	if list == nil || list.Attr("IncludesLastItemInRange") != "false" {
		return 0, true, nil
	}
	if _, err := fmt.Sscan(list.Attr("IndexedPagingOffset"), &next); err != nil || next <= offset {
		return 0, false, fmt.Errorf("the server says that there is more and not where: page at %d leads to %q", offset, list.Attr("IndexedPagingOffset"))
	}
	return next, false, nil
}
