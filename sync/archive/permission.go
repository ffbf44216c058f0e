package archive

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
)

// Permissions reads a folder's list; one that has none written has its parent's.
func (s *Store) Permissions(ctx context.Context, folder plan.Folder) (plan.Permissions, error) {
	s.tree.RLock()
	defer s.tree.RUnlock()
	n, err := s.resolve(ctx, folder)
	if err != nil {
		return nil, err
	}
	if why := s.unknownList(n); why != "" {
		return nil, errors.New(why)
	}
	return s.permissions(n), nil
}

// unknownList says why a folder's list is not known: its own record, or that of the folder whose list it has, cannot be read.
func (s *Store) unknownList(n *node) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n != nil && n.problem == "" && n.rec.Permissions == nil && n.rel != "" {
		n = s.index.byRel[path.Dir("/" + n.rel)[1:]]
	}
	if n == nil {
		return ""
	}
	return n.problem
}

func (s *Store) permissions(n *node) plan.Permissions {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n.rec.Permissions == nil {
		if n.rel == "" {
			return rootPermissions()
		}
		up := s.index.byRel[path.Dir("/" + n.rel)[1:]]
		if up == nil {
			return rootPermissions()
		}
		n = up
	}
	return complete(n.rec.Permissions.list())
}

// complete adds the two entries that every list has; what is not said is not allowed.
func complete(p plan.Permissions) plan.Permissions {
	p = slices.Clone(p)
	for i := range p {
		p[i].Who = canonicalWho(p[i].Who)
	}
	for _, who := range []string{plan.Default, plan.Anonymous} {
		if _, ok := p.Of(who); !ok {
			p = append(p, plan.Permission{Who: who})
		}
	}
	return p.Sort()
}

// SetPermissions replaces a folder's list.
func (s *Store) SetPermissions(ctx context.Context, folder plan.Folder, old, new plan.Permissions) error {
	s.tree.Lock()
	defer s.tree.Unlock()
	n, err := s.target(ctx, folder)
	if err != nil {
		return err
	}
	if !slices.Equal(s.permissions(n), complete(old)) {
		return sync.Errorf(sync.Conflict, "the permissions of folder %q were changed", n.path)
	}
	if err := s.ownLists(n); err != nil {
		return err
	}
	if n, err = s.owned(n); err != nil {
		return err
	}
	d, err := s.openDir(n.rel)
	if err != nil {
		return s.vanished(n, err)
	}
	defer d.close()
	changed := *n
	changed.rec.Permissions = permissionsOf(complete(new))
	return s.writeFolder(d, &changed)
}

// ownLists writes down the lists of the folders below that have none of their own, so that they stay as they are.
func (s *Store) ownLists(n *node) error {
	s.mu.Lock()
	var below []*node
	for rel, sub := range s.index.byRel {
		if (n.rel == "" && rel != "" || strings.HasPrefix(rel, n.rel+"/")) && sub.problem == "" && sub.rec.Permissions == nil {
			below = append(below, sub)
		}
	}
	s.mu.Unlock()
	slices.SortFunc(below, func(a, b *node) int { return strings.Compare(b.rel, a.rel) })
	for _, sub := range below {
		list := permissionsOf(s.permissions(sub))
		own, err := s.owned(sub)
		if err != nil {
			return err
		}
		d, err := s.openDir(own.rel)
		if err != nil {
			return s.vanished(own, err)
		}
		changed := *own
		changed.rec.Permissions = list
		err = s.writeFolder(d, &changed)
		d.close()
		if err != nil {
			return err
		}
	}
	return nil
}
