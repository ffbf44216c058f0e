package mapi

import (
	"math/bits"
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

// recurrence is a t:Recurrence: the days on which something happens. It is never changed once it is in an item.
type recurrence struct {
	pattern  string // the element's name
	interval int
	days     int // a bit for each day of the week, Sunday the lowest
	dayNames string
	index    int // 1 to 4, 5 is the last
	day      int // of the month
	month    int
	first    time.Weekday // of the week
	named    bool         // FirstDayOfWeek was given

	start time.Time // midnight UTC of the day, as all dates here
	end   time.Time // zero: none
	count int       // 0: not numbered
}

var (
	weekdays    = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	months      = []string{"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	dayIndexes  = []string{"", "First", "Second", "Third", "Fourth", "Last"}
	daySets     = map[string]int{"Day": 0x7F, "Weekday": 0x3E, "WeekendDay": 0x41}
	maxInterval = map[string]int{"DailyRecurrence": 999, "WeeklyRecurrence": 99, "AbsoluteMonthlyRecurrence": 99, "RelativeMonthlyRecurrence": 99,
		"DailyRegeneration": 999, "WeeklyRegeneration": 99, "MonthlyRegeneration": 99, "YearlyRegeneration": 99}
)

// maxOccurrences is how many occurrences a numbered range may have.
const maxOccurrences = 999

func badRecurrence(format string, args ...any) error {
	return refuse("ErrorCalendarInvalidRecurrence", "The recurrence is invalid: "+format+".", args...)
}

// parseRecurrence reads a t:Recurrence (MS-OXWSCDATA 2.2.4.65); of a task it may also regenerate.
func parseRecurrence(p Profile, e *soap.Element, task bool) (*recurrence, error) {
	if len(e.Children) != 2 {
		return nil, schemaError("a Recurrence without pattern and range")
	}
	pattern, limit := e.Children[0], e.Children[1]
	r := &recurrence{pattern: pattern.Name, interval: 1}
	if err := r.parsePattern(p, pattern, task); err != nil {
		return nil, err
	}
	var ok bool
	if r.start, ok = parseDay(limit.Value("StartDate")); !ok {
		return nil, badValue("StartDate")
	}
	switch limit.Name {
	case "NoEndRecurrence":
	case "EndDateRecurrence":
		if r.end, ok = parseDay(limit.Value("EndDate")); !ok {
			return nil, badValue("EndDate")
		}
		if r.end.Before(r.start) {
			return nil, refuse("ErrorCalendarEndDateIsEarlierThanStartDate", "The recurrence ends before it starts.")
		}
	case "NumberedRecurrence":
		n, err := strconv.Atoi(limit.Value("NumberOfOccurrences"))
		if err != nil {
			return nil, badValue("NumberOfOccurrences")
		}
		if n < 1 || n > maxOccurrences {
			return nil, badRecurrence("the number of occurrences must be between 1 and %d", maxOccurrences)
		}
		r.count = n
	default:
		return nil, schemaError("the element %s in Recurrence", limit.Name)
	}
	return r, nil
}

func (r *recurrence) parsePattern(p Profile, e *soap.Element, task bool) error {
	for _, c := range e.Children {
		s := strings.TrimSpace(c.Text)
		var err error
		switch c.Name {
		case "Interval":
			if r.interval, err = strconv.Atoi(s); err != nil {
				return badValue("Interval")
			}
		case "DaysOfWeek":
			err = r.parseDays(p, s)
		case "DayOfWeekIndex":
			r.index, err = position(dayIndexes, c)
		case "Month":
			r.month, err = position(months, c)
		case "DayOfMonth":
			if r.day, err = strconv.Atoi(s); err != nil {
				return badValue("DayOfMonth")
			}
		case "FirstDayOfWeek":
			if p == Exchange2007SP1 {
				return schemaError("the element FirstDayOfWeek")
			}
			var n int
			n, err = position(weekdays, c)
			r.first, r.named = time.Weekday(n), true
		default:
			return schemaError("the element %s in %s", c.Name, e.Name)
		}
		if err != nil {
			return err
		}
	}
	return r.check(task)
}

func position(names []string, e *soap.Element) (int, error) {
	n, ok := number(names, strings.TrimSpace(e.Text))
	if !ok {
		return 0, badValue(e.Name)
	}
	return int(n), nil
}

// parseDays reads DaysOfWeek: several days for a week, one day or set of days otherwise.
func (r *recurrence) parseDays(p Profile, s string) error {
	r.dayNames = strings.Join(strings.Fields(s), " ")
	for name := range strings.FieldsSeq(s) {
		set, isSet := daySets[name]
		if n, ok := number(weekdays, name); ok {
			set = 1 << n
		} else if !isSet {
			return badValue("DaysOfWeek")
		}
		if isSet && r.pattern == "WeeklyRecurrence" && p != Grommunio {
			if p == Exchange2016 {
				return refuse("ErrorCalendarInvalidDayForWeeklyRecurrence", "A weekly recurrence names single days, not %s.", name)
			}
			return badRecurrence("a weekly recurrence names single days, not %s", name)
		}
		r.days |= set
	}
	if r.days == 0 {
		return badValue("DaysOfWeek")
	}
	if r.pattern != "WeeklyRecurrence" && strings.Contains(r.dayNames, " ") {
		return badValue("DaysOfWeek")
	}
	return nil
}

// check refuses what no calendar can have.
func (r *recurrence) check(task bool) error {
	limit, hasInterval := maxInterval[r.pattern]
	if hasInterval && (r.interval < 1 || r.interval > limit) {
		return badRecurrence("the interval must be between 1 and %d", limit)
	}
	var complete bool
	switch r.pattern {
	case "DailyRecurrence":
		complete = true
	case "WeeklyRecurrence":
		complete = r.days != 0
	case "AbsoluteMonthlyRecurrence":
		complete = r.day != 0
	case "RelativeMonthlyRecurrence":
		complete = r.days != 0 && r.index != 0
	case "AbsoluteYearlyRecurrence":
		complete = r.day != 0 && r.month != 0
	case "RelativeYearlyRecurrence":
		complete = r.days != 0 && r.index != 0 && r.month != 0
	case "DailyRegeneration", "WeeklyRegeneration", "MonthlyRegeneration", "YearlyRegeneration":
		complete = task
	}
	if !complete {
		return schemaError("a %s like that", r.pattern)
	}
	if strings.HasPrefix(r.pattern, "Absolute") && (r.day < 1 || r.day > 31) {
		return badRecurrence("the day of the month must be between 1 and 31")
	}
	if r.pattern == "AbsoluteYearlyRecurrence" && r.day > time.Date(2000, time.Month(r.month+1), 0, 0, 0, 0, 0, time.UTC).Day() {
		return badRecurrence("%s has no day %d", months[r.month], r.day)
	}
	return nil
}

// parseDay reads an xs:date, of which a zone is not looked at, or the date of an xs:dateTime.
func parseDay(s string) (time.Time, bool) {
	if len(s) < 10 {
		return time.Time{}, false
	}
	if len(s) > 10 {
		if _, ok := parseTime(s); !ok {
			return time.Time{}, false
		}
	}
	t, err := time.Parse("2006-01-02", s[:10])
	return t, err == nil && t.Year() >= 1601 && t.Year() <= 4500
}

// element writes the recurrence. Zone gives the offset that dates are written with; nil is UTC.
func (r *recurrence) element(p Profile, z *zone) *soap.Element {
	pattern := soap.T(r.pattern)
	add := func(when bool, name, value string) {
		if when {
			pattern.Add(soap.T(name, value))
		}
	}
	_, hasInterval := maxInterval[r.pattern]
	add(hasInterval, "Interval", strconv.Itoa(r.interval))
	add(r.days != 0, "DaysOfWeek", r.dayNames)
	add(r.index != 0, "DayOfWeekIndex", dayIndexes[r.index])
	add(r.day != 0, "DayOfMonth", strconv.Itoa(r.day))
	add(r.month != 0, "Month", months[r.month])
	add(r.pattern == "WeeklyRecurrence" && (p == Exchange2016 || r.named && p != Exchange2007SP1), "FirstDayOfWeek", weekdays[r.first])
	limit := soap.T("NoEndRecurrence", soap.T("StartDate", dateText(p, z, r.start)))
	switch {
	case !r.end.IsZero():
		limit.Name = "EndDateRecurrence"
		limit.Add(soap.T("EndDate", dateText(p, z, r.end)))
	case r.count > 0:
		limit.Name = "NumberedRecurrence"
		limit.Add(soap.T("NumberOfOccurrences", strconv.Itoa(r.count)))
	}
	return soap.T("Recurrence", pattern, limit)
}

// dateText writes a date as the servers do: with the offset of the item's zone; grommunio as a time.
func dateText(p Profile, z *zone, d time.Time) string {
	if p == Grommunio {
		return d.Format("2006-01-02T15:04:05.000000Z")
	}
	if z == nil {
		return d.Format("2006-01-02Z")
	}
	return d.In(time.UTC).Format("2006-01-02") + time.Time{}.In(time.FixedZone("", z.offset(d))).Format("Z07:00")
}

// same reports whether two recurrences have the same days.
func (r *recurrence) same(o *recurrence) bool {
	a, b := *r, *o
	a.dayNames, b.dayNames, a.named, b.named = "", "", false, false
	if a.interval == 1 && bits.OnesCount(uint(a.days)) <= 1 || a.pattern != "WeeklyRecurrence" {
		a.first, b.first = 0, 0 // makes no difference
	}
	return a == b
}
