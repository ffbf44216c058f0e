package mapi

import (
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are the same wherever the server runs

	"iorepl/sync/ews/soap"
)

// zone is a time zone of an appointment.
type zone struct {
	id       string
	location *time.Location // of a zone that is known by its id

	// else the offsets from UTC in seconds, and where summer time starts and ends
	standard, daylight int
	toDaylight, toStd  yearly
	hasDaylight        bool
}

// yearly is a yearly change of the offset: the n-th (5: last) weekday of a month, or a day of it, at a wall-clock time.
type yearly struct {
	month   time.Month
	weekday int // a bit set, 0 for a day of the month
	n, day  int
	at      time.Duration
}

var utcZone = &zone{id: "UTC", location: time.UTC}

// offset is the offset from UTC, in seconds, at a wall-clock time that is written as if it were UTC.
func (z *zone) offset(wall time.Time) int {
	if z.location != nil {
		_, o := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, z.location).Zone()
		return o
	}
	if !z.hasDaylight {
		return z.standard
	}
	if isSummer(wall, z.toDaylight.in(wall.Year()), z.toStd.in(wall.Year())) {
		return z.daylight
	}
	return z.standard
}

// isSummer reports whether t is between the changes of its year, in whichever order they come.
func isSummer(t, begin, end time.Time) bool {
	if end.Before(begin) {
		return !t.Before(begin) || t.Before(end)
	}
	return !t.Before(begin) && t.Before(end)
}

// utc is the moment of a wall-clock time that is written as if it were UTC.
func (z *zone) utc(wall time.Time) time.Time {
	if z.location != nil {
		return time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), z.location).UTC()
	}
	return wall.Add(-time.Duration(z.offset(wall)) * time.Second)
}

// wall is the wall-clock time of a moment, written as if it were UTC.
func (z *zone) wall(t time.Time) time.Time {
	if z.location != nil {
		_, o := t.In(z.location).Zone()
		return t.UTC().Add(time.Duration(o) * time.Second)
	}
	w := t.UTC().Add(time.Duration(z.standard) * time.Second)
	if z.hasDaylight {
		// Each change is on the clock before it.
		begin := z.toDaylight.in(w.Year()).Add(-time.Duration(z.standard) * time.Second)
		end := z.toStd.in(w.Year()).Add(-time.Duration(z.daylight) * time.Second)
		if isSummer(t, begin, end) {
			return t.UTC().Add(time.Duration(z.daylight) * time.Second)
		}
	}
	return w
}

// in is the moment of the change in a year, on the wall clock before it.
func (c yearly) in(year int) time.Time {
	d := dayOf(year, c.month, c.day)
	if c.weekday != 0 {
		r := recurrence{days: c.weekday, index: c.n}
		d = r.nth(year, c.month)
	}
	return d.Add(c.at)
}

// zoneByID is a zone that Windows or IANA has a name for.
func zoneByID(id string) (*zone, bool) {
	iana, ok := windowsZones[id]
	if !ok {
		iana = id
	}
	if iana == "" || iana == "Local" {
		return nil, false
	}
	l, err := time.LoadLocation(iana)
	if err != nil {
		return nil, false
	}
	return &zone{id: id, location: l}, true
}

// parseZone reads a t:TimeZoneDefinitionType (MS-OXWSGTZ 2.2.4.12): by its id, or by its own rules, of which the last group counts.
func parseZone(e *soap.Element) (*zone, error) {
	id := e.Attr("Id")
	invalid := refuse("ErrorTimeZone", "The time zone %q is not known.", id)
	if e.Child("Periods") == nil {
		if z, ok := zoneByID(id); ok {
			return z, nil
		}
		return nil, invalid
	}
	offsets := map[string]int{}
	var z *zone
	for _, p := range e.Child("Periods").All("Period") {
		d, ok := parseDuration(p.Attr("Bias"))
		if !ok {
			return nil, invalid
		}
		offsets[p.Attr("Id")] = -int(d / time.Second)
		if z == nil {
			z = &zone{id: id, standard: offsets[p.Attr("Id")]}
		}
	}
	groups := e.Child("TransitionsGroups").All("TransitionsGroup")
	if z == nil {
		return nil, invalid
	}
	if len(groups) == 0 {
		return z, nil
	}
	var changes []yearly
	var to []int
	for _, t := range groups[len(groups)-1].Children {
		o, ok := offsets[t.Value("To")]
		if !ok {
			return nil, invalid
		}
		z.standard = o
		if t.Name == "Transition" {
			continue
		}
		c, ok := parseTransition(t)
		if !ok {
			return nil, invalid
		}
		changes, to = append(changes, c), append(to, o)
	}
	if len(changes) == 2 && to[0] != to[1] {
		i := 0
		if to[1] > to[0] {
			i = 1
		}
		z.hasDaylight = true
		z.daylight, z.toDaylight, z.standard, z.toStd = to[i], changes[i], to[1-i], changes[1-i]
	}
	return z, nil
}

func parseTransition(e *soap.Element) (yearly, bool) {
	month, err := strconv.Atoi(e.Value("Month"))
	at, ok := parseDuration(e.Value("TimeOffset"))
	if err != nil || !ok || month < 1 || month > 12 {
		return yearly{}, false
	}
	c := yearly{month: time.Month(month), at: at}
	if e.Name == "RecurringDateTransition" {
		c.day, err = strconv.Atoi(e.Value("Day"))
		return c, err == nil && c.day > 0
	}
	day, ok := number(weekdays, e.Value("DayOfWeek"))
	if c.n, err = strconv.Atoi(e.Value("Occurrence")); err != nil || !ok {
		return c, false
	}
	if c.n < 0 || c.n > 4 {
		c.n = 5
	}
	c.weekday = 1 << day
	return c, true
}

// parseMeetingZone reads a t:TimeZoneType of 2007 (MS-OXWSCDATA 2.2.4.81): the sum of BaseOffset and Offset leads from local time to UTC.
func parseMeetingZone(e *soap.Element) (*zone, error) {
	id := e.Attr("TimeZoneName")
	invalid := refuse("ErrorTimeZone", "The time zone %q is not known.", id)
	if e.Child("BaseOffset") == nil {
		if z, ok := zoneByID(id); ok {
			return z, nil
		}
		return nil, invalid
	}
	base, ok := parseDuration(e.Value("BaseOffset"))
	if !ok {
		return nil, badValue("BaseOffset")
	}
	z := &zone{id: id, standard: -int(base / time.Second)}
	standard, daylight := e.Child("Standard"), e.Child("Daylight")
	if standard == nil || daylight == nil {
		return z, nil
	}
	var offset time.Duration
	if z.toStd, offset, ok = parseTimeChange(standard); !ok {
		return nil, invalid
	}
	z.standard = -int((base + offset) / time.Second)
	if z.toDaylight, offset, ok = parseTimeChange(daylight); !ok {
		return nil, invalid
	}
	z.daylight = -int((base + offset) / time.Second)
	z.hasDaylight = z.toStd.month != 0 && z.toDaylight.month != 0 && z.daylight != z.standard
	return z, nil
}

func parseTimeChange(e *soap.Element) (c yearly, offset time.Duration, ok bool) {
	if offset, ok = parseDuration(e.Value("Offset")); !ok {
		return c, 0, false
	}
	clock := e.Value("Time")
	if len(clock) < 8 {
		return c, 0, false
	}
	at, err := time.Parse("15:04:05", clock[:8])
	if err != nil {
		return c, 0, false
	}
	c.at = at.Sub(at.Truncate(24 * time.Hour))
	rule := e.Child("RelativeYearlyRecurrence")
	if rule == nil {
		return c, offset, true
	}
	r := recurrence{pattern: rule.Name}
	if r.parsePattern(Exchange2007SP1, rule, false) != nil {
		return c, 0, false
	}
	c.month, c.weekday, c.n = time.Month(r.month), r.days, r.index
	return c, offset, true
}

// parseDuration reads an xs:duration without years and months.
func parseDuration(s string) (time.Duration, bool) {
	s, negative := strings.CutPrefix(strings.TrimSpace(s), "-")
	s, ok := strings.CutPrefix(s, "P")
	if !ok || s == "" {
		return 0, false
	}
	var sum time.Duration
	date, clock, _ := strings.Cut(s, "T")
	if days, ok := strings.CutSuffix(date, "D"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > 1e5 {
			return 0, false
		}
		sum = time.Duration(n) * 24 * time.Hour
	} else if date != "" {
		return 0, false
	}
	if clock != "" {
		d, err := time.ParseDuration(strings.ToLower(clock))
		if err != nil || d < 0 {
			return 0, false
		}
		sum += d
	}
	if negative {
		sum = -sum
	}
	return sum, true
}
