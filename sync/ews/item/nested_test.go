package item

import (
	"strings"
	"testing"

	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// TestEditedAndDeletedOccurrencesReachEveryServer: what a user does to single occurrences is in the replica too.
func TestEditedAndDeletedOccurrencesReachEveryServer(t *testing.T) {
	set := func(uri string, value *soap.Element) *soap.Element {
		return soap.T("SetItemField", fieldURI(uri), soap.T("CalendarItem", value))
	}
	for _, from := range worlds {
		it := native(t, from, nativeSeries)
		for _, n := range []int{1, 4} {
			if err := it.DeleteOccurrence(n, now); err != nil {
				t.Fatal(err)
			}
		}
		if err := it.UpdateOccurrence(from.profile, 6, sent(t, []*soap.Element{
			set("item:Subject", soap.T("Subject", "Sixth")), set("calendar:Start", soap.T("Start", "2026-03-07T10:00:00Z")),
			set("calendar:End", soap.T("End", "2026-03-07T11:00:00Z"))}), now, who); err != nil {
			t.Fatal(err)
		}
		if err := it.UpdateOccurrence(from.profile, 8, sent(t, []*soap.Element{
			set("calendar:Location", soap.T("Location", "Elsewhere"))}), now, who); err != nil {
			t.Fatal(err)
		}
		origin := from.read(t, it)
		for _, want := range []string{"EXDATE:20260302T080000Z", "EXDATE:20260305T080000Z", "RECURRENCE-ID:20260307T080000Z", "DTSTART:20260307T100000Z", "SUMMARY:Sixth",
			"RECURRENCE-ID:20260309T080000Z", "LOCATION:Elsewhere"} {
			if !strings.Contains(string(origin.Data), want+"\r\n") {
				t.Errorf("%s: no %s in\n%s", from.profile, want, origin.Data)
			}
		}
		for _, to := range worlds {
			replica, writing, err := to.through(t, origin)
			if d := diff(origin, replica); d != "" || err != nil || len(writing.Notes) > 0 {
				t.Errorf("%s to %s: %v %q %s", from.profile, to.profile, err, writing.Notes, d)
			}
			if len(writing.Deleted) != 2 || len(writing.Modified) != 2 || len(writing.Modified[1].Updates) != 1 {
				t.Errorf("%s to %s: %d deleted, %+v", from.profile, to.profile, len(writing.Deleted), writing.Modified)
			}
		}
	}
}

// TestFilesOfOccurrences: an occurrence has the files of its series, and in a file only those that are its own.
func TestFilesOfOccurrences(t *testing.T) {
	attach := "ATTACH;VALUE=BINARY;ENCODING=BASE64;X-FILENAME=%.bin:AAEC\n"
	data := "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260105T100000Z\nRRULE:FREQ=DAILY\n" + strings.ReplaceAll(attach, "%", "all") +
		"END:VEVENT\nBEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260106T100000Z\nDTSTART:20260106T110000Z\n" + strings.ReplaceAll(attach, "%", "all") +
		strings.ReplaceAll(attach, "%", "one") + "END:VEVENT\nEND:VCALENDAR\n"
	p := sync.Payload{Class: "IPM.Appointment", Format: sync.ICalendar, Data: []byte(data)}
	writing, err := Write(p, worlds[2].server)
	if err != nil || len(writing.Attachments) != 1 || len(writing.Modified) != 1 || len(writing.Modified[0].Attachments) != 1 ||
		writing.Modified[0].Attachments[0].Value("Name") != "one.bin" {
		t.Errorf("%+v %v", writing, err)
	}
	if c := string(Canonical(p).Data); strings.Count(c, "all.bin") != 1 || strings.Count(c, "one.bin") != 1 {
		t.Errorf("%s", c)
	}
}

const withFiles = `
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:files
DTSTART:20260704T100000Z
DTEND:20260704T110000Z
SUMMARY:Files
ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=image/png;X-FILENAME=b.png;X-CONTENT-ID=b@x;X-INLINE=TRUE:iVBORw0KGgo=
ATTACH;VALUE=BINARY;ENCODING=BASE64;X-FILENAME=a.bin:AAEC
ATTACH:https://example.org/elsewhere
END:VEVENT
END:VCALENDAR
`

// TestAttachedItems: files keep their order and what is said of them, attached items are items again.
func TestAttachedItems(t *testing.T) {
	message := sampleOf(t, "message").payload
	contact := Canonical(sampleOf(t, "old card").payload)
	p := sync.Payload{Class: "IPM.Appointment", Format: sync.ICalendar, Data: crlf(withFiles)}
	ev, err := parseEvent(p)
	if err != nil {
		t.Fatal(err)
	}
	ev.files = append(ev.files,
		file{name: "a mail", kind: "message/rfc822", class: "IPM.Note", data: Canonical(message).Data},
		file{name: "a card", kind: "text/vcard", class: "IPM.Contact", data: contact.Data})
	p = ev.payload()
	for i, w := range worlds {
		got, writing, err := w.through(t, p)
		if w.server.Grommunio {
			if len(writing.Notes) != 4 || err != nil {
				t.Errorf("grommunio: %q %v", writing.Notes, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", w.profile, err)
			continue
		}
		want := Canonical(p)
		if i == 0 { // 2007 knows no inline files
			if len(writing.Notes) != 1 {
				t.Errorf("%s: %q", w.profile, writing.Notes)
			}
			ev.files[0].inline = false
			want = Canonical(ev.payload())
		}
		if d := diff(want, got); d != "" {
			t.Errorf("%s: %s", w.profile, d)
		}
	}
}

const meetingRequest = `
From: a@example.org
To: b@example.org
Subject: Meet
Date: Fri, 17 Jun 2016 02:14:41 +0000
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

Meet
--b
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
METHOD:REQUEST
END:VCALENDAR
--b--
`

// TestMeetingMessagesTravelAsMessages: a request keeps its class and its text; it makes no meeting.
func TestMeetingMessagesTravelAsMessages(t *testing.T) {
	for _, class := range []string{"IPM.Schedule.Meeting.Request", "IPM.Schedule.Meeting.Resp.Pos", "REPORT.IPM.Note.NDR"} {
		p := sync.Payload{Class: class, Format: sync.MIME, Data: crlf(meetingRequest)}
		for _, w := range worlds {
			got, writing, err := w.through(t, p)
			if d := diff(Canonical(p), got); d != "" || err != nil || len(writing.Notes) > 0 {
				t.Errorf("%s, %s: %v %q %s", w.profile, class, err, writing.Notes, d)
			}
		}
	}
}
