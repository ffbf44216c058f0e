package freebusy

import (
	"strings"
	"testing"

	"iorepl/plan"
)

func TestStampsRememberTheWay(t *testing.T) {
	s := Stamp{Born: "a", From: "a", For: "b"}
	for n, next := range []string{"c", "d", "e"} {
		if got := s.hops(); got != n {
			t.Errorf("%+v: %d hops, want %d", s, got, n)
		}
		s = Stamp{Born: s.Born, Via: s.Onward(), From: s.For, For: next}
		back, err := ParseStamp(s.Encode())
		if err != nil || back != s {
			t.Errorf("%+v became %+v, %v", s, back, err)
		}
	}
	if s.Via != "b,c" || s.From != "d" || s.For != "e" {
		t.Errorf("got %+v", s)
	}
	for organization, want := range map[string]bool{"a": true, "b": true, "c": true, "d": true, "e": false, "": false, "b,c": false} {
		if got := s.Passed(organization); got != want {
			t.Errorf("passed %q: %v", organization, got)
		}
	}
	for _, from := range []string{",b", "b,", "b,,c", ","} {
		if _, err := ParseStamp(strings.Replace(s.Encode(), "b,c,d", from, 1)); err == nil {
			t.Errorf("%q is no way", from)
		}
	}
	if (Stamp{Born: "a", From: "b"}).Passed("") {
		t.Error("no organization is called nothing")
	}
}

// entry is a part with its candidates.
type entry struct {
	*Part
	candidates []*Candidate
}

// arbitrate bars candidates for whom there is a better way.
func arbitrate(entries ...entry) {
	contests := map[[2]string]*Contest{}
	for _, answer := range []bool{false, true} {
		for _, e := range entries {
			for i, c := range e.candidates {
				key := [2]string{e.Subscriber, c.Target.Key()}
				if contests[key] == nil {
					contests[key] = &Contest{}
				}
				if answer {
					c.Bar = contests[key].Bar(e.Claim(i, c))
				} else {
					contests[key].Add(e.Claim(i, c))
				}
			}
		}
	}
}

func TestAShorterWayWins(t *testing.T) {
	far, near := entry{part(), []*Candidate{candidate()}}, entry{part(), []*Candidate{candidate()}}
	far.Publisher, near.Publisher = "a-far", "near"
	far.candidates[0].Via = "near"
	arbitrate(far, near)
	if far.candidates[0].Bar != "session staff publishes them there, from near" || near.candidates[0].Bar != "" {
		t.Errorf("far: %q, near: %q", far.candidates[0].Bar, near.candidates[0].Bar)
	}
}

func TestOneContactForUsersOfTwoOrganizationsIsNobody(t *testing.T) {
	one, other, through := entry{part(), []*Candidate{candidate()}}, entry{part(), []*Candidate{candidate()}}, entry{part(), []*Candidate{candidate()}}
	other.Publisher, through.Publisher = "litware", "hub"
	other.candidates[0].Born, other.candidates[0].Key = "litware", UserKey("ann@litware.example")
	arbitrate(one, other, through)
	for _, p := range []entry{one, other} {
		if !strings.Contains(p.candidates[0].Bar, "stands for several users") {
			t.Errorf("%s: %q", p.Publisher, p.candidates[0].Bar)
		}
	}
	if bar := through.candidates[0].Bar; !strings.HasPrefix(bar, "session ") {
		t.Errorf("a longer way: %q", bar)
	}
	// Two mailboxes of one user are no doubt: the smaller organization id wins.
	other.candidates[0].Key = one.candidates[0].Key
	arbitrate(other, one)
	if one.candidates[0].Bar != "" || other.candidates[0].Bar == "" {
		t.Errorf("contoso: %q, litware: %q", one.candidates[0].Bar, other.candidates[0].Bar)
	}
}

func TestAnotherWayIsAChange(t *testing.T) {
	p, c, now := part(), candidate(), busy()
	p.Publisher, c.Via = "hub", "other"
	found := published(now, nil)
	found.Stamp = p.Stamp(&Candidate{Born: "contoso", Via: "third", Key: c.Key}, now, found.Published).Encode()
	if change, ok := p.Decide(c, found, Read{Times: now}); !ok || change.Why != "comes by another way" {
		t.Errorf("got %+v, %v", change, ok)
	}
	found.Stamp = p.Stamp(c, now, found.Published).Encode()
	if change, ok := p.Decide(c, found, Read{Times: now}); ok {
		t.Errorf("got %+v", change)
	}
}

func TestATooLongWayEnds(t *testing.T) {
	p, c := part(), candidate()
	p.Publisher, c.Via = "hub", strings.Repeat("a-rather-long-organization,", 9)+"end"
	if _, ok := p.Decide(c, nil, Read{Times: busy()}); ok || len(p.Left) != 1 || !strings.HasPrefix(p.Left[0].Why, "there are too many organizations on their way") {
		t.Errorf("got %+v", p.Left)
	}
}

func TestADoubleThatSomebodyRewroteStays(t *testing.T) {
	p := part()
	last := published(busy(), func(m *Message, s *Stamp) { m.Ref, m.Published = "last", m.Published+9; s.Written += 9 })
	rewritten := published(busy(), func(m *Message, _ *Stamp) { m.Ref, m.Published = "rewritten", m.Published+1 })
	doubles(p, true, rewritten, last)
	if len(p.Changes) != 0 || len(p.Left) != 1 {
		t.Errorf("got %+v, %+v", p.Changes, p.Left)
	}
	doubles(p, false, published(busy(), nil), last)
	if len(p.Changes) != 1 || p.Changes[0].Action != plan.Delete {
		t.Errorf("got %+v", p.Changes)
	}
}
