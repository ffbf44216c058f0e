package historytest

import (
	"context"
	"maps"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// Organization is where the users of one organization work: memstore's in memory, or a directory.
type Organization interface {
	Tick(d time.Duration)
	All() []memstore.Found
	Deleted() []memstore.Found
	Folders() []plan.Folder
	Post(path string, p sync.Payload) (plan.Digest, error)
	Edit(key plan.Digest, p sync.Payload) error
	Touch(key plan.Digest) error
	Copy(key plan.Digest, to string) (plan.Digest, error)
	Move(key plan.Digest, to string) (plan.Digest, error)
	Delete(key plan.Digest) error
	Spoil(key plan.Digest, problem string) error
	AddFolder(parent, name, class string) error
	MoveFolder(from, to string) error
	CopyFolder(from, to string) error
	DeleteFolder(path string) error
	Rights(path string, visible, readable bool) error
	Grant(path string, p plan.Permissions) error
}

// organization is one organization with what its users are owed.
type organization struct {
	Organization
	*ledger
	name string
}

// inMemory is the organization, if it is one in memory.
func (o *organization) inMemory() (*memstore.Organization, bool) {
	m, ok := o.Organization.(*memstore.Organization)
	return m, ok
}

// account is the entry of permission lists under which the program acts, "" for none.
func (o *organization) account() string {
	if m, ok := o.inMemory(); ok {
		return m.Account
	}
	return ""
}

// limit is the size above which an item is refused, 0 for none.
func (o *organization) limit() int {
	if m, ok := o.inMemory(); ok {
		return m.MaxItem
	}
	return 0
}

// counts reports whether only who reads an item learns its content.
func (o *organization) counts() bool {
	m, ok := o.inMemory()
	return ok && m.Counting
}

// inherits reports whether a folder has no permission list of its own, but whatever the one above it has.
func (o *organization) inherits(path string) bool {
	d, ok := o.Organization.(*directory)
	return ok && path != "" && d.inherits(path)
}

// open is the organization as the program sees it.
func (o *organization) open(r *run) sync.Store {
	if m, ok := o.inMemory(); ok {
		return m.Open(r.hook(o.name))
	}
	return o.Organization.(*directory).open(r)
}

// snapshot returns what puts everything back to how it is now.
func (o *organization) snapshot() (restore func()) {
	m, ok := o.inMemory()
	if !ok {
		return o.Organization.(*directory).snapshot()
	}
	s := m.Snapshot()
	return func() { m.Restore(s) }
}

// lists are the permission lists of all folders, whatever the program's account may see.
func (o *organization) lists() (map[plan.Digest]plan.Permissions, error) {
	m, ok := o.inMemory()
	if !ok {
		return maps.Clone(o.Organization.(*directory).look().lists), nil
	}
	out, err := listsOf(m)
	if sync.IsDenied(err) {
		m = m.Snapshot()
		for _, f := range m.Folders() {
			if err := m.Rights(f.Path, true, true); err != nil {
				return nil, err
			}
		}
		out, err = listsOf(m)
	}
	return out, err
}

func listsOf(m *memstore.Organization) (map[plan.Digest]plan.Permissions, error) {
	out, store := map[plan.Digest]plan.Permissions{}, m.Open(nil)
	for _, f := range m.Folders() {
		list, err := store.Permissions(context.Background(), f)
		if err != nil {
			return nil, err
		}
		out[f.Key] = list
	}
	return out, nil
}
