package zone

import (
	"time"
)

// Change is when a zone changes its offset, every year.
type Change struct {
	At       time.Time // wall clock before the change, in the year that was asked for, as if it were UTC
	From, To int       // seconds east of UTC
	Name     string    // abbreviation of the zone afterwards
}

// Nth is which one of its weekday in its month the change is on: 1 to 4, or -1 for the last.
func (c Change) Nth() int {
	if c.At.AddDate(0, 0, 7).Month() != c.At.Month() {
		return -1
	}
	return (c.At.Day()-1)/7 + 1
}

// Daylight reports whether the clock goes forward.
func (c Change) Daylight() bool { return c.To > c.From }

// Changes are the changes in a year, by time. The offset is the one the year begins with.
func (z Zone) Changes(year int) (offset int, name string, changes []Change) {
	l := z.Location()
	t := time.Date(year, 1, 1, 0, 0, 0, 0, l)
	name, offset = t.Zone()
	from := offset
	for {
		_, end := t.ZoneBounds()
		if end.IsZero() || end.Year() != year {
			return offset, name, changes
		}
		n, to := end.Zone()
		if to != from { // a change of the abbreviation alone is none
			at := end.UTC().Add(time.Duration(from) * time.Second)
			changes = append(changes, Change{At: at, From: from, To: to, Name: n})
		}
		from, t = to, end
	}
}

// Yearly are the changes to standard time and to daylight saving time in a year, if the zone has one of each then.
func (z Zone) Yearly(year int) (standard, daylight Change, ok bool) {
	_, _, c := z.Changes(year)
	if len(c) != 2 || c[0].Daylight() == c[1].Daylight() {
		return Change{}, Change{}, false
	}
	if c[0].Daylight() {
		return c[1], c[0], true
	}
	return c[0], c[1], true
}
