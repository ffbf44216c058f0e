package historytest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"iorepl/plan"
)

// What makes a part of a directory unreadable for the program, and can be undone wherever the part has gone meanwhile: an item's file is a
// symbolic link to the file that it was, and a folder's record is half a record, beside the whole one.
const (
	wasFile   = ".was "
	wasRecord = ".folder.json.was"
	record    = ".folder.json"
)

// Spoil makes an item unreadable, or all readable again with "".
func (d *directory) Spoil(key plan.Digest, problem string) error {
	d.begin()
	defer d.changed()
	if problem == "" {
		return d.eachNamed(wasFile, func(was string) error {
			return os.Rename(was, filepath.Join(filepath.Dir(was), strings.TrimPrefix(filepath.Base(was), wasFile)))
		})
	}
	f, err := d.find(key)
	if err != nil {
		return err
	}
	was := wasFile + f.Item.ID
	return errors.Join(os.Rename(d.full(f.Path, f.Item.ID), d.full(f.Path, was)), os.Symlink(was, d.full(f.Path, f.Item.ID)))
}

// Rights damages a folder's record, unless all shall be readable again.
func (d *directory) Rights(path string, _, readable bool) error {
	d.begin()
	defer d.changed()
	if d.damaged = !readable; d.damaged {
		return d.damage(d.full(path))
	}
	_, err := d.repair()
	return err
}

func (d *directory) damage(dir string) error {
	err := os.Rename(filepath.Join(dir, record), filepath.Join(dir, wasRecord))
	if errors.Is(err, fs.ErrNotExist) {
		err = os.WriteFile(filepath.Join(dir, wasRecord), nil, 0o644)
	}
	return errors.Join(err, os.WriteFile(filepath.Join(dir, record), []byte("{"), 0o644))
}

// repair makes all records whole, and says in which directories.
func (d *directory) repair() (dirs []string, err error) {
	err = d.eachNamed(wasRecord, func(was string) error {
		dir := filepath.Dir(was)
		dirs = append(dirs, dir)
		if info, err := os.Stat(was); err != nil || info.Size() > 0 {
			return errors.Join(err, os.Rename(was, filepath.Join(dir, record)))
		}
		return errors.Join(os.Remove(was), os.Remove(filepath.Join(dir, record)))
	})
	return dirs, err
}

// eachNamed calls do for the hidden files whose names begin with a prefix.
func (d *directory) eachNamed(prefix string, do func(file string) error) error {
	var found []string
	err := filepath.WalkDir(d.root, func(file string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(e.Name(), prefix) {
			found = append(found, file)
		}
		return err
	})
	for _, file := range found {
		err = errors.Join(err, do(file))
	}
	return err
}
