package archive_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
)

// filled is an archive with folders a and b; a holds replicas x, y and z, which say "x", "y" and "z".
func filled(t *testing.T, opts archive.Options) *world {
	t.Helper()
	w := newWorld(t, filepath.Join(t.TempDir(), "org"), opts)
	root := w.must("")
	for _, name := range []string{"a", "b"} {
		_, err := w.CreateFolder(t.Context(), root, name, "IPF.Note", stamped("folder "+name, "1"))
		must(t, err)
	}
	w.add("a", "x", "y", "z")
	return w
}

func (w *world) add(folder string, origins ...string) {
	w.t.Helper()
	for _, o := range origins {
		p := mail(o)
		p.Name = o
		if r := w.Create(w.t.Context(), w.must(folder), []sync.NewItem{{Payload: p, Stamp: stamped(o, "1")}}); r[0].Err != nil {
			w.t.Fatal(r[0].Err)
		}
	}
}

func (w *world) file(path string) string { return filepath.Join(w.root, filepath.FromSlash(path)) }

func (w *world) mv(from, to string) {
	w.t.Helper()
	tick(w.t)
	must(w.t, os.Rename(w.file(from), w.file(to)))
}

func (w *world) cp(from, to string) {
	w.t.Helper()
	tick(w.t)
	info, err := os.Stat(w.file(from))
	must(w.t, err)
	if info.IsDir() {
		must(w.t, os.CopyFS(w.file(to), os.DirFS(w.file(from))))
		return
	}
	data, err := os.ReadFile(w.file(from))
	must(w.t, err)
	write(w.t, w.file(to), string(data))
}

// stamps is the origin of each item by its path, after a walk.
func (w *world) stamps() map[string]string {
	w.t.Helper()
	folders, err := w.Folders(w.t.Context())
	must(w.t, err)
	m := map[string]string{}
	keys := map[plan.Digest]string{}
	for _, f := range folders {
		for _, it := range w.items(f) {
			where := f.Path + "/" + strings.TrimSuffix(it.ID, ".eml")
			m[where] = it.Stamp.Origin
			if old, ok := keys[it.Key]; ok {
				w.t.Errorf("%s and %s have one key", old, where)
			}
			keys[it.Key] = where
		}
	}
	return m
}

func (w *world) want(want map[string]string) {
	w.t.Helper()
	if got := w.stamps(); !maps.Equal(got, want) {
		w.t.Errorf("stamps:\n got %v\nwant %v", got, want)
	}
}

// persist makes a write in every folder, so that all is written down, and opens the archive anew.
func (w *world) persist() {
	w.t.Helper()
	folders, err := w.Folders(w.t.Context())
	must(w.t, err)
	for _, f := range folders {
		for _, err := range w.Delete(w.t.Context(), f, []plan.Item{{ID: "none.eml"}}) {
			must(w.t, err)
		}
	}
	must(w.t, w.Close())
	w.Store = open(w.t, w.root, archive.Options{})
}

func TestFilesMovedByHandKeepTheirStamps(t *testing.T) {
	tests := []struct {
		name string
		do   func(w *world)
		want map[string]string
	}{
		{"rename", func(w *world) { w.mv("a/x.eml", "a/new.eml") },
			map[string]string{"a/new": "x", "a/y": "y", "a/z": "z"}},
		{"move", func(w *world) { w.mv("a/x.eml", "b/x.eml") },
			map[string]string{"b/x": "x", "a/y": "y", "a/z": "z"}},
		{"move into a folder of the user's", func(w *world) {
			must(w.t, os.Mkdir(w.file("c"), 0o777))
			w.mv("a/x.eml", "c/y.eml")
		}, map[string]string{"c/y": "x", "a/y": "y", "a/z": "z"}},
		{"copy", func(w *world) { w.cp("a/x.eml", "b/x.eml") },
			map[string]string{"a/x": "x", "b/x": "", "a/y": "y", "a/z": "z"}},
		{"copy in the folder", func(w *world) { w.cp("a/x.eml", "a/x copy.eml") },
			map[string]string{"a/x": "x", "a/x copy": "", "a/y": "y", "a/z": "z"}},
		{"move, and a copy", func(w *world) { w.cp("a/x.eml", "b/x.eml"); w.mv("a/x.eml", "a/new.eml") },
			map[string]string{"a/new": "x", "b/x": "", "a/y": "y", "a/z": "z"}},
		{"remove", func(w *world) { must(w.t, os.Remove(w.file("a/x.eml"))) },
			map[string]string{"a/y": "y", "a/z": "z"}},
		{"rename of one that says the same as another", func(w *world) {
			w.add("a", "twin")
			w.cp("a/x.eml", "a/twin.eml") // an edit that happens to say what x says
			w.persist()
			w.mv("a/x.eml", "b/x2.eml")
		}, map[string]string{"b/x2": "x", "a/twin": "twin", "a/y": "y", "a/z": "z"}},
		{"edit and rename", func(w *world) {
			must(w.t, os.Remove(w.file("a/x.eml")))
			write(w.t, w.file("a/other.eml"), "Subject: other\n\n")
		}, map[string]string{"a/other": "", "a/y": "y", "a/z": "z"}},
		{"swap", func(w *world) {
			w.mv("a/x.eml", "tmp")
			w.mv("a/y.eml", "a/x.eml")
			w.mv("tmp", "a/y.eml")
		}, map[string]string{"a/x": "x", "a/y": "y", "a/z": "z"}},
		{"rename, then a new file of the old name", func(w *world) {
			w.mv("a/x.eml", "b/moved.eml")
			w.stamps()
			w.persist()
			write(w.t, w.file("a/x.eml"), "Subject: quite new\n\n")
		}, map[string]string{"b/moved": "x", "a/x": "", "a/y": "y", "a/z": "z"}},
		{"copy of a directory", func(w *world) { w.cp("a", "copy") },
			map[string]string{"a/x": "x", "a/y": "y", "a/z": "z", "copy/x": "", "copy/y": "", "copy/z": ""}},
		{"copy of a directory that sorts before it", func(w *world) { w.cp("a", "A copy") },
			map[string]string{"a/x": "x", "a/y": "y", "a/z": "z", "A copy/x": "", "A copy/y": "", "A copy/z": ""}},
		{"rename of a directory", func(w *world) { w.mv("a", "c") },
			map[string]string{"c/x": "x", "c/y": "y", "c/z": "z"}},
		{"directory into another", func(w *world) { w.mv("a", "b/a") },
			map[string]string{"b/a/x": "x", "b/a/y": "y", "b/a/z": "z"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			opts := archive.Options{Cache: filepath.Join(t.TempDir(), "cache"), Now: func() time.Time { return time.Now().Add(time.Hour) }}
			w := filled(t, opts)
			w.stamps()
			test.do(w)
			w.want(test.want)
			w.want(test.want)
			must(t, w.Close())
			opts.ReadOnly = true
			w.Store = open(t, w.root, opts)
			w.want(test.want)
			w.Store = open(t, w.root, archive.Options{ReadOnly: true})
			w.want(test.want)
			w.Store = open(t, w.root, archive.Options{})
			w.persist()
			w.want(test.want)
			w.persist()
			w.want(test.want)
		})
	}
}

func TestFilesWithABackslashInTheirNameAreRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a backslash separates names on Windows")
	}
	w := filled(t, archive.Options{})
	write(t, w.file(`a/back\slash.eml`), "Subject: back\n\n")
	items := w.items(w.must("a"))
	for i, r := range w.Read(t.Context(), w.must("a"), items) {
		if r.Err != nil {
			t.Errorf("%s: %v", items[i].ID, r.Err)
		}
	}
}

func TestEditedFileKeepsStampAndChangesVersion(t *testing.T) {
	for _, touch := range []bool{true, false} {
		cache := filepath.Join(t.TempDir(), "cache")
		w := filled(t, archive.Options{Cache: cache, Now: func() time.Time { return time.Now().Add(time.Hour) }})
		before := w.items(w.must("a"))[0]
		w.items(w.must("a"))
		info, err := os.Stat(w.file("a/x.eml"))
		must(t, err)
		data, err := os.ReadFile(w.file("a/x.eml"))
		must(t, err)
		tick(t)
		write(t, w.file("a/x.eml"), strings.Replace(string(data), "x", "X", 1)) // of the same size
		if !touch {
			must(t, os.Chtimes(w.file("a/x.eml"), info.ModTime(), info.ModTime()))
		}
		after := w.items(w.must("a"))[0]
		if after.Key != before.Key || after.Stamp != before.Stamp || after.Version == before.Version {
			t.Errorf("an edited file:\n got %+v\n was %+v", after, before)
		}
	}
}

// TestCopiesOfATreeAreTheSame: a checkout or a copy gives new inodes and times, and changes nothing that a plan looks at.
func TestCopiesOfATreeAreTheSame(t *testing.T) {
	root := filepath.Join(t.TempDir(), "org")
	prepare(t, root)
	type seen struct {
		Key, Version plan.Digest
		Stamp        plan.Stamp
	}
	look := func(root string) map[string]seen {
		w := newWorld(t, root, archive.Options{ReadOnly: true})
		m := map[string]seen{}
		folders, err := w.Folders(t.Context())
		must(t, err)
		for _, f := range folders {
			m[f.Path] = seen{Key: f.Key, Stamp: f.Stamp}
			for _, it := range w.items(f) {
				m[f.Path+"/"+it.ID] = seen{it.Key, it.Version, it.Stamp}
			}
		}
		return m
	}
	if a, b := look(root), look(copyTree(t, root)); !maps.Equal(a, b) || len(a) < 8 {
		t.Errorf("a copy differs:\n%v\n%v", a, b)
	}
}

func TestDirectoryRenamedByHandIsTheSameFolder(t *testing.T) {
	root := filepath.Join(t.TempDir(), "org")
	write(t, filepath.Join(root, "a", "x.eml"), "Subject: x\n\n")
	write(t, filepath.Join(root, "a", "sub", "y.eml"), "Subject: y\n\n")
	opts := archive.Options{ReadOnly: true, Cache: filepath.Join(t.TempDir(), "cache")}
	w := newWorld(t, root, opts)
	a, sub := w.must("a"), w.must("a/sub")
	x := w.items(a)[0]
	w.mv("a", "renamed")
	must(t, os.Mkdir(w.file("a"), 0o777))
	w.Store = open(t, root, opts)
	if !archive.KnowsBirth(root) {
		t.Skip("this file system does not tell when a directory was made")
	}
	if got := w.must("renamed"); got.Key != a.Key {
		t.Errorf("a renamed folder has another key")
	}
	if got := w.must("renamed/sub"); got.Key != sub.Key {
		t.Errorf("the folder below a renamed one has another key")
	}
	if got := w.must("a"); got.Key == a.Key {
		t.Errorf("a new folder has the key of one that was renamed")
	}
	if got := w.items(w.must("renamed"))[0]; got.Key != x.Key {
		t.Errorf("an item in a renamed folder has another key")
	}
	if got, err := w.Folder(t.Context(), a.ID); err != nil || got.Path != "renamed" {
		t.Errorf("Folder of a renamed one: %+v, %v", got, err)
	}
	// A directory that was made anew, as by a checkout, is the one that was there before.
	must(t, os.RemoveAll(w.file("renamed")))
	write(t, w.file("renamed/x.eml"), "Subject: x\n\n")
	if got := w.must("renamed"); got.Key != a.Key {
		t.Errorf("a folder made anew has another key")
	}
}

func TestCopiedFolderBecomesItsOwnWhenItIsWritten(t *testing.T) {
	w := filled(t, archive.Options{})
	w.cp("a", "copy")
	c := w.must("copy")
	if !c.Stamp.IsZero() || c.Key == w.must("a").Key {
		t.Errorf("a copied folder: %+v", c)
	}
	w.add("copy", "new")
	want := map[string]string{"a/x": "x", "a/y": "y", "a/z": "z", "copy/x": "", "copy/y": "", "copy/z": "", "copy/new": "new"}
	w.want(want)
	if now := w.must("copy"); now.Key != c.Key || !now.Stamp.IsZero() {
		t.Errorf("a copied folder after a write: %+v, was %+v", now, c)
	}
	must(t, os.RemoveAll(w.file("a")))
	for k := range want {
		if strings.HasPrefix(k, "a/") {
			delete(want, k)
		}
	}
	w.persist()
	w.want(want)
}

func TestFoldersOfThePeople(t *testing.T) {
	root := filepath.Join(t.TempDir(), "org")
	write(t, filepath.Join(root, "cal", "a.ics"), "BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR\n")
	write(t, filepath.Join(root, "people", "a.VCF"), "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:a\nEND:VCARD\n")
	write(t, filepath.Join(root, "people", "b.vcf"), "BEGIN:VCARD\nVERSION:4.0\nFN:b\nEND:VCARD\n")
	write(t, filepath.Join(root, "fb", "a.ifb"), "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nEND:VFREEBUSY\nEND:VCALENDAR\n")
	write(t, filepath.Join(root, "mixed", "a.eml"), "Subject: a\n\n")
	write(t, filepath.Join(root, "mixed", "a.ics"), "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n")
	write(t, filepath.Join(root, "mixed", "notes.txt"), "not an item")
	write(t, filepath.Join(root, "mixed", ".hidden.eml"), "Subject: hidden\n\n")
	write(t, filepath.Join(root, ".git", "a.eml"), "Subject: hidden\n\n")
	write(t, filepath.Join(root, "mixed", "dir.eml", "a.eml"), "Subject: in a folder\n\n")
	write(t, filepath.Join(root, "told", ".folder.json"), "\xef\xbb\xbf"+`{"class": "IPF.Task",
		"permissions": {"default": "reviewer", "Anna@Contoso.example": "Owner"}}`)
	w := newWorld(t, root, archive.Options{ReadOnly: true})
	var got []string
	folders, err := w.Folders(t.Context())
	must(t, err)
	for _, f := range folders {
		got = append(got, f.Path+" "+f.Class)
		for _, it := range w.items(f) {
			got = append(got, fmt.Sprint("  ", it.ID, " ", it.Class))
		}
	}
	want := []string{" IPF.Note", "cal IPF.Appointment", "  a.ics IPM.Task", "fb IPF.Note", "  a.ifb IPM.Microsoft.ScheduleData.FreeBusy",
		"mixed IPF.Note", "  a.eml IPM.Note", "  a.ics IPM.Appointment", "mixed/dir.eml IPF.Note", "  a.eml IPM.Note",
		"people IPF.Contact", "  a.VCF IPM.DistList", "  b.vcf IPM.Contact", "told IPF.Task"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	perms, err := w.Permissions(t.Context(), w.must("told"))
	must(t, err)
	if text := fmt.Sprint(perms); text != "[{Default Reviewer} {Anonymous None} {anna@contoso.example Owner}]" {
		t.Errorf("permissions: %s", text)
	}
}

func TestDeletedItemsCanBeTakenBack(t *testing.T) {
	w := filled(t, archive.Options{})
	for range 2 {
		it, _ := w.stamped(w.must("a"), "x")
		for _, err := range w.Delete(t.Context(), w.must("a"), []plan.Item{it}) {
			must(t, err)
		}
		w.add("a", "x")
	}
	w.want(map[string]string{"a/x": "x", "a/y": "y", "a/z": "z"})
	w.mv(".deleted/a/x (2).eml", "b/back.eml")
	w.mv(".deleted/a/x.eml", "a/back.eml")
	w.want(map[string]string{"a/x": "x", "a/y": "y", "a/z": "z", "b/back": "", "a/back": ""})
	w.persist()
	w.want(map[string]string{"a/x": "x", "a/y": "y", "a/z": "z", "b/back": "", "a/back": ""})
}

func TestOtherFilesKeepAFolder(t *testing.T) {
	w := filled(t, archive.Options{})
	write(t, w.file("b/notes.txt"), "mine")
	if err := w.DeleteFolder(t.Context(), w.must("b")); !sync.IsConflict(err) || !strings.Contains(fmt.Sprint(err), "notes.txt") {
		t.Errorf("DeleteFolder: %v", err)
	}
	must(t, os.Remove(w.file("b/notes.txt")))
	write(t, w.file("b/.DS_Store"), "")
	write(t, w.file("b/Thumbs.db"), "")
	must(t, w.DeleteFolder(t.Context(), w.must("b")))
	if _, err := os.Stat(w.file("b")); !os.IsNotExist(err) {
		t.Errorf("the directory is still there: %v", err)
	}
}

// TestJoinedOnceOnly: a renamed file was written down in its new folder, and the program killed before the old folder's entry was
// void. A copy of the file that is made later is a copy.
func TestJoinedOnceOnly(t *testing.T) {
	w := filled(t, archive.Options{})
	w.mv("a/x.eml", "b/moved.eml")
	old := w.file("a/.items.jsonl")
	w.Store = open(t, w.root, archive.Options{Hook: func(op, path string) error {
		if path == old {
			return errKilled
		}
		return nil
	}})
	w.add("b", "new")
	w.Store = open(t, w.root, archive.Options{})
	w.cp("b/moved.eml", "b/copy.eml")
	want := map[string]string{"b/moved": "x", "b/copy": "", "b/new": "new", "a/y": "y", "a/z": "z"}
	w.want(want)
	w.persist()
	w.want(want)
}

func TestKeysOutlastTheRenameOfAFolderAbove(t *testing.T) {
	w := filled(t, archive.Options{})
	write(t, w.file("a/mine/deep/one.eml"), "Subject: one\n\n")
	mine, deep := w.must("a/mine"), w.must("a/mine/deep")
	one := w.items(deep)[0]
	to := w.must("a")
	to.Path = "c"
	_, err := w.UpdateFolder(t.Context(), w.must("a"), to)
	must(t, err)
	w.Store = open(t, w.root, archive.Options{})
	if w.must("c/mine").Key != mine.Key || w.must("c/mine/deep").Key != deep.Key || w.items(w.must("c/mine/deep"))[0].Key != one.Key {
		t.Error("a folder or item below has another key")
	}
}

// TestEditDuringAWriteIsKept: a person writes to the file between the moment when the store looked at it and the rename.
func TestEditDuringAWriteIsKept(t *testing.T) {
	for _, kind := range []string{"update", "move", "delete"} {
		w := filled(t, archive.Options{})
		f, to := w.must("a"), w.must("b")
		it, _ := w.stamped(f, "x")
		edited := false
		w.Store = open(t, w.root, archive.Options{Hook: func(op, path string) error {
			if op == "after:append" && !edited {
				edited = true
				write(t, w.file("a/x.eml"), "Subject: edited\n\n")
			}
			return nil
		}})
		var err error
		switch p := mail("changed"); kind {
		case "update":
			err = w.Update(t.Context(), f, []sync.ItemUpdate{{Item: it, Payload: &p, Stamp: stamped("x", "2")}})[0].Err
		case "move":
			err = w.Move(t.Context(), f, to, []sync.ItemMove{{Item: it, Stamp: stamped("x", "2")}})[0].Err
		case "delete":
			err = w.Delete(t.Context(), f, []plan.Item{it})[0]
		}
		if !edited || !sync.IsConflict(err) {
			t.Errorf("%s: %v", kind, err)
		}
		data, err := os.ReadFile(w.file("a/x.eml"))
		if err != nil || string(data) != "Subject: edited\n\n" {
			t.Errorf("%s: the edit is lost: %q, %v", kind, data, err)
		}
		if now, ok := w.stamped(f, "x"); !ok || now.Key != it.Key || now.Stamp != it.Stamp {
			t.Errorf("%s: the edited item: %+v", kind, now)
		}
		if left := w.items(to); len(left) != 0 {
			t.Errorf("%s: %+v", kind, left)
		}
	}
}

// TestAClassThatItemsTellIsNotWrittenDown: while a folder fills, what tells its class changes, and who stamps it goes by an earlier look.
func TestAClassThatItemsTellIsNotWrittenDown(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "org"), archive.Options{})
	write(t, w.file("Team/meeting.ics"), "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
	before := w.must("Team")
	w.add("Team", "x")
	if before.Class != "IPF.Appointment" || w.must("Team").Class != "IPF.Note" {
		t.Fatalf("the class was %s and is %s", before.Class, w.must("Team").Class)
	}
	to := before
	to.Stamp = stamped("folder Team", "1")
	now, err := w.UpdateFolder(t.Context(), before, to)
	must(t, err)
	if now.Class != "IPF.Note" || w.must("Team").Class != "IPF.Note" {
		t.Errorf("stamped, it is %s", now.Class)
	}
}
