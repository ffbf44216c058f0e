package ewsworld

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
)

// world is two organizations, a and b, and a folder pair between them.
type world struct {
	orgs  map[string]organization
	dir   string // of the state and what else the program keeps
	state string // name of the directory in dir
	rules plan.Rules
	rand  *rand.Rand
	runs  int
}

var names = []string{"a", "b"}

func newWorld(t testing.TB, a, b organization, rules plan.Rules) *world {
	t.Helper()
	return &world{orgs: map[string]organization{"a": a, "b": b}, dir: t.TempDir(), state: "state", rules: rules, rand: rand.New(rand.NewPCG(1, 2))}
}

// servers are the organizations that have one.
func (w *world) servers() (all []*exchange) {
	for _, name := range names {
		if e, ok := w.orgs[name].(*exchange); ok {
			all = append(all, e)
		}
	}
	return all
}

// save keeps everything and returns what puts it back.
func (w *world) save(t testing.TB) (restore func()) {
	t.Helper()
	var undo []func() error
	for _, name := range names {
		f, err := w.orgs[name].save()
		if err != nil {
			t.Fatal(err)
		}
		undo = append(undo, f)
	}
	kept := t.TempDir()
	if err := copyTree(w.dir, kept); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		err := copyTree(kept, w.dir)
		for _, f := range undo {
			err = errors.Join(err, f())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// run is one run of the program.
type run struct {
	ctx      context.Context // nil: one of its own
	killed   func() bool     // whether nothing happens any more; nil for never
	force    bool            // apply although gates are shut
	adopt    bool
	progress sync.Progress
	planned  func(*plan.Plan) // is told the plan before it is applied
}

var (
	errRefused = errors.New("refused by a gate")
	errKilled  = errors.New("killed")
)

// plan plans, and fails if that wrote anything.
func (w *world) plan(r run) (*plan.Plan, error) {
	before := w.mutations()
	p, _, err := w.do(r, false)
	if n := w.mutations() - before; n > 0 && err == nil {
		return p, fmt.Errorf("planning sent %d requests that write", n)
	}
	return p, err
}

func (w *world) apply(r run) (*plan.Plan, *sync.Report, error) { return w.do(r, true) }

// mutations counts the requests of the program that were to change something.
func (w *world) mutations() (n int) {
	for _, e := range w.servers() {
		n += len(e.server.Mutations(e.account))
	}
	return n
}

func (w *world) do(r run, apply bool) (p *plan.Plan, report *sync.Report, err error) {
	if r.ctx == nil {
		r.ctx = context.Background()
	}
	state, err := sync.OpenState(filepath.Join(w.dir, w.state))
	if err != nil {
		return nil, nil, err
	}
	state.NoSync()
	dead := func() bool { return r.killed != nil && r.killed() }
	state.SetHook(func(string) error {
		if dead() {
			return errKilled
		}
		return nil
	})
	defer func() {
		if dead() {
			err = errors.Join(err, state.Discard())
		} else {
			err = errors.Join(err, state.Close())
		}
	}()
	stores := map[string]sync.Store{}
	for _, name := range names {
		s, err := w.orgs[name].open(r.ctx, filepath.Join(w.dir, w.state, "cache", name))
		if err != nil {
			return nil, nil, fmt.Errorf("opening %s: %w", name, err)
		}
		defer s.Close()
		stores[name] = s
	}
	w.runs++
	now := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC).Add(time.Duration(w.runs) * 2 * plan.Settling) // servers that lag have caught up
	program := sync.New(sync.Options{Organizations: stores, Known: names, Sessions: []sync.Session{w.session()}, Adopt: r.adopt, Parallelism: 1, State: state,
		Progress: r.progress, Now: now, Rand: func() string { return fmt.Sprintf("%016x", w.rand.Uint64()) }})
	if p, err = program.Plan(r.ctx); err != nil || !apply {
		return p, nil, err
	}
	if len(p.Refused) > 0 && !r.force {
		return p, nil, fmt.Errorf("%w: %+v", errRefused, p.Refused)
	}
	if r.planned != nil {
		r.planned(p)
	}
	report, err = program.Apply(r.ctx, p, nil)
	return p, report, err
}

// root is the pair's folder in both organizations.
const root = "News"

func (w *world) session() sync.Session {
	return sync.Session{Name: "news", Publisher: "a", Subscribers: []string{"b"},
		Blocks: []sync.Block{{Path: root, Source: "news.hcl:1", Rules: w.rules, Target: func(string) string { return root }}}}
}

// complete applies until nothing is left to do, but at most so many times.
func (w *world) complete(t testing.TB, times int) {
	t.Helper()
	var last string
	for range times {
		p, report, err := w.apply(run{})
		if err != nil {
			t.Fatalf("apply: %v\n%s", err, text(p))
		}
		last = fmt.Sprintf("%s: skipped %+v, failed %+v, refused %+v\n%s", report.Result, report.Skipped, report.Failed, report.Refused, text(p))
		if p, err = w.plan(run{}); err != nil {
			t.Fatal(err)
		}
		if report.Complete() && p.Empty() {
			return
		}
		last += "\nand then:\n" + text(p)
	}
	t.Fatalf("after %d applies there is something left to do; the last one is %s", times, last)
}

func text(p *plan.Plan) string {
	if p == nil {
		return "no plan"
	}
	var b strings.Builder
	if err := p.Document(false).WriteText(&b, plan.Colors{}); err != nil {
		return err.Error()
	}
	return b.String()
}

// plainRules are those of a folder block that carries deletions too.
func plainRules(twoWay bool) plan.Rules {
	return plan.Rules{TwoWay: twoWay, Subfolders: true, Deletions: plan.DeleteItemsAndFolders, Limits: plan.DefaultLimits()}
}
