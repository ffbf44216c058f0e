package ewstest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
)

// state is everything that a snapshot holds: the folders of all stores with their items, and the counter that ids and change
// numbers come from. Folders and records are shared with snapshots: who changes a folder asks edit for one of his own, and
// a record never changes, another one takes its place.
type state struct {
	counter uint64
	folders map[uint64]*folder
	gen     uint64 // folders of an older generation belong to a snapshot as well
	rev     uint64 // the last revision of a folder that was given; never goes back
}

// store is a mailbox or the public folders.
type store struct {
	guid    [16]byte // of the replica: in source keys and change keys
	public  bool
	owner   string // SMTP address, "" for public folders
	root    uint64
	special map[string]uint64 // by distinguished folder id
}

// folder is one folder.
type folder struct {
	id, parent        uint64
	store             *store
	name, class       string
	created, modified time.Time
	change            uint64
	creator           string
	grants            []Grant
	properties        *mapi.Item // extended properties
	children          []uint64

	items      []*record // by id, as the following two
	associated []*record
	dumpster   []*record // deleted softly

	commit    time.Time // PidTagLocalCommitTimeMax
	deletions int32     // PidTagDeletedCountTotal
	size      int64
	mailbox   string // the content mailbox's GUID, of 2013 and later
	deleted   bool   // softly
	late      bool   // not yet known to the other hierarchy mailboxes
	gen       uint64
	rev       uint64
}

// record is one item in a folder.
type record struct {
	id, change uint64
	item       *mapi.Item
	creator    string // SMTP address
}

func newState() *state { return &state{folders: map[uint64]*folder{}, gen: 1} }

// next is a number never given before in this state.
func (st *state) next() uint64 {
	st.counter++
	return st.counter
}

// share makes everything that is there belong to somebody else as well, and gives the copy to keep.
func (st *state) share() *state {
	st.gen++
	return &state{counter: st.counter, folders: maps.Clone(st.folders), gen: 0, rev: st.rev}
}

// edit is the folder for changes.
func (st *state) edit(id uint64) *folder {
	f := st.folders[id]
	if f == nil {
		return nil
	}
	if f.gen != st.gen {
		c := *f
		c.grants = slices.Clone(f.grants)
		c.children = slices.Clone(f.children)
		c.items = slices.Clone(f.items)
		c.associated = slices.Clone(f.associated)
		c.dumpster = slices.Clone(f.dumpster)
		if f.properties != nil {
			c.properties = f.properties.Clone()
		}
		c.gen = st.gen
		st.folders[id] = &c
		f = &c
	}
	st.rev++
	f.rev = st.rev
	return f
}

// addFolder puts a new folder below parent, 0 for the top of a store.
func (st *state) addFolder(f *folder) *folder {
	if f.id == 0 {
		f.id = st.next()
	}
	f.gen = st.gen
	f.change = st.next()
	st.rev++
	f.rev = st.rev
	st.folders[f.id] = f
	if f.parent != 0 {
		p := st.edit(f.parent)
		p.children = append(p.children, f.id)
	}
	return f
}

// dropFolder removes a folder with all below it.
func (st *state) dropFolder(id uint64) {
	f := st.folders[id]
	if f == nil {
		return
	}
	for _, c := range slices.Clone(f.children) {
		st.dropFolder(c)
	}
	st.unlink(f)
	delete(st.folders, id)
}

// unlink takes a folder away from its parent.
func (st *state) unlink(f *folder) {
	if p := st.edit(f.parent); p != nil {
		p.children = slices.DeleteFunc(p.children, func(c uint64) bool { return c == f.id })
	}
}

// link puts a folder below a parent.
func (st *state) link(f *folder, parent uint64) {
	f.parent = parent
	p := st.edit(parent)
	p.children = append(p.children, f.id)
}

// child is the folder of that name below f; names do not differ by case alone.
func (st *state) child(f *folder, name string) *folder {
	for _, id := range f.children {
		if c := st.folders[id]; c != nil && !c.deleted && strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// below are the folders below f that are not deleted, sorted by name.
func (st *state) below(f *folder) []*folder {
	var all []*folder
	for _, id := range f.children {
		if c := st.folders[id]; c != nil && !c.deleted {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *folder) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)), cmp.Compare(a.id, b.id))
	})
	return all
}

// within reports whether f is top or below it.
func (st *state) within(f, top *folder) bool {
	for f != nil {
		if f.id == top.id {
			return true
		}
		f = st.folders[f.parent]
	}
	return false
}

// committed notes a change of an item in the folder. The time moves by at least step with each change, even if the clock does not.
func (f *folder) committed(now time.Time, step time.Duration) {
	if step == 0 {
		f.commit = now
		return
	}
	now = now.Truncate(step)
	if least := f.commit.Truncate(step).Add(step); now.Before(least) {
		now = least
	}
	f.commit = now
}

func find(records []*record, id uint64) (int, bool) {
	return slices.BinarySearchFunc(records, id, func(r *record, id uint64) int { return cmp.Compare(r.id, id) })
}

// list is the listing that a record of that id is in, if any: items, associated or dumpster.
func (f *folder) list(id uint64) (*[]*record, int) {
	for _, l := range []*[]*record{&f.items, &f.associated, &f.dumpster} {
		if i, ok := find(*l, id); ok {
			return l, i
		}
	}
	return nil, 0
}

// record is the item of that id, deleted ones too.
func (f *folder) record(id uint64) *record {
	if l, i := f.list(id); l != nil {
		return (*l)[i]
	}
	return nil
}

func insert(l *[]*record, r *record) {
	i, _ := find(*l, r.id)
	*l = slices.Insert(*l, i, r)
}

// isCalendar reports whether the folder holds appointments, and so on.
func (f *folder) isCalendar() bool { return classIs(f.class, "IPF.Appointment") }
func (f *folder) isContacts() bool { return classIs(f.class, "IPF.Contact") }
func (f *folder) isTasks() bool    { return classIs(f.class, "IPF.Task") }

// classIs reports whether a class is base or derived from it.
func classIs(class, base string) bool {
	return strings.EqualFold(class, base) || len(class) > len(base) && class[len(base)] == '.' && strings.EqualFold(class[:len(base)], base)
}

// element is the name of the element that the folder is written as.
func (f *folder) element() string {
	switch {
	case f.isCalendar():
		return "CalendarFolder"
	case f.isContacts():
		return "ContactsFolder"
	case f.isTasks():
		return "TasksFolder"
	default:
		return "Folder"
	}
}
