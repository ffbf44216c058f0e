package recur

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

var patternNames = map[string]Pattern{
	"DailyRecurrence": Daily, "WeeklyRecurrence": Weekly, "AbsoluteMonthlyRecurrence": Monthly, "RelativeMonthlyRecurrence": RelativeMonthly,
	"AbsoluteYearlyRecurrence": Yearly, "RelativeYearlyRecurrence": RelativeYearly,
	"DailyRegeneration": Daily, "WeeklyRegeneration": Weekly, "MonthlyRegeneration": Monthly, "YearlyRegeneration": Yearly,
}

var nthNames = [...]string{0: "Last", 1: "First", 2: "Second", 3: "Third", 4: "Fourth"}

// FromElement reads a t:Recurrence.
func FromElement(e *soap.Element) (Rule, error) {
	var r Rule
	known := false
	for _, c := range e.Children {
		switch p, ok := patternNames[c.Name]; {
		case ok:
			known = true
			r.Pattern = p
			r.Again = strings.HasSuffix(c.Name, "Regeneration")
			if err := r.readPattern(c); err != nil {
				return Rule{}, err
			}
		case c.Is("NoEndRecurrence"), c.Is("EndDateRecurrence"), c.Is("NumberedRecurrence"):
			if err := r.readRange(c); err != nil {
				return Rule{}, err
			}
		default:
			return Rule{}, fmt.Errorf("the recurrence pattern %s is not known", c.Name)
		}
	}
	if !known || r.Start.IsZero() {
		return Rule{}, fmt.Errorf("the recurrence has no pattern or no start")
	}
	return r, nil
}

func (r *Rule) readPattern(e *soap.Element) (err error) {
	number := func(name string, least, most int) int {
		text := e.Value(name)
		n, bad := strconv.Atoi(text)
		if (bad != nil || n < least || n > most) && err == nil {
			err = fmt.Errorf("%s %q of a recurrence is no number from %d to %d", name, text, least, most)
		}
		return n
	}
	r.Interval = 1
	if e.Child("Interval") != nil {
		r.Interval = number("Interval", 1, maxInterval)
	}
	if r.Again {
		return err
	}
	switch r.Pattern {
	case Weekly:
		r.First = time.Sunday // what a server without FirstDayOfWeek means
		if first := e.Value("FirstDayOfWeek"); first != "" {
			if r.First, err = weekday(first); err != nil {
				return err
			}
		}
		r.Days, err = readDays(e.Value("DaysOfWeek"))
	case Monthly, Yearly:
		r.Day = number("DayOfMonth", 1, 31)
	case RelativeMonthly, RelativeYearly:
		if r.Days, err = readDays(e.Value("DaysOfWeek")); err != nil {
			return err
		}
		name := e.Value("DayOfWeekIndex")
		for i, n := range nthNames {
			if n == name {
				if r.Nth = i; i == 0 {
					r.Nth = -1
				}
			}
		}
		if r.Nth == 0 {
			err = fmt.Errorf("DayOfWeekIndex %q is not known", name)
		}
	}
	if err == nil && (r.Pattern == Yearly || r.Pattern == RelativeYearly) {
		name := e.Value("Month")
		for m := time.January; m <= time.December; m++ {
			if m.String() == name {
				r.Month = m
			}
		}
		if r.Month == 0 {
			err = fmt.Errorf("month %q is not known", name)
		}
	}
	return err
}

func (r *Rule) readRange(e *soap.Element) (err error) {
	if r.Start, err = readDate(e.Value("StartDate")); err != nil {
		return err
	}
	switch e.Name {
	case "EndDateRecurrence":
		r.End, err = readDate(e.Value("EndDate"))
	case "NumberedRecurrence":
		if r.Count, err = strconv.Atoi(e.Value("NumberOfOccurrences")); err == nil && r.Count < 1 {
			err = fmt.Errorf("a recurrence of %d occurrences", r.Count)
		}
	}
	return err
}

// readDate reads an xs:date, whatever its zone, or the day of an xs:dateTime, as grommunio writes.
func readDate(s string) (time.Time, error) {
	if len(s) > 10 {
		s = s[:10]
	}
	return time.Parse(time.DateOnly, s)
}

func weekday(name string) (time.Weekday, error) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if d.String() == name {
			return d, nil
		}
	}
	return 0, fmt.Errorf("day of the week %q is not known", name)
}

func readDays(list string) (Days, error) {
	var days Days
	for name := range strings.FieldsSeq(list) {
		switch name {
		case "Day":
			days |= EveryDay
		case "Weekday":
			days |= Weekdays
		case "WeekendDay":
			days |= WeekendDays
		default:
			d, err := weekday(name)
			if err != nil {
				return 0, err
			}
			days |= Only(d)
		}
	}
	if days == 0 {
		return 0, fmt.Errorf("a recurrence on no day of the week")
	}
	return days, nil
}

// Element is the t:Recurrence for a server.
func (r Rule) Element(v soap.Version) *soap.Element {
	interval := soap.T("Interval", strconv.Itoa(max(r.Interval, 1)))
	var p *soap.Element
	switch {
	case r.Again:
		p = soap.T([...]string{Daily: "DailyRegeneration", Weekly: "WeeklyRegeneration", Monthly: "MonthlyRegeneration",
			RelativeMonthly: "MonthlyRegeneration", Yearly: "YearlyRegeneration", RelativeYearly: "YearlyRegeneration"}[r.Pattern], interval)
	case r.Pattern == Weekly:
		p = soap.T("WeeklyRecurrence", interval, soap.T("DaysOfWeek", r.weekDays()))
		if v >= soap.Exchange2010SP1 && r.Interval > 1 {
			p.Add(soap.T("FirstDayOfWeek", r.First.String()))
		}
	case r.Pattern == Monthly:
		p = soap.T("AbsoluteMonthlyRecurrence", interval, soap.T("DayOfMonth", strconv.Itoa(r.Day)))
	case r.Pattern == RelativeMonthly:
		p = soap.T("RelativeMonthlyRecurrence", interval, soap.T("DaysOfWeek", r.dayName()), soap.T("DayOfWeekIndex", nthNames[max(r.Nth, 0)]))
	case r.Pattern == Yearly:
		p = soap.T("AbsoluteYearlyRecurrence", soap.T("DayOfMonth", strconv.Itoa(r.Day)), soap.T("Month", r.Month.String()))
	case r.Pattern == RelativeYearly:
		p = soap.T("RelativeYearlyRecurrence", soap.T("DaysOfWeek", r.dayName()), soap.T("DayOfWeekIndex", nthNames[max(r.Nth, 0)]),
			soap.T("Month", r.Month.String()))
	default:
		p = soap.T("DailyRecurrence", interval)
	}
	start := soap.T("StartDate", r.Start.Format(time.DateOnly))
	switch {
	case r.Count > 0:
		return soap.T("Recurrence", p, soap.T("NumberedRecurrence", start, soap.T("NumberOfOccurrences", strconv.Itoa(r.Count))))
	case !r.End.IsZero():
		return soap.T("Recurrence", p, soap.T("EndDateRecurrence", start, soap.T("EndDate", r.End.Format(time.DateOnly))))
	}
	return soap.T("Recurrence", p, soap.T("NoEndRecurrence", start))
}

func (r Rule) weekDays() string {
	var names []string
	for d := time.Sunday; d <= time.Saturday; d++ {
		if r.Days.Has(d) {
			names = append(names, d.String())
		}
	}
	return strings.Join(names, " ")
}

// dayName names a set as relative patterns do.
func (r Rule) dayName() string {
	switch r.Days {
	case EveryDay:
		return "Day"
	case Weekdays:
		return "Weekday"
	case WeekendDays:
		return "WeekendDay"
	}
	return r.weekDays()
}
