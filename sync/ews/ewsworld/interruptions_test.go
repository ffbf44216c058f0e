package ewsworld

import (
	"context"
	"strings"
	stdsync "sync"

	"iorepl/sync/ews/ewstest"
)

// interruption is what happens to one request that is to change something.
type interruption struct {
	name   string
	action ewstest.Action
	kills  bool // nothing of the run happens after it
	late   when // when the effect comes, where it does so late
}

// when is the moment at which late effects come.
type when int

const (
	never      when = iota
	afterwards      // when the run is over
	planned         // when the next run has planned, so that there is one too many
)

var interruptions = []interruption{
	{name: "killed before it", action: ewstest.Cut{Phase: ewstest.Before}, kills: true},
	{name: "killed after it", action: ewstest.Cut{Phase: ewstest.Drop}, kills: true},
	{name: "cut before the effect", action: ewstest.Cut{Phase: ewstest.Before}},
	{name: "cut after the effect", action: ewstest.Cut{Phase: ewstest.Drop}},
	{name: "cut within the answer", action: ewstest.Cut{Phase: ewstest.Inside}},
	{name: "failed", action: ewstest.Fail{Code: "ErrorInternalServerTransientError"}},
	{name: "done and said to have failed", action: ewstest.Fail{Code: "ErrorInternalServerTransientError", After: true}},
	{name: "failed as a whole", action: ewstest.Fail{Code: "ErrorInternalServerError", Whole: true}},
	{name: "done and said to have failed as a whole", action: ewstest.Fail{Code: "ErrorTimeoutExpired", Whole: true, After: true}},
	{name: "the first of it failed", action: ewstest.Fail{Code: "ErrorInternalServerTransientError", Only: []int{0}}},
	{name: "done late, after the run", action: ewstest.Late{}, late: afterwards},
	{name: "done late, within the next run", action: ewstest.Late{}, late: planned},
	{name: "killed, and done late", action: ewstest.Late{}, kills: true, late: planned},
}

// watch counts the program's requests that are to change something, and interrupts one of them.
type watch struct {
	mu     stdsync.Mutex
	count  int
	dead   bool
	cancel context.CancelFunc
}

func (x *watch) killed() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.dead
}

func (x *watch) counted() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.count
}

// interrupt makes the n-th request of a run, from 0, meet an interruption; n below 0 only counts.
func (w *world) interrupt(n int, how interruption) (x *watch, ctx context.Context, end func()) {
	x = &watch{}
	ctx, x.cancel = context.WithCancel(context.Background())
	var remove []func()
	for _, e := range w.servers() {
		program := func(r ewstest.Request) bool { return strings.EqualFold(r.Account, e.account) }
		remove = append(remove, e.server.Inject(ewstest.Fault{Times: -1, Action: ewstest.Cut{Phase: ewstest.Before}, When: func(r ewstest.Request) bool {
			x.mu.Lock()
			defer x.mu.Unlock()
			if x.dead && program(r) {
				x.cancel()
				return true
			}
			return false
		}}))
		action := how.action
		if action == nil {
			action = ewstest.Cut{Phase: ewstest.Before} // it never comes
		}
		remove = append(remove, e.server.Inject(ewstest.Fault{Times: -1, Action: action, When: func(r ewstest.Request) bool {
			if !r.Mutating || !program(r) {
				return false
			}
			x.mu.Lock()
			defer x.mu.Unlock()
			x.count++
			if x.count != n+1 {
				return false
			}
			x.dead = how.kills
			return true
		}}))
	}
	return x, ctx, func() {
		for _, f := range remove {
			f()
		}
		x.cancel()
	}
}

// release lets late effects come.
func (w *world) release() (n int) {
	for _, e := range w.servers() {
		n += e.server.Release()
	}
	return n
}
