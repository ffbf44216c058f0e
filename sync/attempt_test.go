package sync_test

import (
	"context"
	"path/filepath"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// lingering is an organization whose server loses answers to creates, and carries them out when late is called.
type lingering struct {
	*memstore.Store
	lose   bool
	late   []func()
	behind bool // it answers from a state in which nothing is there yet
}

func (l *lingering) Lingers() {}

func (l *lingering) Create(ctx context.Context, f plan.Folder, items []sync.NewItem) []sync.WriteResult {
	if !l.lose {
		return l.Store.Create(ctx, f, items)
	}
	l.late = append(l.late, func() { l.Store.Create(context.Background(), f, items) })
	out := make([]sync.WriteResult, len(items))
	for i := range out {
		out[i].Err = sync.Errorf(sync.Unknown, "the connection was lost")
	}
	return out
}

func (l *lingering) List(ctx context.Context, f plan.Folder, emit func([]plan.Item) error) error {
	if l.behind {
		return nil
	}
	return l.Store.List(ctx, f, emit)
}

// TestAnItemThatAppearsLateIsNotDoubled has a create take effect after the next run has made the item again, while users copy what they see.
func TestAnItemThatAppearsLateIsNotDoubled(t *testing.T) {
	const (
		run    = "run"    // a whole one
		losing = "losing" // one whose creates are lost
		late   = "late"   // what was lost is done
		copied = "copied" // users copy an item
		gone   = "gone"   // users delete the first item that is there
		behind = "behind" // a whole run, while an older state of the folder answers
		killed = "killed" // a run whose creates are lost, and after which nothing is recorded any more
	)
	for _, c := range []struct {
		name  string
		steps []string
		want  int
	}{
		{"late", []string{losing, run, late, run}, 1},
		{"late after a kill", []string{killed, run, late, run}, 1},
		{"twice late", []string{losing, losing, run, late, run}, 1},
		{"before the next run", []string{losing, late, run}, 1},
		{"never", []string{losing, run, run}, 1},
		{"late, and the replica was copied", []string{losing, run, copied, late, run}, 2},
		{"found at once, and replaced by a copy", []string{losing, late, run, copied, gone, run, run}, 1},
		{"not seen for a while", []string{run, behind, run}, 1},
		{"not seen for a while, and copied", []string{run, copied, behind, run}, 2},
		{"found at once, and copied", []string{losing, late, run, copied, run}, 2},
		{"deleted, made again, and copied", []string{losing, late, run, gone, run, copied, run}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
			if err := a.AddFolder("", "Team", ""); err != nil {
				t.Fatal(err)
			}
			if _, err := a.Post("Team", sync.Payload{Class: "IPM.Post", Name: "x", Format: sync.MIME, Data: []byte("Subject: x\r\n\r\n")}); err != nil {
				t.Fatal(err)
			}
			target := &lingering{Store: b.Open(nil)}
			dir := filepath.Join(t.TempDir(), "state")
			apply := func(kill bool) {
				t.Helper()
				state, err := sync.OpenState(dir)
				if err != nil {
					t.Fatal(err)
				}
				rules := plan.Rules{Subfolders: true, Deletions: plan.DeleteItems, Limits: plan.DefaultLimits()}
				r := sync.New(sync.Options{Organizations: map[string]sync.Store{"a": a.Open(nil), "b": target}, Known: []string{"a", "b"}, State: state,
					Sessions: []sync.Session{{Name: "s", Publisher: "a", Subscribers: []string{"b"}, Blocks: []sync.Block{{
						Path: "Team", Target: func(string) string { return "Team" }, Rules: rules}}}}})
				p, err := r.Plan(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if kill {
					state.SetHook(func(op string) error {
						if len(target.late) > 0 {
							return context.Canceled
						}
						return nil
					})
				}
				if _, err := r.Apply(t.Context(), p, nil); (err != nil) != kill {
					t.Fatal(err)
				}
				if kill {
					err = state.Discard()
				} else {
					err = state.Close()
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			for _, step := range c.steps {
				switch step {
				case losing, killed, run, behind:
					target.lose, target.behind = step == losing || step == killed, step == behind
					apply(step == killed)
				case late:
					for _, f := range target.late {
						f()
					}
					target.late = nil
				case copied:
					if _, err := b.Copy(b.All()[0].Item.Key, "Team"); err != nil {
						t.Fatal(err)
					}
				case gone:
					if err := b.Delete(b.All()[0].Item.Key); err != nil {
						t.Fatal(err)
					}
				}
			}
			if all := b.All(); len(all) != c.want {
				t.Errorf("%d items are there, want %d: %+v", len(all), c.want, all)
			}
			target.lose = false
			before := len(b.All())
			if apply(false); len(b.All()) != before {
				t.Errorf("one more run changed %d items to %d", before, len(b.All()))
			}
		})
	}
}
