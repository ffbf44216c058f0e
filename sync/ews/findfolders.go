package ews

import (
	"context"
	"fmt"
	"strconv"

	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// findFolders lists what is directly below some folders. One whose children the account may not see gets a problem.
func (s *Store) findFolders(ctx context.Context, parents []*place) (found []*place, err error) {
	messages, err := s.askFolders(ctx, parents, 0)
	if err != nil {
		return nil, fmt.Errorf("listing folders: %w", err)
	}
	for i, m := range messages {
		parent := parents[i]
		pg, err := s.folderPage(m, parent, 0)
		if err == nil && !pg.last {
			pg.items, err = s.findMany(ctx, parent)
		}
		if sync.IsDenied(err) {
			parent.folder.Problem = "the account may not see the folders below: " + err.Error()
			continue
		} else if err != nil {
			return nil, fmt.Errorf("listing the folders below %q: %w", parent.folder.Path, err)
		}
		found = append(found, pg.items...)
	}
	return found, nil
}

// findMany lists the folders below one that has more than a page of them, from the beginning if they change meanwhile, since one would be missed that
// moves up to a page that was read.
func (s *Store) findMany(ctx context.Context, parent *place) ([]*place, error) {
	for range maxListings {
		var found []*place
		seen := map[string]bool{}
		whole, err := walkPages(func(offset int) (page[*place], error) {
			messages, err := s.askFolders(ctx, []*place{parent}, offset)
			if err != nil {
				return page[*place]{}, err
			}
			return s.folderPage(messages[0], parent, offset)
		}, func(places []*place) error {
			for _, p := range places {
				if !seen[p.id] {
					seen[p.id] = true
					found = append(found, p)
				}
			}
			return nil
		})
		if err != nil || whole {
			return found, err
		}
	}
	return nil, fmt.Errorf("they changed %d times while they were listed", maxListings)
}

// askFolders asks for a page of what is below each of some folders. One view holds for a request.
func (s *Store) askFolders(ctx context.Context, parents []*place, offset int) ([]*soap.Element, error) {
	ids := soap.M("ParentFolderIds")
	for _, p := range parents {
		ids.Add(folderID(p.id))
	}
	return s.askPage(ctx, nil, len(parents), func(rows string) *soap.Element {
		return soap.M("FindFolder", attr("Traversal", "Shallow"), s.folderShape(),
			soap.M("IndexedPageFolderView", attr("MaxEntriesReturned", rows), attr("Offset", strconv.Itoa(offset)), attr("BasePoint", "Beginning")), ids)
	})
}

// folderPage reads a page of what is below a folder.
func (s *Store) folderPage(m *soap.Element, parent *place, offset int) (pg page[*place], err error) {
	if err := errorOf(m); err != nil {
		return pg, err
	}
	pg.count = -1
	list := m.Child("RootFolder") // missing: empty
	if children := list.Child("Folders"); children != nil {
		for _, e := range children.Children {
			p, err := s.readPlace(e, parent.id, &parent.folder)
			if err != nil {
				return pg, err
			}
			pg.items = append(pg.items, p)
		}
	}
	if pg.rows = len(pg.items); pg.rows > 0 {
		pg.first, pg.final = pg.items[0].id, pg.items[pg.rows-1].id
	}
	pg.next, pg.last, err = nextPage(list, offset)
	return pg, err
}
