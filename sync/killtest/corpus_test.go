package killtest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/sync/synctest"
)

// corpus holds mail, calendars and contacts of real people, some of it damaged; it is not part of the project.
var corpus = filepath.Join("..", "..", "..", "shared", "corpus")

func TestRealItemsArriveByteForByteAndThePlanIsEmptyThen(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("there is no %s beside the project", corpus)
	}
	for _, s := range []*shape{oneWay, twoWay, hub, twoWayHub} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			w := synctest.New(t, s.orgs...)
			from := ""
			for _, p := range s.pairs {
				r := synctest.Rules()
				r.TwoWay = s.twoWay
				w.Session(p[0]+p[1], p[0], from, p[1], "Copies", r)
				from = "Copies"
				if err := os.MkdirAll(w.Path(p[1], "Copies"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.CopyFS(w.Path("a"), os.DirFS(corpus)); err != nil {
				t.Fatal(err)
			}
			source := items(t, corpus)
			before := bytesAndTimes(t, w, "a")

			tr := &trial{scenario: &scenario{}, shape: s, t: t}
			tr.complete(w, synctest.Run{})

			if len(source) < 60 {
				t.Fatalf("the source has only %d items", len(source))
			}
			for _, org := range s.orgs[1:] {
				if diff := cmp.Diff(source, items(t, w.Path(org, "Copies"))); diff != "" {
					t.Errorf("%s (-source +%s):\n%s", org, org, diff)
				}
			}
			if diff := cmp.Diff(source, items(t, w.Path("a"))); diff != "" {
				t.Errorf("a (-before +after):\n%s", diff)
			}
			for _, org := range s.onlyRead() {
				if diff := cmp.Diff(before, bytesAndTimes(t, w, org)); diff != "" {
					t.Errorf("publisher %s was written to:\n%s", org, diff)
				}
			}
		})
	}
}

// items are the contents of a directory's items, by path. What is no item, such as a text about them, is left out.
func items(t testing.TB, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") && d.IsDir() && path != root {
			return fs.SkipDir
		}
		switch filepath.Ext(path) {
		case ".eml", ".ics", ".vcf", ".ifb":
		default:
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		out[filepath.ToSlash(rel)] = string(b)
		if err == nil && len(b) == 0 {
			err = fmt.Errorf("%s is empty", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
