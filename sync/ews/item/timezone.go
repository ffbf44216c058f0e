package item

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"iorepl/sync/ews/item/recur"
	"iorepl/sync/ews/item/zone"
	"iorepl/sync/ews/soap"
)

// definedZone is the name in a definition that Outlook 2007 and later leave on an appointment (MS-OXOCAL 2.2.1.41).
func definedZone(value string) string {
	b := fromBase64(value)
	if len(b) < 8 || b[0] != 2 || b[1] != 1 {
		return ""
	}
	n := int(binary.LittleEndian.Uint16(b[6:]))
	if len(b) < 8+2*n {
		return ""
	}
	name := make([]uint16, n)
	for i := range name {
		name[i] = binary.LittleEndian.Uint16(b[8+2*i:])
	}
	return string(utf16.Decode(name))
}

// turn is when a zone changes its offset each year, by a definition.
type turn struct {
	offset int // seconds east of UTC afterwards
	month  time.Month
	rule   recur.Rule    // the day, in any year
	at     time.Duration // of the day, on the clock before
}

// offsetOf gives the offsets of two turns, or the only one.
func offsetOf(turns []turn, fixed int) func(time.Time) int {
	if len(turns) != 2 {
		return func(time.Time) int { return fixed }
	}
	return func(t time.Time) int {
		var last time.Time
		offset := fixed
		for i, c := range turns {
			before := turns[1-i].offset
			for _, year := range []int{t.Year() - 1, t.Year()} {
				rule := c.rule
				rule.Start = time.Date(year, c.month, 1, 0, 0, 0, 0, time.UTC)
				day, ok := rule.FirstDay()
				when := day.Add(c.at - time.Duration(before)*time.Second)
				if ok && !when.After(t) && when.After(last) {
					last, offset = when, c.offset
				}
			}
		}
		return offset
	}
}

// zoneByChanges finds the zone that a t:MeetingTimeZone defines (MS-OXWSCDATA, TimeZoneType).
func zoneByChanges(e *soap.Element, at time.Time) (zone.Zone, bool) {
	base, ok := parseDuration(e.Value("BaseOffset"))
	if !ok {
		return zone.Zone{}, false
	}
	var turns []turn
	for _, name := range []string{"Standard", "Daylight"} {
		c := e.Child(name)
		if c == nil {
			continue
		}
		offset, _ := parseDuration(c.Value("Offset"))
		rule, err := recur.FromElement(soap.T("Recurrence", c.Child("RelativeYearlyRecurrence"), soap.T("NoEndRecurrence", soap.T("StartDate", "2000-01-01"))))
		clock, bad := time.Parse(time.TimeOnly, firstOf(c.Value("Time"), 8))
		if err != nil || bad != nil {
			continue
		}
		turns = append(turns, turn{offset: -int((base + offset) / time.Second), month: rule.Month, rule: rule, at: sinceMidnight(clock)})
	}
	return zone.Match(offsetOf(turns, -int(base/time.Second)), at, "")
}

func firstOf(s string, n int) string { return s[:min(len(s), n)] }

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
}

// zoneByPeriods finds the zone that a t:StartTimeZone defines by periods and transitions (MS-OXWSGTZ 2.2.4.10).
func zoneByPeriods(e *soap.Element, at time.Time) (zone.Zone, bool) {
	bias := map[string]int{}
	fixed := 0
	for _, p := range e.Child("Periods").All("Period") {
		d, ok := parseDuration(p.Attr("Bias"))
		if !ok {
			return zone.Zone{}, false
		}
		fixed = -int(d / time.Second)
		bias[p.Attr("Id")] = fixed
	}
	if len(bias) == 0 {
		return zone.Zone{}, false
	}
	var turns []turn
	groups := e.Child("TransitionsGroups").All("TransitionsGroup")
	if len(groups) > 0 {
		for _, t := range groups[len(groups)-1].All("RecurringDayTransition") { // the latest rules
			clock, ok := parseDuration(t.Value("TimeOffset"))
			month, err := strconv.Atoi(t.Value("Month"))
			day, bad := weekdayOf(t.Value("DayOfWeek"))
			n := intOf(t.Value("Occurrence"))
			if !ok || err != nil || bad || n == 0 || n > 4 || n < -1 {
				continue
			}
			rule := recur.Rule{Pattern: recur.RelativeYearly, Interval: 1, Days: recur.Only(day), Nth: n, Month: time.Month(month)}
			turns = append(turns, turn{offset: bias[t.Value("To")], month: rule.Month, rule: rule, at: clock})
		}
	}
	return zone.Match(offsetOf(turns, fixed), at, "")
}

func weekdayOf(name string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if d.String() == name {
			return d, false
		}
	}
	return 0, true
}

// parseDuration reads an xs:duration of days, hours, minutes and seconds.
func parseDuration(s string) (time.Duration, bool) {
	s, negative := strings.CutPrefix(s, "-")
	s, ok := strings.CutPrefix(s, "P")
	if !ok {
		return 0, false
	}
	day, clock, _ := strings.Cut(s, "T")
	var d time.Duration
	if n, ok := strings.CutSuffix(day, "D"); ok {
		days, err := strconv.Atoi(n)
		if err != nil || days > 1000 {
			return 0, false
		}
		d = time.Duration(days) * 24 * time.Hour
	}
	if clock != "" {
		t, err := time.ParseDuration(strings.ToLower(clock))
		if err != nil {
			return 0, false
		}
		d += t
	}
	if negative {
		d = -d
	}
	return d, true
}

// formatDuration writes an xs:duration of hours, minutes and seconds.
func formatDuration(seconds int) string {
	sign := ""
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	return fmt.Sprintf("%sPT%dH%dM%dS", sign, seconds/3600, seconds/60%60, seconds%60)
}

// meetingTimeZone is the t:MeetingTimeZone of a zone with the rules of a year, for servers before 2010.
func meetingTimeZone(z zone.Zone, year int) *soap.Element {
	e := soap.T("MeetingTimeZone", soap.Attr{Name: "TimeZoneName", Value: z.Windows()})
	standard, daylight, ok := z.Yearly(year)
	if !ok {
		offset, _, _ := z.Changes(year)
		e.Add(soap.T("BaseOffset", formatDuration(-offset)))
		return e
	}
	e.Add(soap.T("BaseOffset", formatDuration(-standard.To)), timeChange("Standard", standard, standard.To), timeChange("Daylight", daylight, standard.To))
	return e
}

func timeChange(name string, c zone.Change, base int) *soap.Element {
	rule := recur.Rule{Pattern: recur.RelativeYearly, Interval: 1, Days: recur.Only(c.At.Weekday()), Nth: c.Nth(), Month: c.At.Month(), Start: c.At}
	return soap.T(name, soap.T("Offset", formatDuration(base-c.To)), rule.Element(soap.Exchange2007SP1).Child("RelativeYearlyRecurrence"),
		soap.T("Time", c.At.Format("15:04:05")))
}
