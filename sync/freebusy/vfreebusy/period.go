package vfreebusy

import (
	"strings"
	"time"

	"iorepl/plan/freebusy"
	"iorepl/sync/ews/item/zone"
)

func upper(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }

// kindOf is what a value of FBTYPE says (RFC 5545 section 3.2.9), false for none of the kinds. Unknown ones are busy, as the RFC
// wants it. Those of Kolab and Horde for out of the office are known.
func (r *reader) kindOf(l line) (freebusy.Kind, bool) {
	switch name := upper(l.Param("FBTYPE")); name {
	case "FREE":
		return 0, false
	case "", "BUSY":
		return freebusy.Busy, true
	case "BUSY-TENTATIVE":
		return freebusy.Tentative, true
	case "BUSY-UNAVAILABLE", "X-OUT-OF-OFFICE", "X-BUSY-OUTOFOFFICE":
		return freebusy.OutOfOffice, true
	default:
		r.notes.Add("line %d: %s is not known and counts as busy", l.number, excerpt(name))
		return freebusy.Busy, true
	}
}

// periods reads a FREEBUSY (RFC 5545 section 3.8.2.6). Parts of a minute count whole.
func (r *reader) periods(l line) error {
	kind, ok := r.kindOf(l)
	if !ok {
		return nil
	}
	for value := range strings.SplitSeq(l.Value, ",") {
		value = upper(value)
		if value == "" {
			continue
		}
		from, to, ok := strings.Cut(value, "/")
		if !ok {
			return refused("line %d: %q is not a period", l.number, excerpt(value))
		}
		start, err := r.instant(l, from)
		if err != nil {
			return err
		}
		var end time.Time
		if to != "" && strings.IndexByte("P+-", to[0]) >= 0 {
			d, ok := duration(to)
			if !ok {
				return refused("line %d: %q is not a duration", l.number, excerpt(to))
			}
			end = start.Add(d)
		} else if end, err = r.instant(l, to); err != nil {
			return err
		}
		switch {
		case end.Before(start):
			return refused("line %d: %q ends before it starts", l.number, excerpt(value))
		case end.Equal(start):
			r.notes.Add("line %d: %q is empty", l.number, excerpt(value))
		default:
			r.of[kind] = append(r.of[kind], freebusy.Interval{Start: freebusy.MinuteOf(start), End: freebusy.MinuteAfter(end)})
		}
	}
	return nil
}

// instant reads a time. Those of free/busy have to be in UTC; one with the name of a time zone is understood all the same. A clock
// without a zone might be hours off either way, so it is refused.
func (r *reader) instant(l line, value string) (time.Time, error) {
	at, err := time.Parse(utcForm, value)
	if err != nil {
		clock, err := time.Parse(clockForm, value)
		if err != nil {
			return time.Time{}, refused("line %d: %q is not a time", l.number, excerpt(value))
		}
		name := l.Param("TZID")
		if name == "" {
			return time.Time{}, refused("line %d: %q is not in UTC, and no time zone is given", l.number, excerpt(value))
		}
		z, ok := r.zone(name, clock)
		if !ok {
			return time.Time{}, refused("line %d: the time zone %q is not known; free/busy times are to be in UTC", l.number, excerpt(name))
		}
		at = atClock(clock, z.Location())
	}
	if at.Year() < firstYear || at.After(limit().Time()) {
		return time.Time{}, refused("line %d: %q is not between the years %d and %d", l.number, excerpt(value), firstYear, lastYear)
	}
	return at, nil
}

// Some names of zones take long to look up: a file may have this many, none of them longer than this.
const (
	maxZones    = 4
	maxZoneName = 100
)

// zone finds a zone once for each name.
func (r *reader) zone(name string, around time.Time) (zone.Zone, bool) {
	if z, ok := r.zones[name]; ok || len(r.zones) == maxZones || len(name) > maxZoneName {
		return z, ok
	}
	z, ok := zone.ByName(name, around)
	if ok {
		if r.zones == nil {
			r.zones = map[string]zone.Zone{}
		}
		r.zones[name] = z
		r.notes.Add("there are times in the time zone %s, not in UTC", z.IANA())
	}
	return z, ok
}

// atClock is when the clock of a place shows a time. Of an hour that comes twice it is the first, and one that is left out is
// counted from before the change (RFC 5545 section 3.3.5).
func atClock(clock time.Time, place *time.Location) time.Time {
	offset := func(at time.Time) time.Duration {
		_, seconds := at.In(place).Zone()
		return time.Duration(seconds) * time.Second
	}
	before := offset(clock.AddDate(0, 0, -1))
	at := clock.Add(-before)
	if after := offset(at); after != before {
		if at2 := clock.Add(-after); offset(at2) == after {
			return at2
		}
	}
	return at
}

// duration reads a value of the type DURATION (RFC 5545 section 3.3.6) that is not negative and not longer than a hundred years.
func duration(value string) (time.Duration, bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(value, "+"), "P")
	units := "WDHMS" // each may come once, in this order
	var sum time.Duration
	for inTime := false; ok && rest != ""; {
		if rest[0] == 'T' && !inTime {
			inTime, rest = true, rest[1:]
		}
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits == 0 || digits > 9 || digits == len(rest) {
			return 0, false
		}
		number := time.Duration(0)
		for _, c := range []byte(rest[:digits]) {
			number = number*10 + time.Duration(c-'0')
		}
		at := strings.IndexByte(units, rest[digits])
		if at < 0 {
			return 0, false
		}
		unit, isTime := length(units[at])
		if isTime != inTime || number > longest/unit {
			return 0, false
		}
		sum += number * unit
		units, rest = units[at+1:], rest[digits+1:]
	}
	return sum, ok && len(value) > 2 && sum <= longest
}

// length is that of a unit of durations, and whether it belongs behind the T.
func length(unit byte) (time.Duration, bool) {
	switch unit {
	case 'W':
		return 7 * 24 * time.Hour, false
	case 'D':
		return 24 * time.Hour, false
	case 'H':
		return time.Hour, true
	case 'M':
		return time.Minute, true
	}
	return time.Second, true
}
