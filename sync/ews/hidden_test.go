package ews_test

import (
	"slices"
	"testing"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
)

// TestAFolderThatIsHiddenIsNotDeletedElsewhere takes from the account the right to see a folder of replicas, of which Exchange then says what it says of one that
// does not exist, and later has users delete it.
func TestAFolderThatIsHiddenIsNotDeletedElsewhere(t *testing.T) {
	for _, deletions := range []plan.Deletions{plan.DeleteItems, plan.DeleteItemsAndFolders} {
		t.Run(deletions.String(), func(t *testing.T) { hideFolder(t, deletions) })
	}
}

func hideFolder(t *testing.T, deletions plan.Deletions) {
	o := ewstest.Options{Profile: ewstest.Exchange2016, HideDenied: true}
	c := news(t, o, o, func(r *plan.Rules) { r.TwoWay, r.Deletions = true, deletions })
	c.folder("a", "News/Closed", "IPF.Note")
	c.post("a", "News/Closed", "secret")
	c.complete()
	there := func(org, path string, want ...string) {
		t.Helper()
		if got := c.subjects(org, path); !slices.Equal(got, want) {
			t.Errorf("%s:%s holds %q", org, path, got)
		}
	}
	c.must(c.servers["b"].SetPermission("Copies/News/Closed", "iorepl@contoso.test", ewstest.None))
	if out := c.apply(); out.err != errGate || len(out.plan.Refused) != 1 || out.plan.Refused[0].Gate != plan.GateVanishedFolders {
		t.Fatalf("hidden: %v, %s", out.err, out.said())
	}
	there("a", "News/Closed", "secret")
	c.must(c.servers["b"].SetPermission("Copies/News/Closed", "iorepl@contoso.test", ewstest.Owner))
	c.complete()
	there("a", "News/Closed", "secret")
	there("b", "Copies/News/Closed", "secret")

	c.must(c.user("b").DeleteFolder("Copies/News/Closed"))
	if out := c.apply(); out.err != errGate {
		t.Fatalf("deleted: %v, %s", out.err, out.said())
	}
	c.open = true
	c.complete()
	if items, err := c.servers["a"].Items("News/Closed"); len(items) > 0 || err == nil && deletions == plan.DeleteItemsAndFolders {
		t.Errorf("what users deleted is still there after the gate was passed: %v", items)
	}
}
