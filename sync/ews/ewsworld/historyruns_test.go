package ewsworld

import (
	"errors"
	"math/rand/v2"
	"slices"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/ewstest"
)

// mode is how a run is disturbed.
type mode int

const (
	calm      mode = iota
	flaky          // requests fail, before or after their effect, or their effect comes when the run is over
	dying          // from some request on nothing happens any more
	throttled      // the server is busy
	crowded        // users act meanwhile
)

func (m mode) String() string {
	return [...]string{"calm", "flaky", "dying", "throttled", "crowded"}[m]
}

// run is one apply, and a look at what became of it.
func (h *history) run(m mode, force bool) {
	r := run{force: force, planned: func(p *plan.Plan) { h.note("%v apply:\n%s", m, text(p)) }}
	end := func() {}
	switch m {
	case flaky:
		end = h.inject(8, []ewstest.Action{ewstest.Cut{Phase: ewstest.Before}, ewstest.Cut{Phase: ewstest.Drop}, ewstest.Cut{Phase: ewstest.Inside},
			ewstest.Fail{Code: "ErrorInternalServerTransientError"}, ewstest.Fail{Code: "ErrorTimeoutExpired", Whole: true, After: true}, ewstest.Late{}})
	case throttled:
		end = h.inject(3, []ewstest.Action{ewstest.Fail{Code: "ErrorServerBusy", Whole: true}, ewstest.Fail{Code: "ErrorServerBusy"},
			ewstest.Fail{Code: "ErrorServerBusy", Only: []int{0}}})
	case dying:
		var x *watch
		x, r.ctx, end = h.interrupt(h.rand.IntN(10), interruption{action: pick(h, []ewstest.Action{ewstest.Cut{Phase: ewstest.Before}, ewstest.Cut{Phase: ewstest.Drop}}), kills: true})
		r.killed = x.killed
	case crowded:
		r.progress = &crowd{h: h}
	}
	p, report, err := h.apply(r)
	end()
	if h.release() > 0 {
		h.forgotten() // a marker that comes late is one of an older state
		h.note("late effects come")
	}
	if pe, ok := sync.IsPanic(err); ok {
		if f, ok := pe.Value.(failure); ok {
			panic(f)
		}
		h.fail("the program panicked: %v\n%s", pe.Value, pe.Stack)
	}
	if errors.Is(err, errRefused) {
		h.note("refused: %v", err)
		return
	}
	if err != nil {
		h.note("apply: %v", err)
	}
	if report != nil {
		for _, o := range slices.Concat(report.Failed, report.Skipped, report.Refused) {
			h.note("  not done: %s %s %q in %s:/%s: %s", o.Symbol, o.Action, o.Item, o.Organization, o.Path, o.Reason)
		}
	}
	h.audit()
	if err != nil || !report.Complete() {
		if m == calm && err != nil {
			h.fail("apply: %v\n%s", err, text(p))
		}
		return
	}
	if m == crowded {
		return
	}
	next, err := h.world.plan(run{})
	if err != nil || !next.Empty() {
		h.fail("after a complete apply the plan is not empty: %v\n%s", err, text(next))
	}
	h.void = false
}

// inject lets one in n of the program's requests meet one of some actions.
func (h *history) inject(n int, actions []ewstest.Action) (end func()) {
	var remove []func()
	for _, e := range h.servers() {
		dice, chosen := rand.New(rand.NewPCG(h.rand.Uint64(), 0)), -1 // its own, since both organizations are read at the same time
		remove = append(remove, e.server.Inject(ewstest.Fault{Account: e.account, Times: -1, Action: ewstest.Cut{}, When: func(ewstest.Request) bool {
			if chosen = -1; dice.IntN(n) == 0 {
				chosen = dice.IntN(len(actions))
			}
			return false
		}}))
		for i, a := range actions {
			remove = append(remove, e.server.Inject(ewstest.Fault{Account: e.account, Times: -1, Action: a, When: func(r ewstest.Request) bool {
				_, late := a.(ewstest.Late)
				return chosen == i && (r.Mutating || !late)
			}}))
		}
	}
	return func() {
		for _, f := range remove {
			f()
		}
	}
}

// crowd is users who act between the phases of a run.
type crowd struct{ h *history }

func (c *crowd) Phase(name string, _ int) {
	switch name {
	case "folders", "creating", "updating", "deleting", "deleting folders":
		if c.h.chance(2) {
			c.h.act(pick(c.h, names))
		}
	}
}

func (c *crowd) Step(int) {}
func (c *crowd) Done()    {}
