// Package command carries out plan and apply as the command line asks for them: lock and state, the plan, its gates and
// its approval, the writes, and what is told about all that on stdout, on stderr and in a report.
//
// It knows neither the configuration nor the kinds of stores; the program hands it sessions and functions that
// open stores. How a run ended is an error that says so, which the program turns into an exit code.
package command

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"iorepl/plan"
	busyplan "iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/console"
	"iorepl/sync/freebusy"
)

// How a run ends that neither did all it was asked to nor simply failed. What these errors are about has been told
// in full when they are returned, unless they are wrapped by one that says more.
var (
	ErrChanges     = errors.New("changes are pending")
	ErrRefused     = errors.New("refused, nothing was written")
	ErrPartial     = errors.New("applied in part")
	ErrInterrupted = errors.New("interrupted")
)

// errTime is why a run stops when its time is over.
var errTime = errors.New("the time of --stop-after is over")

// Job is one run of plan or apply.
type Job struct {
	Console *console.Console
	State   string // directory of lock, state and caches

	Open map[string]Open // by id of organization

	Known       []string // ids of all organizations of the configuration
	Sessions    []sync.Session
	FreeBusy    []freebusy.Session
	Holds       Holds
	Wants       func(session, publisherPath string) bool // which folder pairs are changed; the others are only looked at
	Resting     []string                                 // sessions that are left out because of the time of the week
	Adopt       bool
	Parallelism int
	Now         time.Time

	JSON   bool
	Strict bool
	Again  []string // the command line of an apply, as far as it says what is planned
	Report string   // file; "" for none
}

// Open opens a store; cache is a directory of its own, "" if there is none. Errors name the organization.
type Open func(ctx context.Context, cache string) (sync.Store, error)

// Holds says what an organization has for sessions of free/busy; without an open store, its directory alone.
type Holds func(id string, s sync.Store) (*freebusy.Organization, error)

// opened is a job with what it holds while it runs.
type opened struct {
	*Job
	run   *sync.Run
	busy  *freebusy.Run
	close func() error

	unopened map[string]error // by organization
}

// open takes the lock, opens state and stores and prepares the run. Only a plan may do without lock and state, where
// it cannot have them: it writes nothing that they would protect.
func (j *Job) open(ctx context.Context, name string, optional bool) (_ *opened, err error) {
	var closers []func() error
	defer func() {
		if err != nil {
			err = errors.Join(err, closeAll(closers))
		}
	}()
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	var state *sync.State
	lock, err := sync.Acquire(j.State, sync.Holder{Process: os.Getpid(), Host: host, Command: "iorepl " + name, Since: j.Now})
	switch {
	case err == nil:
		closers = append(closers, lock.Release)
		if state, err = sync.OpenState(j.State); err != nil {
			return nil, err
		}
		closers = append(closers, state.Close)
	case errors.Is(err, sync.ErrLocked) || !optional:
		return nil, err
	default:
		j.Console.Note("planning without the state, which an apply would have: %v", err)
	}
	stores, unopened := map[string]sync.Store{}, map[string]error{}
	for _, id := range slices.Sorted(maps.Keys(j.Open)) {
		cache := ""
		if state != nil {
			cache = filepath.Join(j.State, "cache", id)
		}
		s, err := j.Open[id](ctx, cache)
		if _, panicked := sync.IsPanic(err); panicked || err != nil && ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			unopened[id] = err
			continue
		}
		stores[id] = s
		closers = append(closers, s.Close)
	}
	run := sync.New(sync.Options{
		Organizations: stores, Unopened: unopened, Known: j.Known, Sessions: j.Sessions, Only: j.Wants, Adopt: j.Adopt, Strict: j.Strict, Parallelism: j.Parallelism,
		State: state, Progress: j.Console.Progress(), Log: j.Console.Logger(), Now: j.Now, Rand: marker,
	})
	busy := j.freeBusy(stores, unopened, &closers)
	return &opened{Job: j, run: run, busy: busy, unopened: unopened, close: func() error { return closeAll(closers) }}, nil
}

// closeAll closes what was opened, in the opposite order.
func closeAll(closers []func() error) error {
	var errs []error
	for _, f := range slices.Backward(closers) {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}

// marker is a text that never comes again.
func marker() string {
	b := make([]byte, 16)
	rand.Read(b) //nolint:errcheck // it never fails, it ends the process
	return hex.EncodeToString(b)
}

// Plan prints what an apply would do. soft ends it and says why by its cause. With detailed, ErrChanges is returned if
// there is something to do.
func (j *Job) Plan(soft context.Context, detailed bool) (err error) {
	doc := &plan.Document{FormatVersion: plan.FormatVersion, Pairs: []plan.DocPair{}, Strict: j.Strict}
	planned := false
	defer func() {
		if !planned {
			doc.Errors, doc.Summary.Errors = []string{err.Error()}, 1
		}
		err = j.tell(doc, func() error { return doc.WriteText(j.Console.Stdout(), j.Console.Colors()) }, planned, err)
	}()
	o, err := j.open(soft, "plan", true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	p, err := o.plan(soft)
	if err != nil {
		return err
	}
	doc, planned = p.doc, true
	switch {
	case doc.Summary.Errors > 0:
		return fmt.Errorf("the plan is not complete: %s", Count(doc.Summary.Errors, "error"))
	case len(doc.Refused) > 0:
		return j.refusal(doc)
	case detailed && p.changes() > 0:
		return ErrChanges
	}
	return nil
}

// planned is what an apply would do, in folders and in free/busy.
type planned struct {
	folders *plan.Plan
	busy    *busyplan.Plan
	doc     *plan.Document
}

func (p *planned) changes() int { return p.folders.Changes.Len() + p.busy.Changes() }

// plan plans, and returns the cause if soft was what ended it.
func (o *opened) plan(soft context.Context) (*planned, error) {
	p := &planned{}
	var err error
	if p.folders, err = o.run.Plan(soft); err == nil {
		p.busy, err = o.busy.Plan(soft)
	}
	if soft.Err() != nil {
		return nil, fmt.Errorf("stopped while planning, nothing was written: %w", context.Cause(soft))
	}
	if err == nil {
		err = o.unseen(p)
	}
	if err != nil {
		return nil, err
	}
	for _, n := range o.busy.Notes() {
		o.Console.Note("%s", n)
	}
	p.doc = p.folders.Document(o.Strict)
	p.busy.AddTo(p.doc, o.Strict)
	if o.Console.Quiet() && !o.JSON { // nobody sees the plan, which has them too
		for _, problem := range p.doc.Problems() {
			o.Console.Complain("%s", problem)
		}
	}
	return p, nil
}

// unseen tells which organizations could not be opened or walked. It is an error if nothing can be done without them.
func (o *opened) unseen(p *planned) error {
	all := maps.Clone(o.run.Unseen())
	maps.Copy(all, o.unopened)
	lost, left := 0, 0
	count := func(unseen bool) {
		if unseen {
			lost++
		} else {
			left++
		}
	}
	for _, pair := range p.folders.Pairs {
		if !pair.Skip {
			count(pair.Unseen)
		}
	}
	for _, part := range p.busy.Parts {
		count(o.unopened[part.Publisher] != nil || o.unopened[part.Subscriber] != nil)
	}
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(all)) {
		errs = append(errs, all[id])
	}
	if lost > 0 && left == 0 {
		return errors.Join(errs...)
	}
	for _, err := range errs {
		o.Console.Complain("%v", err)
	}
	return nil
}

// Count is a number with its noun.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
