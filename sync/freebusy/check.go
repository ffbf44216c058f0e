package freebusy

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"iorepl/plan/freebusy"
)

// Finding is something that Check says.
type Finding struct {
	Wrong bool // a session cannot work like this
	Text  string
}

// Checker is a Folder that can tell which rights its account lacks.
type Checker interface {
	// Lacks says which rights the account lacks in a group's folder, and what grants them; "" if nothing is missing as far as the server tells.
	Lacks(ctx context.Context, group freebusy.Group, write bool) (string, error)
}

// Check looks, without writing, at what the sessions need: that the directories can be read, that the folders are there and the accounts have
// their rights in them, that users' times can be asked for, and that the subscriber's readers see what was published before.
func (r *Run) Check(ctx context.Context) []Finding {
	c := &check{Run: r, publishes: map[*part]bool{}}
	for i := range r.Sessions {
		for _, subscriber := range r.Sessions[i].Subscribers {
			if ctx.Err() != nil {
				return c.findings
			}
			pt := r.part(&r.Sessions[i], subscriber)
			if err := r.look(ctx, pt); err != nil {
				c.say(pt, true, "%v", err)
				pt.Failed = append(pt.Failed, err.Error())
			}
			c.publishes[pt] = pt.open > 0
		}
	}
	r.barUnseen()
	r.arbitrate()
	for _, pt := range r.parts {
		if ctx.Err() != nil {
			return c.findings
		}
		if len(pt.Failed) == 0 {
			c.part(ctx, pt)
		}
	}
	if err := r.scratch.Err(); err != nil {
		return []Finding{{true, err.Error()}} // what could not be looked up was taken for missing
	}
	for _, n := range r.Notes() {
		c.findings = append(c.findings, Finding{Text: n})
	}
	return c.findings
}

type check struct {
	*Run
	findings  []Finding
	publishes map[*part]bool // whether there is anybody to publish, be it by the way of another session
}

func (c *check) say(pt *part, wrong bool, format string, args ...any) {
	c.findings = append(c.findings, Finding{wrong, fmt.Sprintf("free_busy %s, %s -> %s: ", pt.Session, pt.Publisher, pt.Subscriber) + fmt.Sprintf(format, args...)})
}

func (c *check) part(ctx context.Context, pt *part) {
	var some []*freebusy.Candidate
	bars := map[string]int{}
	needed := map[string]freebusy.Group{}
	passed := 0
	for u := range c.candidates(pt) {
		if u.Bar != "" {
			bars[u.Bar]++
			continue
		}
		if u.Born != pt.Publisher {
			passed++
		}
		if len(some) < triedUsers {
			some = append(some, u.Candidate)
		}
		g := pt.group(u.Target.Group)
		needed[g.Name] = g
	}
	published := fmt.Sprintf("%s, published: %d", count(pt.Users, "user"), pt.open)
	if passed > 0 {
		published += fmt.Sprintf(", %d of them of other organizations", passed)
	}
	c.say(pt, !c.publishes[pt], "%s", published)
	for _, why := range slices.Sorted(maps.Keys(bars)) {
		c.say(pt, false, "%s left alone: %s", count(bars[why], "user"), why)
	}
	for _, name := range slices.Sorted(maps.Keys(needed)) {
		c.rights(ctx, pt, pt.subscriber.Folder, needed[name], true)
	}
	if pt.session.Source != FromAvailability {
		for _, g := range c.listings[pt.publisher.ID].groups {
			if g.Name == "" || inGroups(g.Name, pt.session.AdminGroups) {
				c.rights(ctx, pt, pt.publisher.Folder, g, false)
			}
		}
	}
	if len(some) > 0 {
		c.try(ctx, pt, some)
	}
	c.reader(ctx, pt)
}

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprint(n, " ", noun)
}

func (c *check) rights(ctx context.Context, pt *part, f Folder, g freebusy.Group, write bool) {
	checker, ok := f.(Checker)
	if !ok {
		return
	}
	lacks, err := checker.Lacks(ctx, g, write)
	switch {
	case err != nil:
		c.say(pt, true, "asking for the rights on EX:%s: %v", g.Name, err)
	case lacks != "":
		c.say(pt, true, "EX:%s: %s", g.Name, lacks)
	}
}

// triedUsers are enough to tell what is wrong with a source from what is wrong with a single user.
const triedUsers = 10

// try reads the times of some users. That nobody's can be read is wrong; that somebody's cannot, a plan says too.
func (c *check) try(ctx context.Context, pt *part, users []*freebusy.Candidate) {
	failed := 0
	var why error
	for _, read := range c.read(ctx, pt, users) {
		if read.Err != nil {
			failed++
			why = cmp.Or(why, read.Err)
		}
	}
	switch {
	case failed == len(users):
		c.say(pt, true, "reading the times of %s at %s, as a trial: %v", users[0].User.Address, pt.Publisher, why)
	case failed > 0:
		c.say(pt, false, "the times of %d of %s cannot be read at %s, as a trial: %v", failed, count(len(users), "user"), pt.Publisher, why)
	}
}

// reader asks the subscriber's Availability service about a contact whose times were published before, as Outlook does, and compares.
func (c *check) reader(ctx context.Context, pt *part) {
	if pt.subscriber.Availability == nil {
		return
	}
	for u := range c.candidates(pt) {
		if u.Bar != "" {
			continue
		}
		m := c.found(pt, u.Target.Key())
		if m == nil || m.Stamp == "" || m.End <= pt.Start {
			continue
		}
		read := pt.subscriber.Folder.Read(ctx, []freebusy.Message{*m})[0]
		published := read.Times.Clip(pt.Start, pt.End).Merged()
		if read.Err != nil || len(published) == 0 {
			continue // somebody who is busy is asked about
		}
		// The service answers about a month or two at once.
		start := published[0].Start.MonthStart(0)
		end := min(start.MonthStart(1), pt.End)
		shown := pt.subscriber.Availability.Ask(ctx, []string{u.Target.Address}, start, end)[0]
		if shown.Err != nil {
			c.say(pt, true, "the Availability service of %s does not show what was published about %s: %v; %s", pt.Subscriber, u.Target.Address, shown.Err, readerSteps(u.Target.Address))
			return
		}
		if gap, ok := hidden(read.Times.Clip(start, end), shown.Times); ok {
			what := fmt.Sprintf("shows %s as free from %s to %s, and the published message does not", u.Target.Address, gap.Start, gap.End)
			if gap.Start < shown.Times.Start || gap.End > shown.Times.End {
				what = fmt.Sprintf("knows nothing about %s from %s to %s, and the published message does", u.Target.Address, gap.Start, gap.End)
			}
			c.say(pt, true, "the Availability service of %s %s; %s", pt.Subscriber, what, readerSteps(u.Target.Address))
			return
		}
		c.say(pt, false, "the Availability service of %s shows %s as published", pt.Subscriber, u.Target.Address)
		return
	}
	c.say(pt, false, "nobody who is busy was published yet, so that the Availability service of %s could not be compared", pt.Subscriber)
}

// hidden is the first published busy time that is not shown as one.
func hidden(published, shown freebusy.Times) (freebusy.Interval, bool) {
	var of [freebusy.Kinds][]freebusy.Interval
	of[freebusy.Busy] = slices.Concat(shown.Of[freebusy.Busy], shown.Of[freebusy.Tentative], shown.Of[freebusy.OutOfOffice])
	seen := freebusy.NewTimes(shown.Start, shown.End, of).Of[freebusy.Busy]
	for _, i := range published.Merged() {
		if !slices.ContainsFunc(seen, func(s freebusy.Interval) bool { return s.Start <= i.Start && i.End <= s.End }) {
			return i, true
		}
	}
	return freebusy.Interval{}, false
}
