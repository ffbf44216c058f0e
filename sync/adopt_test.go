package sync_test

import (
	"os"
	"strings"
	"testing"

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
