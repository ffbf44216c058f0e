package item

import (
	"slices"
	"strings"
	"time"

	"iorepl/sync"
	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/item/recur"
	"iorepl/sync/ews/item/zone"
	"iorepl/sync/ews/soap"
)

// event is an appointment, or one changed occurrence of one.
type event struct {
	base
	uid           string
	start, end    time.Time // of an all-day event: the days, at midnight in UTC
	allDay        bool
	zone, endZone zone.Zone // of an all-day event: where its days are counted
	busy          string    // LegacyFreeBusyStatus
	location      string
	reminder      int            // minutes before the start, -1 if there is none
	people        []content.Line // ORGANIZER and ATTENDEE

	rule       *recur.Rule
	deleted    []time.Time // days of deleted occurrences, on the clock of zone, at midnight in UTC
	exceptions []exception
}

// exception is a changed occurrence.
type exception struct {
	day time.Time // on which it would be, on the clock of the master's zone, at midnight in UTC
	event
}

// readEvent takes an appointment as a server gave it.
func readEvent(src Source, extra []Property) (*event, error) {
	ev := &event{}
	ev.readOne(src.Item, src.Attachments, extra)
	e := src.Item
	if r := e.Child("Recurrence"); r != nil {
		rule, err := recur.FromElement(r)
		if err != nil {
			return nil, err
		}
		ev.rule = &rule
		for _, d := range e.Child("DeletedOccurrences").All("DeletedOccurrence") {
			if t, ok := parseTime(d.Value("Start")); ok {
				ev.deleted = append(ev.deleted, ev.dayOf(t))
			}
		}
		slices.SortFunc(ev.deleted, time.Time.Compare)
	}
	originals := map[string]time.Time{}
	for _, o := range e.Child("ModifiedOccurrences").All("Occurrence") {
		originals[o.Child("ItemId").Attr("Id")] = timeAt(o, "OriginalStart")
	}
	for i, o := range src.Occurrences {
		x := exception{}
		var files []*soap.Element
		if i < len(src.OccurrenceAttachments) {
			files = src.OccurrenceAttachments[i]
		}
		x.readOne(o, files, extra)
		original := timeAt(o, "OriginalStart")
		if known := originals[o.Child("ItemId").Attr("Id")]; !known.IsZero() {
			original = known
		}
		if original.IsZero() {
			original = timeAt(o, "RecurrenceId")
		}
		if original.IsZero() || ev.rule == nil {
			continue
		}
		x.day = ev.dayOf(original)
		x.partOf(ev)
		ev.exceptions = append(ev.exceptions, x)
	}
	ev.sortExceptions()
	return ev, nil
}

// partOf takes away what an occurrence has of its master.
func (x *exception) partOf(master *event) {
	x.uid, x.class, x.people, x.more, x.components, x.properties = "", master.class, nil, nil, nil, nil
	x.files = without(x.files, master.files)
}

func (ev *event) sortExceptions() {
	slices.SortFunc(ev.exceptions, func(a, b exception) int { return a.day.Compare(b.day) })
}

// dayOf is the day of an instant on the clock of the event.
func (ev *event) dayOf(t time.Time) time.Time {
	if ev.allDay {
		return dayOf(local(t, ev.zone))
	}
	return recur.Date(t.In(ev.zone.Location()))
}

// local is what the clock of a zone shows at an instant, as if it were UTC.
func local(t time.Time, z zone.Zone) time.Time {
	_, offset := t.In(z.Location()).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// instant is the opposite of local.
func instant(clock time.Time, z zone.Zone) time.Time {
	y, m, d := clock.Date()
	return time.Date(y, m, d, clock.Hour(), clock.Minute(), clock.Second(), 0, z.Location()).UTC()
}

// readOne takes what a master and an exception have.
func (ev *event) readOne(e *soap.Element, files []*soap.Element, extra []Property) {
	all := ev.read(e, files, Appointment, extra)
	ev.uid = e.Value("UID")
	start, end := timeAt(e, "Start"), timeAt(e, "End")
	ev.allDay = boolAt(e, "IsAllDayEvent")
	ev.zone = readZone(e, all, start)
	if end.Before(start) {
		end = start
	}
	ev.start, ev.end, ev.endZone = start, end, ev.zone
	if z, ok := zone.ByName(e.Child("EndTimeZone").Attr("Id"), start); ok {
		ev.endZone = z
	}
	if ev.allDay {
		ev.start, ev.end = dayOf(local(start, ev.zone)), dayOf(local(end, ev.zone))
		ev.endZone = ev.zone
	}
	ev.busy = e.Value("LegacyFreeBusyStatus")
	ev.location = e.Value("Location")
	ev.reminder = -1
	if boolAt(e, "ReminderIsSet") {
		ev.reminder = intOf(e.Value("ReminderMinutesBeforeStart"))
	}
	ev.people = readPeople(e, all)
	ev.normalize()
}

// normalize makes equal what says the same.
func (ev *event) normalize() {
	switch ev.busy {
	case "Free", "Tentative", "OOF", "WorkingElsewhere":
	default:
		ev.busy = "Busy"
	}
	if ev.end.Before(ev.start) {
		ev.end = ev.start
	}
	if ev.allDay && !ev.end.After(ev.start) {
		ev.end = ev.start.AddDate(0, 0, 1)
	}
}

// readZone finds the time zone of an appointment: from 2010 on it is named; before, a definition or what Outlook left tells.
func readZone(e *soap.Element, all map[Property]string, at time.Time) zone.Zone {
	for _, name := range []string{e.Child("StartTimeZone").Attr("Id"), definedZone(all[zoneDefinition]),
		e.Child("MeetingTimeZone").Attr("TimeZoneName"), e.Child("StartTimeZone").Attr("Name")} {
		if z, ok := zone.ByName(name, at); ok {
			return z
		}
	}
	if d, ok := zoneByPeriods(e.Child("StartTimeZone"), at); ok {
		return d
	}
	if d, ok := zoneByChanges(e.Child("MeetingTimeZone"), at); ok {
		return d
	}
	return zone.UTC
}

// startInstant and endInstant are when the event begins and ends.
func (ev *event) startInstant() time.Time {
	if ev.allDay {
		return instant(ev.start, ev.zone)
	}
	return ev.start
}

func (ev *event) endInstant() time.Time {
	if ev.allDay {
		return instant(ev.end, ev.zone)
	}
	return ev.end
}

// clock is what the clock of the event shows at its start, as if it were UTC.
func (ev *event) clock() time.Time {
	if ev.allDay {
		return ev.start
	}
	return local(ev.start, ev.zone)
}

// payload is the event in its format.
func (ev *event) payload() sync.Payload {
	return sync.Payload{Class: ev.class, Name: ev.subject, Format: sync.ICalendar, Data: ev.encode(), Properties: ev.properties}
}

// people are ORGANIZER and ATTENDEE lines of a meeting, or those that a replica of one carries.
func readPeople(e *soap.Element, all map[Property]string) []content.Line {
	lines, _ := content.ParseExtra(all[organizerLine] + "\n" + all[attendeeLines])
	if len(lines) > 0 || !boolAt(e, "IsMeeting") {
		return lines
	}
	if o := e.Child("Organizer", "Mailbox"); o != nil {
		lines = append(lines, content.New("ORGANIZER", calendarAddress(o), "CN", o.Value("Name")))
	}
	for _, group := range []struct{ name, role, kind string }{
		{"RequiredAttendees", "REQ-PARTICIPANT", ""}, {"OptionalAttendees", "OPT-PARTICIPANT", ""}, {"Resources", "NON-PARTICIPANT", "RESOURCE"},
	} {
		for _, a := range e.Child(group.name).All("Attendee") {
			m := a.Child("Mailbox")
			lines = append(lines, content.New("ATTENDEE", calendarAddress(m), "CN", m.Value("Name"), "CUTYPE", group.kind,
				"PARTSTAT", participation[a.Value("ResponseType")], "ROLE", group.role))
		}
	}
	return lines
}

// participation is what a ResponseType means (MS-OXWSMTGS 2.2.5.2).
var participation = map[string]string{"Organizer": "ACCEPTED", "Accept": "ACCEPTED", "Tentative": "TENTATIVE", "Decline": "DECLINED",
	"NoResponseReceived": "NEEDS-ACTION", "Unknown": "NEEDS-ACTION", "": "NEEDS-ACTION"}

func calendarAddress(m *soap.Element) string {
	address := m.Value("EmailAddress")
	switch kind := m.Value("RoutingType"); {
	case address == "":
		return "invalid:nomail"
	case kind == "" || strings.EqualFold(kind, "SMTP"):
		return "mailto:" + address
	default:
		return strings.ToLower(kind) + ":" + address
	}
}
