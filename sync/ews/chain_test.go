package ews_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
	"iorepl/sync/synctest"
)

// chain is some organizations, on servers or in directories, and the sessions between them. Each run opens its stores anew, as the command
// does.
type chain struct {
	testing.TB
	dir      string
	clock    *clock
	servers  map[string]*ewstest.Server
	options  map[string]*ews.Options
	archives map[string]string
	sessions []sync.Session
	between  func() // comes after the plan and before what it plans is done
	open     bool   // gates
	markers  int
	runs     int
}

// memory is a file system in memory, where there is one: states and directories are written with many flushes.
const memory = "/dev/shm"

func newChain(t testing.TB) *chain {
	parent := ""
	if info, err := os.Stat(memory); os.Getenv("TMPDIR") == "" && err == nil && info.IsDir() {
		parent = memory
	}
	dir, err := os.MkdirTemp(parent, "iorepl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return &chain{TB: t, dir: dir, clock: newClock(), servers: map[string]*ewstest.Server{}, options: map[string]*ews.Options{},
		archives: map[string]string{}}
}

// sleep lets the clock go on instead of waiting.
func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	return ctx.Err()
}

// server adds an organization on a server of its own.
func (c *chain) server(name string, o ewstest.Options) *ewstest.Server {
	c.Helper()
	o.Now = c.clock.now
	s, opts := newServer(c, o)
	opts.Transport.Now, opts.Transport.Sleep = c.clock.now, c.clock.sleep
	c.servers[name], c.options[name] = s, &opts
	return s
}

// directory adds an organization in a directory.
func (c *chain) directory(name string) string {
	dir := filepath.Join(c.dir, "organizations", name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		c.Fatal(err)
	}
	c.archives[name] = dir
	return dir
}

// session replicates a folder.
func (c *chain) session(publisher, from, subscriber, to string, change func(*plan.Rules)) {
	rules := synctest.Rules()
	if change != nil {
		change(&rules)
	}
	c.sessions = append(c.sessions, sync.Session{Name: publisher + "-" + subscriber, Publisher: publisher, Subscribers: []string{subscriber},
		Blocks: []sync.Block{{Path: from, Source: "test.hcl:1", Rules: rules, Target: func(string) string { return to }}}})
}

// news is the usual chain: News with three messages on a, replicated to Copies/News on b.
func news(t testing.TB, a, b ewstest.Options, change func(*plan.Rules)) *chain {
	t.Helper()
	c := newChain(t)
	c.server("a", a)
	c.server("b", b)
	c.folder("a", "News", "IPF.Note")
	for _, name := range []string{"one", "two", "three"} {
		c.post("a", "News", name)
	}
	c.session("a", "News", "b", "Copies/News", change)
	return c
}

func (c *chain) folder(org, path, class string) {
	c.Helper()
	if _, err := c.user(org).AddFolder(path, class); err != nil {
		c.Fatal(err)
	}
	if err := c.servers[org].SetPermission(path, "iorepl@contoso.test", ewstest.Owner); err != nil { // grommunio's folders inherit nothing
		c.Fatal(err)
	}
}

func (c *chain) user(org string) *ewstest.User { return c.servers[org].User("anna@contoso.test") }

// post adds a message as a user does.
func (c *chain) post(org, path, subject string) string {
	c.Helper()
	return c.add(org, path, soap.T("Message", soap.T("ItemClass", "IPM.Note"), soap.T("Subject", subject),
		soap.T("Body", soap.Attr{Name: "BodyType", Value: "Text"}, "This is "+subject)))
}

func (c *chain) add(org, path string, e *soap.Element) string {
	c.Helper()
	id, err := c.user(org).AddItem(path, e)
	if err != nil {
		c.Fatal(err)
	}
	return id
}

// retitle edits an item as a user does.
func (c *chain) retitle(org, id, subject string) {
	c.Helper()
	if err := c.user(org).EditItem(id, setField("item:Subject", "Message", soap.T("Subject", subject))); err != nil {
		c.Fatal(err)
	}
}

func setField(uri, element string, value *soap.Element) *soap.Element {
	return soap.T("SetItemField", soap.T("FieldURI", soap.Attr{Name: "FieldURI", Value: uri}), soap.T(element, value))
}

func (c *chain) run(apply bool) (o outcome) {
	c.Helper()
	state, err := sync.OpenState(filepath.Join(c.dir, "state"))
	if err != nil {
		c.Fatal(err)
	}
	defer func() {
		if err := state.Close(); err != nil {
			c.Error(err)
		}
	}()
	stores := map[string]sync.Store{}
	defer func() {
		for _, s := range stores {
			if err := s.Close(); err != nil {
				c.Error(err)
			}
		}
	}()
	for name, dir := range c.archives {
		if stores[name], err = archive.Open(dir, archive.Options{}); err != nil {
			c.Fatal(err)
		}
	}
	for _, name := range slices.Sorted(mapKeys(c.options)) {
		opened, err := ews.Open(context.Background(), *c.options[name])
		if err != nil {
			return outcome{err: fmt.Errorf("organization %s: %w", name, err)}
		}
		stores[name] = opened
	}
	c.runs++
	now := c.clock.now().Add(time.Duration(c.runs) * 2 * plan.Settling) // servers that lag have caught up
	run := sync.New(sync.Options{Organizations: stores, Known: slices.Sorted(mapKeys(stores)), Sessions: c.sessions, Parallelism: 2, State: state,
		Now: now, Rand: func() string { c.markers++; return fmt.Sprintf("marker%d", c.markers) }})
	if o.plan, o.err = run.Plan(context.Background()); o.err != nil || !apply {
		return o
	}
	if len(o.plan.Refused) > 0 && !c.open {
		o.err = errGate
		return o
	}
	if c.between != nil {
		c.between()
	}
	o.report, o.err = run.Apply(context.Background(), o.plan, nil)
	return o
}

func mapKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// subjects are those of a folder's items, sorted.
func (c *chain) subjects(org, path string) []string {
	c.Helper()
	items, err := c.servers[org].Items(path)
	if err != nil {
		c.Fatal(err)
	}
	all := []string{}
	for _, it := range items {
		all = append(all, it.Subject)
	}
	slices.Sort(all)
	return all
}

// holds checks which items a folder has.
func (c *chain) holds(org, path string, want ...string) {
	c.Helper()
	if d := unordered(want, c.subjects(org, path)); d != "" {
		c.Errorf("%s:/%s (-want +got):\n%s", org, path, d)
	}
}

// read are the payloads of a folder's items, by their names.
func (c *chain) read(org, path string) map[string]sync.Payload {
	c.Helper()
	s, err := ews.Open(context.Background(), *c.options[org])
	if err != nil {
		c.Fatal(err)
	}
	defer s.Close()
	return payloads(c, s, path)
}

func payloads(t testing.TB, s sync.Store, path string) map[string]sync.Payload {
	t.Helper()
	folders, err := s.Folders(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]sync.Payload{}
	for _, f := range folders {
		if f.Path != path {
			continue
		}
		err := s.List(context.Background(), f, func(items []plan.Item) error {
			for i, r := range s.Read(context.Background(), f, items) {
				if r.Err != nil {
					t.Errorf("%s: %v", items[i].Name, r.Err)
				}
				if _, twice := all[r.Payload.Name]; twice {
					t.Errorf("there are two of the name %q", r.Payload.Name)
				}
				all[r.Payload.Name] = r.Payload
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func (c *chain) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// id is the id of the only item of a subject in a folder.
func (c *chain) id(org, path, subject string) (id string) {
	c.Helper()
	items, err := c.servers[org].Items(path)
	c.must(err)
	for _, it := range items {
		if it.Subject == subject {
			if id != "" {
				c.Errorf("%s:/%s has two items %q", org, path, subject)
			}
			id = it.ID
		}
	}
	if id == "" {
		c.Errorf("%s:/%s has no item %q", org, path, subject)
	}
	return id
}

// unordered compares texts in any order.
func unordered(want, got []string) string {
	want, got = slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))
	return cmp.Diff(want, got)
}
