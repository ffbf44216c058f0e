package ewsworld

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
)

// scenario is something that users do.
type scenario struct {
	name   string
	twoWay bool           // it is about two-way pairs only
	setup  func(*users)   // before the first apply
	then   func(*users)   // after it, with a complete apply after it
	change func(*users)   // before the apply that is interrupted
	does   []plan.Action  // actions that the uninterrupted apply must take
	holds  map[string]int // how many items have a text in each organization at the end
	files  bool           // it is about what grommunio does not hold
}

// fits reports whether a scenario is tried in a shape. What grommunio does not hold whole does not go there in a two-way pair, so that it holds
// less, and keeps less of a conflict.
func (s *scenario) fits(sh shape) bool {
	lossy := s.files && sh.twoWay && (sh.b == gromm || s.twoWay && sh.a == gromm)
	return (sh.twoWay || !s.twoWay) && !lossy
}

// shape is who replicates to whom.
type shape struct {
	name   string
	a, b   kind // the zero kind is a directory
	twoWay bool
}

// shapes are the pairs of servers that scenarios are tried with. Each scenario takes another part of them.
func shapes() (all []shape) {
	for i, a := range kinds {
		for j, b := range kinds {
			if *every || (j-i+4)%4 == 1 {
				all = append(all, shape{a.name + " to " + b.name, a, b, false}, shape{a.name + " and " + b.name, a, b, true})
			}
		}
	}
	return append(all, shape{"directory to 2016", kind{}, ex2016, false}, shape{"2010 SP2 to directory", ex2010, kind{}, false},
		shape{"grommunio and directory", gromm, kind{}, true}, shape{"directory to grommunio", kind{}, gromm, false},
		shape{"directory and grommunio", kind{}, gromm, true})
}

// sparse is how many shapes there are for one that is tried: twelve times as many in a short run.
func sparse(n int) int {
	if testing.Short() {
		return 12 * n
	}
	return n
}

func TestEndStateIsTheSameWhicheverRequestFails(t *testing.T) {
	for n, s := range scenarios {
		for i, sh := range shapes() {
			if !s.fits(sh) || !*every && (i+n)%sparse(7) != 0 {
				continue
			}
			t.Run(s.name+"/"+sh.name, func(t *testing.T) {
				t.Parallel()
				newTrial(t, &s, sh).everywhere(n + i)
			})
		}
	}
}

func TestThrottlingChangesNothing(t *testing.T) {
	for n, s := range scenarios {
		for i, sh := range shapes() {
			if !s.fits(sh) || !*every && (i+n)%sparse(7) != 0 {
				continue
			}
			t.Run(s.name+"/"+sh.name, func(t *testing.T) {
				t.Parallel()
				newTrial(t, &s, sh).throttled()
			})
		}
	}
}

// trial is one scenario in one shape.
type trial struct {
	*world
	*scenario
	t      testing.TB
	start  func() // puts everything back to before the apply that is interrupted
	writes int    // of the uninterrupted apply
	want   map[string][]string
}

func newTrial(t testing.TB, s *scenario, sh shape) *trial {
	t.Helper()
	make := func(name string, k kind) organization {
		if k == (kind{}) {
			return newDirectory(t)
		}
		rights := ewstest.Owner
		if name == "a" && !sh.twoWay {
			rights = ewstest.Reviewer
		}
		return newExchange(t, name, k, rights)
	}
	w := newWorld(t, make("a", sh.a), make("b", sh.b), plainRules(sh.twoWay))
	tr := &trial{world: w, scenario: s, t: t}
	u := &users{w, t}
	u.mkdir("a", root, "")
	if s.setup != nil {
		s.setup(u)
	}
	w.complete(t, 1)
	if s.then != nil {
		s.then(u)
		w.complete(t, 1)
	}
	s.change(u)
	tr.start = w.save(t)
	tr.reference()
	return tr
}

// reference finds out how an uninterrupted apply ends, and how often it writes.
func (tr *trial) reference() {
	tr.t.Helper()
	x, ctx, end := tr.interrupt(-1, interruption{})
	p, report, err := tr.apply(run{ctx: ctx})
	end()
	if err != nil {
		tr.t.Fatalf("apply: %v\n%s", err, text(p))
	}
	if !report.Complete() {
		tr.t.Fatalf("apply is %s: skipped %+v, failed %+v, refused %+v\n%s", report.Result, report.Skipped, report.Failed, report.Refused, text(p))
	}
	did := map[plan.Action]bool{}
	for c := range p.Changes.All() {
		did[c.Action] = true
	}
	for _, a := range tr.does {
		if !did[a] {
			tr.t.Fatalf("the scenario does not do what it is about: no %s, only %v", a, did)
		}
	}
	if p, err = tr.plan(run{}); err != nil || !p.Empty() {
		tr.t.Fatalf("the plan after a complete apply is not empty: %v\n%s", err, text(p))
	}
	tr.writes, tr.want = x.counted(), outcome(tr.t, tr.world)
	for text, n := range tr.holds {
		for _, org := range names {
			if got := count(tr.t, tr.world, org, text); got != n {
				tr.t.Fatalf("an uninterrupted run leaves %d items with text %q at %s, want %d:\n%v", got, text, org, n, tr.want)
			}
		}
	}
}

// everywhere interrupts each request in each way, or a sample of both.
func (tr *trial) everywhere(seed int) {
	points := 0
	for n := range tr.writes {
		for i, how := range interruptions {
			if *every || (n+i+seed)%sampled == 0 {
				tr.at(n, how)
				points++
			}
		}
	}
	tr.t.Logf("%d requests that write, %d interruptions", tr.writes, points)
}

// sampled is the share of interruptions that are tried by default.
const sampled = 9

func (tr *trial) at(n int, how interruption) {
	tr.start()
	w := tr.world
	t := failing{tr.t, fmt.Sprintf("request %d of %d %s", n+1, tr.writes, how.name)}
	x, ctx, end := w.interrupt(n, how)
	p, _, err := w.apply(run{ctx: ctx, killed: x.killed})
	end()
	if errors.Is(err, errRefused) || x.counted() <= n {
		t.Fatalf("there was no such request: %v\n%s", err, text(p))
	}
	times := 2 // what was in doubt may have become double, which takes a run to see and, in another, to settle what depends on it
	switch how.late {
	case afterwards:
		w.release()
	case planned:
		times = 3
		if _, _, err := w.apply(run{planned: func(*plan.Plan) { w.release() }}); err != nil {
			t.Fatalf("the next run: %v", err)
		}
		w.release() // nothing was planned
	}
	w.complete(t, times)
	w.untouched(t)
	got := outcome(t, w)
	if how.late == planned && slices.Contains(tr.does, plan.Keep) {
		// What keeps the loser of a conflict looks like a copy that users made if it comes late.
		for path := range got {
			got[path] = slices.Compact(got[path])
		}
	}
	if diff := cmp.Diff(tr.want, got); diff != "" {
		t.Fatalf("(-uninterrupted +interrupted):\n%s", diff)
	}
}

// untouched fails if the publisher of a one-way pair was asked to change anything.
func (w *world) untouched(t testing.TB) {
	t.Helper()
	for _, e := range w.servers() {
		if m := e.server.Mutations(e.account); e.name == "a" && !w.rules.TwoWay && len(m) > 0 {
			t.Fatalf("the publisher was asked to change something: %+v", m)
		}
	}
}

// throttled has every second request refused twice by a busy server, and then single parts of requests.
func (tr *trial) throttled() {
	for _, single := range []bool{false, true} {
		tr.start()
		w := tr.world
		t := failing{tr.t, fmt.Sprintf("busy for parts of requests: %v", single)}
		var remove []func()
		var busy atomic.Int64 // over both servers
		for _, e := range w.servers() {
			action, times := ewstest.Fail{Code: "ErrorServerBusy", Whole: true}, -1
			if single {
				action, times = ewstest.Fail{Code: "ErrorServerBusy", Only: []int{0}}, 6
			}
			n := 0
			remove = append(remove, e.server.Inject(ewstest.Fault{Account: e.account, Times: times, Action: action, When: func(r ewstest.Request) bool {
				if single && !r.Mutating {
					return false
				}
				if n++; n%3 == 0 {
					return false
				}
				busy.Add(1)
				return true
			}}))
		}
		if single {
			w.complete(t, 8)
		} else {
			w.complete(t, 1)
		}
		for _, f := range remove {
			f()
		}
		if diff := cmp.Diff(tr.want, outcome(t, w)); diff != "" || busy.Load() == 0 && len(w.servers()) == 2 {
			t.Fatalf("busy %d times (-without +with):\n%s", busy.Load(), diff)
		}
	}
}

// failing names the interruption in every failure.
type failing struct {
	testing.TB
	where string
}

func (f failing) Fatal(args ...any) {
	f.Helper()
	f.TB.Fatal(append([]any{f.where + ": "}, args...)...)
}

func (f failing) Fatalf(format string, args ...any) {
	f.Helper()
	f.TB.Fatalf("%s: "+format, append([]any{f.where}, args...)...)
}
