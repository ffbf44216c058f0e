package item

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"iorepl/sync"
	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/item/zone"
)

// parseCalendar finds the components of one kind in a file and what stands around them. A file that holds something else
// beside them cannot be one item.
func parseCalendar(p sync.Payload, name, what string) (all []*content.Component, zones []*content.Component, around []content.Line, notes []string, err error) {
	files, stray, damaged := content.Parse(p.Data)
	count := map[string]int{}
	for _, f := range files {
		if f.Name != "VCALENDAR" {
			count[f.Name]++
			continue
		}
		around = append(around, f.Lines...)
		for _, c := range f.Components {
			switch c.Name {
			case name:
				all = append(all, c)
			case "VTIMEZONE":
				zones = append(zones, c)
			default:
				count[c.Name]++
			}
		}
	}
	for _, harmless := range []string{"VTIMEZONE", "VALARM", "STANDARD", "DAYLIGHT"} {
		delete(count, harmless)
	}
	if len(all) == 0 {
		return nil, nil, nil, nil, fmt.Errorf("the file holds no %s", what)
	}
	if len(count) > 0 {
		others := slices.Sorted(maps.Keys(count))
		return nil, nil, nil, nil, fmt.Errorf("the file holds more than one item: besides %s also %s", what, strings.Join(others, ", "))
	}
	if damaged > 0 || len(stray) > 0 {
		notes = append(notes, fmt.Sprintf("%d lines of the file cannot be understood", damaged+len(stray)))
	}
	return all, zones, around, notes, nil
}

// parseEvent reads a file with an appointment.
func parseEvent(p sync.Payload) (*event, error) {
	components, zones, around, notes, err := parseCalendar(p, "VEVENT", "appointment")
	if err != nil {
		return nil, err
	}
	times := newTimes(zones, around)
	var master *content.Component
	var changed []*content.Component
	for _, c := range components {
		switch {
		case c.Text("UID") != components[0].Text("UID") || len(components) > 1 && c.Text("UID") == "":
			return nil, fmt.Errorf("the file holds %d appointments; divide it", len(components))
		case has(c, "RECURRENCE-ID"):
			changed = append(changed, c)
		case master != nil:
			return nil, fmt.Errorf("the file holds an appointment twice")
		default:
			master = c
		}
	}
	ev := &event{}
	if master == nil {
		if len(changed) > 1 {
			return nil, fmt.Errorf("the file holds %d changed occurrences without the appointment that they belong to", len(changed))
		}
		notes = append(notes, "the file holds a changed occurrence without the appointment that it belongs to; it becomes an appointment of its own")
		master, changed = changed[0], nil
	}
	ev.class, ev.properties = p.Class, p.Properties
	ev.notes = notes
	if err := ev.parseOne(master, times, nil); err != nil {
		return nil, err
	}
	if err := ev.parseRule(master, times); err != nil {
		return nil, err
	}
	for _, c := range changed {
		if err := ev.parseException(c, times); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(ev.people, func(a, b content.Line) int { return peopleOrder[a.Name] - peopleOrder[b.Name] })
	ev.sortExceptions()
	ev.exceptions = slices.CompactFunc(ev.exceptions, func(a, b exception) bool { return a.day.Equal(b.day) })
	ev.deleted = slices.DeleteFunc(ev.deleted, func(d time.Time) bool {
		return slices.ContainsFunc(ev.exceptions, func(x exception) bool { return x.day.Equal(d) })
	})
	ev.notes = append(ev.notes, times.notes...)
	if ev.uid == "" {
		ev.encode()
	}
	return ev, nil
}

func has(c *content.Component, name string) bool {
	_, ok := c.Get(name)
	return ok
}

// parseOne reads the lines of a VEVENT. Of an exception the master tells what the component leaves out.
func (ev *event) parseOne(c *content.Component, times *times, master *event) error {
	start, ok := c.Get("DTSTART")
	if !ok {
		return fmt.Errorf("an appointment of the file has no start")
	}
	var err error
	if ev.start, ev.zone, ev.allDay, err = times.read(start); err != nil {
		return err
	}
	if ev.allDay {
		if z, ok := zone.ByName(c.Text("X-IOREPL-TZID"), ev.start); ok {
			ev.zone = z
		} else if master != nil && master.allDay {
			ev.zone = master.zone
		} else {
			ev.zone = times.standard
		}
	}
	if err := ev.parseEnd(c, times); err != nil {
		return err
	}
	ev.reminder = -1
	seen := map[string]bool{}
	for _, l := range c.Lines {
		switch {
		case l.Name == "UID" && !seen["UID"]:
			ev.uid = l.Text()
			seen["UID"] = true
		case l.Name == "LOCATION" && !seen["LOCATION"]:
			ev.location = strings.ReplaceAll(l.Text(), "\n", " ")
			seen["LOCATION"] = true
		case l.Name == "ORGANIZER" || l.Name == "ATTENDEE":
			ev.people = append(ev.people, l)
		case readElsewhere[l.Name]:
		case l.Name == "STATUS" && !strings.EqualFold(l.Value, "CANCELLED"):
		default:
			ev.take(l, seen)
		}
	}
	ev.parseBusy(c)
	for _, a := range c.Components {
		if minutes, ok := relativeAlarm(a); ok && ev.reminder < 0 {
			ev.reminder = minutes
		} else {
			ev.components = append(ev.components, a)
		}
	}
	ev.normalize()
	return nil
}

// readElsewhere are lines that are not read one by one.
var readElsewhere = map[string]bool{"DTSTART": true, "DTEND": true, "DURATION": true, "RRULE": true, "EXDATE": true, "RECURRENCE-ID": true,
	"TRANSP": true, "X-MICROSOFT-CDO-BUSYSTATUS": true, "X-MICROSOFT-CDO-IMPORTANCE": true, "X-IOREPL-TZID": true}

func (ev *event) parseEnd(c *content.Component, times *times) (err error) {
	ev.end, ev.endZone = ev.start, ev.zone
	if l, ok := c.Get("DTEND"); ok {
		end, z, day, err := times.read(l)
		if err != nil {
			return err
		}
		if day == ev.allDay {
			ev.end = end
		}
		if !day && !ev.allDay {
			ev.endZone = z
		}
		return nil
	}
	if l, ok := c.Get("DURATION"); ok {
		d, ok := parseCalendarDuration(l.Value)
		if !ok {
			return fmt.Errorf("an appointment of the file has a duration that is none: %q", l.Value)
		}
		ev.end = ev.start.Add(d)
	}
	return nil
}

func (ev *event) parseBusy(c *content.Component) {
	ev.busy = "Busy"
	if strings.EqualFold(c.Text("STATUS"), "TENTATIVE") {
		ev.busy = "Tentative"
	}
	if strings.EqualFold(c.Text("TRANSP"), "TRANSPARENT") {
		ev.busy = "Free"
	}
	for status, name := range busyNames {
		if strings.EqualFold(c.Text("X-MICROSOFT-CDO-BUSYSTATUS"), name) {
			ev.busy = status
		}
	}
	if ev.importance == "" {
		switch c.Text("X-MICROSOFT-CDO-IMPORTANCE") {
		case "0":
			ev.importance = "Low"
		case "2":
			ev.importance = "High"
		}
	}
}

// relativeAlarm reads an alarm so many minutes before the start.
func relativeAlarm(a *content.Component) (minutes int, ok bool) {
	l, ok := a.Get("TRIGGER")
	if a.Name != "VALARM" || !ok || strings.EqualFold(l.Param("RELATED"), "END") || strings.EqualFold(l.Param("VALUE"), "DATE-TIME") {
		return 0, false
	}
	d, ok := parseCalendarDuration(l.Value)
	if !ok || d > 0 || d < -2629800*time.Minute {
		return 0, false
	}
	return int(-d / time.Minute), true
}

// parseCalendarDuration reads a duration of RFC 5545 section 3.3.6, which has weeks and a sign.
func parseCalendarDuration(s string) (time.Duration, bool) {
	s = strings.ToUpper(strings.TrimPrefix(strings.TrimSpace(s), "+"))
	rest, negative := strings.CutPrefix(s, "-")
	if weeks, ok := strings.CutPrefix(rest, "P"); ok && strings.HasSuffix(weeks, "W") {
		n, err := strconv.Atoi(strings.TrimSuffix(weeks, "W"))
		if err != nil || n < 0 || n > 1000 {
			return 0, false
		}
		d := time.Duration(n) * 7 * 24 * time.Hour
		if negative {
			d = -d
		}
		return d, true
	}
	return parseDuration(s)
}
