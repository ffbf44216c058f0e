package recur

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pattern finds the pattern of the parts, or why there is none.
func (r *Rule) pattern(p *parts, start time.Time) (why string) {
	for _, by := range []struct {
		value string
		is    int
	}{{p.hour, start.Hour()}, {p.minute, start.Minute()}, {p.at, start.Second()}} {
		if by.value != "" && by.value != strconv.Itoa(by.is) && by.value != fmt.Sprintf("%02d", by.is) {
			return "it has several times a day"
		}
	}
	switch p.freq {
	case "DAILY":
		r.Pattern = Daily
		if p.months != nil || p.monthDays != nil || p.position != 0 || p.ordinal != 0 {
			return "it chooses among days"
		}
		if p.days != 0 {
			if p.interval != 1 {
				return "it chooses among days"
			}
			r.Pattern, r.Days = Weekly, p.days
		}
		return ""
	case "WEEKLY":
		r.Pattern, r.Days = Weekly, p.days
		if p.months != nil || p.monthDays != nil || p.position != 0 || p.ordinal != 0 {
			return "it chooses among weeks"
		}
		if r.Days == 0 {
			r.Days = Only(start.Weekday())
		}
		return ""
	case "MONTHLY":
		if p.months != nil {
			return "it chooses among months"
		}
		return r.monthly(p, start)
	case "YEARLY":
		return r.yearly(p, start)
	}
	return fmt.Sprintf("it happens %s", strings.ToLower(p.freq))
}

// monthly finds the day in a month.
func (r *Rule) monthly(p *parts, start time.Time) (why string) {
	if p.days == 0 {
		r.Pattern = Monthly
		switch last := slices.Equal(p.monthDays, []int{28, 29}) || slices.Equal(p.monthDays, []int{28, 29, 30}) ||
			slices.Equal(p.monthDays, []int{28, 29, 30, 31}); {
		case last && p.position == -1:
			r.Day = p.monthDays[len(p.monthDays)-1]
			return ""
		case p.position != 0 && p.position != 1 && p.position != -1 || len(p.monthDays) > 1:
			return "it falls on several days of a month"
		case len(p.monthDays) == 1 && p.monthDays[0] == -1:
			r.Day = 31
			return ""
		case len(p.monthDays) == 1:
			r.Day = p.monthDays[0]
		default:
			r.Day = start.Day()
		}
		if r.Day < 1 || r.Day > 31 {
			return "it counts days from the end of a month"
		}
		p.skips = r.Day > 28
		return ""
	}
	if p.monthDays != nil {
		return "it chooses among days"
	}
	r.Pattern, r.Days, r.Nth = RelativeMonthly, p.days, p.ordinal
	if r.Nth == 0 {
		r.Nth = p.position
	} else if p.position != 0 && p.position != 1 && p.position != -1 {
		return "it falls on no day"
	}
	if r.Nth == 0 {
		return "it falls on several days of a month"
	}
	if _, single := p.days.single(); !single && p.days != EveryDay && p.days != Weekdays && p.days != WeekendDays {
		return "it chooses among days of the week"
	}
	if r.Nth < -1 || r.Nth > 4 {
		return "it counts further than to the fourth, or from the end of a month"
	}
	return ""
}

func (r *Rule) yearly(p *parts, start time.Time) (why string) {
	month := start.Month()
	switch len(p.months) {
	case 0:
		if p.days != 0 {
			return "it counts days of a year"
		}
	case 1:
		if month = time.Month(p.months[0]); month < time.January || month > time.December {
			return "it has a month that is none"
		}
	default:
		return "it falls on several months"
	}
	if why := r.monthly(p, start); why != "" {
		return why
	}
	if r.Pattern == Monthly {
		r.Day = min(r.Day, lastOf(time.Date(2024, month, 1, 0, 0, 0, 0, time.UTC)))
	}
	p.skips = p.skips && month == time.February
	if r.Interval > 1 { // every so many months is the same, from a start in that month
		if start.Month() != month {
			return "it does not begin in its month"
		}
		r.Interval *= 12
		return ""
	}
	r.Month = month
	if r.Pattern == Monthly {
		r.Pattern = Yearly
	} else {
		r.Pattern = RelativeYearly
	}
	return ""
}
