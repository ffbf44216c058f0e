package freebusy_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/directory"
	busy "iorepl/sync/freebusy"
	"iorepl/sync/scratch"
)

// vast is a free/busy folder that holds nothing: what users publish follows from their number.
type vast struct {
	busy.Folder
	id     string
	users  int
	stamps bool
	start  freebusy.Minute

	mu    stdsync.Mutex
	reads int
	peak  uint64 // of the heap, in bytes
	live  uint64 // of that, what is in use
}

func (v *vast) dn(user int) string {
	return fmt.Sprintf("/o=%s/ou=Main/cn=Recipients/cn=user%06d", v.id, user)
}

// times are five intervals a day for three months.
func (v *vast) times(user int) freebusy.Times {
	var of [freebusy.Kinds][]freebusy.Interval
	for k := range of {
		of[k] = make([]freebusy.Interval, 0, 160)
	}
	for at := v.start; at < v.start.MonthStart(3); at += 24 * 60 {
		for n := range freebusy.Minute(5) {
			from := at + 8*60 + 2*60*n + freebusy.Minute(user%60)
			of[n%freebusy.Kinds] = append(of[n%freebusy.Kinds], freebusy.Interval{Start: from, End: from + 30})
		}
	}
	return freebusy.NewTimes(v.start, v.start.MonthStart(3), of)
}

func (v *vast) Groups(context.Context) ([]freebusy.Group, error) {
	return []freebusy.Group{{Name: "/o=" + v.id + "/ou=Main", ID: v.id}}, nil
}

func (v *vast) List(_ context.Context, g freebusy.Group, emit func([]freebusy.Message) error) error {
	for from := 0; from < v.users; from += 1000 {
		var page []freebusy.Message
		for user := from; user < min(from+1000, v.users); user++ {
			dn := v.dn(user)
			m := freebusy.Message{Ref: fmt.Sprintf("%0120d@%024d", user, 1), Group: g.Name, DN: dn, Name: "USER-" + strings.ToUpper(dn[len(g.Name):]), Published: v.start + 1,
				Start: v.start, End: v.start.MonthStart(3)}
			if v.stamps {
				m.Stamp = freebusy.Stamp{Born: "contoso", From: "contoso", For: v.id, User: freebusy.UserKey(address(user)), Content: v.times(user).Digest(), Written: v.start + 1}.Encode()
			}
			page = append(page, m)
		}
		if err := emit(page); err != nil {
			return err
		}
	}
	return nil
}

func (v *vast) Read(_ context.Context, messages []freebusy.Message) []freebusy.Slice {
	all := make([]freebusy.Slice, len(messages))
	for i := range messages {
		user, _ := strconv.Atoi(messages[i].DN[len(messages[i].DN)-6:])
		all[i].Times = v.times(user)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.reads++
	v.peak, v.live = max(v.peak, m.HeapAlloc), max(v.live, live[0].Value.Uint64())
	return all
}

func address(user int) string { return fmt.Sprintf("user%06d@contoso.example", user) }

// recipients is a directory of as many users or contacts.
func (v *vast) recipients(b *testing.B, kind string) *busy.Organization {
	b.Helper()
	var sheet strings.Builder
	sheet.WriteString("DisplayName,RecipientType,PrimarySmtpAddress,LegacyExchangeDN\n")
	for user := range v.users {
		fmt.Fprintf(&sheet, "User %d,%s,%s,%s\n", user, kind, address(user), v.dn(user))
	}
	path := filepath.Join(b.TempDir(), v.id+".csv")
	if err := os.WriteFile(path, []byte(sheet.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return &busy.Organization{ID: v.id, Folder: v, Directory: func(ctx context.Context, db *scratch.DB) (*directory.Directory, error) {
		return directory.Open(ctx, db, directory.Options{CSV: &directory.CSV{Path: path}})
	}}
}

// BenchmarkUnchanged plans a session in which nothing changed. IOREPL_BENCH_USERS is the number of users; one read is of 500.
func BenchmarkUnchanged(b *testing.B) {
	users := 10_000
	if n, err := strconv.Atoi(os.Getenv("IOREPL_BENCH_USERS")); err == nil {
		users = n
	}
	sync.TuneMemory()
	now := time.Date(2026, 11, 10, 8, 0, 0, 0, time.UTC)
	start := freebusy.MinuteOf(now).MonthStart(0)
	from, to := &vast{id: "contoso", users: users, start: start}, &vast{id: "fabrikam", users: users, start: start, stamps: true}
	organizations := map[string]*busy.Organization{"contoso": from.recipients(b, "UserMailbox"), "fabrikam": to.recipients(b, "MailContact")}
	runs := 0
	for b.Loop() {
		runtime.GC()
		r := busy.New(busy.Options{Organizations: organizations, Parallelism: 4, Now: now, Sessions: []busy.Session{{Name: "staff", Publisher: "contoso",
			Subscribers: []string{"fabrikam"}, Source: busy.FromLegacyFolder, Months: 3}}})
		p, err := r.Plan(b.Context())
		if err != nil || p.Changes() != 0 || len(p.Parts[0].Left) != 0 {
			b.Fatalf("%v, %d changes, %+v", err, p.Changes(), p.Parts[0].Left)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
		runs++
	}
	b.ReportMetric(float64(from.reads)/float64(runs)/(float64(users)/500), "reads/500users")
	b.ReportMetric(float64(to.reads)/float64(runs), "reads-of-target")
	b.ReportMetric(float64(from.peak)/(1<<20), "MB-peak")
	b.ReportMetric(float64(from.live)/(1<<20), "MB-live")
	b.ReportMetric(float64(users)*float64(runs)/b.Elapsed().Seconds(), "users/s")
}
