package item

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iorepl/sync"
)

var update = flag.Bool("update", false, "write the files in testdata anew")

// aspects are what items are made of, each with what shows in a payload that it has arrived: a part of the data or a property.
var aspects = []struct{ sample, what, shown string }{
	{"message", "subject with prefix", "RE:_Gr"},
	{"message", "body in its format", "<p>Gr"},
	{"message", "from and sender", "Sender: assistant"},
	{"message", "recipients, reply-to", "\"Doe, Jane\""},
	{"message", "sent", "Date: Fri, 17 Jun 2016 02:14:41"},
	{"message", "received", "0x0E06:SystemTime"},
	{"message", "Internet headers, Received lines", "X-Mailer: a mailer"},
	{"message", "conversation", "Thread-Index: AdG"},
	{"message", "importance", "Importance: high"},
	{"message", "sensitivity", "Sensitivity: private"},
	{"message", "categories", "Keywords: Red Category"},
	{"message", "flag and reminder", "/0x8502:SystemTime"},
	{"message", "expiry", "0x0015:SystemTime"},
	{"message", "named property (string)", "PublicStrings/Project:String"},
	{"message", "named property (binary)", "PublicStrings/Data:Binary"},
	{"message", "files", "JVBERi0="},
	{"message", "inline pictures", "Content-ID: <pic@x>"},
	{"message", "attached messages with files", "bGluZQ=="},
	{"form", "own class below IPM.Note", "IPM.Note.Invoice"},
	{"post", "class", "IPM.Post"},
	{"post form", "own class below IPM.Post", "IPM.Post.Invoice"},
	{"post form", "body in its format", "<p>rich</p>"},
	{"own class", "any other class", "IPM.Invoice"},
	{"series", "times in their zone", "TZID=Europe/Berlin:20260302T090000"},
	{"series", "recurrence", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL="},
	{"series", "deleted occurrences", "EXDATE"},
	{"series", "edited occurrences", "in the afternoon"},
	{"series", "reminder", "TRIGGER:-PT60M"},
	{"series", "busy state", "BUSYSTATUS:FREE"},
	{"series", "location, categories, private", "CLASS:PRIVATE"},
	{"series", "organizer and attendees, as text", "PARTSTAT=ACCEPTED:mailto:bob"},
	{"series", "UID", "UID:series@example.org"},
	{"series", "lines that Exchange does not know", "X-CUSTOM"},
	{"flight", "end in another zone", "DTEND;TZID=America/New_York"},
	{"all day", "all-day", "DTSTART;VALUE=DATE:20260704"},
	{"all day", "HTML body", "<b>day</b>"},
	{"all day", "files", "X-FILENAME=plan.txt"},
	{"all day", "own class below IPM.Appointment", "IPM.Appointment.Holiday"},
	{"task", "start, due, status, percentage", "PERCENT-COMPLETE:25"},
	{"task", "recurrence", "RRULE:FREQ=MONTHLY;BYDAY=1MO"},
	{"task", "reminder", "TRIGGER;VALUE=DATE-TIME:20260302T080000Z"},
	{"task", "work, billing", "/0x8535:String"},
	{"done task", "completion date", "COMPLETED:20260303"},
	{"sticky note", "body and category", "and bread"},
	{"sticky note", "colour", "/0x8B00:Integer"},
	{"journal entry", "type and start", "/0x8706:SystemTime"},
	{"contact", "names, company, job", "N:Müller;Jörg;Q.;Dr.;jr."},
	{"contact", "three addresses, IM", "EMAIL;PREF=3:j3@"},
	{"contact", "phone numbers", "x-second:+49 2"},
	{"contact", "postal addresses, which is for mail", "ADR;TYPE=work;PREF=1"},
	{"contact", "dates, family, pages", "ANNIVERSARY:20010506"},
	{"contact", "notes, categories, private", "CLASS:CONFIDENTIAL"},
	{"contact", "picture", "PHOTO:data:image/jpeg;base64,/9j/4AA="},
	{"contact", "further fields of Outlook", "0x3A47:String"},
	{"contact", "lines that Exchange does not know", "X-SKYPE:jm"},
	{"list", "name, notes, members", "mailto:jane@example.org"},
}

// TestTableOfWhatTravels writes items to every server, reads them back and notes what has arrived. The README has its table from testdata.
func TestTableOfWhatTravels(t *testing.T) {
	var b strings.Builder
	b.WriteString("| item | what | 2007 SP1 | 2010 | 2013 and later | grommunio |\n|---|---|---|---|---|---|\n")
	type result struct {
		payload sync.Payload
		err     error
	}
	results := map[string][]result{}
	var extra []Property
	for _, name := range []string{"PublicStrings/Project:String", "PublicStrings/Data:Binary"} {
		p, err := ParseProperty(name)
		if err != nil {
			t.Fatal(err)
		}
		extra = append(extra, p)
	}
	for _, s := range samples {
		p := edit(s, "My Berlin", "Europe/Berlin")
		if s.name == "message" {
			p.Properties["PublicStrings/Project:String"] = "Apollo"
			p.Properties["PublicStrings/Data:Binary"] = "AAEC"
		}
		for _, w := range worlds {
			got, _, err := w.through(t, p, extra...)
			results[s.name] = append(results[s.name], result{got, err})
		}
	}
	for _, a := range aspects {
		fmt.Fprintf(&b, "| %s | %s |", a.sample, a.what)
		for i := range worlds {
			r := results[a.sample][i]
			all := r.payload.Class + "\n" + strings.ReplaceAll(string(r.payload.Data), "\r\n ", "")
			for name := range r.payload.Properties {
				all += "\n" + name
			}
			switch {
			case r.err != nil:
				b.WriteString(" refused |")
			case strings.Contains(all, a.shown):
				b.WriteString(" yes |")
			default:
				b.WriteString(" no |")
			}
		}
		b.WriteString("\n")
	}
	golden := filepath.Join("testdata", "travels.md")
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != b.String() {
		t.Errorf("%v; got\n%s", err, b.String())
	}
}
