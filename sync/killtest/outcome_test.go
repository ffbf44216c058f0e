package killtest

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync/archive"
	"iorepl/sync/synctest"
)

// outcome is all that users can tell of a world, by organization and path: contents, times, classes, permissions, and
// what is a replica of something born elsewhere.
func outcome(t testing.TB, w *synctest.World) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, org := range w.Orgs {
		s, err := archive.Open(w.Path(org), archive.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		folders, err := s.Folders(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range folders {
			permissions, err := s.Permissions(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			out[org+":"+f.Path+"/"] = []string{fmt.Sprintf("%s %v %s", f.Class, permissions, stood(t, w, f.Stamp))}
			err = s.List(t.Context(), f, func(items []plan.Item) error {
				for _, it := range items {
					b, err := os.ReadFile(w.Path(org, f.Path, it.ID))
					if err != nil {
						return err
					}
					// Which of two items of one name comes first, and so keeps it, depends on when the run was killed.
					name := org + ":" + f.Path + "/" + numbered.ReplaceAllString(it.ID, "")
					out[name] = append(out[name], fmt.Sprintf("%s %s %s%s\n%s", it.Class, it.Modified.Format("2006-01-02 15:04:05.000"),
						standing(t, it.Stamp), it.Problem, b))
					slices.Sort(out[name])
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

var numbered = regexp.MustCompile(` \(\d+\)`)

// stood is the standing of a folder. In a mesh several pairs keep it, and whichever comes first stamps it.
func stood(t testing.TB, w *synctest.World, s plan.Stamp) string {
	if len(w.Orgs) == 3 && len(w.Sessions) == 3 && s.Origin != "" {
		return "kept by a pair"
	}
	return standing(t, s)
}

// standing is what a stamp says, without what differs from run to run.
func standing(t testing.TB, s plan.Stamp) string {
	t.Helper()
	if s.Origin == "" {
		return "of its users"
	}
	o, err := plan.ParseOrigin(s.Origin)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("replica from %s, born in %s, for %s", o.From, o.Born, o.For)
	if o.Linked {
		text += ", linked"
	}
	if s.Version == "" {
		text += ", incomplete"
	}
	return text
}

// bytesAndTimes is every file and directory of an organization, hidden ones too.
func bytesAndTimes(t testing.TB, w *synctest.World, org string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(w.Path(org), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		var b []byte
		if !d.IsDir() {
			if b, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		rel, err := filepath.Rel(w.Dir, path)
		out[filepath.ToSlash(rel)] = fmt.Sprintf("%s %s\n%s", info.Mode(), info.ModTime().Format("15:04:05.000000000"), b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// texts are the contents of all items of a world, in any organization.
func texts(t testing.TB, w *synctest.World) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, org := range w.Orgs {
		for path, text := range w.Tree(t, org) {
			if !strings.HasSuffix(path, "/") {
				out[text] = true
			}
		}
	}
	return out
}

// contents are an organization's folders below News, and the texts of the items in each.
func contents(t testing.TB, w *synctest.World, org string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for path, text := range w.Tree(t, org) {
		dir, name := path[:strings.LastIndex(path, "/")+1], path[strings.LastIndex(path, "/")+1:]
		if !strings.HasPrefix(dir, "News/") {
			continue
		}
		out[dir] = append(out[dir], "")
		if name != "" {
			out[dir] = append(out[dir], text)
		}
		slices.Sort(out[dir])
		out[dir] = slices.Compact(out[dir])
	}
	return out
}

// count is the number of an organization's items whose content has a text.
func count(t testing.TB, w *synctest.World, org, text string) (n int) {
	t.Helper()
	tree := w.Tree(t, org)
	for _, path := range slices.Sorted(maps.Keys(tree)) {
		if strings.Contains(tree[path], text) {
			n++
		}
	}
	return n
}
