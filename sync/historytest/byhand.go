package historytest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
	"iorepl/sync/memstore"
)

// Users of a directory rename, copy, edit and remove files. A file is an item, and what the archive knows of it goes with its bytes:
//
//	edited             the same item, with its stamp
//	renamed or moved   the same item, if an archive has written it and nobody has edited it since; else another one with the same bytes
//	copied             another item, without a stamp, of the class that its name says
//
// Now and then they use a program that knows archives, which does all that as in any other organization.

// byHand reports whether to use files: always while a run is under way, as an archive has one program that writes to it at a time.
func (d *directory) byHand() bool { return d.h.applying || !d.h.chance(3) }

// begin waits until the file system's clock has moved on, where the program takes all files for being at rest: what is written within one
// tick of the clock cannot be told apart by its time.
func (d *directory) begin() {
	if !d.ahead {
		return
	}
	probe := filepath.Join(filepath.Dir(d.root), "clock")
	write := func() int64 {
		d.h.must(os.WriteFile(probe, nil, 0o644))
		info, err := os.Stat(probe)
		d.h.must(err)
		return info.ModTime().UnixNano()
	}
	for first := write(); write() == first; {
	}
}

func (d *directory) full(path ...string) string {
	return filepath.Join(d.root, filepath.FromSlash(strings.Join(path, "/")))
}

// find is an item as users see it.
func (d *directory) find(key plan.Digest) (memstore.Found, error) {
	items := d.look().items
	i := slices.IndexFunc(items, func(f memstore.Found) bool { return f.Item.Key == key })
	if i < 0 {
		return memstore.Found{}, fmt.Errorf("%s has no such item", d.name)
	}
	return items[i], nil
}

// at is the item in a file.
func (d *directory) at(path, file string) (memstore.Found, error) {
	d.changed()
	items := d.look().items
	i := slices.IndexFunc(items, func(f memstore.Found) bool { return f.Path == path && f.Item.ID == file })
	if i < 0 {
		return memstore.Found{}, fmt.Errorf("%s has no file /%s/%s", d.name, path, file)
	}
	return items[i], nil
}

func (d *directory) folder(path string) (plan.Folder, error) {
	folders := d.look().folders
	i := slices.IndexFunc(folders, func(f plan.Folder) bool { return f.Path == path })
	if i < 0 {
		return plan.Folder{}, fmt.Errorf("%s has no folder /%s", d.name, path)
	}
	return folders[i], nil
}

// free is a name for a file that no other has.
func (d *directory) free(path, name string) string {
	base := strings.TrimSuffix(name, ".eml")
	for i := 2; ; i++ {
		if _, err := os.Lstat(d.full(path, name)); errors.Is(err, fs.ErrNotExist) {
			return name
		}
		name = fmt.Sprintf("%s (%d).eml", base, i)
	}
}

// put writes a file as of now.
func (d *directory) put(file string, data []byte) error {
	return errors.Join(os.WriteFile(file, data, 0o644), os.Chtimes(file, d.now, d.now))
}

// with lets another program work in the archive.
func (d *directory) with(path string, work func(*archive.Store, plan.Folder) error) error {
	f, err := d.folder(path)
	if err != nil {
		return err
	}
	s := d.store(false)
	defer d.changed()
	return errors.Join(work(s, f), s.Close())
}

// Post adds a user's item and returns its key.
func (d *directory) Post(path string, p sync.Payload) (plan.Digest, error) {
	d.begin()
	p.Modified = d.now
	file := d.free(path, p.Name+".eml")
	if d.byHand() {
		d.h.must(d.put(d.full(path, file), p.Data))
	} else {
		d.h.must(d.with(path, func(s *archive.Store, f plan.Folder) error {
			r := s.Create(context.Background(), f, []sync.NewItem{{Payload: p}})[0]
			file = r.Item.ID
			return r.Err
		}))
	}
	f, err := d.at(path, file)
	return f.Item.Key, err
}

// Edit replaces an item's content; its stamp stays.
func (d *directory) Edit(key plan.Digest, p sync.Payload) error {
	d.begin()
	f, err := d.find(key)
	if err != nil {
		return err
	}
	defer d.aftermath()()
	p.Modified = d.now
	file, known := d.full(f.Path, f.Item.ID), d.known(f)
	switch {
	case !d.byHand():
		delete(d.edited, key)
		err = d.with(f.Path, func(s *archive.Store, in plan.Folder) error {
			return s.Update(context.Background(), in, []sync.ItemUpdate{{Item: f.Item, Payload: &p, Stamp: f.Item.Stamp}})[0].Err
		})
	case d.h.chance(2): // as programs do that save under another name first
		d.edited[key] = true
		err = errors.Join(d.put(d.full(f.Path, ".saved"), p.Data), os.Rename(d.full(f.Path, ".saved"), file))
	default:
		d.edited[key] = true
		err = d.put(file, p.Data)
	}
	now, err2 := d.at(f.Path, f.Item.ID)
	if !d.h.applying && known && (now.Item.Key != key || now.Item.Stamp != f.Item.Stamp) {
		d.h.fail("/%s/%s at %s is another item, or lost its stamp, when it was edited: %s, now %s",
			f.Path, f.Item.ID, d.name, stamped(f.Item.Stamp), stamped(now.Item.Stamp))
	}
	return errors.Join(err, err2)
}

// Touch gives an item's file another inode, as a checkout or a copy of the tree does.
func (d *directory) Touch(key plan.Digest) error {
	d.begin()
	f, err := d.find(key)
	if err != nil {
		return err
	}
	defer d.changed()
	saved := d.full(f.Path, ".saved")
	return errors.Join(os.WriteFile(saved, f.Payload.Data, 0o644), os.Chtimes(saved, f.Payload.Modified, f.Payload.Modified),
		os.Rename(saved, d.full(f.Path, f.Item.ID)))
}

// Copy copies an item's file and returns the copy's key.
func (d *directory) Copy(key plan.Digest, to string) (plan.Digest, error) {
	d.begin()
	f, err := d.find(key)
	if err != nil {
		return plan.Digest{}, err
	}
	file := d.free(to, f.Item.ID)
	if d.h.applying { // under the name that a program has just chosen for the very same item, the copy would be taken for it
		d.serial++
		file = d.free(to, fmt.Sprintf("copied %d at %s.eml", d.serial, d.name))
	}
	d.h.must(d.put(d.full(to, file), f.Payload.Data))
	c, err := d.at(to, file)
	return c.Item.Key, err
}

// Move puts an item into another folder, or gives its file another name in the same one, and returns its key there.
func (d *directory) Move(key plan.Digest, to string) (plan.Digest, error) {
	d.begin()
	f, err := d.find(key)
	if err != nil {
		return plan.Digest{}, err
	}
	defer d.aftermath()()
	file, keeps := d.free(to, f.Item.ID), d.keeps(f)
	if to == f.Path {
		d.serial++
		file = d.free(to, fmt.Sprintf("renamed %d at %s.eml", d.serial, d.name))
	}
	if to == f.Path || d.byHand() {
		d.h.must(os.Rename(d.full(f.Path, f.Item.ID), d.full(to, file)))
	} else {
		target, err := d.folder(to)
		d.h.must(err)
		d.h.must(d.with(f.Path, func(s *archive.Store, from plan.Folder) error {
			r := s.Move(context.Background(), from, target, []sync.ItemMove{{Item: f.Item, Stamp: f.Item.Stamp}})[0]
			file = r.Item.ID
			return r.Err
		}))
		delete(d.edited, key)
	}
	now, err := d.at(to, file)
	if keeps && (now.Item.Key != key || now.Item.Stamp != f.Item.Stamp) {
		d.h.fail("/%s/%s at %s lost its stamp when its file became /%s/%s: %s, now %s",
			f.Path, f.Item.ID, d.name, to, file, stamped(f.Item.Stamp), stamped(now.Item.Stamp))
	}
	return now.Item.Key, err
}

// Delete removes an item.
func (d *directory) Delete(key plan.Digest) error {
	d.begin()
	f, err := d.find(key)
	if err != nil {
		return err
	}
	if d.byHand() {
		defer d.aftermath()()
		d.changed()
		return os.Remove(d.full(f.Path, f.Item.ID))
	}
	before := map[string]bool{}
	for _, b := range d.Deleted() {
		before[b.Path] = true
	}
	err = d.with(f.Path, func(s *archive.Store, in plan.Folder) error {
		return s.Delete(context.Background(), in, []plan.Item{f.Item})[0]
	})
	for _, b := range d.Deleted() {
		d.binned[b.Path] = d.binned[b.Path] || !before[b.Path]
	}
	return err
}
