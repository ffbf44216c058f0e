package sync_test

import (
	"fmt"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// TestWhatIsOutOfSightIsNotGone hides a folder that was linked to the replica of another one, which is really gone.
func TestWhatIsOutOfSightIsNotGone(t *testing.T) {
	for _, items := range []int{0, 1} {
		t.Run(fmt.Sprintf("%d items", items), func(t *testing.T) { hideLinked(t, items) })
	}
}

func hideLinked(t *testing.T, items int) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	must(t, a.AddFolder("", "News", "IPF.Note"), b.AddFolder("", "News", "IPF.Note"), b.AddFolder("News", "Sub", "IPF.Note"))
	state, err := sync.OpenState(t.TempDir())
	must(t, err)
	defer state.Close()
	rules := plan.Rules{TwoWay: true, Subfolders: true, Limits: plan.DefaultLimits(), Deletions: plan.DeleteItemsAndFolders}
	step := func() *sync.Run {
		run := pairOf(a.Open(nil), b.Open(nil), rules)
		run.State = state
		return run
	}
	apply := func() {
		t.Helper()
		run := step()
		p, err := run.Plan(t.Context())
		must(t, err)
		if report, err := run.Apply(t.Context(), p, nil); err != nil || report.Result != "complete" {
			t.Fatalf("%v\n%s", err, text(p))
		}
	}
	apply()
	must(t, b.DeleteFolder("News/Sub"), b.AddFolder("News", "Sub", "IPF.Note"))
	apply()
	for range items {
		_, err = a.Post("News/Sub", sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("Subject: item\r\n\r\ntext")})
		must(t, err)
	}
	apply()

	must(t, b.Rights("News/Sub", false, false))
	p, err := step().Plan(t.Context())
	must(t, err)
	for c := range p.Changes.All() {
		if c.Action == plan.Delete || c.Action == plan.DeleteFolder {
			t.Errorf("the folder is out of sight, and that is taken for a deletion:\n%s", text(p))
		}
	}
}

// TestAnItemMovedWhileItsReplicaIsOutOfSightStays moves an item into a folder that both sides see.
func TestAnItemMovedWhileItsReplicaIsOutOfSightStays(t *testing.T) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	must(t, a.AddFolder("", "News", "IPF.Note"), a.AddFolder("News", "Sub", "IPF.Note"), a.AddFolder("News", "Other", "IPF.Note"))
	key, err := a.Post("News/Sub", sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("Subject: item\r\n\r\ntext")})
	must(t, err)
	state, err := sync.OpenState(t.TempDir())
	must(t, err)
	defer state.Close()
	planned := func() (*sync.Run, *plan.Plan) {
		t.Helper()
		run := pairOf(a.Open(nil), b.Open(nil), plan.Rules{TwoWay: true, Subfolders: true, Limits: plan.DefaultLimits(), Deletions: plan.DeleteItems})
		run.State = state
		p, err := run.Plan(t.Context())
		must(t, err)
		return run, p
	}
	run, p := planned()
	if report, err := run.Apply(t.Context(), p, nil); err != nil || report.Result != "complete" {
		t.Fatalf("%v\n%s", err, text(p))
	}
	must(t, b.Rights("News/Sub", false, false))
	_, err = a.Move(key, "News/Other")
	must(t, err)
	if _, p = planned(); !p.Empty() {
		t.Errorf("the replica is out of sight, and that is taken for a deletion:\n%s", text(p))
	}
	must(t, b.Rights("News/Sub", true, true), b.Delete(b.All()[0].Item.Key))
	if _, p = planned(); p.Empty() {
		t.Error("now the replica is gone, and nothing is planned")
	}
}
