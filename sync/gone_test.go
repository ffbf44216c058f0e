package sync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// lagging is an organization of several servers that take a while to show each other's changes.
type lagging struct{ *memstore.Store }

func (lagging) Lags() (folders, items bool) { return true, true }

// TestWhatALaggingServerDoesNotShowIsNotGone has a server answer two-way runs that lacks what the last run made, and after the time that servers may take, one whose
// users deleted it.
func TestWhatALaggingServerDoesNotShowIsNotGone(t *testing.T) {
	for _, c := range []struct {
		name   string
		behind func(t *testing.T, b *memstore.Organization, before *memstore.Organization) // what the server at b shows in the second run
		soon   string                                                                      // in the plan or the refusal of a run within the hour
		later  string                                                                      // in the plan of a run after it
	}{
		{"an item", func(t *testing.T, b, _ *memstore.Organization) {
			for _, f := range b.All() {
				must(t, b.Delete(f.Item.Key))
			}
			_, err := b.Post("News", sync.Payload{Class: "IPM.Post", Name: "y", Format: sync.MIME, Data: []byte("Subject: y\r\n\r\n")})
			must(t, err)
		}, "another server of the organization may not show yet", "delete"},
		{"a folder", func(t *testing.T, b, _ *memstore.Organization) { must(t, b.DeleteFolder("News/Sub")) },
			"nothing proves that it is gone", "delete-folder"},
		{"everything", func(t *testing.T, b, before *memstore.Organization) { b.Restore(before) },
			"does not carry the mark of the run at", "create"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
			for _, path := range []string{"News", "News/Sub"} {
				must(t, a.AddFolder(plan.Parent(path), plan.Base(path), "IPF.Note"))
			}
			_, err := a.Post("News", sync.Payload{Class: "IPM.Post", Name: "x", Format: sync.MIME, Data: []byte("Subject: x\r\n\r\n")})
			must(t, err)
			state, err := sync.OpenState(t.TempDir())
			must(t, err)
			defer state.Close()
			rules := plan.Rules{Subfolders: true, TwoWay: true, Deletions: plan.DeleteItemsAndFolders, Limits: plan.DefaultLimits()}
			markers := 0
			planned := func(after time.Duration) (*sync.Run, *plan.Plan) {
				t.Helper()
				r := pairOf(a.Open(nil), lagging{b.Open(nil)}, rules)
				o := r.Options
				o.State, o.Now = state, time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC).Add(after)
				o.Rand = func() string { markers++; return fmt.Sprint("marker", markers) }
				r = sync.New(o)
				p, err := r.Plan(t.Context())
				must(t, err)
				return r, p
			}
			says := func(p *plan.Plan) string {
				var out strings.Builder
				for c := range p.Changes.All() {
					fmt.Fprintln(&out, c.Action, c.Path, c.Name)
				}
				fmt.Fprintf(&out, "%+v\n%+v", p.Left, p.Refused)
				return out.String()
			}
			var before *memstore.Organization
			for i := range 2 { // the second run has a marker renewed and an item made
				if i == 1 {
					before = b.Snapshot()
					_, err := a.Post("News/Sub", sync.Payload{Class: "IPM.Post", Name: "z", Format: sync.MIME, Data: []byte("Subject: z\r\n\r\n")})
					must(t, err)
				}
				r, p := planned(0)
				_, err = r.Apply(t.Context(), p, nil)
				must(t, err)
			}
			c.behind(t, b, before)
			if _, p := planned(30 * time.Minute); !strings.Contains(says(p), c.soon) || strings.Contains(says(p), "delete") {
				t.Errorf("within the hour:\n%s", says(p))
			}
			if _, p := planned(2 * time.Hour); !strings.Contains(says(p), c.later+" ") || len(p.Refused) > 0 {
				t.Errorf("after it:\n%s", says(p))
			}
		})
	}
}
