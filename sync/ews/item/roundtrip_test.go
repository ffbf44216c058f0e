package item

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"

	"github.com/emersion/go-ical"
	"github.com/emersion/go-vcard"

	"iorepl/sync"
)

// TestSamplesComeBack: what is written to any server comes back as Canonical says, or a note or an error says what it does not hold.
func TestSamplesComeBack(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			want := Canonical(s.payload)
			if d := diff(want, Canonical(want)); d != "" {
				t.Errorf("not idempotent: %s", d)
			}
			for i, w := range worlds {
				note, noted := s.notes[i]
				got, writing, err := w.through(t, s.payload)
				said := strings.Join(writing.Notes, "\n")
				if err != nil {
					said = err.Error()
				}
				if noted != (said != "") || !strings.Contains(said, note) {
					t.Errorf("%s: said %q, want %q", w.profile, said, note)
				}
				if noted {
					continue
				}
				if d := diff(want, got); d != "" {
					t.Errorf("%s: %s", w.profile, d)
				}
				again, _, err := w.through(t, got)
				if d := diff(want, again); d != "" || err != nil {
					t.Errorf("%s: a replica of the replica: %v %s", w.profile, err, d)
				}
			}
		})
	}
}

// TestFilesOpenInOtherPrograms: what is written can be read, and passes the checks, of libraries that others wrote.
func TestFilesOpenInOtherPrograms(t *testing.T) {
	for _, s := range samples {
		p := Canonical(s.payload)
		switch p.Format {
		case sync.ICalendar:
			c, err := ical.NewDecoder(bytes.NewReader(p.Data)).Decode()
			if err == nil {
				err = ical.NewEncoder(&bytes.Buffer{}).Encode(c)
			}
			if err != nil {
				t.Errorf("%s: %v\n%s", s.name, err, p.Data)
			}
		case sync.VCard:
			c, err := vcard.NewDecoder(bytes.NewReader(p.Data)).Decode()
			if err != nil || c.PreferredValue(vcard.FieldFormattedName) == "" || c.Value(vcard.FieldVersion) != "4.0" {
				t.Errorf("%s: %v\n%s", s.name, err, p.Data)
			}
		case sync.MIME:
			m, err := mail.ReadMessage(bytes.NewReader(p.Data))
			if err != nil || m.Header.Get("Subject") == "" {
				t.Errorf("%s: %v\n%s", s.name, err, p.Data)
			}
		}
	}
}
