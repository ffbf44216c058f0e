package historytest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"iorepl/plan"
	"iorepl/sync/archive"
)

// AddFolder makes a folder below a path.
func (d *directory) AddFolder(parent, name, class string) error {
	d.begin()
	defer d.changed()
	if d.byHand() {
		return os.Mkdir(d.full(parent, name), 0o755)
	}
	return d.with(parent, func(s *archive.Store, f plan.Folder) error {
		_, err := s.CreateFolder(context.Background(), f, name, class, plan.Stamp{})
		return err
	})
}

// MoveFolder renames a folder or puts it below another one, with all that is in it.
func (d *directory) MoveFolder(from, to string) error {
	d.begin()
	if _, err := os.Lstat(d.full(to)); err == nil || plan.Within(to, from) {
		return fmt.Errorf("/%s cannot be moved to /%s", from, to)
	}
	defer d.changed()
	if d.byHand() {
		return os.Rename(d.full(from), d.full(to))
	}
	return d.with(from, func(s *archive.Store, f plan.Folder) error {
		target := f
		target.Path = to
		_, err := s.UpdateFolder(context.Background(), f, target)
		return err
	})
}

// CopyFolder copies a folder with all that is in it, with or without what an archive keeps in hidden files.
func (d *directory) CopyFolder(from, to string) error {
	d.begin()
	if _, err := os.Lstat(d.full(to)); err == nil || plan.Within(to, from) {
		return fmt.Errorf("/%s cannot be copied to /%s", from, to)
	}
	defer d.changed()
	d.copied = true
	return copyTree(d.full(from), d.full(to), d.h.chance(2))
}

// DeleteFolder removes a folder with all that is in it.
func (d *directory) DeleteFolder(path string) error {
	d.begin()
	defer d.aftermath()()
	defer d.changed()
	return os.RemoveAll(d.full(path))
}

// Grant sets the permission list of a folder.
func (d *directory) Grant(path string, p plan.Permissions) error {
	d.begin()
	defer d.changed()
	if !d.byHand() {
		return d.with(path, func(s *archive.Store, f plan.Folder) error {
			return s.SetPermissions(context.Background(), f, d.look().lists[f.Key], p)
		})
	}
	file, fields := d.full(path, record), map[string]any{}
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &fields)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	list := map[string]string{}
	for _, e := range p {
		list[e.Who] = e.Rights.String()
	}
	fields["permissions"] = list
	if data, err = json.Marshal(fields); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}

// inherits reports whether a folder has no list of its own, but that of the folder above it.
func (d *directory) inherits(path string) bool {
	data, err := os.ReadFile(d.full(path, wasRecord))
	if errors.Is(err, fs.ErrNotExist) {
		data, err = os.ReadFile(d.full(path, record))
	}
	if len(data) == 0 {
		return err == nil || errors.Is(err, fs.ErrNotExist)
	}
	var fields struct{ Permissions map[string]string }
	return json.Unmarshal(data, &fields) == nil && fields.Permissions == nil
}

// copyTree copies a directory with the times of its files.
func copyTree(from, to string, hidden bool) error {
	return filepath.WalkDir(from, func(full string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, full)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		out := !hidden && rel != "." && strings.HasPrefix(e.Name(), ".")
		switch {
		case out && e.IsDir():
			return fs.SkipDir
		case out:
			return nil
		case e.IsDir():
			return os.MkdirAll(target, 0o755)
		}
		data, err := os.ReadFile(full)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(target, data, 0o644), os.Chtimes(target, info.ModTime(), info.ModTime()))
	})
}
