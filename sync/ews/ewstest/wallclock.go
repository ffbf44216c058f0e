package ewstest

import (
	"strconv"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// wallClock is the time zone of a GetUserAvailability (t:SerializableTimeZone, MS-OXWAVLS 2.2.4.3).
type wallClock struct {
	standard, summer time.Duration // what is added to local time to get UTC
	toStandard       clockChange
	toSummer         clockChange
	changes          bool
}

// clockChange is when the clocks change: on the n-th weekday of a month (5 is the last), or in one year on a day.
type clockChange struct {
	month time.Month
	order int
	day   string // Sunday to Saturday, Day, Weekday or WeekendDay
	year  int
	at    time.Duration // after midnight, on the clock before the change
}

// parseWallClock reads a t:TimeZone. Both halves in month 0, or equal offsets, mean that clocks do not change.
func parseWallClock(e *soap.Element) (wallClock, error) {
	bias, err := strconv.Atoi(e.Value("Bias"))
	if err != nil {
		return wallClock{}, failAll("ErrorTimeZone")
	}
	var w wallClock
	if w.standard, w.toStandard, err = parseClockChange(bias, e.Child("StandardTime")); err != nil {
		return w, err
	}
	if w.summer, w.toSummer, err = parseClockChange(bias, e.Child("DaylightTime")); err != nil {
		return w, err
	}
	w.changes = w.standard != w.summer && w.toStandard.month != 0 && w.toSummer.month != 0
	return w, nil
}

func parseClockChange(bias int, e *soap.Element) (offset time.Duration, c clockChange, err error) {
	own, err1 := strconv.Atoi(e.Value("Bias"))
	month, err2 := strconv.Atoi(e.Value("Month"))
	order, err3 := strconv.Atoi(e.Value("DayOrder"))
	at, err4 := time.Parse(time.TimeOnly, e.Value("Time"))
	year, err5 := strconv.Atoi(e.Value("Year"))
	if e.Value("Year") == "" {
		err5 = nil
	}
	c = clockChange{month: time.Month(month), order: order, day: e.Value("DayOfWeek"), year: year,
		at: time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second}
	offset = time.Duration(bias+own) * time.Minute
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			return 0, c, failAll("ErrorTimeZone")
		}
	}
	if month < 0 || month > 12 || offset < -15*time.Hour || offset > 15*time.Hour || month > 0 && year == 0 && (order < 1 || order > 5) {
		return 0, c, failAll("ErrorTimeZone")
	}
	return offset, c, nil
}

// in is the change of a year, on the clock before it, written as if it were UTC.
func (c clockChange) in(year int) time.Time {
	if c.year != 0 {
		return time.Date(year, c.month, c.order, 0, 0, 0, 0, time.UTC).Add(c.at)
	}
	var found time.Time
	n := 0
	for d := time.Date(year, c.month, 1, 0, 0, 0, 0, time.UTC); d.Month() == c.month && n < c.order; d = d.AddDate(0, 0, 1) {
		if c.on(d.Weekday()) {
			found = d
			n++
		}
	}
	return found.Add(c.at)
}

func (c clockChange) on(d time.Weekday) bool {
	weekend := d == time.Saturday || d == time.Sunday
	return c.day == d.String() || c.day == "Day" || c.day == "Weekday" && !weekend || c.day == "WeekendDay" && weekend
}

// isSummer reports whether t is between two changes of its year, in whichever order they come.
func isSummer(t, begin, end time.Time) bool {
	if end.Before(begin) {
		return !t.Before(begin) || t.Before(end)
	}
	return !t.Before(begin) && t.Before(end)
}

// UTC is the moment at which the clock shows a time.
func (w wallClock) UTC(wall time.Time) time.Time {
	if w.changes && isSummer(wall, w.toSummer.in(wall.Year()), w.toStandard.in(wall.Year())) {
		return wall.Add(w.summer)
	}
	return wall.Add(w.standard)
}

// Wall is what the clock shows at a moment.
func (w wallClock) Wall(t time.Time) time.Time {
	wall := t.UTC().Add(-w.standard)
	if w.changes && isSummer(t, w.toSummer.in(wall.Year()).Add(w.standard), w.toStandard.in(wall.Year()).Add(w.summer)) {
		return t.UTC().Add(-w.summer)
	}
	return wall
}

// zoneClock is the time zone of a request. Its times are written as if they were UTC.
type zoneClock interface {
	Wall(t time.Time) time.Time
	UTC(wall time.Time) time.Time
}

// local is a moment with the clock's offset.
func local(c zoneClock, t time.Time) time.Time {
	return t.In(time.FixedZone("", int(c.Wall(t).Sub(t.UTC())/time.Second)))
}

// moment reads an xs:dateTime. Without an offset it is a time on the clock.
func moment(c zoneClock, text string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), true
	}
	t, err := time.Parse("2006-01-02T15:04:05", text)
	if err != nil {
		return time.Time{}, false
	}
	return c.UTC(t), true
}

// clock is the zone of a GetUserAvailability. From 2010 on it may be in the header, as for other operations.
func (c *call) clock() (zoneClock, error) {
	if zone := c.req.Child("TimeZone"); zone != nil {
		return parseWallClock(zone)
	}
	if c.zone != nil {
		if z, err := mapi.ParseClock(c.zone); err == nil {
			return z, nil
		}
	}
	return nil, failAll("ErrorTimeZone")
}
