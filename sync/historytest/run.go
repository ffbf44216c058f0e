package historytest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// run is one run of the program and what is done to it.
type run struct {
	h      *History
	mode   mode
	adopt  bool
	force  bool                // apply although gates are shut
	rename func(string) string // ids of organizations
	down   string              // an organization that cannot be opened, "" for none
	steps  int                 // Killed: after how many steps; Broken: which listing fails

	writing bool
	dead    bool
	plan    *plan.Plan
}

// mode is how a run is disturbed.
type mode int

const (
	calm    mode = iota
	failing      // single calls fail, before or after their effect
	killed       // from some step on nothing happens any more
	crowded      // users act between the program's calls
	deaf         // a listing fails
)

func (m mode) String() string { return [...]string{"calm", "failing", "killed", "crowded", "deaf"}[m] }

var errDead = errors.New("the process was killed")

// hook stands between the program and one organization.
func (r *run) hook(org string) memstore.Hook {
	listings := 0
	return func(c memstore.Call) error {
		h := r.h
		if !r.writing {
			if c.Write {
				h.fail("planning wrote: %s at %s in /%s", c.Op, org, c.Path)
			}
			if listings++; r.mode == deaf && c.Op == "List" && listings%r.steps == 0 {
				return errors.New("the listing broke off")
			}
			return nil
		}
		// While users move folders about, an update may find one where it was not planned to be.
		chased := r.mode == crowded && c.Op == "UpdateFolder"
		if c.Write && !c.After && !chased && !h.mayWrite(org, c) {
			h.fail("%s at %s in /%s: it is not to be written there", c.Op, org, c.Path)
		}
		if c.Op == "SetPermissions" && !h.mayPermit(org, c.Path) {
			h.fail("the permission list of /%s at %s is not to be written", c.Path, org)
		}
		switch r.mode {
		case failing:
			if !c.After && h.chance(8) {
				h.note("  %s at %s in /%s fails", c.Op, org, c.Path)
				return errors.New("connection refused")
			}
			if c.After && h.chance(8) {
				h.note("  %s at %s in /%s happens, but its answer is lost", c.Op, org, c.Path)
				return sync.Errorf(sync.Unknown, "connection lost")
			}
		case killed:
			return r.step(fmt.Sprintf("%s at %s in /%s", c.Op, org, c.Path), c.After)
		case crowded:
			if !c.After && h.chance(6) {
				h.act()
			}
		}
		return nil
	}
}

// step counts towards the kill.
func (r *run) step(what string, after bool) error {
	if r.dead {
		return errDead
	}
	if r.steps--; r.steps < 0 {
		r.dead = true
		r.h.note("  killed at %s, after its effect: %v", what, after)
		return errDead
	}
	return nil
}

// mayWrite says where a link may write: in its target, in the recycle folder, and folders on the way to both.
func (h *History) mayWrite(org string, c memstore.Call) bool {
	for i := range h.links {
		l := &h.links[i]
		if l.writes(org, c.Path) {
			return true
		}
		if l.sub != org {
			continue
		}
		if c.Op == "CreateFolder" && (plan.Within(l.to, c.Path) || c.Path == l.rules.Recycle) || c.Op == "Move" && l.rules.Recycle != "" && c.Path == l.rules.Recycle {
			return true
		}
	}
	return false
}

// mayPermit says where a link may write permission lists: in targets, if it replicates them.
func (h *History) mayPermit(org, path string) bool {
	return slices.ContainsFunc(h.links, func(l link) bool {
		return l.sub == org && plan.Within(path, l.to) && l.rules.Permissions != plan.NoPermissions
	})
}

// outcome is what became of a run.
type outcome struct {
	plan    *plan.Plan
	report  *sync.Report
	refused bool
	err     error
}

// whole reports whether all that was planned was done, and everything could be planned.
func (o *outcome) whole() bool {
	return o.err == nil && !o.refused && o.report != nil && o.report.Remaining == 0 && len(o.report.Skipped)+len(o.report.Failed)+o.report.Plan.Summary.Errors == 0
}

// do plans, and applies if apply is set, and has the oracle look at what happened.
func (r *run) do(apply bool) (out outcome) {
	h := r.h
	renamed := r.rename != nil
	if !renamed {
		r.rename = func(id string) string { return id }
	}
	state, err := sync.OpenState(filepath.Join(h.dir, h.state))
	h.must(err)
	state.NoSync()
	state.SetHook(func(op string) error {
		if !r.writing {
			h.fail("planning wrote to the state")
		}
		if r.mode == killed {
			return r.step("writing the state", strings.HasPrefix(op, "after"))
		}
		return nil
	})
	defer func() {
		if r.dead {
			h.must(state.Discard())
		} else {
			h.must(state.Close())
		}
	}()
	stores, known, unopened := map[string]sync.Store{}, []string{}, map[string]error{}
	for _, name := range h.names {
		if name == r.down {
			unopened[name] = errors.New("organization " + name + ": it is down")
			known = append(known, name)
			continue
		}
		store := h.orgs[name].open(r)
		defer store.Close()
		stores[r.rename(name)] = store
		known = append(known, r.rename(name))
	}
	program := sync.New(sync.Options{Organizations: stores, Unopened: unopened, Known: known, Sessions: h.sessions(r.rename), Adopt: r.adopt, Parallelism: 1,
		State: state, Now: h.now, Rand: func() string { return fmt.Sprintf("%016x", h.rand.Uint64()) }})
	before, untouched := h.picture(), h.untouched()
	clear(h.touched)
	h.meddled = false
	if out.plan, out.err = program.Plan(context.Background()); out.err != nil {
		h.rethrow(out.err)
		if r.mode == calm {
			h.fail("planning: %v", out.err)
		}
		return out
	}
	r.plan = out.plan
	if !renamed {
		h.auditAccess(before, r.plan)
	}
	out.refused = len(out.plan.Refused) > 0 && !r.force
	if !apply || out.refused {
		return out
	}
	r.writing, h.applying = true, true
	defer func() { h.applying = false }()
	h.note("%s apply with %s%s:\n%s", r.mode, h.state, map[bool]string{true: ", --adopt"}[r.adopt], text(out.plan))
	out.report, out.err = program.Apply(context.Background(), out.plan, nil)
	for _, o := range append(append(out.report.Failed, out.report.Skipped...), out.report.Refused...) {
		h.note("  not done: %s %s %q in %s:/%s: %s", o.Symbol, o.Action, o.Item, o.Organization, o.Path, o.Reason)
	}
	if out.err != nil {
		h.note("  apply: %v", out.err)
	}
	h.rethrow(out.err)
	h.applying = false
	if r.mode != crowded {
		untouched()
	}
	h.audit(before, r)
	return out
}

// rethrow ends the history if a run ended with a panic: the oracle's own, in a hook, or the program's.
func (h *History) rethrow(err error) {
	p, ok := sync.IsPanic(err)
	if !ok {
		return
	}
	if f, ok := p.Value.(failure); ok {
		panic(f)
	}
	h.fail("the program panicked: %v\n%s", p.Value, p.Stack)
}

func text(p *plan.Plan) string {
	var b strings.Builder
	if err := p.Document(false).WriteText(&b, plan.Colors{}); err != nil {
		return err.Error()
	}
	return b.String()
}
