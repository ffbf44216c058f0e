// Package recur holds recurrences that Exchange knows: its patterns and ranges (MS-OXWSCDATA 2.2.4), as elements of EWS, as
// iCalendar rules (RFC 5545 section 3.3.10), and as the days they fall on.
//
// Days are times at midnight in UTC: a recurrence is about the calendar, and what clock its days have is not its concern.
package recur

import (
	"iter"
	"time"
)

// Pattern is how days are chosen.
type Pattern int

// The patterns of Exchange.
const (
	Daily           Pattern = iota
	Weekly                  // on Days of every Interval-th week
	Monthly                 // on Day, or the last day of shorter months
	RelativeMonthly         // on the Nth of Days
	Yearly                  // on Day of Month, or its last day
	RelativeYearly          // on the Nth of Days in Month
)

// Rule is a recurrence.
type Rule struct {
	Pattern  Pattern
	Interval int  // in days, weeks, months or years, at least 1; years only with Again
	Again    bool // the next day counts from when a task was done; Daily, Weekly, Monthly or Yearly
	Days     Days
	Nth      int // 1 to 4, or -1 for the last
	Day      int // of the month
	Month    time.Month
	First    time.Weekday // of a week; matters for Weekly only, if Interval is more than 1

	Start time.Time // the first day is this or the first one after it that fits
	End   time.Time // the last day is this or before it; zero if there is none
	Count int       // number of days; 0 if End tells, or nothing
}

// Days is a set of days of the week.
type Days uint8

// Sets that patterns name.
const (
	EveryDay    Days = 1<<7 - 1
	Weekdays    Days = EveryDay &^ WeekendDays
	WeekendDays Days = 1<<time.Saturday | 1<<time.Sunday
)

// Only is the set of one day.
func Only(d time.Weekday) Days { return 1 << d }

// Has reports whether a day is in the set.
func (d Days) Has(w time.Weekday) bool { return d&(1<<w) != 0 }

// single is the only day of the set.
func (d Days) single() (time.Weekday, bool) {
	for w := time.Sunday; w <= time.Saturday; w++ {
		if d == Only(w) {
			return w, true
		}
	}
	return 0, false
}

// Date is the day of a time on its own clock.
func Date(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// maxDays bounds an expansion; a daily recurrence of over a hundred years is no appointment.
const maxDays = 40000

// All are the days in order, at most some ten thousand.
func (r Rule) All() iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		n := 0
		for d := range r.candidates() {
			if d.Before(r.Start) {
				continue
			}
			if !r.End.IsZero() && d.After(r.End) || r.Count > 0 && n == r.Count || n == maxDays {
				return
			}
			n++
			if !yield(d) {
				return
			}
		}
	}
}

// Index is the number of a day, from 1.
func (r Rule) Index(day time.Time) (int, bool) {
	n := 0
	for d := range r.All() {
		n++
		if !d.Before(day) {
			return n, d.Equal(day)
		}
	}
	return 0, false
}

// FirstDay is the first day, or false if there is none at all.
func (r Rule) FirstDay() (time.Time, bool) {
	for d := range r.All() {
		return d, true
	}
	return time.Time{}, false
}

// candidates are the days of the pattern from some time before Start on, without end.
func (r Rule) candidates() iter.Seq[time.Time] {
	step := max(r.Interval, 1)
	return func(yield func(time.Time) bool) {
		if r.Again {
			yield(r.Start)
			return
		}
		for i, tries := 0, 0; tries < 2*maxDays; i, tries = i+step, tries+1 {
			var d time.Time
			var ok bool
			switch r.Pattern {
			case Weekly:
				week := r.Start.AddDate(0, 0, 7*i-(int(r.Start.Weekday())-int(r.First)+7)%7)
				for k := range 7 {
					if d := week.AddDate(0, 0, k); r.Days.Has(d.Weekday()) && !yield(d) {
						return
					}
				}
				continue
			case Monthly:
				d, ok = dayOf(month(r.Start, i), r.Day), true
			case RelativeMonthly:
				d, ok = r.nth(month(r.Start, i))
			case Yearly:
				d, ok = dayOf(time.Date(r.Start.Year()+i, r.Month, 1, 0, 0, 0, 0, time.UTC), r.Day), true
			case RelativeYearly:
				d, ok = r.nth(time.Date(r.Start.Year()+i, r.Month, 1, 0, 0, 0, 0, time.UTC))
			default:
				d, ok = r.Start.AddDate(0, 0, i), true
			}
			if ok && !yield(d) {
				return
			}
		}
	}
}

// month is the first of the month that is n months after the one of t.
func month(t time.Time, n int) time.Time {
	return time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
}

// dayOf is a day of a month, or its last.
func dayOf(first time.Time, day int) time.Time {
	return first.AddDate(0, 0, min(day, lastOf(first))-1)
}

func lastOf(first time.Time) int { return first.AddDate(0, 1, -1).Day() }

// nth is the Nth of Days in a month; false if there are not so many.
func (r Rule) nth(first time.Time) (time.Time, bool) {
	n, last := 0, time.Time{}
	for d := first; d.Month() == first.Month(); d = d.AddDate(0, 0, 1) {
		if !r.Days.Has(d.Weekday()) {
			continue
		}
		if n, last = n+1, d; n == r.Nth {
			return d, true
		}
	}
	return last, r.Nth < 0 && n > 0
}
