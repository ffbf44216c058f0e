package freebusy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/directory"
)

// Plan compares what is published with what subscribers hold. What is wrong with one session is in its part; an error is the context's.
func (r *Run) Plan(ctx context.Context) (*freebusy.Plan, error) {
	p := &freebusy.Plan{}
	for i := range r.Sessions {
		for _, subscriber := range r.Sessions[i].Subscribers {
			pt := r.part(&r.Sessions[i], subscriber)
			if err := r.look(ctx, pt); err != nil {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				pt.Failed = append(pt.Failed, err.Error())
				pt.Candidates, pt.Left = nil, nil
			}
			r.parts = append(r.parts, pt)
			p.Parts = append(p.Parts, pt.Part)
		}
	}
	freebusy.Arbitrate(p.Parts)
	for _, pt := range r.parts {
		if len(pt.Failed) > 0 {
			continue
		}
		if err := r.compare(ctx, pt); err != nil {
			return nil, err
		}
	}
	r.unclaimed()
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
	return &part{session: s, publisher: r.Organizations[s.Publisher], subscriber: r.Organizations[subscriber], passed: map[plan.Digest]bool{}, Part: &freebusy.Part{
		Session: s.Name, Place: s.Place, Publisher: s.Publisher, Subscriber: subscriber, Source: s.Source, Rules: rules,
		Deletions: !slices.ContainsFunc(r.Sessions, keeps), Start: now.MonthStart(0), End: now.MonthStart(s.Months)}}
}

// look asks the directories and lists what both organizations hold.
func (r *Run) look(ctx context.Context, pt *part) (err error) {
	if pt.users, err = r.directory(ctx, pt.publisher); err != nil {
		return fmt.Errorf("directory of %s: %w", pt.Publisher, err)
	}
	if pt.contacts, err = r.directory(ctx, pt.subscriber); err != nil {
		return fmt.Errorf("directory of %s: %w", pt.Subscriber, err)
	}
	if err := r.list(ctx, pt); err != nil {
		return fmt.Errorf("organization %s: %w", pt.Subscriber, err)
	}
	if pt.Candidates, err = r.candidates(ctx, pt); err != nil {
		return fmt.Errorf("organization %s: %w", pt.Publisher, err)
	}
	return nil
}

// list finds what the subscriber holds.
func (r *Run) list(ctx context.Context, pt *part) error {
	groups, err := r.groups(ctx, pt.subscriber)
	if err != nil {
		return err
	}
	pt.groups = map[string]freebusy.Group{}
	pt.found = map[string]*freebusy.Message{}
	pt.doubles = map[string][]*freebusy.Message{}
	for _, g := range groups {
		pt.groups[strings.ToUpper(g.Name)] = g
		if g.Problem != "" {
			continue
		}
		pages, err := r.messages(ctx, pt.subscriber, g)
		if err != nil {
			return err
		}
		for _, page := range pages {
			for i := range page {
				pt.hold(&page[i])
			}
		}
	}
	for key, all := range pt.doubles {
		pt.found[key] = freebusy.Newest(all)
	}
	return nil
}

func (pt *part) hold(m *freebusy.Message) {
	if stamp, err := freebusy.ParseStamp(m.Stamp); err == nil && stamp.For == pt.Subscriber && stamp.From == pt.Publisher {
		pt.Ours++
	}
	key := m.Key()
	before := pt.found[key]
	switch {
	case key == "": // nobody looks it up
	case before == nil:
		pt.found[key] = m
	case pt.doubles[key] == nil:
		pt.doubles[key] = []*freebusy.Message{before, m}
	default:
		pt.doubles[key] = append(pt.doubles[key], m)
	}
}

// batchUsers are read at a time: what a run holds in memory for each worker.
const batchUsers = 500

// compare reads the times of all candidates and lets the plan decide.
func (r *Run) compare(ctx context.Context, pt *part) error {
	var open []*freebusy.Candidate
	for i := range pt.Candidates {
		c := &pt.Candidates[i]
		if c.Bar != "" {
			pt.Leave(c.User.Address, c.Bar, false)
			continue
		}
		open = append(open, c)
	}
	if r.Progress != nil {
		r.Progress.Phase("free/busy of "+pt.Publisher, len(open))
		defer r.Progress.Done()
	}
	var g errgroup.Group
	g.SetLimit(r.Parallelism)
	for batch := range slices.Chunk(open, batchUsers) {
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
	return g.Wait()
}

func (r *Run) compareBatch(ctx context.Context, pt *part, batch []*freebusy.Candidate) {
	read := r.read(ctx, pt, batch)
	var changes []freebusy.Change
	var now []freebusy.Times
	pt.mu.Lock()
	for i, c := range batch {
		if change, ok := pt.Decide(c, pt.found[c.Target.Key()], read[i]); ok {
			changes = append(changes, change)
			now = append(now, read[i].Times.Clip(pt.Start, pt.End))
		}
	}
	pt.mu.Unlock()
	before := r.before(ctx, pt, changes)
	for i := range changes {
		changes[i].Months = freebusy.Months(before[i], now[i])
	}
	pt.mu.Lock()
	defer pt.mu.Unlock()
	pt.Changes = append(pt.Changes, changes...)
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

// unclaimed decides about what subscribers hold beside what is published there: messages of ours that nobody claims, and doubles. Of
// candidates that something bars, those of the same publisher count: what came from there stays. Sessions between the same organizations decide once, and only if all of
// them could be looked at.
func (r *Run) unclaimed() {
	type pair struct{ publisher, subscriber string }
	type claim struct {
		pair
		key string
	}
	claimed := map[claim]bool{}
	done := map[pair]bool{}
	for _, pt := range r.parts {
		for i := range pt.Candidates {
			c := &pt.Candidates[i]
			claimed[claim{pair{pt.Publisher, pt.Subscriber}, c.Target.Key()}] = true
			if c.Bar == "" {
				claimed[claim{pair{"", pt.Subscriber}, c.Target.Key()}] = true
			}
		}
		if len(pt.Failed) > 0 {
			done[pair{pt.Publisher, pt.Subscriber}] = true
		}
	}
	for _, pt := range r.parts {
		between := pair{pt.Publisher, pt.Subscriber}
		if done[between] {
			continue
		}
		done[between] = true
		isClaimed := func(key string) bool {
			return claimed[claim{between, key}] || claimed[claim{pair{"", pt.Subscriber}, key}]
		}
		for key, m := range pt.found {
			if m.Stamp != "" && !isClaimed(key) {
				pt.vanished(m)
			}
		}
		for key, all := range pt.doubles {
			pt.Doubles(all, isClaimed(key))
		}
	}
}

// vanished decides about a message of ours that no candidate claims.
func (pt *part) vanished(m *freebusy.Message) {
	stamp, err := freebusy.ParseStamp(m.Stamp)
	if err != nil {
		return
	}
	owner, mailbox := "", false
	for _, o := range owners(pt.contacts, m) {
		owner, mailbox = o.Address, mailbox || o.Kind == directory.Mailbox
	}
	// Whether the publisher still has the times of other organizations' users is known only where all of its folder was listed.
	listed := pt.session.Source != FromAvailability && len(pt.session.AdminGroups) == 0
	known := pt.isUser(stamp.User) || pt.passed[stamp.User] || stamp.Born != pt.Publisher && !listed
	pt.Vanished(m, known, owner, mailbox)
}
