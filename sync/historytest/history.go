// Package historytest lives random histories: organizations whose users work on all sides, runs that fail, die or are
// disturbed, backups that are restored. Most organizations are in memory; some are directories, whose users work with files.
// An oracle watches that knows nothing of stamps, tables and states: each content that a user writes carries a token of its
// own, by which the oracle follows it wherever it goes, and what may become of it follows from the configuration alone.
//
// A history is a function of its seed, so that a failing one can be lived again.
package historytest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
)

// History is one world and what happened in it.
type History struct {
	t     testing.TB
	seed  uint64
	rand  *rand.Rand
	dir   string // of the states
	names []string
	orgs  map[string]*organization
	links []link
	now   time.Time
	state string // name of the state directory in use

	backups  []backup
	applying bool          // a run is under way
	mu       stdsync.Mutex // guards log; walks run concurrently
	log      []string
	oracle
	rights
}

// link is one folder pair of the configuration.
type link struct {
	session  string
	pub, sub string
	from, to string
	rules    plan.Rules
}

func (l *link) String() string {
	arrow := "->"
	if l.rules.TwoWay {
		arrow = "<->"
	}
	r := &l.rules
	return fmt.Sprintf("%s: %s:%s %s %s:%s deletions=%v conflict=%v restore=%v recycle=%q exclude=%q classes=%q max_size=%d permissions=%v map=%v",
		l.session, l.pub, l.from, arrow, l.sub, l.to, r.Deletions, r.Conflict, r.Restore, r.Recycle, r.Exclude, r.Classes, r.MaxSize, r.Permissions, r.Map)
}

// failure ends a history.
type failure struct{ text string }

func (h *History) fail(format string, args ...any) {
	panic(failure{fmt.Sprintf(format, args...)})
}

func (h *History) note(format string, args ...any) {
	h.mu.Lock()
	h.log = append(h.log, fmt.Sprintf(format, args...))
	h.mu.Unlock()
}

func (h *History) must(err error) {
	if err != nil {
		h.fail("the test itself: %v", err)
	}
}

// chance is true once in n times.
func (h *History) chance(n int) bool { return h.rand.IntN(n) == 0 }

func pick[T any](h *History, from []T) T { return from[h.rand.IntN(len(from))] }

// Live lives the history of a seed in a directory that it may fill. It returns "" or what went wrong, with all that led to it.
func Live(t testing.TB, seed uint64, dir string) (problem string) {
	h := &History{t: t, seed: seed, rand: rand.New(rand.NewPCG(seed, 2)), dir: dir, orgs: map[string]*organization{}, state: "state",
		now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	defer func() {
		switch v := recover().(type) {
		case nil:
		case failure:
			problem = h.tell(v.text)
		default:
			h.note("panic: %v", v)
			t.Errorf("seed %d:\n%s", seed, h.tell("panic"))
			panic(v)
		}
	}()
	h.oracle.init(h)
	h.build()
	h.permit()
	h.directories()
	h.found()
	for round := range 4 + h.rand.IntN(9) {
		h.note("--- round %d", round+1)
		h.round()
	}
	h.note("--- the end")
	h.settle()
	return ""
}

func (h *History) tell(problem string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "history of seed %d: %s\n", h.seed, problem)
	for i := range h.links {
		fmt.Fprintf(&b, "  %s\n", h.links[i].String())
	}
	for _, l := range h.log {
		fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(strings.TrimRight(l, "\n"), "\n", "\n      "))
	}
	for _, name := range h.names {
		if h.unreadable(name) {
			continue
		}
		fmt.Fprintf(&b, "  %s at the end:\n", name)
		for _, f := range h.orgs[name].Folders() {
			fmt.Fprintf(&b, "      /%s %s\n", f.Path, stamped(f.Stamp))
		}
		for _, f := range h.orgs[name].All() {
			fmt.Fprintf(&b, "      /%s: %v %s %s\n", f.Path, tokenOf(f.Payload.Data), f.Item.Key, stamped(f.Item.Stamp))
		}
	}
	return b.String()
}

// unreadable reports whether even looking at an organization fails, which may be what there is to tell.
func (h *History) unreadable(name string) (failed bool) {
	defer func() { failed = recover() != nil }()
	h.orgs[name].All()
	return false
}

func stamped(s plan.Stamp) string {
	if s.IsZero() {
		return ""
	}
	short := func(s string) string {
		fields := strings.Split(s, ";")
		for i, f := range fields {
			fields[i] = f[:min(len(f), 5)]
		}
		return strings.Join(fields, ";")
	}
	return fmt.Sprintf("[%s | %s | %s]", short(s.Origin), short(s.Version), short(s.Mark))
}

// sessions is the configuration; rename gives organizations other ids.
func (h *History) sessions(rename func(string) string) (out []sync.Session) {
	for _, l := range h.links {
		to := l.to
		out = append(out, sync.Session{Name: l.session, Publisher: rename(l.pub), Subscribers: []string{rename(l.sub)},
			Blocks: []sync.Block{{Path: l.from, Source: l.session + ".hcl:1", Rules: l.rules, Target: func(string) string { return to }}}})
	}
	return out
}
