package archive_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
)

// world is an archive with what the tests ask of it again and again.
type world struct {
	t    testing.TB
	root string
	*archive.Store
}

func newWorld(t testing.TB, root string, opts archive.Options) *world {
	return &world{t, root, open(t, root, opts)}
}

func (w *world) folder(path string) (plan.Folder, bool) {
	folders, err := w.Folders(w.t.Context())
	if err != nil {
		return plan.Folder{}, false
	}
	i := slices.IndexFunc(folders, func(f plan.Folder) bool { return f.Path == path })
	if i < 0 {
		return plan.Folder{}, false
	}
	return folders[i], true
}

func (w *world) must(path string) plan.Folder {
	w.t.Helper()
	f, ok := w.folder(path)
	if !ok {
		w.t.Fatalf("there is no folder %q", path)
	}
	return f
}

// items are those of a folder, sorted by name; none on an error.
func (w *world) items(f plan.Folder) []plan.Item {
	var all []plan.Item
	err := w.List(w.t.Context(), f, func(p []plan.Item) error {
		all = append(all, p...)
		return nil
	})
	if err != nil {
		return nil
	}
	slices.SortFunc(all, func(a, b plan.Item) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func (w *world) stamped(f plan.Folder, origin string) (plan.Item, bool) {
	for _, it := range w.items(f) {
		if it.Stamp.Origin == origin {
			return it, true
		}
	}
	return plan.Item{}, false
}

func mail(text string) sync.Payload {
	return sync.Payload{Class: "IPM.Post", Name: "mail " + text, Format: sync.MIME, Data: []byte("Subject: " + text + "\n\n" + text + "\n"),
		Properties: map[string]string{"text": text}}
}

func stamped(origin, version string) plan.Stamp { return plan.Stamp{Origin: origin, Version: version} }

// snapshot is a line for each thing in the archive, without keys that are drawn at random, and what is wrong with it.
func (w *world) snapshot() (lines, wrong []string) {
	w.t.Helper()
	ctx := w.t.Context()
	folders, err := w.Folders(ctx)
	if err != nil {
		return nil, []string{err.Error()}
	}
	keys, stamps := map[plan.Digest]string{}, map[string]string{}
	for _, f := range folders {
		perms, err := w.Permissions(ctx, f)
		if err != nil || f.Problem != "" {
			wrong = append(wrong, fmt.Sprintf("folder %q: %v, %s", f.Path, err, f.Problem))
		}
		lines = append(lines, fmt.Sprintf("folder %q %s %v %q %v", f.Path, f.Class, f.Stamp, f.Marker, perms))
		items, count := []plan.Item(nil), 0
		if err := w.List(ctx, f, func(p []plan.Item) error {
			items = append(items, p...)
			return nil
		}); err != nil {
			wrong = append(wrong, err.Error())
		}
		for _, it := range items {
			count++
			where := f.Path + "/" + it.ID
			if old, ok := keys[it.Key]; ok {
				wrong = append(wrong, fmt.Sprintf("%s and %s have one key", old, where))
			}
			keys[it.Key] = where
			if o := it.Stamp.Origin; o != "" {
				if old, ok := stamps[o]; ok {
					wrong = append(wrong, fmt.Sprintf("%s and %s have one stamp", old, where))
				}
				stamps[o] = where
			}
			r := w.Read(ctx, f, []plan.Item{it})[0]
			if r.Err != nil {
				wrong = append(wrong, r.Err.Error())
			}
			lines = append(lines, fmt.Sprintf("item %s %s %q %v %v %q", f.Path, it.Class, it.Name, it.Stamp, r.Payload.Properties, r.Payload.Data))
		}
	}
	slices.Sort(lines)
	return lines, wrong
}

// scenarios are writes that look first at what there is to do, as the program does, so that they can be repeated.
var scenarios = []struct {
	name  string
	write func(w *world)
}{
	{"create", func(w *world) {
		f := w.must("a")
		for _, o := range []string{"new1", "new2"} {
			if _, ok := w.stamped(f, o); !ok {
				w.Create(w.t.Context(), f, []sync.NewItem{{Payload: mail("new"), Stamp: stamped(o, "1")}})
			}
		}
	}},
	{"create several", func(w *world) {
		f := w.must("a")
		var items []sync.NewItem
		for _, o := range []string{"new1", "new2", "new3"} {
			if _, ok := w.stamped(f, o); !ok {
				items = append(items, sync.NewItem{Payload: mail(o), Stamp: stamped(o, "1")})
			}
		}
		w.Create(w.t.Context(), f, items)
	}},
	{"create in a user's folder", func(w *world) {
		f := w.must("users")
		if _, ok := w.stamped(f, "new"); !ok {
			w.Create(w.t.Context(), f, []sync.NewItem{{Payload: mail("new"), Stamp: stamped("new", "1")}})
		}
	}},
	{"update", func(w *world) {
		f := w.must("a")
		var ups []sync.ItemUpdate
		for _, o := range []string{"one", "two"} {
			if it, ok := w.stamped(f, o); ok && it.Stamp.Version != "2" {
				p := mail("changed " + o)
				p.Name = it.Name
				ups = append(ups, sync.ItemUpdate{Item: it, Payload: &p, Stamp: stamped(o, "2")})
			}
		}
		w.Update(w.t.Context(), f, ups)
	}},
	{"new stamp", func(w *world) {
		f := w.must("a")
		if it, ok := w.stamped(f, "one"); ok && it.Stamp.Version != "2" {
			w.Update(w.t.Context(), f, []sync.ItemUpdate{{Item: it, Stamp: stamped("one", "2")}})
		}
	}},
	{"mark a user's item", func(w *world) {
		f := w.must("users")
		for _, it := range w.items(f) {
			if it.Name == "mine" && it.Stamp.Mark == "" {
				p := mail("mine, changed")
				p.Name = it.Name
				w.Update(w.t.Context(), f, []sync.ItemUpdate{{Item: it, Payload: &p, Stamp: plan.Stamp{Mark: "m"}}})
			}
		}
	}},
	{"move", func(w *world) {
		f, to := w.must("a"), w.must("a/b")
		var moves []sync.ItemMove
		for _, o := range []string{"one", "two"} {
			if it, ok := w.stamped(f, o); ok {
				moves = append(moves, sync.ItemMove{Item: it, Stamp: stamped(o, "moved")})
			}
		}
		w.Move(w.t.Context(), f, to, moves)
	}},
	{"recycle", func(w *world) { // the stamp is lost with the move
		f, to := w.must("a"), w.must("users")
		if it, ok := w.stamped(f, "one"); ok {
			w.Move(w.t.Context(), f, to, []sync.ItemMove{{Item: it}})
		}
	}},
	{"move a user's item", func(w *world) {
		f, to := w.must("users"), w.must("a")
		for _, it := range w.items(f) {
			if it.Name == "mine" {
				w.Move(w.t.Context(), f, to, []sync.ItemMove{{Item: it}})
			}
		}
	}},
	{"delete", func(w *world) {
		f := w.must("a")
		var items []plan.Item
		for _, o := range []string{"one", "two"} {
			if it, ok := w.stamped(f, o); ok {
				items = append(items, it)
			}
		}
		w.Delete(w.t.Context(), f, items)
	}},
	{"create folder", func(w *world) {
		if _, ok := w.folder("a/new: 1"); !ok {
			w.CreateFolder(w.t.Context(), w.must("a"), "new: 1", "IPF.Contact", stamped("folder", "1"))
		}
	}},
	{"restamp folder", func(w *world) {
		f := w.must("users")
		to := f
		to.Stamp, to.Marker, to.Class = stamped("linked", "1"), "marker", "IPF.Contact"
		if f != to {
			w.UpdateFolder(w.t.Context(), f, to)
		}
	}},
	{"rename folder", func(w *world) {
		if f, ok := w.folder("a"); ok {
			to := f
			to.Path, to.Stamp = "z: renamed", stamped("renamed", "2")
			w.UpdateFolder(w.t.Context(), f, to)
		}
	}},
	{"rename a user's folder", func(w *world) {
		if f, ok := w.folder("users"); ok {
			to := f
			to.Path = "people"
			w.UpdateFolder(w.t.Context(), f, to)
		}
	}},
	{"move folder", func(w *world) {
		if f, ok := w.folder("a/b"); ok {
			to := f
			to.Path = "users/B"
			w.UpdateFolder(w.t.Context(), f, to)
		}
	}},
	{"delete folder", func(w *world) {
		if f, ok := w.folder("a/empty"); ok {
			w.DeleteFolder(w.t.Context(), f)
		}
	}},
	{"permissions", func(w *world) {
		f := w.must("users")
		want := plan.Permissions{{Who: plan.Default}, {Who: plan.Anonymous}, {Who: "anna@contoso.example", Rights: 1}}
		old, err := w.Permissions(w.t.Context(), f)
		if err == nil && !slices.Equal(old, want) {
			w.SetPermissions(w.t.Context(), f, old, want)
		}
	}},
}

// prepare fills an archive for the scenarios.
func prepare(t testing.TB, root string) {
	w := newWorld(t, root, archive.Options{})
	ctx := t.Context()
	rootFolder := w.must("")
	a, err := w.CreateFolder(ctx, rootFolder, "a", "IPF.Note", stamped("a", "1"))
	must(t, err)
	b, err := w.CreateFolder(ctx, a, "b", "IPF.Note", stamped("b", "1"))
	must(t, err)
	_, err = w.CreateFolder(ctx, a, "empty", "IPF.Note", stamped("empty", "1"))
	must(t, err)
	for i, r := range append(w.Create(ctx, a, []sync.NewItem{{Payload: mail("one"), Stamp: stamped("one", "1")},
		{Payload: mail("two"), Stamp: stamped("two", "1")}}),
		w.Create(ctx, b, []sync.NewItem{{Payload: mail("three"), Stamp: stamped("three", "1")}})...) {
		if r.Err != nil {
			t.Fatalf("%d: %v", i, r.Err)
		}
	}
	write(t, filepath.Join(root, "users", "mine.eml"), "Subject: mine\n\nmine\n")
	write(t, filepath.Join(root, "users", "copy.eml"), string(mail("one").Data)) // must not be taken for a replica that left
	write(t, filepath.Join(root, "users", "deep", "deeper.eml"), "Subject: deeper\n\ndeeper\n")
	must(t, w.Close())
}

var errKilled = errors.New("killed")

// TestKilledAnywhere stops each write before and after each call that changes the file system, and also lets each such call fail
// alone. Afterwards each thing is as it was or as it should be, and the same write once more leads to the same end
// as if nothing had happened.
func TestKilledAnywhere(t *testing.T) {
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			template := filepath.Join(t.TempDir(), "template")
			prepare(t, template)
			old, wrong := newWorld(t, template, archive.Options{}).snapshot()
			if wrong != nil {
				t.Fatal(wrong)
			}

			root := copyTree(t, template)
			calls := 0
			w := newWorld(t, root, archive.Options{Hook: func(op, path string) error {
				calls++
				return nil
			}})
			sc.write(w)
			want, wrong := newWorld(t, root, archive.Options{}).snapshot()
			if wrong != nil {
				t.Fatal(wrong)
			}
			if cmp.Equal(old, want) || calls == 0 {
				t.Fatal("the scenario does nothing")
			}

			for n := range calls {
				for _, once := range []bool{false, true} {
					at := fmt.Sprintf("call %d of %d, once %v", n, calls, once)
					root := copyTree(t, template)
					call := 0
					w := newWorld(t, root, archive.Options{Hook: func(op, path string) error {
						call++
						if call == n+1 {
							at += ", " + op + " " + strings.TrimPrefix(path, root)
						}
						if call == n+1 || call > n && !once {
							return errKilled
						}
						return nil
					}})
					sc.write(w)
					got, wrong := newWorld(t, root, archive.Options{}).snapshot()
					for _, line := range wrong {
						t.Errorf("%s: %s", at, line)
					}
					for _, line := range got {
						if !slices.Contains(old, line) && !slices.Contains(want, line) {
							t.Errorf("%s: neither old nor new: %s", at, line)
						}
					}
					for _, line := range old {
						if slices.Contains(want, line) && !slices.Contains(got, line) {
							t.Errorf("%s: lost: %s", at, line)
						}
					}
					if len(got) < min(len(old), len(want)) || len(got) > max(len(old), len(want)) {
						t.Errorf("%s: %d things, had %d, want %d", at, len(got), len(old), len(want))
					}
					if once {
						call = calls * 1000 // the same store goes on
						sc.write(w)
					} else {
						sc.write(newWorld(t, root, archive.Options{}))
					}
					got, wrong = newWorld(t, root, archive.Options{}).snapshot()
					if diff := cmp.Diff(want, got); diff != "" || wrong != nil {
						t.Errorf("%s: once more: %v\n%s", at, wrong, diff)
					}
					must(t, os.RemoveAll(root))
					if t.Failed() {
						t.FailNow()
					}
				}
			}
		})
	}
}

func copyTree(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "tree")
	must(t, os.CopyFS(to, os.DirFS(from)))
	return to
}
