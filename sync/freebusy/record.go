package freebusy

import (
	"encoding/binary"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync/scratch"
)

// encodeMessage is a message as a value of a temporary table.
func encodeMessage(m *freebusy.Message) []byte {
	return scratch.Record{}.Text(m.Ref).Text(m.Group).Text(m.DN).Text(m.Address).Text(m.Name).
		Number(int64(m.Published)).Number(int64(m.Start)).Number(int64(m.End)).Text(m.Stamp).Text(m.Problem)
}

func (r *Run) decodeMessage(value []byte) *freebusy.Message {
	f := scratch.Read(value)
	m := &freebusy.Message{Ref: f.Text(), Group: f.Text(), DN: f.Text(), Address: f.Text(), Name: f.Text(), Published: freebusy.Minute(f.Number()),
		Start: freebusy.Minute(f.Number()), End: freebusy.Minute(f.Number()), Stamp: f.Text(), Problem: f.Text()}
	r.scratch.Fail(f.Err())
	return m
}

// encodeCandidate is a candidate as a value of a temporary table. Of the source's message it holds the key of the listing.
func encodeCandidate(c *freebusy.Candidate, source []byte) []byte {
	return scratch.Record{}.Text(c.User.Name).Text(c.User.Address).Text(string(c.Key[:])).Text(c.Born).Text(c.Via).
		Text(c.Target.Group).Text(c.Target.DN).Text(c.Target.Address).Text(c.Target.Display).Text(c.Bar).Text(string(source))
}

// decodeCandidate reads what encodeCandidate wrote. Source is left nil, and its key comes beside.
func (r *Run) decodeCandidate(value []byte) (c *freebusy.Candidate, source []byte) {
	f := scratch.Read(value)
	c = &freebusy.Candidate{User: freebusy.User{Name: f.Text(), Address: f.Text()}}
	copy(c.Key[:], f.Text())
	c.Born, c.Via = f.Text(), f.Text()
	c.Target = freebusy.Target{Group: f.Text(), DN: f.Text(), Address: f.Text(), Display: f.Text()}
	c.Bar = f.Text()
	source = []byte(f.Text())
	r.scratch.Fail(f.Err())
	return c, source
}

// numbers are what ends a key.
func numbers(prefix []byte, all ...int) []byte {
	key := prefix[:len(prefix):len(prefix)]
	for _, n := range all {
		key = binary.BigEndian.AppendUint64(key, uint64(n))
	}
	return key
}

// numberAt is the number with so many others behind it in a key.
func numberAt(key []byte, behind int) int {
	return int(binary.BigEndian.Uint64(key[len(key)-8*(behind+1):]))
}

// digestOf is the digest with which a key begins.
func digestOf(key []byte) plan.Digest { return plan.Digest(key[:len(plan.Digest{})]) }
