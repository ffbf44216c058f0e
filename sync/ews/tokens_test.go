package ews_test

import (
	"path/filepath"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
)

// remembers lets both organizations remember listings.
func (c *chain) remembers() {
	for name, o := range c.options {
		o.Cache = filepath.Join(c.dir, "cache", name)
	}
}

// listings is how many folders an organization listed since the log was cleared.
func (c *chain) listings(org string) (n int) {
	for _, r := range c.servers[org].Log() {
		if r.Operation == "FindItem" {
			n++
		}
	}
	return n
}

// TestRestoredServerShutsTheGate: an organization that went back to an older state is not written to before somebody looked at it, at
// either end and whether it was restored or a replica that lags behind answers.
func TestRestoredServerShutsTheGate(t *testing.T) {
	for name, profile := range profiles {
		for _, org := range []string{"a", "b"} {
			for _, how := range []string{"restored", "lags", "lags since the run"} {
				t.Run(name+"/"+org+" "+how, func(t *testing.T) {
					o := ewstest.Options{Profile: profile}
					c := news(t, o, o, func(r *plan.Rules) { r.Deletions = plan.DeleteItems })
					c.remembers()
					c.complete()
					c.quiet()
					past := c.servers[org].Snapshot()
					c.post("a", "News", "four")
					c.complete()
					if how != "lags since the run" {
						c.quiet()
					}
					if how != "restored" {
						for _, op := range reads {
							defer c.servers[org].Inject(ewstest.Fault{Operation: op, Times: -1, Action: ewstest.Stale{Snapshot: past}})()
						}
					} else {
						c.servers[org].Restore(past)
					}
					c.servers["b"].ClearLog()
					out := c.apply()
					if out.err != errGate {
						t.Errorf("no gate is shut: %v", out.err)
					}
					out.says(t, string(plan.GateRewound), "News")
					if n := len(c.servers["b"].Mutations("")); n != 0 {
						t.Errorf("%d requests to change something", n)
					}
				})
			}
		}
	}
}

// TestFoldersWithoutChangesAreNotListed: an unmoved token saves the listing, and a change is found all the same.
func TestFoldersWithoutChangesAreNotListed(t *testing.T) {
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			o := ewstest.Options{Profile: profile}
			c := news(t, o, o, func(r *plan.Rules) { r.Deletions = plan.DeleteItems })
			c.remembers()
			id := c.post("a", "News", "four")
			c.complete()
			c.quiet()
			for _, org := range []string{"a", "b"} {
				c.servers[org].ClearLog()
			}
			c.quiet()
			if n := c.listings("a") + c.listings("b"); n != 0 {
				t.Errorf("%d listings", n)
			}
			c.retitle("a", id, "fourth")
			c.complete()
			c.holds("b", "Copies/News", "one", "two", "three", "fourth")
			c.quiet()
			if err := c.user("a").DeleteItem(id); err != nil {
				t.Fatal(err)
			}
			c.complete()
			c.holds("b", "Copies/News", "one", "two", "three")
		})
	}
}

// TestTokenThatLiesIsNotTrustedAnyMore: a change under an unmoved token is found by a full listing, and ends the use of tokens there.
func TestTokenThatLiesIsNotTrustedAnyMore(t *testing.T) {
	c := newChain(t)
	o := ewstest.Options{Profile: ewstest.Exchange2016, CoarseTokens: true}
	c.server("a", o)
	c.server("b", modern)
	c.remembers()
	c.folder("a", "News", "IPF.Note")
	c.session("a", "News", "b", "News", nil)
	id := c.post("a", "News", "one")
	c.complete()
	c.quiet()
	// The state that the token is of changes, and the token does not: what a clock that is too coarse does.
	past := c.servers["a"].Snapshot()
	c.retitle("a", id, "changed")
	stale := c.servers["a"].Inject(ewstest.Fault{Operation: "GetFolder", Times: -1, Action: ewstest.Stale{Snapshot: past}})
	c.complete()
	c.holds("b", "News", "one") // nothing shows that it changed
	for _, name := range []string{"a", "b"} {
		c.options[name].FullScan = time.Second
	}
	c.complete()
	c.holds("b", "News", "changed")
	stale()
	for _, name := range []string{"a", "b"} {
		c.options[name].FullScan = 24 * time.Hour
	}
	c.quiet()
	for _, org := range []string{"a", "b"} {
		c.servers[org].ClearLog()
	}
	c.quiet()
	if n := c.listings("a"); n != 1 {
		t.Errorf("%d listings at the server whose tokens lie, want 1", n)
	}
	if n := c.listings("b"); n != 0 {
		t.Errorf("%d listings at the other one", n)
	}
}
