package plan

import "time"

// Decisions about one item and its replica. "Changed" is measured against what was the case
// right after iorepl last wrote: what the state remembers, else, while nothing was restored from a backup behind
// our back, what the replica's stamp says.
//
//	one-way:  origin    replica   decision
//	          there     none      create
//	          same      there     nothing; restore: update if the replica's content differs
//	          touched   there     renew the stamp (version moved, content did not)
//	          changed   there     update
//	          gone      there     delete if allowed, else left alone
//
//	two-way:  same      same      nothing
//	          changed   same      update
//	          same      changed   copy back
//	          changed   changed   equal: renew the stamp; else a conflict
//	          gone      same      delete the replica if allowed, else left alone
//	          gone      changed   revive
//	          same      gone      delete the origin if allowed, else left alone
//	          changed   gone      create
//	          within an hour after our last write, where servers lag behind each other: left alone, unless it is clearly newer
//	          void      both      equal: renew the stamp; else a conflict
//	          void      one gone  create a replica; a replica without origin is left alone

// Memory is what the state keeps of one replica: the two sides as they were after our last write.
type Memory struct {
	Replica Digest // the replica's key
	Origin  Digest // the origin's version
	Version Digest // the replica's version
	Stamp   Digest // of the replica's Stamp.Version; a memory of another stamp is void
	Mark    Digest // of the origin's Stamp.Mark
	Home    Digest // identity of the folder that the replica lay in
	Former  Digest // key of the replica before this one, zero: none

	Since time.Time // when this became so, to the second
}

// After makes m the memory that follows was, nil for none: if it is of another replica, the former one is not forgotten.
func (m Memory) After(was *Memory) Memory {
	switch {
	case was == nil || m.buried():
	case was.Replica == m.Replica:
		m.Former = was.Former
	default:
		m.Former = was.Replica
	}
	return m
}

// Remember makes the memory of two items as they are after a write, the replica in the folder home.
func Remember(origin, replica Item, home Digest) Memory {
	return Memory{Replica: replica.Key, Origin: origin.Version, Version: replica.Version,
		Stamp: Sum(replica.Stamp.Version), Mark: Sum(origin.Stamp.Mark), Home: home}
}

// Buried makes the memory of a replica that was deleted.
func Buried(replica Item) Memory { return Memory{Replica: replica.Key} }

// Unsettled makes the memory of a replica that differs from its origin, when nothing could be done about it: both are changed, whatever becomes
// of them.
func Unsettled(replica Item, home Digest) Memory {
	never := Sum("unsettled")
	return Memory{Replica: replica.Key, Origin: never, Version: never, Stamp: Sum(replica.Stamp.Version), Mark: never, Home: home}
}

// buried reports whether the replica was deleted by iorepl, so that what else carries its stamp is a copy.
func (m *Memory) buried() bool { return m != nil && m.Origin.IsZero() }

// names reports whether the memory is of this replica under its present stamp.
func (m *Memory) names(r *Item) bool {
	return m != nil && m.Replica == r.Key && m.Stamp == Sum(r.Stamp.Version)
}

// encounter is everything that is known of one origin and its replica.
type encounter struct {
	rules   *Rules
	trusted bool    // two-way: neither side nor the state was restored or replaced
	pair    Digest  // for the origin's mark
	memory  *Memory // nil: none
	origin  *Item   // nil: gone, which is proven
	replica *Item   // nil: none
	home    Digest  // identity of the replica's folder
	from    Side    // the origin's side
	blind   bool    // contents that are not known cannot be read: what was written counts as changed
	lags    [2]bool // whether the servers of a side take a while to show what was written
	now     time.Time
}

type verdict struct {
	action  Action
	act     bool   // whether action is to be taken
	why     string // reason for the action, or for leaving alone something that differs
	learn   bool   // nothing to do, but the state's memory is to be brought up to date
	unknown bool   // contents must be read before this can be decided
	clash   bool   // both sides changed, and it was decided by `conflict`
}

func do(a Action, why string) verdict { return verdict{action: a, act: true, why: why} }
func leave(why string) verdict        { return verdict{why: why} }

const (
	whyNew          = "new"
	whyChanged      = "changed"
	whyIncomplete   = "left incomplete by an interrupted run"
	whyRestored     = "changed at the subscriber, restored"
	whyTouched      = "touched, content unchanged"
	whyEdited       = "replica edited"
	whyEqual        = "both sides changed and are equal"
	whyGone         = "gone at the %s"
	whyGoneKept     = "gone at the %s; deletions = \"none\""
	whyGoneVoid     = "gone at the %s, and nothing is remembered of it"
	whyReplicaGone  = "replica deleted by its users"
	whyReplicaKept  = "replica deleted by its users; deletions = \"none\""
	whyMadeAgain    = "changed, and its replica was deleted"
	whyRevived      = "edited, while the original was deleted"
	whyBothChanged  = "changed at both sides"
	whyNeverMatched = "differs from its replica, and nothing is remembered of the two"
)

func (e *encounter) decide() verdict {
	switch {
	case e.origin == nil:
		return e.originGone()
	case e.replica == nil:
		return e.replicaGone()
	case e.replica.Stamp.Version == "":
		return do(Update, whyIncomplete)
	}
	copied, err := ParseCopied(e.replica.Stamp.Version)
	if err != nil {
		return leave(err.Error())
	}
	if !e.rules.TwoWay {
		return e.oneWay(copied)
	}
	return e.twoWay(copied)
}

func (e *encounter) originGone() verdict {
	if e.rules.TwoWay {
		changed, known := e.replicaChanged()
		switch {
		case e.trusted && e.unsettled(e.from):
			return leave(whyUnsettled)
		case !e.trusted || !known:
			return leave(sideText(whyGoneVoid, e.from))
		case changed:
			return do(Revive, whyRevived)
		}
	}
	if e.rules.Deletions == NoDeletions {
		return leave(sideText(whyGoneKept, e.from))
	}
	return do(Delete, sideText(whyGone, e.from))
}

// replicaChanged says whether a replica whose origin is gone was edited since iorepl last wrote. If a run died after
// it wrote the replica and before it could remember that, the stamp tells; of another item than the remembered one it tells
// nothing, since users' copies carry it too.
func (e *encounter) replicaChanged() (changed, known bool) {
	if e.memory.names(e.replica) {
		return e.replica.Version != e.memory.Version, true
	}
	copied, err := ParseCopied(e.replica.Stamp.Version)
	if err != nil || e.memory == nil || e.memory.Replica != e.replica.Key || e.replica.Content.IsZero() {
		return false, false
	}
	return e.replica.Content != copied.Content, true
}

func (e *encounter) replicaGone() verdict {
	if !e.rules.TwoWay || !e.trusted || e.memory == nil || e.memory.buried() {
		return do(Create, whyNew)
	}
	switch {
	case e.unsettled(e.from.Other()):
		return leave(whyUnsettled)
	case e.memory.Origin != e.origin.Version:
		return do(Create, whyMadeAgain)
	case e.rules.Deletions == NoDeletions:
		return leave(whyReplicaKept)
	}
	return do(Delete, whyReplicaGone)
}

func (e *encounter) oneWay(copied Copied) verdict {
	touched := e.origin.Version != copied.Version
	if touched && e.origin.Content.IsZero() {
		return verdict{unknown: true}
	}
	if touched && e.origin.Content != copied.Content {
		return do(Update, whyChanged)
	}
	if e.rules.Restore {
		if e.memory.names(e.replica) {
			if e.memory.Version != e.replica.Version {
				return do(Update, whyRestored)
			}
		} else if e.replica.Content.IsZero() {
			return verdict{unknown: true}
		} else if e.replica.Content != copied.Content {
			return do(Update, whyRestored)
		}
	}
	if touched {
		return do(Renew, whyTouched)
	}
	return verdict{}
}

func (e *encounter) twoWay(copied Copied) verdict {
	if e.trusted && e.behind() {
		return leave(whyUnsettled)
	}
	originChanged, replicaChanged, known := e.sinceLastWrite(copied)
	if !known && !e.contentsKnown() {
		return verdict{unknown: true}
	}
	switch {
	case !known && e.origin.Content == e.replica.Content:
		return e.inStep(copied, whyTouched)
	case !known:
		return e.conflict(whyNeverMatched)
	case originChanged && replicaChanged:
		if !e.contentsKnown() && !e.blind {
			return verdict{unknown: true}
		}
		if e.contentsKnown() && e.origin.Content == e.replica.Content {
			return e.inStep(copied, whyEqual)
		}
		if e.contentsKnown() && e.memory.names(e.replica) && e.memory.Mark == Sum(e.origin.Stamp.Mark) {
			switch copied.Content { // a side that still says what both said was only touched
			case e.origin.Content:
				return do(CopyBack, whyEdited)
			case e.replica.Content:
				return do(Update, whyChanged)
			}
		}
		return e.conflict(whyBothChanged)
	case originChanged:
		if e.origin.Content.IsZero() && !e.blind {
			return verdict{unknown: true}
		}
		if _, ahead := e.forgotten(); e.origin.Content == copied.Content && !ahead {
			return do(Renew, whyTouched)
		}
		return do(Update, whyChanged)
	case replicaChanged:
		if e.contentsKnown() && e.origin.Content == e.replica.Content {
			return e.inStep(copied, whyEqual)
		}
		return do(CopyBack, whyEdited)
	}
	return e.inStep(copied, whyTouched)
}

// inStep is the verdict on two items that say the same: only stamp and memory may have to follow.
func (e *encounter) inStep(copied Copied, why string) verdict {
	if copied.Version != e.origin.Version {
		return do(Renew, why)
	}
	return verdict{learn: !e.trusted || !e.memory.names(e.replica) ||
		e.memory.Origin != e.origin.Version || e.memory.Version != e.replica.Version || e.memory.Home != e.home}
}

// sinceLastWrite says which side changed since iorepl last wrote; known is false where that cannot be told.
func (e *encounter) sinceLastWrite(copied Copied) (origin, replica, known bool) {
	if !e.trusted {
		return false, false, false
	}
	mark, marked := e.forgotten()
	switch {
	case marked:
		if e.origin.Content.IsZero() {
			return false, false, false
		}
		return e.origin.Content != mark.Content, e.replica.Version != mark.Replica, true
	case e.memory.names(e.replica):
		return e.origin.Version != e.memory.Origin, e.replica.Version != e.memory.Version, true
	case e.replica.Content.IsZero():
		return false, false, false
	}
	return e.origin.Version != copied.Version, e.replica.Content != copied.Content, true
}

// forgotten is the mark of an edit of the replica that was copied back by a run that died before it could remember that: until the mark is
// known, stamp and memory speak of the time before.
func (e *encounter) forgotten() (mark Mark, ok bool) {
	text := e.origin.Stamp.Mark
	if text == "" || e.memory.names(e.replica) && e.memory.Mark == Sum(text) {
		return Mark{}, false
	}
	mark, err := ParseMark(text)
	return mark, err == nil && !mark.Kept && mark.Pair == e.pair
}

func (e *encounter) contentsKnown() bool {
	return !e.origin.Content.IsZero() && !e.replica.Content.IsZero()
}

// sameTime is how near to each other two edits must be for "newest" not to tell them apart: clocks of two
// organizations differ.
const sameTime = 5 * time.Minute

func (e *encounter) conflict(why string) verdict {
	winner := Publisher
	switch e.rules.Conflict {
	case KeepBoth:
		return verdict{action: Keep, act: true, why: why, clash: true}
	case PublisherWins:
	case SubscriberWins:
		winner = Subscriber
	case NewestWins:
		o, r := e.origin.Modified, e.replica.Modified
		if apart := o.Sub(r).Abs(); o.IsZero() || r.IsZero() || apart <= sameTime {
			return verdict{action: Keep, act: true, why: why + ", neither clearly newer", clash: true}
		}
		winner = e.from
		if r.After(o) {
			winner = e.from.Other()
		}
	}
	why += ", conflict = \"" + e.rules.Conflict.String() + "\""
	v := do(CopyBack, why)
	if winner == e.from {
		v.action = Update
	}
	v.clash = true
	return v
}
