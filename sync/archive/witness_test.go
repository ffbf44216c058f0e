package archive_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
)

func TestALostLogIsAProblemOfItsFolderAlone(t *testing.T) {
	for name, lose := range map[string]func(file string, whole []byte) error{
		"missing":       func(file string, _ []byte) error { return os.Remove(file) },
		"empty":         func(file string, _ []byte) error { return os.WriteFile(file, nil, 0o666) },
		"cut":           func(file string, whole []byte) error { return os.WriteFile(file, whole[:len(whole)/3], 0o666) },
		"its start cut": func(file string, whole []byte) error { return os.WriteFile(file, whole[len(whole)/3:], 0o666) },
	} {
		for _, opts := range []archive.Options{{}, {Cache: filepath.Join(t.TempDir(), "cache"), Now: func() time.Time { return time.Now().Add(time.Hour) }}} {
			t.Run(name, func(t *testing.T) {
				w := filled(t, opts)
				w.add("b", "q")
				w.want(map[string]string{"a/x": "x", "a/y": "y", "a/z": "z", "b/q": "q"})
				log := w.file("a/.items.jsonl")
				whole, err := os.ReadFile(log)
				must(t, err)
				must(t, lose(log, whole))
				damaged, _ := os.ReadFile(log)
				check := func() {
					t.Helper()
					f := w.must("a")
					wantProblem(t, f.Problem, log, "restore it from a backup", "--adopt")
					if err := w.List(t.Context(), f, func([]plan.Item) error { return nil }); err == nil || !strings.Contains(err.Error(), log) {
						t.Errorf("List: %v", err)
					}
					if r := w.Create(t.Context(), f, []sync.NewItem{{Payload: mail("new")}}); r[0].Err == nil {
						t.Error("Create succeeded")
					}
					if r := w.Move(t.Context(), w.must("b"), f, []sync.ItemMove{{Item: w.items(w.must("b"))[0]}}); r[0].Err == nil {
						t.Error("Move succeeded")
					}
					if after, _ := os.ReadFile(log); string(after) != string(damaged) {
						t.Error("the damaged log was written to")
					}
					w.want(map[string]string{"b/q": "q"})
				}
				check() // the store looked at the folder before
				w.Store = open(t, w.root, opts)
				check()
				f := w.must("a")
				to := f
				to.Marker = "marker"
				if _, err := w.UpdateFolder(t.Context(), f, to); err != nil {
					t.Errorf("what the record says cannot be written: %v", err)
				}
				check()
				if name == "its start cut" { // that line is no entry
					return
				}
				record, err := os.ReadFile(w.file("a/.folder.json"))
				must(t, err)
				write(t, w.file("a/.folder.json"), regexp.MustCompile(`"items": \d+`).ReplaceAllString(string(record), `"items": 0`))
				if p := w.must("a").Problem; p != "" {
					t.Errorf("with a count of 0: %s", p)
				}
				must(t, os.WriteFile(log, whole, 0o666))
				w.persist()
				w.want(map[string]string{"a/x": "x", "a/y": "y", "a/z": "z", "b/q": "q"})
			})
		}
	}
}

func TestALostRecordIsAProblem(t *testing.T) {
	w := filled(t, archive.Options{Cache: filepath.Join(t.TempDir(), "cache")})
	w.stamps()
	must(t, os.Remove(w.file("a/.folder.json")))
	wantProblem(t, w.must("a").Problem, w.file("a/.folder.json"), w.file("a/.items.jsonl"), "restore it from a backup")
	must(t, os.Remove(w.file("a/.items.jsonl")))
	w.want(map[string]string{"a/x": "", "a/y": "", "a/z": ""})
}

func TestACopyWithoutItsLogBelongsToItsUsers(t *testing.T) {
	w := filled(t, archive.Options{})
	w.cp("a", "copy")
	must(t, os.Remove(w.file("copy/.items.jsonl")))
	want := map[string]string{"a/x": "x", "a/y": "y", "a/z": "z", "copy/x": "", "copy/y": "", "copy/z": ""}
	w.want(want)
	w.persist()
	w.want(want)
}

// TestTheCountIsNeverTooHigh kills a write that compacts the log, one that makes a copied folder its own, and a log that is made and grows, at each
// call, and lets each call fail alone. However they end, no log counts as lost.
func TestTheCountIsNeverTooHigh(t *testing.T) {
	restamp := func(w *world, times int) {
		for n := range times {
			if it, ok := w.stamped(w.must("a"), "x"); ok {
				w.Update(w.t.Context(), w.must("a"), []sync.ItemUpdate{{Item: it, Stamp: stamped("x", fmt.Sprint(n+2))}})
			}
		}
	}
	for _, test := range []struct {
		name  string
		start func(w *world)
		write func(w *world)
		then  func(w *world)
	}{
		{"compact", func(w *world) { restamp(w, 40) }, func(w *world) { restamp(w, 1) }, func(*world) {}},
		{"own a copy", func(w *world) { w.cp("a", "copy") }, func(w *world) {
			w.Create(w.t.Context(), w.must("copy"), []sync.NewItem{{Payload: mail("new"), Stamp: stamped("new", "1")}})
		}, func(w *world) { must(w.t, os.RemoveAll(w.file("a"))) }},
		{"grow", func(*world) {}, func(w *world) {
			for n := range 4 {
				w.Create(w.t.Context(), w.must("b"), []sync.NewItem{{Payload: mail("new"), Stamp: stamped(fmt.Sprint(n), "1")}})
			}
		}, func(*world) {}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			template := filled(t, archive.Options{})
			test.start(template)
			raised := 0
			for n := 0; ; n++ {
				calls := 0
				for _, once := range []bool{false, true} {
					root := copyTree(t, template.root)
					call := 0
					w := newWorld(t, root, archive.Options{Hook: func(op, path string) error {
						if op == "after:rename" && filepath.Base(path) == ".folder.json" {
							raised++
						}
						if call++; call == n+1 || call > n && !once {
							return errKilled
						}
						return nil
					}})
					test.write(w)
					calls = call
					w.Store = open(t, root, archive.Options{})
					test.then(w)
					for range 2 {
						folders, err := w.Folders(t.Context())
						must(t, err)
						for _, f := range folders {
							if f.Problem != "" {
								t.Fatalf("call %d, once %v: %s", n, once, f.Problem)
							}
						}
						w.persist()
					}
					must(t, os.RemoveAll(root))
				}
				if n > calls {
					break
				}
			}
			if raised == 0 {
				t.Error("no record was written")
			}
		})
	}
}
