package item

import (
	"fmt"
	"strconv"
	"time"

	"iorepl/plan"
	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/item/recur"
	"iorepl/sync/ews/item/zone"
)

const (
	dateForm  = "20060102"
	clockForm = "20060102T150405"
	utcForm   = "20060102T150405Z"
)

// calendar is an empty VCALENDAR.
func calendar() *content.Component {
	return &content.Component{Name: "VCALENDAR", Lines: []content.Line{content.New("VERSION", "2.0"), content.New("PRODID", "-//iorepl//iorepl//EN")}}
}

// stamped is a line that every component must have; it is always the same, since it is not about what the item says.
var stamped = content.New("DTSTAMP", "19700101T000000Z")

// encode writes the event as a file.
func (ev *event) encode() []byte {
	c := calendar()
	master := ev.component(nil)
	if ev.uid == "" {
		ev.uid = derivedUID(master)
		master = ev.component(nil)
	}
	if !ev.allDay {
		c.Components = append(c.Components, timezones(ev)...)
	}
	c.Components = append(c.Components, master)
	for i := range ev.exceptions {
		x := &ev.exceptions[i]
		x.uid = ev.uid
		c.Components = append(c.Components, x.component(ev))
		x.uid = ""
	}
	return content.Encode(c)
}

// derivedUID names what nobody has named by what it says.
func derivedUID(c *content.Component) string {
	return "iorepl-" + plan.Sum(string(content.Encode(c))).String()
}

// component is the VEVENT of a master, or of an exception to one.
func (ev *event) component(master *event) *content.Component {
	c := &content.Component{Name: "VEVENT"}
	if ev.uid != "" {
		c.AddText("UID", ev.uid)
	}
	c.Add(stamped, ev.timeLine("DTSTART", ev.start, ev.zone), ev.timeLine("DTEND", ev.end, ev.endZone))
	if master == nil {
		ev.putRule(c)
	}
	ev.put(c)
	c.AddText("LOCATION", ev.location)
	if ev.busy == "Free" || ev.busy == "WorkingElsewhere" {
		c.Add(content.New("TRANSP", "TRANSPARENT"))
	} else {
		c.Add(content.New("TRANSP", "OPAQUE"))
	}
	c.Add(content.New("X-MICROSOFT-CDO-BUSYSTATUS", busyNames[ev.busy]))
	if ev.allDay && !ev.zone.IsUTC() {
		c.AddText("X-IOREPL-TZID", ev.zone.IANA())
	}
	c.Add(ev.people...)
	ev.putRest(c)
	if ev.reminder >= 0 {
		c.Components = append(c.Components, alarm(content.New("TRIGGER", formatAlarm(ev.reminder))))
	}
	c.Components = append(c.Components, ev.components...)
	return c
}

// exceptions have a RECURRENCE-ID.
func (x *exception) component(master *event) *content.Component {
	c := x.event.component(master)
	id := master.occurrenceLine("RECURRENCE-ID", x.day)
	c.Lines = append(c.Lines[:1:1], append([]content.Line{id}, c.Lines[1:]...)...)
	return c
}

// busyNames are the values of X-MICROSOFT-CDO-BUSYSTATUS (MS-OXCICAL 2.1.3.1.1.20.31).
var busyNames = map[string]string{"Free": "FREE", "Tentative": "TENTATIVE", "Busy": "BUSY", "OOF": "OOF", "WorkingElsewhere": "WORKINGELSEWHERE"}

func alarm(trigger content.Line) *content.Component {
	return &content.Component{Name: "VALARM", Lines: []content.Line{content.New("ACTION", "DISPLAY"), content.New("DESCRIPTION", "Reminder"), trigger}}
}

func formatAlarm(minutes int) string {
	if minutes == 0 {
		return "PT0M"
	}
	return "-PT" + strconv.Itoa(minutes) + "M"
}

// timeLine is a line with a time of the event.
func (ev *event) timeLine(name string, t time.Time, z zone.Zone) content.Line {
	switch {
	case ev.allDay:
		return content.New(name, t.Format(dateForm), "VALUE", "DATE")
	case z.IsUTC():
		return content.New(name, t.UTC().Format(utcForm))
	}
	return content.New(name, local(t, z).Format(clockForm), "TZID", z.IANA())
}

// occurrenceLine is a line that names the occurrence of a day.
func (ev *event) occurrenceLine(name string, day time.Time) content.Line {
	if ev.allDay {
		return ev.timeLine(name, day, ev.zone)
	}
	return ev.timeLine(name, instant(day.Add(sinceMidnight(ev.clock())), ev.zone), ev.zone)
}

func (ev *event) putRule(c *content.Component) {
	if ev.rule == nil {
		return
	}
	value := ev.rule.String()
	if end := ev.rule.End; !end.IsZero() && ev.rule.Count == 0 {
		if ev.allDay {
			value += ";UNTIL=" + end.Format(dateForm)
		} else {
			value += ";UNTIL=" + instant(end.Add(sinceMidnight(ev.clock())), ev.zone).Format(utcForm)
		}
	}
	c.Add(content.New("RRULE", value))
	for _, day := range ev.deleted {
		c.Add(ev.occurrenceLine("EXDATE", day))
	}
}

// timezones are the definitions of the zones that the event names.
func timezones(ev *event) []*content.Component {
	var all []*content.Component
	seen := map[string]bool{"UTC": true}
	add := func(z zone.Zone, at time.Time) {
		if !seen[z.IANA()] {
			seen[z.IANA()] = true
			all = append(all, timezone(z, local(at, z).Year()))
		}
	}
	add(ev.zone, ev.start)
	add(ev.endZone, ev.end)
	for _, x := range ev.exceptions {
		if !x.allDay {
			add(x.zone, x.start)
			add(x.endZone, x.end)
		}
	}
	return all
}

// timezone is the VTIMEZONE of a zone with the rules of a year.
func timezone(z zone.Zone, year int) *content.Component {
	c := &content.Component{Name: "VTIMEZONE", Lines: []content.Line{content.New("TZID", z.IANA())}}
	observe := func(kind string, start string, from, to int, name, rule string) {
		o := &content.Component{Name: kind, Lines: []content.Line{content.New("DTSTART", start),
			content.New("TZOFFSETFROM", formatOffset(from)), content.New("TZOFFSETTO", formatOffset(to)), content.New("TZNAME", content.Escape(name))}}
		if rule != "" {
			o.Add(content.New("RRULE", rule))
		}
		c.Components = append(c.Components, o)
	}
	if standard, daylight, ok := z.Yearly(year); ok {
		for _, change := range []zone.Change{standard, daylight} {
			kind := "STANDARD"
			if change.Daylight() {
				kind = "DAYLIGHT"
			}
			rule := recur.Rule{Pattern: recur.RelativeYearly, Interval: 1, Days: recur.Only(change.At.Weekday()), Nth: change.Nth(), Month: change.At.Month()}
			rule.Start = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
			first, _ := rule.FirstDay()
			observe(kind, first.Add(sinceMidnight(change.At)).Format(clockForm), change.From, change.To, change.Name, rule.String())
		}
		return c
	}
	offset, name, changes := z.Changes(year)
	observe("STANDARD", "19700101T000000", offset, offset, name, "")
	for _, change := range changes {
		kind := "STANDARD"
		if change.Daylight() {
			kind = "DAYLIGHT"
		}
		observe(kind, change.At.Format(clockForm), change.From, change.To, change.Name, "")
	}
	return c
}

func formatOffset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	text := fmt.Sprintf("%s%02d%02d", sign, seconds/3600, seconds/60%60)
	if s := seconds % 60; s != 0 {
		text += fmt.Sprintf("%02d", s)
	}
	return text
}
