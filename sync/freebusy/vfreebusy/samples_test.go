package vfreebusy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan/freebusy"
)

// The samples are made by hand after what programs are known to write.
func TestFilesOfOtherPrograms(t *testing.T) {
	nov, feb := minute(2026, 11, 1, 0, 0), minute(2027, 2, 1, 0, 0)
	for name, c := range map[string]struct {
		file  string
		want  File
		notes []string
	}{
		// Outlook says busy and out of the office alike, without FBTYPE, and folds with tabs.
		"Outlook": {lines("BEGIN:VCALENDAR", "PRODID:-//Microsoft Corporation//Outlook 11.0 MIMEDIR//EN", "VERSION:2.0", "METHOD:PUBLISH",
			"BEGIN:VFREEBUSY", "ORGANIZER:MAILTO:anna.berg@contoso.example", "DTSTAMP:20261031T220000Z", "DTSTART:20261101T000000Z",
			"DTEND:20270201T000000Z", "URL:file://server/freebusy/anna.berg.vfb",
			"FREEBUSY:20261103T090000Z/20261103T103000Z,20261130T220000Z/20261201T0200", "\t00Z,20261231T200000Z/PT10H",
			"END:VFREEBUSY", "END:VCALENDAR"),
			File{Address: "anna.berg@contoso.example", Published: nov - 120, Times: freebusy.Times{Start: nov, End: feb,
				Of: [freebusy.Kinds][]freebusy.Interval{{interval(nov+3420, nov+3510),
					interval(minute(2026, 11, 30, 22, 0), minute(2026, 12, 1, 2, 0)), interval(minute(2026, 12, 31, 20, 0), minute(2027, 1, 1, 6, 0))}}}}, nil},
		// Exchange answers CalDAV gateways with all kinds, and says what is free as well.
		"gateway to Exchange": {lines("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//gateway//EN", "METHOD:REPLY", "BEGIN:VFREEBUSY",
			"UID:4711", "DTSTAMP:20261101T000000Z", "ORGANIZER:mailto:asker@fabrikam.example",
			`ATTENDEE;CN="Berg, Anna";PARTSTAT=ACCEPTED:mailto:anna.berg@contoso.example`, "REQUEST-STATUS:2.0;Success",
			"DTSTART:20261101T000000Z", "DTEND:20261201T000000Z",
			"FREEBUSY;FBTYPE=FREE:20261101T000000Z/20261102T080000Z", "FREEBUSY;FBTYPE=BUSY:20261102T080000Z/20261102T083000Z",
			"FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261102T083000Z/20261102T090000Z",
			"FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261102T090000Z/20261102T093000Z", "END:VFREEBUSY", "END:VCALENDAR"),
			File{Address: "anna.berg@contoso.example", Display: "Berg, Anna", Published: nov, Times: freebusy.Times{Start: nov, End: minute(2026, 12, 1, 0, 0),
				Of: [freebusy.Kinds][]freebusy.Interval{{interval(nov+1920, nov+1950)}, {interval(nov+1950, nov+1980)}, {interval(nov+1980, nov+2010)}}}}, nil},
		// Google ends lines with LF, and has periods that touch, overlap and go beyond the range.
		"Google": {strings.ReplaceAll(lines("BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0",
			"CALSCALE:GREGORIAN", "METHOD:PUBLISH", "X-WR-CALNAME:anna.berg@contoso.example", "X-WR-TIMEZONE:Europe/Berlin", "BEGIN:VFREEBUSY",
			"DTSTART:20261101T000000Z", "DTEND:20261101T120000Z", "DTSTAMP:20261101T000000Z", "UID:x@google.com",
			"ORGANIZER;CN=anna.berg@contoso.example:mailto:anna.berg@contoso.example",
			"FREEBUSY:20261101T080000Z/20261101T090000Z", "FREEBUSY:20261101T090000Z/20261101T100000Z", "FREEBUSY:20261101T093000Z/20261101T101500Z",
			"FREEBUSY:20261031T230000Z/20261101T003000Z", "FREEBUSY:20261105T230000Z/20261106T003000Z", "END:VFREEBUSY", "END:VCALENDAR"), "\r\n", "\n"),
			File{Address: "anna.berg@contoso.example", Display: "anna.berg@contoso.example", Published: nov,
				Times: freebusy.Times{Start: nov, End: nov + 720, Of: [freebusy.Kinds][]freebusy.Interval{{interval(nov, nov+30), interval(nov+480, nov+615)}}}}, nil},
		// Kolab has a type of its own for out of the office, an organizer without a scheme, and nobody busy is one empty line.
		"Kolab": {lines("BEGIN:VCALENDAR", "PRODID:-//kolab.org//NONSGML Kolab Server 2//EN", "METHOD:PUBLISH", "BEGIN:VFREEBUSY",
			"ORGANIZER:anna.berg@contoso.example", "DTSTAMP:20261101T000000Z", "DTSTART:20261101T000000Z", "DTEND:20261201T000000Z",
			"FREEBUSY;FBTYPE=X-OUT-OF-OFFICE:20261102T080000Z/P1D", "FREEBUSY:", "COMMENT:This is a dummy vfreebusy", "END:VFREEBUSY", "END:VCALENDAR"),
			File{Address: "anna.berg@contoso.example", Published: nov, Times: freebusy.Times{Start: nov, End: minute(2026, 12, 1, 0, 0),
				Of: [freebusy.Kinds][]freebusy.Interval{freebusy.OutOfOffice: {interval(nov+1920, nov+3360)}}}}, nil},
		"a clock of Berlin, through both changes": {lines("BEGIN:VCALENDAR", "BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "BEGIN:STANDARD", "DTSTART:16010101T000000",
			"TZOFFSETFROM:+0100", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE", "BEGIN:VFREEBUSY", "DTSTART;TZID=Europe/Berlin:20260101T000000",
			"DTEND;TZID=W. Europe Standard Time:20270101T000000",
			"FREEBUSY;TZID=Europe/Berlin:20260328T090000/PT1H,20260329T090000/20260329T100000,20260329T013000/20260329T033000,20261025T013000/20261025T033000",
			"FREEBUSY;TZID=Europe/Berlin;FBTYPE=BUSY-TENTATIVE:20261025T023000/PT5M,20260329T023000/PT5M", "END:VFREEBUSY", "END:VCALENDAR"),
			File{Times: freebusy.Times{Start: minute(2025, 12, 31, 23, 0), End: minute(2026, 12, 31, 23, 0), Of: [freebusy.Kinds][]freebusy.Interval{
				{interval(minute(2026, 3, 28, 8, 0), minute(2026, 3, 28, 9, 0)), interval(minute(2026, 3, 29, 0, 30), minute(2026, 3, 29, 1, 30)),
					interval(minute(2026, 3, 29, 7, 0), minute(2026, 3, 29, 8, 0)), interval(minute(2026, 10, 24, 23, 30), minute(2026, 10, 25, 2, 30))},
				// What comes twice is the first, what is left out counts from before the change.
				{interval(minute(2026, 3, 29, 1, 30), minute(2026, 3, 29, 1, 35)), interval(minute(2026, 10, 25, 0, 30), minute(2026, 10, 25, 0, 35))}}}},
			[]string{"there are times in the time zone Europe/Berlin, not in UTC", "there are times in the time zone Europe/Berlin, not in UTC"}},
		"seconds, days and odd things": {"\xef\xbb\xbf\r\n" + lines("begin:vcalendar", "BEGIN:VFREEBUSY", "dtstart;value=date:20261101", "DTEND:20261130T235959Z",
			"FREEBUSY;FBTYPE=\"busy\":20261102T080030Z/20261102T083001Z, 20261102T100000Z/PT0S", "FREEBUSY;FBTYPE=X-NAP:20261103T080000Z/PT1H",
			"DTSTAMP:yesterday", "ORGANIZER;CN=Anna:ldap://contoso.example/cn=anna", "DTEND:20261130T235959Z", "END:VFREEBUSY", "BEGIN:VEVENT", "END:VEVENT",
			"no line", "END:VCALENDAR", "\x1a"),
			File{Display: "Anna", Times: freebusy.Times{Start: nov, End: minute(2026, 12, 1, 0, 0), Of: [freebusy.Kinds][]freebusy.Interval{{
				interval(nov+1920, nov+1951), interval(nov+3360, nov+3420)}}}},
			[]string{`line 14: "no line" is not a line of iCalendar; it is left out`, "line 16: what is behind the end of the calendar is not read",
				"the file holds VEVENT too, which is not read", `line 6: "20261102T100000Z/PT0S" is empty`, "line 7: X-NAP is not known and counts as busy",
				"line 4: DTSTART is a day; it counts from midnight in UTC", `line 9: there is no address in "ldap://contoso.example/cn=anna"`,
				`line 8: when it was published cannot be told from "yesterday"`}},
	} {
		t.Run(name, func(t *testing.T) {
			got, notes, err := Read([]byte(c.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.notes, notes); diff != "" {
				t.Error(diff)
			}
			if got.Address == "" {
				got.Display = "" // is not written alone
			}
			roundTrip(t, got)
		})
	}
}
