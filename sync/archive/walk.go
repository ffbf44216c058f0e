package archive

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"iorepl/plan"
	"iorepl/sync"
)

// node is one folder as the walk found it.
type node struct {
	rel     string // directory
	path    string // of plan.Folder
	key     plan.Digest
	parent  *node // nil for the root
	rec     folderRecord
	bad     string // why .folder.json cannot be read
	problem string // why the items cannot be listed
	unknown string // why nothing is known of the items, in a folder that is known: its log is lost or damaged
	void    bool   // a copy of another folder: what lies beside its items speaks of the other's
	class   string // by what the items are, for a folder of which nothing is said

	ino        uint64
	birth      int64
	orphans    map[string]bool    // entries that had no file and joined none
	joins      map[string]*joined // files that are the renamed files of entries elsewhere
	joinedFrom map[string]bool    // entries whose files those are
}

// index is the hierarchy as the last walk found it, with the changes that the store made itself since then. Store.mu guards it;
// its nodes are replaced and never changed.
type index struct {
	byKey  map[plan.Digest]*node
	byPath map[string]*node
	byRel  map[string]*node
}

func (x *index) add(n *node) {
	x.byKey[n.key], x.byPath[n.path], x.byRel[n.rel] = n, n, n
}

// blind names a folder that hides others, or the key of its own, "" if there is none.
func blind(nodes []*node) string {
	for _, n := range nodes {
		if n.bad != "" || n.problem != "" || n.unknown != "" {
			return n.rel
		}
	}
	return ""
}

func (n *node) folder() plan.Folder {
	f := plan.Folder{ID: n.key.String(), Key: n.key, Path: n.path, Class: n.rec.Class, Stamp: n.rec.Stamp,
		Marker: n.rec.Marker, Problem: cmp.Or(n.problem, n.unknown)}
	if f.Class == "" {
		f.Class = n.class
	}
	if n.void {
		f.Stamp, f.Marker = plan.Stamp{}, ""
	}
	return f
}

// Folders walks the hierarchy.
func (s *Store) Folders(ctx context.Context) ([]plan.Folder, error) {
	s.tree.RLock()
	defer s.tree.RUnlock()
	nodes, err := s.walk(ctx)
	if err != nil {
		return nil, err
	}
	folders := make([]plan.Folder, len(nodes))
	for i, n := range nodes {
		folders[i] = n.folder()
	}
	return folders, nil
}

// Folder asks for one folder.
func (s *Store) Folder(ctx context.Context, id string) (plan.Folder, error) {
	s.tree.RLock()
	defer s.tree.RUnlock()
	n, err := s.resolve(ctx, plan.Folder{ID: id})
	if err != nil {
		return plan.Folder{}, err
	}
	return n.folder(), nil
}

// resolve finds a folder wherever it is by now. The caller holds s.tree.
func (s *Store) resolve(ctx context.Context, f plan.Folder) (*node, error) {
	key := f.Key
	if f.ID != "" {
		var err error
		if key, err = plan.ParseDigest(f.ID); err != nil {
			return nil, sync.Errorf(sync.Gone, "folder %q: %w", f.Path, err)
		}
	}
	if n := s.lookup(key); n != nil && s.unchanged(n) {
		return n, nil
	}
	nodes, err := s.walk(ctx)
	if err != nil {
		return nil, err
	}
	if n := s.lookup(key); n != nil {
		return n, nil
	}
	what := f.Path
	if what == "" {
		what = f.ID
	}
	if hides := blind(nodes); hides != "" {
		return nil, fmt.Errorf("folder %q is not found, but it may be %q, which cannot be read", what, s.full(hides))
	}
	return nil, sync.Errorf(sync.Gone, "folder %q does not exist in archive %q", what, s.path)
}

func (s *Store) lookup(key plan.Digest) *node {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index == nil {
		return nil
	}
	return s.index.byKey[key]
}

// unchanged reports whether the folder still lies where it lay and says of itself what it said.
func (s *Store) unchanged(n *node) bool {
	d, err := s.openDir(n.rel)
	if err != nil {
		_, err := s.top()
		return n.rel == "" && errors.Is(err, errMissing)
	}
	defer d.close()
	rec, err := d.readFolder()
	return err == nil && n.bad == "" && bytes.Equal(marshalled(rec), marshalled(n.rec))
}

func marshalled(r folderRecord) []byte {
	b, _ := r.marshal()
	return b
}

// readFolder reads .folder.json; without one the record is zero.
func (d *dir) readFolder() (folderRecord, error) {
	data, err := d.readFile(folderFile, maxFolderFile)
	if errors.Is(err, fs.ErrNotExist) {
		return folderRecord{}, nil
	}
	if err != nil {
		return folderRecord{}, err
	}
	rec, err := parseFolder(data, d.rel)
	if err != nil {
		return rec, fmt.Errorf("%q: %w; correct it, or restore it from a backup", d.full(folderFile), err)
	}
	return rec, nil
}

// walk finds all folders, sorted by path, and makes them the index.
func (s *Store) walk(ctx context.Context) ([]*node, error) {
	w := &walker{s: s, ctx: ctx}
	root := &node{}
	if _, err := s.top(); errors.Is(err, errMissing) {
		if s.opts.ReadOnly {
			return nil, fmt.Errorf("archive %q does not exist: make the directory, or correct the path", s.path)
		}
		root.key = rootKey()
		return s.adopt([]*node{root}), nil
	}
	if err := w.visit(root); err != nil {
		return nil, err
	}
	if root.problem != "" {
		return nil, errors.New(root.problem)
	}
	// Parents first, and the same order wherever the tree lies.
	slices.SortFunc(w.nodes, func(a, b *node) int { return strings.Compare(a.rel, b.rel) })
	s.assignKeys(w.nodes)
	for _, n := range w.nodes {
		if n.void { // its log would say nothing of its items
			n.unknown = ""
		}
	}
	w.name()
	if err := w.join(); err != nil {
		return nil, err
	}
	return s.adopt(w.nodes), nil
}

func (s *Store) adopt(nodes []*node) []*node {
	slices.SortFunc(nodes, func(a, b *node) int { return strings.Compare(a.path, b.path) })
	x := &index{map[plan.Digest]*node{}, map[string]*node{}, map[string]*node{}}
	for _, n := range nodes {
		x.add(n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index = x
	return nodes
}

// walker visits directories depth first.
type walker struct {
	s       *Store
	ctx     context.Context
	nodes   []*node // parents first
	orphans []*orphan
}

func (w *walker) visit(n *node) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	w.nodes = append(w.nodes, n)
	d, err := w.s.openDir(n.rel)
	if err != nil {
		return w.failed(n, err)
	}
	defer d.close()
	f, err := d.r.Open(".")
	if err != nil {
		return w.failed(n, err)
	}
	defer f.Close()
	n.ino, n.birth = birthOf(f)
	before, err := statFile(f)
	if err != nil {
		return w.failed(n, err)
	}
	entries, err := d.entries(f)
	if err != nil {
		return w.failed(n, err)
	}
	if now, err := d.s.openDir(n.rel); err != nil {
		return w.failed(n, err)
	} else {
		now.close()
	}
	n.class = classOfFolder(entries)
	w.readBeside(d, n, before, entries)
	for _, e := range entries {
		name := e.Name()
		if hidden(name) {
			continue
		}
		child := &node{rel: path.Join(n.rel, name), parent: n}
		switch {
		case e.IsDir() && !utf8.ValidString(name):
			child.problem = fmt.Sprintf("the name of directory %q is not UTF-8; rename it", d.full(name))
			w.nodes = append(w.nodes, child)
		case e.IsDir():
			if err := w.visit(child); err != nil {
				return err
			}
		case e.Type()&fs.ModeSymlink != 0 && !isItem(name):
			if info, err := os.Stat(d.full(name)); err == nil && info.IsDir() {
				child.problem = notRegular(d.full(name), fs.ModeSymlink).Error()
				w.nodes = append(w.nodes, child)
			}
		}
	}
	return nil
}

// entries are the directory's, with their types. A handle that comes from an os.Root looks at every entry to tell its type; one
// of the same directory that does not takes what the listing says, which is many times as fast.
func (d *dir) entries(f *os.File) ([]fs.DirEntry, error) {
	plain, err := os.Open(d.full("."))
	if err != nil {
		return f.ReadDir(-1)
	}
	defer plain.Close()
	a, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if b, err := plain.Stat(); err != nil || !os.SameFile(a, b) {
		return f.ReadDir(-1)
	}
	return plain.ReadDir(-1)
}

// failed is a directory that cannot be read: a problem of its folder, unless it went away, which leaves the walk incomplete.
func (w *walker) failed(n *node, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("directory %q vanished while the archive was read: %w", w.s.full(n.rel), err)
	}
	n.problem = fmt.Sprintf("directory %q cannot be read: %v", w.s.full(n.rel), err)
	return nil
}

// classOfFolder is the class of a folder of which nothing is said: that of its items, where they are all of one format.
func classOfFolder(entries []fs.DirEntry) string {
	var only sync.Format
	for _, e := range entries {
		f := formatOf(e.Name())
		if hidden(e.Name()) || f == "" || e.IsDir() {
			continue
		}
		if only != "" && only != f {
			return "IPF.Note"
		}
		only = f
	}
	switch only {
	case sync.ICalendar:
		return "IPF.Appointment"
	case sync.VCard:
		return "IPF.Contact"
	}
	return "IPF.Note"
}

// name gives every folder its path. Two directories may stand for one name ("a%41" and "a%2541" are both "a%41"); the
// later ones get a number.
func (w *walker) name() {
	taken := map[string]bool{}
	for _, n := range w.nodes {
		if n.parent == nil {
			continue
		}
		name := decodeName(strings.ToValidUTF8(path.Base(n.rel), "\ufffd"))
		if n.rec.Name != nil && *n.rec.Name != "" {
			name = *n.rec.Name
		}
		n.path = plan.Join(n.parent.path, name)
		for i := 2; taken[n.path]; i++ {
			n.path = plan.Join(n.parent.path, fmt.Sprintf("%s (%d)", name, i))
		}
		taken[n.path] = true
	}
}
