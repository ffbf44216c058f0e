package ewstest

import (
	"slices"
	"strings"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// Folder is a public folder as Tree shows it.
type Folder struct {
	Path        string // "" is the root
	ID          string
	Class       string
	Items       int
	Permissions []Grant
}

// Tree are the public folders of all people, the root first, then parents before children, by name.
func (s *Server) Tree() []Folder {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []Folder
	var walk func(f *folder, path string)
	walk = func(f *folder, path string) {
		all = append(all, Folder{path, s.encode(f.store, ref{folder: f.id}), f.class, len(f.items), slices.Clone(f.grants)})
		for _, sub := range s.state.below(f) {
			walk(sub, strings.TrimPrefix(path+"/"+strings.ReplaceAll(sub.name, "/", "%2F"), "/"))
		}
	}
	walk(s.state.folders[s.public.special["publicfoldersroot"]], "")
	return all
}

// Entry is an item of a public folder as Items shows it.
type Entry struct {
	ID, ChangeKey string
	Class         string
	Subject       string
	Creator       string // SMTP address
	Modified      time.Time
	Size          int
}

var subjectPath = soap.T("FieldURI", soap.Attr{Name: "FieldURI", Value: "item:Subject"})

// Items are the items of a public folder in the order in which they were made.
func (s *Server) Items(path string) ([]Entry, error) {
	return act(s.User(""), func(c *call) ([]Entry, error) {
		f, err := c.path(path)
		if err != nil {
			return nil, err
		}
		all := make([]Entry, 0, len(f.items))
		for _, r := range f.items {
			id := s.itemID("ItemId", f, r, 0)
			e := Entry{ID: id.Attr("Id"), ChangeKey: id.Attr("ChangeKey"), Class: r.item.Class(), Creator: r.creator, Modified: r.item.Modified(), Size: r.item.Size()}
			if v, ok := r.item.Property(subjectPath); ok {
				e.Subject = v.String()
			}
			all = append(all, e)
		}
		return all, nil
	})
}

// Item is a copy of an item with all its properties.
func (s *Server) Item(id string) (*mapi.Item, error) {
	return act(s.User(""), func(c *call) (*mapi.Item, error) {
		p, err := c.place(id)
		if err != nil {
			return nil, err
		}
		return p.r.item.Clone(), nil
	})
}
