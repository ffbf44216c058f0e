package sync_test

import (
	"maps"
	"os"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/synctest"
)

// TestAReplicaMovedIntoAnotherPairIsNotADeletedOne has users of either side move a replica from one replicated folder to another, which is of another block or
// session: the original stays.
func TestAReplicaMovedIntoAnotherPairIsNotADeletedOne(t *testing.T) {
	rules := synctest.Rules()
	rules.TwoWay, rules.Deletions = true, plan.DeleteItemsAndFolders
	block := func(path string) sync.Block {
		return sync.Block{Path: path, Source: "x.hcl:1", Rules: rules, Target: func(string) string { return path }}
	}
	session := func(name string, blocks ...sync.Block) sync.Session {
		return sync.Session{Name: name, Publisher: "a", Subscribers: []string{"b"}, Blocks: blocks}
	}
	for name, sessions := range map[string][]sync.Session{
		"blocks":   {session("s", block("News"), block("Other"))},
		"a deeper": {session("s", block(""), block("Other"))},
		"sessions": {session("s", block("News")), session("t", block("Other"))},
	} {
		for side, org := range []string{"a", "b"} {
			t.Run(name+", moved at "+org, func(t *testing.T) {
				w := synctest.New(t, "a", "b")
				w.Sessions = sessions
				for _, o := range w.Orgs {
					w.Put(t, o, "News/of "+o+".eml", synctest.Message(o, "text"))
				}
				w.Put(t, "a", "Other/other.eml", synctest.Message("other", "text"))
				_, _, err := w.Apply(synctest.Run{Force: true})
				must(t, err)
				wantEmpty(t, w)
				home := w.Orgs[1-side]
				was := w.Tree(t, home)
				must(t, os.Rename(w.Path(org, "News/of "+home+".eml"), w.Path(org, "Other/moved.eml")))
				moved := w.Tree(t, org)
				apply(t, w, synctest.Run{})
				wantEmpty(t, w)
				wantTree(t, w, home, was)
				wantTree(t, w, org, moved)

				must(t, os.Remove(w.Path(org, "Other/moved.eml")))
				maps.DeleteFunc(was, func(path, _ string) bool { return path == "News/of "+home+".eml" })
				apply(t, w, synctest.Run{})
				wantEmpty(t, w)
				wantTree(t, w, home, was)
			})
		}
	}
}

// TestAReplicaThatCannotBeReadInAnotherPairIsNotADeletedOne: what was moved there cannot be read.
func TestAReplicaThatCannotBeReadInAnotherPairIsNotADeletedOne(t *testing.T) {
	n := newNetwork(t, "a", "b")
	n.session("a", "Team", "b", "Team", true)
	n.session("a", "Other", "b", "Other", true)
	n.post("a", "Other", "other")
	n.post("a", "Team", "stays")
	n.post("a", "Team", "moved")
	n.apply()
	key, err := n.orgs["b"].Move(n.find("b", "moved").Key, "Other")
	must(t, err)
	must(t, n.orgs["b"].Spoil(key, "damaged"))
	run, p := n.plan()
	_, err = run.Apply(t.Context(), p, nil)
	must(t, err)
	n.want("a", "Team: stays", "Team: moved", "Other: other")
}

// TestAReplicaMovedWhereItsPairDoesNotLookIsNotADeletedOne: a filter leaves out the folder, and another session publishes it.
func TestAReplicaMovedWhereItsPairDoesNotLookIsNotADeletedOne(t *testing.T) {
	n := newNetwork(t, "a", "b", "c")
	n.session("b", "Team/Private", "c", "Private", false)
	n.session("a", "Team", "b", "Team", true)
	n.sessions[1].Blocks[0].Rules.Exclude = []string{"Private"}
	n.post("a", "Team", "stays")
	n.post("a", "Team", "moved")
	must(t, n.orgs["b"].AddFolder("", "Team", "IPF.Note"))
	n.post("b", "Team/Private", "private")
	n.apply()
	_, err := n.orgs["b"].Move(n.find("b", "moved").Key, "Team/Private")
	must(t, err)
	n.apply()
	n.want("a", "Team: stays", "Team: moved")
}
