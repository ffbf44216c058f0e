package mapi

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// calendar is the appointment as iCalendar (RFC 5545): the MIME content of appointments.
func (it *Item) calendar() []byte {
	cal := ical.NewCalendar()
	cal.Props.SetText(ical.PropVersion, "2.0")
	cal.Props.SetText(ical.PropProductID, "-//iorepl//ewstest//EN")
	cal.Props.SetText(ical.PropMethod, "PUBLISH")
	z := it.zone()
	local := it.series != nil && z.id != "UTC"
	if local {
		cal.Children = append(cal.Children, z.component(it.time(pStart)))
	}
	event := it.event(z, local)
	cal.Children = append(cal.Children, event)
	if it.series != nil {
		set(event, ical.PropRecurrenceRule, it.series.rule.rrule(z, it.time(pStart)))
		for i, t := range it.slots() {
			if len(it.series.deleted) == 0 || i > it.series.deleted[len(it.series.deleted)-1] {
				break
			}
			if it.series.isDeleted(i) {
				event.Props.Add(it.when(ical.PropExceptionDates, t, z, local))
			}
		}
		for _, x := range it.Exceptions() {
			e := x.Item.event(z, local)
			e.Props.Set(it.when(ical.PropRecurrenceID, x.OriginalStart, z, local))
			cal.Children = append(cal.Children, e)
		}
	}
	var b bytes.Buffer
	if err := ical.NewEncoder(&b).Encode(cal); err != nil {
		return nil
	}
	return b.Bytes()
}

func set(c *ical.Component, name, value string) {
	p := ical.NewProp(name)
	p.Value = value
	c.Props.Set(p)
}

// when is a property that holds a moment: a day for appointments of whole days, else in UTC or on the clock of the zone.
func (it *Item) when(name string, t time.Time, z *zone, local bool) *ical.Prop {
	p := ical.NewProp(name)
	switch {
	case it.flag(pAllDay):
		p.Params.Set(ical.ParamValue, "DATE")
		p.Value = z.wall(t).Format("20060102")
	case local:
		p.Params.Set(ical.PropTimezoneID, z.id)
		p.Value = z.wall(t).Format("20060102T150405")
	default:
		p.Value = t.UTC().Format("20060102T150405Z")
	}
	return p
}

func (it *Item) event(z *zone, local bool) *ical.Component {
	e := ical.NewComponent(ical.CompEvent)
	e.Props.SetText(ical.PropUID, it.uid())
	set(e, ical.PropDateTimeStamp, it.Modified().Format("20060102T150405Z"))
	e.Props.Set(it.when(ical.PropDateTimeStart, it.time(pStart), z, local))
	e.Props.Set(it.when(ical.PropDateTimeEnd, it.time(pEnd), z, local))
	e.Props.SetText(ical.PropSummary, it.text(pSubject))
	for name, s := range map[string]string{ical.PropLocation: it.text(pLocation), ical.PropDescription: it.textBody()} {
		if s != "" {
			e.Props.SetText(name, strings.ReplaceAll(s, "\r\n", "\n"))
		}
	}
	if s, ok := it.html(); ok {
		p := ical.NewProp("X-ALT-DESC")
		p.SetText(strings.ReplaceAll(s, "\r\n", "\n"))
		p.Params.Set(ical.ParamFormatType, "text/html")
		e.Props.Set(p)
	}
	if all, _ := it.props.get(pCategories).([]string); len(all) > 0 {
		p := ical.NewProp(ical.PropCategories)
		p.SetTextList(all)
		e.Props.Set(p)
	}
	set(e, ical.PropClass, [...]string{"PUBLIC", "PERSONAL", "PRIVATE", "CONFIDENTIAL"}[it.integer(pSensitivity)&3])
	set(e, ical.PropPriority, [...]string{"9", "5", "1", "5"}[it.integer(pImportance)&3])
	busy := it.integer(pBusyStatus)
	set(e, ical.PropTransparency, "OPAQUE")
	if busy == 0 {
		set(e, ical.PropTransparency, "TRANSPARENT")
	}
	set(e, "X-MICROSOFT-CDO-BUSYSTATUS", [...]string{"FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE"}[min(max(busy, 0), 4)])
	set(e, ical.PropSequence, strconv.Itoa(int(it.integer(numbered(setAppointment, 0x8201)))))
	if it.flag(pReminderSet) {
		a := ical.NewComponent(ical.CompAlarm)
		set(a, ical.PropAction, "DISPLAY")
		a.Props.SetText(ical.PropDescription, "REMINDER")
		set(a, ical.PropTrigger, "-PT"+strconv.Itoa(int(max(0, it.integer(pReminderDelta))))+"M")
		e.Children = append(e.Children, a)
	}
	it.people(e)
	return e
}

// people writes organizer and attendees of a meeting.
func (it *Item) people(e *ical.Component) {
	if it.integer(pMeetingState)&stateMeeting == 0 {
		return
	}
	add := func(name string, m mailbox, role string) {
		p := ical.NewProp(name)
		p.Value = "mailto:" + m.address
		p.Params.Set(ical.ParamCommonName, strings.ReplaceAll(m.name, `"`, "'"))
		if role != "" {
			p.Params.Set(ical.ParamRole, role)
		}
		e.Props.Add(p)
	}
	if m, ok := it.addressee(from); ok {
		add(ical.PropOrganizer, m, "")
	}
	for _, r := range it.recipients {
		add(ical.PropAttendee, r.mailbox, [...]string{"", "REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT", ""}[r.as])
	}
}

var icalDays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// rrule is the recurrence as RRULE.
func (r *recurrence) rrule(z *zone, start time.Time) string {
	var days []string
	for i, d := range icalDays {
		if r.days&(1<<i) != 0 {
			days = append(days, d)
		}
	}
	position := r.index
	if position == 5 {
		position = -1
	}
	byDay := ";BYDAY=" + strings.Join(days, ",")
	if position != 0 {
		byDay += ";BYSETPOS=" + strconv.Itoa(position)
	}
	// A day that a month lacks is its last: for RFC 5545 it would be none.
	byMonthDay := ";BYMONTHDAY=" + strconv.Itoa(r.day)
	if r.day > 28 {
		byMonthDay = ";BYMONTHDAY=28"
		for d := 29; d <= r.day; d++ {
			byMonthDay += "," + strconv.Itoa(d)
		}
		byMonthDay += ";BYSETPOS=-1"
	}
	var s string
	switch r.pattern {
	case "DailyRecurrence":
		s = "FREQ=DAILY"
	case "WeeklyRecurrence":
		s = "FREQ=WEEKLY" + byDay + ";WKST=" + icalDays[r.first]
	case "AbsoluteMonthlyRecurrence":
		s = "FREQ=MONTHLY" + byMonthDay
	case "RelativeMonthlyRecurrence":
		s = "FREQ=MONTHLY" + byDay
	case "AbsoluteYearlyRecurrence":
		s = "FREQ=YEARLY" + byMonthDay + ";BYMONTH=" + strconv.Itoa(r.month)
	case "RelativeYearlyRecurrence":
		s = "FREQ=YEARLY" + byDay + ";BYMONTH=" + strconv.Itoa(r.month)
	}
	if r.interval > 1 {
		s += ";INTERVAL=" + strconv.Itoa(r.interval)
	}
	if r.count > 0 {
		s += ";COUNT=" + strconv.Itoa(r.count)
	}
	if !r.end.IsZero() {
		w := z.wall(start)
		s += ";UNTIL=" + z.utc(r.end.Add(w.Sub(w.Truncate(24*time.Hour)))).Format("20060102T150405Z")
	}
	return s
}

// component is a VTIMEZONE with the rules of the year of t.
func (z *zone) component(t time.Time) *ical.Component {
	c := ical.NewComponent(ical.CompTimezone)
	set(c, ical.PropTimezoneID, z.id)
	rules := z.rules(t.Year())
	add := func(name string, from, to int, rule *yearly) {
		sub := ical.NewComponent(name)
		set(sub, ical.PropTimezoneOffsetFrom, offsetText(from))
		set(sub, ical.PropTimezoneOffsetTo, offsetText(to))
		set(sub, ical.PropDateTimeStart, "16010101T000000")
		if rule != nil {
			set(sub, ical.PropDateTimeStart, rule.in(1970).Format("20060102T150405"))
			set(sub, ical.PropRecurrenceRule, rule.rrule())
		}
		c.Children = append(c.Children, sub)
	}
	if !rules.hasDaylight {
		add(ical.CompTimezoneStandard, rules.standard, rules.standard, nil)
		return c
	}
	add(ical.CompTimezoneStandard, rules.daylight, rules.standard, &rules.toStd)
	add(ical.CompTimezoneDaylight, rules.standard, rules.daylight, &rules.toDaylight)
	return c
}

func (y yearly) rrule() string {
	if y.weekday == 0 {
		return fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=%d", y.month, y.day)
	}
	n := y.n
	if n == 5 {
		n = -1
	}
	for i, d := range icalDays {
		if y.weekday == 1<<i {
			return fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", y.month, n, d)
		}
	}
	return ""
}

func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}

// rules are the zone's offsets and changes in a year.
func (z *zone) rules(year int) *zone {
	if z.location == nil {
		return z
	}
	r := &zone{id: z.id}
	day := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	r.standard = z.offsetAt(day)
	for ; day.Year() == year; day = day.AddDate(0, 0, 1) {
		before, after := z.offsetAt(day), z.offsetAt(day.AddDate(0, 0, 1))
		if before == after {
			continue
		}
		at := day
		for z.offsetAt(at) == before {
			at = at.Add(time.Minute)
		}
		wall := at.Add(time.Duration(before) * time.Second)
		y := yearly{month: wall.Month(), weekday: 1 << wall.Weekday(), n: (wall.Day()-1)/7 + 1, at: wall.Sub(wall.Truncate(24 * time.Hour))}
		if wall.AddDate(0, 0, 7).Month() != wall.Month() {
			y.n = 5
		}
		if after > before {
			r.toDaylight, r.daylight, r.standard = y, after, before
		} else {
			r.toStd, r.daylight, r.standard = y, before, after
		}
	}
	r.hasDaylight = r.toStd.month != 0 && r.toDaylight.month != 0
	return r
}

func (z *zone) offsetAt(t time.Time) int {
	_, o := t.In(z.location).Zone()
	return o
}
