package archive

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"iorepl/plan"
)

// A person who renames or moves an item's file leaves an entry without a file, the orphan, and somewhere a file without an
// entry. Those with the same bytes are the same item: its key and stamp go with the file. Where several have the
// same bytes, they are joined in the order of their paths, those in one folder first. An orphan whose key has an
// entry with a file elsewhere is not joined: the item was joined already, or moved by iorepl.
//
// A file whose original is still there is a copy: a user's item.
type orphan struct {
	node  *node
	file  string
	entry *entry
}

// joined is the entry that a file without one inherits.
type joined struct {
	from  string // directory of its log
	file  string // name that the entry had
	entry *entry
}

// collectOrphans remembers the entries of a folder that have no file.
func (w *walker) collectOrphans(n *node, l *itemLog, entries []fs.DirEntry) {
	there := make(map[string]bool, len(entries))
	for _, e := range entries {
		there[e.Name()] = true
	}
	for f, r := range l.records {
		if there[f] || r.leaving || r.base == nil {
			continue
		}
		w.orphans = append(w.orphans, &orphan{n, f, r.base})
		for _, e := range r.pending {
			if e.raw != r.base.raw {
				w.orphans = append(w.orphans, &orphan{n, f, e})
			}
		}
	}
}

// join finds the files of the orphans.
func (w *walker) join() error {
	w.orphans = slices.DeleteFunc(w.orphans, func(o *orphan) bool { return o.node.void })
	if len(w.orphans) == 0 {
		return nil
	}
	keys, raws := map[plan.Digest]bool{}, map[plan.Digest]bool{}
	for _, o := range w.orphans {
		keys[o.entry.key], raws[o.entry.raw] = true, true
	}
	alive := map[plan.Digest]bool{}
	var strays []stray
	for _, n := range w.nodes {
		if n.problem != "" || n.unknown != "" {
			continue
		}
		if err := w.ctx.Err(); err != nil {
			return err
		}
		found, err := w.s.strays(n, keys, raws, alive)
		if err != nil {
			return err
		}
		strays = append(strays, found...)
	}
	slices.SortFunc(w.orphans, func(a, b *orphan) int {
		return cmp.Or(cmp.Compare(a.node.rel, b.node.rel), cmp.Compare(a.file, b.file))
	})
	slices.SortFunc(strays, func(a, b stray) int {
		return cmp.Or(cmp.Compare(a.node.rel, b.node.rel), cmp.Compare(a.file, b.file))
	})
	type place struct {
		node *node // nil: any
		raw  plan.Digest
	}
	at := map[place][]*stray{}
	for i := range strays {
		t := &strays[i]
		at[place{t.node, t.raw}] = append(at[place{t.node, t.raw}], t)
		at[place{nil, t.raw}] = append(at[place{nil, t.raw}], t)
	}
	match := func(o *orphan, where place) {
		for !alive[o.entry.key] && len(at[where]) > 0 {
			t := at[where][0]
			at[where] = at[where][1:]
			if !t.taken {
				t.taken, alive[o.entry.key] = true, true
				o.moveTo(t)
			}
		}
	}
	for _, o := range w.orphans {
		match(o, place{o.node, o.entry.raw})
	}
	for _, o := range w.orphans {
		match(o, place{nil, o.entry.raw})
	}
	if blind(w.nodes) != "" {
		return nil // the file of an orphan may be where nobody can look
	}
	for _, o := range w.orphans {
		if o.node.joinedFrom[o.file] {
			continue
		}
		if o.node.orphans == nil {
			o.node.orphans = map[string]bool{}
		}
		o.node.orphans[o.file] = true
	}
	return nil
}

// stray is a file without an entry that has the bytes of some orphan.
type stray struct {
	node  *node
	file  string
	raw   plan.Digest
	taken bool
}

func (o *orphan) moveTo(t *stray) {
	if t.node.joins == nil {
		t.node.joins = map[string]*joined{}
	}
	e := *o.entry
	e.name = nil // the name of the file is what its user calls it now
	t.node.joins[t.file] = &joined{o.node.rel, o.file, &e}
	if o.node.joinedFrom == nil {
		o.node.joinedFrom = map[string]bool{}
	}
	o.node.joinedFrom[o.file] = true
}

// strays finds the strays of one folder, and marks in alive those of keys that are there.
func (s *Store) strays(n *node, keys, raws, alive map[plan.Digest]bool) ([]stray, error) {
	d, err := s.openDir(n.rel)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("directory %q vanished while the archive was read: %w", s.full(n.rel), err)
	}
	if err != nil {
		return nil, err
	}
	defer d.close()
	lock := s.lockOf(n.rel)
	lock.RLock()
	defer lock.RUnlock()
	l := newLog()
	if !n.void {
		if l, err = s.readLog(d); err != nil {
			return nil, err
		}
	}
	f, err := d.r.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	look := newStatter(f, d.r)
	cache := s.loadCache(n.rel)
	var found []stray
	for _, name := range names {
		if !isItem(name) {
			continue
		}
		if r := l.records[name]; r != nil {
			for _, e := range append([]*entry{r.base}, r.pending...) {
				if e != nil && keys[e.key] {
					alive[e.key] = true
				}
			}
			continue
		}
		st, err := look.stat(name)
		if err != nil || st.mode != 0 || st.size > s.opts.MaxItem {
			continue
		}
		var raw plan.Digest
		if w := cache.row(name); w != nil && w.stat == st {
			raw = w.raw
		} else if sum, err := s.digest(d, name); err == nil {
			raw = sum.raw
			sum.release()
		}
		if raws[raw] {
			found = append(found, stray{node: n, file: name, raw: raw})
		}
	}
	return found, nil
}

// retireIn voids entries whose files went elsewhere. If it fails, the next walk finds the entries to be void all the same.
func (s *Store) retireIn(rel string, files []string) {
	lock := s.lockOf(rel)
	lock.Lock()
	s.mu.Lock()
	n := (*node)(nil)
	if s.index != nil {
		n = s.index.byRel[rel]
	}
	s.mu.Unlock()
	if n == nil {
		lock.Unlock()
		return
	}
	b := &batch{s: s, n: n, lock: lock}
	defer b.unlock()
	var err error
	if b.d, err = s.openDir(rel); err != nil {
		return
	}
	if b.l, err = s.readLog(b.d); err != nil {
		return
	}
	var ln line
	for _, f := range files {
		if b.l.records[f] != nil && !b.d.exists(f) {
			b.retire(&ln, f)
		}
	}
	if ln.Removed != nil || ln.Moved != nil {
		b.append([]line{ln}, true)
	}
}
