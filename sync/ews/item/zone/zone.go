// Package zone knows time zones by the names of Windows and of the IANA database, and finds the one that behaves as
// an iCalendar or Exchange definition says. It writes definitions of them.
package zone

import (
	"strings"
	stdsync "sync"
	"time"
	_ "time/tzdata" // Windows has no database of its own
)

// Zone is a time zone that both Windows and the IANA database know. The zero Zone is UTC.
type Zone struct {
	windows, iana string
	location      *time.Location
}

// UTC is the zone without an offset.
var UTC = Zone{windows: "UTC", iana: "UTC", location: time.UTC}

// known are all zones, and the same by each of their names in lower case.
var known = stdsync.OnceValues(func() ([]Zone, map[string]Zone) {
	zones := make([]Zone, 0, len(names))
	byName := map[string]Zone{"utc": UTC, "etc/utc": UTC}
	for _, n := range names {
		z := Zone{windows: n[0], iana: n[1]}
		if z.windows == "UTC" {
			z = UTC
		} else if l, err := time.LoadLocation(z.iana); err == nil {
			z.location = l
		} else {
			continue
		}
		zones = append(zones, z)
		byName[strings.ToLower(z.windows)] = z
		byName[strings.ToLower(z.iana)] = z
	}
	for old, n := range former {
		if z, ok := byName[strings.ToLower(n)]; ok {
			byName[old] = z
		}
	}
	for n, list := range cities {
		for _, c := range strings.Fields(list) {
			byName[strings.ToLower(c)] = byName[strings.ToLower(n)]
		}
	}
	return zones, byName
})

// Windows is the zone's name on Windows and in EWS.
func (z Zone) Windows() string {
	if z.windows == "" {
		return UTC.windows
	}
	return z.windows
}

// IANA is the zone's name in the IANA database.
func (z Zone) IANA() string {
	if z.iana == "" {
		return UTC.iana
	}
	return z.iana
}

// Location is the zone for package time.
func (z Zone) Location() *time.Location {
	if z.location == nil {
		return time.UTC
	}
	return z.location
}

// IsUTC reports whether it is UTC.
func (z Zone) IsUTC() bool { return z.Location() == time.UTC }

// maxName is longer than any name of a zone, with what programs put before it. Every part of a name is looked up.
const maxName = 255

// ByName finds a zone by the name that Windows, the IANA database or a program that puts something before such a name has for
// it. Of a name of the database that Windows does not have it is the zone that has the same clock around the time.
func ByName(name string, around time.Time) (Zone, bool) {
	_, byName := known()
	name = strings.Trim(strings.TrimSpace(name), `"`)
	if rest, ok := strings.CutPrefix(strings.ToLower(name), "tzone://microsoft/"); ok {
		name = rest
	}
	if len(name) > maxName {
		return Zone{}, false
	}
	for part := name; part != ""; {
		if z, ok := byName[strings.ToLower(part)]; ok {
			return z, true
		}
		if strings.Contains(part, "/") && !strings.Contains(part, "..") {
			if l, err := time.LoadLocation(strings.Trim(part, "/")); err == nil {
				z, same := Match(offsets(l), around, part)
				return z, same
			}
		}
		var more bool
		if _, part, more = strings.Cut(part, "/"); !more {
			break
		}
	}
	return Zone{}, false
}

func offsets(l *time.Location) func(time.Time) int {
	return func(t time.Time) int {
		_, o := t.In(l).Zone()
		return o
	}
}

// Match finds the zone whose clock is nearest to one with these offsets (seconds east of UTC at an instant) in the years around a time,
// and whether it is the same. Of equal ones it prefers one whose city is in a name, then its continent, then the usual one.
func Match(offset func(time.Time) int, around time.Time, name string) (best Zone, same bool) {
	zones, _ := known()
	// Two days a month for two years see every rule that a year has, the minutes around a change when it is.
	var samples []time.Time
	for t, end := around.AddDate(0, -1, 0), around.AddDate(2, 0, 0); t.Before(end); t = t.AddDate(0, 0, 15) {
		if n := len(samples); n > 0 && offset(samples[n-1]) != offset(t) {
			c := change(offset, samples[n-1], t)
			samples = append(samples, c.Add(-time.Minute), c)
		}
		samples = append(samples, t)
	}
	want := make([]int, len(samples))
	for i, t := range samples {
		want[i] = offset(t)
	}
	continent, _, _ := strings.Cut(name, "/")
	most := -1
	for _, z := range zones {
		score := 0
		for i, t := range samples {
			if _, o := t.In(z.Location()).Zone(); o == want[i] {
				score += 8
			}
		}
		if score == 8*len(samples) {
			same = true
		}
		city := z.iana[strings.LastIndexByte(z.iana, '/')+1:]
		if strings.Contains(spaced(name), spaced(city)) {
			score += 4
		}
		if c, _, _ := strings.Cut(z.iana, "/"); strings.EqualFold(c, continent) {
			score += 2
		}
		if usual[z.windows] {
			score++
		}
		if score > most {
			best, most = z, score
		}
	}
	return best, same
}

// spaced is a name in lower case with spaces between its words.
func spaced(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "_", " "))
}

// change is the first minute with another offset than at a, known to be different at b.
func change(offset func(time.Time) int, a, b time.Time) time.Time {
	for was := offset(a); b.Sub(a) > time.Minute; {
		middle := a.Add(b.Sub(a) / 2)
		if offset(middle) == was {
			a = middle
		} else {
			b = middle
		}
	}
	return b.Truncate(time.Minute)
}
