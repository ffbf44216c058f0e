package ews

import (
	"fmt"
	"strings"
	"time"

	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// asked is one user while answers come in.
type asked struct {
	address string
	of      [freebusy.Kinds][]freebusy.Interval
	known   []freebusy.Interval // for when the service said something
	merged  bool                // some of it came as digits
	odd     int                 // how many appointments were not as they should be
	err     error
}

// slice is what all answers together say.
func (u *asked) slice(start, end freebusy.Minute) (out freebusy.Slice) {
	if out.Err = u.err; out.Err != nil {
		return out
	}
	known := freebusy.NewTimes(start, end, [freebusy.Kinds][]freebusy.Interval{u.known}).Of[0]
	switch {
	case start >= end:
		return out
	case len(known) == 0:
		out.Err = noData()
		return out
	case len(known) > 1:
		out.Err = fmt.Errorf("there is no data for the time from %s to %s, and no data is not free", known[0].End, known[1].Start)
		return out
	}
	out.Times = freebusy.NewTimes(known[0].Start, known[0].End, u.of)
	if out.Times.Start > start {
		out.Notes = append(out.Notes, fmt.Sprintf("there is no data before %s", out.Times.Start))
	}
	if out.Times.End < end {
		out.Notes = append(out.Notes, fmt.Sprintf("there is no data from %s on", out.Times.End))
	}
	if u.merged {
		out.Notes = append(out.Notes, fmt.Sprintf("the Availability service knows only merged free/busy, in steps of %d minutes", mergedMinutes))
	}
	if u.odd > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%d appointments end before they start or have an unknown status; the first are left out, the others count as busy", u.odd))
	}
	return out
}

func noData() error {
	return fmt.Errorf("the Availability service has no data for this user, and no data is not free")
}

// read reads a t:FreeBusyView of the days from one to another. suspect: an empty view without any sign that somebody looked is no data.
func (u *asked) read(view *soap.Element, from, to freebusy.Minute, suspect bool) error {
	kind, events, digits := view.Value("FreeBusyViewType"), view.Child("CalendarEventArray"), view.Value("MergedFreeBusy")
	switch {
	case kind == "" || kind == "None":
		return noData()
	case events == nil && digits != "", kind == "MergedOnly":
		u.merged = true
		return u.readDigits(digits, from, to)
	case suspect && kind == "Detailed" && len(events.All("CalendarEvent")) == 0:
		// Of users of other organizations grommunio says that without having asked anybody.
		return noData()
	}
	u.known = append(u.known, freebusy.Interval{Start: from, End: to})
	for _, e := range events.All("CalendarEvent") {
		if err := u.readEvent(e); err != nil {
			return err
		}
	}
	return nil
}

// readEvent reads a t:CalendarEvent. Minutes that are begun count.
func (u *asked) readEvent(e *soap.Element) error {
	start, err := parseEventTime(e.Value("StartTime"))
	if err != nil {
		return err
	}
	end, err := parseEventTime(e.Value("EndTime"))
	if err != nil {
		return err
	}
	k := freebusy.Busy
	switch e.Value("BusyType") {
	case "Free", "WorkingElsewhere", "NoData":
		return nil
	case "Busy":
	case "Tentative":
		k = freebusy.Tentative
	case "OOF":
		k = freebusy.OutOfOffice
	default:
		u.odd++
	}
	if end.Before(start) {
		u.odd++
		return nil
	}
	u.of[k] = append(u.of[k], freebusy.Interval{Start: freebusy.MinuteOf(start), End: freebusy.MinuteAfter(end)})
	return nil
}

// parseEventTime reads an xs:dateTime. Without a zone it is in that of the request, which is UTC.
func parseEventTime(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05", text)
	}
	if err != nil {
		return t, sync.Errorf(sync.Refused, "the Availability service gives an appointment at %q, which is not a time", text)
	}
	return t, nil
}

// readDigits reads merged free/busy: a digit for each step of the time that was asked for. Steps without a digit are as those without data.
func (u *asked) readDigits(digits string, from, to freebusy.Minute) error {
	if want := int((to - from) / mergedMinutes); len(digits) > want {
		digits = digits[:want]
	}
	for at := from; digits != ""; at += mergedMinutes {
		step := freebusy.Interval{Start: at, End: at + mergedMinutes}
		switch digits[0] {
		case '0', '5': // free, or working elsewhere
		case '1':
			u.of[freebusy.Tentative] = grow(u.of[freebusy.Tentative], step)
		case '2':
			u.of[freebusy.Busy] = grow(u.of[freebusy.Busy], step)
		case '3':
			u.of[freebusy.OutOfOffice] = grow(u.of[freebusy.OutOfOffice], step)
		case '4':
			step.End = step.Start
		default:
			return sync.Errorf(sync.Refused, "the Availability service gives merged free/busy with %q in it, which is not one of the digits 0 to 5", digits[:1])
		}
		if step.Start < step.End {
			u.known = grow(u.known, step)
		}
		digits = digits[1:]
	}
	return nil
}

// grow adds an interval, to the last one if it touches that.
func grow(all []freebusy.Interval, i freebusy.Interval) []freebusy.Interval {
	if n := len(all); n > 0 && all[n-1].End == i.Start {
		all[n-1].End = i.End
		return all
	}
	return append(all, i)
}

func sameDomain(a, b string) bool {
	return strings.EqualFold(domainOf(a), domainOf(b))
}
