package item

import (
	"strings"
	"testing"

	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// TestFilesThatAreNoItems: what no server can hold is an error that says why, never an item that is something else.
func TestFilesThatAreNoItems(t *testing.T) {
	event := func(lines string) string {
		return "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n" + lines + "\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	tests := []struct {
		class  string
		format sync.Format
		data   string
		why    string
	}{
		{"IPM.Appointment", sync.ICalendar, "", "no appointment"},
		{"IPM.Appointment", sync.ICalendar, "BEGIN:VCALENDAR\nEND:VCALENDAR", "no appointment"},
		{"IPM.Appointment", sync.ICalendar, event("SUMMARY:x"), "no start"},
		{"IPM.Appointment", sync.ICalendar, event("DTSTART:soon"), "no time"},
		{"IPM.Appointment", sync.ICalendar, event("DTSTART:15000101T000000Z"), "1500"},
		{"IPM.Appointment", sync.ICalendar, event("DTSTART:20260101T000000Z\nDURATION:long"), "duration"},
		{"IPM.Appointment", sync.ICalendar, event("DTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY"), "secondly"},
		{"IPM.Appointment", sync.ICalendar, event("DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY"), "2 recurrence rules"},
		{"IPM.Appointment", sync.ICalendar, event("DTSTART:20260101T000000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\nDTSTART:20260101T000000Z"), "2 appointments"},
		{"IPM.Appointment", sync.ICalendar, event("DTSTART:20260101T000000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nDTSTART:20260101T000000Z"), "twice"},
		{"IPM.Appointment", sync.ICalendar, event("DTSTART:20260101T000000Z\nEND:VEVENT\nBEGIN:VTODO\nSUMMARY:x\nEND:VTODO"), "VTODO"},
		{"IPM.Task", sync.ICalendar, "BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VTODO\nBEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR", "2 tasks"},
		{"IPM.StickyNote", sync.ICalendar, "BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR", "no note"},
		{"IPM.Contact", sync.VCard, "BEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD", "2 contacts"},
		{"IPM.Contact", sync.VCard, "hello", "no contact"},
		{"IPM.Contact", sync.ICalendar, "", "IPM.Contact"},
		{"IPM.Note", sync.VCard, "", "IPM.Note"},
		{"IPM.Note", sync.MIME, " \n", "empty"},
	}
	for _, test := range tests {
		p := sync.Payload{Class: test.class, Format: test.format, Data: []byte(test.data)}
		for _, w := range worlds {
			if _, err := Write(p, w.server); err == nil || !strings.Contains(err.Error(), test.why) {
				t.Errorf("%q for %s: %v, want %q", test.data, w.profile, err, test.why)
			}
		}
		if d := diff(p, Canonical(p)); d != "" && p.Format != sync.MIME {
			t.Errorf("%q: %s", test.data, d)
		}
	}
}

// TestNotesSayWhatIsNotHeld: what is left out is named.
func TestNotesSayWhatIsNotHeld(t *testing.T) {
	event := func(lines string) sync.Payload {
		return sync.Payload{Class: "IPM.Appointment", Format: sync.ICalendar,
			Data: []byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n" + lines + "\nEND:VEVENT\nEND:VCALENDAR\n")}
	}
	start := "DTSTART:20260105T100000Z\n"
	with := func(p sync.Payload, name, value string) sync.Payload {
		p.Properties = map[string]string{name: value}
		return p
	}
	tests := []struct {
		name    string
		payload sync.Payload
		note    string
	}{
		{"floating", event("DTSTART:20260105T100000"), "without a time zone"},
		{"unknown zone", event("DTSTART;TZID=Mars:20260105T100000"), `"Mars" is not known`},
		{"further dates", event(start + "RRULE:FREQ=DAILY\nRDATE:20260107T120000Z"), "RDATE"},
		{"31st", event("DTSTART:20260131T100000Z\nRRULE:FREQ=MONTHLY"), "no day 31"},
		{"beside its rule", event(start + "RRULE:FREQ=WEEKLY;BYDAY=TU"), "begins on 2026-01-06"},
		{"changed nothing", event(start + "RRULE:FREQ=WEEKLY\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260106T100000Z\n" + start), "none of the recurrence"},
		{"orphan", event("RECURRENCE-ID:20260106T100000Z\n" + start), "without the appointment"},
		{"damage", event(start + "what is this"), "1 lines"},
		{"bad property", with(event(start), "a", "b"), `"a"`},
		{"bad value", with(event(start), "0x1090:Integer", "many"), `"many"`},
		{"elsewhere", event(start + "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"), ""},
		{"four addresses", sync.Payload{Class: "IPM.Contact", Format: sync.VCard,
			Data: []byte("BEGIN:VCARD\nFN:x\nEMAIL:1@x\nEMAIL:2@x\nEMAIL:3@x\nEMAIL:4@x\nEND:VCARD")}, "4@x"},
		{"half a birthday", sync.Payload{Class: "IPM.Contact", Format: sync.VCard, Data: []byte("BEGIN:VCARD\nFN:x\nBDAY:--0203\nEND:VCARD")}, "--0203"},
		{"strange member", sync.Payload{Class: "IPM.DistList", Format: sync.VCard, Data: []byte("BEGIN:VCARD\nFN:x\nMEMBER:urn:uuid:1\nEND:VCARD")}, "urn:uuid:1"},
		{"cancelled task", sync.Payload{Class: "IPM.Task", Format: sync.ICalendar,
			Data: []byte("BEGIN:VCALENDAR\nBEGIN:VTODO\nSTATUS:CANCELLED\nEND:VTODO\nEND:VCALENDAR")}, "cancelled"},
	}
	for _, test := range tests {
		writing, err := Write(test.payload, worlds[2].server)
		if said := strings.Join(writing.Notes, "\n"); err != nil || !strings.Contains(said, test.note) || (said == "") != (test.note == "") {
			t.Errorf("%s: %q %v, want %q", test.name, said, err, test.note)
		}
		if d := diff(Canonical(test.payload), Canonical(Canonical(test.payload))); d != "" {
			t.Errorf("%s: not idempotent: %s", test.name, d)
		}
	}
	binary := with(event(start), "PublicStrings/b:Binary", "AAA=")
	if writing, err := Write(binary, worlds[3].server); err != nil || len(writing.Notes) != 1 || !strings.Contains(writing.Notes[0], "Binary") {
		t.Errorf("grommunio: %q %v", writing.Notes, err)
	}
	elsewhere := event(start + "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE")
	if writing, err := Write(elsewhere, worlds[1].server); err != nil || len(writing.Notes) != 1 {
		t.Errorf("2010: %q %v", writing.Notes, err)
	}
}

// TestAnswersThatMakeNoSense: a server may say anything.
func TestAnswersThatMakeNoSense(t *testing.T) {
	for _, class := range []string{"", "IPM.Note", "IPM.Post", "IPM.Contact", "IPM.DistList", "IPM.Appointment", "IPM.Task", "IPM.Activity"} {
		for _, e := range []*soap.Element{
			soap.T("Item", soap.T("ItemClass", class)),
			soap.T("Item", soap.T("ItemClass", class), soap.T("MimeContent", "%%%"), soap.T("Body", "x"), soap.T("Start", "never"), soap.T("End", "-1"),
				soap.T("IsAllDayEvent", "maybe"), soap.T("ExtendedProperty"), soap.T("ExtendedProperty", soap.T("ExtendedFieldURI"), soap.T("Value")),
				soap.T("StartTimeZone", soap.Attr{Name: "Id", Value: "Mars"}, soap.T("Periods", soap.T("Period"))), soap.T("MeetingTimeZone", soap.T("BaseOffset", "PT"), soap.T("Standard")),
				soap.T("EmailAddresses", soap.T("Entry", soap.Attr{Name: "Key", Value: "EmailAddress9"}, "x")), soap.T("Members", soap.T("Member"))),
		} {
			p, err := Payload(Source{Item: e, Attachments: []*soap.Element{soap.T("FileAttachment"), soap.T("ItemAttachment", soap.T("Message", soap.T("Subject")))}},
				worlds[0].server, nil)
			if err != nil {
				t.Errorf("%q: %v", class, err)
				continue
			}
			if again := Canonical(p); class != "" && class != "IPM.Note" && class != "IPM.Post" && diff(p, again) != "" {
				t.Errorf("%q: %s", class, diff(p, again))
			}
		}
	}
	if _, err := Payload(Source{}, worlds[0].server, nil); err == nil {
		t.Error("no item at all")
	}
	if _, err := Payload(Source{Item: soap.T("CalendarItem", soap.T("ItemClass", "IPM.Appointment"), soap.T("Recurrence", soap.T("LunarRecurrence")))},
		worlds[0].server, nil); err == nil {
		t.Error("a recurrence that nobody knows")
	}
}

func FuzzWrite(f *testing.F) {
	for i, s := range samples {
		f.Add(byte(i), s.payload.Data)
	}
	f.Fuzz(func(t *testing.T, n byte, data []byte) {
		p := samples[int(n)%len(samples)].payload
		p.Data = data
		for _, w := range worlds {
			writing, err := Write(p, w.server)
			if err == nil && writing.Create == nil {
				t.Error("nothing to create")
			}
		}
		once := Canonical(p)
		if d := diff(once, Canonical(once)); d != "" {
			t.Errorf("not idempotent: %s", d)
		}
	})
}
