package ews_test

import (
	"flag"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
)

var eachFault = flag.Bool("each-fault", false, "let every fault meet every kind of request alone")

var modern = ewstest.Options{Profile: ewstest.Exchange2016}

// fault is something that goes wrong with a number of requests in a row.
type fault struct {
	name   string
	action ewstest.Action
	times  int
}

var faults = []fault{
	{"401", ewstest.Status{Code: http.StatusUnauthorized}, 1},
	{"503 with Retry-After", ewstest.Status{Code: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"30"}}}, 2},
	{"server busy", ewstest.Fail{Code: "ErrorServerBusy", Whole: true}, 2},
	{"500 without SOAP", ewstest.Status{Code: http.StatusInternalServerError, Body: "<html><title>Server Error</title></html>"}, 9},
	{"a page instead of SOAP", ewstest.Page(), 1},
	{"cut before", ewstest.Cut{Phase: ewstest.Before}, 9},
	{"every answer dropped", ewstest.Cut{Phase: ewstest.Drop}, 9},
	{"an answer dropped", ewstest.Cut{Phase: ewstest.Drop}, 1},
	{"cut inside", ewstest.Cut{Phase: ewstest.Inside}, 9},
	{"cut after", ewstest.Cut{Phase: ewstest.After}, 9},
	{"HTML behind the answer", ewstest.Trailing{}, -1},
	{"internal error", ewstest.Fail{Code: "ErrorInternalServerError"}, 9},
	{"done, and an error", ewstest.Fail{Code: "ErrorInternalServerError", After: true}, 1},
	{"done, and a timeout", ewstest.Fail{Code: "ErrorTimeoutExpired", After: true, Whole: true}, 1},
	{"done later", ewstest.Late{}, 1},
	{"short pages", ewstest.Partial{Rows: 2}, -1},
}

var (
	reads  = []string{"GetFolder", "FindFolder", "FindItem", "GetItem"}
	writes = []string{"CreateFolder", "UpdateFolder", "MoveFolder", "DeleteFolder", "CreateItem", "UpdateItem", "MoveItem", "DeleteItem", "CreateAttachment"}
)

// TestNothingIsLostOrDoubledByABadServer: whatever goes wrong with requests to either server, a run that calls itself complete is, and later runs end
// as if nothing had happened.
func TestNothingIsLostOrDoubledByABadServer(t *testing.T) {
	if testing.Short() {
		t.Skip("a long one, left out of short runs")
	}
	for _, f := range faults {
		for _, group := range []struct {
			org        string
			operations []string
		}{{"a", reads}, {"b", reads}, {"b", writes}} {
			t.Run(f.name+"/"+group.org+" "+group.operations[0], func(t *testing.T) {
				if !*eachFault {
					f.meets(t, group.org, group.operations)
					return
				}
				for _, operation := range group.operations {
					t.Run(operation, func(t *testing.T) { f.meets(t, group.org, []string{operation}) })
				}
			})
		}
	}
}

// meets lets the fault meet a first run and one with every kind of change.
func (f fault) meets(t *testing.T, org string, operations []string) {
	c := news(t, modern, modern, func(r *plan.Rules) { r.Deletions = plan.DeleteItemsAndFolders })
	c.folder("a", "News/Old", "IPF.Note")
	c.folder("a", "News/Gone", "IPF.Note")
	edited, deleted, moved := c.post("a", "News", "edited"), c.post("a", "News", "deleted"), c.post("a", "News", "moved")
	c.post("a", "News/Old", "past")
	run := func() {
		var removes []func()
		for _, op := range operations {
			removes = append(removes, c.servers[org].Inject(ewstest.Fault{Operation: op, Times: f.times, Action: f.action}))
		}
		o := c.apply()
		for _, remove := range removes {
			remove()
		}
		if o.err == nil && o.report.Complete() {
			c.same("a", "News", "b", "Copies/News")
		} else if len(strings.TrimSpace(o.said())) == 0 {
			t.Error("the run is not complete and does not say why")
		}
		c.servers[org].Release()
		c.settles()
		c.same("a", "News", "b", "Copies/News")
	}
	run()
	c.retitle("a", edited, "edited once")
	if err := c.user("a").DeleteItem(deleted); err != nil {
		t.Fatal(err)
	}
	if _, err := c.user("a").MoveItem(moved, "News/Old"); err != nil {
		t.Fatal(err)
	}
	c.post("a", "News", "fresh")
	if err := c.user("a").RenameFolder("News/Old", "Ancient"); err != nil {
		t.Fatal(err)
	}
	if err := c.user("a").DeleteFolder("News/Gone"); err != nil {
		t.Fatal(err)
	}
	run()
}

// same checks that two folders hold the same, and the folders below them.
func (c *chain) same(org, path, other, otherPath string) {
	c.Helper()
	if d := cmp.Diff(c.below(org, path), c.below(other, otherPath)); d != "" {
		c.Errorf("-%s:/%s +%s:/%s\n%s", org, path, other, otherPath, d)
	}
}

// below are the subjects in a folder and in all folders below it.
func (c *chain) below(org, path string) map[string][]string {
	c.Helper()
	all := map[string][]string{}
	for _, f := range c.servers[org].Tree() {
		if rest, ok := strings.CutPrefix(f.Path+"/", path+"/"); ok {
			all[rest] = c.subjects(org, f.Path)
		}
	}
	return all
}
