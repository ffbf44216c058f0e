package freebusy

import (
	"strings"

	"iorepl/plan"
)

// User is somebody as a plan calls them.
type User struct {
	Name    string // display name, "" if it is not known
	Address string // SMTP address in the user's organization, lower case
}

func (u User) String() string {
	if u.Name == "" || strings.EqualFold(u.Name, u.Address) {
		return u.Address
	}
	return u.Name + " <" + u.Address + ">"
}

// Target is under whose name a user's times are written at the subscriber.
type Target struct {
	Group   string // of the legacy folder, "" for files
	DN      string // legacyExchangeDN of the contact, "" for files
	Address string // SMTP address of the contact, lower case
	Display string
}

// Key is how the target's message is found: its legacyExchangeDN, or the address where there is none.
func (t Target) Key() string { return keyOf(t.DN, t.Address) }

// Key is how a message is found, see Target.Key.
func (m *Message) Key() string { return keyOf(m.DN, m.Address) }

func keyOf(dn, address string) string {
	if dn != "" {
		return strings.ToUpper(dn)
	}
	return strings.ToLower(address)
}

// Candidate is a user who is published to a subscriber, unless something bars it.
type Candidate struct {
	User   User
	Key    plan.Digest // see UserKey
	Born   string      // organization whose user it is
	Via    string      // organizations between that and the publisher on the way of the user's times, see Stamp
	Source *Message    // what the publisher holds of the user; nil where it is asked for, or where there is nothing
	Target Target
	Bar    string // why the user is not published, for people; "" if nothing bars it
}

// hops is how many organizations lie between a candidate's own and the subscriber.
func (p *Part) hops(c *Candidate) int { return hops(c.Born, c.Via, p.Publisher) }

// Stamp is the stamp of what is written for a candidate.
func (p *Part) Stamp(c *Candidate, times Times, written Minute) Stamp {
	return Stamp{Born: c.Born, Via: c.Via, From: p.Publisher, For: p.Subscriber, User: c.Key, Content: times.Digest(), Written: written}
}

// Arbitrate leaves, of several ways on which a user's times lead into one organization, only one: the shortest, which is the direct one
// where there is one, and of several as short that from the smaller organization id. What goes by another way is barred. Since a longer
// way never wins, organizations that give to each other do not feed each other what neither gets from elsewhere any more. Where as short
// ways bring different users to one contact, it cannot be told whose it is, and nobody is published there.
func Arbitrate(parts []*Part) {
	type claim struct {
		part      *Part
		candidate *Candidate
		several   bool // different users claim it as rightly
	}
	best := map[[2]string]claim{}
	each := func(do func(key [2]string, c claim)) {
		for _, p := range parts {
			for i := range p.Candidates {
				if c := &p.Candidates[i]; c.Bar == "" {
					do([2]string{p.Subscriber, c.Target.Key()}, claim{part: p, candidate: c})
				}
			}
		}
	}
	longer := func(a, b claim) int { return a.part.hops(a.candidate) - b.part.hops(b.candidate) }
	each(func(key [2]string, c claim) {
		b, ok := best[key]
		switch {
		case !ok || longer(c, b) < 0:
			best[key] = c
		case longer(c, b) > 0:
		case c.part == b.part || c.candidate.Key != b.candidate.Key:
			b.several = true
			best[key] = b
		case c.part.Publisher < b.part.Publisher:
			c.several = b.several
			best[key] = c
		}
	})
	each(func(key [2]string, c claim) {
		switch b := best[key]; {
		case c.candidate == b.candidate && !b.several:
		case c.part == b.part || b.several && longer(c, b) == 0:
			c.candidate.Bar = "the same contact of " + c.part.Subscriber + " stands for several users; give each a contact of their own"
		default:
			c.candidate.Bar = "session " + b.part.Session + " publishes them there, from " + b.part.Publisher
		}
	})
}
