package ews_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
)

// discovers lets an organization be found by Autodiscover: every name leads to the server.
func (c *chain) discovers(org string) {
	c.Helper()
	o := c.options[org]
	secure(c, c.servers[org], o)
	pin(c.servers[org], o)
	address := strings.TrimPrefix(strings.TrimSuffix(o.Transport.URL, "/EWS/Exchange.asmx"), "https://")
	o.Transport.URL, o.Autodiscover = "", "iorepl@contoso.test"
	o.Transport.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	o.Transport.LookupSRV = func(context.Context, string) ([]string, error) { return nil, nil }
}

// ways are the ways in which a server can be known.
var ways = map[string]func(*chain){
	"by address": func(c *chain) {
		c.options["a"].Transport.Username = "iorepl@contoso.test"
		c.options["b"].Transport.Username = "iorepl@contoso.test"
	},
	"by URL": func(*chain) {},
	"by Autodiscover": func(c *chain) {
		c.discovers("a")
		c.discovers("b")
	},
}

// TestRequestsFindTheMailboxOfEachFolder: public folders whose items lie in several mailboxes are read and written, also after some moved to
// another one.
func TestRequestsFindTheMailboxOfEachFolder(t *testing.T) {
	routed := ewstest.Options{Profile: ewstest.Exchange2016, Routing: true}
	byAddress, soapOnly := routed, routed
	byAddress.RoutingByAddress, soapOnly.SOAPDiscovery = true, true
	for name, o := range map[string]ewstest.Options{"by address": routed, "by URL": routed, "by Autodiscover": byAddress, "by Autodiscover, which answers by SOAP alone": soapOnly} {
		way, _, _ := strings.Cut(name, ",")
		t.Run(name, func(t *testing.T) {
			way := ways[way]
			c := news(t, o, o, func(r *plan.Rules) { r.Deletions = plan.DeleteItemsAndFolders })
			way(c)
			c.remembers()
			c.folder("a", "News/Old", "IPF.Note")
			c.must(c.servers["a"].SetContentMailbox("News/Old", "3"))
			old := c.post("a", "News/Old", "past")
			c.complete()
			c.same("a", "News", "b", "Copies/News")
			c.quiet()
			c.must(c.servers["b"].SetContentMailbox("Copies/News/Old", "4"))
			c.retitle("a", old, "changed")
			c.complete()
			c.same("a", "News", "b", "Copies/News")
			c.quiet()

			// And while a run is under way.
			c.retitle("a", old, "changed again")
			c.post("a", "News", "four")
			c.between = func() {
				c.must(c.servers["a"].SetContentMailbox("News/Old", "5"))
				c.must(c.servers["b"].SetContentMailbox("Copies/News/Old", "6"))
				c.must(c.servers["b"].SetContentMailbox("Copies/News", "6"))
			}
			c.complete()
			c.between = nil
			c.same("a", "News", "b", "Copies/News")
			c.quiet()

			// Asking a mailbox that does not hold a folder does not make it gone.
			c.must(c.user("a").RenameFolder("News/Old", "Older"))
			c.complete()
			c.same("a", "News", "b", "Copies/News")
			c.must(c.user("a").DeleteItem(old))
			c.must(c.user("a").DeleteFolder("News/Older"))
			c.settles()
			c.same("a", "News", "b", "Copies/News")
		})
	}
}

// TestNewFolderThatOtherMailboxesDoNotShowYet: what a run makes is used in that run where that can be, and never made twice.
func TestNewFolderThatOtherMailboxesDoNotShowYet(t *testing.T) {
	for _, routing := range []bool{false, true} {
		for name, way := range ways {
			t.Run(name+map[bool]string{true: ", routed"}[routing], func(t *testing.T) {
				o := ewstest.Options{Profile: ewstest.Exchange2016, LateHierarchy: true, Routing: routing}
				c := news(t, ewstest.Options{Profile: ewstest.Exchange2016, Routing: routing}, o, nil)
				way(c)
				c.folder("a", "News/Old", "IPF.Note")
				c.post("a", "News/Old", "past")
				c.servers["b"].Replicate()
				for range 3 {
					if out := c.apply(); out.err != nil {
						t.Errorf("the run ends: %v", out.err)
					}
				}
				c.servers["b"].Replicate()
				c.settles()
				c.same("a", "News", "b", "Copies/News")
				if n := len(c.servers["b"].Tree()); n != 4 {
					t.Errorf("the subscriber has %d folders: %v", n, c.servers["b"].Tree())
				}
			})
		}
	}
}

// TestAMailboxThatGotAnotherAddressIsFoundAgain: in the middle of a run, between runs, and without being asked about more than is needed.
func TestAMailboxThatGotAnotherAddressIsFoundAgain(t *testing.T) {
	o := ewstest.Options{Profile: ewstest.Exchange2016, Routing: true, RoutingByAddress: true}
	c := news(t, o, o, nil)
	c.discovers("a")
	c.discovers("b")
	c.complete()
	c.servers["a"].RenameMailboxes("new-")
	c.post("a", "News", "four")
	c.between = func() {
		c.servers["a"].RenameMailboxes("newer-")
		c.servers["b"].RenameMailboxes("newer-")
	}
	c.complete()
	c.between = nil
	c.same("a", "News", "b", "Copies/News")
	c.quiet()
}
