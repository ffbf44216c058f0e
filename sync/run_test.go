package sync_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan"
	"iorepl/sync/synctest"
)

func apply(t *testing.T, w *synctest.World, r synctest.Run) *plan.Plan {
	t.Helper()
	p, report, err := w.Apply(r)
	if err != nil {
		t.Fatalf("apply: %v\n%s", err, text(p))
	}
	if report.Result != "complete" {
		t.Fatalf("apply is %s: %+v\n%s", report.Result, report, text(p))
	}
	return p
}

func text(p *plan.Plan) string {
	if p == nil {
		return ""
	}
	var b testWriter
	if err := p.Document(false).WriteText(&b, plan.Colors{}); err != nil {
		return err.Error()
	}
	return string(b)
}

type testWriter []byte

func (w *testWriter) Write(b []byte) (int, error) { *w = append(*w, b...); return len(b), nil }

func wantEmpty(t *testing.T, w *synctest.World) {
	t.Helper()
	p, err := w.Plan(synctest.Run{})
	if err != nil {
		t.Fatal(err)
	}
	if !p.Empty() {
		t.Fatalf("the plan after a complete apply is not empty:\n%s", text(p))
	}
}

func wantTree(t *testing.T, w *synctest.World, org string, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, w.Tree(t, org)); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", org, diff)
	}
}

func TestEditsDeletionsAndRenamesArriveAndThePlanIsEmptyThen(t *testing.T) {
	for _, twoWay := range []bool{false, true} {
		rules := synctest.Rules()
		rules.TwoWay, rules.Deletions = twoWay, plan.DeleteItemsAndFolders
		w := synctest.New(t, "a", "b")
		w.Session("s", "a", "News", "b", "From A/News", rules)
		for _, name := range []string{"one", "two", "Sub/three", "Sub2/four"} {
			w.Put(t, "a", "News/"+name+".eml", synctest.Message(name, "text"))
		}
		apply(t, w, synctest.Run{})
		wantEmpty(t, w)

		w.Put(t, "a", "News/one.eml", synctest.Message("one", "edited"))
		for _, err := range []error{
			os.Remove(w.Path("a", "News/two.eml")),
			os.Rename(w.Path("a", "News/Sub/three.eml"), w.Path("a", "News/3.eml")),
			os.Remove(w.Path("a", "News/Sub/.folder.json")), os.Remove(w.Path("a", "News/Sub/.items.jsonl")),
			os.RemoveAll(w.Path("a", "News/Sub")),
			os.Rename(w.Path("a", "News/Sub2"), w.Path("a", "News/Sub3")),
		} {
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		}
		apply(t, w, synctest.Run{})
		wantEmpty(t, w)
		wantTree(t, w, "b", map[string]string{"From A/": "", "From A/News/": "",
			"From A/News/one.eml":   synctest.Message("one", "edited"),
			"From A/News/three.eml": synctest.Message("Sub/three", "text"),
			"From A/News/Sub3/":     "", "From A/News/Sub3/four.eml": synctest.Message("Sub2/four", "text"),
		})
	}
}
