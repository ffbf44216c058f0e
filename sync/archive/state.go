package archive

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"iorepl/plan"
	"iorepl/sync"
)

// state is an item of the folder as it is on disk.
type state struct {
	file  string
	stat  fileStat
	raw   plan.Digest
	entry *entry // nil: none
	item  plan.Item
	known map[string]string // properties
}

// current is the item if it is still the one that was planned against; else IsGone or IsConflict.
func (b *batch) current(item plan.Item) (state, error) {
	st, _, err := b.s.load(b.d, b.n, b.l, item, false)
	return st, err
}

// load finds an item and, if the caller wants them, its bytes.
func (s *Store) load(d *dir, n *node, l *itemLog, item plan.Item, want bool) (st state, data []byte, err error) {
	st.file = item.ID
	full := d.full(item.ID)
	if !isItem(item.ID) || item.ID != filepath.Base(item.ID) {
		return st, nil, sync.Errorf(sync.Gone, "there is no item %q", full)
	}
	sum, err := s.digest(d, item.ID)
	if errors.Is(err, fs.ErrNotExist) {
		return st, nil, sync.Errorf(sync.Gone, "item %q does not exist: %w", full, err)
	}
	if errors.Is(err, errChanging) {
		return st, nil, sync.Errorf(sync.Conflict, "item: %w", err)
	}
	if err != nil {
		return st, nil, err
	}
	defer sum.release()
	st.stat, st.raw = sum.stat, sum.raw
	st.entry = entryOf(n, l, item.ID, sum.raw)
	st.item = describe(n, l, item.ID, st.entry)
	if st.entry != nil {
		st.known = st.entry.properties
	}
	if st.item.Class == "" {
		st.item.Class = classes[sum.class]
	}
	if !item.Key.IsZero() && st.item.Key != item.Key {
		return st, nil, sync.Errorf(sync.Conflict, "item %q is another one now", full)
	}
	if st.item.Content, err = s.content(d, item.ID, &sum, st.item.Class, st.known); err != nil {
		return st, nil, err
	}
	st.item.Version = st.item.Content
	st.item.Size, st.item.Modified = sum.stat.size, sum.stat.modified()
	if st.item.Version != item.Version {
		return st, nil, sync.Errorf(sync.Conflict, "item %q was changed", full)
	}
	if !want {
		return st, nil, nil
	}
	if sum.buf != nil {
		return st, slices.Clone(*sum.buf), nil
	}
	if data, err = d.readFile(item.ID, s.opts.MaxItem); err == nil && rawOf(data) != sum.raw {
		err = sync.Errorf(sync.Conflict, "item %q changes while it is read", full)
	}
	return st, data, err
}

// unchanged reports whether the file is still the one that current saw.
func (b *batch) unchanged(st state) bool {
	f, err := b.d.openFile(st.file)
	if err != nil {
		return false
	}
	defer f.Close()
	now, err := statFile(f)
	return err == nil && now == st.stat
}
