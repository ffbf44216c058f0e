package sync_test

import (
	"errors"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// TestTheOtherSideMayNotTakeTheLoserOfAConflict: it is too large for it, or would not be held whole there.
func TestTheOtherSideMayNotTakeTheLoserOfAConflict(t *testing.T) {
	for _, lossy := range []bool{false, true} {
		t.Run(map[bool]string{false: "too large", true: "not held whole"}[lossy], func(t *testing.T) { loserIsNotTaken(t, lossy) })
	}
}

func loserIsNotTaken(t *testing.T, lossy bool) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	must(t, a.AddFolder("", "Team", ""))
	payload := func(text string) sync.Payload {
		return sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("Subject: item\r\n\r\n" + text)}
	}
	key, err := a.Post("Team", payload("old"))
	must(t, err)
	state, err := sync.OpenState(t.TempDir())
	must(t, err)
	defer state.Close()
	run := func(apply bool) *plan.Plan {
		t.Helper()
		rules := plan.Rules{TwoWay: true, Subfolders: true, Limits: plan.DefaultLimits()}
		r := sync.New(sync.Options{Organizations: map[string]sync.Store{"a": narrow{a.Open(nil)}, "b": b.Open(nil)}, Known: []string{"a", "b"}, State: state,
			Rand: func() string { return "marker" },
			Sessions: []sync.Session{{Name: "s", Publisher: "a", Subscribers: []string{"b"}, Blocks: []sync.Block{{
				Path: "Team", Target: func(string) string { return "Team" }, Rules: rules}}}}})
		p, err := r.Plan(t.Context())
		must(t, err)
		if apply {
			_, err = r.Apply(t.Context(), p, nil)
			must(t, err)
		}
		return p
	}
	run(true)
	edited := "edited at b"
	if lossy {
		edited = "edited at b, with a file" // see narrow
	}
	must(t, a.Edit(key, payload("new")), b.Edit(b.All()[0].Item.Key, payload(edited)))
	if !lossy {
		a.MaxItem = len(payload(edited).Data) + 1 // the kept one has a longer subject
	}
	run(true)
	if n := len(b.All()); n != 2 {
		t.Errorf("%d items at b, and not the winner and the loser", n)
	}
	if n := len(a.All()); n != 1 {
		t.Errorf("%d items at a", n)
	}
	if p := run(false); !p.Empty() {
		t.Errorf("the next plan is not empty:\n%s", text(p))
	}
}

// conflict is an item of a and its replica at b, in a two-way pair.
type conflict struct {
	t      *testing.T
	a, b   *memstore.Organization
	key    plan.Digest // of the item
	first  plan.Digest // of its replica
	broken string      // the calls of b that fail
	apply  func() *plan.Plan
}

func said(text string) sync.Payload {
	return sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("Subject: item\r\n\r\n" + text)}
}

func newConflict(t *testing.T, counting bool) *conflict {
	t.Helper()
	o := memstore.Options{Counting: counting}
	w := &conflict{t: t, a: memstore.New("a", o), b: memstore.New("b", o)}
	must(t, w.a.AddFolder("", "News", ""), w.a.AddFolder("News", "Sub", ""))
	var err error
	w.key, err = w.a.Post("News", said("old"))
	must(t, err)
	state, err := sync.OpenState(t.TempDir())
	must(t, err)
	t.Cleanup(func() { _ = state.Close() })
	w.apply = func() *plan.Plan {
		t.Helper()
		run := pairOf(w.a.Open(nil), w.b.Open(func(c memstore.Call) error {
			if c.Op == w.broken {
				return errors.New("connection refused")
			}
			return nil
		}), plan.Rules{TwoWay: true, Subfolders: true, Limits: plan.DefaultLimits()})
		run.State = state
		p, err := run.Plan(t.Context())
		must(t, err)
		_, err = run.Apply(t.Context(), p, nil)
		must(t, err)
		return p
	}
	w.apply()
	w.first = w.b.All()[0].Item.Key
	return w
}

func (w *conflict) settled() {
	w.t.Helper()
	if p := w.apply(); !p.Empty() {
		w.t.Errorf("there is something left to do:\n%s", text(p))
	}
}

// says counts the items of both sides that say a text.
func (w *conflict) says(text string) (n int) {
	for _, o := range []*memstore.Organization{w.a, w.b} {
		for _, it := range o.All() {
			if strings.HasSuffix(string(it.Payload.Data), "\n"+text) {
				n++
			}
		}
	}
	return n
}

// TestAfterAnInterruptedConflictTheReplicaFollowsItsOrigin has a run keep the loser and then fail to move the replica to where the winner went.
func TestAfterAnInterruptedConflictTheReplicaFollowsItsOrigin(t *testing.T) {
	w := newConflict(t, false)
	_, err := w.a.Move(w.key, "News/Sub")
	must(t, err, w.a.Edit(w.key, said("winner")), w.b.Edit(w.first, said("loser")))
	w.broken = "Move"
	w.apply()
	w.broken = ""
	w.apply()
	w.settled()
	for _, o := range []*memstore.Organization{w.a, w.b} {
		at := map[string]int{}
		for _, it := range o.All() {
			at[it.Path]++
		}
		// The loser is kept where its replica was.
		if at["News"] != 1 || at["News/Sub"] != 1 {
			t.Errorf("items are in %v", at)
		}
	}
}

// TestTheLoserOfAConflictIsKeptOnce although the run that kept it failed to copy the winner, after it moved the replica.
func TestTheLoserOfAConflictIsKeptOnce(t *testing.T) {
	for _, counting := range []bool{false, true} {
		for _, broken := range []string{"Move", "Update"} {
			w := newConflict(t, counting)
			_, err := w.a.Move(w.key, "News/Sub")
			must(t, err, w.a.Edit(w.key, said("winner")), w.b.Edit(w.first, said("loser")))
			w.broken = broken
			w.apply()
			w.broken = ""
			w.apply()
			w.settled()
			if n := w.says("loser"); n != 2 {
				t.Errorf("counting %v, %s fails: %d items say what the loser said, and not one at each side", counting, broken, n)
			}
		}
	}
}

// TestWhatLosesAgainIsKeptAgain although it says what the loser of an earlier conflict said: its users may have changed what was kept then.
func TestWhatLosesAgainIsKeptAgain(t *testing.T) {
	for _, counting := range []bool{false, true} {
		w := newConflict(t, counting)
		for i, winner := range []string{"winner", "another winner"} {
			must(t, w.a.Edit(w.key, said(winner)), w.b.Edit(w.first, said("loser")))
			w.apply()
			w.settled()
			if n := w.says("loser"); n != 2 {
				t.Errorf("counting %v, conflict %d: %d items say what the loser said, and not one at each side", counting, i, n)
			}
			for _, it := range w.b.All() {
				if strings.Contains(string(it.Payload.Data), "loser") {
					must(t, w.b.Edit(it.Item.Key, said("merged")))
				}
			}
			w.apply()
		}
	}
}
