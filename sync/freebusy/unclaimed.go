package freebusy

import (
	"cmp"
	"fmt"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync/directory"
)

// unclaimed decides about what subscribers hold beside what is published there: messages of ours that nobody claims, and doubles. Sessions
// between the same organizations decide once, and only if all of them could be looked at.
func (r *Run) unclaimed() {
	type pair struct{ publisher, subscriber string }
	done := map[pair]bool{}
	for _, pt := range r.parts {
		if len(pt.Failed) > 0 {
			done[pair{pt.Publisher, pt.Subscriber}] = true
		}
	}
	for _, pt := range r.parts {
		if between := (pair{pt.Publisher, pt.Subscriber}); !done[between] {
			done[between] = true
			r.beside(pt)
		}
	}
}

// doubt says why it cannot be told who is gone, "" if it can.
func (pt *part) doubt() string {
	organization, unread := pt.Publisher, pt.users.Unread()
	if unread == 0 {
		organization, unread = pt.Subscriber, pt.contacts.Unread()
	}
	if unread == 0 {
		return ""
	}
	return fmt.Sprintf("the directory of %s has rows that cannot be read (%d), and the one that is missing may be among them; correct them", organization, unread)
}

// beside decides about what the subscriber of a part holds.
func (r *Run) beside(pt *part) {
	var newest *freebusy.Message // of its name
	var of plan.Digest
	for key, value := range pt.held.messages.Scan(nil) {
		m := r.decodeMessage(value)
		switch {
		case m.Key() == "": // nobody looks it up
			continue
		case newest == nil || digestOf(key) != of:
			r.vanished(pt, newest)
			newest, of = m, digestOf(key)
			continue
		case m.Newer(newest):
			newest, m = m, newest
		}
		pt.Double(m, r.isClaimed(pt, m.Key()))
	}
	r.vanished(pt, newest)
}

// vanished decides about the message that counts of one name, which nobody may claim.
func (r *Run) vanished(pt *part, m *freebusy.Message) {
	if m == nil {
		return
	}
	stamp, err := freebusy.ParseStamp(m.Stamp)
	if err != nil || stamp.For != pt.Subscriber || stamp.From != pt.Publisher || r.isClaimed(pt, m.Key()) {
		return
	}
	owner, mailbox := "", false
	for o := range owners(pt.contacts, m) {
		owner, mailbox = o.Address, mailbox || o.Kind == directory.Mailbox
	}
	if org := r.unseenOn(stamp, func(string) bool { return true }); org != "" {
		pt.Leave(cmp.Or(owner, m.Name), "nobody is published under this name; the message stays, since the times come from "+org+", which cannot be looked at", false)
		return
	}
	// Whether the publisher still has the times of other organizations' users is known only where all of its folder was listed.
	listed := pt.session.Source != FromAvailability && len(pt.session.AdminGroups) == 0
	known := r.isUser(pt, stamp.User) || pt.passed.Get(stamp.User[:]) != nil || stamp.Born != pt.Publisher && !listed
	pt.Vanished(m, known, owner, mailbox)
}
