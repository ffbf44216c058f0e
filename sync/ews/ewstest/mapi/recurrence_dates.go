package mapi

import (
	"iter"
	"time"
)

// dates are the days of the recurrence in order. Without an end they go on until the end of the calendar.
func (r *recurrence) dates() iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		n := 0
		for d := range r.endless() {
			if d.Year() > 4500 || !r.end.IsZero() && d.After(r.end) || !yield(d) {
				return
			}
			if n++; n == r.count {
				return
			}
		}
	}
}

// endless are the days of the pattern from its start.
func (r *recurrence) endless() iter.Seq[time.Time] {
	year, month, _ := r.start.Date()
	return func(yield func(time.Time) bool) {
		for i := 0; ; i++ {
			var d time.Time
			switch r.pattern {
			case "DailyRecurrence":
				d = r.start.AddDate(0, 0, i*r.interval)
			case "WeeklyRecurrence":
				if !r.week(i, yield) {
					return
				}
				continue
			case "AbsoluteMonthlyRecurrence":
				d = dayOf(year, month+time.Month(i*r.interval), r.day)
			case "RelativeMonthlyRecurrence":
				d = r.nth(year, month+time.Month(i*r.interval))
			case "AbsoluteYearlyRecurrence":
				d = dayOf(year+i, time.Month(r.month), r.day)
			case "RelativeYearlyRecurrence":
				d = r.nth(year+i, time.Month(r.month))
			default: // what regenerates has one date
				if i > 0 {
					return
				}
				d = r.start
			}
			if !d.Before(r.start) && !yield(d) || d.Year() > 4501 {
				return
			}
		}
	}
}

// week yields the days of the pattern's i-th week.
func (r *recurrence) week(i int, yield func(time.Time) bool) bool {
	begin := r.start.AddDate(0, 0, -int((r.start.Weekday()-r.first+7)%7)+7*i*r.interval)
	for j := range 7 {
		d := begin.AddDate(0, 0, j)
		if r.days&(1<<d.Weekday()) != 0 && !d.Before(r.start) && !yield(d) {
			return false
		}
	}
	return begin.Year() <= 4501
}

// dayOf is a day of a month, or the month's last if it has no such day.
func dayOf(year int, month time.Month, day int) time.Time {
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC)
	if day >= last.Day() {
		return last
	}
	return last.AddDate(0, 0, day-last.Day())
}

// nth is the n-th, or last, of the pattern's days in a month.
func (r *recurrence) nth(year int, month time.Month) time.Time {
	d := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	var found time.Time
	n := 0
	for m := d.Month(); d.Month() == m; d = d.AddDate(0, 0, 1) {
		if r.days&(1<<d.Weekday()) != 0 {
			found = d
			if n++; n == r.index {
				break
			}
		}
	}
	return found
}
