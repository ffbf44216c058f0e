package ews_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iorepl/sync"
	"iorepl/sync/archive"
	"iorepl/sync/directory"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/freebusy"
	"iorepl/sync/scratch"
)

// What ann's calendar holds: a night in which the clocks of Berlin are put back, a meeting, a shift over a month's end and one over a year's end.
// In UTC, as RFC 5545 writes periods, and as MS-OXOPFFB does: minutes of the month, as 16-bit numbers, little endian.
var (
	annsPeriods = []string{"20261024T233000Z/20261025T030000Z", "20261103T090000Z/20261103T103000Z", "20261130T220000Z/20261201T020000Z", "20261231T230000Z/20270101T010000Z"}
	annsMonths  = "32426;32427;32428;32433"
	annsBlocks  = []string{"e286b487", "5c0db60d48a8c0a8", "0000780024ae60ae", "00003c00"}
)

// TestAnAppointmentReachesItsReader takes the same times from each source to each destination.
func TestAnAppointmentReachesItsReader(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	events := []ewstest.Event{
		{Start: time.Date(2026, 10, 25, 1, 30, 0, 0, berlin), End: time.Date(2026, 10, 25, 4, 0, 0, 0, berlin), BusyType: "Busy"},
		{Start: time.Date(2026, 11, 3, 10, 0, 0, 0, berlin), End: time.Date(2026, 11, 3, 11, 30, 0, 0, berlin), BusyType: "Busy"},
		{Start: time.Date(2026, 11, 30, 23, 0, 0, 0, berlin), End: time.Date(2026, 12, 1, 3, 0, 0, 0, berlin), BusyType: "Busy"},
		{Start: time.Date(2027, 1, 1, 0, 0, 0, 0, berlin), End: time.Date(2027, 1, 1, 2, 0, 0, 0, berlin), BusyType: "Busy"},
	}
	for _, source := range []string{freebusy.FromAvailability, freebusy.FromLegacyFolder, freebusy.FromFiles} {
		for _, files := range []bool{false, true} {
			name := source + " to legacy-folder"
			if files {
				name = source + " to files"
			}
			t.Run(name, func(t *testing.T) {
				publisher, subscriber := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2007SP1}), newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2010SP2})
				dir := t.TempDir()
				from := &freebusy.Organization{ID: "fabrikam", Folder: publisher.folder, Availability: publisher.store.Availability(), Directory: recipients(t, "Ann,UserMailbox,ann@fabrikam.test,"+dn("ann"))}
				to := &freebusy.Organization{ID: "contoso", Folder: subscriber.folder, Directory: recipients(t, "Ann,MailContact,ann@fabrikam.test,"+dn("ann.f"))}
				switch source {
				case freebusy.FromAvailability:
					publisher.server.SetCalendar("ann@fabrikam.test", events)
				case freebusy.FromLegacyFolder:
					if _, err := publisher.server.User("iorepl@contoso.test").AddFreeBusy(dn("ann"), ewstest.FreeBusy{Events: events,
						Start: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), Published: events[0].Start}); err != nil {
						t.Fatal(err)
					}
				case freebusy.FromFiles:
					text := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//other//EN\nMETHOD:PUBLISH\nBEGIN:VFREEBUSY\nUID:1\nDTSTAMP:20261001T000000Z\nORGANIZER:mailto:ann@fabrikam.test\n" +
						"DTSTART:20260901T000000Z\nDTEND:20270301T000000Z\nFREEBUSY:" + strings.Join(annsPeriods[:3], ",") + ",20261231T230000Z/PT2H\nEND:VFREEBUSY\nEND:VCALENDAR\n"
					if err := os.WriteFile(filepath.Join(dir, "ann.vfb"), []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
					from.Folder, from.Files = openFiles(t, dir), true
				}
				served := t.TempDir()
				if files {
					to.Folder, to.Files = openFiles(t, served), true
				}
				publish(t, source, from, to)
				if files {
					isWritten(t, filepath.Join(served, "ann@fabrikam.test.ifb"))
					return
				}
				all := subscriber.entries()
				if len(all) != 1 || all[0].Subject != "USER-/CN=RECIPIENTS/CN=ANN.F" {
					t.Fatalf("got %+v", all)
				}
				var blocks []string
				for _, b := range annsBlocks {
					raw, err := hex.DecodeString(b)
					if err != nil {
						t.Fatal(err)
					}
					blocks = append(blocks, base64.StdEncoding.EncodeToString(raw))
				}
				for tag, want := range map[string]string{"0x6853": annsMonths, "0x684F": annsMonths, "0x6851": "none", "0x6855": "none"} {
					if got := subscriber.property(all[0].ID, tag, "IntegerArray"); got != want {
						t.Errorf("%s: got %s, want %s", tag, got, want)
					}
				}
				for tag, want := range map[string]string{"0x6854": strings.Join(blocks, ";"), "0x6850": strings.Join(blocks, ";"), "0x6852": "none", "0x6856": "none"} {
					if got := subscriber.property(all[0].ID, tag, "BinaryArray"); got != want {
						t.Errorf("%s: got %s, want %s", tag, got, want)
					}
				}
			})
		}
	}
}

func isWritten(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), "\r\n ", "")
	if want := "FREEBUSY;FBTYPE=BUSY:" + strings.Join(annsPeriods, ",") + "\r\n"; !strings.Contains(text, want) || strings.Count(text, "FREEBUSY;") != 1 {
		t.Errorf("%q is missing in\n%s", want, text)
	}
}

func openFiles(t *testing.T, dir string) freebusy.Folder {
	t.Helper()
	f, err := archive.OpenFreeBusy(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// recipients is a directory of one.
func recipients(t *testing.T, row string) func(context.Context, *scratch.DB) (*directory.Directory, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recipients.csv")
	if err := os.WriteFile(path, []byte("DisplayName,RecipientType,PrimarySmtpAddress,LegacyExchangeDN\n"+row+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, db *scratch.DB) (*directory.Directory, error) {
		return directory.Open(ctx, db, directory.Options{CSV: &directory.CSV{Path: path}})
	}
}

// publish applies once, and demands that a plan after it is empty.
func publish(t *testing.T, source string, from, to *freebusy.Organization) {
	t.Helper()
	for _, changes := range []int{1, 0} {
		r := freebusy.New(freebusy.Options{Organizations: map[string]*freebusy.Organization{from.ID: from, to.ID: to}, Now: time.Date(2026, 10, 20, 8, 0, 0, 0, time.UTC),
			Sessions: []freebusy.Session{{Name: "staff", Publisher: from.ID, Subscribers: []string{to.ID}, Source: source, Months: 4}}})
		t.Cleanup(func() {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
		p, err := r.Plan(t.Context())
		if err != nil || p.Changes() != changes || len(p.Parts[0].Failed) > 0 {
			t.Fatalf("%v, %d changes, want %d; %v %v", err, p.Changes(), changes, p.Parts[0].Failed, p.Parts[0].Left)
		}
		report := &sync.Report{Remaining: changes}
		if err := r.Apply(t.Context(), nil, report); err != nil || report.Done != changes {
			t.Fatalf("%v %+v", err, report)
		}
	}
}
