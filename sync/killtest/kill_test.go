package killtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan"
	"iorepl/sync/synctest"
)

// scenario is something that users do, in every shape that it fits.
type scenario struct {
	name   string
	shapes []*shape
	rules  func(*plan.Rules)
	setup  func(*users)   // before the first apply
	then   []func(*users) // what users do after it, with a complete apply after each
	first  bool           // change comes before the first apply
	change func(*users)   // before the apply that is killed
	later  func(*users)   // after it
	adopt  bool
	force  bool // the plan shuts a gate
	inode  bool // change renames folders of which only the cache knows the keys, by their inodes

	does  []plan.Action  // actions that the uninterrupted applies must take
	holds map[string]int // how many items have a text in each organization at the end
	apart bool           // one-way, what users have at a subscriber makes it differ from the publisher
}

func (s *scenario) run() synctest.Run { return synctest.Run{Adopt: s.adopt, Force: s.force} }

func TestEndStateIsTheSameWhereverTheRunWasKilled(t *testing.T) {
	for _, s := range slices.Concat(itemScenarios, folderScenarios, accessScenarios, subscriberScenarios, conflictScenarios) {
		for _, shape := range s.shapes {
			t.Run(s.name+"/"+shape.name, func(t *testing.T) {
				t.Parallel()
				newTrial(t, &s, shape).killEverywhere()
			})
		}
	}
}

// trial is one scenario in one shape.
type trial struct {
	*scenario
	*shape
	t        testing.TB
	prepared *synctest.World // before change
	between  []*synctest.World
	writes   []int // of each uninterrupted apply
	before   map[string]bool
	want     map[string][]string
	seed     int
}

func newTrial(t testing.TB, s *scenario, sh *shape) *trial {
	tr := &trial{scenario: s, shape: sh, t: t}
	tr.prepared = sh.build(t, s.rules)
	u := newUsers(t, tr.prepared, sh)
	for _, p := range sh.pairs {
		u.mkdir(p[0], "News")
	}
	if s.setup != nil {
		s.setup(u)
	}
	if !s.first {
		tr.complete(tr.prepared, s.run())
		for _, f := range s.then {
			f(u)
			tr.complete(tr.prepared, s.run())
		}
	}
	tr.reference()
	return tr
}

// complete applies until nothing is left to do, which the links of the shape must suffice for.
func (tr *trial) complete(w *synctest.World, run synctest.Run) {
	tr.t.Helper()
	for link := range tr.links {
		tr.apply(w, run, link)
	}
	tr.empty(w)
}

// apply runs to the end. Before the last link's, an item may be skipped that another pair of the same run has changed.
func (tr *trial) apply(w *synctest.World, run synctest.Run, link int) *plan.Plan {
	tr.t.Helper()
	p, report, err := w.Apply(run)
	if err != nil {
		tr.t.Fatalf("apply: %v\n%s", err, text(p))
	}
	if !report.Complete() && (link == tr.links-1 || len(report.Failed)+len(report.Refused)+report.Remaining > 0) {
		tr.t.Fatalf("apply is %s: skipped %+v, failed %+v, refused %+v\n%s", report.Result, report.Skipped, report.Failed, report.Refused, text(p))
	}
	return p
}

// empty fails unless the plan is empty and everything is remembered that a two-way pair's next decisions need.
func (tr *trial) empty(w *synctest.World) {
	tr.t.Helper()
	p, err := w.Plan(synctest.Run{})
	if err != nil {
		tr.t.Fatal(err)
	}
	if !p.Empty() {
		tr.t.Fatalf("the plan after complete applies is not empty:\n%s", text(p))
	}
	for _, pair := range p.Pairs {
		if pair.Rules.TwoWay && (!pair.Trusted || len(pair.Learn) > 0) {
			tr.t.Fatalf("after complete applies, pair %v is trusted: %v, and has to learn %v", pair.Org, pair.Trusted, pair.Learn)
		}
	}
}

// changed is a copy of the prepared world in which the users have done what the scenario is about.
func (tr *trial) changed() *synctest.World {
	tr.t.Helper()
	w := tr.copy(tr.prepared)
	if tr.inode {
		// The cache of a copy knows other inodes until the copy was looked at.
		if _, err := w.Plan(synctest.Run{}); err != nil {
			tr.t.Fatal(err)
		}
	}
	if tr.change != nil {
		u := newUsers(tr.t, w, tr.shape)
		u.clock = u.clock.AddDate(0, 1, 0)
		tr.change(u)
	}
	return w
}

func (tr *trial) copy(w *synctest.World) *synctest.World {
	tr.t.Helper()
	tr.seed++
	return w.Clone(tr.t, filepath.Join(filepath.Dir(tr.prepared.Dir), "copy"+strconv.Itoa(tr.seed)))
}

// reference finds out how an uninterrupted series of applies ends, and how often each of them writes.
func (tr *trial) reference() {
	t := tr.t
	t.Helper()
	w := tr.changed()
	tr.before = texts(t, w)
	did := map[plan.Action]bool{}
	for i := range tr.links {
		if i > 0 {
			tr.between = append(tr.between, tr.copy(w))
		}
		run := tr.run()
		hook, writes := kill(1<<30, false)
		run.Hook = hook
		for c := range tr.apply(w, run, i).Changes.All() {
			did[c.Action] = true
		}
		tr.writes = append(tr.writes, writes())
	}
	tr.empty(w)
	tr.goOn(w)
	for _, a := range tr.does {
		if !did[a] {
			t.Fatalf("the scenario does not do what it is about: no %s, only %v", a, did)
		}
	}
	tr.want = outcome(t, w)
	for _, org := range w.Orgs[1:] {
		if diff := cmp.Diff(contents(t, w, "a"), contents(t, w, org)); diff != "" && (tr.twoWay || !tr.apart) {
			t.Fatalf("an uninterrupted run leaves differences (-a +%s):\n%s", org, diff)
		}
	}
	for text, n := range tr.holds {
		for _, org := range w.Orgs {
			if got := count(t, w, org, text); got != n {
				t.Fatalf("an uninterrupted run leaves %d items with text %q in %s, want %d", got, text, org, n)
			}
		}
	}
}

func (tr *trial) killEverywhere() {
	step := tr.step()
	points := 0
	for stage, writes := range tr.writes {
		for n := len(tr.scenario.name) % step; n < writes; n += step {
			for _, after := range []bool{false, true} {
				if !after && n > 0 && !*every {
					continue
				}
				points++
				// The second run of every fourth trial is killed as well, at a write that differs from trial to trial.
				twice := -1
				if points%4 == 0 || *every {
					twice = points * 7 % writes
				}
				tr.killAt(stage, n, after, twice)
			}
		}
	}
	tr.t.Logf("%d kill points", points)
}

func (tr *trial) killAt(stage, n int, after bool, twice int) {
	var w *synctest.World
	if stage == 0 {
		w = tr.changed()
	} else {
		w = tr.copy(tr.between[stage-1])
	}
	defer os.RemoveAll(w.Dir)
	where := fmt.Sprintf("%s, %s: apply %d of %d killed %s write %d", tr.scenario.name, tr.shape.name, stage+1, tr.links,
		map[bool]string{false: "before", true: "after"}[after], n)
	if twice >= 0 {
		where += fmt.Sprintf(", the next one before write %d", twice)
	}
	k := &trial{scenario: tr.scenario, shape: tr.shape, t: failing{tr.t, where}}

	published := map[string]map[string]string{}
	for _, org := range tr.onlyRead() {
		published[org] = bytesAndTimes(k.t, w, org)
	}
	k.killed(w, n, after)
	if twice >= 0 {
		k.killed(w, twice, false)
	}
	for text := range texts(k.t, w) {
		if !tr.before[text] && !tr.says(text) {
			k.t.Fatalf("an item is neither as it was nor as it should be:\n%s", text)
		}
	}
	if tr.later == nil {
		k.complete(w, tr.run())
	}
	for org, was := range published {
		if diff := cmp.Diff(was, bytesAndTimes(k.t, w, org)); diff != "" {
			k.t.Fatalf("publisher %s was written to:\n%s", org, diff)
		}
	}
	k.goOn(w)
	if diff := cmp.Diff(tr.want, outcome(k.t, w)); diff != "" {
		k.t.Fatalf("(-uninterrupted +killed):\n%s", diff)
	}
}

// goOn lets the users do what comes after the run, and applies that.
func (tr *trial) goOn(w *synctest.World) {
	tr.t.Helper()
	if tr.later == nil {
		return
	}
	u := newUsers(tr.t, w, tr.shape)
	u.clock = u.clock.AddDate(0, 2, 0)
	tr.later(u)
	tr.complete(w, tr.run())
}

// killed is a run that ends at a write.
func (tr *trial) killed(w *synctest.World, n int, after bool) {
	tr.t.Helper()
	run := tr.run()
	run.Hook, _ = kill(n, after)
	if _, _, err := w.Apply(run); errors.Is(err, synctest.ErrRefused) {
		tr.t.Fatal(err)
	}
}

// says reports whether some item of the uninterrupted end has this content.
func (tr *trial) says(text string) bool {
	for _, items := range tr.want {
		for _, item := range items {
			if strings.HasSuffix(item, "\n"+text) {
				return true
			}
		}
	}
	return false
}
