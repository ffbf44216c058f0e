package freebusy_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/sync"
	busy "iorepl/sync/freebusy"
)

// muchForMemory is more users than the temporary tables keep in memory.
const muchForMemory = 3000

// large is a world of so many users, of whom one is gone, two have one contact, one has published twice and one anew.
func large(w *world, users int) {
	contacts := many(w, users)
	w.sessions[0].Deletions = true
	w.apply()
	contoso := w.org("contoso")
	delete(contoso.folder.messages, contoso.folder.key(contoso.people[10].dn).id)
	contoso.remove(contoso.people[10])
	contacts[0].addresses = append(contacts[0].addresses, "u0001@contoso.example")
	w.org("fabrikam").remove(contacts[1])
	first := *contoso.folder.key(contoso.people[2].dn)
	first.Published--
	contoso.folder.add(first)
	contoso.publish(contoso.people[3], whole(on(12, 1, 9, 10)))
	stranger := contoso.add("MailContact", "Stranger", "stranger@litware.example")
	contoso.publish(stranger, whole())
}

func TestLargeSessionsSayTheSameAsSmallOnes(t *testing.T) {
	var all [2][]string
	for i, users := range []int{20, muchForMemory} {
		w := newWorld(t)
		large(w, users)
		var report *sync.Report
		if all[i], report = w.apply(); counts(report) != "complete: 3 done, 0 skipped, 0 failed, 0 refused, 0 left" {
			t.Errorf("%d users: %s", users, counts(report))
		}
		w.settle()
	}
	if diff := cmp.Diff(all[0], all[1]); diff != "" || len(all[0]) != 6 {
		t.Errorf("few users and many:\n%s", diff)
	}
}

// A lookup that finds nothing because the tables are gone must not make a plan.
func TestNothingIsPlannedOnceTheTablesAreLost(t *testing.T) {
	for _, op := range []string{"groups", "list", "read"} {
		t.Run(op, func(t *testing.T) {
			w := newWorld(t)
			many(w, 3)
			w.apply()
			r := w.run()
			w.org("contoso").folder.fault = func(p point) error {
				if p.op == op {
					return r.Close()
				}
				return nil
			}
			if p, err := r.Plan(t.Context()); err == nil {
				t.Errorf("got %+v", p.Parts[0])
			}
		})
	}
}

// steps is progress that counts.
type steps struct{ planned, done int }

func (s *steps) Phase(_ string, n int) { s.planned += n }
func (s *steps) Step(n int)            { s.done += n }
func (s *steps) Done()                 {}

func TestProgressCountsWhatIsRead(t *testing.T) {
	w := newWorld(t)
	large(w, 20)
	r := w.run()
	progress := &steps{}
	r.Progress = progress
	if _, err := r.Plan(t.Context()); err != nil || progress.planned != 17 || progress.done != progress.planned {
		t.Errorf("%d steps of %d, %v", progress.done, progress.planned, err)
	}
}

func TestWhereThereIsNoRoomNothingIsWritten(t *testing.T) {
	for name, do := range map[string]func(*busy.Run) error{
		"plan":     func(r *busy.Run) error { _, err := r.Plan(t.Context()); return err },
		"contacts": func(r *busy.Run) error { _, err := r.Missing(t.Context()); return err },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			many(w, muchForMemory)
			missing := filepath.Join(t.TempDir(), "missing")
			t.Setenv("TMPDIR", missing)
			t.Setenv("TMP", missing) // Windows
			r := w.run()
			if err := do(r); err == nil || !strings.Contains(err.Error(), "making a temporary file: ") {
				t.Errorf("got %v", err)
			}
			got := w.run().Check(t.Context())
			if len(got) != 1 || !got[0].Wrong || !strings.Contains(got[0].Text, "making a temporary file: ") {
				t.Errorf("got %+v", got)
			}
			if n := len(w.org("fabrikam").folder.messages); n != 0 {
				t.Errorf("%d messages are written", n)
			}
		})
	}
}
