package sync_test

import (
	"os"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
	"iorepl/sync/synctest"
)

// TestAReplicaWhoseStampWasLostIsLinkedAgain is what the message about a damaged companion tells people to do.
func TestAReplicaWhoseStampWasLostIsLinkedAgain(t *testing.T) {
	w := oneWay(t, synctest.Rules(), "one", "two")
	log := w.Path("b", "Copy/.items.jsonl")
	b, err := os.ReadFile(log)
	must(t, err)
	first, rest, _ := strings.Cut(string(b), "\n")
	if !strings.Contains(first, "one.eml") {
		t.Fatalf("first line: %s", first)
	}
	must(t, os.WriteFile(log, []byte(rest), 0o644))
	p := apply(t, w, synctest.Run{Adopt: true})
	wantEmpty(t, w)
	if tree := w.Tree(t, "b"); p.Changes.Len() != 1 || len(tree) != 3 {
		t.Errorf("%v\n%s", tree, text(p))
	}
}

// TestOneItemIsNotLinkedToTwo has users of a two-way pair's subscriber file the publisher's item by hand, so that there are two of it.
func TestOneItemIsNotLinkedToTwo(t *testing.T) {
	for _, c := range []struct {
		name    string
		arrange func(w *synctest.World, file func(name string))
	}{
		{"twice before the first run", func(_ *synctest.World, file func(string)) {
			file("filed.eml")
			file("filed again.eml")
		}},
		{"beside the replica", func(w *synctest.World, file func(string)) {
			apply(t, w, synctest.Run{})
			file("filed.eml")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rules := synctest.Rules()
			rules.TwoWay, rules.Deletions = true, plan.DeleteItems
			w := synctest.New(t, "a", "b")
			w.Session("s", "a", "News", "b", "Copy", rules)
			message := synctest.Message("one", "text")
			w.Put(t, "a", "News/one.eml", message)
			c.arrange(w, func(name string) { w.Put(t, "b", "Copy/"+name, message) })
			apply(t, w, synctest.Run{Adopt: true, Force: true})
			apply(t, w, synctest.Run{})
			wantEmpty(t, w)
			for _, org := range w.Orgs {
				n := 0
				for path := range w.Tree(t, org) {
					if strings.HasSuffix(path, ".eml") {
						n++
					}
				}
				if n != 2 {
					t.Errorf("%s has %d of the two: %v", org, n, w.Tree(t, org))
				}
			}
		})
	}
}

// TestWhatHasAReplicaElsewhereIsNotLinked has users file an item where its replica was before they moved that.
func TestWhatHasAReplicaElsewhereIsNotLinked(t *testing.T) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	payload := sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("Subject: item\r\n\r\ntext")}
	must(t, a.AddFolder("", "News", "IPF.Note"))
	_, err := a.Post("News", payload)
	must(t, err)
	state, err := sync.OpenState(t.TempDir())
	must(t, err)
	defer state.Close()
	planned := func() (*sync.Run, *plan.Plan) {
		run := pairOf(a.Open(nil), b.Open(nil), plan.Rules{TwoWay: true, Subfolders: true, Limits: plan.DefaultLimits()})
		run.State, run.Adopt = state, true
		p, err := run.Plan(t.Context())
		must(t, err)
		return run, p
	}
	run, p := planned()
	_, err = run.Apply(t.Context(), p, nil)
	must(t, err, b.AddFolder("News", "Sub", "IPF.Note"))
	_, err = b.Move(b.All()[0].Item.Key, "News/Sub")
	must(t, err)
	_, err = b.Post("News", payload)
	must(t, err)
	_, p = planned()
	for c := range p.Changes.All() {
		if c.Action == plan.Adopt {
			t.Errorf("the item has a replica, and becomes one:\n%s", text(p))
		}
	}
}
