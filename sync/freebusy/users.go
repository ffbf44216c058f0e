package freebusy

import (
	"context"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync/directory"
)

// candidates are those whom the session selects, with what the publisher holds of them, sorted by address: users of the publisher, and users of
// other organizations whose times iorepl brought there. The latter go on from there, but never back.
func (r *Run) candidates(ctx context.Context, pt *part) ([]freebusy.Candidate, error) {
	var published map[*directory.Recipient]*freebusy.Message
	if pt.session.Source != FromAvailability {
		var err error
		if published, err = r.published(ctx, pt); err != nil {
			return nil, err
		}
	}
	var all []freebusy.Candidate
	wanted := literal(pt.session.Users)
	for u := range pt.users.All() {
		mailbox := u.Kind == directory.Mailbox
		if mailbox {
			pt.Users++
		}
		message := published[u]
		if !mailbox && message == nil {
			continue
		}
		for _, a := range u.Addresses {
			delete(wanted, a)
		}
		if pt.session.selects(u) {
			all = append(all, pt.candidate(u, message))
		}
	}
	for a := range wanted {
		pt.Leave(a, "is asked for, but has no mailbox in the directory of "+pt.Publisher, false)
	}
	return all, nil
}

func (pt *part) candidate(u *directory.Recipient, message *freebusy.Message) freebusy.Candidate {
	c := freebusy.Candidate{User: freebusy.User{Name: u.Name, Address: u.Address}, Key: freebusy.UserKey(u.Address), Born: pt.Publisher, Source: message}
	if u.Kind != directory.Mailbox {
		stamp, _ := freebusy.ParseStamp(message.Stamp) // else it would not be published
		c.Key, c.Born, c.Via = stamp.User, stamp.Born, stamp.Onward()
	}
	c.Target, c.Bar = pt.target(u)
	if c.Bar == "" && message == nil && pt.session.Source != FromAvailability {
		c.Bar = "has published nothing at " + pt.Publisher
		if pt.found[c.Target.Key()] != nil {
			c.Bar = "stale: " + pt.Subscriber + " keeps what it has, and there is nothing published any more at " + pt.Publisher
		}
	}
	return c
}

// isUser reports whether the publisher has a user of the key, selected or not.
func (pt *part) isUser(key plan.Digest) bool {
	if pt.keys == nil {
		pt.keys = map[plan.Digest]bool{}
		for u := range pt.users.All() {
			if u.Kind != directory.Mailbox {
				continue
			}
			for _, a := range u.Addresses {
				pt.keys[freebusy.UserKey(a)] = true
			}
		}
	}
	return pt.keys[key]
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
