// Package freebusy decides what a free_busy session writes: the times that users publish, who of one organization is whom in
// another, and what follows from comparing the two. Like package plan it is pure: it asks nobody and writes nothing.
package freebusy

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"iorepl/plan"
)

// Minute is a moment in whole minutes since 1601-01-01 00:00 UTC, as PidTagFreeBusyPublishStart counts them (MS-OXOPFFB 2.2.1.1).
type Minute int32

var epoch = time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)

// secondsToUnix lie between 1601 and 1970.
var secondsToUnix = -epoch.Unix()

// MinuteOf is the minute in which t lies. Times that a Minute cannot say become the nearest one.
func MinuteOf(t time.Time) Minute {
	minutes := t.Unix() / 60
	if t.Unix()%60 < 0 {
		minutes--
	}
	return Minute(min(max(minutes+secondsToUnix/60, -1<<31), 1<<31-1))
}

// MinuteAfter is the first full minute at t or after it.
func MinuteAfter(t time.Time) Minute {
	m := MinuteOf(t)
	if m.Time().Before(t) && m < 1<<31-1 {
		m++
	}
	return m
}

// Time is the moment in UTC.
func (m Minute) Time() time.Time { return time.Unix(int64(m)*60-secondsToUnix, 0).UTC() }

func (m Minute) String() string { return m.Time().Format("2006-01-02T15:04Z") }

// MonthStart is the first minute of the month in which m lies, in UTC, and MonthStart(1) that of the next one.
func (m Minute) MonthStart(months int) Minute {
	year, month, _ := m.Time().Date()
	return MinuteOf(time.Date(year, month+time.Month(months), 1, 0, 0, 0, 0, time.UTC))
}

// Interval is a time from Start up to, but not including, End.
type Interval struct{ Start, End Minute }

// Kind is how somebody is not free.
type Kind int

// The kinds. The working-elsewhere status of newer Exchange versions is none: somebody who works elsewhere is not busy.
const (
	Busy Kind = iota
	Tentative
	OutOfOffice
	Kinds = 3 // how many there are
)

func (k Kind) String() string { return [...]string{"busy", "tentative", "out of office"}[k] }

// Times are what one user publishes: for the time from Start to End it is known when the user is not free. They are canonical: the
// intervals of a kind are sorted, neither empty nor overlapping nor touching, and lie within the range.
type Times struct {
	Start, End Minute
	Of         [Kinds][]Interval
}

// NewTimes makes times canonical. It takes over the slices and reorders them.
func NewTimes(start, end Minute, of [Kinds][]Interval) Times {
	t := Times{Start: start, End: max(start, end)}
	for k := range of {
		t.Of[k] = canonical(of[k], t.Start, t.End)
	}
	return t
}

func canonical(in []Interval, start, end Minute) []Interval {
	if !slices.IsSortedFunc(in, compareIntervals) {
		slices.SortFunc(in, compareIntervals)
	}
	out := in[:0]
	for _, i := range in {
		i.Start, i.End = max(i.Start, start), min(i.End, end)
		if i.Start >= i.End {
			continue
		}
		if n := len(out); n > 0 && i.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, i.End)
			continue
		}
		out = append(out, i)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func compareIntervals(a, b Interval) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
}

// Clip is what of the times lies between start and end.
func (t Times) Clip(start, end Minute) Times {
	var of [Kinds][]Interval
	for k := range t.Of {
		of[k] = slices.Clone(t.Of[k])
	}
	return NewTimes(max(t.Start, start), min(t.End, end), of)
}

// Merged is when the user is busy or out of the office; tentative does not count (PidTagScheduleInfoMonthsMerged).
func (t Times) Merged() []Interval {
	return canonical(slices.Concat(t.Of[Busy], t.Of[OutOfOffice]), t.Start, t.End)
}

// Equal reports whether two users publish the same.
func (t Times) Equal(u Times) bool {
	if t.Start != u.Start || t.End != u.End {
		return false
	}
	for k := range t.Of {
		if !slices.Equal(t.Of[k], u.Of[k]) {
			return false
		}
	}
	return true
}

// Digest stands for the times.
func (t Times) Digest() plan.Digest {
	n := 0
	for k := range t.Of {
		n += 4 + 8*len(t.Of[k])
	}
	b := make([]byte, 0, 8+n)
	b = binary.BigEndian.AppendUint32(b, uint32(t.Start))
	b = binary.BigEndian.AppendUint32(b, uint32(t.End))
	for k := range t.Of {
		b = binary.BigEndian.AppendUint32(b, uint32(len(t.Of[k])))
		for _, i := range t.Of[k] {
			b = binary.BigEndian.AppendUint32(b, uint32(i.Start))
			b = binary.BigEndian.AppendUint32(b, uint32(i.End))
		}
	}
	return plan.SumBytes([]byte("times"), b)
}

// Check reports what makes times not canonical.
func (t Times) Check() error {
	if t.Start > t.End {
		return fmt.Errorf("the range ends at %s, before it starts at %s", t.End, t.Start)
	}
	for k := range t.Of {
		for n, i := range t.Of[k] {
			if i.Start < t.Start || n > 0 && i.Start <= t.Of[k][n-1].End || i.Start >= i.End || i.End > t.End {
				return fmt.Errorf("%s: %s to %s is empty, outside of the range, or not after the interval before it", Kind(k), i.Start, i.End)
			}
		}
	}
	return nil
}
