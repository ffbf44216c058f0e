package item

import (
	"fmt"
	"strconv"
	"strings"

	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/soap"
)

// peopleOrder is the order of a meeting's people in a file.
var peopleOrder = map[string]int{"ORGANIZER": 0, "ATTENDEE": 1}

// write is what makes the appointment on a server.
func (ev *event) write(s soap.Server) (Writing, error) {
	f, notes := ev.fields(s)
	w := Writing{Create: f.create("CalendarItem"), Notes: notes}
	var more []string
	w.Attachments, more = attachments(ev.files, s)
	w.Notes = append(w.Notes, more...)
	if ev.rule == nil {
		return w, nil
	}
	for _, day := range ev.deleted {
		if n, ok := ev.rule.Index(day); ok {
			w.Deleted = append(w.Deleted, n)
		}
	}
	for i := range ev.exceptions {
		x := &ev.exceptions[i]
		n, ok := ev.rule.Index(x.day)
		if !ok {
			continue
		}
		change := OccurrenceChange{Index: n}
		plain := ev.occurrence(x)
		is, notes := x.fields(s)
		was, _ := plain.fields(s)
		change.Updates, _ = is.changes(was, "CalendarItem")
		change.Attachments, more = attachments(x.files, s)
		w.Notes = append(w.Notes, append(notes, more...)...)
		w.Modified = append(w.Modified, change)
	}
	return w, nil
}

// occurrence is what the occurrence of an exception is while nobody has changed it.
func (ev *event) occurrence(x *exception) *event {
	o := *ev
	o.base.properties, o.more, o.components, o.notes = nil, nil, nil, nil
	o.rule, o.people, o.uid = nil, nil, ""
	length := ev.end.Sub(ev.start)
	if ev.allDay {
		o.start = x.day
	} else {
		o.start = instant(x.day.Add(sinceMidnight(ev.clock())), ev.zone)
	}
	o.end = o.start.Add(length)
	return &o
}

// fields are what a server has of the appointment itself.
func (ev *event) fields(s soap.Server) (f fields, notes []string) {
	f, notes = ev.base.fields(s)
	if ev.uid != "" {
		f = append(f, field{path: fieldURI("calendar:UID"), value: soap.T("UID", ev.uid), once: true})
	}
	f.put("calendar:Start", soap.T("Start", formatTime(ev.startInstant())))
	f.put("calendar:End", soap.T("End", formatTime(ev.endInstant())))
	f.put("calendar:IsAllDayEvent", soap.T("IsAllDayEvent", strconv.FormatBool(ev.allDay)))
	busy := ev.busy
	if busy == "WorkingElsewhere" && s.Version < soap.Exchange2013 {
		busy = "Free"
		notes = append(notes, "it says \"working elsewhere\", which that version does not know; it becomes free")
	}
	f.put("calendar:LegacyFreeBusyStatus", soap.T("LegacyFreeBusyStatus", busy))
	f.text("calendar:Location", "Location", ev.location)
	f.put("item:ReminderIsSet", soap.T("ReminderIsSet", strconv.FormatBool(ev.reminder >= 0)))
	if ev.reminder >= 0 {
		f.put("item:ReminderMinutesBeforeStart", soap.T("ReminderMinutesBeforeStart", strconv.Itoa(ev.reminder)))
	}
	notes = append(notes, ev.putZones(&f, s)...)
	if ev.rule != nil {
		rule := *ev.rule
		f.put("calendar:Recurrence", rule.Element(s.Version))
	}
	ev.putPeople(&f)
	return f, notes
}

func (ev *event) putZones(f *fields, s soap.Server) (notes []string) {
	if s.Version < soap.Exchange2010 {
		f.put("calendar:MeetingTimeZone", meetingTimeZone(ev.zone, local(ev.startInstant(), ev.zone).Year()))
		if ev.endZone.IANA() != ev.zone.IANA() {
			notes = append(notes, fmt.Sprintf("its end is shown in the time zone of its start, not in %s", ev.endZone.IANA()))
		}
		return notes
	}
	f.put("calendar:StartTimeZone", soap.T("StartTimeZone", soap.Attr{Name: "Id", Value: ev.zone.Windows()}))
	f.put("calendar:EndTimeZone", soap.T("EndTimeZone", soap.Attr{Name: "Id", Value: ev.endZone.Windows()}))
	return nil
}

// putPeople writes a meeting's people as text: a replica that had them as attendees would be a meeting of its own.
func (ev *event) putPeople(f *fields) {
	var organizer, attendees []content.Line
	var to, cc []string
	for _, l := range ev.people {
		name := l.Param("CN")
		if name == "" {
			name = strings.TrimPrefix(strings.ToLower(l.Value), "mailto:")
		}
		switch {
		case l.Name == "ORGANIZER":
			organizer = append(organizer, l)
			continue
		case l.Has("ROLE", "OPT-PARTICIPANT"):
			cc = append(cc, name)
		case !l.Has("CUTYPE", "RESOURCE") && !l.Has("CUTYPE", "ROOM"):
			to = append(to, name)
		}
		attendees = append(attendees, l)
	}
	f.putProperty(organizerLine, content.Extra(organizer, nil))
	f.putProperty(attendeeLines, content.Extra(attendees, nil))
	// What Outlook shows as attendees (PidLidToAttendeesString, PidLidCcAttendeesString).
	f.putProperty(Property{set: setAppointment, id: 0x823B, kind: "String"}, strings.Join(to, "; "))
	f.putProperty(Property{set: setAppointment, id: 0x823C, kind: "String"}, strings.Join(cc, "; "))
}
