package sync_test

import (
	"slices"
	"testing"

	"iorepl/plan"
	"iorepl/sync/memstore"
)

// TestAFolderIsNotMadeInOneThatMakesRoom: a folder was renamed, and another one of its old name has a folder in it.
func TestAFolderIsNotMadeInOneThatMakesRoom(t *testing.T) {
	for _, twoWay := range []bool{false, true} {
		a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
		must(t, a.AddFolder("", "News", ""), a.AddFolder("News", "Box", ""), a.AddFolder("News", "Low", ""))
		apply := func() {
			t.Helper()
			run := pairOf(a.Open(nil), b.Open(nil), plan.Rules{TwoWay: twoWay, Subfolders: true, Limits: plan.DefaultLimits()})
			p, err := run.Plan(t.Context())
			must(t, err)
			report, err := run.Apply(t.Context(), p, nil)
			must(t, err)
			if !report.Complete() {
				t.Errorf("two-way %v: %+v\n%s", twoWay, report.Failed, text(p))
			}
		}
		apply()
		must(t, a.MoveFolder("News/Box", "News/Sub"), a.AddFolder("News", "Box", ""), a.AddFolder("News/Box", "Drafts", ""), a.MoveFolder("News/Low", "News/Box/Low"))
		apply()
		paths := func(o *memstore.Organization) (out []string) {
			for _, f := range o.Folders() {
				out = append(out, f.Path)
			}
			return out
		}
		if !slices.Equal(paths(a), paths(b)) {
			t.Errorf("two-way %v: %q at a and %q at b", twoWay, paths(a), paths(b))
		}
	}
}
