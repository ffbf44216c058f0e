package sync_test

import (
	"fmt"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// TestAnEditThatTheOtherSideDoesNotTakeIsTriedOnce: it is too large there, or would not be held whole, whichever side is the original's, and
// whether or not it meets another edit. What was tried is left alone until it changes.
func TestAnEditThatTheOtherSideDoesNotTakeIsTriedOnce(t *testing.T) {
	for n := range 32 {
		bit := func(i int) bool { return n>>i&1 == 1 }
		counting, lossy, bornAtB, conflict, narrowB := bit(0), bit(1), bit(2), bit(3), bit(4)
		t.Run(fmt.Sprintf("counting %v, lossy %v, born at b %v, conflict %v, narrow at b %v", counting, lossy, bornAtB, conflict, narrowB), func(t *testing.T) {
			a, b := memstore.New("a", memstore.Options{Counting: counting}), memstore.New("b", memstore.Options{Counting: counting})
			must(t, a.AddFolder("", "News", ""), b.AddFolder("", "News", ""))
			state, err := sync.OpenState(t.TempDir())
			must(t, err)
			defer state.Close()
			stores := map[*memstore.Organization]sync.Store{a: a.Open(nil), b: b.Open(nil)}
			apply := func() *plan.Plan {
				t.Helper()
				run := pairOf(stores[a], stores[b], plan.Rules{TwoWay: true, Subfolders: true, Limits: plan.DefaultLimits()})
				run.State = state
				p, err := run.Plan(t.Context())
				must(t, err)
				_, err = run.Apply(t.Context(), p, nil)
				must(t, err)
				return p
			}
			item := func(text string) sync.Payload {
				return sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("Subject: item\r\n\r\n" + text)}
			}
			born, narrows, wide := a, a, b
			if bornAtB {
				born = b
			}
			if narrowB {
				narrows, wide = b, a
			}
			_, err = born.Post("News", item("old"))
			must(t, err)
			apply()
			if lossy {
				stores[narrows] = narrow{stores[narrows]}
			} else {
				narrows.MaxItem = len(item("edited").Data)
			}
			must(t, wide.Edit(wide.All()[0].Item.Key, item("edited, with a file")))
			if conflict {
				must(t, narrows.Edit(narrows.All()[0].Item.Key, item("edited")))
			}
			apply()
			apply()
			if p := apply(); !p.Empty() {
				t.Errorf("it is tried again and again:\n%s", text(p))
			}
			if refused := narrowB || !conflict; refused && len(a.All())+len(b.All()) != 2 {
				t.Errorf("there are %d items at a and %d at b, but nothing was copied", len(a.All()), len(b.All()))
			}
			if conflict {
				return
			}
			narrows.MaxItem = 0
			must(t, wide.Edit(wide.All()[0].Item.Key, item("edited again")))
			apply()
			apply()
			for _, o := range []*memstore.Organization{a, b} {
				if got := string(o.All()[0].Payload.Data); got != string(item("edited again").Data) {
					t.Errorf("after another edit one says %q", got)
				}
			}
		})
	}
}
