package mapi

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// parseRule are the parts of an RRULE by name.
func parseRule(s string) map[string]string {
	parts := map[string]string{}
	for part := range strings.SplitSeq(strings.ToUpper(s), ";") {
		if name, value, ok := strings.Cut(part, "="); ok {
			parts[name] = value
		}
	}
	return parts
}

// parseByDay reads BYDAY: the days as bits and the number before them, which must be the same for all.
func parseByDay(s string) (n, days int, ok bool) {
	for d := range strings.SplitSeq(s, ",") {
		if len(d) < 2 {
			return 0, 0, false
		}
		i := slices.Index(icalDays, d[len(d)-2:])
		m, err := strconv.Atoi(strings.TrimPrefix(d[:len(d)-2], "+"))
		if d[:len(d)-2] == "" {
			m, err = 0, nil
		}
		if i < 0 || err != nil || days != 0 && m != n {
			return 0, 0, false
		}
		n, days = m, days|1<<i
	}
	return n, days, true
}

// eventRecurrence makes a recurrence of an RRULE, and deleted occurrences of EXDATE. What an appointment cannot have is refused.
func (c *change) eventRecurrence(e *ical.Component, rule string, z *zone) error {
	it := c.it
	r, ok := recurrenceOf(parseRule(rule), z.wall(it.time(pStart)), z)
	if !ok || r.check(false) != nil {
		return refuse("ErrorContentConversionFailed", "The recurrence %q is none of an appointment.", rule)
	}
	c.rule, c.ruleSet = r, true
	it.series = &series{rule: r}
	excluded := map[filetime]bool{}
	var last time.Time
	for _, p := range e.Props.Values(ical.PropExceptionDates) {
		for value := range strings.SplitSeq(p.Value, ",") {
			if t, ok := moment(&ical.Prop{Value: value}, z); ok {
				excluded[filetimeOf(t)] = true
				if t.After(last) {
					last = t
				}
			}
		}
	}
	var deleted []int
	for i, t := range it.slots() {
		if t.After(last) {
			break
		}
		if excluded[filetimeOf(t)] {
			deleted = append(deleted, i)
		}
	}
	it.series = &series{rule: r, deleted: deleted}
	return nil
}

// recurrenceOf is the recurrence that an RRULE says, starting on the day of the wall-clock time start.
func recurrenceOf(rule map[string]string, start time.Time, z *zone) (*recurrence, bool) {
	r := &recurrence{interval: 1, start: start.Truncate(24 * time.Hour)}
	var err error
	if s := rule["INTERVAL"]; s != "" {
		if r.interval, err = strconv.Atoi(s); err != nil {
			return nil, false
		}
	}
	if i := slices.Index(icalDays, rule["WKST"]); i >= 0 {
		r.first = time.Weekday(i)
	} else {
		r.first = time.Monday
	}
	if s := rule["COUNT"]; s != "" {
		if r.count, err = strconv.Atoi(s); err != nil || r.count < 1 || r.count > maxOccurrences {
			return nil, false
		}
	}
	if s := rule["UNTIL"]; s != "" {
		t, ok := moment(&ical.Prop{Value: s}, z)
		if !ok {
			return nil, false
		}
		r.end = z.wall(t).Truncate(24 * time.Hour)
	}
	return r, r.fromRule(rule, start)
}

// fromRule reads the pattern.
func (r *recurrence) fromRule(rule map[string]string, start time.Time) bool {
	byDay := rule["BYDAY"]
	n, days, ok := 0, 0, true
	if byDay != "" {
		n, days, ok = parseByDay(byDay)
	}
	if s := rule["BYSETPOS"]; s != "" && n == 0 {
		n, _ = strconv.Atoi(s)
	}
	if n < 0 {
		n = 5
	}
	day := start.Day()
	if s := rule["BYMONTHDAY"]; s != "" {
		// the last of several: "28,29,30,31" with BYSETPOS=-1 is how one says 31 or the month's last
		all := strings.Split(s, ",")
		d, err := strconv.Atoi(all[len(all)-1])
		if day = d; err != nil || d < -1 || d == 0 || len(all) > 1 && rule["BYSETPOS"] != "-1" {
			return false
		}
		if day == -1 {
			day = 31
		}
	}
	month := int(start.Month())
	if s := rule["BYMONTH"]; s != "" {
		m, err := strconv.Atoi(s)
		if month = m; err != nil || m < 1 || m > 12 {
			return false
		}
	}
	if !ok || n > 5 {
		return false
	}
	relative := byDay != "" && n != 0
	switch rule["FREQ"] {
	case "DAILY":
		r.pattern = "DailyRecurrence"
		if byDay != "" && r.interval == 1 {
			r.pattern, r.days = "WeeklyRecurrence", days
		}
	case "WEEKLY":
		r.pattern, r.days = "WeeklyRecurrence", days
		if byDay == "" {
			r.days = 1 << start.Weekday()
		}
	case "MONTHLY":
		r.pattern, r.day = "AbsoluteMonthlyRecurrence", day
		if relative {
			r.pattern, r.day, r.days, r.index = "RelativeMonthlyRecurrence", 0, days, n
		}
	case "YEARLY":
		if r.interval != 1 {
			return false
		}
		r.pattern, r.day, r.month = "AbsoluteYearlyRecurrence", day, month
		if relative {
			r.pattern, r.day, r.days, r.index = "RelativeYearlyRecurrence", 0, days, n
		}
	default:
		return false
	}
	r.dayNames = r.namesOfDays()
	return r.pattern == "WeeklyRecurrence" || r.days == 0 || !strings.Contains(r.dayNames, " ")
}

// namesOfDays are the days as DaysOfWeek has them: sets by their own name where single days are not possible.
func (r *recurrence) namesOfDays() string {
	if r.pattern != "WeeklyRecurrence" && bits.OnesCount(uint(r.days)) > 1 {
		for name, set := range daySets {
			if set == r.days {
				return name
			}
		}
	}
	var all []string
	for i, name := range weekdays {
		if r.days&(1<<i) != 0 {
			all = append(all, name)
		}
	}
	return strings.Join(all, " ")
}
