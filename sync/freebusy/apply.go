package freebusy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync"
)

// Apply carries out the plan that Plan returned, and records in the report what became of it. stop, when closed, ends it after the
// batches that are under way. The error is about the run as a whole.
func (r *Run) Apply(ctx context.Context, stop <-chan struct{}, report *sync.Report) error {
	stopped := func() bool {
		select {
		case <-stop:
			return true
		default:
			return ctx.Err() != nil
		}
	}
	for _, deletions := range []bool{false, true} {
		for _, pt := range r.parts {
			w := &writer{r, pt, report}
			if err := w.carry(ctx, deletions, stopped); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// writer carries out one part.
type writer struct {
	run    *Run
	part   *part
	report *sync.Report
}

// carry carries out the deletions of a part, or everything else.
func (w *writer) carry(ctx context.Context, deletions bool, stopped func() bool) error {
	changes := slices.DeleteFunc(slices.Clone(w.part.Changes), func(c freebusy.Change) bool { return (c.Action == plan.Delete) != deletions })
	if len(changes) == 0 || stopped() {
		return nil
	}
	phase, do := "free/busy to "+w.part.Subscriber, w.write
	if deletions {
		phase, do = "free/busy in "+w.part.Subscriber+" that is left behind", w.delete
	}
	if w.run.Progress != nil {
		w.run.Progress.Phase(phase, len(changes))
		defer w.run.Progress.Done()
	}
	return w.each(changes, stopped, func(batch []freebusy.Change) { do(ctx, batch) })
}

func (w *writer) each(changes []freebusy.Change, stopped func() bool, do func([]freebusy.Change)) error {
	var g errgroup.Group
	g.SetLimit(w.run.Parallelism)
	for batch := range slices.Chunk(changes, batchUsers) {
		g.Go(sync.Guard(func() error {
			if !stopped() {
				do(batch)
			}
			return nil
		}))
	}
	return g.Wait()
}

// write reads again what is to be written: what a plan holds of each user is a digest.
func (w *writer) write(ctx context.Context, batch []freebusy.Change) {
	candidates := make([]*freebusy.Candidate, len(batch))
	for i := range batch {
		candidates[i] = batch[i].Candidate
	}
	var entries []freebusy.Entry
	var at []int
	now := freebusy.MinuteOf(w.run.Now)
	for i, read := range w.run.read(ctx, w.part, candidates) {
		times, err := w.part.Fit(read)
		if err != nil {
			why := fmt.Errorf("reading their times at %s: %w", w.part.Publisher, err)
			if sync.IsRefused(why) { // by the source: nobody remembers that, and the next run tries again
				why = sync.Errorf(sync.Damaged, "%v", why)
			}
			w.record(&batch[i], why)
			continue
		}
		c := candidates[i]
		entries = append(entries, freebusy.Entry{Message: batch[i].Message, Group: w.part.group(c.Target.Group), DN: c.Target.DN, Address: c.Target.Address,
			Display: c.Target.Display, Times: times, Written: now,
			Stamp: w.part.Stamp(c, times, now)})
		at = append(at, i)
	}
	if len(entries) == 0 {
		return
	}
	for k, err := range w.part.subscriber.Folder.Write(ctx, entries) {
		w.record(&batch[at[k]], err)
	}
}

// errUnsure keeps deletions back.
var errUnsure = errors.New("something else of the session failed; what looks gone may be a consequence")

func (w *writer) delete(ctx context.Context, batch []freebusy.Change) {
	if w.part.failed { // all writes are over
		for i := range batch {
			w.record(&batch[i], errUnsure)
		}
		return
	}
	messages := make([]freebusy.Message, len(batch))
	for i := range batch {
		messages[i] = *batch[i].Message
	}
	for i, err := range w.part.subscriber.Folder.Delete(ctx, messages) {
		w.record(&batch[i], err)
	}
}

func (w *writer) record(c *freebusy.Change, err error) {
	if w.run.Progress != nil {
		w.run.Progress.Step(1)
	}
	if err != nil && c.Action != plan.Delete && !sync.IsRefused(err) && !sync.IsDamaged(err) {
		w.part.mu.Lock()
		w.part.failed = true
		w.part.mu.Unlock()
	}
	if errors.Is(err, context.Canceled) {
		return // it stays open, and is counted so
	}
	if err != nil {
		w.run.Log.Info("not done", "action", c.Action, "organization", w.part.Subscriber, "user", c.User.Address, "error", err)
	} else {
		w.run.Log.Info("done", "action", c.Action, "organization", w.part.Subscriber, "user", c.User.Address, "why", c.Why)
	}
	w.report.Record(c.Document(w.part.Subscriber), err)
}
