package mapi

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

// The bits of PidLidAppointmentStateFlags (MS-OXOCAL 2.2.1.10).
const (
	stateMeeting   = 1
	stateReceived  = 2
	stateCancelled = 4
)

func writeStart(c *change, e *soap.Element) error { return c.writeTime(pStart, e) }
func writeEnd(c *change, e *soap.Element) error   { return c.writeTime(pEnd, e) }

func (c *change) writeTime(k key, e *soap.Element) error {
	t, ok := parseTime(e.Text)
	if !ok {
		return badValue(e.Name)
	}
	return c.setProperty(k, filetimeOf(t))
}

// zone is the zone in which the appointment's days and hours count.
func (it *Item) zone() *zone {
	if z, ok := it.props.get(keptKey("calendar:zone")).(*zone); ok {
		return z
	}
	return utcZone
}

// finishAppointment works out times, recurrence and what a new appointment gets.
func (c *change) finishAppointment() error {
	it := c.it
	if err := c.checkTimes(); err != nil {
		return err
	}
	if c.ruleSet && it.instance != nil {
		return refuse("ErrorInvalidPropertySet", "An occurrence has no recurrence of its own.")
	}
	switch {
	case c.ruleSet && c.rule == nil:
		it.series = nil
	case c.ruleSet && it.series != nil && it.series.rule == c.rule: // iCalendar said what is deleted, too
	case c.ruleSet:
		if it.series != nil && c.p != Grommunio && it.series.rule.same(c.rule) {
			it.series = &series{rule: c.rule, deleted: it.series.deleted, exceptions: it.series.exceptions}
		} else {
			it.series = &series{rule: c.rule}
		}
	}
	if err := c.alignSeries(); err != nil {
		return err
	}
	start, end := it.time(pStart), it.time(pEnd)
	it.props.set(pDuration, int32(end.Sub(start)/time.Minute))
	if c.creating {
		c.finishNewAppointment()
	}
	it.setState(stateMeeting, it.display(toRecipient) != nil || it.display(ccRecipient) != nil || it.display(bccRecipient) != nil)
	if (c.creating || c.start) && it.flag(pReminderSet) {
		if c.start && !c.creating || it.props.get(pReminderTime) == nil {
			it.props.set(pReminderTime, filetimeOf(start))
		}
		delta := time.Duration(it.integer(pReminderDelta)) * time.Minute
		it.props.set(pReminderSignal, filetimeOf(it.time(pReminderTime).Add(-delta)))
	}
	return nil
}

// checkTimes fills in and checks Start and End; an appointment of whole days starts and ends at midnight of its zone.
func (c *change) checkTimes() error {
	it := c.it
	if it.props.get(pStart) == nil {
		it.props.set(pStart, filetimeOf(c.now.Truncate(30*time.Minute).Add(30*time.Minute)))
	}
	if it.props.get(pEnd) == nil {
		it.props.set(pEnd, filetimeOf(it.time(pStart).Add(30*time.Minute)))
	}
	start, end := it.time(pStart), it.time(pEnd)
	if end.Before(start) {
		return refuse("ErrorCalendarEndDateIsEarlierThanStartDate", "EndDate is earlier than StartDate.")
	}
	if end.Sub(start) > 5*366*24*time.Hour {
		return refuse("ErrorCalendarDurationIsTooLong", "The duration of the calendar item is too long.")
	}
	if !it.flag(pAllDay) {
		return nil
	}
	const day = 24 * time.Hour
	z := it.zone()
	first, last := z.wall(start).Truncate(day), z.wall(end)
	if t := last.Truncate(day); t != last {
		last = t.Add(day)
	}
	if !last.After(first) {
		last = first.Add(day)
	}
	it.props.set(pStart, filetimeOf(z.utc(first)))
	it.props.set(pEnd, filetimeOf(z.utc(last)))
	return nil
}

// alignSeries makes the master's times those of the first occurrence: the recurrence says the day, Start the hour.
func (c *change) alignSeries() error {
	it := c.it
	if it.series == nil {
		return nil
	}
	z := it.zone()
	start := it.time(pStart)
	for d := range it.series.rule.dates() {
		w := z.wall(start)
		at := z.utc(d.Add(w.Sub(w.Truncate(24 * time.Hour))))
		it.props.set(pEnd, filetimeOf(at.Add(it.time(pEnd).Sub(start))))
		it.props.set(pStart, filetimeOf(at))
		return nil
	}
	return refuse("ErrorRecurrenceHasNoOccurrence", "The recurrence has no occurrences.")
}

func (c *change) finishNewAppointment() {
	it := c.it
	for k, v := range map[key]any{pBusyStatus: int32(2), numbered(setAppointment, 0x8201): int32(0), pMeetingState: int32(0), pMeetingResponse: int32(0)} {
		if it.props.get(k) == nil {
			it.props.set(k, v)
		}
	}
	if it.props.get(pMeetingID) == nil {
		id := make([]byte, 16)
		_, _ = rand.Read(id) // never fails
		it.props.set(pMeetingID, globalID(id))
	}
	if it.props.get(pFromName) == nil {
		it.setAddressee(from, c.who)
		it.setAddressee(sender, c.who)
	}
	if c.p != Grommunio && it.props.get(pReminderSet) == nil {
		it.props.set(pReminderSet, true)
	}
	if it.flag(pReminderSet) && it.props.get(pReminderDelta) == nil {
		it.props.set(pReminderDelta, int32(15))
	}
}

func (it *Item) setState(bit int32, on bool) {
	s := it.integer(pMeetingState) &^ bit
	if on {
		s |= bit
	}
	it.props.set(pMeetingState, s)
}

// goidPrefix is how every global object id begins; foreignMark how the data of one begins that holds a foreign UID (MS-OXOCAL
// 2.2.1.27).
var (
	goidPrefix  = []byte{4, 0, 0, 0, 0x82, 0, 0xE0, 0, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 8}
	foreignMark = []byte("vCal-Uid\x01\x00\x00\x00")
)

// globalID makes a global object id around data.
func globalID(data []byte) []byte {
	id := append(bytes.Clone(goidPrefix), make([]byte, 20)...)
	n := len(data)
	return append(append(id, byte(n), byte(n>>8), byte(n>>16), byte(n>>24)), data...)
}

// uid is the iCalendar UID that the global object id stands for.
func (it *Item) uid() string {
	id, _ := it.props.get(pMeetingID).([]byte)
	if len(id) > 40 && bytes.HasPrefix(id[40:], foreignMark) {
		return strings.TrimRight(string(id[40+len(foreignMark):]), "\x00")
	}
	return strings.ToUpper(hex.EncodeToString(id))
}

func (c *change) setUID(s string) {
	if id, err := hex.DecodeString(s); err == nil && bytes.HasPrefix(id, goidPrefix) {
		c.it.props.set(pMeetingID, id)
		return
	}
	c.it.props.set(pMeetingID, globalID(append(append(bytes.Clone(foreignMark), s...), 0)))
}

func readUID(r *reading) *soap.Element {
	if r.it.props.get(pMeetingID) == nil {
		return nil
	}
	return soap.T("UID", r.it.uid())
}

func writeUID(c *change, e *soap.Element) error {
	if s := strings.TrimSpace(e.Text); s != "" {
		c.setUID(s)
	}
	return nil
}

// readBusy: before 2013 there is no WorkingElsewhere.
func readBusy(r *reading) *soap.Element {
	n := r.it.integer(pBusyStatus)
	if n < 0 || int(n) >= len(busyStates) || busyStates[n] == "WorkingElsewhere" && r.p < Exchange2016 {
		return soap.T("LegacyFreeBusyStatus", "NoData")
	}
	return soap.T("LegacyFreeBusyStatus", busyStates[n])
}

func writeBusy(c *change, e *soap.Element) error {
	s := strings.TrimSpace(e.Text)
	if s == "NoData" {
		c.it.props.set(pBusyStatus, int32(-1))
		return nil
	}
	n, ok := number(busyStates, s)
	if !ok || s == "WorkingElsewhere" && c.p < Exchange2016 {
		return badValue(e.Name)
	}
	c.it.props.set(pBusyStatus, n)
	return nil
}

func readState(bit int32) func(*reading) *soap.Element {
	return func(r *reading) *soap.Element {
		return soap.T(r.field.name, strconv.FormatBool(r.it.integer(pMeetingState)&bit != 0))
	}
}

func valueState(bit int32) func(*Item) any {
	return func(it *Item) any { return it.integer(pMeetingState)&bit != 0 }
}

func readMyResponse(r *reading) *soap.Element {
	if r.it.integer(pMeetingState)&stateMeeting != 0 && r.it.integer(pMeetingState)&stateReceived == 0 {
		return soap.T("MyResponseType", "Organizer")
	}
	return soap.T("MyResponseType", "Unknown")
}

func readIsOrganizer(r *reading) *soap.Element {
	return soap.T("IsOrganizer", strconv.FormatBool(r.it.integer(pMeetingState)&stateReceived == 0))
}

// readProposal: the property says the opposite.
func readProposal(r *reading) *soap.Element {
	return soap.T("AllowNewTimeProposal", strconv.FormatBool(!r.it.flag(pNoProposal)))
}

func writeProposal(c *change, e *soap.Element) error {
	allowed, ok := parseBool(strings.TrimSpace(e.Text))
	if !ok {
		return badValue(e.Name)
	}
	c.it.props.set(pNoProposal, !allowed)
	return nil
}

// readDuration writes an xs:duration of days, hours and minutes.
func readDuration(r *reading) *soap.Element {
	d := r.it.time(pEnd).Sub(r.it.time(pStart))
	days := d / (24 * time.Hour)
	d -= days * 24 * time.Hour
	s := "P"
	if days > 0 {
		s += strconv.Itoa(int(days)) + "D"
	}
	if d > 0 || days == 0 {
		s += "T"
		if h := int(d / time.Hour); h > 0 {
			s += strconv.Itoa(h) + "H"
		}
		if m := int(d % time.Hour / time.Minute); m > 0 || d < time.Hour {
			s += strconv.Itoa(m) + "M"
		}
	}
	return soap.T("Duration", s)
}

func readWallClock(name string, k key) func(*reading) *soap.Element {
	return func(r *reading) *soap.Element {
		z := r.it.zone()
		w := z.wall(r.it.time(k))
		return soap.T(name, w.Format("2006-01-02T15:04:05")+time.Time{}.In(time.FixedZone("", z.offset(w))).Format("Z07:00"))
	}
}
