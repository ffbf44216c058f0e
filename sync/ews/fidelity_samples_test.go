package ews_test

import (
	"strings"

	"iorepl/sync"
)

// sample is an item that says all that items of its class can say. Its name is its subject.
type sample struct {
	folder, class string
	format        sync.Format
	data          string
	properties    map[string]string
}

// folders are where the samples are, with their classes.
var folders = map[string]string{"Mail": "IPF.Note", "Calendar": "IPF.Appointment", "Contacts": "IPF.Contact", "Tasks": "IPF.Task",
	"Notes": "IPF.StickyNote", "Journal": "IPF.Journal"}

// files writes lines as files have them.
func crlf(s string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimPrefix(s, "\n"), "\n", "\r\n"))
}

func calendar(kind, lines string) string {
	return "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:" + kind + "\n" + strings.TrimPrefix(lines, "\n") + "END:" + kind + "\nEND:VCALENDAR\n"
}

const (
	common = "{00062008-0000-0000-c000-000000000046}/"
	log    = "{0006200a-0000-0000-c000-000000000046}/"
	tasks  = "{00062003-0000-0000-c000-000000000046}/"
	notes  = "{0006200e-0000-0000-c000-000000000046}/"
)

const richMail = `
From: =?utf-8?b?TcO8bGxlciwgSsO2cmcgKFdlcmsp?= <j@example.org>
Sender: assistant@example.org
Reply-To: replies@example.org
To: Bob <bob@example.org>, "Doe, Jane" <jane@example.org>
Cc: carol@example.org
Subject: RE: SAMPLE
Date: Fri, 17 Jun 2016 02:14:41 +0000
Message-ID: <1@example.org>
In-Reply-To: <0@example.org>
References: <a@example.org> <0@example.org>
Thread-Topic: another topic
Thread-Index: AdG+LO3JAAAAAAAAAAAAAAAAAAAA
Importance: high
Sensitivity: private
Keywords: Red Category, =?utf-8?q?Gr=C3=BCn?=
X-Mailer: a mailer
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="m"

--m
Content-Type: multipart/related; boundary="r"

--r
Content-Type: text/html; charset=utf-8

<html><body><p>Hello <img src="cid:pic@x"></p></body></html>
--r
Content-Type: image/png; name="p.png"
Content-ID: <pic@x>
Content-Disposition: inline; filename="p.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--r--
--m
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''B%C3%BCcher.pdf
Content-Transfer-Encoding: base64

JVBERi0=
--m
Content-Type: message/rfc822

From: x@example.org
Subject: inside
Date: Fri, 17 Jun 2016 01:00:00 +0000
Content-Type: multipart/mixed; boundary="i"

--i
Content-Type: text/plain

inner
--i
Content-Type: text/x-log; name=a.log
Content-Disposition: attachment; filename=a.log

line
--i--
--m--
`

const plainMail = "From: a <a@example.org>\nSubject: SAMPLE\nDate: Fri, 17 Jun 2016 02:14:41 +0000\nContent-Type: text/plain\n\nplain\n"

const card = `
BEGIN:VCARD
VERSION:3.0
N:Müller;Jörg;Q.;Dr.;jr.
FN:SAMPLE
NICKNAME:Jo
ORG:Contoso;Sales
TITLE:Head of Sales
ROLE:Seller
EMAIL;TYPE=INTERNET,WORK:j@example.org
EMAIL;TYPE=INTERNET:j2@example.org
TEL;TYPE=WORK,VOICE:+49 1
TEL;TYPE=HOME:+49 3
TEL;TYPE=CELL:+49 4
TEL;TYPE=WORK,FAX:+49 5
ADR;TYPE=WORK,PREF:;;Main St. 1;Berlin;BE;10115;Germany
ADR;TYPE=HOME:;;Home St. 2;Potsdam;;14467;Germany
URL;TYPE=WORK:https://example.org/j
BDAY:1980-02-29
X-ANNIVERSARY:2001-05-06
X-SPOUSE:Eva
X-MANAGER:Max
X-ASSISTANT:Ina
X-OFFICE:4.12
IMPP:xmpp:j@example.org
NOTE:knows\neverybody
CATEGORIES:Friends,VIP
CLASS:CONFIDENTIAL
X-SKYPE:jm
END:VCARD
`

const berlin = `BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19810329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
`

const exceptions = `
BEGIN:VCALENDAR
VERSION:2.0
` + berlin + `BEGIN:VEVENT
UID:series@example.org
DTSTART;TZID=Europe/Berlin:20260302T090000
DTEND;TZID=Europe/Berlin:20260302T103000
RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260501T215959Z
EXDATE;TZID=Europe/Berlin:20260309T090000,20260401T090000
SUMMARY:SAMPLE
LOCATION:Room 1
DESCRIPTION:line 1\nline 2
CATEGORIES:Red,Blue
END:VEVENT
BEGIN:VEVENT
UID:series@example.org
RECURRENCE-ID;TZID=Europe/Berlin:20260330T090000
DTSTART;TZID=Europe/Berlin:20260330T140000
DTEND;TZID=Europe/Berlin:20260330T150000
SUMMARY:in the afternoon
LOCATION:Room 2
DESCRIPTION:line 1\nline 2
CATEGORIES:Red,Blue
END:VEVENT
END:VCALENDAR
`

var samples = map[string]sample{
	"post":         {"Mail", "IPM.Post", sync.MIME, plainMail, nil},
	"post invoice": {"Mail", "IPM.Post.Invoice", sync.MIME, strings.Replace(plainMail, "text/plain\n\nplain", "text/html\n\n<p>rich</p>", 1), nil},
	"note": {"Mail", "IPM.Note", sync.MIME, richMail, map[string]string{"0x1090:Integer": "2", "0x1095:Integer": "6",
		common + "0x8530:String": "Follow up", common + "0x8503:Boolean": "true", common + "0x8502:SystemTime": "2026-12-01T09:00:00Z",
		"0x0015:SystemTime": "2027-01-01T00:00:00Z", "PublicStrings/Project:String": "Apollo"}},
	"note form": {"Mail", "IPM.Note.Invoice", sync.MIME, plainMail, nil},
	"contact":   {"Contacts", "IPM.Contact", sync.VCard, card, map[string]string{"0x3A47:String": "somebody", "PublicStrings/Project:String": "Apollo"}},
	"contact with a picture": {"Contacts", "IPM.Contact.Partner", sync.VCard,
		"BEGIN:VCARD\nVERSION:3.0\nN:B;A;;;\nFN:SAMPLE\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AA=\nEND:VCARD\n", nil},
	"list": {"Contacts", "IPM.DistList", sync.VCard, "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:SAMPLE\nMEMBER;X-CN=\"Doe, Jane\":mailto:jane@example.org\n" +
		"MEMBER:mailto:bob@example.org\nNOTE:the team\nCATEGORIES:Lists\nEND:VCARD\n", nil},
	"appointment": {"Calendar", "IPM.Appointment", sync.ICalendar, calendar("VEVENT", `
UID:one@example.org
DTSTART:20260704T100000Z
DTEND:20260704T110000Z
SUMMARY:SAMPLE
LOCATION:Room 1
DESCRIPTION:line 1\nline 2
CATEGORIES:Red
CLASS:PRIVATE
PRIORITY:1
X-MICROSOFT-CDO-BUSYSTATUS:OOF
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT1H
DESCRIPTION:x
END:VALARM
`), map[string]string{"PublicStrings/Project:String": "Apollo"}},
	"all day": {"Calendar", "IPM.Appointment.Holiday", sync.ICalendar, calendar("VEVENT", `
UID:allday@example.org
DTSTART;VALUE=DATE:20260704
DTEND;VALUE=DATE:20260706
RRULE:FREQ=YEARLY;COUNT=5
EXDATE;VALUE=DATE:20270704
SUMMARY:SAMPLE
TRANSP:TRANSPARENT
`), nil},
	"zones": {"Calendar", "IPM.Appointment", sync.ICalendar, calendar("VEVENT", `
UID:flight
DTSTART;TZID=Europe/Vienna:20260704T100000
DTEND;TZID=America/New_York:20260704T140000
SUMMARY:SAMPLE
`), nil},
	"series":     {"Calendar", "IPM.Appointment", sync.ICalendar, exceptions, nil},
	"with files": {"Calendar", "IPM.Appointment", sync.ICalendar, calendar("VEVENT", "UID:f\nDTSTART:20260704T100000Z\nDTEND:20260704T110000Z\nSUMMARY:SAMPLE\nATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain;X-FILENAME=plan.txt:aGVsbG8=\n"), nil},
	"meeting": {"Calendar", "IPM.Appointment", sync.ICalendar, calendar("VEVENT", `
UID:meeting@example.org
DTSTART:20260705T100000Z
DTEND:20260705T110000Z
SUMMARY:SAMPLE
ORGANIZER;CN=Ann:mailto:ann@example.org
ATTENDEE;CN=Bob;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:bob@example.org
ATTENDEE;CN=Carol;ROLE=OPT-PARTICIPANT:mailto:carol@example.org
`), nil},
	"task": {"Tasks", "IPM.Task", sync.ICalendar, calendar("VTODO", `
UID:task@example.org
DTSTART;VALUE=DATE:20260302
DUE;VALUE=DATE:20260306
SUMMARY:SAMPLE
DESCRIPTION:write it
STATUS:IN-PROCESS
PERCENT-COMPLETE:25
PRIORITY:9
CATEGORIES:Work
RRULE:FREQ=MONTHLY;BYDAY=1MO
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER;VALUE=DATE-TIME:20260302T080000Z
END:VALARM
`), map[string]string{tasks + "0x8111:Integer": "600", common + "0x8535:String": "to me"}},
	"done task": {"Tasks", "IPM.Task.Mine", sync.ICalendar, calendar("VTODO", "SUMMARY:SAMPLE\nSTATUS:COMPLETED\nCOMPLETED:20260303T101500Z\nPERCENT-COMPLETE:100\n"), nil},
	"sticky note": {"Notes", "IPM.StickyNote", sync.ICalendar, calendar("VJOURNAL", "SUMMARY:SAMPLE\nDESCRIPTION:SAMPLE\\nand bread\nCATEGORIES:Home\n"),
		map[string]string{notes + "0x8B00:Integer": "3", "0x1080:Integer": "771"}},
	"journal entry": {"Journal", "IPM.Activity", sync.ICalendar, calendar("VJOURNAL", "SUMMARY:SAMPLE\nDESCRIPTION:we spoke\n"),
		map[string]string{log + "0x8700:String": "Phone call", log + "0x8706:SystemTime": "2026-03-01T10:00:00Z"}},
}
