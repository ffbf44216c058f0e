package archive

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"iorepl/plan"
	"iorepl/sync"
)

// CreateFolder makes a directory whole under a temporary name and renames it. It gets a copy of its parent's permissions, as
// in Exchange, so that a later change of the parent's does not open it.
func (s *Store) CreateFolder(ctx context.Context, parent plan.Folder, name, class string, stamp plan.Stamp) (plan.Folder, error) {
	s.tree.Lock()
	defer s.tree.Unlock()
	p, err := s.target(ctx, parent)
	if err != nil {
		return plan.Folder{}, err
	}
	if name == "" {
		return plan.Folder{}, sync.Errorf(sync.Refused, "a folder below %q needs a name", p.path)
	}
	if p, err = s.owned(p); err != nil {
		return plan.Folder{}, err
	}
	d, err := s.openDir(p.rel)
	if err != nil {
		return plan.Folder{}, s.vanished(p, err)
	}
	defer d.close()
	dirName, trueName, err := s.place(d, p, nil, name)
	if err != nil {
		return plan.Folder{}, err
	}
	n := &node{rel: path.Join(p.rel, dirName), path: plan.Join(p.path, name), parent: p, class: "IPF.Note"}
	if n.key, err = s.randomKey(); err != nil {
		return plan.Folder{}, err
	}
	n.rec = folderRecord{Key: n.key, Path: n.rel, Name: trueName, Class: class, Stamp: stamp,
		Permissions: permissionsOf(s.permissions(p))}
	tmp, err := s.makeFolder(d, n.rec)
	if err != nil {
		return plan.Folder{}, fmt.Errorf("making folder %q: %w", s.full(n.rel), err)
	}
	if err := d.rename(tmp, dirName); err != nil {
		if !d.exists(tmp) {
			return plan.Folder{}, sync.Errorf(sync.Unknown, "making folder %q: %w", s.full(n.rel), err)
		}
		d.clean([]string{tmp})
		return plan.Folder{}, fmt.Errorf("making folder %q: %w", s.full(n.rel), err)
	}
	s.mu.Lock()
	s.index.add(n)
	s.mu.Unlock()
	if err := d.sync(); err != nil {
		return plan.Folder{}, sync.Errorf(sync.Unknown, "making folder %q: %w", s.full(n.rel), err)
	}
	return n.folder(), nil
}

// makeFolder makes a directory with its record under a temporary name.
func (s *Store) makeFolder(d *dir, rec folderRecord) (tmp string, err error) {
	data, err := rec.marshal()
	if err != nil {
		return "", err
	}
	if tmp, err = d.tempName(); err != nil {
		return "", err
	}
	if err := d.mkdir(tmp); err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			d.clean([]string{tmp})
		}
	}()
	sub, err := s.openDir(path.Join(d.rel, tmp))
	if err != nil {
		return "", err
	}
	defer sub.close()
	if err := sub.writeNew(folderFile, data, time.Time{}); err != nil {
		return "", err
	}
	return tmp, sub.sync()
}

// owned is a folder whose key is written. The caller holds s.tree for writing.
func (s *Store) owned(n *node) (*node, error) {
	if !n.void && !n.rec.Key.IsZero() {
		return n, nil
	}
	d, err := s.openDir(n.rel)
	if err != nil {
		return nil, s.vanished(n, err)
	}
	defer d.close()
	b := &batch{s: s, n: n, d: d}
	if err := b.own(); err != nil {
		return nil, err
	}
	return s.lookup(n.key), nil
}

// place finds the directory name for a folder called name below p, and the true name if that does not say it. self is the
// folder that is renamed, if any. IsExists if another folder has the name.
func (s *Store) place(d *dir, p, self *node, name string) (string, *string, error) {
	names, err := d.names()
	if err != nil {
		return "", nil, s.vanished(p, err)
	}
	d.clean(names)
	taken := map[string]bool{}
	for _, other := range names {
		if hidden(other) {
			continue
		}
		rel := path.Join(p.rel, other)
		if self != nil && self.rel == rel {
			continue
		}
		taken[fold(other)] = true
		if info, err := d.r.Lstat(other); err != nil || !info.IsDir() {
			continue
		}
		called := decodeName(other)
		s.mu.Lock()
		if n := s.index.byRel[rel]; n != nil {
			called = plan.Base(n.path)
		}
		s.mu.Unlock()
		if called == name {
			return "", nil, sync.Errorf(sync.Exists, "folder %q exists", plan.Join(p.path, name))
		}
	}
	file, _ := encodeName(name, "")
	free := file
	for i := 1; taken[fold(free)]; i++ {
		free = withSuffix(file, "", fmt.Sprintf("~%d", i))
	}
	if decodeName(free) == name {
		return free, nil, nil
	}
	return free, &name, nil
}

// UpdateFolder writes the record and, if the folder gets another path, renames the directory; see folderRecord for how both
// happen at once.
func (s *Store) UpdateFolder(ctx context.Context, from, to plan.Folder) (plan.Folder, error) {
	s.tree.Lock()
	defer s.tree.Unlock()
	n, err := s.target(ctx, from)
	if err != nil {
		return plan.Folder{}, err
	}
	if n, err = s.owned(n); err != nil {
		return plan.Folder{}, err
	}
	changed := *n
	changed.rec.Stamp, changed.rec.Marker = to.Stamp, to.Marker
	if to.Class != from.Class { // else a class that was told by the items of the time would be written down
		changed.rec.Class = to.Class
	}
	if to.Path == n.path {
		d, err := s.openDir(n.rel)
		if err != nil {
			return plan.Folder{}, s.vanished(n, err)
		}
		defer d.close()
		if err := s.writeFolder(d, &changed); err != nil {
			return plan.Folder{}, err
		}
		return changed.folder(), nil
	}
	if n.rel == "" {
		return plan.Folder{}, sync.Errorf(sync.Refused, "the root of an archive cannot be renamed")
	}
	if plan.Within(to.Path, n.path) {
		return plan.Folder{}, sync.Errorf(sync.Refused, "folder %q cannot be moved into itself", n.path)
	}
	return s.renameFolder(ctx, n, changed, to.Path)
}

// DeleteFolder takes the directory away under a temporary name first, so that it is never there without its record.
func (s *Store) DeleteFolder(ctx context.Context, folder plan.Folder) error {
	s.tree.Lock()
	defer s.tree.Unlock()
	n, err := s.target(ctx, folder)
	if sync.IsGone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if n.rel == "" {
		return sync.Errorf(sync.Refused, "the root of an archive cannot be deleted")
	}
	d, err := s.openDir(n.rel)
	if err != nil {
		return s.vanished(n, err)
	}
	names, err := d.names()
	if err == nil {
		err = s.empty(n, names)
	}
	d.close()
	if err != nil {
		return err
	}
	if err := s.releaseCopies(n); err != nil {
		return err
	}
	home, err := s.openDir(path.Dir("/" + n.rel)[1:])
	if err != nil {
		return s.vanished(n, err)
	}
	defer home.close()
	tmp, err := home.tempName()
	if err != nil {
		return err
	}
	if err := home.rename(path.Base(n.rel), tmp); err != nil {
		s.forget()
		if home.exists(tmp) {
			return sync.Errorf(sync.Unknown, "deleting folder %q: %w", s.full(n.rel), err)
		}
		return fmt.Errorf("deleting folder %q: %w", s.full(n.rel), err)
	}
	if d, err = s.openDir(path.Join(home.rel, tmp)); err == nil {
		names, err = d.names()
		d.close()
	}
	if err == nil {
		err = s.empty(n, names)
	}
	if err != nil { // somebody put something into it just now
		s.forget()
		return errors.Join(err, home.rename(tmp, path.Base(n.rel)))
	}
	home.clean([]string{tmp}) // what fails here, the next write in the parent does
	s.mu.Lock()
	delete(s.index.byKey, n.key)
	delete(s.index.byPath, n.path)
	delete(s.index.byRel, n.rel)
	delete(s.logs, n.rel)
	s.mu.Unlock()
	s.dropCache(n.rel)
	if err := home.sync(); err != nil {
		return sync.Errorf(sync.Unknown, "deleting folder %q: %w", s.full(n.rel), err)
	}
	return nil
}

// releaseCopies writes into the copies that people made of a folder that they are their own, while the original is there to tell them from:
// the one that is left would be the folder itself, and its items replicas.
func (s *Store) releaseCopies(n *node) error {
	s.mu.Lock()
	var copies []*node
	for _, c := range s.index.byRel {
		if c.void && c.rec.Key == n.key {
			copies = append(copies, c)
		}
	}
	s.mu.Unlock()
	for _, c := range copies {
		if _, err := s.owned(c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) empty(n *node, names []string) error {
	if left := foreign(names); len(left) > 0 {
		return sync.Errorf(sync.Conflict, "folder %q is not empty: %q is in it", s.full(n.rel), left[0])
	}
	return nil
}
