package plan

import "time"

// Settling is how long the servers of one organization may take to show what was written at another of them. Public folder databases of Exchange
// 2007 and 2010 replicate every 15 minutes by default, and over more than one hop where there are several.
const Settling = time.Hour

const whyUnsettled = "another server of the organization may not show yet what was written less than an hour ago; looked at again then"

// Settled reports whether what was written at a time shows at every server by now. A time that lies ahead is a clock's fault, and says nothing.
func Settled(written, now time.Time) bool { return now.Sub(written).Abs() >= Settling }

// unsettled reports whether what the memory is about may not show yet at a side.
func (e *encounter) unsettled(side Side) bool {
	return e.lags[side] && e.memory != nil && !Settled(e.memory.Since, e.now)
}

// behind reports whether a side that is not as the memory has it may be an older state of itself. What users did since is clearly later.
func (e *encounter) behind() bool {
	older := func(side Side, it *Item) bool {
		return e.unsettled(side) && !it.Modified.After(e.memory.Since.Add(sameTime))
	}
	return e.memory != nil && (e.origin.Version != e.memory.Origin && older(e.from, e.origin) ||
		e.replica.Version != e.memory.Version && older(e.from.Other(), e.replica))
}
