package mapi

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// fromCalendar reads an appointment from iCalendar, bare or in a message. The first event is it; attendees are not read, since
// importing does not make a meeting.
func (c *change) fromCalendar(b []byte) error {
	if !bytes.HasPrefix(bytes.ToUpper(bytes.TrimSpace(b[:min(len(b), 64)])), []byte("BEGIN:VCALENDAR")) {
		p := findPart(parsePart(b, "text/plain", 0), "text/calendar")
		if p == nil {
			return refuse("ErrorMimeContentInvalid", "The MIME content holds no iCalendar.")
		}
		b = p.content()
	}
	cal, err := ical.NewDecoder(bytes.NewReader(b)).Decode()
	if err != nil {
		return refuse("ErrorMimeContentInvalid", "The MIME content is no iCalendar: %v.", err)
	}
	for _, e := range cal.Events() {
		if e.Props.Get(ical.PropRecurrenceID) == nil {
			return c.fromEvent(cal, e.Component)
		}
	}
	return refuse("ErrorMimeContentInvalid", "The iCalendar holds no event.")
}

func findPart(p *part, contentType string) *part {
	if p.contentType == contentType {
		return p
	}
	for _, q := range p.parts {
		if found := findPart(q, contentType); found != nil {
			return found
		}
	}
	return nil
}

func (c *change) fromEvent(cal *ical.Calendar, e *ical.Component) error {
	it := c.it
	text := func(name string) string {
		s, err := e.Props.Text(name)
		if err != nil {
			return ""
		}
		return s
	}
	z := utcZone
	if start := e.Props.Get(ical.PropDateTimeStart); start == nil {
		return refuse("ErrorMimeContentInvalid", "The event has no start.")
	} else if id := start.Params.Get(ical.PropTimezoneID); id != "" {
		z = calendarZone(cal, id)
	}
	it.props.set(keptKey("calendar:zone"), z)
	if err := c.eventTimes(e, z); err != nil {
		return err
	}
	c.setSubject(text(ical.PropSummary))
	if s := text(ical.PropLocation); s != "" {
		it.props.set(pLocation, s)
	}
	it.props.set(pText, crlf(text(ical.PropDescription)))
	if alt := e.Props.Get("X-ALT-DESC"); alt != nil {
		if s, err := alt.Text(); err == nil {
			it.props.set(pHTML, []byte(crlf(s)))
		}
	}
	if uid := text(ical.PropUID); uid != "" {
		c.setUID(uid)
	}
	var categories []string
	for _, p := range e.Props.Values(ical.PropCategories) {
		if list, err := p.TextList(); err == nil {
			categories = append(categories, list...)
		}
	}
	if len(categories) > 0 {
		it.props.set(pCategories, categories)
	}
	it.props.set(pSensitivity, map[string]int32{"PERSONAL": 1, "PRIVATE": 2, "CONFIDENTIAL": 3}[strings.ToUpper(text(ical.PropClass))])
	c.eventPriority(e)
	c.eventBusy(text("X-MICROSOFT-CDO-BUSYSTATUS"), text(ical.PropTransparency))
	it.props.set(pReminderSet, false)
	for _, a := range e.Children {
		if trigger := a.Props.Get(ical.PropTrigger); a.Name == ical.CompAlarm && trigger != nil {
			if d, ok := parseDuration(strings.Replace(trigger.Value, "+", "", 1)); ok && d <= 0 {
				it.props.set(pReminderSet, true)
				it.props.set(pReminderDelta, int32(-d/time.Minute))
			}
		}
	}
	if rule := e.Props.Get(ical.PropRecurrenceRule); rule != nil {
		return c.eventRecurrence(e, rule.Value, z)
	}
	return nil
}

// eventPriority: 1 to 4 is high, 6 to 9 low (MS-OXCICAL 2.1.3.1.1.20.17).
func (c *change) eventPriority(e *ical.Component) {
	p := e.Props.Get(ical.PropPriority)
	if p == nil {
		return
	}
	switch n, err := strconv.Atoi(p.Value); {
	case err != nil || n == 0:
	case n < 5:
		c.it.props.set(pImportance, int32(2))
	case n > 5:
		c.it.props.set(pImportance, int32(0))
	}
}

func (c *change) eventBusy(word, transparency string) {
	for i, s := range []string{"FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE"} {
		if strings.EqualFold(s, word) {
			c.it.props.set(pBusyStatus, int32(i))
			return
		}
	}
	if strings.EqualFold(transparency, "TRANSPARENT") {
		c.it.props.set(pBusyStatus, int32(0))
	}
}

// eventTimes reads start, and end or duration.
func (c *change) eventTimes(e *ical.Component, z *zone) error {
	it := c.it
	start, ok := moment(e.Props.Get(ical.PropDateTimeStart), z)
	if !ok {
		return refuse("ErrorMimeContentInvalid", "The event's start is no time.")
	}
	day := e.Props.Get(ical.PropDateTimeStart).ValueType() == ical.ValueDate || len(e.Props.Get(ical.PropDateTimeStart).Value) == 8
	end := start
	if day {
		end = start.AddDate(0, 0, 1)
	}
	if p := e.Props.Get(ical.PropDateTimeEnd); p != nil {
		if end, ok = moment(p, z); !ok {
			return refuse("ErrorMimeContentInvalid", "The event's end is no time.")
		}
	} else if p := e.Props.Get(ical.PropDuration); p != nil {
		d, err := p.Duration()
		if err != nil {
			return refuse("ErrorMimeContentInvalid", "The event's duration is none.")
		}
		end = start.Add(d)
	}
	it.props.set(pStart, filetimeOf(start))
	it.props.set(pEnd, filetimeOf(end))
	it.props.set(pAllDay, day)
	c.start, c.end = true, true
	return nil
}

// moment reads a DATE or DATE-TIME; without a zone of its own it is on the clock of z.
func moment(p *ical.Prop, z *zone) (time.Time, bool) {
	if t, err := time.Parse("20060102T150405Z", p.Value); err == nil {
		return t, t.Year() >= 1601
	}
	for _, layout := range []string{"20060102T150405", "20060102"} {
		if t, err := time.Parse(layout, p.Value); err == nil {
			return z.utc(t), t.Year() >= 1601
		}
	}
	return time.Time{}, false
}

// calendarZone is the zone of a TZID: one that is known by name, else as its VTIMEZONE describes it.
func calendarZone(cal *ical.Calendar, id string) *zone {
	if z, ok := zoneByID(id); ok {
		for windows, iana := range windowsZones {
			if iana == id && windows != id {
				z.id = windows
			}
		}
		return z
	}
	z := &zone{id: id}
	for _, c := range cal.Children {
		if c.Name != ical.CompTimezone || c.Props.Get(ical.PropTimezoneID) == nil || c.Props.Get(ical.PropTimezoneID).Value != id {
			continue
		}
		for _, sub := range c.Children {
			to, from := sub.Props.Get(ical.PropTimezoneOffsetTo), sub.Props.Get(ical.PropDateTimeStart)
			if to == nil || from == nil {
				continue
			}
			offset := parseOffset(to.Value)
			y, ok := parseYearly(sub.Props.Get(ical.PropRecurrenceRule), from.Value)
			switch {
			case sub.Name == ical.CompTimezoneStandard:
				z.standard, z.toStd = offset, y
			case ok:
				z.daylight, z.toDaylight = offset, y
			}
		}
	}
	z.hasDaylight = z.toStd.month != 0 && z.toDaylight.month != 0 && z.standard != z.daylight
	return z
}

func parseOffset(s string) int {
	if len(s) < 5 {
		return 0
	}
	h, _ := strconv.Atoi(s[1:3])
	m, _ := strconv.Atoi(s[3:5])
	if s[0] == '-' {
		return -(h*3600 + m*60)
	}
	return h*3600 + m*60
}

func parseYearly(p *ical.Prop, start string) (yearly, bool) {
	t, err := time.Parse("20060102T150405", start)
	if p == nil || err != nil {
		return yearly{}, false
	}
	rule := parseRule(p.Value)
	month, _ := strconv.Atoi(rule["BYMONTH"])
	n, days, ok := parseByDay(rule["BYDAY"])
	if !ok || month < 1 || month > 12 || n == 0 {
		return yearly{}, false
	}
	if n < 0 {
		n = 5
	}
	return yearly{month: time.Month(month), weekday: days, n: n, at: t.Sub(t.Truncate(24 * time.Hour))}, true
}
