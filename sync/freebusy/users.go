package freebusy

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync/directory"
)

// choose finds the candidates: those whom the session selects, with what the publisher holds of them, sorted by address. They are users of
// the publisher, and users of other organizations whose times iorepl brought there. The latter go on from there, but never back.
func (r *Run) choose(ctx context.Context, pt *part) error {
	if pt.session.Source != FromAvailability {
		if err := r.published(ctx, pt); err != nil {
			return err
		}
	}
	wanted := literal(pt.session.Users)
	for u := range pt.users.All() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		mailbox := u.Kind == directory.Mailbox
		if mailbox {
			pt.Users++
		}
		message, source := r.publishedBy(pt, u)
		if !mailbox && message == nil {
			continue
		}
		for _, a := range u.Addresses {
			delete(wanted, a)
		}
		if pt.session.selects(u) {
			c := r.candidate(pt, u, message)
			r.claim(pt, &c)
			pt.candidates.Put(numbers(nil, pt.count), encodeCandidate(&c, source))
			pt.count++
		}
	}
	for a := range wanted {
		pt.Leave(a, "is asked for, but has no mailbox in the directory of "+pt.Publisher, false)
	}
	return nil
}

func (r *Run) candidate(pt *part, u *directory.Recipient, message *freebusy.Message) freebusy.Candidate {
	c := freebusy.Candidate{User: freebusy.User{Name: u.Name, Address: u.Address}, Key: freebusy.UserKey(u.Address), Born: pt.Publisher}
	if u.Kind != directory.Mailbox {
		stamp, _ := freebusy.ParseStamp(message.Stamp) // else it would not be published
		c.Key, c.Born, c.Via = stamp.User, stamp.Born, stamp.Onward()
	}
	c.Target, c.Bar = pt.target(u)
	if c.Bar == "" && message == nil && pt.session.Source != FromAvailability {
		c.Bar = "has published nothing at " + pt.Publisher
		if r.found(pt, c.Target.Key()) != nil {
			c.Bar = "stale: " + pt.Subscriber + " keeps what it has, and there is nothing published any more at " + pt.Publisher
		}
	}
	return c
}

// member is a candidate of a part with its number.
type member struct {
	*freebusy.Candidate
	number int
}

// candidates are those of a part. Source is set for those whom nothing bars.
func (r *Run) candidates(pt *part) iter.Seq[member] {
	return func(yield func(member) bool) {
		for key, value := range pt.candidates.Scan(nil) {
			c, source := r.decodeCandidate(value)
			if c.Bar == "" && len(source) > 0 {
				c.Source = r.source(pt, source)
			}
			if !yield(member{c, numberAt(key, 0)}) {
				return
			}
		}
	}
}

// bar changes why a candidate is not published.
func (r *Run) bar(pt *part, number int, why string) {
	key := numbers(nil, number)
	c, source := r.decodeCandidate(pt.candidates.Get(key))
	c.Bar = why
	pt.candidates.Put(key, encodeCandidate(c, source))
}

// isUser reports whether the publisher has a user of the key, selected or not.
func (r *Run) isUser(pt *part, key plan.Digest) bool {
	keys := r.users[pt.Publisher]
	if keys == nil {
		keys = r.scratch.Table()
		for u := range pt.users.All() {
			if u.Kind != directory.Mailbox {
				continue
			}
			for _, a := range u.Addresses {
				digest := freebusy.UserKey(a)
				keys.Put(digest[:], nil)
			}
		}
		r.users[pt.Publisher] = keys
	}
	return keys.Get(key[:]) != nil
}

// selects reports whether the session is about somebody.
func (s *Session) selects(u *directory.Recipient) bool {
	if len(s.AdminGroups) > 0 && !inGroups(u.Group(), s.AdminGroups) {
		return false
	}
	any := func(patterns []string) bool {
		return slices.ContainsFunc(u.Addresses, func(a string) bool {
			whole := strings.ReplaceAll(a, "/", "|") // which is no separator to patterns
			return slices.ContainsFunc(patterns, func(p string) bool { return p == a || doublestar.MatchUnvalidated(p, whole) })
		})
	}
	return (len(s.Users) == 0 || any(s.Users)) && !any(s.Exclude)
}

// inGroups reports whether an administrative group, as "/o=…/ou=…", is among those named in full or by the last name alone.
func inGroups(group string, names []string) bool {
	if len(names) == 0 {
		return true
	}
	short := group
	if i := strings.LastIndexByte(group, '='); i >= 0 {
		short = group[i+1:]
	}
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, group) || strings.EqualFold(n, short) })
}

// literal are the patterns that are plain addresses.
func literal(patterns []string) map[string]bool {
	all := map[string]bool{}
	for _, p := range patterns {
		if !strings.ContainsAny(p, `*?[{\`) {
			all[p] = true
		}
	}
	return all
}
