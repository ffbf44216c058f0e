package sync_test

import (
	"os"
	"strings"
	"testing"

	"iorepl/plan"
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
	if tree := w.Tree(t, "b"); len(p.Changes) != 1 || len(tree) != 3 {
		t.Errorf("%v\n%s", tree, text(p))
	}
}

// TestOneItemIsNotLinkedToTwo files an item twice at the subscriber of a two-way pair, before and after the publisher's is replicated.
func TestOneItemIsNotLinkedToTwo(t *testing.T) {
	for _, first := range []bool{true, false} {
		rules := synctest.Rules()
		rules.TwoWay, rules.Deletions = true, plan.DeleteItems
		w := synctest.New(t, "a", "b")
		w.Session("s", "a", "News", "b", "Copy", rules)
		message := synctest.Message("one", "text")
		w.Put(t, "a", "News/one.eml", message)
		filed := []string{"filed.eml", "filed again.eml"}
		if !first {
			apply(t, w, synctest.Run{})
			filed = filed[:1]
		}
		for _, name := range filed {
			w.Put(t, "b", "Copy/"+name, message)
		}
		apply(t, w, synctest.Run{Adopt: true, Force: true})
		apply(t, w, synctest.Run{})
		wantEmpty(t, w)
		for org, folder := range map[string]string{"a": "News/", "b": "Copy/"} {
			n := 0
			for path := range w.Tree(t, org) {
				if strings.HasPrefix(path, folder) && strings.HasSuffix(path, ".eml") {
					n++
				}
			}
			if n != 2 {
				t.Errorf("before the first run: %v: %s has %v", first, org, w.Tree(t, org))
			}
		}
	}
}
