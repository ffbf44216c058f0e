package freebusy

import (
	"bytes"

	"iorepl/plan"
	"iorepl/plan/freebusy"
)

// claim notes to which contact of the subscriber a candidate comes, whether or not something bars it.
func (r *Run) claim(pt *part, c *freebusy.Candidate) {
	if key := c.Target.Key(); key != "" {
		r.claims.Put(numbers(claimed(pt.Subscriber, key), pt.number, pt.count), nil)
	}
	if c.Bar == "" {
		pt.open++
	}
}

// claimed is how the claims to a contact of a subscriber begin, by the key of its message. The part's number and the candidate's follow.
func claimed(subscriber, key string) []byte {
	digest := plan.Sum(subscriber, key)
	return digest[:]
}

// arbitrate bars candidates for whom there is a better way.
func (r *Run) arbitrate() {
	var contact []byte
	disputed := false
	for key := range r.claims.Scan(nil) {
		digest := digestOf(key)
		switch {
		case !bytes.Equal(contact, digest[:]):
			contact, disputed = digest[:], false
		case !disputed:
			disputed = true
			r.settle(contact)
		}
	}
}

// settle decides about a contact to which several candidates come.
func (r *Run) settle(contact []byte) {
	var contest freebusy.Contest
	r.rivals(contact, func(_ *part, _ int, c freebusy.Claim) { contest.Add(c) })
	r.rivals(contact, func(pt *part, number int, c freebusy.Claim) {
		if why := contest.Bar(c); why != "" {
			r.bar(pt, number, why)
			pt.open--
		}
	})
}

// rivals are those who claim a contact and whom nothing bars, in order.
func (r *Run) rivals(contact []byte, do func(*part, int, freebusy.Claim)) {
	for key := range r.claims.Scan(contact) {
		pt, number := r.parts[numberAt(key, 1)], numberAt(key, 0)
		c, _ := r.decodeCandidate(pt.candidates.Get(numbers(nil, number)))
		if c.Bar == "" {
			do(pt, number, pt.Claim(number, c))
		}
	}
}

// isClaimed reports whether somebody comes to the contact of the part's subscriber that has a message's key. Of candidates that something
// bars, those of the same publisher count: what came from there stays.
func (r *Run) isClaimed(pt *part, key string) bool {
	for claim := range r.claims.Scan(claimed(pt.Subscriber, key)) {
		of := r.parts[numberAt(claim, 1)]
		if of.Publisher == pt.Publisher {
			return true
		}
		if c, _ := r.decodeCandidate(of.candidates.Get(numbers(nil, numberAt(claim, 0)))); c.Bar == "" {
			return true
		}
	}
	return false
}
