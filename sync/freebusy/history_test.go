package freebusy_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"iorepl/plan/freebusy"
	"iorepl/sync"
	busy "iorepl/sync/freebusy"
)

// TestHistories lets users, administrators and other programs do what they like, with runs in between in which reads and writes fail, and compares
// what is there after the last, healthy runs with what the sessions mean. IOREPL_HISTORIES is how many there are.
func TestHistories(t *testing.T) {
	n := 100
	if testing.Short() {
		n = 20
	}
	if v, err := strconv.Atoi(os.Getenv("IOREPL_HISTORIES")); err == nil {
		n = v
	}
	for seed := range n {
		h := newHistory(t, uint64(seed))
		for range 3 + h.r.IntN(5) {
			for range 1 + h.r.IntN(4) {
				h.something()
			}
			h.run()
		}
		h.w.settle()
		h.check()
		h.w.close()
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, strings.Join(h.log, "\n"))
		}
	}
}

// topologies are sessions as source, publisher and subscribers.
var topologies = [][][]string{
	{{busy.FromAvailability, "a", "b", "c"}},
	{{busy.FromLegacyFolder, "a", "b"}, {busy.FromAvailability, "b", "a"}},
	{{busy.FromAvailability, "a", "b"}, {busy.FromLegacyFolder, "b", "c"}},
	{{busy.FromLegacyFolder, "a", "b", "c"}, {busy.FromLegacyFolder, "b", "a", "c"}, {busy.FromLegacyFolder, "c", "a", "b"}},
	{{busy.FromAvailability, "a", "b", "c"}, {busy.FromAvailability, "b", "a", "c"}, {busy.FromAvailability, "c", "a", "b"}},
	// A mesh of three hubs, one of which has a leaf: what the leaf publishes could go round.
	{{busy.FromAvailability, "d", "c"}, {busy.FromLegacyFolder, "a", "b", "c"}, {busy.FromLegacyFolder, "b", "a", "c"}, {busy.FromLegacyFolder, "c", "a", "b"}},
	{{busy.FromAvailability, "d", "a"}, {busy.FromLegacyFolder, "a", "b"}, {busy.FromLegacyFolder, "b", "c"}, {busy.FromLegacyFolder, "c", "a"}},
}

// history is one world with what happened to it.
type history struct {
	t     *testing.T
	r     *rand.Rand
	w     *world
	log   []string
	users []*user
	alien map[*message]alien
}

// user is somebody of an organization, with all times that were ever published as theirs.
type user struct {
	born    *org
	mailbox *person
	gone    bool
	mute    bool // the Availability service says nothing
	times   []freebusy.Times
}

// alien is what another program wrote.
type alien struct {
	at    *org
	times freebusy.Times
}

func newHistory(t *testing.T, seed uint64) *history {
	h := &history{t: t, r: rand.New(rand.NewPCG(seed, 1)), w: newWorld(t), alien: map[*message]alien{}}
	deletions := h.r.IntN(2) == 0
	for _, s := range topologies[int(seed)%len(topologies)] {
		h.w.session(s[0], s[1], s[2:]...).Deletions = deletions
	}
	for _, o := range h.w.orgs {
		o.mailbox("zoe").addresses = []string{"nobody-else-knows@" + o.id} // nobody's publisher is ever empty
	}
	for _, id := range []string{"a", "b", "c", "d"} {
		for _, name := range []string{"ann", "bob"} {
			if o := h.w.orgs[id]; o != nil {
				u := &user{born: o, mailbox: o.mailbox(name)}
				h.users = append(h.users, u)
				h.publish(u)
				for _, other := range h.w.orgs {
					if other != o {
						other.contact(u.address())
					}
				}
			}
		}
	}
	return h
}

func (u *user) address() string { return u.mailbox.addresses[0] }

// contact is who the user is in another organization, nil for nobody.
func (u *user) contact(o *org) *person {
	i := slices.IndexFunc(o.people, func(p *person) bool { return p.addresses[0] == u.address() })
	if i < 0 {
		return nil
	}
	return o.people[i]
}

func (h *history) did(format string, args ...any) {
	h.log = append(h.log, fmt.Sprintf(format, args...))
}

// publish gives a user times that nobody else ever has.
func (h *history) publish(u *user) {
	minute := freebusy.Minute(len(h.log) + 1)
	start := freebusy.MinuteOf(h.w.now).MonthStart(0)
	var of [freebusy.Kinds][]freebusy.Interval
	for day := range freebusy.Minute(150) {
		at := start + day*24*60 + freebusy.Minute(slices.Index(h.users, u)*60)
		of[int(day)%freebusy.Kinds] = append(of[int(day)%freebusy.Kinds], freebusy.Interval{Start: at, End: at + minute})
	}
	times := freebusy.NewTimes(start, start.MonthStart(4), of)
	u.times = append(u.times, times)
	delete(h.alien, u.born.publish(u.mailbox, times))
	h.did("%s publishes", u.address())
}

// something happens.
func (h *history) something() {
	u := h.users[h.r.IntN(len(h.users))]
	others := slices.DeleteFunc(slices.Collect(func(yield func(*org) bool) {
		for _, id := range []string{"a", "b", "c", "d"} {
			if o := h.w.orgs[id]; o != nil && !yield(o) {
				return
			}
		}
	}), func(o *org) bool { return o == u.born })
	o := others[h.r.IntN(len(others))]
	c := u.contact(o)
	switch h.r.IntN(9) {
	case 0, 1, 2:
		if !u.gone {
			h.publish(u)
		}
	case 3:
		if u.gone = !u.gone; u.gone {
			u.born.remove(u.mailbox)
		} else {
			u.born.people = append(u.born.people, u.mailbox)
		}
		h.did("%s is gone: %v", u.address(), u.gone)
	case 4:
		h.did("the contact of %s at %s, there or not", u.address(), o.id)
		if c != nil {
			o.remove(c)
		} else {
			o.contact(u.address())
		}
	case 5:
		if c != nil {
			c.kind = map[string]string{"MailContact": "UserMailbox", "UserMailbox": "MailContact"}[c.kind]
			h.did("%s at %s is a %s", u.address(), o.id, c.kind)
		}
	case 6:
		if c != nil {
			times := whole(on(11, 1+h.r.IntN(28), 0, 1))
			h.alien[o.publish(c, times)] = alien{o, times}
			delete(o.answers, u.address())
			h.did("somebody writes about %s at %s", u.address(), o.id)
		}
	case 7:
		u.mute = !u.mute
		s := freebusy.Slice{Times: u.times[len(u.times)-1]}
		if u.mute {
			s = freebusy.Slice{Err: []error{errors.New("timeout"), lasting("no data")}[h.r.IntN(2)]}
		}
		u.born.answers[u.address()] = s
		h.did("%s is mute: %v", u.address(), u.mute)
	case 8:
		h.w.now = h.w.now.Add(time.Duration(h.r.IntN(20*24)) * time.Hour)
		h.did("it is %s", h.w.now)
	}
	h.w.now = h.w.now.Add(2 * time.Minute)
}

// run plans and applies while things fail, or the program is killed.
func (h *history) run() {
	rate := []int{0, 0, 3, 10}[h.r.IntN(4)]
	for _, o := range h.w.orgs {
		o.folder.fault = func(p point) error {
			if rate == 0 || h.r.IntN(rate) > 0 || p.op == "groups" {
				return nil
			}
			switch h.r.IntN(5) {
			case 0:
				return sync.Errorf(sync.Denied, "no right to %s", p.op)
			case 1:
				return sync.Errorf(sync.Unknown, "the answer was lost")
			case 2:
				return sync.Errorf(sync.Refused, "never")
			case 3:
				return sync.Errorf(sync.Conflict, "rewritten")
			}
			return errors.New("the connection was cut")
		}
	}
	before := h.aliens()
	if h.r.IntN(4) == 0 {
		n := 1 + h.r.IntN(6)
		h.did("run, killed at %d", n)
		killed(h.w, n, func() { h.w.apply() })
	} else {
		h.did("run, faults: one of %d", rate)
		h.w.apply()
	}
	for _, o := range h.w.orgs {
		o.folder.fault = nil
	}
	h.foreign(before)
	h.owners()
	h.w.now = h.w.now.Add(time.Minute)
}

// aliens are the messages that other programs wrote and iorepl did not take over.
func (h *history) aliens() map[*message]alien {
	all := map[*message]alien{}
	for m, a := range h.alien {
		if h.foreignNow(m) {
			all[m] = a
		}
	}
	return all
}

// foreign checks that what other programs wrote is still there: as it was, or, under a contact's name, written in place.
func (h *history) foreign(before map[*message]alien) {
	for m, a := range before {
		if a.at.folder.messages[m.id] != m {
			h.t.Errorf("at %s the message of %s, which iorepl did not write, is gone", a.at.id, m.Key())
		}
		owner := slices.IndexFunc(a.at.people, func(p *person) bool { return p.dn == m.DN })
		if (owner < 0 || a.at.people[owner].kind == "UserMailbox") && !m.times.Equal(a.times) {
			h.t.Errorf("at %s the message of %s, who is no contact, was written", a.at.id, m.Key())
		}
	}
}

func stamped(m *message) bool {
	_, err := freebusy.ParseStamp(m.Stamp)
	return err == nil
}

// owners checks that under nobody's name are somebody else's times.
func (h *history) owners() {
	for _, o := range h.w.orgs {
		for _, m := range o.folder.messages {
			for _, u := range h.users {
				for _, t := range u.times {
					mine := t.Clip(m.Start, m.End)
					if h.foreignNow(m) || len(mine.Merged()) == 0 || !mine.Equal(m.times) {
						continue
					}
					c := u.contact(o)
					if o == u.born {
						c = u.mailbox
					}
					if c != nil && m.DN != o.contactDN(u.address()) {
						h.t.Errorf("at %s under %s are the times of %s", o.id, m.DN, u.address())
					}
				}
			}
		}
	}
}
