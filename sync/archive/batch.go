package archive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	stdsync "sync"
	"time"

	"iorepl/plan"
)

// batch is the writing of some items of one folder. It holds the folder's lock from openBatch to close.
type batch struct {
	s       *Store
	n       *node
	d       *dir
	l       *itemLog
	lock    *stdsync.RWMutex
	sources map[string][]string // directories and entries whose renamed files the batch made its own
	broken  bool                // the log in memory may not be the one on disk
	failed  bool                // some write left its name, or its half, behind
}

// target finds the folder of a write. The caller holds s.tree.
func (s *Store) target(ctx context.Context, folder plan.Folder) (*node, error) {
	if _, err := s.topForWriting(); err != nil {
		return nil, err
	}
	n, err := s.resolve(ctx, folder)
	if err != nil {
		return nil, err
	}
	if n.problem != "" {
		return nil, errors.New(n.problem)
	}
	return n, nil
}

// openBatch locks a folder and brings what lies beside its items up to date.
func (s *Store) openBatch(n *node) (_ *batch, err error) {
	if n.unknown != "" {
		return nil, errors.New(n.unknown)
	}
	b := &batch{s: s, n: n, lock: s.lockOf(n.rel), sources: map[string][]string{}}
	b.lock.Lock()
	defer func() {
		if err != nil {
			b.broken = true
			b.unlock()
		}
	}()
	if now := s.lookup(n.key); now != nil && now.rel == n.rel {
		b.n, n = now, now // another batch may have written the record
	}
	if b.d, err = s.openDir(n.rel); err != nil {
		return nil, s.vanished(n, err)
	}
	if !hasChangeTime {
		s.dropCache(n.rel)
	}
	if n.void || n.rec.Key.IsZero() {
		if err := b.own(); err != nil {
			return nil, err
		}
	}
	if b.l, err = s.readLog(b.d); err != nil {
		return nil, err
	}
	if err := b.d.missing(b.n.rec, b.l); err != nil {
		return nil, err
	}
	st, err := b.dirStat()
	if err != nil {
		return nil, err
	}
	if b.l.names == nil || b.l.dir != st {
		names, err := b.d.names()
		if err != nil {
			return nil, s.vanished(n, err)
		}
		b.d.clean(names)
		b.l.names = make(map[string]bool, len(names))
		for _, name := range names {
			b.l.names[fold(name)] = true
		}
		if err := b.settle(names); err != nil {
			return nil, err
		}
		for f := range b.l.records { // its file may be elsewhere by now, and the entry goes with it
			b.l.names[fold(f)] = true
		}
	}
	if b.l.garbage() {
		if err := b.rewrite(b.l.compact()); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// own writes the key into .folder.json, so that it stays whatever becomes of the path. A copied folder first loses the entries
// that speak of the original's items.
func (b *batch) own() error {
	n := *b.n
	if n.void {
		if b.d.exists(itemsFile) {
			if err := b.emptyLog(&n.rec); err != nil {
				return err
			}
		}
		n.rec.Stamp, n.rec.Marker, n.rec.Items = plan.Stamp{}, "", 0
	}
	n.rec.Key, n.void = n.key, false
	if err := b.s.writeFolder(b.d, &n); err != nil {
		return err
	}
	b.n = &n
	return nil
}

// writeFolder writes .folder.json of a folder and takes the node into the index.
func (s *Store) writeFolder(d *dir, n *node) error {
	n.rec.Path = n.rel
	data, err := n.rec.marshal()
	if err != nil {
		return err
	}
	if err := d.replace(folderFile, data); err != nil {
		return fmt.Errorf("writing %q: %w", d.full(folderFile), err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index != nil {
		s.index.add(n)
	}
	return nil
}

func (b *batch) dirStat() (fileStat, error) {
	f, err := b.d.r.Open(".")
	if err != nil {
		return fileStat{}, err
	}
	defer f.Close()
	st, err := statFile(f)
	return st.asDir(), err
}

// settle decides what an interrupted write left open, drops entries whose files are gone for good, and writes down which
// files people renamed.
func (b *batch) settle(names []string) error {
	there := make(map[string]bool, len(names))
	for _, name := range names {
		there[name] = true
	}
	var lines []line
	gone := line{}
	for _, f := range slices.Sorted(maps.Keys(b.l.records)) {
		r := b.l.records[f]
		switch {
		case there[f] && len(r.pending) == 0 && !r.leaving:
		case there[f]:
			sum, err := b.s.digest(b.d, f)
			if err != nil {
				continue
			}
			sum.release()
			if e := r.of(sum.raw); e != nil {
				lines = append(lines, entryLine(f, e, true))
			} else {
				gone.Removed = append(gone.Removed, f)
			}
		case r.leaving, r.base == nil, b.n.orphans[f]:
			b.retire(&gone, f)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(b.n.joins)) {
		j := b.n.joins[f]
		if !there[f] || b.l.records[f] != nil {
			continue
		}
		if sum, err := b.s.digest(b.d, f); err == nil {
			sum.release()
			if sum.raw == j.entry.raw {
				lines = append(lines, entryLine(f, j.entry, true))
				b.sources[j.from] = append(b.sources[j.from], j.file)
			}
		}
	}
	if gone.Removed != nil || gone.Moved != nil {
		lines = append(lines, gone)
	}
	return b.append(lines, true)
}

// retire voids the entry of a file. If its key came from the file's name, no other file of that name may get it.
func (b *batch) retire(ln *line, f string) {
	r := b.l.records[f]
	if r.base != nil && r.base.key == derivedKey(b.n.key, f, b.l.retired[f]) {
		ln.Moved = append(ln.Moved, f)
	} else {
		ln.Removed = append(ln.Removed, f)
	}
}

// close keeps what the next batch can use, unlocks, and voids the entries in other folders whose files moved here.
func (b *batch) close(others ...*batch) {
	for _, o := range others {
		st, err := o.dirStat()
		o.l.dir = st
		if err != nil || o.failed {
			o.l.names = nil
		}
		o.unlock()
	}
	st, err := b.dirStat()
	b.l.dir = st
	if err != nil || b.failed {
		b.l.names = nil // the next batch looks again
	}
	b.unlock()
	for _, o := range append(others, b) {
		for _, rel := range slices.Sorted(maps.Keys(o.sources)) {
			b.s.retireIn(rel, o.sources[rel])
		}
	}
}

func (b *batch) unlock() {
	if b.broken || b.l == nil {
		b.s.dropLog(b.n.rel)
	} else {
		b.s.keepLog(b.n.rel, b.l)
	}
	if b.d != nil {
		b.d.close()
	}
	b.lock.Unlock()
}

// fileName is a new name for an item in the folder, and the true name if that does not say it.
func (b *batch) fileName(name, ext string) (string, *string) {
	file, _ := encodeName(name, ext)
	free := file
	for i := 2; b.l.names[fold(free)]; i++ {
		free = withSuffix(file, ext, fmt.Sprintf(" (%d)", i))
	}
	b.l.names[fold(free)] = true
	return free, trueName(free, name)
}

// trueName is a name to be kept beside a file whose own name does not say it.
func trueName(file, name string) *string {
	base, _ := splitExt(file)
	if decodeName(base) == name {
		return nil
	}
	return &name
}

// written is the item that a write made.
func (b *batch) written(file string, e *entry, content plan.Digest, size int64, modified time.Time) plan.Item {
	it := describe(b.n, b.l, file, e)
	it.Content, it.Version, it.Size, it.Modified = content, content, size, modified.UTC()
	if info, err := b.d.r.Lstat(file); err == nil {
		it.Modified = info.ModTime().UTC()
	}
	return it
}
