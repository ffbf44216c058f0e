package historytest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
	"iorepl/sync/memstore"
)

// oneOf is the share of the histories in which organizations are directories.
const oneOf = 10

// directory is an organization that lives in a directory. Its users work with files, and now and then with a program that knows archives.
// What becomes of an item when its file is renamed, copied or edited is said in byhand.go.
type directory struct {
	h       *History
	name    string
	root    string
	keys    *rand.ChaCha8 // for keys and the names of temporary files, so that a history is a function of its seed
	now     time.Time
	ahead   bool // the store's clock is an hour ahead, so that it takes all files for being at rest, and believes its cache
	seen    *view
	binned  map[string]bool      // files in the bin that users put there
	edited  map[plan.Digest]bool // items that users edited by hand since a program wrote them
	serial  int
	damaged bool // some folder's record is
	copied  bool // users copied a folder
}

// view is a directory as its program would find it now.
type view struct {
	folders []plan.Folder
	items   []memstore.Found
	lists   map[plan.Digest]plan.Permissions
	cached  []byte
}

// directories makes directories of organizations in a share of the histories.
func (h *History) directories() {
	if h.seed%oneOf != 7 {
		return
	}
	some := h.rand.IntN(len(h.names))
	for i, name := range h.names {
		if i != some && h.chance(4) {
			continue
		}
		d := &directory{h: h, name: name, root: filepath.Join(h.dir, "organizations", name), now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), ahead: h.chance(2),
			binned: map[string]bool{}, edited: map[plan.Digest]bool{}}
		var seed [32]byte
		copy(seed[:], fmt.Sprint(h.seed, name))
		d.keys = rand.NewChaCha8(seed)
		h.must(os.MkdirAll(d.root, 0o755))
		h.orgs[name].Organization = d
		h.note("organization %s is a directory", name)
	}
}

// cache is what the program remembers of the directory, beside its state.
func (d *directory) cache() string { return filepath.Join(d.h.dir, d.h.state, "cache", d.name) }

func (d *directory) clock() time.Time {
	if d.ahead {
		return time.Now().Add(time.Hour)
	}
	return time.Now()
}

// copyOfCache lets another store find folders under the same keys, without the program learning from what it sees.
func (d *directory) copyOfCache() string {
	to := filepath.Join(d.h.dir, "cache of a reader")
	d.h.must(os.RemoveAll(to))
	d.h.must(os.MkdirAll(to, 0o755))
	if data := d.cached(); data != nil {
		d.h.must(os.WriteFile(filepath.Join(to, "folders.json"), data, 0o644))
	}
	return to
}

// cached is what the program remembers of folders, nil for nothing.
func (d *directory) cached() []byte {
	data, err := os.ReadFile(filepath.Join(d.cache(), "folders.json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.h.must(err)
	}
	return data
}

// store is the archive as another program opens it.
func (d *directory) store(readOnly bool) *archive.Store {
	s, err := archive.Open(d.root, archive.Options{ReadOnly: readOnly, Cache: d.copyOfCache(), Rand: d.keys})
	d.h.must(err)
	return s
}

// changed is called by whatever changes the directory.
func (d *directory) changed() { d.seen = nil }

// recalled is called by whatever may change what the program remembers of the directory.
func (d *directory) recalled() {
	if d.seen != nil && !bytes.Equal(d.seen.cached, d.cached()) {
		d.changed()
	}
}

// look reads the directory, and checks that each file in it is an item, and that each item has a key of its own.
func (d *directory) look() *view {
	if d.seen != nil {
		return d.seen
	}
	var damaged []string
	var err error
	if d.damaged {
		damaged, err = d.repair()
	}
	d.h.must(err)
	ctx, s := context.Background(), d.store(true)
	defer func() {
		s.Close()
		for _, dir := range damaged {
			d.h.must(d.damage(dir))
		}
	}()
	v := &view{lists: map[plan.Digest]plan.Permissions{}, cached: d.cached()}
	v.folders, err = s.Folders(ctx)
	d.h.must(err)
	keys, files := map[plan.Digest]string{}, d.files()
	for i, f := range v.folders {
		if slices.Contains(damaged, d.full(f.Path)) {
			v.folders[i].Problem = "its record is damaged"
		}
		if v.lists[f.Key], err = s.Permissions(ctx, f); err != nil {
			d.h.fail("the permissions of /%s at %s: %v", f.Path, d.name, err)
		}
		var items []plan.Item
		err := s.List(ctx, f, func(page []plan.Item) error { items = append(items, page...); return nil })
		if err != nil {
			d.h.fail("listing /%s at %s: %v", f.Path, d.name, err)
		}
		for i, r := range s.Read(ctx, f, items) {
			file := path.Join(f.Path, items[i].ID)
			if items[i].Problem != "" { // a symbolic link, see Spoil
				r.Err, r.Payload = nil, sync.Payload{Class: items[i].Class, Name: items[i].Name, Format: sync.MIME, Data: files[file]}
			}
			if r.Err != nil {
				d.h.fail("item /%s at %s cannot be read: %v", file, d.name, r.Err)
			}
			if other, ok := keys[items[i].Key]; ok {
				d.h.fail("/%s and /%s at %s have one key", file, other, d.name)
			}
			keys[items[i].Key] = file
			if !bytes.Equal(files[file], r.Payload.Data) {
				d.h.fail("item /%s at %s is %q and its file %q", file, d.name, r.Payload.Data, files[file])
			}
			delete(files, file)
			v.items = append(v.items, memstore.Found{Path: f.Path, Folder: f.ID, Item: items[i], Payload: r.Payload})
		}
	}
	if len(files) > 0 {
		d.h.fail("files at %s that are no items: %v", d.name, files)
	}
	d.seen = v
	return v
}

// files are the files that users see.
func (d *directory) files() map[string][]byte {
	out := map[string][]byte{}
	d.h.must(filepath.WalkDir(d.root, func(full string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || full == d.root:
			return err
		case strings.HasPrefix(e.Name(), ".") && e.IsDir():
			return fs.SkipDir
		case strings.HasPrefix(e.Name(), ".") || e.IsDir():
			return nil
		}
		rel, err := filepath.Rel(d.root, full)
		if err == nil {
			out[filepath.ToSlash(rel)], err = os.ReadFile(full)
		}
		return err
	}))
	return out
}

// All lists everything that users see.
func (d *directory) All() []memstore.Found { return slices.Clone(d.look().items) }

// Folders lists all folders by path.
func (d *directory) Folders() []plan.Folder { return slices.Clone(d.look().folders) }

// Deleted lists what programs put into the bin.
func (d *directory) Deleted() (out []memstore.Found) {
	bin := filepath.Join(d.root, ".deleted")
	d.h.must(filepath.WalkDir(bin, func(full string, e fs.DirEntry, err error) error {
		if os.IsNotExist(err) && full == bin {
			return nil
		}
		if err != nil || e.IsDir() || d.binned[full] {
			return err
		}
		data, err := os.ReadFile(full)
		out = append(out, memstore.Found{Path: full, Item: plan.Item{Key: plan.Sum(d.name, full)}, Payload: sync.Payload{Data: data}})
		return err
	}))
	return out
}

// Tick lets time pass for what users do next.
func (d *directory) Tick(t time.Duration) { d.now = d.now.Add(t) }

// snapshot copies the directory.
func (d *directory) snapshot() (restore func()) {
	d.serial++
	to := filepath.Join(d.h.dir, fmt.Sprintf("backup %d of %s", d.serial, d.name))
	d.h.must(copyTree(d.root, to, true))
	binned, edited := maps.Clone(d.binned), maps.Clone(d.edited)
	return func() {
		d.h.must(os.RemoveAll(d.root))
		d.h.must(copyTree(to, d.root, true))
		d.binned, d.edited = maps.Clone(binned), maps.Clone(edited)
		d.changed()
	}
}
