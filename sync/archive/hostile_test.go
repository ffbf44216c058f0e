package archive_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
)

// problem is the Problem of an item, or why there is none.
func (w *world) problem(folder, file string) string {
	for _, it := range w.items(w.must(folder)) {
		if it.ID == file {
			return it.Problem
		}
	}
	return "not listed"
}

func wantProblem(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("problem is %q, which does not say %q", got, p)
		}
	}
}

func TestSymbolicLinksAreNotFollowed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a right of their own on Windows")
	}
	w := filled(t, archive.Options{})
	outside := filepath.Join(t.TempDir(), "outside")
	write(t, filepath.Join(outside, "secret.eml"), "Subject: secret\n\n")
	must(t, os.Symlink(filepath.Join(outside, "secret.eml"), w.file("a/link.eml")))
	must(t, os.Symlink("x.eml", w.file("a/inside.eml")))
	must(t, os.Symlink(outside, w.file("linked")))
	must(t, os.Symlink("../a", w.file("b/loop")))
	wantProblem(t, w.problem("a", "link.eml"), "link.eml", "symbolic link")
	wantProblem(t, w.problem("a", "inside.eml"), "inside.eml", "symbolic link")
	for _, path := range []string{"linked", "b/loop"} {
		f := w.must(path)
		wantProblem(t, f.Problem, path, "symbolic link")
		if err := w.List(t.Context(), f, func([]plan.Item) error { return nil }); err == nil {
			t.Errorf("List of %q succeeded", path)
		}
		if r := w.Create(t.Context(), f, []sync.NewItem{{Payload: mail("new")}}); r[0].Err == nil {
			t.Errorf("Create in %q succeeded", path)
		}
	}
	for _, r := range w.Read(t.Context(), w.must("a"), w.items(w.must("a"))) {
		if r.Err == nil && strings.Contains(string(r.Payload.Data), "secret") {
			t.Error("a link out of the tree was read")
		}
	}
	// A directory that becomes a link after the walk.
	a := w.must("a")
	must(t, os.Rename(w.file("a"), w.file("was")))
	must(t, os.Symlink(outside, w.file("a")))
	w.Create(t.Context(), a, []sync.NewItem{{Payload: mail("new")}})
	// And the directory of deleted items.
	must(t, os.Symlink(outside, w.file(".deleted")))
	was := w.must("was")
	for _, err := range w.Delete(t.Context(), was, w.items(was)) {
		if err == nil {
			t.Error("Delete into a link succeeded")
		}
	}
	names, err := os.ReadDir(outside)
	must(t, err)
	if len(names) != 1 {
		t.Errorf("something was written outside: %v", names)
	}
}

func TestIDsCannotLeadOutside(t *testing.T) {
	w := filled(t, archive.Options{})
	write(t, filepath.Join(filepath.Dir(w.root), "outside.eml"), "Subject: outside\n\n")
	for _, id := range []string{"../../outside.eml", "../b/x.eml", "/etc/passwd.eml", `..\x.eml`, "..", "", ".folder.json", ".items.jsonl"} {
		it := plan.Item{ID: id}
		if r := w.Read(t.Context(), w.must("a"), []plan.Item{it}); !sync.IsGone(r[0].Err) {
			t.Errorf("Read %q: %v", id, r[0].Err)
		}
		if errs := w.Delete(t.Context(), w.must("a"), []plan.Item{it}); errs[0] != nil {
			t.Errorf("Delete %q: %v", id, errs[0])
		}
	}
	for _, name := range []string{"..", "../x", "/x", "a/../../x"} {
		f, err := w.CreateFolder(t.Context(), w.must("a"), name, "IPF.Note", plan.Stamp{})
		must(t, err)
		if err := w.List(t.Context(), f, func([]plan.Item) error { return nil }); err != nil {
			t.Error(err)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(w.root))
	must(t, err)
	if len(entries) != 2 {
		t.Errorf("something was written outside: %v", entries)
	}
}

func TestUnreadableThingsAreNamedAndTheRestGoesOn(t *testing.T) {
	w := filled(t, archive.Options{MaxItem: 1000})
	write(t, w.file("a/big.eml"), "Subject: big\n\n"+strings.Repeat("x", 2000))
	wantProblem(t, w.problem("a", "big.eml"), "big.eml", "2014", "1000")
	write(t, w.file("a/empty.eml"), "")
	write(t, w.file("a/garbage.eml"), "\x00\x01\x02\xff\xfe nothing at all")
	write(t, w.file("a/bad.ics"), "BEGIN:VCALENDAR\nnonsense\n")
	write(t, w.file("a/param.ics"), "BEGIN:VCALENDAR\nX;A=\"b\"c:d\nEND:VCALENDAR\n") // the decoder panics
	write(t, w.file("a/bad.vcf"), "nonsense")
	write(t, w.file("a/damaged.eml"), "\n\nFrom nobody\nsubject : odd\nno colon here\n\nbody")
	f := w.must("a")
	items := w.items(f)
	results := map[string]error{}
	for i, r := range w.Read(t.Context(), f, items) {
		if items[i].Problem == "" {
			results[items[i].ID] = r.Err
		}
	}
	for _, file := range []string{"empty.eml", "garbage.eml", "bad.ics", "param.ics", "bad.vcf"} {
		if err := results[file]; !sync.IsRefused(err) || !strings.Contains(err.Error(), w.file("a/"+file)) {
			t.Errorf("Read %s: %v", file, err)
		}
	}
	for _, file := range []string{"x.eml", "y.eml", "damaged.eml"} {
		if err, ok := results[file]; !ok || err != nil {
			t.Errorf("Read %s: %v, %v", file, ok, err)
		}
	}
}

func TestNoRightToRead(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("whoever runs this test may read everything")
	}
	w := filled(t, archive.Options{})
	must(t, os.Chmod(w.file("a/x.eml"), 0))
	must(t, os.Chmod(w.file("b"), 0))
	defer os.Chmod(w.file("b"), 0o777)
	wantProblem(t, w.problem("a", "x.eml"), strconv.Quote(w.file("a/x.eml")), "permission")
	if it, ok := w.stamped(w.must("a"), "x"); !ok || it.Problem == "" {
		t.Errorf("an item that cannot be read lost its stamp: %+v", it)
	}
	wantProblem(t, w.must("b").Problem, "b", "permission")
}

func TestDamagedLogIsAnErrorAndATornEndIsNot(t *testing.T) {
	w := filled(t, archive.Options{})
	log := w.file("a/.items.jsonl")
	whole, err := os.ReadFile(log)
	must(t, err)
	record, err := os.ReadFile(w.file("a/.folder.json")) // counts the lines of that log
	must(t, err)
	lines := strings.SplitAfter(string(whole), "\n")
	for name, damaged := range map[string]string{
		"a byte changed":    strings.Replace(string(whole), "mail", "Mail", 1) + "",
		"a line cut":        lines[0][:20] + "\n" + strings.Join(lines[1:], ""),
		"nonsense":          "nonsense\n" + string(whole),
		"not JSON":          lines[0] + "{\"sum\":\"00000000\"}\n" + strings.Join(lines[1:], ""),
		"a conflict marker": lines[0] + "<<<<<<< HEAD\n" + strings.Join(lines[1:], ""),
	} {
		if damaged == string(whole) {
			damaged = strings.Replace(string(whole), "text", "Text", 1)
		}
		write(t, log, damaged)
		w.Store = open(t, w.root, archive.Options{})
		f := w.must("a")
		wantProblem(t, f.Problem, log, "line")
		if err := w.List(t.Context(), f, func([]plan.Item) error { return nil }); err == nil || !strings.Contains(err.Error(), log) {
			t.Errorf("%s: List: %v", name, err)
		}
		if r := w.Create(t.Context(), f, []sync.NewItem{{Payload: mail("new")}}); r[0].Err == nil {
			t.Errorf("%s: Create succeeded", name)
		}
		if after, _ := os.ReadFile(log); string(after) != damaged {
			t.Errorf("%s: the damaged log was written to", name)
		}
	}
	for cut := 1; cut < len(lines[len(lines)-2]); cut += 7 {
		write(t, log, string(whole[:len(whole)-cut]))
		w.Store = open(t, w.root, archive.Options{})
		w.want(map[string]string{"a/x": "x", "a/y": "y", "a/z": "z"})
		w.add("a", "new")
		w.want(map[string]string{"a/x": "x", "a/y": "y", "a/z": "z", "a/new": "new"})
		must(t, os.Remove(w.file("a/new.eml")))
		write(t, w.file("a/.folder.json"), string(record))
	}
	write(t, log, strings.ReplaceAll(string(whole), "\n", "\r\n"))
	w.Store = open(t, w.root, archive.Options{})
	w.want(map[string]string{"a/x": "x", "a/y": "y", "a/z": "z"})
}

func TestDamagedFolderRecordIsAProblem(t *testing.T) {
	w := filled(t, archive.Options{})
	a := w.must("a")
	for _, text := range []string{"", "{", `{"permisions": {}}`, `{"permissions": {"Default": "Everything"}}`, `{"key": "x"}`, `{} {}`, `[]`} {
		write(t, w.file("a/.folder.json"), text)
		w.Store = open(t, w.root, archive.Options{})
		wantProblem(t, w.must("a").Problem, w.file("a/.folder.json"))
		if _, err := w.Permissions(t.Context(), w.must("a")); err == nil {
			t.Errorf("%q: Permissions succeeded", text)
		}
		if _, err := w.Folder(t.Context(), a.ID); err == nil || sync.IsGone(err) {
			t.Errorf("%q: a folder whose key cannot be read is gone: %v", text, err)
		}
	}
}

func TestPublisherIsNeverWrittenTo(t *testing.T) {
	root := filepath.Join(t.TempDir(), "org")
	prepare(t, root)
	must(t, os.Rename(filepath.Join(root, "a", "mail one.eml"), filepath.Join(root, "a", "renamed.eml")))
	state := func() (text string) {
		must(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, _ error) error {
			info, err := d.Info()
			text += fmt.Sprintln(path, info.Size(), info.ModTime(), info.Mode())
			return err
		}))
		return text
	}
	before := state()
	w := newWorld(t, root, archive.Options{ReadOnly: true, Cache: filepath.Join(t.TempDir(), "cache"),
		Hook: func(op, path string) error {
			t.Errorf("%s %s", op, path)
			return nil
		}})
	for _, sc := range scenarios {
		sc.write(w)
	}
	if lines, wrong := w.snapshot(); wrong != nil || len(lines) < 8 {
		t.Errorf("%q, %q", lines, wrong)
	}
	if r := w.Create(t.Context(), w.must("a"), []sync.NewItem{{Payload: mail("new")}}); !sync.IsDenied(r[0].Err) {
		t.Errorf("Create: %v", r[0].Err)
	}
	if after := state(); after != before {
		t.Errorf("the tree was changed:\n%s\nwas\n%s", after, before)
	}
	missing := open(t, filepath.Join(root, "missing"), archive.Options{ReadOnly: true})
	if _, err := missing.Folders(t.Context()); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("Folders of a publisher that is not there: %v", err)
	}
	if after := state(); after != before {
		t.Error("a missing publisher was made")
	}
}

func TestMissingSubscriberIsMadeByTheFirstWrite(t *testing.T) {
	root := filepath.Join(t.TempDir(), "deep", "org")
	w := newWorld(t, root, archive.Options{})
	f := w.must("")
	if items := w.items(f); len(items) != 0 {
		t.Errorf("items: %v", items)
	}
	if _, err := w.Permissions(t.Context(), f); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(root); !os.IsNotExist(err) {
		t.Fatalf("reading made the directory: %v", err)
	}
	if _, err := w.CreateFolder(t.Context(), f, "a", "IPF.Note", plan.Stamp{}); err != nil {
		t.Error(err)
	}
	if got := w.must(""); got.Key != f.Key {
		t.Errorf("the root has another key now")
	}
}

func TestLeftOversAreRemovedByTheNextWrite(t *testing.T) {
	w := filled(t, archive.Options{})
	write(t, w.file("a/.iorepl-tmp-1"), "half")
	write(t, w.file("a/.iorepl-tmp-2/.folder.json"), "{}")
	write(t, w.file("a/.iorepl-tmp-3/precious.txt"), "put here by somebody")
	w.Store = open(t, w.root, archive.Options{})
	w.add("a", "new")
	var left []string
	entries, err := os.ReadDir(w.file("a"))
	must(t, err)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".iorepl-tmp-") {
			left = append(left, e.Name())
		}
	}
	if len(left) != 1 || left[0] != ".iorepl-tmp-3" {
		t.Errorf("left: %v", left)
	}
}

func TestClockThatJumpsHidesNoEdit(t *testing.T) {
	now := time.Now()
	w := filled(t, archive.Options{Cache: filepath.Join(t.TempDir(), "cache"), Now: func() time.Time { return now }})
	for i, jump := range []time.Duration{0, 1000 * time.Hour, -1000 * time.Hour, 0} {
		now = time.Now().Add(jump)
		before := w.items(w.must("a"))
		tick(t)
		write(t, w.file("a/x.eml"), fmt.Sprintf("Subject: edit %d\n\n", i))
		after := w.items(w.must("a"))
		if after[0].Version == before[0].Version || after[1].Version != before[1].Version {
			t.Errorf("jump of %v: %v, then %v", jump, before, after)
		}
	}
}

func TestDamagedCacheIsIgnored(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	opts := archive.Options{Cache: cache, Now: func() time.Time { return time.Now().Add(time.Hour) }}
	w := filled(t, opts)
	want, _ := w.snapshot()
	files, err := filepath.Glob(filepath.Join(cache, "*"))
	must(t, err)
	if len(files) < 3 {
		t.Fatalf("the cache holds %v", files)
	}
	for _, file := range files {
		whole, err := os.ReadFile(file)
		must(t, err)
		for at := 0; at < len(whole); at += 11 {
			damaged := append([]byte(nil), whole...)
			damaged[at] ^= 0x55
			write(t, file, string(damaged))
			if got, wrong := newWorld(t, w.root, opts).snapshot(); fmt.Sprint(got) != fmt.Sprint(want) || wrong != nil {
				t.Fatalf("%s, byte %d: %v %v", file, at, got, wrong)
			}
			write(t, file, string(whole[:at]))
			if got, wrong := newWorld(t, w.root, opts).snapshot(); fmt.Sprint(got) != fmt.Sprint(want) || wrong != nil {
				t.Fatalf("%s, cut at %d: %v %v", file, at, got, wrong)
			}
		}
		must(t, os.WriteFile(file, whole, 0o666))
	}
}
