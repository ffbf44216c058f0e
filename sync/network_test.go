package sync_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// network is organizations in memory with sessions between them, of which some can be down for a run.
type network struct {
	t        *testing.T
	orgs     map[string]*memstore.Organization
	sessions []sync.Session
	state    *sync.State
}

func newNetwork(t *testing.T, names ...string) *network {
	t.Helper()
	n := &network{t: t, orgs: map[string]*memstore.Organization{}}
	for _, name := range names {
		n.orgs[name] = memstore.New(name, memstore.Options{})
	}
	n.forget()
	return n
}

// forget goes on with an empty state.
func (n *network) forget() {
	n.t.Helper()
	state, err := sync.OpenState(n.t.TempDir())
	must(n.t, err)
	n.t.Cleanup(func() { must(n.t, state.Close()) })
	n.state = state
}

// session adds one between two organizations' folders.
func (n *network) session(publisher, from, subscriber, to string, twoWay bool) {
	n.sessions = append(n.sessions, sync.Session{Name: publisher + "-" + subscriber, Publisher: publisher, Subscribers: []string{subscriber},
		Blocks: []sync.Block{{Path: from, Source: "x.hcl:1", Target: func(string) string { return to },
			Rules: plan.Rules{Subfolders: true, TwoWay: twoWay, Limits: plan.DefaultLimits(), Deletions: plan.DeleteItemsAndFolders}}}})
}

func (n *network) post(org, path, name string) {
	n.t.Helper()
	if path != "" && !slices.ContainsFunc(n.orgs[org].Folders(), func(f plan.Folder) bool { return f.Path == path }) {
		must(n.t, n.orgs[org].AddFolder(plan.Parent(path), plan.Base(path), "IPF.Note"))
	}
	_, err := n.orgs[org].Post(path, sync.Payload{Class: "IPM.Post", Name: name, Format: sync.MIME, Data: []byte("Subject: " + name + "\r\n\r\n" + name)})
	must(n.t, err)
}

// plan plans a run during which some organizations cannot be opened.
func (n *network) plan(down ...string) (*sync.Run, *plan.Plan) {
	n.t.Helper()
	o := sync.Options{Organizations: map[string]sync.Store{}, Unopened: map[string]error{}, Sessions: n.sessions, State: n.state, Now: time.Now(), Rand: func() string { return "marker" }}
	for name, org := range n.orgs {
		o.Known = append(o.Known, name)
		if slices.Contains(down, name) {
			o.Unopened[name] = errors.New("organization " + name + ": connection refused")
		} else {
			o.Organizations[name] = org.Open(nil)
		}
	}
	run := sync.New(o)
	p, err := run.Plan(n.t.Context())
	must(n.t, err)
	return run, p
}

func (n *network) apply(down ...string) *plan.Plan {
	n.t.Helper()
	run, p := n.plan(down...)
	report, err := run.Apply(n.t.Context(), p, nil)
	must(n.t, err)
	result := "complete"
	if len(down) > 0 {
		result = "partial"
	}
	if report.Result != result || len(report.Failed)+len(report.Skipped) > 0 {
		n.t.Errorf("with %q down the run is %s: %+v %+v\n%s", down, report.Result, report.Failed, report.Skipped, text(p))
	}
	return p
}

// want expects items, as "folder: name", at an organization.
func (n *network) want(org string, items ...string) {
	n.t.Helper()
	var have []string
	for _, f := range n.orgs[org].All() {
		have = append(have, f.Path+": "+f.Payload.Name)
	}
	slices.Sort(have)
	slices.Sort(items)
	if !slices.Equal(have, items) {
		n.t.Errorf("%s has %q, want %q", org, have, items)
	}
}
