package historytest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
	"iorepl/sync/memstore"
)

// open is the archive as the program opens it: for reading only, if no link writes to it.
func (d *directory) open(r *run) sync.Store {
	s, err := archive.Open(d.root, archive.Options{ReadOnly: d.published(), Cache: d.cache(), Rand: d.keys, Now: d.clock, Hook: r.disk(d)})
	d.h.must(err)
	d.recalled()
	return &watched{s, d, r.hook(d.name)}
}

// published reports whether no link writes to the directory.
func (d *directory) published() bool {
	for i := range d.h.links {
		if l := &d.h.links[i]; l.sub == d.name || l.pub == d.name && l.rules.TwoWay {
			return false
		}
	}
	return true
}

// untouched remembers what is in directories that are only published, hidden files and times included, and returns what checks that
// it is all as it was.
func (h *History) untouched() (check func()) {
	before := map[string]string{}
	for _, name := range h.names {
		if d, ok := h.orgs[name].Organization.(*directory); ok && d.published() {
			before[name] = d.fingerprint()
		}
	}
	return func() {
		for name, was := range before {
			if is := h.orgs[name].Organization.(*directory).fingerprint(); is != was {
				h.fail("%s is only published, and was written to:\n%s\nbefore:\n%s", name, is, was)
			}
		}
	}
}

// fingerprint is a line for everything in the directory.
func (d *directory) fingerprint() string {
	var b strings.Builder
	d.h.must(filepath.WalkDir(d.root, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		data, _ := os.ReadFile(file)
		fmt.Fprintf(&b, "%s %s %d %x\n", info.Mode(), file, info.ModTime().UnixNano(), sha256.Sum256(data))
		return nil
	}))
	return b.String()
}

// disk stands between the program and a directory's file system.
func (r *run) disk(d *directory) func(op, file string) error {
	return func(op, file string) error {
		h, rel := r.h, ""
		d.changed()
		if p, err := filepath.Rel(d.root, file); err == nil {
			rel = filepath.ToSlash(p)
		}
		if !r.writing || d.published() {
			h.fail("planning, or to who is only published, wrote: %s at %s: %s", op, d.name, rel)
		}
		// While users move folders about, a write may find one where it was not planned to be.
		if r.mode != crowded && !h.mayTouch(d.name, rel) {
			h.fail("%s at %s: %s is not to be written", op, d.name, rel)
		}
		what, after := strings.CutPrefix(op, "after:")
		switch r.mode {
		case failing:
			if h.chance(40) {
				h.note("  %s at %s: %s fails", op, d.name, rel)
				return errors.New("input/output error")
			}
		case killed:
			return r.step(fmt.Sprintf("%s at %s: %s", what, d.name, rel), after)
		case crowded:
			// Between the last look at a file and the rename that replaces it there is nothing that an archive could do.
			if op != "before:rename" && h.chance(30) {
				h.act()
			}
		}
		return nil
	}
}

// mayTouch says where a link may write files: in the directories in which it may write, in those of the bin for what it deletes from them, and
// in those above them, which get a record with a key of their own.
func (h *History) mayTouch(org, file string) bool {
	var folder []string
	deleted, inBin := strings.CutPrefix(file, ".deleted")
	for _, name := range strings.Split(strings.TrimPrefix(deleted, "/"), "/") {
		if strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".eml") {
			break
		}
		folder = append(folder, name)
	}
	path := strings.Join(folder, "/")
	for i := range h.links {
		l := &h.links[i]
		above := inBin && (l.sub == org || l.rules.TwoWay && l.pub == org && plan.Within(l.from, path)) || l.sub == org && (plan.Within(l.to, path) || plan.Within(path, l.rules.Recycle))
		if l.writes(org, path) || above {
			return true
		}
	}
	return false
}

// watched is an archive whose calls the run sees as those of an organization in memory.
type watched struct {
	sync.Store
	at   *directory
	hook memstore.Hook
}

// call stands around one call; its error is what the program gets to see.
func (w *watched) call(op, path string, write bool, do func() error) error {
	if write {
		defer w.at.changed()
	} else {
		defer w.at.recalled()
	}
	c := memstore.Call{Op: op, Path: path, Write: write}
	if err := w.hook(c); err != nil {
		return err
	}
	if err := do(); err != nil || !write {
		return err
	}
	c.After = true
	return w.hook(c)
}

func (w *watched) Folders(ctx context.Context) (out []plan.Folder, err error) {
	err = w.call("Folders", "", false, func() (err error) { out, err = w.Store.Folders(ctx); return err })
	return out, err
}

func (w *watched) Folder(ctx context.Context, id string) (out plan.Folder, err error) {
	err = w.call("Folder", id, false, func() (err error) { out, err = w.Store.Folder(ctx, id); return err })
	return out, err
}

func (w *watched) List(ctx context.Context, folder plan.Folder, emit func([]plan.Item) error) error {
	return w.call("List", folder.Path, false, func() error { return w.Store.List(ctx, folder, emit) })
}

func (w *watched) Read(ctx context.Context, folder plan.Folder, items []plan.Item) []sync.ReadResult {
	var out []sync.ReadResult
	if err := w.call("Read", folder.Path, false, func() error { out = w.Store.Read(ctx, folder, items); return nil }); err != nil {
		out = make([]sync.ReadResult, len(items))
		for i := range out {
			out[i].Err = err
		}
	}
	return out
}

// results stands around a call that writes n items.
func (w *watched) results(op, path string, n int, do func() []sync.WriteResult) []sync.WriteResult {
	var out []sync.WriteResult
	if err := w.call(op, path, true, func() error { out = do(); return nil }); err != nil {
		out = make([]sync.WriteResult, n)
		for i := range out {
			out[i].Err = err
		}
	}
	return out
}

func (w *watched) Create(ctx context.Context, folder plan.Folder, items []sync.NewItem) []sync.WriteResult {
	return w.results("Create", folder.Path, len(items), func() []sync.WriteResult { return w.Store.Create(ctx, folder, items) })
}

func (w *watched) Update(ctx context.Context, folder plan.Folder, items []sync.ItemUpdate) []sync.WriteResult {
	return w.results("Update", folder.Path, len(items), func() []sync.WriteResult { return w.Store.Update(ctx, folder, items) })
}

func (w *watched) Move(ctx context.Context, from, to plan.Folder, items []sync.ItemMove) []sync.WriteResult {
	return w.results("Move", to.Path, len(items), func() []sync.WriteResult { return w.Store.Move(ctx, from, to, items) })
}

func (w *watched) Delete(ctx context.Context, folder plan.Folder, items []plan.Item) []error {
	var out []error
	if err := w.call("Delete", folder.Path, true, func() error { out = w.Store.Delete(ctx, folder, items); return nil }); err != nil {
		out = make([]error, len(items))
		for i := range out {
			out[i] = err
		}
	}
	return out
}

func (w *watched) CreateFolder(ctx context.Context, parent plan.Folder, name, class string, stamp plan.Stamp) (out plan.Folder, err error) {
	err = w.call("CreateFolder", plan.Join(parent.Path, name), true, func() (err error) {
		out, err = w.Store.CreateFolder(ctx, parent, name, class, stamp)
		return err
	})
	return out, err
}

func (w *watched) UpdateFolder(ctx context.Context, from, to plan.Folder) (out plan.Folder, err error) {
	err = w.call("UpdateFolder", to.Path, true, func() (err error) { out, err = w.Store.UpdateFolder(ctx, from, to); return err })
	return out, err
}

func (w *watched) DeleteFolder(ctx context.Context, folder plan.Folder) error {
	return w.call("DeleteFolder", folder.Path, true, func() error { return w.Store.DeleteFolder(ctx, folder) })
}

func (w *watched) Permissions(ctx context.Context, folder plan.Folder) (out plan.Permissions, err error) {
	err = w.call("Permissions", folder.Path, false, func() (err error) { out, err = w.Store.Permissions(ctx, folder); return err })
	return out, err
}

func (w *watched) SetPermissions(ctx context.Context, folder plan.Folder, old, new plan.Permissions) error {
	return w.call("SetPermissions", folder.Path, true, func() error { return w.Store.SetPermissions(ctx, folder, old, new) })
}
