package freebusy_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/directory"
	busy "iorepl/sync/freebusy"
	"iorepl/sync/scratch"
)

// person is a recipient of an organization.
type person struct {
	kind      string
	name      string
	addresses []string
	dn        string
	x500      []string
}

// org is an organization in memory.
type org struct {
	w         *world
	id        string
	people    []*person
	folder    *folder
	answers   map[string]freebusy.Slice // of the Availability service, by address
	directory error
	down      bool   // it cannot be opened
	damaged   string // rows of the directory that cannot be read
}

// world is some organizations with the sessions between them.
type world struct {
	t        testing.TB
	dir      string
	now      time.Time
	orgs     map[string]*org
	sessions []busy.Session
	runs     []*busy.Run
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 10, 8, 0, 0, 0, time.UTC), orgs: map[string]*org{}}
	t.Cleanup(w.close)
	return w
}

// org is an organization with one administrative group.
func (w *world) org(id string) *org {
	o := w.orgs[id]
	if o == nil {
		o = &org{w: w, id: id, answers: map[string]freebusy.Slice{}}
		o.folder = &folder{groups: map[string]string{o.group(): ""}, messages: map[int]*message{}}
		w.orgs[id] = o
	}
	return o
}

// session adds one of three months that all users are in.
func (w *world) session(source, publisher string, subscribers ...string) *busy.Session {
	w.sessions = append(w.sessions, busy.Session{Name: publisher + "-" + strings.Join(subscribers, "-"), Place: "main.hcl:1", Publisher: publisher,
		Subscribers: subscribers, Source: source, Months: 3})
	for _, id := range append(subscribers, publisher) {
		w.org(id)
	}
	return &w.sessions[len(w.sessions)-1]
}

func (o *org) group() string { return "/o=" + o.id + "/ou=Main" }

func (o *org) add(kind, name, address string) *person {
	p := &person{kind: kind, name: name, addresses: []string{address}, dn: o.contactDN(address)}
	o.people = append(o.people, p)
	return p
}

func (o *org) contactDN(address string) string {
	return o.group() + "/cn=Recipients/cn=" + strings.NewReplacer("@", "-", ".", "-").Replace(address)
}

func (o *org) mailbox(user string) *person {
	return o.add("UserMailbox", strings.ToUpper(user[:1])+user[1:], user+"@"+o.id+".example")
}

func (o *org) contact(address string) *person {
	return o.add("MailContact", "Contact "+address, address)
}

func (o *org) remove(p *person) {
	o.people = slices.DeleteFunc(o.people, func(q *person) bool { return p == q })
}

// publish puts times where the organization's sessions look for them: a user did that, not iorepl.
func (o *org) publish(p *person, times freebusy.Times) *message {
	o.answers[p.addresses[0]] = freebusy.Slice{Times: times}
	m := message{Message: freebusy.Message{Published: freebusy.MinuteOf(o.w.now) - 60}, times: times}
	if o.folder.files {
		m.Address, m.Name = p.addresses[0], p.addresses[0]+".ifb"
	} else {
		m.DN, m.Name = p.dn, subject(p.dn)
		m.Group, _, _ = strings.Cut(p.dn, "/cn=")
	}
	if old := o.folder.key(m.Key()); old != nil {
		old.version++
		old.times, old.Start, old.End, old.Published = times, times.Start, times.End, max(m.Published, old.Published+1)
		return old
	}
	return o.folder.add(m)
}

func (o *org) Ask(ctx context.Context, addresses []string, start, end freebusy.Minute) []freebusy.Slice {
	all := make([]freebusy.Slice, len(addresses))
	for i, a := range addresses {
		s, ok := o.answers[a]
		switch {
		case ctx.Err() != nil:
			s.Err = ctx.Err()
		case !ok:
			s.Err = sync.Errorf(sync.Refused, "the service knows no %s", a)
		case s.Err == nil:
			s.Times = s.Times.Clip(start, end)
		}
		all[i] = s
	}
	return all
}

func (o *org) open(ctx context.Context, db *scratch.DB) (*directory.Directory, error) {
	if o.directory != nil {
		return nil, o.directory
	}
	var sheet strings.Builder
	out := csv.NewWriter(&sheet)
	rows := [][]string{{"DisplayName", "RecipientType", "PrimarySmtpAddress", "EmailAddresses", "LegacyExchangeDN"}}
	for _, p := range o.people {
		proxies := []string{"SMTP:" + p.addresses[0]}
		for _, a := range p.addresses[1:] {
			proxies = append(proxies, "smtp:"+a)
		}
		for _, x := range p.x500 {
			proxies = append(proxies, "X500:"+x)
		}
		rows = append(rows, []string{p.name, p.kind, p.addresses[0], strings.Join(proxies, " "), p.dn})
	}
	if err := out.WriteAll(rows); err != nil {
		return nil, err
	}
	path := filepath.Join(o.w.dir, o.id+".csv")
	if err := os.WriteFile(path, []byte(sheet.String()+o.damaged), 0o600); err != nil {
		return nil, err
	}
	return directory.Open(ctx, db, directory.Options{CSV: &directory.CSV{Path: path}})
}

// run prepares a run with the sessions of the given names, or all.
func (w *world) run(only ...string) *busy.Run {
	o := busy.Options{Organizations: map[string]*busy.Organization{}, Parallelism: 2, Now: w.now}
	for id, org := range w.orgs {
		o.Organizations[id] = &busy.Organization{ID: id, Directory: org.open, Files: org.folder.files, Folder: org.folder}
		if org.down {
			o.Organizations[id] = &busy.Organization{ID: id, Unopened: errors.New("organization " + id + ": connection refused")}
		} else if !org.folder.files {
			o.Organizations[id].Availability = org
		}
	}
	for _, s := range w.sessions {
		if len(only) == 0 || slices.Contains(only, s.Name) {
			o.Sessions = append(o.Sessions, s)
		}
	}
	r := busy.New(o)
	w.runs = append(w.runs, r)
	return r
}

// close closes all runs so far.
func (w *world) close() {
	for _, r := range w.runs {
		if err := r.Close(); err != nil {
			w.t.Error(err)
		}
	}
	w.runs = nil
}

// plan is what would be done, as lines without the organizations' names where there is only one way.
func (w *world) plan(only ...string) (*busy.Run, *freebusy.Plan, *plan.Document) {
	w.t.Helper()
	r := w.run(only...)
	p, err := r.Plan(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	d := &plan.Document{}
	p.AddTo(d, true)
	return r, p, d
}

// apply plans and applies, and returns the lines of the plan.
func (w *world) apply(only ...string) (lines []string, report *sync.Report) {
	w.t.Helper()
	r, p, d := w.plan(only...)
	report = &sync.Report{Plan: d, Remaining: p.Changes()}
	if len(d.Refused) > 0 {
		w.t.Fatalf("refused: %+v", d.Refused)
	}
	err := r.Apply(w.t.Context(), nil, report)
	if err != nil {
		w.t.Fatal(err)
	}
	report.Finish(err)
	if n := report.Done + len(report.Skipped) + len(report.Failed) + len(report.Refused) + report.Remaining; n != p.Changes() || report.Remaining != 0 {
		w.t.Errorf("of %d changes the report has %d: %+v", p.Changes(), n, report)
	}
	return shown(d), report
}

// settle applies until nothing is left to do, which takes as many runs as a chain has links.
func (w *world) settle() {
	w.t.Helper()
	for range len(w.orgs) + 1 {
		if lines, report := w.apply(); len(changes(lines)) == report.Done && report.Done == 0 {
			return
		}
	}
	_, _, d := w.plan()
	w.t.Errorf("there is always something to do: %q", shown(d))
}

// shown are the lines of a document, each with its way if there are several.
func shown(d *plan.Document) (all []string) {
	for _, s := range d.FreeBusy {
		way := ""
		if len(d.FreeBusy) > 1 {
			way = s.Publisher + ">" + s.Subscriber + ": "
		}
		for _, c := range s.Changes {
			all = append(all, way+c.Symbol+" "+c.Item+": "+c.Why)
		}
		for _, l := range s.LeftAlone {
			symbol := "= "
			if l.Error {
				symbol = "! "
			}
			all = append(all, fmt.Sprintf("%s%s%s: %s", way, symbol, strings.Join(l.Names, ", "), l.Why))
		}
		for _, e := range s.Errors {
			all = append(all, way+"! "+e)
		}
	}
	return all
}

// state is all that the folders hold, without what differs between equal histories.
func (w *world) state() (all []string) {
	for _, id := range slices.Sorted(maps.Keys(w.orgs)) {
		for _, m := range w.orgs[id].folder.messages {
			all = append(all, fmt.Sprintf("%s %s %s %v %s", id, m.Key(), m.Published, m.times, m.Stamp))
		}
	}
	slices.Sort(all)
	return all
}

// on is a time of the given day of 2026, in hours; days after December's last go on.
func on(month, day, from, to int) freebusy.Interval {
	at := freebusy.MinuteOf(time.Date(2026, time.Month(month), day, 0, 0, 0, 0, time.UTC))
	return freebusy.Interval{Start: at + freebusy.Minute(from*60), End: at + freebusy.Minute(to*60)}
}

// whole are busy times in what is published from October 2026 to March 2027.
func whole(intervals ...freebusy.Interval) freebusy.Times {
	return freebusy.NewTimes(on(10, 1, 0, 1).Start, on(16, 1, 0, 1).Start, [freebusy.Kinds][]freebusy.Interval{freebusy.Busy: intervals})
}
