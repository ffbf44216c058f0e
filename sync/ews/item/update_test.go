package item

import (
	"maps"
	"strings"
	"testing"

	"iorepl/sync"
)

// edit is a sample with something replaced.
func edit(s sample, from, to string) sync.Payload {
	p := s.payload
	p.Data = []byte(strings.ReplaceAll(string(p.Data), from, to))
	p.Properties = maps.Clone(p.Properties)
	return p
}

func sampleOf(t *testing.T, name string) sample {
	t.Helper()
	for _, s := range samples {
		if s.name == name {
			return s
		}
	}
	t.Fatalf("no sample %q", name)
	return sample{}
}

// TestUpdatedItemsAreTheNewOnes: where Update says that one call is enough, the item is then what the payload says.
func TestUpdatedItemsAreTheNewOnes(t *testing.T) {
	tests := []struct {
		sample, from, to string
		ok               bool
	}{
		{"message", "Subject: RE: ", "Subject: FW: ", true},
		{"message", "Gr=FC=DFe <img", "other <img", true},
		{"message", "Importance: high", "Importance: low", true},
		{"message", "Keywords: Red Category, =?utf-8?q?Gr=C3=BCn?=\r\n", "", true},
		{"message", "nameless", "other file", true},
		{"post form", "rich", "richer", true},
		{"post", "Subject: post", "Subject: post 2", true},
		{"series", "SUMMARY:Planning\\, weekly", "SUMMARY:Meeting", true},
		{"series", "line 2", "line 3", true},
		{"series", "LOCATION:Room 1\r\n", "", true},
		{"series", "TRIGGER:-PT1H", "TRIGGER:-PT2H", true},
		{"series", "CN=Bob", "CN=Bobby", true},
		{"series", "X-CUSTOM;", "X-OTHER;", true},
		{"series", "LOCATION:Room 2", "LOCATION:Room 3", false},
		{"series", "T090000", "T080000", false},
		{"series", "UID:series", "UID:other", false},
		{"series", "20260309T090000,", "", false},
		{"flight", "T140000", "T150000", true},
		{"flight", "Europe/Vienna", "Europe/London", true},
		{"flight", "OOF", "TENTATIVE", true},
		{"flight", "SUMMARY:", "RRULE:FREQ=DAILY;COUNT=2\r\nSUMMARY:", true},
		{"all day", "plan.txt", "plan2.txt", false},
		{"task", "25", "50", true},
		{"task", "BYDAY=1MO", "BYDAY=2MO", true},
		{"task", "STATUS:IN-PROCESS\r\nPERCENT-COMPLETE:25", "STATUS:COMPLETED", true},
		{"task", "TRIGGER;VALUE=DATE-TIME:20260302T080000Z", "TRIGGER;VALUE=DATE-TIME:20260303T080000Z", true},
		{"task", "DUE;VALUE=DATE:20260306\r\n", "", true},
		{"sticky note", "milk", "cheese", true},
		{"contact", "+49 1", "+49 77", true},
		{"contact", "TEL;TYPE=WORK:+49 2\r\n", "", true},
		{"contact", "Main St. 1", "Side St. 1", true},
		{"contact", "EMAIL;TYPE=INTERNET:j2@example.org", "NICKNAME:x", true},
		{"contact", "BDAY:1980-02-29\r\n", "", true},
		{"contact", "/9j/4AA=", "/9j/4QA=", false},
		{"list", "jane@", "janet@", true},
		{"list", "FN:Team", "FN:Crew", true},
	}
	for _, test := range tests {
		t.Run(test.sample+" "+test.to, func(t *testing.T) {
			s := sampleOf(t, test.sample)
			p := edit(s, test.from, test.to)
			if string(p.Data) == string(s.payload.Data) {
				t.Fatal("nothing is edited")
			}
			for i, w := range worlds {
				writing, err := Write(s.payload, w.server)
				if err != nil {
					continue
				}
				it, err := w.create(t, writing)
				if err != nil {
					t.Fatal(err)
				}
				there := w.read(t, it)
				changes, ok, err := Update(p, there, w.server)
				if err != nil || ok != test.ok && !(w.server.Grommunio && s.notes[i] != "") {
					t.Errorf("%s: ok %v, %v", w.profile, ok, err)
					continue
				}
				if !ok {
					continue
				}
				if err := it.Update(w.profile, sent(t, changes), now, who); err != nil {
					t.Errorf("%s: %v", w.profile, err)
					continue
				}
				if _, noted := s.notes[i]; noted {
					continue
				}
				if d := diff(Canonical(p), w.read(t, it)); d != "" {
					t.Errorf("%s: %s", w.profile, d)
				}
			}
		})
	}
}

func TestUpdateWithPropertiesOnly(t *testing.T) {
	for _, w := range worlds {
		s := sampleOf(t, "message")
		p := edit(s, "", "")
		p.Data = s.payload.Data
		p.Properties["0x1090:Integer"] = "1"
		delete(p.Properties, "0x0015:SystemTime")
		changes, ok, err := Update(p, s.payload, w.server)
		if err != nil || !ok || len(changes) != 2 {
			t.Errorf("%s: %d changes, %v %v", w.profile, len(changes), ok, err)
		}
		if same, ok, err := Update(s.payload, Canonical(s.payload), w.server); err != nil || !ok || len(same) != 0 {
			t.Errorf("%s: what is there already takes %d changes: %v %v", w.profile, len(same), ok, err)
		}
	}
}

func TestUpdateOfAnotherKindIsNone(t *testing.T) {
	a, b := sampleOf(t, "task").payload, sampleOf(t, "contact").payload
	for _, w := range worlds {
		if _, ok, err := Update(a, b, w.server); ok || err != nil {
			t.Errorf("%s: %v %v", w.profile, ok, err)
		}
		if _, _, err := Update(sync.Payload{Class: "IPM.Task", Format: sync.VCard}, a, w.server); err == nil {
			t.Errorf("%s: a task in a vCard", w.profile)
		}
	}
}
