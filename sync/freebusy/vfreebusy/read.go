package vfreebusy

import (
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"iorepl/plan/freebusy"
	"iorepl/sync/ews/item/zone"
)

// longest is the longest range that is believed: a hundred years. Users publish up to three.
const longest = 36525 * 24 * time.Hour

// reader gathers what the lines of a VFREEBUSY say.
type reader struct {
	notes     *freebusy.Notes
	zones     map[string]zone.Zone
	single    map[string]line // properties that are there once, by name
	attendees []line
	of        [freebusy.Kinds][]freebusy.Interval
}

// Read reads a file that any program wrote. Notes are for people: they say what was put right, most with the number of the line;
// after the first few there is only a count. Errors answer sync.IsRefused and name the line where there is one. The memory that
// it takes is a small multiple of the file's length.
//
// FREEBUSY without FBTYPE is busy, as are types that nobody knows (RFC 5545 section 3.2.9), and FBTYPE=FREE says nothing. Periods
// outside of the range are left out, overlapping ones joined, parts of minutes rounded up. The user is the organizer, or in an
// answer (METHOD:REPLY) the attendee.
//
// The range is from DTSTART to DTEND. Without one of them, which RFC 5546 does not allow, it begins with the first period or ends
// with the last, with a note: of the time between them it is known when the user is free. Without periods there is no range, and
// the file is refused. RFC 5546 does not say which one holds if two VFREEBUSY in a file differ, so a second one is refused too. So are a
// file that was cut off; METHOD:REQUEST and others that ask; answers that say that the user is not known (REQUEST-STATUS); times
// with neither UTC nor a time zone; and lines in the VFREEBUSY that cannot be read.
func Read(data []byte) (File, []string, error) {
	text, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), data)
	if err != nil {
		return File{}, nil, refused("the file is not text: %w", err)
	}
	var n freebusy.Notes
	f := finder{notes: &n}
	if err := f.find(text); err != nil {
		return File{}, nil, err
	}
	r := reader{notes: &n, single: map[string]line{}}
	file, err := r.read(f.meant, f.lines)
	if err != nil {
		return File{}, nil, err
	}
	return file, n.All(), nil
}

func (r *reader) read(method string, lines []line) (f File, err error) {
	switch method {
	case "", "PUBLISH", "REPLY":
	case "REQUEST":
		return f, refused("the file asks for free/busy (METHOD:REQUEST) and does not tell it")
	default:
		return f, refused("the file is not one that tells free/busy: METHOD:%s", excerpt(method))
	}
	for _, l := range lines {
		if err := r.line(l); err != nil {
			return f, err
		}
	}
	start, end, err := r.bounds()
	if err != nil {
		return f, err
	}
	f.Times = freebusy.NewTimes(start, end, r.of)
	f.Address, f.Display = r.user(method)
	f.Stamp = r.single[stampName].Text()
	if l, ok := r.single["DTSTAMP"]; ok {
		if at, err := r.instant(l, upper(l.Value)); err == nil {
			f.Published = freebusy.MinuteOf(at)
		} else {
			r.notes.Add("line %d: when it was published cannot be told from %q", l.number, excerpt(l.Value))
		}
	}
	return f, nil
}

func (r *reader) line(l line) error {
	switch l.Name {
	case "FREEBUSY":
		return r.periods(l)
	case "ATTENDEE":
		r.attendees = append(r.attendees, l)
	case "REQUEST-STATUS":
		// 1 and 2 are successes (RFC 5546 section 3.6).
		if code := l.Text(); code != "" && code[0] >= '3' {
			return refused("line %d: the file says that free/busy could not be told: %q", l.number, excerpt(code))
		}
	default:
		if before, ok := r.single[l.Name]; ok && !before.Equal(l.Line) {
			return refused("line %d: %s is there already, in line %d", l.number, l.Name, before.number)
		}
		r.single[l.Name] = l
	}
	return nil
}

// bounds are the range for which the file tells free/busy.
func (r *reader) bounds() (start, end freebusy.Minute, err error) {
	first, last, some := r.ends()
	dtstart, begins := r.single["DTSTART"]
	dtend, ends := r.single["DTEND"]
	lasting, lasts := r.single["DURATION"]
	var from, to time.Time
	switch {
	case begins:
		if from, err = r.bound(dtstart); err != nil {
			return 0, 0, err
		}
		start = freebusy.MinuteOf(from)
	case some:
		start = first
		r.notes.Add("there is no DTSTART; the first period begins at %s", start)
	}
	switch {
	case ends:
		if to, err = r.bound(dtend); err != nil {
			return 0, 0, err
		}
		end = freebusy.MinuteAfter(to)
	case lasts && begins: // of RFC 2445
		d, ok := duration(upper(lasting.Value))
		if !ok {
			return 0, 0, refused("line %d: %q is not a duration", lasting.number, excerpt(lasting.Value))
		}
		end = freebusy.MinuteAfter(from.Add(d))
	case some:
		end = last
		r.notes.Add("there is no DTEND; the last period ends at %s", end)
	}
	switch {
	case (!begins || !ends && !lasts) && !some:
		return 0, 0, refused("for what time it is published is not said: DTSTART or DTEND is missing, and there are no periods")
	case end < start:
		return 0, 0, refused("it is published for a time that ends at %s, before it starts at %s", end, start)
	case end == start:
		return 0, 0, refused("it is published for no time at all: it starts and ends at %s", start)
	case end > limit():
		return 0, 0, refused("it is published for a time that ends at %s, behind the year %d", end, lastYear)
	case end-start > freebusy.Minute(longest/time.Minute):
		return 0, 0, refused("it is published for more than a hundred years, from %s to %s", start, end)
	}
	return start, end, nil
}

// bound reads DTSTART or DTEND. A date is midnight in UTC.
func (r *reader) bound(l line) (time.Time, error) {
	value := upper(l.Value)
	if at, err := time.Parse(dateForm, value); err == nil {
		r.notes.Add("line %d: %s is a day; it counts from midnight in UTC", l.number, l.Name)
		value = at.Format(utcForm)
	}
	return r.instant(l, value)
}

// ends are the start of the first and the end of the last period, false if there is none.
func (r *reader) ends() (first, last freebusy.Minute, some bool) {
	for _, intervals := range r.of {
		for _, i := range intervals {
			if !some {
				first, last, some = i.Start, i.End, true
			}
			first, last = min(first, i.Start), max(last, i.End)
		}
	}
	return first, last, some
}
