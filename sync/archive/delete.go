package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
)

// deletedDir in the root takes deleted items, below the paths of their folders. People may move them back.
const deletedDir = ".deleted"

// Delete moves items to .deleted.
func (s *Store) Delete(ctx context.Context, folder plan.Folder, items []plan.Item) []error {
	s.tree.RLock()
	defer s.tree.RUnlock()
	errs := make([]error, len(items))
	b, err := s.batchFor(ctx, folder)
	if sync.IsGone(err) {
		return errs
	}
	if err != nil {
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	defer b.close()
	states := make([]*state, len(items))
	var leaving, removed line
	for i, it := range items {
		if errs[i] = ctx.Err(); errs[i] != nil {
			continue
		}
		st, err := b.current(it)
		if sync.IsGone(err) {
			continue
		}
		if errs[i] = err; err != nil {
			continue
		}
		states[i] = &st
		if b.l.records[st.file] != nil {
			leaving.Leaving = append(leaving.Leaving, st.file)
		}
	}
	if leaving.Leaving != nil {
		err = b.append([]line{leaving}, true)
	}
	var bin *dir
	if err == nil {
		bin, err = s.bin(b.n.rel)
	}
	if err == nil {
		defer bin.close()
	}
	var stay []line
	for i, st := range states {
		if st == nil {
			continue
		}
		if err != nil {
			b.failed = true
			errs[i] = fmt.Errorf("deleting %q: %w", b.d.full(st.file), err)
		} else {
			errs[i] = b.discard(bin, *st)
		}
		switch {
		case errs[i] == nil:
			removed.Removed = append(removed.Removed, st.file)
			delete(b.l.names, fold(st.file))
		case !sync.IsUnknown(errs[i]) && st.entry != nil:
			stay = append(stay, entryLine(st.file, st.entry, true))
		}
	}
	if removed.Removed != nil {
		if e := errors.Join(bin.sync(), b.d.sync()); e != nil {
			for i, st := range states {
				if st != nil && errs[i] == nil {
					errs[i] = sync.Errorf(sync.Unknown, "deleting %q: %w", b.d.full(st.file), e)
				}
			}
		}
		stay = append(stay, removed)
	}
	if b.append(stay, false) != nil {
		b.failed = true
	}
	return errs
}

// discard moves one file to the bin.
func (b *batch) discard(bin *dir, st state) error {
	if !b.unchanged(st) {
		return sync.Errorf(sync.Conflict, "item %q was changed in the meantime", b.d.full(st.file))
	}
	_, ext := splitExt(st.file)
	name := st.file
	for i := 2; bin.exists(name); i++ {
		name = withSuffix(st.file, ext, fmt.Sprintf(" (%d)", i))
	}
	top, err := b.s.top()
	if err != nil {
		return err
	}
	err = b.s.step("rename", bin.full(name), func() error {
		return top.Rename(path.Join(b.d.rel, st.file), path.Join(bin.rel, name))
	})
	if err != nil && !b.d.exists(st.file) {
		return sync.Errorf(sync.Unknown, "deleting %q: %w", b.d.full(st.file), err)
	}
	if err != nil {
		return fmt.Errorf("deleting %q: %w", b.d.full(st.file), err)
	}
	return nil
}

// bin opens the directory that takes the deleted items of a folder.
func (s *Store) bin(rel string) (*dir, error) {
	at := ""
	for _, name := range strings.Split(path.Join(deletedDir, rel), "/") {
		d, err := s.openDir(at)
		if err != nil {
			return nil, err
		}
		if !d.exists(name) {
			err = d.mkdir(name)
		}
		d.close()
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		at = path.Join(at, name)
	}
	return s.openDir(at)
}
