package sync_test

import (
	"errors"
	"strings"
	"testing"
	"time"

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

// TestAReplicaInAFolderOfAnotherPairThatIsNotListedIsNotADeletedOne: two-way, a replica is moved into a folder of another session, which cannot be listed in
// the next run.
func TestAReplicaInAFolderOfAnotherPairThatIsNotListedIsNotADeletedOne(t *testing.T) {
	n := newNetwork(t, "a", "b")
	n.session("a", "Team", "b", "Team", true)
	n.session("a", "Other", "b", "Other", true)
	for _, folder := range []string{"Team", "Other"} {
		n.post("a", folder, "stays in "+folder)
	}
	n.post("a", "Team", "moved")
	n.apply()
	for _, f := range n.orgs["b"].All() {
		if f.Payload.Name == "moved" {
			_, err := n.orgs["b"].Move(f.Item.Key, "Other")
			must(t, err)
		}
	}
	unlisted := n.orgs["b"].Open(func(c memstore.Call) error {
		if c.Op == "List" && c.Path == "Other" {
			return errors.New("connection reset")
		}
		return nil
	})
	run := sync.New(sync.Options{Sessions: n.sessions, Known: []string{"a", "b"}, State: n.state, Rand: func() string { return "marker of this run" }, Now: time.Now(),
		Organizations: map[string]sync.Store{"a": n.orgs["a"].Open(nil), "b": unlisted}})
	p, err := run.Plan(t.Context())
	must(t, err)
	_, err = run.Apply(t.Context(), p, nil)
	must(t, err)
	n.want("a", "Team: stays in Team", "Other: stays in Other", "Team: moved")
	if got := text(p); !strings.Contains(got, "moved  left alone: its replica was not found, and may lie in a folder of another session") {
		t.Errorf("the plan does not say why:\n%s", got)
	}
	n.apply()
	n.want("a", "Team: stays in Team", "Other: stays in Other", "Team: moved")
}
