package ewstest

import (
	"fmt"
	"slices"
	"strings"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// User acts on the public folders as a person with Outlook does, without HTTP, rights or log. A folder is named by its path below the
// public folders' root, such as "Marketing/News"; a slash inside a name is written %2F, and "" is the root. An item is named by its id.
type User struct {
	s       *Server
	address string
}

// User is somebody by SMTP address. It need not be an account.
func (s *Server) User(address string) *User { return &User{s, strings.ToLower(address)} }

// AddFolder makes a folder below one that exists, with the permissions that it inherits. It gives the folder's id.
func (u *User) AddFolder(path, class string) (string, error) {
	return act(u, func(c *call) (string, error) {
		dir, name := split(path)
		parent, err := c.path(dir)
		if err != nil {
			return "", err
		}
		e := soap.T("Folder", soap.T("DisplayName", name))
		if class != "" {
			e = soap.T("Folder", soap.T("FolderClass", class), soap.T("DisplayName", name))
		}
		f, err := c.makeFolder(parent, e)
		if err != nil {
			return "", err
		}
		return c.s.encode(f.store, ref{folder: f.id}), nil
	})
}

// RenameFolder gives a folder another name.
func (u *User) RenameFolder(path, name string) error {
	return u.folder(path, func(c *call, f *folder) error {
		draft := *f
		draft.name = name
		if err := c.renamable(f, &draft); err != nil {
			return err
		}
		f = c.st.edit(f.id)
		f.name = name
		c.touch(f)
		return nil
	})
}

// MoveFolder puts a folder below another parent.
func (u *User) MoveFolder(path, parent string) error {
	return u.folder(path, func(c *call, f *folder) error {
		to, err := c.path(parent)
		if err != nil {
			return err
		}
		return c.moveTo(f, to)
	})
}

// DeleteFolder removes a folder with all in it, for good.
func (u *User) DeleteFolder(path string) error {
	return u.folder(path, func(c *call, f *folder) error {
		c.st.dropFolder(f.id)
		return nil
	})
}

// SetClass gives a folder another class.
func (u *User) SetClass(path, class string) error {
	return u.folder(path, func(c *call, f *folder) error {
		f = c.st.edit(f.id)
		f.class = class
		c.touch(f)
		return nil
	})
}

// AddItem makes an item of an element of CreateItem's m:Items. It gives the item's id.
func (u *User) AddItem(path string, e *soap.Element) (string, error) {
	return act(u, func(c *call) (string, error) {
		f, err := c.path(path)
		if err != nil {
			return "", err
		}
		item, err := mapi.New(c.profile, e, c.now, c.author())
		if err != nil {
			return "", err
		}
		r, err := c.save(f, e.Name, item)
		if err != nil {
			return "", err
		}
		return c.s.encode(f.store, ref{folder: f.id, item: r.id}), nil
	})
}

// AddItems makes n items that share one content, so that they cost little memory.
func (u *User) AddItems(path string, n int, e *soap.Element) error {
	return u.folder(path, func(c *call, f *folder) error {
		item, err := mapi.New(c.profile, e, c.now, c.author())
		if err != nil {
			return err
		}
		for range n {
			if _, err := c.save(f, e.Name, item); err != nil {
				return err
			}
		}
		return nil
	})
}

// EditItem does the children of a t:Updates to an item.
func (u *User) EditItem(id string, changes ...*soap.Element) error {
	return u.item(id, func(c *call, p place) error {
		_, err := c.update(p, changes)
		return err
	})
}

// CopyItem copies an item with all its properties and gives the copy's id.
func (u *User) CopyItem(id, path string) (string, error) { return u.carry(id, path, false) }

// MoveItem moves an item and gives its new id.
func (u *User) MoveItem(id, path string) (string, error) { return u.carry(id, path, true) }

func (u *User) carry(id, path string, move bool) (string, error) {
	return act(u, func(c *call) (string, error) {
		p, err := c.place(id)
		if err != nil {
			return "", err
		}
		to, err := c.path(path)
		if err != nil {
			return "", err
		}
		r, err := c.carry(p, to, move)
		if err != nil {
			return "", err
		}
		return c.s.encode(to.store, ref{folder: to.id, item: r.id}), nil
	})
}

// OccurrenceID is the id of one occurrence of a recurring appointment, counted from 1.
func (u *User) OccurrenceID(master string, index int) (string, error) {
	return act(u, func(c *call) (string, error) {
		p, err := c.place(master)
		if err != nil {
			return "", err
		}
		if _, err := p.r.item.Occurrence(index); err != nil {
			return "", err
		}
		return c.s.encode(p.f.store, ref{folder: p.f.id, item: p.r.id, occurrence: index}), nil
	})
}

// DeleteItem removes an item for good, or an occurrence from a recurring appointment.
func (u *User) DeleteItem(id string) error {
	return u.item(id, func(c *call, p place) error {
		if p.occurrence != 0 {
			return c.deleteOccurrence(p)
		}
		c.remove(p.f, p.r, true)
		return nil
	})
}

// SetPermission sets the entry of a folder's permission list for Default, Anonymous or an SMTP address.
func (s *Server) SetPermission(path, who string, r Rights) error {
	return s.setGrant(path, Grant{Who: who, Rights: r})
}

// RemovePermission takes an entry out of a folder's permission list.
func (s *Server) RemovePermission(path, who string) error {
	return s.User("").folder(path, func(c *call, f *folder) error {
		f = c.st.edit(f.id)
		f.grants = slices.DeleteFunc(f.grants, func(g Grant) bool { return strings.EqualFold(g.Who, who) })
		c.touch(f)
		return nil
	})
}

// AddUnknownPermission adds an entry for a user that does not exist any more.
func (s *Server) AddUnknownPermission(path, sid string, r Rights) error {
	return s.setGrant(path, Grant{Who: sid, Rights: r, Unknown: true})
}

func (s *Server) setGrant(path string, g Grant) error {
	return s.User("").folder(path, func(c *call, f *folder) error {
		f = c.st.edit(f.id)
		for i := range f.grants {
			if strings.EqualFold(f.grants[i].Who, g.Who) {
				f.grants[i] = g
				c.touch(f)
				return nil
			}
		}
		f.grants = append(f.grants, g)
		c.touch(f)
		return nil
	})
}

// Permissions is a folder's permission list.
func (s *Server) Permissions(path string) ([]Grant, error) {
	return act(s.User(""), func(c *call) ([]Grant, error) {
		f, err := c.path(path)
		if err != nil {
			return nil, err
		}
		return slices.Clone(f.grants), nil
	})
}

// act does something as the user.
func act[T any](u *User, do func(*call) (T, error)) (T, error) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	who := u.s.byAddress(u.address)
	if who == nil {
		name, _, _ := strings.Cut(u.address, "@")
		who = &account{name: name, display: name, address: u.address}
	}
	c := &call{s: u.s, st: u.s.state, who: who, profile: u.s.options.Profile, rank: newest(u.s.options.Profile), now: u.s.now(), entry: &Request{}}
	return do(c)
}

func (u *User) folder(path string, do func(*call, *folder) error) error {
	_, err := act(u, func(c *call) (struct{}, error) {
		f, err := c.path(path)
		if err == nil {
			err = do(c, f)
		}
		return struct{}{}, err
	})
	return err
}

func (u *User) item(id string, do func(*call, place) error) error {
	_, err := act(u, func(c *call) (struct{}, error) {
		p, err := c.place(id)
		if err == nil {
			err = do(c, p)
		}
		return struct{}{}, err
	})
	return err
}

// place finds an item by its id, whatever the rights.
func (c *call) place(id string) (place, error) {
	r, err := c.s.decode(id)
	if err != nil {
		return place{}, err
	}
	f := c.st.folders[r.folder]
	if f == nil || r.item == 0 || f.record(r.item) == nil {
		return place{}, fail("ErrorItemNotFound")
	}
	return place{f: f, r: f.record(r.item), occurrence: r.occurrence, id: soap.T("ItemId", soap.Attr{Name: "Id", Value: id})}, nil
}

// path finds a public folder.
func (c *call) path(path string) (*folder, error) {
	f := c.st.folders[c.s.public.special["publicfoldersroot"]]
	if rest, ok := strings.CutPrefix(path, "NON_IPM_SUBTREE"); ok && (rest == "" || rest[0] == '/') {
		f = c.st.folders[c.s.public.root]
	}
	path = strings.Trim(path, "/")
	for name := range strings.SplitSeq(path, "/") {
		if path == "" {
			break
		}
		sub := c.st.child(f, strings.ReplaceAll(name, "%2F", "/"))
		if sub == nil {
			return nil, fmt.Errorf("there is no public folder %q", path)
		}
		f = sub
	}
	return f, nil
}

// split cuts a path into that of the parent and the folder's name.
func split(path string) (dir, name string) {
	path = strings.Trim(path, "/")
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, path = path[:i], path[i+1:]
	}
	return dir, strings.ReplaceAll(path, "%2F", "/")
}
