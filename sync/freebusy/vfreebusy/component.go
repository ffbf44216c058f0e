package vfreebusy

import (
	"cmp"

	"iorepl/plan/freebusy"
)

// known are the properties of a VFREEBUSY that are read. What others say changes nothing about when the user is free.
var known = map[string]bool{"DTSTART": true, "DTEND": true, "DURATION": true, "DTSTAMP": true, "ORGANIZER": true, "ATTENDEE": true,
	"FREEBUSY": true, "REQUEST-STATUS": true, stampName: true}

// maxDepth is how deep components may lie in each other.
const maxDepth = 8

// finder looks for the one VFREEBUSY of a file.
type finder struct {
	notes  *freebusy.Notes
	open   []string // components that have begun and not ended
	begun  bool     // there was a calendar
	method string   // of the calendar that is open
	other  string   // a component that is no VFREEBUSY
	at     int      // line at which the VFREEBUSY begins, 0 if none was seen
	inside bool     // the VFREEBUSY is in the calendar that is open

	lines []line // those of the VFREEBUSY that are known
	meant string // METHOD of its calendar
}

func (f *finder) find(data []byte) error {
	for number, raw := range unfold(data) {
		if err := f.line(number, raw); err != nil {
			return err
		}
	}
	switch {
	case !f.begun:
		return refused("the file is empty")
	case len(f.open) > 0:
		return refused("the file ends too early: END:%s is missing", excerpt(f.open[len(f.open)-1]))
	case f.at == 0 && f.other == "":
		return refused("the calendar is empty: there is no VFREEBUSY in it")
	case f.at == 0:
		return refused("the file holds %s instead of VFREEBUSY; publish free/busy, not the calendar itself", f.other)
	case f.other != "":
		f.notes.Add("the file holds %s too, which is not read", f.other)
	}
	return nil
}

func (f *finder) line(number int, raw []byte) error {
	name, value, ok := nameOf(raw)
	switch {
	case len(f.open) == 0 && name == "BEGIN" && value == "VCALENDAR":
		f.begun, f.method, f.inside = true, "", false
		f.open = append(f.open, value)
	case len(f.open) == 0 && (!f.begun || name == "BEGIN"):
		return refused("line %d: %q is where BEGIN:VCALENDAR should be", number, excerpt(raw))
	case len(f.open) == 0:
		f.notes.Add("line %d: what is behind the end of the calendar is not read", number)
	case name == "BEGIN" && ok:
		return f.begin(number, value)
	case name == "END" && ok:
		return f.end(number, value)
	case len(f.open) == 2 && f.open[1] == "VFREEBUSY":
		if !ok {
			return refused("line %d: %q is not a line of iCalendar", number, excerpt(raw))
		}
		if known[name] {
			l, ok := parse(number, raw)
			if !ok {
				return refused("line %d: %q is not a line of iCalendar", number, excerpt(raw))
			}
			f.lines = append(f.lines, l)
		}
	case !ok:
		f.notes.Add("line %d: %q is not a line of iCalendar; it is left out", number, excerpt(raw))
	case len(f.open) == 1 && name == "METHOD":
		if l, ok := parse(number, raw); ok {
			f.method = upper(l.Value)
		}
	}
	return nil
}

func (f *finder) begin(number int, name string) error {
	if len(f.open) == maxDepth {
		return refused("line %d: %s lies in too many other components", number, excerpt(name))
	}
	if len(f.open) == 1 {
		switch name {
		case "VFREEBUSY":
			if f.at > 0 {
				return refused("line %d: there is a VFREEBUSY already, in line %d; a file is to hold one, of one user", number, f.at)
			}
			f.at, f.inside = number, true
		case "VTIMEZONE":
		default:
			f.other = cmp.Or(f.other, excerpt(name))
		}
	}
	f.open = append(f.open, name)
	return nil
}

func (f *finder) end(number int, name string) error {
	last := len(f.open) - 1
	if f.open[last] != name {
		return refused("line %d: END:%s, but it is %s that has to end", number, excerpt(name), excerpt(f.open[last]))
	}
	f.open = f.open[:last]
	if last == 0 && f.inside {
		f.meant = f.method
	}
	return nil
}
