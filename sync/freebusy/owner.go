package freebusy

import (
	"errors"
	"iter"

	"iorepl/plan/freebusy"
	"iorepl/sync/directory"
)

// owners are who has the name of a message in an organization today.
func owners(d *directory.Directory, m *freebusy.Message) iter.Seq[*directory.Recipient] {
	if m.DN != "" {
		return d.ByDN(m.DN)
	}
	return d.ByAddress(m.Address)
}

// few are the first two: enough to see whether there is one.
func few(recipients iter.Seq[*directory.Recipient]) (first []*directory.Recipient) {
	for r := range recipients {
		if first = append(first, r); len(first) == 2 {
			break
		}
	}
	return first
}

// owner says whose times a message of the publisher tells, nil if it tells nobody's whom the session is about.
func (pt *part) owner(m *freebusy.Message) *directory.Recipient {
	stamp, err := freebusy.ParseStamp(m.Stamp)
	brought := err == nil && stamp.For == pt.Publisher
	if brought && !stamp.Passed(pt.Subscriber) {
		pt.passed.Put(stamp.User[:], nil)
	}
	if m.Problem != "" {
		pt.Leave(m.Name, m.Problem, false)
		return nil
	}
	found := few(owners(pt.users, m))
	if len(found) != 1 {
		why := "the directory of " + pt.Publisher + " knows nobody of this name"
		if len(found) > 1 {
			why = "the directory of " + pt.Publisher + " knows several of this name, so that it cannot be told whose times they are"
		}
		pt.Leave(m.Name, why, false)
		return nil
	}
	u := found[0]
	if !pt.session.selects(u) {
		return nil
	}
	rewritten := m.Published != stamp.Written // by the user or the user's server, who keep the stamp
	switch {
	case errors.Is(err, freebusy.ErrNewerStamp):
		pt.Leave(u.Address, "the message at "+pt.Publisher+": "+err.Error(), false)
	case u.Kind == directory.Mailbox && brought && !rewritten:
		pt.Leave(u.Address, "what there is at "+pt.Publisher+" came there when they had no mailbox, and is not published as theirs", false)
	case u.Kind == directory.Mailbox:
		return u
	case !brought || rewritten:
		pt.Leave(u.Address, "is a contact of "+pt.Publisher+", whose times iorepl did not bring there", false)
	case stamp.Passed(pt.Subscriber):
		pt.Leave(u.Address, "came from "+pt.Subscriber+" itself", false)
	default:
		return u
	}
	return nil
}
