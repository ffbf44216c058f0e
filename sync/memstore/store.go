package memstore

import (
	"context"
	"fmt"

	"iorepl/plan"
	"iorepl/sync"
)

// Call is one step of a store, as a hook sees it.
type Call struct {
	Op    string // the method's name
	Path  string // of the folder that is read or written; of a move, of where it goes
	Write bool   // it changes something
	After bool   // the change has happened
}

// Hook is called before every read and before and after every single write, with nothing locked. Its error is returned in place of the
// call's: before a write nothing has happened, after it the change stands, and who gets an error that is not of kind Unknown was lied to.
type Hook func(Call) error

// Store is an organization as the program sees it.
type Store struct {
	org  *Organization
	hook Hook
}

var _ sync.Store = (*Store)(nil)

// Open opens the organization's store; hook may be nil.
func (o *Organization) Open(hook Hook) *Store {
	if hook == nil {
		hook = func(Call) error { return nil }
	}
	return &Store{o, hook}
}

// page is how many items List emits at once: few, so that tests see more than one page.
const page = 7

// Account is the one of the options.
func (s *Store) Account() string { return s.org.Account }

// Close does nothing.
func (s *Store) Close() error { return nil }

func (s *Store) read(ctx context.Context, op, path string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.hook(Call{Op: op, Path: path})
}

// write carries out one change between two calls of the hook.
func (s *Store) write(ctx context.Context, op, path string, change func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.hook(Call{Op: op, Path: path, Write: true}); err != nil {
		return err
	}
	s.org.mu.Lock()
	err := change()
	s.org.mu.Unlock()
	if err != nil {
		return err
	}
	return s.hook(Call{Op: op, Path: path, Write: true, After: true})
}

// folder finds what the caller addresses, as long as the account may see it.
func (s *Store) folder(f plan.Folder) (*folder, error) {
	g := s.org.folders[f.ID]
	if g == nil {
		return nil, sync.Errorf(sync.Gone, "folder %q does not exist", f.Path)
	}
	if g.concealed() {
		return nil, sync.Errorf(sync.Denied, "the account may not see folder %q", f.Path)
	}
	return g, nil
}

// usable is folder for calls about its items.
func (s *Store) usable(f plan.Folder) (*folder, error) {
	g, err := s.folder(f)
	if err == nil && g.denied {
		return nil, sync.Errorf(sync.Denied, "the account may not read folder %q", f.Path)
	}
	return g, err
}

// current finds an item in the version that was planned against.
func (s *Store) current(f *folder, it plan.Item) (*item, error) {
	have := f.find(func(i *item) bool { return i.id == it.ID })
	if have == nil {
		return nil, sync.Errorf(sync.Gone, "item %q is no longer in %q", it.Name, f.path())
	}
	if s.org.version(have) != it.Version {
		return nil, sync.Errorf(sync.Conflict, "item %q was changed in the meantime", it.Name)
	}
	return have, nil
}

// List emits pages.
func (s *Store) List(ctx context.Context, folder plan.Folder, emit func([]plan.Item) error) error {
	if err := s.read(ctx, "List", folder.Path); err != nil {
		return err
	}
	s.org.mu.Lock()
	f, err := s.usable(folder)
	var items []plan.Item
	if err == nil {
		for _, it := range f.items {
			items = append(items, s.org.listed(it, false))
		}
	}
	s.org.mu.Unlock()
	for len(items) > 0 && err == nil {
		n := min(page, len(items))
		err = emit(items[:n:n])
		items = items[n:]
	}
	return err
}

// Read fetches items.
func (s *Store) Read(ctx context.Context, folder plan.Folder, items []plan.Item) []sync.ReadResult {
	out := make([]sync.ReadResult, len(items))
	for i, it := range items {
		if out[i].Err = s.read(ctx, "Read", folder.Path); out[i].Err != nil {
			continue
		}
		s.org.mu.Lock()
		out[i].Payload, out[i].Err = s.payload(folder, it)
		s.org.mu.Unlock()
	}
	return out
}

func (s *Store) payload(folder plan.Folder, it plan.Item) (sync.Payload, error) {
	f, err := s.usable(folder)
	if err != nil {
		return sync.Payload{}, err
	}
	have, err := s.current(f, it)
	if err != nil {
		return sync.Payload{}, err
	}
	if have.problem != "" {
		return sync.Payload{}, sync.Errorf(sync.Refused, "%s", have.problem)
	}
	return have.payload, nil
}

func (s *Store) results(ctx context.Context, op string, folder plan.Folder, n int, change func(i int) (*item, error)) []sync.WriteResult {
	out := make([]sync.WriteResult, n)
	for i := range out {
		out[i].Err = s.write(ctx, op, folder.Path, func() error {
			it, err := change(i)
			if err == nil {
				out[i].Item = s.org.listed(it, false)
			}
			return err
		})
		if out[i].Err != nil {
			out[i].Item = plan.Item{}
		}
	}
	return out
}

// Create makes items.
func (s *Store) Create(ctx context.Context, folder plan.Folder, items []sync.NewItem) []sync.WriteResult {
	return s.results(ctx, "Create", folder, len(items), func(i int) (*item, error) {
		f, err := s.usable(folder)
		if err != nil {
			return nil, err
		}
		it := &item{stamp: items[i].Stamp}
		if err := s.take(it, items[i].Payload); err != nil {
			return nil, err
		}
		it.id, it.key = s.org.next("item")
		f.items = append(f.items, it)
		return it, nil
	})
}

// take gives an item content that came from elsewhere.
func (s *Store) take(it *item, p sync.Payload) error {
	switch p.Format {
	case sync.MIME, sync.ICalendar, sync.VCard, sync.FreeBusy:
	default:
		return sync.Errorf(sync.Refused, "%q is no format of items", p.Format)
	}
	if limit := s.org.MaxItem; limit > 0 && len(p.Data) > limit {
		return sync.Errorf(sync.Refused, "%d bytes are more than the %d that an item may have", len(p.Data), limit)
	}
	p.Content = sync.ContentOf(p)
	it.payload = p
	s.org.written(it)
	return nil
}

// Update changes items in place.
func (s *Store) Update(ctx context.Context, folder plan.Folder, items []sync.ItemUpdate) []sync.WriteResult {
	return s.results(ctx, "Update", folder, len(items), func(i int) (*item, error) {
		f, err := s.usable(folder)
		if err != nil {
			return nil, err
		}
		it, err := s.current(f, items[i].Item)
		if err != nil {
			return nil, err
		}
		if p := items[i].Payload; p != nil {
			if err := s.take(it, *p); err != nil {
				return nil, err
			}
		} else {
			s.org.written(it)
		}
		it.stamp = items[i].Stamp
		return it, nil
	})
}

// Move puts items into another folder. Key and content stay, the id does not.
func (s *Store) Move(ctx context.Context, from, to plan.Folder, items []sync.ItemMove) []sync.WriteResult {
	return s.results(ctx, "Move", to, len(items), func(i int) (*item, error) {
		f, err := s.usable(from)
		if err != nil {
			return nil, err
		}
		g, err := s.usable(to)
		if err != nil {
			return nil, err
		}
		it, err := s.current(f, items[i].Item)
		if err != nil {
			return nil, err
		}
		f.remove(it)
		it.id, _ = s.org.next("item")
		it.stamp = items[i].Stamp
		s.org.written(it)
		g.items = append(g.items, it)
		return it, nil
	})
}

// Delete makes items recoverable deletions.
func (s *Store) Delete(ctx context.Context, folder plan.Folder, items []plan.Item) []error {
	errs := make([]error, len(items))
	for i, it := range items {
		errs[i] = s.write(ctx, "Delete", folder.Path, func() error {
			f, err := s.usable(folder)
			if err == nil {
				var have *item
				if have, err = s.current(f, it); err == nil {
					s.org.bury(f, have)
				}
			}
			if sync.IsGone(err) {
				return nil
			}
			return err
		})
	}
	return errs
}

// Permissions reads a list.
func (s *Store) Permissions(ctx context.Context, folder plan.Folder) (plan.Permissions, error) {
	if err := s.read(ctx, "Permissions", folder.Path); err != nil {
		return nil, err
	}
	s.org.mu.Lock()
	defer s.org.mu.Unlock()
	f, err := s.usable(folder)
	if err != nil {
		return nil, err
	}
	return append(plan.Permissions{}, f.permissions...), nil
}

// SetPermissions replaces a list.
func (s *Store) SetPermissions(ctx context.Context, folder plan.Folder, old, new plan.Permissions) error {
	return s.write(ctx, "SetPermissions", folder.Path, func() error {
		f, err := s.usable(folder)
		if err != nil {
			return err
		}
		if fmt.Sprint(f.permissions) != fmt.Sprint(old) {
			return sync.Errorf(sync.Conflict, "the permissions of %q were changed in the meantime", folder.Path)
		}
		f.permissions = append(plan.Permissions{}, new...).Sort()
		return nil
	})
}
