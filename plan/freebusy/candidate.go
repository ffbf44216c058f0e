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
