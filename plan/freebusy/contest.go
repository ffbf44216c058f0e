package freebusy

import "iorepl/plan"

// Contest leaves, of several ways on which a user's times lead to one contact of an organization, only one: the shortest, which is the direct
// one where there is one, and of several as short that from the smaller organization id. What goes by another way is barred. Since a longer
// way never wins, organizations that give to each other do not feed each other what neither gets from elsewhere any more. Where as short
// ways bring different users to one contact, it cannot be told whose it is, and nobody is published there.
//
// It is told all claims to one contact, and then answers about each of them. Its zero value is ready for use.
type Contest struct {
	best    Claim // of none if there is no part
	several bool  // different users claim it as rightly
}

// Claim is that of a candidate whom nothing bars to a contact of the subscriber.
type Claim struct {
	part   *Part
	number int
	user   plan.Digest
	hops   int
}

// Claim is that of a candidate of the part. The number tells the part's candidates from each other.
func (p *Part) Claim(number int, c *Candidate) Claim {
	return Claim{part: p, number: number, user: c.Key, hops: p.hops(c)}
}

// Add tells of a claim. Claims come in the order of the parts and their candidates.
func (t *Contest) Add(c Claim) {
	switch b := &t.best; {
	case b.part == nil || c.hops < b.hops:
		*t = Contest{best: c}
	case c.hops > b.hops:
	case c.part == b.part || c.user != b.user:
		t.several = true
	case c.part.Publisher < b.part.Publisher:
		*b = c
	}
}

// Bar says why somebody who claims the contact is not published there, "" if nothing bars it.
func (t *Contest) Bar(c Claim) string {
	switch b := &t.best; {
	case c.part == b.part && c.number == b.number && !t.several:
		return ""
	case c.part == b.part || t.several && c.hops == b.hops:
		return "the same contact of " + c.part.Subscriber + " stands for several users; give each a contact of their own"
	default:
		return "session " + b.part.Session + " publishes them there, from " + b.part.Publisher
	}
}
