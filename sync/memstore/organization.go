// Package memstore is a store of an organization that lives in memory, for tests that need many organizations fast. It
// keeps the contract of sync.Store to the letter: old versions are conflicts, old ids are gone, a listing tells no more than it must.
// Beside the store there are its users, who post, edit, copy, move and delete as they do in Exchange, snapshots of the whole, and a hook in
// which tests fail calls, end them for ever, or let users act in between.
package memstore

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"iorepl/plan"
	"iorepl/sync"
)

// Options are the habits in which servers differ. The zero value behaves as the archive does.
type Options struct {
	// Counting gives an item a new version with every write, also of its stamp alone, and shows its content only to who reads it, as
	// Exchange does. Else the version is the content's digest, known from the listing.
	Counting bool

	// NewKeys gives an item that a user moves another key, as a file renamed by hand or a move between public folder databases gets.
	NewKeys bool

	// Account is what Store.Account returns.
	Account string

	// MaxItem is the size in bytes above which an item is refused for good; 0: none.
	MaxItem int
}

// Organization holds folders and items. Its methods are what users do; Open gives the store.
type Organization struct {
	Options

	mu      stdsync.Mutex
	name    string
	last    int // number of the last key or version given out
	root    *folder
	folders map[string]*folder // by id
	deleted []Found
	now     time.Time
}

type folder struct {
	id          string
	key         plan.Digest
	parent      *folder
	name        string
	class       string
	stamp       plan.Stamp
	marker      string
	hidden      bool // the account may not see it
	denied      bool // the account may not list it
	permissions plan.Permissions
	items       []*item
}

type item struct {
	id      string
	key     plan.Digest
	version plan.Digest // with Counting
	payload sync.Payload
	stamp   plan.Stamp
	problem string
}

// New makes an empty organization. The name is part of all keys, so that no two organizations share one.
func New(name string, o Options) *Organization {
	org := &Organization{Options: o, name: name, folders: map[string]*folder{}, now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	id, key := org.next("folder")
	org.root = &folder{id: id, key: key, permissions: plan.Permissions{{Who: plan.Default, Rights: plan.RightReadAny | plan.RightFolderVisible}, {Who: plan.Anonymous}}}
	org.folders[id] = org.root
	return org
}

func (o *Organization) next(kind string) (id string, key plan.Digest) {
	o.last++
	id = fmt.Sprintf("%s-%d", kind, o.last)
	return id, plan.Sum(o.name, id)
}

// Snapshot copies everything there is.
func (o *Organization) Snapshot() *Organization {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := &Organization{Options: o.Options, name: o.name, last: o.last, folders: map[string]*folder{}, deleted: slices.Clone(o.deleted), now: o.now}
	copies := map[*folder]*folder{}
	for id, f := range o.folders {
		g := *f
		g.permissions, g.items = slices.Clone(f.permissions), nil
		for _, it := range f.items {
			i := *it
			g.items = append(g.items, &i)
		}
		c.folders[id], copies[f] = &g, &g
	}
	for _, g := range c.folders {
		g.parent = copies[g.parent]
	}
	c.root = copies[o.root]
	return c
}

// Restore puts a snapshot in the place of what is there. Numbers go on from the higher count, since servers do not give an id out
// twice after a restore either.
func (o *Organization) Restore(snapshot *Organization) {
	c := snapshot.Snapshot()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.root, o.folders, o.deleted = c.root, c.folders, c.deleted
	o.last = max(o.last, c.last)
}

// Found is an item as its users see it.
type Found struct {
	Path    string // of its folder
	Folder  string // id of its folder
	Item    plan.Item
	Payload sync.Payload
}

// All lists everything that users see, by path and then in the order in which it came.
func (o *Organization) All() []Found {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []Found
	for _, f := range o.sorted() {
		for _, it := range f.items {
			out = append(out, Found{f.path(), f.id, o.listed(it, true), it.payload})
		}
	}
	return out
}

// Deleted lists what was deleted and can be recovered.
func (o *Organization) Deleted() []Found {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.deleted)
}

// Folders lists all folders by path, whatever the account may see.
func (o *Organization) Folders() []plan.Folder {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []plan.Folder
	for _, f := range o.sorted() {
		out = append(out, f.listed())
	}
	return out
}

func (o *Organization) sorted() []*folder {
	fs := slices.Collect(maps.Values(o.folders))
	paths := make(map[*folder]string, len(fs))
	for _, f := range fs {
		paths[f] = f.path()
	}
	slices.SortFunc(fs, func(a, b *folder) int { return strings.Compare(paths[a], paths[b]) })
	return fs
}

func (f *folder) path() string {
	if f.parent == nil {
		return ""
	}
	return plan.Join(f.parent.path(), f.name)
}

func (f *folder) listed() plan.Folder {
	p := plan.Folder{ID: f.id, Key: f.key, Path: f.path(), Class: f.class, Stamp: f.stamp, Marker: f.marker}
	if f.denied {
		p.Problem = "the account may not read this folder"
	}
	return p
}

func (f *folder) concealed() bool {
	return f != nil && (f.hidden || f.parent.concealed())
}

func (f *folder) within(g *folder) bool {
	return f == g || f.parent != nil && f.parent.within(g)
}

func (o *Organization) child(parent *folder, name string) *folder {
	for _, f := range o.folders {
		if f.parent == parent && f.name == name {
			return f
		}
	}
	return nil
}

func (o *Organization) at(path string) (*folder, error) {
	f := o.root
	for _, name := range plan.Names(path) {
		if f = o.child(f, name); f == nil {
			return nil, fmt.Errorf("there is no folder %q", path)
		}
	}
	return f, nil
}

// listed is what a listing says of an item; whole adds the content that only a reader learns.
func (o *Organization) listed(it *item, whole bool) plan.Item {
	p := plan.Item{ID: it.id, Key: it.key, Version: o.version(it), Class: it.payload.Class, Name: it.payload.Name,
		Size: int64(len(it.payload.Data)), Modified: it.payload.Modified, Stamp: it.stamp, Problem: it.problem}
	if whole || !o.Counting {
		p.Content = it.payload.Content
	}
	return p
}

func (o *Organization) version(it *item) plan.Digest {
	if o.Counting {
		return it.version
	}
	return it.payload.Content
}

// written takes note of a write.
func (o *Organization) written(it *item) {
	o.last++
	it.version = plan.Sum("version", o.name, fmt.Sprint(o.last))
	it.payload.Version = o.version(it)
}

func (f *folder) find(match func(*item) bool) *item {
	if i := slices.IndexFunc(f.items, match); i >= 0 {
		return f.items[i]
	}
	return nil
}

func (f *folder) remove(it *item) {
	f.items = slices.DeleteFunc(f.items, func(i *item) bool { return i == it })
}

var errNone = errors.New("there is no such item")
