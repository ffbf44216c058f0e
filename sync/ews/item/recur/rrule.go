package recur

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	maxInterval = 999 // of days; EWS takes at most 99 weeks or months
	maxMonths   = 99
	maxCount    = 999
	noEnd       = "4500" // the year in which recurrences end that have no end (MS-OXOCAL 2.2.1.44.1)
)

var dayCodes = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// String is the rule as the value of an RRULE, without UNTIL: its form depends on the appointment.
func (r Rule) String() string {
	var b strings.Builder
	put := func(name, value string) {
		if b.Len() > 0 {
			b.WriteByte(';')
		}
		b.WriteString(name + "=" + value)
	}
	put("FREQ", [...]string{"DAILY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY", "YEARLY"}[r.Pattern])
	if r.Interval > 1 {
		put("INTERVAL", strconv.Itoa(r.Interval))
	}
	if !r.Again {
		switch r.Pattern {
		case Weekly:
			put("BYDAY", r.codes())
			if r.Interval > 1 {
				put("WKST", dayCodes[r.First])
			}
		case Monthly:
			switch {
			case r.Day == 31:
				put("BYMONTHDAY", "-1")
			case r.Day > 28: // the last day of a shorter February
				put("BYMONTHDAY", strings.Join([]string{"28", "29", "30"}[:r.Day-27], ","))
				put("BYSETPOS", "-1")
			default:
				put("BYMONTHDAY", strconv.Itoa(r.Day))
			}
		case Yearly:
			put("BYMONTH", strconv.Itoa(int(r.Month)))
			if r.Month == time.February && r.Day > 28 {
				put("BYMONTHDAY", "-1")
			} else {
				put("BYMONTHDAY", strconv.Itoa(r.Day))
			}
		case RelativeMonthly, RelativeYearly:
			if r.Pattern == RelativeYearly {
				put("BYMONTH", strconv.Itoa(int(r.Month)))
			}
			if d, ok := r.Days.single(); ok {
				put("BYDAY", strconv.Itoa(r.Nth)+dayCodes[d])
			} else {
				put("BYDAY", r.codes())
				put("BYSETPOS", strconv.Itoa(r.Nth))
			}
		}
	}
	if r.Count > 0 {
		put("COUNT", strconv.Itoa(r.Count))
	}
	return b.String()
}

func (r Rule) codes() string {
	var codes []string
	for i := range 7 { // as a week goes in most calendars
		if d := time.Weekday((i + 1) % 7); r.Days.Has(d) {
			codes = append(codes, dayCodes[d])
		}
	}
	return strings.Join(codes, ",")
}

// Parse reads the value of an RRULE that belongs to an appointment which starts at start, on the clock of the appointment. Until
// gives an UNTIL on the same clock. Notes say what a server makes otherwise of it; an error, that no server of this
// kind can hold it.
func Parse(value string, start time.Time, until func(string) (time.Time, error)) (r Rule, notes []string, err error) {
	fail := func(why string) (Rule, []string, error) {
		return Rule{}, nil, fmt.Errorf("the recurrence %q is none that Exchange has: %s", value, why)
	}
	p, err := readParts(value)
	if err != nil {
		return fail(err.Error())
	}
	r = Rule{Start: Date(start), Interval: p.interval, First: p.first}
	if why := r.pattern(&p, start); why != "" {
		return fail(why)
	}
	if limit := maxMonths; r.Pattern != Daily && r.Interval > limit || r.Interval > maxInterval {
		return fail("its interval is too long")
	}
	if r.Pattern != Weekly || r.Interval == 1 {
		r.First = time.Sunday
	}
	if p.skips {
		notes = append(notes, fmt.Sprintf("the recurrence falls on the last day of months that have no day %d, not only on longer ones", r.Day))
	}
	if p.until >= noEnd && p.until < ":" { // digits
		p.until = ""
	}
	if p.until != "" {
		end, err := until(p.until)
		if err != nil {
			return fail(fmt.Sprintf("its end %q is no date", p.until))
		}
		if r.End = Date(end); len(p.until) > len("20060102") && clock(end) < clock(start) {
			r.End = r.End.AddDate(0, 0, -1)
		}
		if r.End.Before(r.Start) {
			r.End = r.Start
		}
	}
	if r.Count = p.count; r.Count > maxCount {
		for d := range r.All() {
			r.End = d
		}
		r.Count = 0
	}
	first, ok := r.FirstDay()
	if !ok {
		return fail("it never happens")
	}
	if !first.Equal(r.Start) {
		notes = append(notes, fmt.Sprintf("the appointment itself is on %s, which is none of the days of its recurrence; it begins on %s",
			r.Start.Format(time.DateOnly), first.Format(time.DateOnly)))
		r.Start = first
	}
	return r, notes, nil
}

func clock(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
}
