package item

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// TestDaysWithoutAZone: an all-day appointment is at midnight somewhere, even if the server does not say where.
func TestDaysWithoutAZone(t *testing.T) {
	e := func(start, end, deleted string) *soap.Element {
		return soap.T("CalendarItem", soap.T("ItemClass", "IPM.Appointment"), soap.T("Start", start), soap.T("End", end), soap.T("IsAllDayEvent", "true"),
			soap.T("Recurrence", soap.T("DailyRecurrence", soap.T("Interval", "1")), soap.T("NoEndRecurrence", soap.T("StartDate", "2026-03-02Z"))),
			soap.T("DeletedOccurrences", soap.T("DeletedOccurrence", soap.T("Start", deleted))))
	}
	for _, start := range []string{"2026-03-01T23:00:00Z", "2026-03-02T05:00:00Z", "2026-03-02T00:00:00+01:00"} {
		at, _ := parseTime(start)
		p, err := Payload(Source{Item: e(start, formatTime(at.Add(24*time.Hour)), formatTime(at.Add(48*time.Hour)))}, worlds[0].server, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"DTSTART;VALUE=DATE:20260302\r\n", "DTEND;VALUE=DATE:20260303\r\n", "EXDATE;VALUE=DATE:20260304\r\n"} {
			if !strings.Contains(string(p.Data), want) {
				t.Errorf("%s: no %q in\n%s", start, want, p.Data)
			}
		}
	}
}

// TestZonesOfServers: the zone of an appointment is found in whatever form a server says it.
func TestZonesOfServers(t *testing.T) {
	id := func(name, value string) soap.Attr { return soap.Attr{Name: name, Value: value} }
	definition := []byte{2, 1, 0, 0, 2, 0, 4, 0, 'X', 0, 'Y', 0, 'Z', 0, '!', 0}
	name := "Eastern Standard Time"
	definition = append(definition[:6], byte(len(name)), 0)
	for _, c := range []byte(name) {
		definition = append(definition, c, 0)
	}
	change := func(name, offset, month, index string) *soap.Element {
		return soap.T(name, soap.T("Offset", offset), soap.T("RelativeYearlyRecurrence", soap.T("DaysOfWeek", "Sunday"), soap.T("DayOfWeekIndex", index), soap.T("Month", month)),
			soap.T("Time", "02:00:00"))
	}
	turn := func(to, month, n string) *soap.Element {
		return soap.T("RecurringDayTransition", soap.T("To", id("Kind", "Period"), to), soap.T("TimeOffset", "PT2H"), soap.T("Month", month), soap.T("DayOfWeek", "Sunday"), soap.T("Occurrence", n))
	}
	tests := []struct {
		name string
		zone *soap.Element
		want string
	}{
		{"named", soap.T("StartTimeZone", id("Id", "Eastern Standard Time")), "America/New_York"},
		{"display name", soap.T("StartTimeZone", id("Id", "Customized"), id("Name", "Eastern Standard Time")), "America/New_York"},
		{"Outlook's definition", soap.T("ExtendedProperty", zoneDefinition.Path(), soap.T("Value", base64.StdEncoding.EncodeToString(definition))), "America/New_York"},
		{"changes", soap.T("MeetingTimeZone", id("TimeZoneName", "somewhere"), soap.T("BaseOffset", "PT300M"), change("Standard", "PT0M", "November", "First"),
			change("Daylight", "-PT60M", "March", "Second")), "America/New_York"},
		{"fixed", soap.T("MeetingTimeZone", soap.T("BaseOffset", "-PT330M")), "Asia/Calcutta"},
		{"periods", soap.T("StartTimeZone", id("Id", "Customized Time Zone"), soap.T("Periods",
			soap.T("Period", id("Bias", "PT5H"), id("Name", "Standard"), id("Id", "s")), soap.T("Period", id("Bias", "PT4H"), id("Name", "Daylight"), id("Id", "d"))),
			soap.T("TransitionsGroups", soap.T("TransitionsGroup", turn("d", "3", "2"), turn("s", "11", "1")))), "America/New_York"},
		{"one period", soap.T("StartTimeZone", soap.T("Periods", soap.T("Period", id("Bias", "-PT9H"), id("Id", "s")))), "Asia/Tokyo"},
		{"nothing", nil, "UTC"},
	}
	for _, test := range tests {
		e := soap.T("CalendarItem", soap.T("ItemClass", "IPM.Appointment"), soap.T("Start", "2026-07-04T14:00:00Z"), soap.T("End", "2026-07-04T15:00:00Z"), test.zone)
		ev, err := readEvent(Source{Item: e}, nil)
		if err != nil || ev.zone.IANA() != test.want {
			t.Errorf("%s: %q %v, want %q", test.name, ev.zone.IANA(), err, test.want)
		}
	}
	// What is written for 2007 is read again as the same zone.
	for _, want := range []string{"America/New_York", "Europe/Berlin", "Asia/Tokyo", "Australia/Sydney", "UTC"} {
		p := sync.Payload{Class: "IPM.Appointment", Format: sync.ICalendar, Data: []byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=" + want + ":20260704T100000\nEND:VEVENT\nEND:VCALENDAR")}
		writing, err := Write(p, worlds[0].server)
		if err != nil {
			t.Fatal(err)
		}
		zone := writing.Create.Child("MeetingTimeZone")
		zone.Attrs = nil
		if ev, err := readEvent(Source{Item: writing.Create}, nil); err != nil || ev.zone.Windows() != mustZone(t, want) {
			t.Errorf("%s is read as %s, %v", want, ev.zone.Windows(), err)
		}
	}
}

func mustZone(t *testing.T, name string) string {
	t.Helper()
	z, _ := newTimes(nil, nil).zone(name, now)
	return z.Windows()
}

// TestDefinedZones: times in a zone that only the file knows, on both sides of a change of its clock.
func TestDefinedZones(t *testing.T) {
	for clock, want := range map[string]string{"20260329T013000": "2026-03-29T00:30:00Z", "20260329T033000": "2026-03-29T01:30:00Z", "20260704T100000": "2026-07-04T08:00:00Z",
		"20261025T033000": "2026-10-25T02:30:00Z", "20261225T100000": "2026-12-25T09:00:00Z", "19700101T100000": "1970-01-01T09:00:00Z"} {
		data := strings.ReplaceAll(series[:strings.Index(series, "RRULE:FREQ=WEEKLY")]+"END:VEVENT\nEND:VCALENDAR\n", "20260302T090000", clock)
		data = strings.ReplaceAll(data, "20260302T103000", clock)
		ev, err := parseEvent(sync.Payload{Data: crlf(data)})
		if err != nil || formatTime(ev.start) != want {
			t.Errorf("%s is %s, %v; want %s", clock, formatTime(ev.start), err, want)
		}
	}
}

// TestWhatIsWritten: details of requests that only the server would show.
func TestWhatIsWritten(t *testing.T) {
	s := worlds[1].server
	contact, _ := Write(sampleOf(t, "contact").payload, s)
	if got := contact.Create.Value("Birthday"); got != "1980-02-29T11:59:00Z" {
		t.Errorf("a birthday is at %s, another day somewhere", got)
	}
	if got := contact.Create.Child("Body").Text; got != "knows\r\neverybody" {
		t.Errorf("body %q", got)
	}
	message, _ := Write(sampleOf(t, "message").payload, s)
	flags := 0
	for _, x := range message.Create.All("ExtendedProperty") {
		if p, _ := propertyOf(x.Child("ExtendedFieldURI")); p == messageFlags && x.Value("Value") == "1" {
			flags++
		}
	}
	if flags != 1 {
		t.Error("the message is a draft")
	}
	for _, name := range []string{"RequiredAttendees", "OptionalAttendees", "Organizer"} {
		if series, _ := Write(sampleOf(t, "series").payload, s); series.Create.Child(name) != nil {
			t.Errorf("%s makes the appointment a meeting", name)
		}
	}
	for _, w := range worlds {
		for sample, want := range map[string]string{"message": "Message", "post": "PostItem", "post form": "PostItem", "own class": "Message", "contact": "Contact", "task": "Task", "series": "CalendarItem",
			"sticky note": "Item", "journal entry": "Item"} {
			if w.server.Grommunio && want == "PostItem" {
				want = "Message"
			}
			if writing, err := Write(sampleOf(t, sample).payload, w.server); err != nil || writing.Create.Name != want {
				t.Errorf("%s: a %s is %s, %v", w.profile, sample, writing.Create.Name, err)
			}
		}
	}
}

func TestRemindersThatAreNotSetSayNothing(t *testing.T) {
	p := sampleOf(t, "post").payload
	p.Properties = map[string]string{"Common/0x8502:SystemTime": "2026-01-01T00:00:00Z", "Common/0x8503:Boolean": "false", "0x1080:Integer": "-1", "0x1090:Integer": "0"}
	for name := range Canonical(p).Properties {
		if name != "0x0E06:SystemTime" {
			t.Errorf("%s is kept", name)
		}
	}
}

// TestMessagesWithoutMIME: where a server makes no MIME of an item, it is put together of what else it says.
func TestMessagesWithoutMIME(t *testing.T) {
	box := func(name, address string) *soap.Element {
		return soap.T("Mailbox", soap.T("Name", name), soap.T("EmailAddress", address))
	}
	e := soap.T("Message", soap.T("ItemClass", "IPM.Note"), soap.T("Subject", "s"), soap.T("Body", soap.Attr{Name: "BodyType", Value: "HTML"}, "<p>x</p>"),
		soap.T("From", box("A", "a@x")), soap.T("ToRecipients", box("B", "b@x"), box("", "c@x")), soap.T("InternetMessageId", "<1@x>"),
		soap.T("Attachments", soap.T("FileAttachment", soap.T("AttachmentId", soap.Attr{Name: "Id", Value: "f1"}))))
	if ids, _ := Needs(e); len(ids) != 1 || ids[0] != "f1" {
		t.Errorf("needs %v", ids)
	}
	p, err := Payload(Source{Item: e, Attachments: []*soap.Element{soap.T("FileAttachment", soap.T("Name", "a.txt"), soap.T("ContentType", "text/plain"), soap.T("Content", []byte("hi")))}},
		worlds[0].server, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"From: A <a@x>", "To: B <b@x>, c@x", "Subject: s", "Message-ID: <1@x>", "<p>x</p>", "a.txt", "aGk="} {
		if !strings.Contains(string(p.Data), want) {
			t.Errorf("no %q in\n%s", want, p.Data)
		}
	}
	if d := diff(p, Canonical(p)); d != "" {
		t.Error(d)
	}
}

// TestListsOf2007: members are read from what every version keeps.
func TestListsOf2007(t *testing.T) {
	id := append(make([]byte, 22), 0, 0x80)
	for _, s := range []string{"Jane", "SMTP", "jane@x"} {
		for _, c := range s {
			id = append(id, byte(c), 0)
		}
		id = append(id, 0, 0)
	}
	e := soap.T("DistributionList", soap.T("ItemClass", "IPM.DistList"), soap.T("DisplayName", "Team"), soap.T("ExtendedProperty", oneOffMembers.Path(),
		soap.T("Values", soap.T("Value", base64.StdEncoding.EncodeToString(id)), soap.T("Value", "AAAA"))))
	p, err := Payload(Source{Item: e}, worlds[0].server, nil)
	if err != nil || !strings.Contains(string(p.Data), "MEMBER;X-CN=Jane:mailto:jane@x\r\n") {
		t.Errorf("%v\n%s", err, p.Data)
	}
}
