package storetest

import (
	"slices"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
)

func testRoot(t *testing.T, s *suite) {
	list, err := s.Store.Folders(t.Context())
	if err != nil || len(list) == 0 {
		t.Fatalf("Folders: %d, %v", len(list), err)
	}
	root := list[0]
	if root.Path != "" || root.Key.IsZero() || root.ID == "" || root.Problem != "" || !root.Stamp.IsZero() {
		t.Errorf("root: %+v", root)
	}
	again, err := s.Store.Folder(t.Context(), root.ID)
	if err != nil || again.Key != root.Key || again.Path != "" {
		t.Errorf("Folder of the root: %+v, %v", again, err)
	}
	marked := root
	marked.Marker = "marker-1"
	if now, err := s.Store.UpdateFolder(t.Context(), root, marked); err != nil || now.Marker != "marker-1" || now.Key != root.Key {
		t.Errorf("marking the root: %+v, %v", now, err)
	}
	if got := s.root(t); got.Marker != "marker-1" || got.Key != root.Key {
		t.Errorf("root after marking: %+v", got)
	}
	if err := s.Store.DeleteFolder(t.Context(), root); err == nil {
		t.Error("the root was deleted")
	}
}

func testFolders(t *testing.T, s *suite) {
	root := s.root(t)
	a, err := s.Store.CreateFolder(t.Context(), root, "a", "IPF.Appointment", stamp(1))
	if err != nil {
		t.Fatal(err)
	}
	if a.Path != "a" || a.Class != "IPF.Appointment" || a.Stamp != stamp(1) || a.Key.IsZero() || a.ID == "" {
		t.Errorf("CreateFolder: %+v", a)
	}
	b := s.makeFolder(t, a, "b")
	c := s.makeFolder(t, b, "c")
	d := s.makeFolder(t, root, "a-b")
	if b.Path != "a/b" || c.Path != "a/b/c" || b.Key == c.Key || b.Key == d.Key {
		t.Errorf("CreateFolder: %+v, %+v, %+v", b, c, d)
	}
	list, err := s.Store.Folders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(list, func(x, y plan.Folder) int { return strings.Compare(x.Path, y.Path) }) {
		t.Errorf("folders are not sorted: %+v", list)
	}
	for _, f := range []plan.Folder{a, b, c, d} {
		if !slices.Contains(list, f) {
			t.Errorf("Folders lacks %+v: %+v", f, list)
		}
		if got, err := s.Store.Folder(t.Context(), f.ID); err != nil || got != f {
			t.Errorf("Folder %q: %+v, %v", f.Path, got, err)
		}
	}
	if _, err := s.Store.CreateFolder(t.Context(), a, "b", "IPF.Note", stamp(2)); !sync.IsExists(err) {
		t.Errorf("CreateFolder of one that exists: %v", err)
	}
	if got := s.folders(t)["a/b"]; got != b {
		t.Errorf("after a refused CreateFolder: %+v", got)
	}
}

func testUpdateFolder(t *testing.T, s *suite) {
	root := s.root(t)
	a, other := s.makeFolder(t, root, "a"), s.makeFolder(t, root, "other")
	b := s.makeFolder(t, a, "b")
	it := s.create(t, b, sync.NewItem{Payload: message(1), Stamp: stamp(1)})[0]

	change := func(what string, from, to plan.Folder) plan.Folder {
		t.Helper()
		now, err := s.Store.UpdateFolder(t.Context(), from, to)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if now.Key != from.Key || now.Path != to.Path || now.Stamp != to.Stamp || now.Marker != to.Marker || now.Class != to.Class {
			t.Errorf("%s:\n got %+v\nwant %+v", what, now, to)
		}
		if got := s.folders(t)[to.Path]; got != now {
			t.Errorf("%s: listed as %+v, want %+v", what, got, now)
		}
		return now
	}
	to := a
	to.Stamp, to.Marker, to.Class = stamp(5), "marker", "IPF.Contact"
	a = change("stamp, marker and class", a, to)
	to = a
	to.Stamp, to.Marker = plan.Stamp{}, ""
	a = change("no stamp and no marker", a, to)
	to = a
	to.Path, to.Stamp = "renamed", stamp(6)
	a = change("rename", a, to)
	if got := s.folders(t)["renamed/b"]; got.Key != b.Key {
		t.Errorf("the folder below a renamed one: %+v", got)
	}
	// The caller may still have the folder below as it was before.
	same(t, "the item below a renamed folder", s.listed(t, b, it), it)
	to = a
	to.Path = "other/moved"
	a = change("move", a, to)
	to = a
	to.Path = "other/MOVED"
	a = change("rename in case only", a, to)
	same(t, "the item below a moved folder", s.listed(t, s.folders(t)["other/MOVED/b"], it), it)

	to = a
	to.Path = "other/MOVED/b/self"
	if _, err := s.Store.UpdateFolder(t.Context(), a, to); err == nil {
		t.Error("a folder was moved into itself")
	}
	s.makeFolder(t, root, "taken")
	to.Path = "taken"
	if _, err := s.Store.UpdateFolder(t.Context(), a, to); !sync.IsExists(err) {
		t.Errorf("renaming to a name that is taken: %v", err)
	}
	if got := s.folders(t); got["other/MOVED"].Key != a.Key || got["other"].Key != other.Key {
		t.Errorf("after refused moves: %+v", got)
	}
}

func testDeleteFolder(t *testing.T, s *suite) {
	root := s.root(t)
	a := s.makeFolder(t, root, "a")
	b := s.makeFolder(t, a, "b")
	it := s.create(t, b, sync.NewItem{Payload: message(1), Stamp: stamp(1)})[0]
	for _, f := range []plan.Folder{a, b} {
		if err := s.Store.DeleteFolder(t.Context(), f); !sync.IsConflict(err) {
			t.Errorf("DeleteFolder %q, which is not empty: %v", f.Path, err)
		}
	}
	same(t, "the item in a folder that was not deleted", s.listed(t, b, it), it)
	if errs := s.Store.Delete(t.Context(), b, []plan.Item{it}); errs[0] != nil {
		t.Fatal(errs[0])
	}
	for _, f := range []plan.Folder{b, a} {
		if err := s.Store.DeleteFolder(t.Context(), f); err != nil {
			t.Errorf("DeleteFolder %q: %v", f.Path, err)
		}
	}
	if n := len(s.folders(t)); n != 1 {
		t.Errorf("%d folders, want the root alone", n)
	}
	if again := s.makeFolder(t, root, "a"); again.Key == a.Key {
		t.Error("a new folder has the key of a deleted one")
	}
}

func testPermissions(t *testing.T, s *suite) {
	f := s.makeFolder(t, s.root(t), "a")
	old, err := s.Store.Permissions(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{plan.Default, plan.Anonymous} {
		if _, ok := old.Of(who); !ok {
			t.Errorf("there is no entry for %s: %+v", who, old)
		}
	}
	rights := func(text string) plan.Rights {
		r, err := plan.ParseRights(text)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	want := slices.Clone(old)
	for i := range want {
		if want[i].Who == plan.Default {
			want[i].Rights = rights("Reviewer")
		}
	}
	if s.Store.Account() == "" {
		want = append(want, plan.Permission{Who: "anna@fabrikam.example", Rights: rights("ReadItems+CreateItems")},
			plan.Permission{Who: "bert@fabrikam.example", Rights: rights("Owner")})
	}
	want.Sort()
	if err := s.Store.SetPermissions(t.Context(), f, old, want); err != nil {
		t.Fatalf("SetPermissions: %v", err)
	}
	got, err := s.Store.Permissions(t.Context(), f)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Permissions: %+v, %v, want %+v", got, err, want)
	}
	if err := s.Store.SetPermissions(t.Context(), f, old, old); !sync.IsConflict(err) {
		t.Errorf("SetPermissions against an old list: %v", err)
	}
	if got, _ := s.Store.Permissions(t.Context(), f); !slices.Equal(got, want) {
		t.Errorf("after a conflict: %+v", got)
	}
	child := s.makeFolder(t, f, "b")
	inherited, err := s.Store.Permissions(t.Context(), child)
	if err != nil || !s.NoInheritance && !slices.Equal(inherited, want) {
		t.Errorf("a new folder does not have its parent's permissions: %+v, %v", inherited, err)
	}
	if err := s.Store.SetPermissions(t.Context(), f, want, old); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Store.Permissions(t.Context(), child); !slices.Equal(got, inherited) {
		t.Errorf("a change of the parent changed the child: %+v", got)
	}
	if got := s.folders(t)["a"]; got != f {
		t.Errorf("permissions changed the folder: %+v, was %+v", got, f)
	}
}
