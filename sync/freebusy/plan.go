package freebusy

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"iorepl/plan/freebusy"
	"iorepl/sync"
)

// Plan compares what is published with what subscribers hold. What is wrong with one session is in its part; an error is the context's.
func (r *Run) Plan(ctx context.Context) (*freebusy.Plan, error) {
	p := &freebusy.Plan{}
	for i := range r.Sessions {
		for _, subscriber := range r.Sessions[i].Subscribers {
			pt := r.part(&r.Sessions[i], subscriber)
			err := r.look(ctx, pt)
			if e := cmp.Or(ctx.Err(), r.scratch.Err()); e != nil {
				return nil, e
			}
			if err != nil {
				pt.Failed, pt.Left = append(pt.Failed, err.Error()), nil
			}
			p.Parts = append(p.Parts, pt.Part)
		}
	}
	r.barUnseen()
	r.arbitrate()
	for _, pt := range r.parts {
		if len(pt.Failed) > 0 {
			continue
		}
		if err := r.compare(ctx, pt); err != nil {
			return nil, err
		}
	}
	r.unclaimed()
	if err := r.scratch.Err(); err != nil {
		return nil, err // what could not be looked up was taken for missing
	}
	p.Complete()
	return p, nil
}

// part prepares a session for one of its subscribers.
func (r *Run) part(s *Session, subscriber string) *part {
	now := freebusy.MinuteOf(r.Now)
	rules := fmt.Sprintf("%q %q %q %d %v", s.AdminGroups, s.Users, s.Exclude, s.Months, s.Map)
	// Of a message it cannot be told which of several sessions between the same organizations wrote it, so all have to allow deletions.
	keeps := func(o Session) bool {
		return o.Publisher == s.Publisher && slices.Contains(o.Subscribers, subscriber) && !o.Deletions
	}
	pt := &part{number: len(r.parts), session: s, publisher: r.Organizations[s.Publisher], subscriber: r.Organizations[subscriber],
		published: r.scratch.Table(), passed: r.scratch.Table(), candidates: r.scratch.Table(),
		Part: &freebusy.Part{Session: s.Name, Place: s.Place, Publisher: s.Publisher, Subscriber: subscriber, Source: s.Source, Rules: rules,
			Deletions: !slices.ContainsFunc(r.Sessions, keeps), Start: now.MonthStart(0), End: now.MonthStart(s.Months)}}
	r.parts = append(r.parts, pt)
	return pt
}

// look asks the directories and lists what both organizations hold.
func (r *Run) look(ctx context.Context, pt *part) (err error) {
	missed := func(organization, format string, args ...any) error {
		r.unseen[organization] = true
		return fmt.Errorf(format, args...)
	}
	for _, o := range []*Organization{pt.publisher, pt.subscriber} {
		if o.Unopened != nil {
			return missed(o.ID, "%w; nothing of this session is changed; put that right, and check it with validate --online", o.Unopened)
		}
	}
	if pt.users, err = r.directory(ctx, pt.publisher); err != nil {
		return missed(pt.Publisher, "directory of %s: %w", pt.Publisher, err)
	}
	if pt.contacts, err = r.directory(ctx, pt.subscriber); err != nil {
		return missed(pt.Subscriber, "directory of %s: %w", pt.Subscriber, err)
	}
	pt.Doubt = pt.doubt()
	if err := r.hold(ctx, pt); err != nil {
		return missed(pt.Subscriber, "organization %s: %w", pt.Subscriber, err)
	}
	if err = r.choose(ctx, pt); err != nil {
		return missed(pt.Publisher, "organization %s: %w", pt.Publisher, err)
	}
	return nil
}

// hold finds what the subscriber holds.
func (r *Run) hold(ctx context.Context, pt *part) (err error) {
	if pt.held, err = r.listing(ctx, pt.subscriber); err != nil {
		return err
	}
	pt.groups = map[string]freebusy.Group{}
	for i, g := range pt.held.groups {
		pt.groups[strings.ToUpper(g.Name)] = g
		if g.Problem != "" {
			continue
		}
		if err := r.list(ctx, pt.subscriber, pt.held, i); err != nil {
			return err
		}
	}
	pt.Ours = pt.held.ours[pt.Publisher]
	return nil
}

// batchUsers are read at a time: what a run holds in memory for each worker.
const batchUsers = 500

// compare reads the times of all candidates and lets the plan decide.
func (r *Run) compare(ctx context.Context, pt *part) error {
	if r.Progress != nil {
		r.Progress.Phase("free/busy of "+pt.Publisher, pt.open)
		defer r.Progress.Done()
	}
	var g errgroup.Group
	g.SetLimit(r.Parallelism)
	var open []member
	start := func() {
		batch := open
		open = nil
		g.Go(sync.Guard(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r.compareBatch(ctx, pt, batch)
			if r.Progress != nil {
				r.Progress.Step(len(batch))
			}
			return ctx.Err()
		}))
	}
	for c := range r.candidates(pt) {
		if ctx.Err() != nil {
			break
		}
		if c.Bar != "" {
			pt.mu.Lock()
			pt.Leave(c.User.Address, c.Bar, false)
			pt.mu.Unlock()
			continue
		}
		if open = append(open, c); len(open) == batchUsers {
			start()
		}
	}
	if len(open) > 0 {
		start()
	}
	return g.Wait()
}

func (r *Run) compareBatch(ctx context.Context, pt *part, batch []member) {
	candidates := make([]*freebusy.Candidate, len(batch))
	for i, c := range batch {
		candidates[i] = c.Candidate
	}
	changes, now := r.decide(pt, batch, r.read(ctx, pt, candidates))
	before := r.before(ctx, pt, changes)
	for i := range changes {
		changes[i].Months = freebusy.Months(before[i], now[i])
	}
	pt.mu.Lock()
	defer pt.mu.Unlock()
	pt.Changes = append(pt.Changes, changes...)
}

// decide lets the plan decide about a batch that was read. It returns the changes, each with the times that are to be written.
func (r *Run) decide(pt *part, batch []member, read []freebusy.Read) (changes []freebusy.Change, now []freebusy.Times) {
	pt.mu.Lock()
	defer pt.mu.Unlock() // also if it panics: other batches would wait for ever
	for i, c := range batch {
		if change, ok := pt.Decide(c.Candidate, r.found(pt, c.Target.Key()), read[i]); ok {
			changes = append(changes, change)
			now = append(now, read[i].Times.Clip(pt.Start, pt.End))
		}
		if c.Bar != "" {
			r.bar(pt, c.number, c.Bar)
		}
		read[i] = freebusy.Read{} // for the memory that it takes
	}
	return changes, now
}

// before is what the messages say that changes replace. What cannot be read says nothing.
func (r *Run) before(ctx context.Context, pt *part, changes []freebusy.Change) []freebusy.Times {
	times := make([]freebusy.Times, len(changes))
	var messages []freebusy.Message
	var at []int
	for i, c := range changes {
		if c.Message != nil {
			messages, at = append(messages, *c.Message), append(at, i)
		}
	}
	if len(messages) > 0 {
		for k, s := range pt.subscriber.Folder.Read(ctx, messages) {
			if s.Err == nil {
				times[at[k]] = s.Times
			}
		}
	}
	return times
}
