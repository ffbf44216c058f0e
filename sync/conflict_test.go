package sync_test

import (
	"errors"
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

// TestAfterAnInterruptedConflictTheReplicaFollowsItsOrigin has a run keep the loser and then fail to move the replica to where the winner went.
func TestAfterAnInterruptedConflictTheReplicaFollowsItsOrigin(t *testing.T) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	must(t, a.AddFolder("", "News", ""), a.AddFolder("News", "Sub", ""))
	item := func(text string) sync.Payload {
		return sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("Subject: item\r\n\r\n" + text)}
	}
	key, err := a.Post("News", item("old"))
	must(t, err)
	state, err := sync.OpenState(t.TempDir())
	must(t, err)
	defer state.Close()
	broken := false
	apply := func() *plan.Plan {
		t.Helper()
		run := pairOf(a.Open(nil), b.Open(func(c memstore.Call) error {
			if broken && c.Op == "Move" {
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
	apply()
	_, err = a.Move(key, "News/Sub")
	must(t, err, a.Edit(key, item("winner")), b.Edit(b.All()[0].Item.Key, item("loser")))
	broken = true
	apply()
	broken = false
	apply()
	if p := apply(); !p.Empty() {
		t.Errorf("there is something left to do:\n%s", text(p))
	}
	for _, o := range []*memstore.Organization{a, b} {
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
