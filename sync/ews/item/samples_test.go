package item

import (
	"strings"

	"iorepl/sync"
)

// crlf writes a file as such files are written.
func crlf(s string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimPrefix(s, "\n"), "\n", "\r\n"))
}

// sample is a file that says all that items of its kind can say.
type sample struct {
	name    string
	payload sync.Payload
	notes   map[int]string // part of a note by world; "" for all
}

const wholeMessage = `
Received: from b by c; Fri, 17 Jun 2016 04:14:41 +0200
From: =?utf-8?b?TcO8bGxlciwgSsO2cmcgKFdlcmsp?= <j@example.org>
Sender: assistant@example.org
Reply-To: replies@example.org
To: Bob <bob@example.org>, "Doe, Jane" <jane@example.org>
Cc: carol@example.org
Subject: RE: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
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
X-Two: 1
X-Two: 2
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="m"

--m
Content-Type: multipart/related; boundary="r"

--r
Content-Type: multipart/alternative; boundary="a"

--a
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe
--a
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<html><head><meta http-equiv=3D"Content-Type" content=3D"text/html; charset=3Diso-8859-1"></head><body><p>Gr=FC=DFe <img src=3D"cid:pic@x"></p></body></html>
--a--
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

line
--i--
--m
Content-Type: application/octet-stream

nameless
--m--
`

const series = `
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//EN
METHOD:PUBLISH
X-WR-CALNAME:team
BEGIN:VTIMEZONE
TZID:My Berlin
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
BEGIN:VEVENT
UID:series@example.org
DTSTAMP:20260101T000000Z
SEQUENCE:3
DTSTART;TZID=My Berlin:20260302T090000
DTEND;TZID=My Berlin:20260302T103000
RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,WE;UNTIL=20260501T215959Z
EXDATE;TZID=My Berlin:20260309T090000,20260401T090000
SUMMARY:Planning\, weekly
LOCATION:Room 1
DESCRIPTION:line 1\nline 2
CATEGORIES:Red,Blue
CLASS:PRIVATE
PRIORITY:1
TRANSP:OPAQUE
STATUS:CONFIRMED
URL:https://example.org/planning
X-CUSTOM;X-P="a;b":v
ORGANIZER;CN=Ann:mailto:ann@example.org
ATTENDEE;CN=Bob;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:bob@example.org
ATTENDEE;CN=Carol;ROLE=OPT-PARTICIPANT:mailto:carol@example.org
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT1H
DESCRIPTION:x
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:series@example.org
RECURRENCE-ID;TZID=My Berlin:20260330T090000
DTSTART;TZID=My Berlin:20260330T140000
DTEND;TZID=My Berlin:20260330T150000
SUMMARY:Planning\, in the afternoon
LOCATION:Room 2
DESCRIPTION:line 1\nline 2
CATEGORIES:Red,Blue
CLASS:PRIVATE
PRIORITY:1
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
`

const allDay = `
BEGIN:VCALENDAR
VERSION:2.0
X-WR-TIMEZONE:America/New_York
BEGIN:VEVENT
UID:allday@google.com
DTSTART;VALUE=DATE:20260704
DTEND;VALUE=DATE:20260706
RRULE:FREQ=YEARLY;COUNT=5
EXDATE;VALUE=DATE:20270704
SUMMARY:Holiday
TRANSP:TRANSPARENT
X-ALT-DESC;FMTTYPE=text/html:<html><body><p>Free <b>day</b></p></body></html>
ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain;X-FILENAME=plan.txt:aGVsbG8=
END:VEVENT
END:VCALENDAR
`

const flight = `
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:flight
DTSTART;TZID=Europe/Vienna:20260704T100000
DTEND;TZID=America/New_York:20260704T140000
SUMMARY:Flight
X-MICROSOFT-CDO-BUSYSTATUS:OOF
END:VEVENT
END:VCALENDAR
`

const wholeTask = `
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VTODO
UID:task@example.org
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260302
DUE;VALUE=DATE:20260306
SUMMARY:Report
DESCRIPTION:write it
STATUS:IN-PROCESS
PERCENT-COMPLETE:25
PRIORITY:9
CATEGORIES:Work
URL:https://example.org
RRULE:FREQ=MONTHLY;BYDAY=1MO
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER;VALUE=DATE-TIME:20260302T080000Z
END:VALARM
END:VTODO
END:VCALENDAR
`

const doneTask = `
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VTODO
SUMMARY:Done
STATUS:COMPLETED
COMPLETED:20260303T101500Z
PERCENT-COMPLETE:100
END:VTODO
END:VCALENDAR
`

const sticky = `
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VJOURNAL
SUMMARY:buy milk
DESCRIPTION:buy milk\nand bread
CATEGORIES:Home
END:VJOURNAL
END:VCALENDAR
`

const wholeContact = `
BEGIN:VCARD
VERSION:3.0
UID:urn:uuid:1
N:Müller;Jörg;Q.;Dr.;jr.
FN:Dr. Jörg Q. Müller jr.
NICKNAME:Jo
ORG:Contoso;Sales
TITLE:Head of Sales
ROLE:Seller
EMAIL;TYPE=INTERNET,WORK:j@example.org
EMAIL;TYPE=INTERNET:j2@example.org
item1.EMAIL:j3@example.org
TEL;TYPE=WORK,VOICE:+49 1
TEL;TYPE=WORK:+49 2
TEL;TYPE=HOME:+49 3
TEL;TYPE=CELL:+49 4
TEL;TYPE=WORK,FAX:+49 5
TEL;TYPE=PAGER:+49 6
ADR;TYPE=WORK,PREF:PO Box 1;;Main St. 1;Berlin;BE;10115;Germany
ADR;TYPE=HOME:;;Home St. 2;Potsdam;;14467;Germany
URL;TYPE=WORK:https://example.org/j
URL;TYPE=HOME:https://example.org/~j
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
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AA=
X-SKYPE:jm
END:VCARD
`

const oldCard = `
BEGIN:VCARD
VERSION:2.1
N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg
TEL;HOME;VOICE:123
NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0A=
two
END:VCARD
`

const group = `
BEGIN:VCARD
VERSION:4.0
KIND:group
FN:Team
MEMBER;X-CN="Doe, Jane":mailto:jane@example.org
MEMBER:mailto:bob@example.org
NOTE:the team
CATEGORIES:Lists
END:VCARD
`

var samples = []sample{
	{name: "message", payload: sync.Payload{Class: "IPM.Note", Format: sync.MIME, Data: crlf(wholeMessage), Properties: map[string]string{
		"0x1090:Integer": "2", "0x1095:Integer": "6", "{00062008-0000-0000-c000-000000000046}/0x8530:String": "Follow up",
		"{00062008-0000-0000-c000-000000000046}/0x8503:Boolean": "true", "{00062008-0000-0000-c000-000000000046}/0x8502:SystemTime": "2026-12-01T09:00:00Z",
		"0x0015:SystemTime": "2027-01-01T00:00:00Z", "{00062008-0000-0000-c000-000000000046}/0x8539:StringArray": `["A","B"]`}}},
	{name: "form", payload: sync.Payload{Class: "IPM.Note.Invoice", Format: sync.MIME, Data: crlf("Subject: invoice\nDate: Fri, 17 Jun 2016 02:14:41 +0000\n\nplain\n")}},
	{name: "post", payload: sync.Payload{Class: "IPM.Post", Format: sync.MIME, Data: crlf("From: a <a@example.org>\nSubject: post\nDate: Fri, 17 Jun 2016 02:14:41 +0000\n\nplain\n")}},
	{name: "post form", payload: sync.Payload{Class: "IPM.Post.Invoice", Format: sync.MIME,
		Data: crlf("From: a <a@example.org>\nSubject: post\nDate: Fri, 17 Jun 2016 02:14:41 +0000\nContent-Type: text/html\n\n<p>rich</p>\n")}},
	{name: "own class", payload: sync.Payload{Class: "IPM.Invoice", Format: sync.MIME, Data: crlf("Subject: invoice\n\nplain\n"), Modified: now}},
	{name: "series", payload: sync.Payload{Class: "IPM.Appointment", Format: sync.ICalendar, Data: crlf(series)}},
	{name: "all day", payload: sync.Payload{Class: "IPM.Appointment.Holiday", Format: sync.ICalendar, Data: crlf(allDay)}, notes: map[int]string{3: "loses files"}},
	{name: "flight", payload: sync.Payload{Class: "IPM.Appointment", Format: sync.ICalendar, Data: crlf(flight)}, notes: map[int]string{0: "America/New_York"}},
	{name: "task", payload: sync.Payload{Class: "IPM.Task", Format: sync.ICalendar, Data: crlf(wholeTask), Properties: map[string]string{
		"{00062003-0000-0000-c000-000000000046}/0x8111:Integer": "600", "{00062008-0000-0000-c000-000000000046}/0x8535:String": "to me"}}},
	{name: "done task", payload: sync.Payload{Class: "IPM.Task.Mine", Format: sync.ICalendar, Data: crlf(doneTask)}},
	{name: "sticky note", payload: sync.Payload{Class: "IPM.StickyNote", Format: sync.ICalendar, Data: crlf(sticky), Properties: map[string]string{
		"{0006200e-0000-0000-c000-000000000046}/0x8B00:Integer": "3", "0x1080:Integer": "771"}}},
	{name: "journal entry", payload: sync.Payload{Class: "IPM.Activity", Format: sync.ICalendar, Data: crlf(sticky), Properties: map[string]string{
		"{0006200a-0000-0000-c000-000000000046}/0x8700:String": "Phone call", "{0006200a-0000-0000-c000-000000000046}/0x8706:SystemTime": "2026-03-01T10:00:00Z"}}},
	{name: "contact", payload: sync.Payload{Class: "IPM.Contact", Format: sync.VCard, Data: crlf(wholeContact), Properties: map[string]string{
		"0x3A47:String": "somebody"}}, notes: map[int]string{0: "picture", 3: "loses files"}},
	{name: "old card", payload: sync.Payload{Class: "IPM.Contact", Format: sync.VCard, Data: crlf(oldCard)}},
	{name: "list", payload: sync.Payload{Class: "IPM.DistList", Format: sync.VCard, Data: crlf(group)}, notes: map[int]string{0: "distribution list", 3: "distribution list"}},
}
