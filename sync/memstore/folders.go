package memstore

import (
	"context"
	"fmt"

	"iorepl/plan"
	"iorepl/sync"
)

// Folders walks all that the account may see.
func (s *Store) Folders(ctx context.Context) ([]plan.Folder, error) {
	if err := s.read(ctx, "Folders", ""); err != nil {
		return nil, err
	}
	s.org.mu.Lock()
	defer s.org.mu.Unlock()
	var out []plan.Folder
	for _, f := range s.org.sorted() {
		if !f.concealed() {
			out = append(out, f.listed())
		}
	}
	return out, nil
}

// Folder asks for one folder. One that the account may not see is not gone, as the contract demands.
func (s *Store) Folder(ctx context.Context, id string) (plan.Folder, error) {
	if err := s.read(ctx, "Folder", id); err != nil {
		return plan.Folder{}, err
	}
	s.org.mu.Lock()
	defer s.org.mu.Unlock()
	f, err := s.folder(plan.Folder{ID: id, Path: id})
	if err != nil {
		return plan.Folder{}, err
	}
	return f.listed(), nil
}

func (s *Store) folderWrite(ctx context.Context, op, path string, change func() (*folder, error)) (out plan.Folder, err error) {
	err = s.write(ctx, op, path, func() error {
		f, err := change()
		if err == nil {
			out = f.listed()
		}
		return err
	})
	if err != nil {
		return plan.Folder{}, err
	}
	return out, nil
}

// CreateFolder makes a folder with its parent's permissions.
func (s *Store) CreateFolder(ctx context.Context, parent plan.Folder, name, class string, stamp plan.Stamp) (plan.Folder, error) {
	return s.folderWrite(ctx, "CreateFolder", plan.Join(parent.Path, name), func() (*folder, error) {
		p, err := s.folder(parent)
		if err != nil {
			return nil, err
		}
		return s.org.makeFolder(p, name, class, stamp)
	})
}

// UpdateFolder gives a folder the wanted values.
func (s *Store) UpdateFolder(ctx context.Context, from, to plan.Folder) (plan.Folder, error) {
	return s.folderWrite(ctx, "UpdateFolder", to.Path, func() (*folder, error) {
		f, err := s.folder(from)
		if err != nil {
			return nil, err
		}
		if to.Path != from.Path {
			if err := s.org.placeFolder(f, to.Path); err != nil {
				return nil, err
			}
		}
		f.class, f.stamp, f.marker = to.Class, to.Stamp, to.Marker
		return f, nil
	})
}

// DeleteFolder removes an empty folder.
func (s *Store) DeleteFolder(ctx context.Context, folder plan.Folder) error {
	return s.write(ctx, "DeleteFolder", folder.Path, func() error {
		f, err := s.folder(folder)
		if sync.IsGone(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if f.parent == nil {
			return fmt.Errorf("the root cannot be deleted")
		}
		for _, g := range s.org.folders {
			if g.parent == f {
				return sync.Errorf(sync.Conflict, "folder %q holds folders", folder.Path)
			}
		}
		if len(f.items) > 0 {
			return sync.Errorf(sync.Conflict, "folder %q holds %d items", folder.Path, len(f.items))
		}
		delete(s.org.folders, f.id)
		return nil
	})
}
