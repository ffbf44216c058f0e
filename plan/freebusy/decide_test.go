package freebusy

import (
	"errors"
	"strings"
	"testing"
	"time"

	"iorepl/plan"
)

func at(s string) Minute {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return MinuteOf(t)
}

var (
	november = at("2026-11-01 00:00")
	february = at("2027-02-01 00:00")
)

// busy are times from November to January with some busy intervals.
func busy(intervals ...Interval) Times {
	var of [Kinds][]Interval
	of[Busy] = intervals
	return NewTimes(november, february, of)
}

func part() *Part {
	return &Part{Session: "staff", Publisher: "contoso", Subscriber: "fabrikam", Start: november, End: february}
}

func candidate() *Candidate {
	return &Candidate{User: User{"Ann", "ann@contoso.example"}, Key: UserKey("ann@contoso.example"), Born: "contoso",
		Target: Target{Group: "/o=F/ou=G", DN: "/o=F/ou=G/cn=Recipients/cn=ann"}}
}

// published is what an apply leaves behind for a candidate.
func published(t Times, change func(*Message, *Stamp)) *Message {
	c := candidate()
	m := &Message{Ref: "1", DN: c.Target.DN, Name: "USER-/CN=RECIPIENTS/CN=ANN", Published: at("2026-11-02 08:00"), Start: t.Start, End: t.End}
	s := Stamp{Born: "contoso", From: "contoso", For: "fabrikam", User: c.Key, Content: t.Digest(), Written: m.Published}
	if change != nil {
		change(m, &s)
	}
	if m.Stamp == "" {
		m.Stamp = s.Encode()
	}
	return m
}

func TestDecide(t *testing.T) {
	morning := Interval{at("2026-11-03 09:00"), at("2026-11-03 10:30")}
	now := busy(morning)
	for _, test := range []struct {
		name   string
		found  *Message
		read   Read
		source func(*Part, *Candidate)
		want   string // action and reason, or what it is left alone for
		passes bool   // it may be different the next time
	}{
		{name: "new", read: Read{Times: now}, want: "create: new at the publisher"},
		{name: "same", found: published(now, nil), read: Read{Times: now}, want: ""},
		{name: "changed", found: published(busy(), nil), read: Read{Times: now}, want: "update: changed at the publisher"},
		{name: "months", found: published(now, nil), read: Read{Times: now}, source: func(p *Part, _ *Candidate) { p.End = at("2027-01-01 00:00") }, want: "update: other months are published"},
		{name: "rewritten", found: published(now, func(m *Message, _ *Stamp) { m.Published++ }), read: Read{Times: now}, want: "update: somebody else wrote the message"},
		{name: "range", found: published(now, func(m *Message, _ *Stamp) { m.End-- }), read: Read{Times: now}, want: "update: somebody else wrote the message"},
		{name: "original tool", found: published(now, func(m *Message, _ *Stamp) { m.Stamp = "-" }), read: Read{Times: now}, want: "update: takes over a message that iorepl did not write"},
		{name: "from a backup", found: published(now, func(_ *Message, s *Stamp) { s.For = "litware" }), read: Read{Times: now}, want: "update: takes over a message that iorepl did not write"},
		{name: "other way", found: published(now, func(_ *Message, s *Stamp) { s.From = "hub" }), read: Read{Times: now}, want: "update: comes by another way"},
		{name: "direct way wins", found: published(now, nil), read: Read{Times: now}, source: func(p *Part, _ *Candidate) { p.Publisher = "hub" },
			want: "left: they come to fabrikam from contoso, which is the shorter way"},
		{name: "newer", found: published(now, func(m *Message, _ *Stamp) { m.Stamp = "2;x" }), read: Read{Times: now}, want: "left: the message at fabrikam: it was written by a newer version of iorepl"},
		{name: "unknown", read: Read{Err: errors.New("no mailbox")}, want: "left: nothing is known of their times: no mailbox"},
		{name: "stale", found: published(busy(), nil), read: Read{Err: errors.New("no mailbox")}, want: "left: stale: fabrikam keeps what it has: no mailbox"},
		{name: "timeout", found: published(busy(), nil), read: Read{Err: errors.New("timeout"), Passing: true}, want: "left: stale: fabrikam keeps what it has: timeout", passes: true},
		{name: "old", found: published(now, nil), read: Read{Times: NewTimes(at("2025-01-01 00:00"), at("2025-02-01 00:00"), [Kinds][]Interval{})},
			want: "left: stale: fabrikam keeps what it has: what is published is about 2025-01-01 to 2025-02-01 only"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, c := part(), candidate()
			if test.source != nil {
				test.source(p, c)
			}
			change, ok := p.Decide(c, test.found, test.read)
			got := ""
			if ok {
				got = change.Action.String() + ": " + change.Why
			}
			for _, l := range p.Left {
				got += "left: " + l.Why
				if l.Error != test.passes {
					t.Errorf("error: got %v", l.Error)
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if ok && (change.Message != test.found || change.Content != test.read.Times.Clip(p.Start, p.End).Digest()) {
				t.Errorf("got %+v", change)
			}
		})
	}
}

func TestVanished(t *testing.T) {
	for _, test := range []struct {
		name      string
		deletions bool
		known     bool
		owner     string
		mailbox   bool
		doubt     string
		stamp     func(*Message, *Stamp)
		want      string
	}{
		{name: "gone, kept", owner: "ann@contoso.example", want: `left: left behind by a user or contact that is gone; deletions = "items" would remove it`},
		{name: "gone", deletions: true, owner: "ann@contoso.example", want: "delete: the user is gone at the publisher"},
		{name: "contact gone", deletions: true, known: true, want: "delete: no contact has this name any more"},
		{name: "gone, as it seems", deletions: true, doubt: "a row is damaged", want: "left: looks left behind, and stays: a row is damaged"},
		{name: "contact gone, as it seems", deletions: true, known: true, doubt: "a row is damaged", want: "left: looks left behind, and stays: a row is damaged"},
		{name: "not selected", deletions: true, known: true, owner: "ann@contoso.example", want: "left: nobody is published under this name any more; the message stays as it is"},
		{name: "a mailbox now", deletions: true, owner: "ann@contoso.example", mailbox: true, want: "left: has a mailbox in fabrikam now, which publishes by itself"},
		{name: "of another publisher", deletions: true, stamp: func(_ *Message, s *Stamp) { s.From = "litware" }},
		{name: "not ours", deletions: true, stamp: func(m *Message, _ *Stamp) { m.Stamp = "-" }},
		{name: "rewritten", deletions: true, stamp: func(m *Message, _ *Stamp) { m.Published++ },
			want: "left: nobody is published under this name any more, and somebody else wrote the message, which stays"},
		{name: "newer", deletions: true, stamp: func(m *Message, _ *Stamp) { m.Stamp = "2;x" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := part()
			p.Deletions, p.Doubt = test.deletions, test.doubt
			p.Vanished(published(busy(), test.stamp), test.known, test.owner, test.mailbox)
			got := ""
			for _, c := range p.Changes {
				got += c.Action.String() + ": " + c.Why
			}
			for _, l := range p.Left {
				got += "left: " + l.Why
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// doubles decides about all messages of one name but the newest, which it returns.
func doubles(p *Part, claimed bool, all ...*Message) *Message {
	newest := all[0]
	for _, m := range all[1:] {
		if m.Newer(newest) {
			newest, m = m, newest
		}
		p.Double(m, claimed)
	}
	return newest
}

func TestOfSeveralMessagesTheLastOneCounts(t *testing.T) {
	p := part()
	old := published(busy(), func(m *Message, _ *Stamp) { m.Ref = "old" })
	foreign := published(busy(), func(m *Message, _ *Stamp) { m.Ref, m.Stamp = "foreign", "-" })
	last := published(busy(), func(m *Message, _ *Stamp) { m.Ref, m.Published = "last", m.Published+1 })
	if got := doubles(p, true, old, last, foreign); got != last {
		t.Errorf("got %s", got.Ref)
	}
	if len(p.Changes) != 1 || p.Changes[0].Message != old || p.Changes[0].Action != plan.Delete || len(p.Left) != 1 {
		t.Errorf("got %+v and %+v", p.Changes, p.Left)
	}
}

func TestOneWayWins(t *testing.T) {
	var entries [3]entry
	for i := range entries {
		only := candidate()
		only.Target.DN = "/o=F/ou=G/cn=Recipients/cn=bob"
		entries[i] = entry{part(), []*Candidate{candidate(), only}}
	}
	hub, second, direct := entries[0], entries[1], entries[2]
	hub.Publisher, hub.Session = "hub", "through-hub"
	second.Publisher, second.Session = "a-hub", "through-a-hub"
	direct.candidates = direct.candidates[:1]
	arbitrate(hub, second, direct)
	if c := direct.candidates[0]; c.Bar != "" {
		t.Errorf("the direct way: %s", c.Bar)
	}
	if c := hub.candidates[0]; c.Bar != "session staff publishes them there, from contoso" {
		t.Errorf("the hub: %q", c.Bar)
	}
	if a, b := second.candidates[1].Bar, hub.candidates[1].Bar; a != "" || !strings.Contains(b, "through-a-hub") {
		t.Errorf("of two hubs: %q and %q", a, b)
	}
}

func TestOneContactForTwoUsersIsNobody(t *testing.T) {
	bob := candidate()
	bob.User.Address = "bob@contoso.example"
	e := entry{part(), []*Candidate{candidate(), bob}}
	arbitrate(e)
	for _, c := range e.candidates {
		if !strings.Contains(c.Bar, "stands for several users") {
			t.Errorf("%s: %q", c.User.Address, c.Bar)
		}
	}
}

func TestGates(t *testing.T) {
	for _, test := range []struct {
		deletions, ours, users int
		want                   []plan.Gate
	}{
		{10, 10, 5, nil},
		{11, 200, 5, nil},
		{21, 200, 5, []plan.Gate{plan.GateDeletions}},
		{1, 10, 0, []plan.Gate{plan.GateEmptySide}},
		{0, 10, 0, nil},
	} {
		p := part()
		p.Ours, p.Users = test.ours, test.users
		for range test.deletions {
			p.Changes = append(p.Changes, Change{Action: plan.Delete, Message: &Message{}})
		}
		all := &Plan{Parts: []*Part{p}}
		all.Complete()
		var got []plan.Gate
		for _, r := range all.Refused {
			got = append(got, r.Gate)
		}
		if len(got) != len(test.want) || len(got) > 0 && got[0] != test.want[0] {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}

func TestDigestCoversWhatIsToBeApproved(t *testing.T) {
	digest := func(strict bool, change func(*Part)) plan.Digest {
		p := part()
		p.Changes = []Change{{Action: plan.Update, User: User{Address: "ann@contoso.example"}, Content: plan.Sum("a")}}
		if change != nil {
			change(p)
		}
		return (&Plan{Parts: []*Part{p}}).Digest(strict)
	}
	update := func(p *Part) { p.Changes[0].Content = plan.Sum("b") }
	remove := func(p *Part) {
		p.Changes = append(p.Changes, Change{Action: plan.Delete, Message: &Message{Name: "x"}})
	}
	if digest(false, nil) != digest(false, update) || digest(true, nil) == digest(true, update) {
		t.Error("an update is for --strict alone")
	}
	if digest(false, nil) == digest(false, remove) || digest(false, nil) == digest(false, func(p *Part) { p.Rules = "other" }) {
		t.Error("a deletion and a rule are for everybody")
	}
}

func TestMonthsCountWhatChanges(t *testing.T) {
	hour := func(day string, h int) Interval { return Interval{at(day + " 09:00"), at(day+" 09:00") + Minute(60*h)} }
	old := busy(hour("2026-11-03", 1), hour("2026-11-04", 1), hour("2027-01-04", 1))
	now := busy(hour("2026-11-03", 1), hour("2026-11-04", 2), hour("2026-12-01", 1), Interval{at("2026-12-31 23:00"), at("2027-01-01 01:00")})
	if got, want := monthsText(Months(old, now)), "2026-11: 1 more, 1 less, 2026-12: 2 more, 2027-01: 1 less"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Months(now, now); got != nil {
		t.Errorf("nothing changed: got %+v", got)
	}
}
