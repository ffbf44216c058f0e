package archive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"
	"time"
)

// tempPrefix begins the names of files and directories that are not there yet, or not any more.
const tempPrefix = ".iorepl-tmp-"

// step does one call that changes a file system between the two calls of the hook.
func (s *Store) step(op, path string, do func() error) error {
	if s.opts.Hook == nil {
		return do()
	}
	if err := s.opts.Hook("before:"+op, path); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return s.opts.Hook("after:"+op, path)
}

// dir is an open directory of the archive. Names given to its methods are those of its entries.
type dir struct {
	s   *Store
	r   *os.Root
	rel string // from the archive's root, with slashes; "" is the root
}

func (d *dir) full(name string) string { return d.s.full(path.Join(d.rel, name)) }

func (d *dir) close() {
	d.r.Close()
}

// openDir opens a directory by its path from the root, if no part of the path is a symbolic link.
func (s *Store) openDir(rel string) (*dir, error) {
	top, err := s.top()
	if err != nil {
		if errors.Is(err, errMissing) {
			return nil, fmt.Errorf("%q: %w", s.path, fs.ErrNotExist)
		}
		return nil, err
	}
	if rel == "" {
		r, err := top.OpenRoot(".")
		if err != nil {
			return nil, err
		}
		return &dir{s, r, rel}, nil
	}
	for i := 0; i <= len(rel); i++ {
		if i < len(rel) && rel[i] != '/' {
			continue
		}
		info, err := top.Lstat(rel[:i])
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("%q is not a directory: %w", s.full(rel[:i]), fs.ErrNotExist)
		}
	}
	r, err := top.OpenRoot(rel)
	if err != nil {
		return nil, err
	}
	return &dir{s, r, rel}, nil
}

// names are all entries of the directory.
func (d *dir) names() ([]string, error) {
	f, err := d.r.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

// openFile opens a regular file that is not a symbolic link.
func (d *dir) openFile(name string) (*os.File, error) {
	info, err := d.r.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, notRegular(d.full(name), info.Mode())
	}
	f, err := d.r.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", d.full(name), err)
	}
	if now, err := f.Stat(); err != nil || !os.SameFile(info, now) {
		f.Close()
		return nil, fmt.Errorf("%q was replaced while it was opened", d.full(name))
	}
	return f, nil
}

func notRegular(full string, mode fs.FileMode) error {
	switch {
	case mode&fs.ModeSymlink != 0:
		return fmt.Errorf("%q is a symbolic link, which is not followed", full)
	case mode.IsDir():
		return fmt.Errorf("%q is a directory", full)
	}
	return fmt.Errorf("%q is not a regular file", full)
}

// readFile is the content of a regular file of at most limit bytes.
func (d *dir) readFile(name string, limit int64) ([]byte, error) {
	f, err := d.openFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%q has %d bytes, more than the limit of %d", d.full(name), info.Size(), limit)
	}
	b := make([]byte, info.Size()+1)
	n, err := io.ReadFull(f, b)
	switch {
	case err == nil:
		return nil, fmt.Errorf("%q grew while it was read", d.full(name))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return b[:n], nil
	}
	return nil, err
}

// writeTemp writes a new file under a temporary name, down to the disk, and gives it its time if there is one.
// On an error there is no such file, as far as that can be done.
func (d *dir) writeTemp(data []byte, modified time.Time) (name string, err error) {
	if name, err = d.tempName(); err != nil {
		return "", err
	}
	if err := d.writeNew(name, data, modified); err != nil {
		d.remove(name)
		return "", err
	}
	return name, nil
}

func (d *dir) tempName() (string, error) {
	key, err := d.s.randomKey()
	return tempPrefix + fmt.Sprintf("%x", key[:10]), err
}

func (d *dir) writeNew(name string, data []byte, modified time.Time) error {
	var f *os.File
	err := d.s.step("create", d.full(name), func() (err error) {
		if f, err = d.r.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666); err != nil {
			return err
		}
		_, err = f.Write(data)
		return err
	})
	if f == nil {
		return err
	}
	if err == nil {
		err = d.s.step("fsync", d.full(name), f.Sync)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil && !modified.IsZero() {
		err = d.s.step("chtimes", d.full(name), func() error { return d.r.Chtimes(name, modified, modified) })
	}
	return err
}

// replace puts a whole new file in a name's place, down to the disk.
func (d *dir) replace(name string, data []byte) error {
	tmp, err := d.writeTemp(data, time.Time{})
	if err != nil {
		return err
	}
	if err := d.rename(tmp, name); err != nil {
		d.remove(tmp)
		return err
	}
	return d.sync()
}

func (d *dir) rename(from, to string) error {
	return d.s.step("rename", d.full(to), func() error { return d.r.Rename(from, to) })
}

func (d *dir) remove(name string) error {
	return d.s.step("remove", d.full(name), func() error { return d.r.Remove(name) })
}

func (d *dir) mkdir(name string) error {
	return d.s.step("mkdir", d.full(name), func() error { return d.r.Mkdir(name, 0o777) })
}

// exists reports whether there is anything of that name.
func (d *dir) exists(name string) bool {
	_, err := d.r.Lstat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// sync makes renames in the directory last through a loss of power, on systems where that is a call of its own.
func (d *dir) sync() error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return d.s.step("fsync", d.full("."), func() error {
		f, err := d.r.Open(".")
		if err != nil {
			return err
		}
		defer f.Close()
		// Some network file systems do not know fsync on a directory.
		if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !isInvalid(err) {
			return err
		}
		return nil
	})
}

// clean removes what an interrupted write left behind. A temporary directory that somebody put something into stays.
func (d *dir) clean(names []string) {
	for _, n := range names {
		if !strings.HasPrefix(n, tempPrefix) {
			continue
		}
		if info, err := d.r.Lstat(n); err == nil && info.IsDir() {
			if sub, err := d.s.openDir(path.Join(d.rel, n)); err == nil {
				if inside, err := sub.names(); err == nil && len(foreign(inside)) == 0 {
					sub.removeAll(inside)
				}
				sub.close()
			}
		}
		d.remove(n)
	}
}

func (d *dir) removeAll(names []string) {
	for _, n := range names {
		d.remove(n)
	}
}

// foreign are the names in a directory that keep it from being removed: all but what iorepl and file managers put there.
func foreign(names []string) []string {
	var left []string
	for _, n := range names {
		switch {
		case n == folderFile, n == itemsFile, strings.HasPrefix(n, tempPrefix):
		case n == ".DS_Store", strings.EqualFold(n, "Thumbs.db"), strings.EqualFold(n, "desktop.ini"):
		default:
			left = append(left, n)
		}
	}
	return left
}
