package item

import (
	"fmt"
	"strings"
	"time"

	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/item/recur"
	"iorepl/sync/ews/item/zone"
)

// times reads times of one iCalendar file: with its zones, and the one that times without a zone are in.
type times struct {
	defined  map[string]*content.Component
	found    map[string]defined
	standard zone.Zone
	notes    []string
	noted    map[string]bool
}

// defined is a zone that a file defines: the one nearest to it, and its own offsets.
type defined struct {
	zone   zone.Zone
	offset func(time.Time) int
}

func newTimes(zones []*content.Component, around []content.Line) *times {
	t := &times{defined: map[string]*content.Component{}, found: map[string]defined{}, noted: map[string]bool{}}
	for _, z := range zones {
		t.defined[z.Text("TZID")] = z
	}
	t.standard = zone.UTC
	someday := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) // names that need a date are hardly in use here
	for _, l := range around {
		if l.Name == "X-WR-TIMEZONE" {
			if z, ok := zone.ByName(l.Text(), someday); ok {
				t.standard = z
			}
		}
	}
	if t.standard.IsUTC() && len(zones) == 1 {
		t.standard, _ = t.zone(zones[0].Text("TZID"), someday)
	}
	return t
}

func (t *times) note(format string, args ...any) {
	n := fmt.Sprintf(format, args...)
	if !t.noted[n] {
		t.noted[n] = true
		t.notes = append(t.notes, n)
	}
}

// read gives the time of a line: an instant and its zone, or a day at midnight in UTC.
func (t *times) read(l content.Line) (at time.Time, z zone.Zone, day bool, err error) {
	value := strings.ToUpper(strings.TrimSpace(l.Value))
	if d, err := time.Parse(dateForm, value); err == nil {
		return d, zone.UTC, true, inRange(d)
	}
	if d, err := time.Parse(utcForm, value); err == nil {
		return d, zone.UTC, false, inRange(d)
	}
	clock, err := time.Parse(clockForm, value)
	if err != nil {
		return time.Time{}, zone.Zone{}, false, fmt.Errorf("%s of the file is no time: %q", l.Name, l.Value)
	}
	if err := inRange(clock); err != nil {
		return time.Time{}, zone.Zone{}, false, err
	}
	name := l.Param("TZID")
	if name == "" {
		if l.Name != "EXDATE" && l.Name != "RECURRENCE-ID" {
			t.note("times without a time zone are taken to be in %s", t.standard.IANA())
		}
		return instant(clock, t.standard), t.standard, false, nil
	}
	z, at = t.zone(name, clock)
	return at, z, false, nil
}

// inRange refuses years that Exchange cannot hold (MS-OXOCAL: from 1601 to 4500).
func inRange(t time.Time) error {
	if t.Year() < 1601 || t.Year() >= 4500 {
		return fmt.Errorf("the year %d is none that Exchange can hold", t.Year())
	}
	return nil
}

// zone finds a zone by its name or definition, and the instant at which its clock shows a time.
func (t *times) zone(name string, clock time.Time) (zone.Zone, time.Time) {
	if z, ok := zone.ByName(name, clock); ok {
		return z, instant(clock, z)
	}
	d := t.defined[name]
	if d == nil {
		t.note("the time zone %q is not known; %s is taken instead", name, t.standard.IANA())
		return t.standard, instant(clock, t.standard)
	}
	for _, n := range []string{d.Text("X-LIC-LOCATION"), d.Text("X-MICROSOFT-CDO-TZID")} {
		if z, ok := zone.ByName(n, clock); ok {
			return z, instant(clock, z)
		}
	}
	f, ok := t.found[name]
	if !ok {
		var same bool
		f.offset = definedOffset(d)
		if f.zone, same = zone.Match(f.offset, clock, name); !same {
			t.note("the time zone %q has rules that Windows does not know; %s is nearest", name, f.zone.IANA())
		}
		t.found[name] = f
	}
	at := clock.Add(-time.Duration(f.offset(clock)) * time.Second)
	return f.zone, clock.Add(-time.Duration(f.offset(at)) * time.Second)
}

// onset is one STANDARD or DAYLIGHT of a VTIMEZONE.
type onset struct {
	start    time.Time // clock before, as if it were UTC
	from, to int
	rule     *recur.Rule
	until    time.Time
	dates    []time.Time
}

// definedOffset is the offset of a VTIMEZONE at an instant (RFC 5545 section 3.6.5).
func definedOffset(d *content.Component) func(time.Time) int {
	var onsets []onset
	for _, c := range d.Components {
		start, err := time.Parse(clockForm, c.Text("DTSTART"))
		from, ok := parseOffset(c.Text("TZOFFSETFROM"))
		to, also := parseOffset(c.Text("TZOFFSETTO"))
		if err != nil || !ok || !also {
			continue
		}
		o := onset{start: start, from: from, to: to, dates: []time.Time{start}}
		for _, l := range c.All("RDATE") {
			for part := range strings.SplitSeq(l.Value, ",") {
				if t, err := time.Parse(clockForm, strings.TrimSuffix(part, "Z")); err == nil {
					o.dates = append(o.dates, t)
				}
			}
		}
		if l, ok := c.Get("RRULE"); ok {
			// Only the day counts: it is looked up year by year, from any start.
			rule, _, err := recur.Parse(l.Value, start, func(s string) (time.Time, error) {
				t, err := time.Parse(clockForm, strings.TrimSuffix(s, "Z"))
				o.until = t
				return start.AddDate(1000, 0, 0), err
			})
			if err == nil {
				rule.Count = 0
				o.rule = &rule
			}
		}
		onsets = append(onsets, o)
	}
	return func(t time.Time) int {
		var last, first time.Time
		offset, earliest := 0, 0
		consider := func(o onset, clock time.Time) {
			at := clock.Add(-time.Duration(o.from) * time.Second)
			if !at.After(t) && !at.Before(last) {
				last, offset = at, o.to
			}
			if first.IsZero() || at.Before(first) {
				first, earliest = at, o.from
			}
		}
		for _, o := range onsets {
			for _, d := range o.dates {
				consider(o, d)
			}
			if o.rule == nil {
				continue
			}
			for year := t.Year() - 1; year <= t.Year()+1; year++ {
				rule := *o.rule
				rule.Start = time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
				day, ok := rule.FirstDay()
				clock := day.Add(sinceMidnight(o.start))
				if ok && day.Year() == year && !clock.Before(o.start) && (o.until.IsZero() || !clock.After(o.until.AddDate(0, 0, 1))) {
					consider(o, clock)
				}
			}
		}
		if last.IsZero() {
			return earliest
		}
		return offset
	}
}

// parseOffset reads +HHMM or +HHMMSS.
func parseOffset(s string) (seconds int, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	for i := 1; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	seconds = intOf(s[1:3])*3600 + intOf(s[3:5])*60
	if len(s) == 7 {
		seconds += intOf(s[5:7])
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}
