package ews_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"iorepl/sync"
	"iorepl/sync/directory"
	"iorepl/sync/scratch"

	"iorepl/sync/ews/ewstest"
	"iorepl/sync/freebusy"
)

// BenchmarkFreeBusy plans the free/busy of users who have five appointments a day for three months, all of which was published before:
// IOREPL_BENCH_USERS users, 2,000 otherwise. What it shows are requests to the publisher; those for listing pages are counted apart.
func BenchmarkFreeBusy(b *testing.B) {
	users := benchNumber("IOREPL_BENCH_USERS", 2_000)
	for _, source := range []string{freebusy.FromLegacyFolder, freebusy.FromAvailability} {
		b.Run(source, func(b *testing.B) {
			w := newBusyWorld(b, users, source)
			w.run(b, true)
			b.ResetTimer()
			for b.Loop() {
				w.contoso.ClearLog()
				w.fabrikam.ClearLog()
				w.run(b, false)
			}
			count := func(s *ewstest.Server, operation string) (n float64) {
				for _, r := range s.Log() {
					if r.Operation == operation {
						n++
					}
				}
				return n
			}
			b.ReportMetric(float64(users)*float64(b.N)/b.Elapsed().Seconds(), "users/s")
			if source == freebusy.FromLegacyFolder {
				b.ReportMetric(count(w.contoso, "GetItem")*500/float64(users), "reads/500-users")
			} else {
				b.ReportMetric(count(w.contoso, "GetUserAvailability")*100/float64(users), "calls/100-users")
			}
			b.ReportMetric(count(w.contoso, "FindItem")+count(w.fabrikam, "FindItem"), "pages")
			b.ReportMetric(count(w.fabrikam, "GetItem")+float64(len(w.fabrikam.Mutations(""))), "subscriber-reads+writes")
		})
	}
}

// busyWorld are two organizations of Exchange 2010 with directories.
type busyWorld struct {
	contoso, fabrikam *ewstest.Server
	now               time.Time
	source            string
	organizations     map[string]*freebusy.Organization
}

func newBusyWorld(b *testing.B, users int, source string) *busyWorld {
	b.Helper()
	w := &busyWorld{now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), source: source, organizations: map[string]*freebusy.Organization{}}
	var events []ewstest.Event
	for day := range 92 {
		for hour := range 5 {
			start := time.Date(2026, 11, 1+day, 8+2*hour, 0, 0, 0, time.UTC)
			events = append(events, ewstest.Event{Start: start, End: start.Add(time.Hour), BusyType: "Busy"})
		}
	}
	open := func(name string) *ewstest.Server {
		server, options := newServer(b, ewstest.Options{Profile: ewstest.Exchange2010SP2})
		if err := server.SetPermission(groupPath, grantee, ewstest.Owner); err != nil {
			b.Fatal(err)
		}
		store := openStore(b, options)
		b.Cleanup(func() { _ = store.Close() })
		w.organizations[name] = &freebusy.Organization{ID: name, Folder: store.LegacyFreeBusy(), Availability: store.Availability()}
		return server
	}
	w.contoso, w.fabrikam = open("contoso"), open("fabrikam")
	var dns []string
	rows := map[string][][]string{}
	for name := range w.organizations {
		rows[name] = [][]string{{"DisplayName", "RecipientType", "PrimarySmtpAddress", "EmailAddresses", "LegacyExchangeDN"}}
	}
	for i := range users {
		who := fmt.Sprintf("user%06d", i)
		address := who + "@contoso.test"
		dns = append(dns, dn(who))
		for name, kind := range map[string]string{"contoso": "UserMailbox", "fabrikam": "MailContact"} {
			rows[name] = append(rows[name], []string{who, kind, address, "SMTP:" + address, dn(who)})
		}
		if source == freebusy.FromAvailability {
			w.contoso.SetCalendar(address, events)
		}
	}
	if source == freebusy.FromLegacyFolder {
		err := w.contoso.User("").AddFreeBusyOfMany(dns, ewstest.FreeBusy{Start: events[0].Start.AddDate(0, 0, 0).Truncate(24 * time.Hour), End: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC), Published: w.now, Events: events})
		if err != nil {
			b.Fatal(err)
		}
	}
	for name, o := range w.organizations {
		path := filepath.Join(b.TempDir(), name+".csv")
		f, err := os.Create(path)
		if err == nil {
			err = csv.NewWriter(f).WriteAll(rows[name])
		}
		if err != nil {
			b.Fatal(err)
		}
		_ = f.Close()
		o.Directory = func(ctx context.Context, db *scratch.DB) (*directory.Directory, error) {
			return directory.Open(ctx, db, directory.Options{CSV: &directory.CSV{Path: path}})
		}
	}
	return w
}

// run plans, and applies what there is to do the first time.
func (w *busyWorld) run(b *testing.B, apply bool) {
	b.Helper()
	r := freebusy.New(freebusy.Options{Organizations: w.organizations, Parallelism: 4, Now: w.now, Sessions: []freebusy.Session{{Name: "staff", Publisher: "contoso",
		Subscribers: []string{"fabrikam"}, Source: w.source, Months: 3}}})
	defer func() {
		if err := r.Close(); err != nil {
			b.Error(err)
		}
	}()
	p, err := r.Plan(b.Context())
	if err != nil || len(p.Parts[0].Failed) > 0 || (p.Changes() > 0) != apply || len(p.Parts[0].Left) > 0 {
		b.Fatalf("%v %v, %d changes, %v", err, p.Parts[0].Failed, p.Changes(), p.Parts[0].Left)
	}
	if !apply {
		return
	}
	report := &sync.Report{Remaining: p.Changes()}
	if err := r.Apply(b.Context(), nil, report); err != nil || report.Remaining > 0 || len(report.Failed) > 0 {
		b.Fatalf("%v, %d left, %v", err, report.Remaining, report.Failed)
	}
}
