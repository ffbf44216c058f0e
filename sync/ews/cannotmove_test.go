package ews_test

import (
	"testing"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
)

// TestAReplicaThatCannotBeMovedIsMadeAnew: folders of 2013 and later may be in different mailboxes, between which a server need not move anything.
func TestAReplicaThatCannotBeMovedIsMadeAnew(t *testing.T) {
	for _, code := range []string{"ErrorMoveCopyFailed", "ErrorCrossMailboxMoveCopy"} {
		t.Run(code, func(t *testing.T) {
			c := news(t, modern, modern, func(r *plan.Rules) { r.Deletions = plan.DeleteItems })
			c.folder("a", "News/Old", "IPF.Note")
			c.post("a", "News/Old", "past")
			c.complete()
			_, err := c.user("a").MoveItem(c.id("a", "News", "one"), "News/Old")
			c.must(err)
			c.servers["b"].Inject(ewstest.Fault{Operation: "MoveItem", Times: -1, Action: ewstest.Fail{Code: code}})
			c.complete()
			c.holds("b", "Copies/News", "two", "three")
			c.holds("b", "Copies/News/Old", "one", "past")
			c.quiet()
		})
	}
}
