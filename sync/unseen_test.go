package sync_test

import (
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// TestWhatIsOutOfSightIsNotGone hides a folder that was linked to the replica of another one, which is really gone.
func TestWhatIsOutOfSightIsNotGone(t *testing.T) {
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
	_, err = a.Post("News/Sub", sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("Subject: item\r\n\r\ntext")})
	must(t, err)
	apply()

	must(t, b.Rights("News/Sub", false, false))
	p, err := step().Plan(t.Context())
	must(t, err)
	for _, c := range p.Changes {
		if c.Action == plan.Delete || c.Action == plan.DeleteFolder {
			t.Errorf("the folder is out of sight, and that is taken for a deletion:\n%s", text(p))
		}
	}
}
