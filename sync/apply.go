package sync

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	stdsync "sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"iorepl/plan"
)

// The order of writes is what makes an interruption harmless: folders before what goes into them, new content before
// old content goes, deletions last and only where nothing failed. Every write carries its stamp, so that the next run knows
// what was done even if the state does not.
var stages = []struct {
	name    string
	actions []plan.Action
}{
	{"folders", []plan.Action{plan.CreateFolder, plan.LinkFolder, plan.MoveFolder, plan.RenewFolder, plan.ReviveFolder}},
	{"creating", []plan.Action{plan.Create, plan.Adopt, plan.Keep, plan.Revive}},
	{"updating", []plan.Action{plan.Update, plan.CopyBack, plan.Relink, plan.Move, plan.Renew}},
	{"permissions", []plan.Action{plan.SetPermissions}},
	{"deleting", []plan.Action{plan.Delete}},
	{"deleting folders", []plan.Action{plan.DeleteFolder}},
}

// A batch is bounded by number and bytes: it is what a run holds in memory for each worker. All workers together hold no more than
// heldBytes, or one item that is larger.
const (
	batchItems = 64
	batchBytes = 16 << 20
	heldBytes  = 32 << 20
)

// Apply carries out the plan that Plan returned. stop, when closed, ends it after the batches that are under way. The
// report is never nil. The error is about the run as a whole; what happened to single items is in the report.
func (r *Run) Apply(ctx context.Context, p *plan.Plan, stop <-chan struct{}) (*Report, error) {
	a := &apply{Run: r, plan: p, stop: stop, report: newReport(p, r.Strict), doubted: map[plan.Digest]bool{}}
	err := a.run(ctx)
	if ctx.Err() == nil {
		for _, org := range sortedKeys(r.Organizations) {
			if m, ok := As[Rememberer](r.Organizations[org]); ok {
				m.Settle(ctx)
			}
		}
	}
	if flushed := r.State.flush(); err == nil {
		err = flushed
	}
	a.report.Finish(err)
	return a.report, err
}

type apply struct {
	*Run
	plan   *plan.Plan
	stop   <-chan struct{}
	report *Report

	mu      stdsync.Mutex        // guards pair.failed, pair.attempts and doubted
	doubted map[plan.Digest]bool // identities of replicas of which nobody knows whether this run made them
}

func (a *apply) stopped(ctx context.Context) bool {
	select {
	case <-a.stop:
		return true
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

func (a *apply) run(ctx context.Context) error {
	for _, s := range a.Organizations {
		if m, ok := As[Rememberer](s); ok {
			m.Accept()
		}
	}
	if err := a.open(ctx); err != nil {
		return err
	}
	for _, stage := range stages {
		n := a.plan.Changes.Count(stage.actions...)
		if n == 0 {
			continue
		}
		a.Progress.Phase(stage.name, n)
		err := a.stage(ctx, stage.name, a.plan.Changes.Of(stage.actions...))
		a.Progress.Done()
		if err != nil {
			return err
		}
		if err := a.State.flush(); err != nil {
			return err
		}
	}
	if a.stopped(ctx) {
		return ctx.Err()
	}
	return a.close(ctx)
}

func (a *apply) stage(ctx context.Context, name string, changes iter.Seq[*plan.Change]) error {
	switch name {
	case "folders", "deleting folders":
		return a.folderStage(ctx, slices.Collect(changes))
	case "permissions":
		for c := range changes {
			if a.stopped(ctx) {
				break
			}
			a.done(c, a.setPermissions(ctx, c))
		}
		return ctx.Err()
	}
	var g errgroup.Group
	g.SetLimit(a.Parallelism)
	held := semaphore.NewWeighted(heldBytes)
	for batch := range batches(changes) {
		g.Go(Guard(func() error {
			n := heldBy(batch)
			if err := held.Acquire(ctx, n); err != nil {
				return nil // the stage says why it ended
			}
			defer held.Release(n)
			if a.stopped(ctx) {
				return nil
			}
			return a.batch(ctx, batch)
		}))
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// batches cuts changes into runs that a store can carry out together.
func batches(changes iter.Seq[*plan.Change]) iter.Seq[[]*plan.Change] {
	together := func(a, b *plan.Change) bool {
		return a.Pair == b.Pair && a.Action == b.Action && a.Side == b.Side && a.Couple == b.Couple && a.Source == b.Source && a.Target == b.Target
	}
	return func(yield func([]*plan.Change) bool) {
		var batch []*plan.Change
		var bytes int64
		for c := range changes {
			size := size(c)
			if n := len(batch); n > 0 && (n == batchItems || bytes+size > batchBytes || !together(batch[0], c)) {
				if !yield(batch) {
					return
				}
				batch, bytes = nil, 0
			}
			batch, bytes = append(batch, c), bytes+size
		}
		if len(batch) > 0 {
			yield(batch)
		}
	}
}

// heldBy is how much of heldBytes a batch takes: the contents that it copies.
func heldBy(batch []*plan.Change) (n int64) {
	switch batch[0].Action {
	case plan.Create, plan.Update, plan.CopyBack, plan.Keep, plan.Revive:
		for _, c := range batch {
			n += size(c)
		}
	}
	return min(n, heldBytes)
}

func size(c *plan.Change) (n int64) {
	for _, it := range []*plan.Item{c.Origin, c.Replica} {
		if it != nil {
			n = max(n, it.Size)
		}
	}
	return n
}

func (a *apply) batch(ctx context.Context, batch []*plan.Change) error {
	p := a.pairs[batch[0].Pair]
	switch batch[0].Action {
	case plan.Create:
		return a.create(ctx, p, batch)
	case plan.Update:
		return a.update(ctx, p, batch)
	case plan.Adopt, plan.Relink, plan.Renew:
		return a.restamp(ctx, p, batch)
	case plan.Move:
		return a.move(ctx, p, batch)
	case plan.CopyBack:
		return a.copyBack(ctx, p, batch)
	case plan.Delete:
		return a.delete(ctx, p, batch)
	case plan.Keep:
		return a.each(ctx, p, batch, a.keep)
	case plan.Revive:
		return a.each(ctx, p, batch, a.revive)
	}
	return fmt.Errorf("no way to carry out %s", batch[0].Action)
}

func (a *apply) each(ctx context.Context, p *pair, batch []*plan.Change, one func(context.Context, *pair, *plan.Change) error) error {
	for _, c := range batch {
		if a.stopped(ctx) {
			return nil
		}
		if err := one(ctx, p, c); err != nil {
			return err
		}
	}
	return nil
}

// done records what became of a change.
func (a *apply) done(c *plan.Change, err error) {
	a.Progress.Step(1)
	switch {
	case err == nil:
		a.Log.Info("done", "action", c.Action, "organization", a.pairs[c.Pair].Org[c.Side], "folder", c.Path, "item", c.Name, "why", c.Why)
	case errors.Is(err, context.Canceled):
		return // it stays open, and is counted so
	case IsConflict(err) || IsGone(err):
		a.Log.Info("skipped", "action", c.Action, "organization", a.pairs[c.Pair].Org[c.Side], "folder", c.Path, "item", c.Name, "reason", err)
	default:
		if !IsRefused(err) && !IsDamaged(err) { // it may pass: what looks gone may be a consequence
			a.mu.Lock()
			a.pairs[c.Pair].failed = true
			a.mu.Unlock()
		}
		a.Log.Info("not done", "action", c.Action, "organization", a.pairs[c.Pair].Org[c.Side], "folder", c.Path, "item", c.Name, "error", err)
	}
	a.report.record(c, a.pairs[c.Pair].Org[c.Side], err)
}

func (a *apply) pairFailed(p *pair) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return p.failed
}

// open marks two-way pairs before their first write and remembers the organizations. A pair that was two-way has markers that say nothing of what is
// remembered from now on.
func (a *apply) open(ctx context.Context) error {
	for _, org := range sortedKeys(a.walks) {
		root, ok := a.walks[org].at("")
		if ok && a.written(org) && a.State.rootKey(org) != root.Key {
			if err := a.State.setRootKey(org, root.Key); err != nil {
				return err
			}
		}
	}
	for i, p := range a.pairs {
		if p.folders != nil && !p.Skip && !p.Rules.TwoWay && !p.Digest.IsZero() {
			if err := a.State.of(p.Digest).forgetMarkers(); err != nil {
				return err
			}
		}
		if !a.touched(i) || p.folders == nil || p.Digest.IsZero() {
			continue
		}
		// A pair that is not trusted gets its markers at the end, when all that differs was settled without memories.
		var err error
		if p.Trusted {
			err = a.renewMarker(ctx, p)
		} else {
			err = a.State.of(p.Digest).forgetAll()
		}
		if err != nil {
			return fmt.Errorf("marking the roots of %s: %w", p.Session, err)
		}
	}
	return nil
}

func (a *apply) written(org string) bool {
	for i, p := range a.pairs {
		for side := range 2 {
			if p.Org[side] == org && a.plan.Changes.Write(i, plan.Side(side)) {
				return true
			}
		}
	}
	return false
}

// touched reports whether the run writes to a two-way pair, or has to remember something about it.
func (a *apply) touched(pair int) bool {
	p := a.pairs[pair]
	if !p.Rules.TwoWay || p.Skip || len(p.Pair.Failed) > 0 && p.folders == nil {
		return false
	}
	if !p.Trusted || len(p.Learn) > 0 {
		return true
	}
	return a.plan.Changes.Write(pair, plan.Publisher) || a.plan.Changes.Write(pair, plan.Subscriber)
}

// close remembers where folders are and what two-way pairs have in common, and renews the markers, so that a backup
// made during the run is told from one made after it.
func (a *apply) close(ctx context.Context) error {
	for i, p := range a.pairs {
		if p.folders == nil || p.Skip || p.Digest.IsZero() {
			continue
		}
		state := a.State.of(p.Digest)
		for _, l := range p.Learn {
			if err := state.remember(l.Identity, l.Memory); err != nil {
				return err
			}
		}
		for c, folders := range p.folders {
			if err := rememberFolders(state, p, c, folders); err != nil {
				return err
			}
		}
		if err := a.settleAttempts(i); err != nil {
			return err
		}
		for _, l := range p.lists {
			if err := state.settleGranted(l); err != nil {
				return err
			}
		}
		if err := a.State.flush(); err != nil {
			return err
		}
		if a.touched(i) && (p.Trusted || a.report.settled(i)) {
			if err := a.renewMarker(ctx, p); err != nil {
				return fmt.Errorf("marking the roots of %s: %w", p.Session, err)
			}
		}
	}
	return nil
}

func rememberFolders(state pairState, p *pair, couple int, folders [2]plan.Folder) error {
	if state.State == nil {
		return nil
	}
	both := !folders[0].Key.IsZero() && !folders[1].Key.IsZero()
	for side, f := range folders {
		if f.Key.IsZero() {
			continue
		}
		identity := plan.Identity{Born: p.Org[side], Key: f.Key}.Digest()
		if id, ok := state.folderID(identity); !ok || id != f.ID {
			if err := state.setFolderID(identity, f.ID); err != nil {
				return err
			}
		}
		if !both || !p.Rules.TwoWay {
			continue
		}
		other := plan.Identity{Born: p.Org[1-side], Key: folders[1-side].Key}.Digest()
		if state.counterpart(identity) != other {
			if err := state.setCounterpart(identity, other); err != nil {
				return err
			}
		}
	}
	return nil
}
