package ewsworld

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"testing"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
)

// history is one world and what happened in it, a function of its seed. Each content that a user writes carries a token of its own, and
// what may become of it follows from what users did.
type history struct {
	t    testing.TB
	seed uint64
	rand *rand.Rand
	*world
	backups []backup
	log     []string
	ledger
}

// backup is an organization as it was, with what its users were owed.
type backup struct {
	org  string
	snap *ewstest.Snapshot
	owed map[token]bool
}

// failure ends a history.
type failure struct{ text string }

func (h *history) fail(format string, args ...any) { panic(failure{fmt.Sprintf(format, args...)}) }

func (h *history) must(err error) {
	if err != nil {
		h.fail("the test itself: %v", err)
	}
}

func (h *history) note(format string, args ...any) {
	h.log = append(h.log, fmt.Sprintf(format, args...))
}

// chance is true once in n times.
func (h *history) chance(n int) bool { return h.rand.IntN(n) == 0 }

func pick[T any](h *history, from []T) T { return from[h.rand.IntN(len(from))] }

func (h *history) at(org string) *exchange { return h.orgs[org].(*exchange) }

// live lives the history of a seed and returns "" or what went wrong, with all that led to it.
func live(t testing.TB, seed uint64) (problem string) {
	h := &history{t: t, seed: seed, rand: rand.New(rand.NewPCG(seed, 7)), ledger: newLedger()}
	defer func() {
		if v := recover(); v != nil {
			f, ok := v.(failure)
			if !ok {
				t.Errorf("seed %d:\n%s", seed, strings.Join(h.log, "\n"))
				panic(v)
			}
			problem = h.tell(f.text)
		}
		for _, e := range h.servers() {
			e.server.Close()
		}
	}()
	h.found()
	for round := range 3 + h.rand.IntN(4) {
		h.note("--- round %d", round+1)
		h.round()
	}
	h.note("--- the end")
	h.settle()
	return ""
}

// found makes the organizations and fills them.
func (h *history) found() {
	rules := plainRules(h.chance(2))
	rules.Deletions = plan.Deletions(h.rand.IntN(3))
	if rules.TwoWay && h.chance(3) {
		rules.Conflict = plan.PublisherWins
	}
	rights := ewstest.Reviewer
	if rules.TwoWay {
		rights = ewstest.Owner
	}
	h.world = newWorld(h.t, newExchange(h.t, "a", pick(h, kinds), rights), newExchange(h.t, "b", pick(h, kinds), ewstest.Owner), rules)
	h.world.rand = h.rand
	h.note("%s and %s, two-way %v, deletions %v, conflict %v", h.at("a").kind.name, h.at("b").kind.name, rules.TwoWay, rules.Deletions, rules.Conflict)
	h.makeFolder("a", "", root)
	for range 2 + h.rand.IntN(6) {
		h.act("a")
	}
	if h.chance(4) {
		h.makeFolder("b", "", root)
	}
}

// round is some work of users, one disturbance or none, and one run.
func (h *history) round() {
	for range h.rand.IntN(7) {
		h.act(pick(h, names))
	}
	switch h.rand.IntN(12) {
	case 0, 1:
		org := pick(h, names)
		h.backups = append(h.backups, backup{org, h.at(org).server.Snapshot(), maps.Clone(h.owed[org])})
		h.note("backup of %s", org)
	case 2, 3:
		if len(h.backups) > 0 {
			h.restore(pick(h, h.backups))
		}
	case 4:
		h.must(os.RemoveAll(filepath.Join(h.dir, h.world.state)))
		h.forgotten()
		h.note("the state is lost")
	}
	h.run(mode(h.rand.IntN(5)), h.chance(2))
}

// restore puts a backup in the place of its organization.
func (h *history) restore(b backup) {
	before := h.picture(b.org)
	h.at(b.org).server.Restore(b.snap)
	after := h.picture(b.org)
	for id, it := range before {
		if after[id] != it {
			h.events[it.token.item] = append(h.events[it.token.item], "restored")
		}
	}
	for id, it := range after {
		if before[id] != it {
			h.events[it.token.item] = append(h.events[it.token.item], "restored")
		}
	}
	h.owed[b.org] = maps.Clone(b.owed)
	for t := range h.given {
		delete(h.owed[b.org], t)
	}
	h.forgotten()
	h.note("%s is restored", b.org)
}

// settle runs until there is nothing left to do, and looks whether all is where it belongs.
func (h *history) settle() {
	var last string
	for range 5 {
		p, err := h.world.plan(run{force: true})
		if err != nil {
			h.fail("planning: %v", err)
		}
		if last = text(p); p.Empty() {
			h.note("the last plan:\n%s", last)
			h.settled(p)
			return
		}
		h.run(calm, true)
	}
	h.fail("the plan does not become empty:\n%s", last)
}

func (h *history) tell(problem string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "history of seed %d: %s\n", h.seed, problem)
	for _, l := range h.log {
		fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(strings.TrimRight(l, "\n"), "\n", "\n      "))
	}
	for _, org := range names {
		for _, f := range h.at(org).server.Tree() {
			fmt.Fprintf(&b, "  %s:/%s", org, f.Path)
			items, _ := h.at(org).server.Items(f.Path)
			for _, it := range items {
				fmt.Fprintf(&b, " %q", it.Subject)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func number(t testing.TB, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// IOREPL_HISTORIES says how many histories are lived (250, or 10 in a short run), IOREPL_SEED which one is the first or, without the other, the only one, and
// IOREPL_FAILURES how many failures are told before the test gives up (3).
func TestHistories(t *testing.T) {
	many := uint64(250)
	if testing.Short() {
		many = 10
	}
	first, count := number(t, "IOREPL_SEED", 1), number(t, "IOREPL_HISTORIES", many)
	if os.Getenv("IOREPL_SEED") != "" && os.Getenv("IOREPL_HISTORIES") == "" {
		count = 1
	}
	most := int64(number(t, "IOREPL_FAILURES", 3))
	var next atomic.Uint64
	var failed atomic.Int64
	var wg stdsync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for n := next.Add(1) - 1; n < count && failed.Load() < most; n = next.Add(1) - 1 {
				if problem := live(t, first+n); problem != "" {
					failed.Add(1)
					t.Errorf("IOREPL_SEED=%d\n%s", first+n, problem)
				}
			}
		})
	}
	wg.Wait()
}
