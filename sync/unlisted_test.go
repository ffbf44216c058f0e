package sync_test

import (
	"errors"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// TestAReplicaInAFolderThatIsNotListedIsNotMadeAgain has users of a one-way target move a replica into a folder that cannot be listed in the next run.
func TestAReplicaInAFolderThatIsNotListedIsNotMadeAgain(t *testing.T) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	must(t, a.AddFolder("", "News", ""), a.AddFolder("News", "Sub", ""))
	post := func(name string) {
		t.Helper()
		_, err := a.Post("News", sync.Payload{Class: "IPM.Post", Name: name, Format: sync.MIME, Data: []byte("Subject: " + name + "\r\n\r\n")})
		must(t, err)
	}
	state, err := sync.OpenState(t.TempDir())
	must(t, err)
	defer state.Close()
	apply := func(hook memstore.Hook) {
		t.Helper()
		run := pairOf(a.Open(nil), b.Open(hook), plan.Rules{Subfolders: true, Limits: plan.DefaultLimits()})
		run.State = state
		p, err := run.Plan(t.Context())
		must(t, err)
		_, err = run.Apply(t.Context(), p, nil)
		must(t, err)
	}
	post("one")
	apply(nil)
	_, err = b.Move(b.All()[0].Item.Key, "News/Sub")
	must(t, err)
	post("two")
	listed := 0
	apply(func(c memstore.Call) error {
		if c.Op == "List" && c.Path == "News/Sub" {
			listed++
			return errors.New("connection reset")
		}
		return nil
	})
	if all := b.All(); listed == 0 || len(all) != 2 {
		t.Errorf("want the moved replica and the new one, got %v", all)
	}
	apply(nil)
	if all := b.All(); len(all) != 2 {
		t.Errorf("after a whole listing: %v", all)
	}
}
