package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"iorepl/plan"
	"iorepl/sync"
)

// write is one item on its way through a batch.
type write struct {
	file    string
	tmp     string // its new bytes under a temporary name; "" if they stay
	old     *state // of an update; nil for a new item
	entry   *entry
	content plan.Digest
	size    int64
	time    time.Time
	err     error
}

// Create makes items.
func (s *Store) Create(ctx context.Context, folder plan.Folder, items []sync.NewItem) []sync.WriteResult {
	s.tree.RLock()
	defer s.tree.RUnlock()
	results := make([]sync.WriteResult, len(items))
	b, err := s.batchFor(ctx, folder)
	if err != nil {
		return failAll(results, err)
	}
	defer b.close()
	writes := make([]write, len(items))
	data := make([][]byte, len(items))
	for i, it := range items {
		w := &writes[i]
		if w.err = ctx.Err(); w.err != nil {
			continue
		}
		if w.err = s.acceptable(it.Payload); w.err != nil {
			continue
		}
		if w.entry, w.err = newEntry(it.Payload, it.Stamp); w.err != nil {
			continue
		}
		if w.entry.key, w.err = s.randomKey(); w.err != nil {
			continue
		}
		w.file, w.entry.name = b.fileName(it.Name, "."+string(it.Format))
		w.fill(it.Payload)
		data[i] = it.Data
	}
	b.writeTemps(writes, data)
	b.commit(writes)
	for i, w := range writes {
		results[i] = b.result(w)
	}
	return results
}

// Update changes items in place.
func (s *Store) Update(ctx context.Context, folder plan.Folder, items []sync.ItemUpdate) []sync.WriteResult {
	s.tree.RLock()
	defer s.tree.RUnlock()
	results := make([]sync.WriteResult, len(items))
	b, err := s.batchFor(ctx, folder)
	if err != nil {
		return failAll(results, err)
	}
	defer b.close()
	writes := make([]write, len(items))
	data := make([][]byte, len(items))
	seen := map[string]bool{}
	for i, it := range items {
		w := &writes[i]
		if w.err = ctx.Err(); w.err != nil {
			continue
		}
		if seen[it.Item.ID] {
			w.err = sync.Errorf(sync.Conflict, "item %q is written twice at once", b.d.full(it.Item.ID))
			continue
		}
		seen[it.Item.ID] = true
		data[i], w.err = b.prepare(w, it)
	}
	b.writeTemps(writes, data)
	b.commit(writes)
	for i, w := range writes {
		results[i] = b.result(w)
	}
	return results
}

// prepare finds out what an update has to do, and returns the new bytes of the file, nil if they stay.
func (b *batch) prepare(w *write, it sync.ItemUpdate) ([]byte, error) {
	st, err := b.current(it.Item)
	if err != nil {
		return nil, err
	}
	if it.Payload == nil {
		w.file, w.old = st.file, &st
		w.entry = st.withStamp(it.Stamp)
		w.content, w.size, w.time = st.item.Content, st.item.Size, st.item.Modified
		return nil, nil
	}
	if err := b.s.acceptable(*it.Payload); err != nil {
		return nil, err
	}
	if it.Payload.Format != formatOf(st.file) {
		// The old bytes get the new extension first: at no moment are there two files, or none.
		if st, err = b.changeExtension(st, "."+string(it.Payload.Format)); err != nil {
			return nil, err
		}
	}
	w.file, w.old = st.file, &st
	if w.entry, err = newEntry(*it.Payload, it.Stamp); err != nil {
		return nil, err
	}
	w.entry.key = st.item.Key
	w.entry.name = trueName(st.file, it.Payload.Name)
	w.fill(*it.Payload)
	if w.entry.raw == st.raw && (w.time.IsZero() || w.time.Equal(st.item.Modified)) {
		return nil, nil
	}
	if it.Payload.Data == nil {
		return []byte{}, nil
	}
	return it.Payload.Data, nil
}

// withStamp is an entry for an item as it is, but for the stamp.
func (st state) withStamp(stamp plan.Stamp) *entry {
	e := &entry{key: st.item.Key, raw: st.raw, class: st.item.Class, stamp: stamp, properties: st.known}
	if st.entry != nil {
		e.name = st.entry.name
	}
	return e
}

func newEntry(p sync.Payload, stamp plan.Stamp) (*entry, error) {
	e := &entry{raw: rawOf(p.Data), class: p.Class, stamp: stamp, properties: p.Properties}
	if e.class == "" {
		e.class = classes[sniff(p.Format, p.Data)]
	}
	for _, text := range []string{p.Class, stamp.Origin, stamp.Version, stamp.Mark} {
		if !utf8.ValidString(text) {
			return nil, sync.Errorf(sync.Refused, "%q is not UTF-8", text)
		}
	}
	for k, v := range p.Properties {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return nil, sync.Errorf(sync.Refused, "property %q is not UTF-8", k)
		}
	}
	return e, nil
}

func (w *write) fill(p sync.Payload) {
	w.content = contentOf(w.entry.class, p.Format, p.Data, p.Properties)
	w.size, w.time = int64(len(p.Data)), p.Modified
}

// acceptable refuses what a later Read would.
func (s *Store) acceptable(p sync.Payload) error {
	if int64(len(p.Data)) > s.opts.MaxItem {
		return sync.Errorf(sync.Refused, "item %q has %d bytes, more than the limit of %d", p.Name, len(p.Data), s.opts.MaxItem)
	}
	if err := check(p.Format, p.Data); err != nil {
		return sync.Errorf(sync.Refused, "item %q %w", p.Name, err)
	}
	return nil
}

func (s *Store) batchFor(ctx context.Context, folder plan.Folder) (*batch, error) {
	n, err := s.target(ctx, folder)
	if err != nil {
		return nil, err
	}
	return s.openBatch(n)
}

func failAll(results []sync.WriteResult, err error) []sync.WriteResult {
	for i := range results {
		results[i].Err = err
	}
	return results
}

// writers is how many files are written at once: a disk takes many fsyncs in the time of one.
const writers = 16

// writeTemps writes the bytes of all items that have new ones.
func (b *batch) writeTemps(writes []write, data [][]byte) {
	var g errgroup.Group
	g.SetLimit(writers)
	if b.s.opts.Hook != nil {
		g.SetLimit(1)
	}
	for i := range writes {
		w := &writes[i]
		if w.err != nil || data[i] == nil {
			continue
		}
		g.Go(func() error {
			w.tmp, w.err = b.d.writeTemp(data[i], w.time)
			if w.err != nil {
				w.err = fmt.Errorf("writing %q: %w", b.d.full(w.file), w.err)
			}
			return nil
		})
	}
	g.Wait()
}

// commit makes the prepared writes true: entries, then files, then the word that the entries are true.
func (b *batch) commit(writes []write) {
	var lines []line
	for i := range writes {
		if w := &writes[i]; w.err == nil {
			lines = append(lines, entryLine(w.file, w.entry, false))
		}
	}
	if err := b.append(lines, true); err != nil {
		for i := range writes {
			w := &writes[i]
			if w.tmp != "" {
				b.d.remove(w.tmp)
			}
			if w.err == nil {
				w.err = fmt.Errorf("writing %q: %w", b.d.full(w.file), err)
			}
		}
		return
	}
	var back []line
	renamed := false
	for i := range writes {
		w := &writes[i]
		if w.err != nil || w.tmp == "" {
			continue
		}
		if w.err = b.place(w); w.err == nil {
			renamed = true
		} else if !sync.IsUnknown(w.err) {
			back = append(back, w.undo())
		}
	}
	var syncErr error
	if renamed {
		syncErr = b.d.sync()
	}
	var done line
	for i := range writes {
		w := &writes[i]
		if w.err != nil {
			continue
		}
		if syncErr != nil {
			w.err = sync.Errorf(sync.Unknown, "writing %q: %w", b.d.full(w.file), syncErr)
			continue
		}
		done.Confirm = append(done.Confirm, w.file)
	}
	if done.Confirm != nil {
		back = append(back, done)
	}
	// The files say which entries are true, so this may fail.
	if err := b.append(back, false); err != nil {
		b.failed = true
	}
}

// place renames the new bytes into place, unless somebody else was there in the meantime.
func (b *batch) place(w *write) error {
	full := b.d.full(w.file)
	var err error
	if w.old == nil && b.d.exists(w.file) {
		err = fmt.Errorf("%q was made by somebody else in the meantime", full)
	} else if w.old != nil && !b.unchanged(*w.old) {
		err = sync.Errorf(sync.Conflict, "item %q was changed in the meantime", full)
	}
	if err != nil {
		b.d.remove(w.tmp)
		return err
	}
	if err := b.d.rename(w.tmp, w.file); err != nil {
		if _, e := b.d.r.Lstat(w.tmp); errors.Is(e, fs.ErrNotExist) {
			return sync.Errorf(sync.Unknown, "writing %q: %w", full, err)
		}
		b.d.remove(w.tmp)
		return fmt.Errorf("writing %q: %w", full, err)
	}
	return nil
}

// undo is the line that takes back the entry of a write that did not happen.
func (w *write) undo() line {
	if w.old != nil && w.old.entry != nil {
		return entryLine(w.file, w.old.entry, true)
	}
	return line{Removed: []string{w.file}}
}

func (b *batch) result(w write) sync.WriteResult {
	if w.err != nil {
		b.failed = true
		return sync.WriteResult{Err: w.err}
	}
	return sync.WriteResult{Item: b.written(w.file, w.entry, w.content, w.size, w.time)}
}
