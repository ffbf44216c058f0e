package archive

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
)

// Move puts items into another folder. The entry in the new folder comes first and counts from the moment when the file
// is there; the one in the old folder counts no more from the same moment, since it is marked as leaving.
func (s *Store) Move(ctx context.Context, from, to plan.Folder, items []sync.ItemMove) []sync.WriteResult {
	s.tree.RLock()
	defer s.tree.RUnlock()
	results := make([]sync.WriteResult, len(items))
	src, dst, err := s.batchPair(ctx, from, to)
	if err != nil {
		return failAll(results, err)
	}
	if src == dst {
		src.close()
		return s.restamp(src.n, items, results)
	}
	defer dst.close(src)
	moves := make([]write, len(items))
	seen := map[string]bool{}
	for i, it := range items {
		m := &moves[i]
		if m.err = ctx.Err(); m.err != nil {
			continue
		}
		st, err := src.current(it.Item)
		if err != nil {
			m.err = err
			continue
		}
		if seen[st.file] {
			m.err = sync.Errorf(sync.Conflict, "item %q is moved twice at once", src.d.full(st.file))
			continue
		}
		seen[st.file] = true
		m.old = &st
		m.file = dst.freeName(st.file)
		m.entry = st.withStamp(it.Stamp)
		m.entry.name = trueName(m.file, st.item.Name)
		m.content, m.size, m.time = st.item.Content, st.item.Size, st.item.Modified
	}
	carry(src, dst, moves)
	for i, m := range moves {
		results[i] = dst.result(m)
	}
	return results
}

// restamp is a move within one folder.
func (s *Store) restamp(n *node, items []sync.ItemMove, results []sync.WriteResult) []sync.WriteResult {
	b, err := s.openBatch(n)
	if err != nil {
		return failAll(results, err)
	}
	defer b.close()
	writes := make([]write, len(items))
	for i, it := range items {
		_, writes[i].err = b.prepare(&writes[i], sync.ItemUpdate{Item: it.Item, Stamp: it.Stamp})
	}
	b.commit(writes)
	for i, w := range writes {
		results[i] = b.result(w)
	}
	return results
}

// batchPair locks two folders, always in the same order. It returns the same batch twice for one folder.
func (s *Store) batchPair(ctx context.Context, from, to plan.Folder) (src, dst *batch, err error) {
	a, err := s.target(ctx, from)
	if err != nil {
		return nil, nil, err
	}
	b, err := s.target(ctx, to)
	if err != nil {
		return nil, nil, err
	}
	if a = s.lookup(a.key); a == nil { // finding the second may have walked again
		return nil, nil, sync.Errorf(sync.Gone, "folder %q does not exist", from.Path)
	}
	first, second := a, b
	if strings.Compare(a.rel, b.rel) > 0 {
		first, second = b, a
	}
	x, err := s.openBatch(first)
	if err != nil || first.rel == second.rel {
		return x, x, err
	}
	y, err := s.openBatch(second)
	if err != nil {
		x.close()
		return nil, nil, err
	}
	if first == a {
		return x, y, nil
	}
	return y, x, nil
}

// freeName is a file's name in the folder that it comes to.
func (b *batch) freeName(file string) string {
	_, ext := splitExt(file)
	free := file
	for i := 2; b.l.names[fold(free)]; i++ {
		free = withSuffix(file, ext, fmt.Sprintf(" (%d)", i))
	}
	b.l.names[fold(free)] = true
	return free
}

// carry does the moves that are prepared. src and dst may be the same.
func carry(src, dst *batch, moves []write) {
	s := src.s
	var entries []line
	var leaving line
	for i := range moves {
		if m := &moves[i]; m.err == nil {
			entries = append(entries, entryLine(m.file, m.entry, false))
			if src.l.records[m.old.file] != nil {
				leaving.Leaving = append(leaving.Leaving, m.old.file)
			}
		}
	}
	err := dst.append(entries, true)
	if err == nil && leaving.Leaving != nil {
		err = src.append([]line{leaving}, true)
	}
	top, e := s.top()
	if err == nil {
		err = e
	}
	var undo, confirm, gone, stay []line
	var arrived, moved line
	for i := range moves {
		m := &moves[i]
		if m.err != nil {
			continue
		}
		to := dst.d.full(m.file)
		switch {
		case err != nil:
			m.err = fmt.Errorf("moving to %q: %w", to, err)
			src.failed = true
		case !src.unchanged(*m.old):
			m.err = sync.Errorf(sync.Conflict, "item %q was changed in the meantime", src.d.full(m.old.file))
		case dst.d.exists(m.file):
			m.err = fmt.Errorf("%q was made by somebody else in the meantime", to)
		default:
			m.err = s.step("rename", to, func() error {
				return top.Rename(path.Join(src.d.rel, m.old.file), path.Join(dst.d.rel, m.file))
			})
			if m.err != nil && !src.d.exists(m.old.file) {
				m.err = sync.Errorf(sync.Unknown, "moving to %q: %w", to, m.err)
			}
		}
		switch {
		case m.err == nil:
			arrived.Confirm = append(arrived.Confirm, m.file)
			if m.old.item.Key == derivedKey(src.n.key, m.old.file, src.l.retired[m.old.file]) {
				moved.Moved = append(moved.Moved, m.old.file)
			} else {
				moved.Removed = append(moved.Removed, m.old.file)
			}
			delete(src.l.names, fold(m.old.file))
		case !sync.IsUnknown(m.err):
			undo = append(undo, line{Removed: []string{m.file}})
			if m.old.entry != nil {
				stay = append(stay, entryLine(m.old.file, m.old.entry, true))
			}
		}
	}
	if arrived.Confirm != nil {
		confirm, gone = []line{arrived}, []line{moved}
		if e := errors.Join(dst.d.sync(), src.d.sync()); e != nil {
			for i := range moves {
				if m := &moves[i]; m.err == nil {
					m.err = sync.Errorf(sync.Unknown, "moving to %q: %w", dst.d.full(m.file), e)
				}
			}
		}
	}
	if dst.append(append(undo, confirm...), false) != nil {
		dst.failed = true
	}
	if src.append(append(stay, gone...), false) != nil {
		src.failed = true
	}
}

// changeExtension renames a file within its folder.
func (b *batch) changeExtension(st state, ext string) (state, error) {
	base, _ := splitExt(st.file)
	m := []write{{old: &st, entry: st.withStamp(st.item.Stamp), content: st.item.Content, size: st.item.Size, time: st.item.Modified}}
	m[0].file = b.freeName(base + ext)
	m[0].entry.name = trueName(m[0].file, st.item.Name)
	carry(b, b, m)
	if m[0].err != nil {
		return st, m[0].err
	}
	next := st
	next.file, next.entry = m[0].file, m[0].entry
	next.item.ID = next.file
	f, err := b.d.openFile(next.file)
	if err != nil {
		return st, err
	}
	defer f.Close()
	next.stat, err = statFile(f)
	return next, err
}
