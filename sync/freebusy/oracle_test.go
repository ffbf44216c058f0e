package freebusy_test

import (
	"slices"
	"strings"

	"iorepl/plan/freebusy"
	busy "iorepl/sync/freebusy"
)

// way is one by which a user's times lead to an organization.
type way struct {
	from   string
	length int
	times  freebusy.Times
	silent bool // the source says nothing now
}

// check compares what every contact's message says with what the sessions mean. It looks at people, messages and sessions alone.
func (h *history) check() {
	for _, o := range h.w.orgs {
		for _, m := range o.folder.messages {
			if other := o.folder.key(m.DN); other != m {
				h.t.Errorf("at %s are two messages of %s", o.id, m.DN)
			}
		}
		for _, u := range h.users {
			if o != u.born {
				h.checkContact(o, u)
			}
		}
	}
}

func (h *history) checkContact(o *org, u *user) {
	c := u.contact(o)
	if c == nil || c.kind != "MailContact" {
		return
	}
	ways := h.ways(o, u)
	m := o.folder.key(c.dn)
	if m != nil && stamped(m) && !h.foreignNow(m) && h.w.sessions[0].Deletions && h.nowhere(u) {
		h.t.Errorf("at %s the message of %s, who is gone, stays: %s", o.id, c.dn, m.Stamp)
	}
	if len(ways) == 0 {
		return
	}
	best := slices.MinFunc(ways, func(a, b way) int {
		if a.length != b.length {
			return a.length - b.length
		}
		return strings.Compare(a.from, b.from)
	})
	month := freebusy.MinuteOf(h.w.now).MonthStart(0)
	want := best.times.Clip(month, month.MonthStart(3))
	if best.silent || want.Start >= want.End || m != nil && stamped(m) && m.Start >= month && len(path(m)) < best.length+1 {
		return // it stays as it is
	}
	switch {
	case m == nil:
		h.t.Errorf("at %s there is nothing of %s, from %s", o.id, c.dn, best.from)
	case !m.times.Equal(want):
		h.t.Errorf("at %s %s has %v, and not as at %s %v; stamp %s", o.id, c.dn, m.times, best.from, want, m.Stamp)
	}
}

// ways lead to an organization: from where the user is at home, and from where times of theirs are that were brought there.
func (h *history) ways(o *org, u *user) (all []way) {
	for _, s := range h.w.sessions {
		if !slices.Contains(s.Subscribers, o.id) {
			continue
		}
		from := h.w.orgs[s.Publisher]
		if from == u.born {
			source := from.folder.key(u.mailbox.dn)
			switch {
			case u.gone:
			case s.Source == busy.FromAvailability:
				all = append(all, way{from.id, 0, u.times[len(u.times)-1], u.mute})
			case source != nil:
				all = append(all, way{from.id, 0, source.times, false})
			}
			continue
		}
		c := u.contact(from)
		if c == nil {
			continue
		}
		m := from.folder.key(c.dn)
		foreign := m != nil && (!stamped(m) || h.foreignNow(m))
		switch {
		case c.kind == "UserMailbox" && s.Source == busy.FromAvailability:
			all = append(all, way{from.id, 0, freebusy.Times{}, true}) // another mailbox of theirs
			continue
		case c.kind == "UserMailbox" && foreign:
			all = append(all, way{from.id, 0, m.times, false})
			continue
		case c.kind == "UserMailbox", s.Source == busy.FromAvailability, m == nil, foreign:
			continue
		}
		if p := path(m); !slices.Contains(p, o.id) {
			all = append(all, way{from.id, len(p), m.times, false})
		}
	}
	return all
}

// path are the organizations in which a message was before: its stamp is "1;born;via,from;for;…".
func path(m *message) []string {
	fields := strings.Split(m.Stamp, ";")
	if all := strings.Split(fields[2], ","); all[0] != fields[1] {
		return append([]string{fields[1]}, all...)
	}
	return []string{fields[1]}
}

// foreignNow reports whether another program wrote a message last.
func (h *history) foreignNow(m *message) bool {
	a, ok := h.alien[m]
	return ok && m.times.Equal(a.times)
}

// nowhere reports whether a user is gone, has no other mailbox, and nowhere is a message of theirs that iorepl brought and somebody rewrote: with
// what came from there it waits.
func (h *history) nowhere(u *user) bool {
	for _, o := range h.w.orgs {
		if c := u.contact(o); o != u.born && c != nil && c.kind == "UserMailbox" {
			return false
		}
		if m := o.folder.key(o.contactDN(u.address())); m != nil && h.foreignNow(m) {
			return false
		}
	}
	return u.gone
}
