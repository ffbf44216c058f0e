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
	p := n.unlisted("b", "Other", false)
	n.want("a", "Team: stays in Team", "Other: stays in Other", "Team: moved")
	if got := text(p); !strings.Contains(got, "moved  left alone: its replica was not found, and may lie in a folder of another session") {
		t.Errorf("the plan does not say why:\n%s", got)
	}
	n.apply()
	n.want("a", "Team: stays in Team", "Other: stays in Other", "Team: moved")
}

// TestAReplicaInAFolderOfAnUnseenPairIsNotADeletedOne: two-way, a replica is moved into the folder of another session, whose publisher is down.
func TestAReplicaInAFolderOfAnUnseenPairIsNotADeletedOne(t *testing.T) {
	n := newNetwork(t, "a", "b", "c")
	n.session("a", "Team", "b", "Team", true)
	n.session("c", "Other", "b", "Other", false)
	n.post("c", "Other", "of c")
	n.post("a", "Team", "stays")
	n.post("a", "Team", "moved")
	n.apply()
	_, err := n.orgs["b"].Move(n.find("b", "moved").Key, "Other")
	must(t, err)
	n.apply("c")
	n.want("a", "Team: stays", "Team: moved")
	n.apply()
	n.want("a", "Team: stays", "Team: moved")
}

// TestWhatOnePairCannotListAnotherMayHaveListed: a hub's partners share its folder. That one of them is down, or has a folder that cannot be listed, keeps no
// deletion from the other.
func TestWhatOnePairCannotListAnotherMayHaveListed(t *testing.T) {
	for _, down := range []bool{false, true} {
		n := newNetwork(t, "a", "b", "hub")
		n.session("hub", "Team", "a", "Team", true)
		n.session("hub", "Team", "b", "Team", true)
		n.post("hub", "Team", "stays")
		n.post("a", "Team", "deleted")
		n.apply()
		n.apply()
		n.apply()
		must(t, n.orgs["hub"].Delete(n.find("hub", "deleted").Key))
		if down {
			n.apply("b")
		} else {
			n.unlisted("b", "Team", false)
		}
		n.want("a", "Team: stays")
		n.want("b", "Team: stays", "Team: deleted")
		n.apply()
		n.want("b", "Team: stays")
	}
}

// TestWhatMayHaveAReplicaThatIsNotListedIsNotAdopted: the replica was moved into a folder that cannot be listed, and users posted what says the same.
func TestWhatMayHaveAReplicaThatIsNotListedIsNotAdopted(t *testing.T) {
	for _, twoWay := range []bool{false, true} {
		n := newNetwork(t, "a", "b")
		n.session("a", "Team", "b", "Team", twoWay)
		n.post("a", "Team", "same")
		n.post("a", "Team/Sub", "other")
		n.apply()
		_, err := n.orgs["b"].Move(n.find("b", "same").Key, "Team/Sub")
		must(t, err)
		n.post("b", "Team", "same")
		p := n.unlisted("b", "Team/Sub", true)
		for c := range p.Changes.Of(plan.Adopt) {
			t.Errorf("two-way %v: %s is linked:\n%s", twoWay, c.Name, text(p))
		}
		n.apply()
		if empty := n.apply(); empty.Changes.Len() > 0 {
			t.Errorf("two-way %v:\n%s", twoWay, text(empty))
		}
	}
}

// find is an item at an organization.
func (n *network) find(org, name string) plan.Item {
	n.t.Helper()
	for _, f := range n.orgs[org].All() {
		if f.Payload.Name == name {
			return f.Item
		}
	}
	n.t.Fatalf("there is no %q at %s", name, org)
	return plan.Item{}
}

// unlisted applies a run in which a folder of an organization cannot be listed.
func (n *network) unlisted(org, path string, adopt bool) *plan.Plan {
	n.t.Helper()
	o := sync.Options{Organizations: map[string]sync.Store{}, Sessions: n.sessions, State: n.state, Now: time.Now(), Rand: func() string { return "marker" }, Adopt: adopt}
	for name := range n.orgs {
		o.Known = append(o.Known, name)
		o.Organizations[name] = n.orgs[name].Open(func(c memstore.Call) error {
			if name == org && c.Op == "List" && c.Path == path {
				return errors.New("connection reset")
			}
			return nil
		})
	}
	run := sync.New(o)
	p, err := run.Plan(n.t.Context())
	must(n.t, err)
	_, err = run.Apply(n.t.Context(), p, nil)
	must(n.t, err)
	return p
}
