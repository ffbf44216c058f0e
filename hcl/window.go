package hcl

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Window is a time of the week, as in "mon-fri 22:00-06:00". A window over midnight belongs to the day on which it
// starts: on Saturday at 03:00 the example is still open, on Monday at 03:00 it is not.
type Window struct {
	Days     [7]bool // by time.Weekday
	From, To int     // minutes of the day; To <= From: until To on the next day
}

// Contains reports whether t, in its own location, lies in the window. The window's end is outside.
func (w Window) Contains(t time.Time) bool {
	return w.contains(t.Weekday(), t.Hour()*60+t.Minute())
}

func (w Window) contains(day time.Weekday, minute int) bool {
	if w.From < w.To {
		return w.Days[day] && w.From <= minute && minute < w.To
	}
	return w.Days[day] && w.From <= minute || w.Days[(day+6)%7] && minute < w.To
}

var (
	dayNames  = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	clockSpan = regexp.MustCompile(`^(\d\d?):(\d\d)-(\d\d?):(\d\d)$`)
)

// parseWindow reads "[DAYS ]HH:MM-HH:MM"; DAYS are names and spans of names, joined by commas. Its errors are sentences.
func parseWindow(s string) (Window, error) {
	var w Window
	fields := strings.Fields(strings.ToLower(s))
	switch len(fields) {
	case 1:
		w.Days = [7]bool{true, true, true, true, true, true, true}
	case 2:
		for part := range strings.SplitSeq(fields[0], ",") {
			first, last, span := strings.Cut(part, "-")
			if !span {
				last = first
			}
			from, to := slices.Index(dayNames, first), slices.Index(dayNames, last)
			if from < 0 || to < 0 {
				return w, fmt.Errorf("%q is not a day; days are mon, tue, wed, thu, fri, sat, sun, and spans such as mon-fri", part)
			}
			for d := from; ; d = (d + 1) % 7 {
				w.Days[d] = true
				if d == to {
					break
				}
			}
		}
	default:
		return w, errors.New("a window is a span of the day, after days if it does not hold for all")
	}
	m := clockSpan.FindStringSubmatch(fields[len(fields)-1])
	if m == nil {
		return w, fmt.Errorf("%q is not a span of the day", fields[len(fields)-1])
	}
	var ok, ok2 bool
	w.From, ok = clock(m[1], m[2])
	w.To, ok2 = clock(m[3], m[4])
	switch {
	case !ok || !ok2 || w.From == 24*60:
		return w, errors.New("the day has the times 00:00 to 24:00")
	case w.From == w.To:
		return w, errors.New("a window that ends when it starts is empty; the whole day is 00:00-24:00")
	}
	return w, nil
}

// clock turns what clockSpan matched into minutes, and reports whether the day has that time.
func clock(hours, minutes string) (int, bool) {
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	return h*60 + m, m < 60 && h*60+m <= 24*60
}

// everOpen reports whether any minute of the week lies in the schedule, if there is one, and outside the quiet hours.
func everOpen(schedule, quiet []Window) bool {
	for day := range time.Saturday + 1 {
		for minute := range 24 * 60 {
			in := func(w Window) bool { return w.contains(day, minute) }
			if (len(schedule) == 0 || slices.ContainsFunc(schedule, in)) && !slices.ContainsFunc(quiet, in) {
				return true
			}
		}
	}
	return false
}
