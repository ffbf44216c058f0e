package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"unicode/utf8"

	"iorepl/plan"
)

// page is the number of items that List emits at once.
const page = 1000

// List reads a folder. It keeps no lock while it emits.
func (s *Store) List(ctx context.Context, folder plan.Folder, emit func([]plan.Item) error) error {
	items, err := s.list(ctx, folder)
	if err != nil {
		return err
	}
	for p := range slices.Chunk(items, page) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := emit(p); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) list(ctx context.Context, folder plan.Folder) ([]plan.Item, error) {
	s.tree.RLock()
	defer s.tree.RUnlock()
	n, err := s.resolve(ctx, folder)
	if err != nil {
		return nil, err
	}
	if why := cmp.Or(n.problem, n.unknown); why != "" {
		return nil, errors.New(why)
	}
	lock := s.lockOf(n.rel)
	lock.RLock()
	defer lock.RUnlock()
	if _, err := s.top(); errors.Is(err, errMissing) {
		return nil, nil
	}
	for range 10 {
		items, err := s.scan(ctx, n)
		if !errors.Is(err, errUnsteady) {
			return items, err
		}
	}
	return nil, fmt.Errorf("directory %q changes all the time while it is read; try again when nobody else writes to it", s.full(n.rel))
}

// errUnsteady is a listing during which somebody wrote, so that it may miss an item that was renamed.
var errUnsteady = errors.New("unsteady")

func (s *Store) scan(ctx context.Context, n *node) ([]plan.Item, error) {
	d, err := s.openDir(n.rel)
	if err != nil {
		return nil, s.vanished(n, err)
	}
	defer d.close()
	f, err := d.r.Open(".")
	if err != nil {
		return nil, s.vanished(n, err)
	}
	defer f.Close()
	now := s.opts.Now()
	before, err := statFile(f)
	if err != nil {
		return nil, err
	}
	names, err := f.Readdirnames(-1)
	if err != nil {
		return nil, s.vanished(n, err)
	}
	cache := s.loadCache(n.rel)
	l, err := s.logFrom(d, cache)
	if err != nil {
		return nil, err
	}
	if !n.void {
		if err := d.missing(n.rec, l); err != nil {
			return nil, err
		}
	}
	fresh := &listCache{cacheHead: cacheHead{dir: atRest(before, now).asDir(), hasLog: true}}
	if l.stat == (fileStat{}) || l.stat.settled(now) {
		fresh.log, fresh.items = l.stat, l
	} else {
		fresh.hasLog = false
	}
	fresh.orphans = l.hasOrphans(names)

	names = slices.DeleteFunc(names, func(name string) bool { return !isItem(name) })
	slices.Sort(names)
	look := newStatter(f, d.r)
	items := make([]plan.Item, 0, len(names))
	fresh.rows = make([]row, 0, len(names))
	same := len(names) == len(cache.rows) && fresh.cacheHead == cache.cacheHead
	at := 0
	for i, name := range names {
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		st, err := look.stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errUnsteady
		}
		if err == nil && st.mode.IsDir() {
			continue // a folder whose name ends like an item's
		}
		for at < len(cache.rows) && cache.rows[at].name < name {
			at++
		}
		var known *row
		if at < len(cache.rows) && cache.rows[at].name == name && cache.rows[at].stat == st {
			known = &cache.rows[at]
		}
		item, w, err := s.item(d, n, l, name, st, err, known)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if item.Problem == "" && w.stat.settled(now) {
			fresh.rows = append(fresh.rows, w)
		}
		same = same && known != nil && known.meta == w.meta
	}
	if after, err := statFile(f); err != nil || after != before {
		return nil, errUnsteady
	}
	if l2, err := d.logStat(); err != nil && !errors.Is(err, fs.ErrNotExist) || l2 != l.stat {
		return nil, errUnsteady
	}
	if again, err := s.openDir(n.rel); err != nil {
		return nil, s.vanished(n, err)
	} else {
		again.close()
	}
	if !same {
		s.saveCache(n.rel, fresh)
	}
	return items, nil
}

func (s *Store) vanished(n *node, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("directory %q vanished while it was read: %w", s.full(n.rel), err)
	}
	return fmt.Errorf("directory %q: %w", s.full(n.rel), err)
}

// item is what the listing says of one file, and what to remember of it.
func (s *Store) item(d *dir, n *node, l *itemLog, name string, st fileStat, statErr error, known *row) (plan.Item, row, error) {
	problem := func(err error) (plan.Item, row, error) {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errChanging) {
			return plan.Item{}, row{}, errUnsteady
		}
		var e *entry
		if r := l.records[name]; r != nil && !n.void {
			e = r.base
		}
		it := describe(n, l, name, e)
		it.Problem = err.Error()
		it.Size, it.Modified = st.size, st.modified()
		return it, row{}, nil
	}
	switch {
	case statErr != nil:
		return problem(fmt.Errorf("%q: %w", d.full(name), statErr))
	case !utf8.ValidString(name):
		return problem(fmt.Errorf("the name of %q is not UTF-8; rename it", d.full(name)))
	case st.mode != 0:
		return problem(notRegular(d.full(name), st.mode))
	case st.size > s.opts.MaxItem:
		return problem(s.tooLarge(d.full(name), st.size))
	}
	var w row
	var sum fileSum
	if known != nil {
		w = *known
	} else {
		var err error
		if sum, err = s.digest(d, name); err != nil {
			return problem(err)
		}
		defer sum.release()
		w = row{name: name, stat: sum.stat, raw: sum.raw, class: sum.class}
	}
	e := entryOf(n, l, name, w.raw)
	it := describe(n, l, name, e)
	var properties map[string]string
	if e != nil {
		properties = e.properties
	}
	if it.Class == "" {
		it.Class = classes[w.class]
	}
	if meta := metaOf(it.Class, properties); known == nil || meta != w.meta {
		if known != nil {
			var err error
			if sum, err = s.digest(d, name); err != nil {
				return problem(err)
			}
			defer sum.release()
			if sum.stat != st {
				return plan.Item{}, row{}, errUnsteady
			}
		}
		var err error
		if w.content, err = s.content(d, name, &sum, it.Class, properties); err != nil {
			return problem(err)
		}
		w.meta = meta
	}
	it.Content, it.Version = w.content, w.content
	it.Size, it.Modified = w.stat.size, w.stat.modified()
	return it, w, nil
}

// entryOf is the entry that counts for a file with these bytes.
func entryOf(n *node, l *itemLog, name string, raw plan.Digest) *entry {
	if r := l.records[name]; r != nil && !n.void {
		return r.of(raw)
	}
	if j := n.joins[name]; j != nil && j.entry.raw == raw {
		return j.entry
	}
	return nil
}

// describe is what an entry and the name say of an item.
func describe(n *node, l *itemLog, name string, e *entry) plan.Item {
	base, _ := splitExt(name)
	it := plan.Item{ID: name, Key: l.key(n.key, name, e), Name: decodeName(base)}
	if e != nil {
		it.Class, it.Stamp = e.class, e.stamp
		if e.name != nil {
			it.Name = *e.name
		}
	}
	return it
}

// row is what is remembered of a file, nil if nothing.
func (c *listCache) row(name string) *row {
	i, ok := slices.BinarySearchFunc(c.rows, name, func(r row, name string) int { return cmp.Compare(r.name, name) })
	if !ok {
		return nil
	}
	return &c.rows[i]
}
