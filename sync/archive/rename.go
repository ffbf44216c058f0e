package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
)

// renameFolder gives a folder, as it shall be but for its place, another path. The caller holds s.tree for writing.
func (s *Store) renameFolder(ctx context.Context, n *node, changed node, wanted string) (plan.Folder, error) {
	failed := func(err error) (plan.Folder, error) {
		return plan.Folder{}, fmt.Errorf("renaming folder %q: %w", s.full(n.rel), err)
	}
	p, err := s.byPath(ctx, plan.Parent(wanted))
	if err != nil {
		return plan.Folder{}, err
	}
	d, err := s.openDir(n.rel)
	if err != nil {
		return failed(err)
	}
	defer d.close()
	home, err := s.openDir(path.Dir("/" + n.rel)[1:])
	if err != nil {
		return failed(err)
	}
	defer home.close()
	dest, err := s.openDir(p.rel)
	if err != nil {
		return failed(err)
	}
	defer dest.close()
	dirName, trueName, err := s.place(dest, p, n, plan.Base(wanted))
	if err != nil {
		return plan.Folder{}, err
	}
	if err := s.ownBelow(n); err != nil {
		return failed(err)
	}
	old := n.rec
	old.Path, old.Was = n.rel, nil
	changed.rel, changed.path, changed.parent = path.Join(p.rel, dirName), wanted, p
	changed.rec.Name, changed.rec.Path = trueName, changed.rel
	if changed.rec.Permissions == nil && plan.Parent(n.path) != plan.Parent(wanted) {
		changed.rec.Permissions = permissionsOf(s.permissions(n)) // else it would get that of its new parent
	}
	if changed.rel != n.rel {
		changed.rec.Was = &old
	}
	data, err := changed.rec.marshal()
	if err != nil {
		return failed(err)
	}
	if err := d.replace(folderFile, data); err != nil {
		return failed(err)
	}
	if changed.rel != n.rel {
		top, err := s.top()
		if err != nil {
			return failed(err)
		}
		d.close() // Windows does not rename an open directory
		err = s.step("rename", s.full(changed.rel), func() error { return top.Rename(n.rel, changed.rel) })
		if err != nil && home.exists(path.Base(n.rel)) {
			s.forget()
			return failed(err)
		}
		if e := errors.Join(err, dest.sync(), home.sync()); e != nil {
			s.forget()
			return plan.Folder{}, sync.Errorf(sync.Unknown, "renaming folder %q: %w", s.full(n.rel), e)
		}
		changed.rec.Was = nil
		if d, err := s.openDir(changed.rel); err == nil {
			// Until this is written, Was counts again if somebody puts the directory back.
			if data, err := changed.rec.marshal(); err == nil {
				d.replace(folderFile, data)
			}
			d.close()
		}
	}
	s.relocate(n, &changed)
	return changed.folder(), nil
}

// ownBelow writes the keys of the folders below, which would otherwise change with the path.
func (s *Store) ownBelow(n *node) error {
	s.mu.Lock()
	var below []*node
	for rel, sub := range s.index.byRel {
		if strings.HasPrefix(rel, n.rel+"/") && sub.problem == "" {
			below = append(below, sub)
		}
	}
	s.mu.Unlock()
	for _, sub := range below {
		if _, err := s.owned(sub); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// relocate takes a renamed folder and all below it into the index.
func (s *Store) relocate(old, now *node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs, s.used = map[string]*itemLog{}, nil
	moved := []*node{now}
	for rel, n := range s.index.byRel {
		if rel == old.rel || !strings.HasPrefix(rel, old.rel+"/") {
			continue
		}
		sub := *n
		sub.rel = now.rel + strings.TrimPrefix(rel, old.rel)
		sub.path = now.path + strings.TrimPrefix(n.path, old.path)
		moved = append(moved, &sub)
		delete(s.index.byRel, rel)
		delete(s.index.byPath, n.path)
	}
	delete(s.index.byRel, old.rel)
	delete(s.index.byPath, old.path)
	for _, n := range moved {
		if s.opts.Cache != "" {
			was := old.rel + strings.TrimPrefix(n.rel, now.rel)
			os.Rename(s.cachePath(was), s.cachePath(n.rel))
		}
		s.index.add(n)
	}
}

// forget makes the next call walk again.
func (s *Store) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index, s.logs, s.used = nil, map[string]*itemLog{}, nil
}

// byPath finds a folder by its path.
func (s *Store) byPath(ctx context.Context, wanted string) (*node, error) {
	for range 2 {
		s.mu.Lock()
		n := s.index.byPath[wanted]
		s.mu.Unlock()
		if n != nil && n.problem == "" && s.unchanged(n) {
			return n, nil
		}
		if _, err := s.walk(ctx); err != nil {
			return nil, err
		}
	}
	return nil, sync.Errorf(sync.Gone, "folder %q does not exist in archive %q", wanted, s.path)
}
