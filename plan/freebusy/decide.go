package freebusy

import (
	"cmp"
	"errors"
	"fmt"

	"iorepl/plan"
)

// Read is what came of reading a candidate's times.
type Read struct {
	Times   Times
	Err     error
	Passing bool // the error may pass
}

// Decide says what becomes of one candidate whose times were read. found is what the subscriber holds under the contact's name, nil
// for nothing. It reports whether there is a change, which lacks its Months. A candidate for whom there is a shorter way is barred.
func (p *Part) Decide(c *Candidate, found *Message, read Read) (Change, bool) {
	change := Change{Action: plan.Create, User: c.User, Candidate: c, Message: found, Why: "new at the publisher"}
	leave := func(why string, wrong bool) (Change, bool) {
		p.Leave(c.User.Address, why, wrong)
		return Change{}, false
	}
	var stamp Stamp
	var foreign error
	if found != nil {
		if found.Problem != "" {
			return leave("the message at "+p.Subscriber+": "+found.Problem, false)
		}
		stamp, foreign = ParseStamp(found.Stamp)
		if errors.Is(foreign, ErrNewerStamp) {
			return leave("the message at "+p.Subscriber+": "+foreign.Error(), false)
		}
		if foreign == nil && stamp.For != p.Subscriber {
			foreign = errors.New("it is of another organization")
		}
		// The shorter way may be that of a session that is not part of this run. Once it does not keep up with the months, it is given up.
		if foreign == nil && stamp.hops() < p.hops(c) && found.Start >= p.Start {
			c.Bar = "they come to " + p.Subscriber + " from " + stamp.From + ", which is the shorter way"
			return leave(c.Bar, false)
		}
	}
	if c.Via != "" && len(p.Stamp(c, Times{}, -1<<31).Encode()) >= plan.MaxStamp {
		return leave("there are too many organizations on their way: "+c.Born+","+c.Via+","+p.Publisher, false)
	}
	times, err := p.Fit(read)
	if err != nil {
		why := "nothing is known of their times: " + err.Error()
		if found != nil {
			why = "stale: " + p.Subscriber + " keeps what it has: " + err.Error()
		}
		return leave(why, read.Passing)
	}
	change.Content = times.Digest()
	if found == nil {
		return change, true
	}
	change.Action = plan.Update
	switch {
	case foreign != nil:
		change.Why = "takes over a message that iorepl did not write"
	case stamp.Content != change.Content:
		change.Why = "changed at the publisher"
		if stamp.Written == found.Published && (found.Start != times.Start || found.End != times.End) {
			change.Why = "other months are published"
		}
	case found.Published != stamp.Written || found.Start != times.Start || found.End != times.End:
		change.Why = "somebody else wrote the message"
	case stamp.Born != c.Born || stamp.Via != c.Via || stamp.From != p.Publisher || stamp.User != c.Key:
		change.Why = "comes by another way"
	default:
		return Change{}, false
	}
	return change, true
}

// Fit is what was read as far as it is about the months that are published. It is an error if that is nothing: no data is not free.
func (p *Part) Fit(read Read) (Times, error) {
	if read.Err != nil {
		return Times{}, read.Err
	}
	times := read.Times.Clip(p.Start, p.End)
	if times.Start >= times.End {
		return Times{}, fmt.Errorf("what is published is about %s to %s only", read.Times.Start.day(), read.Times.End.day())
	}
	return times, nil
}

func (m Minute) day() string { return m.Time().Format("2006-01-02") }

// Vanished decides about the messages of ours under names that no candidate has. known reports whether the publisher has a user of that
// key, owner who has the name at the subscriber today and whether that is somebody with a mailbox.
func (p *Part) Vanished(m *Message, known bool, owner string, mailbox bool) {
	stamp, err := ParseStamp(m.Stamp)
	if err != nil || stamp.For != p.Subscriber || stamp.From != p.Publisher {
		return
	}
	who := owner
	if who == "" {
		who = m.Name
	}
	switch {
	case m.Published != stamp.Written:
		p.Leave(who, "nobody is published under this name any more, and somebody else wrote the message, which stays", false)
	case mailbox:
		p.Leave(who, "has a mailbox in "+p.Subscriber+" now, which publishes by itself", false)
	case known && owner != "":
		p.Leave(who, "nobody is published under this name any more; the message stays as it is", false)
	case !p.Deletions:
		p.Leave(who, "left behind by a user or contact that is gone; deletions = \"items\" would remove it", false)
	case p.Doubt != "":
		p.Leave(who, "looks left behind, and stays: "+p.Doubt, false)
	case known:
		p.Changes = append(p.Changes, Change{Action: plan.Delete, User: User{Address: who}, Message: m, Why: "no contact has this name any more"})
	default:
		p.Changes = append(p.Changes, Change{Action: plan.Delete, User: User{Address: who}, Message: m, Why: "the user is gone at the publisher"})
	}
}

// Newer reports whether a message counts before another one of the same name: one that can be used, and of those the one published last.
func (m *Message) Newer(than *Message) bool {
	if (m.Problem == "") != (than.Problem == "") {
		return m.Problem == ""
	}
	return cmp.Or(cmp.Compare(m.Published, than.Published), cmp.Compare(than.Ref, m.Ref)) > 0
}

// Double decides about a message of a name under which there is a newer one, which stays: if iorepl wrote it, it is removed. claimed reports
// whether somebody is published under the name.
func (p *Part) Double(m *Message, claimed bool) {
	stamp, err := ParseStamp(m.Stamp)
	switch {
	case err == nil && stamp.For == p.Subscriber && stamp.From == p.Publisher && m.Published == stamp.Written:
		p.Changes = append(p.Changes, Change{Action: plan.Delete, User: User{Address: m.Name}, Message: m, Why: "there are two; the one published last stays"})
	case claimed && (err != nil || stamp.For != p.Subscriber || m.Published != stamp.Written):
		p.Leave(m.Name, "there are two messages for one user, and iorepl did not write the older one", false)
	}
}
