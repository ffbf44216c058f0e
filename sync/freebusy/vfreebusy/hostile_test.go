package vfreebusy

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	xunicode "golang.org/x/text/encoding/unicode"

	"iorepl/plan/freebusy"
	"iorepl/sync"
)

// published is a file with lines in its VFREEBUSY: the first of them is line 4.
func published(in ...string) string {
	return lines("BEGIN:VCALENDAR", "METHOD:PUBLISH", "BEGIN:VFREEBUSY") + lines(in...) + lines("END:VFREEBUSY", "END:VCALENDAR")
}

// ranged is one for November 2026: the first of the lines is line 6.
func ranged(in ...string) string {
	return published(append([]string{"DTSTART:20261101T000000Z", "DTEND:20261201T000000Z"}, in...)...)
}

func TestWhatCannotBeTrustedIsRefused(t *testing.T) {
	good := ranged("FREEBUSY:20261102T080000Z/PT1H")
	if _, _, err := Read([]byte(good)); err != nil {
		t.Fatal(err)
	}
	method := func(m string) string { return strings.Replace(good, "METHOD:PUBLISH", "METHOD:"+m, 1) }
	again := strings.Replace(good, "END:VCALENDAR\r\n", "BEGIN:VFREEBUSY\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n", 1)
	for _, c := range []struct{ file, want string }{
		{"", "the file is empty"},
		{"\xef\xbb\xbf \r\n\r\n", "the file is empty"},
		{"<html>", `line 1: "<html>" is where BEGIN:VCALENDAR should be`},
		{"\n\nBEGIN:VFREEBUSY\n", `line 3: "BEGIN:VFREEBUSY" is where BEGIN:VCALENDAR should be`},
		{good + "BEGIN:VFREEBUSY", `line 9: "BEGIN:VFREEBUSY" is where`},
		{lines("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR"), "there is no VFREEBUSY in it"},
		{lines("BEGIN:VCALENDAR", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTODO", "END:VTODO", "END:VCALENDAR"),
			"holds VEVENT instead of VFREEBUSY; publish free/busy, not the calendar itself"},
		{again, "line 8: there is a VFREEBUSY already, in line 3; a file is to hold one, of one user"},
		{good + good, "line 11: there is a VFREEBUSY already, in line 3"},
		{strings.TrimSuffix(good, "END:VCALENDAR\r\n"), "ends too early: END:VCALENDAR is missing"},
		{good[:strings.Index(good, "END:VF")], "ends too early: END:VFREEBUSY is missing"},
		{good[:strings.Index(good, "FREEBUSY:2026")+20], "ends too early"},
		{strings.Replace(good, "END:VFREEBUSY", "END:VEVENT", 1), "line 7: END:VEVENT, but it is VFREEBUSY that has to end"},
		{lines("BEGIN:VCALENDAR", strings.Repeat("BEGIN:X\r\n", 20)), "line 9: X lies in too many other components"},
		{method("REQUEST"), "asks for free/busy (METHOD:REQUEST) and does not tell it"},
		{method("request "), "asks for free/busy"},
		{method("CANCEL"), "METHOD:CANCEL"},
		{ranged("REQUEST-STATUS:3.7;Invalid Calendar User;ATTENDEE:mailto:x@contoso.example"), `line 6: the file says that free/busy could not be told: "3.7;Invalid`},
		{ranged("FREEBUSY:20261102T080000Z/PT1H,", "20261103T080000Z/PT1H"), `line 7: "20261103T080000Z/PT1H" is not a line of iCalendar`},
		{ranged("FREEBUSY;X=\"a:20261102T080000Z/PT1H"), `line 6: "FREEBUSY;X=\"a:20261102T080000Z/PT1H" is not a line`},
		{ranged("FREEBUSY:20261102T080000Z"), `line 6: "20261102T080000Z" is not a period`},
		{ranged("FREEBUSY:20261102T080000Z/"), `line 6: "" is not a time`},
		{ranged("FREEBUSY:20261102T080000Z/20261102T083000Z/PT1H"), `is not a time`},
		{ranged("FREEBUSY:20261102T080000Z/PT1H", " ,20261131T080000Z/PT1H"), `line 6: "20261131T080000Z" is not a time`},
		{ranged("X:1", "FREEBUSY:20261102T080000Z/20261102T070000Z"), `line 7: "20261102T080000Z/20261102T070000Z" ends before it starts`},
		{ranged("FREEBUSY:20261102T080000/PT1H"), `line 6: "20261102T080000" is not in UTC, and no time zone is given`},
		{ranged("FREEBUSY;TZID=Nowhere/Atlantis:20261102T080000/PT1H"), `line 6: the time zone "Nowhere/Atlantis" is not known`},
		{ranged("FREEBUSY;TZID=" + strings.Repeat("a/", 1<<20) + "Europe/Berlin:20261102T080000/PT1H"), `line 6: the time zone "a/a/`},
		{ranged("FREEBUSY:20261102/20261103"), `line 6: "20261102" is not a time`},
		{ranged("FREEBUSY:00010101T000000Z/PT1H"), `line 6: "00010101T000000Z" is not between the years 1601 and 4500`},
		{ranged("FREEBUSY:20261102T080000Z/45010101T000001Z"), `is not between the years`},
		{ranged("DTSTART:20261102T000000Z"), "line 6: DTSTART is there already, in line 4"},
		{ranged(stampName+":a", stampName+":b"), "line 7: X-IOREPL-STAMP is there already, in line 6"},
		{published("DTSTART:20261101T000000Z"), "for what time it is published is not said"},
		{published("DTEND:20261101T000000Z"), "for what time it is published is not said"},
		{published("FREEBUSY;FBTYPE=FREE:20261102T080000Z/PT1H"), "for what time it is published is not said"},
		{published("DTSTART:20261101T000000Z", "DTEND:20261101T000000Z"), "for no time at all"},
		{published("DTSTART:20261101T000000Z", "DTEND:20261031T000000Z"), "ends at 2026-10-31T00:00Z, before it starts at 2026-11-01T00:00Z"},
		{published("DTSTART:16010101T000000Z", "DTEND:20261031T000000Z"), "for more than a hundred years"},
		{published("DTSTART:45000101T000000Z", "DURATION:P1000D"), "behind the year 4500"},
		{published("DTSTART:20261101T000000Z", "DURATION:1D"), `line 5: "1D" is not a duration`},
		{published("DTSTART:tomorrow", "DTEND:20261031T000000Z"), `line 4: "TOMORROW" is not a time`},
		{published("DTSTART:20261101T000000", "DTEND:20261231T000000Z"), `line 4: "20261101T000000" is not in UTC`},
		{ranged("NO\x1b[31m LINE"), "line 6: \"NO\uFFFD[31m LINE\" is not a line"},
	} {
		f, notes, err := Read([]byte(c.file))
		if !sync.IsRefused(err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
		if !f.Times.Equal(freebusy.Times{}) || f.Address != "" || notes != nil {
			t.Errorf("%s: but there is %+v with notes %q", c.want, f, notes)
		}
	}
}

func TestDurations(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"PT1H": time.Hour, "+PT90M": 90 * time.Minute, "P1D": 24 * time.Hour, "P2W": 14 * 24 * time.Hour, "P1DT2H3M4S": 26*time.Hour + 3*time.Minute + 4*time.Second,
		"PT0S": 0, "PT36H": 36 * time.Hour, "PT1H30S": time.Hour + 30*time.Second, "P36525D": longest,
	} {
		if got, ok := duration(value); !ok || got != want {
			t.Errorf("%s is %s, want %s", value, got, want)
		}
	}
	for _, value := range []string{"", "P", "PT", "-PT1H", "+", "PT1", "P1", "P1H", "PT1D", "PT1M1H", "PT1H1H", "PTH", "PT1H2", "PT1.5H", "P1DT", "P36526D",
		"P99999999999999999D", "PT9999999999S", "P5000WT0S9", "1H", "PT1H ", "PTT1H", "P1Y", "P36525DT1S"} {
		if got, ok := duration(value); ok {
			t.Errorf("%q is %s", value, got)
		}
	}
}

func TestARangeThatIsNotSaidIsThatOfThePeriods(t *testing.T) {
	periods := "FREEBUSY:20261102T080000Z/PT1H,20261105T080000Z/PT1H"
	first, last := minute(2026, 11, 2, 8, 0), minute(2026, 11, 5, 9, 0)
	start, end := minute(2026, 11, 1, 0, 0), minute(2026, 12, 1, 0, 0)
	for _, c := range []struct {
		file       string
		start, end freebusy.Minute
		notes      int
	}{
		{published(periods), first, last, 2},
		{published(periods, "DTSTART:20261101T000000Z"), start, last, 1},
		{published(periods, "DTEND:20261201T000000Z"), first, end, 1},
		{published(periods, "DTSTART:20261101T000000Z", "DURATION:P30D"), start, end, 0},
		{published(periods, "DURATION:P30D"), first, last, 2},
	} {
		got, notes, err := Read([]byte(c.file))
		if err != nil || got.Times.Start != c.start || got.Times.End != c.end || len(notes) != c.notes {
			t.Errorf("%s to %s, notes %q, error %v, want %s to %s of\n%s", got.Times.Start, got.Times.End, notes, err, c.start, c.end, c.file)
		}
	}
}

func TestWhoItIs(t *testing.T) {
	for want, in := range map[string][]string{
		"a@contoso.example":   {"ORGANIZER:mailto:a@contoso.example", "ATTENDEE:mailto:b@contoso.example"},
		"b@contoso.example":   {"ATTENDEE:mailto:b@contoso.example"},
		"c%d@contoso.example": {"ORGANIZER:MailTo:c%25d@contoso.example?subject=x"},
		"e%f@contoso.example": {"ORGANIZER:mailto:e%f@contoso.example"},
		"g@contoso.example":   {"ORGANIZER;EMAIL=g@contoso.example:urn:uuid:1"},
		"":                    {"ATTENDEE:mailto:b@contoso.example", "ATTENDEE:mailto:c@contoso.example"},
	} {
		if got, _, err := Read([]byte(ranged(in...))); err != nil || got.Address != want {
			t.Errorf("%q, %v, want %q", got.Address, err, want)
		}
	}
	reply := strings.Replace(ranged("ORGANIZER:mailto:asker@contoso.example"), "PUBLISH", "REPLY", 1)
	if got, _, err := Read([]byte(reply)); err != nil || got.Address != "" {
		t.Errorf("an answer is that of %q, who asked, %v", got.Address, err)
	}
	for _, uri := range []string{"", "mailto:", "mailto:a", "mailto:a@", "mailto:@b", "mailto:a b@c", "mailto:a%20b@c", "mailto:a@b%0Ac", "mailto:%ff@b", "x:a@y:b", "http://a@b/c"} {
		if got, notes, err := Read([]byte(ranged("ORGANIZER:" + uri))); err != nil || got.Address != "" || len(notes) != 1 {
			t.Errorf("%q is %q, notes %q, %v", uri, got.Address, notes, err)
		}
	}
}

func TestTextInOtherForms(t *testing.T) {
	file := ranged("FREEBUSY:20261102T080000Z/PT1H,20261103T0", " 80000Z/PT1H", "ORGANIZER;CN=J\u00f6rg:mailto:j@contoso.example")
	wide, err := xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM).NewEncoder().String(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]string{
		"LF": strings.ReplaceAll(file, "\r\n", "\n"), "CR": strings.ReplaceAll(file, "\r\n", "\r"), "CRCRLF": strings.ReplaceAll(file, "\r\n", "\r\r\n"),
		"UTF-16": wide, "Windows-1252": strings.ReplaceAll(file, "\u00f6", "\xf6"), "without the last line end": strings.TrimSpace(file),
		"blank lines": strings.ReplaceAll(file, "ORGANIZER", "\r\n\r\nORGANIZER"),
	} {
		got, notes, err := Read([]byte(f))
		if err != nil || len(notes) > 0 || got.Display != "J\u00f6rg" || len(got.Times.Of[freebusy.Busy]) != 2 {
			t.Errorf("%s: %+v, notes %q, error %v", name, got, notes, err)
		}
	}
}

func TestNotesAndZonesAreFew(t *testing.T) {
	var many []string
	for n := range 10_000 {
		many = append(many, fmt.Sprintf("FREEBUSY;FBTYPE=X-%d:20261102T080000Z/PT1H", n))
	}
	_, notes, err := Read([]byte(ranged(many...)))
	if err != nil || len(notes) != freebusy.MaxNotes+1 || notes[freebusy.MaxNotes] != fmt.Sprintf("and %d more of the kind", 10_000-freebusy.MaxNotes) {
		t.Errorf("%q, %v", notes, err)
	}
	many = nil
	for n := range maxZones + 1 {
		many = append(many, fmt.Sprintf("FREEBUSY;TZID=/x%d/Europe/Berlin:20261102T080000/PT1H", n))
	}
	if _, _, err := Read([]byte(ranged(many[1:]...))); err != nil {
		t.Error(err)
	}
	if _, _, err := Read([]byte(ranged(many...))); !sync.IsRefused(err) {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(ranged("FREEBUSY:20261102T080000Z/PT1H,20261103T080000Z/20261103T090000Z", stampName+`:1\;a`)))
	f.Add([]byte(ranged("FREEBUSY;FBTYPE=BUSY-TENTATIVE;TZID=Europe/Berlin:20261025T023000/P1DT2H", "ORGANIZER;CN=\"a, b\":mailto:a%25@b.example")))
	f.Add([]byte(published("DTSTART;VALUE=DATE:20261101", "DURATION:P30D", "ATTENDEE:mailto:a@b", "REQUEST-STATUS:2.0;Success", "DTSTAMP:20261101T000000Z")))
	f.Add([]byte(strings.Replace(ranged("FREEBUSY;FBTYPE=X-OUT-OF-OFFICE:20261102T080000Z/", "\tPT1H"), "PUBLISH", "REPLY", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, notes, err := Read(data)
		if err != nil {
			text := err.Error()
			if !sync.IsRefused(err) || !utf8.ValidString(text) || len(text) > 400 || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("the error is of another kind: %q", text)
			}
			return
		}
		if err := got.Times.Check(); err != nil {
			t.Error(err)
		}
		if len(notes) > freebusy.MaxNotes+1 || strings.ContainsFunc(strings.Join(notes, ""), unicode.IsControl) {
			t.Errorf("%q", notes)
		}
		if got.Address == "" {
			got.Display = "" // is not written alone
		}
		roundTrip(t, got)
	})
}
