package freebusy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync"
	busy "iorepl/sync/freebusy"
)

// many are users of contoso with contacts in fabrikam.
func many(w *world, n int) (contacts []*person) {
	w.session(busy.FromLegacyFolder, "contoso", "fabrikam")
	for i := range n {
		u := w.org("contoso").mailbox(fmt.Sprintf("u%04d", i))
		w.org("contoso").publish(u, whole(on(11, 1+i%20, 9, 10)))
		contacts = append(contacts, w.org("fabrikam").contact(u.addresses[0]))
	}
	return contacts
}

func counts(r *sync.Report) string {
	return fmt.Sprintf("%s: %d done, %d skipped, %d failed, %d refused, %d left", r.Result, r.Done, len(r.Skipped), len(r.Failed), len(r.Refused), r.Remaining)
}

func TestWhatFailsIsToldAndTriedAgain(t *testing.T) {
	for name, test := range map[string]struct {
		point point
		err   error
		want  string
	}{
		"before":       {point{op: "write", when: "before"}, errors.New("cut"), "partial: 0 done, 0 skipped, 1 failed, 0 refused, 0 left"},
		"after":        {point{op: "write", when: "after"}, errors.New("cut"), "partial: 0 done, 0 skipped, 1 failed, 0 refused, 0 left"},
		"unknown":      {point{op: "write", when: "after"}, sync.Errorf(sync.Unknown, "lost"), "partial: 0 done, 0 skipped, 1 failed, 0 refused, 0 left"},
		"denied":       {point{op: "write", when: "before"}, sync.Errorf(sync.Denied, "no right"), "partial: 0 done, 0 skipped, 1 failed, 0 refused, 0 left"},
		"conflict":     {point{op: "write", when: "before"}, sync.Errorf(sync.Conflict, "rewritten"), "partial: 0 done, 1 skipped, 0 failed, 0 refused, 0 left"},
		"refused":      {point{op: "write", when: "before"}, lasting("never"), "complete: 0 done, 0 skipped, 0 failed, 1 refused, 0 left"},
		"damaged":      {point{op: "read", when: "before"}, lasting("not to be understood"), "partial: 0 done, 0 skipped, 1 failed, 0 refused, 0 left"},
		"gone to read": {point{op: "read", when: "before"}, sync.Errorf(sync.Gone, "gone"), "partial: 0 done, 1 skipped, 0 failed, 0 refused, 0 left"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ann(w, busy.FromLegacyFolder)
			r, p, d := w.plan()
			fault := func(at point) error {
				if at.op == test.point.op && at.when == test.point.when {
					return test.err
				}
				return nil
			}
			w.org("contoso").folder.fault, w.org("fabrikam").folder.fault = fault, fault
			report := &sync.Report{Plan: d, Remaining: p.Changes()}
			report.Finish(r.Apply(t.Context(), nil, report))
			if got := counts(report); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			w.org("contoso").folder.fault, w.org("fabrikam").folder.fault = nil, nil
			w.settle()
			if diff := cmp.Diff([]string{annThere}, w.org("fabrikam").held()); diff != "" {
				t.Errorf("afterwards (-want +got):\n%s", diff)
			}
		})
	}
}

// Between plan and apply a source may lose what it knew.
func TestNobodyIsDeclaredFree(t *testing.T) {
	for name, slice := range map[string]freebusy.Slice{
		"an error":   {Err: errors.New("timeout")},
		"other days": {Times: freebusy.NewTimes(on(1, 1, 0, 1).Start, on(2, 1, 0, 1).Start, [freebusy.Kinds][]freebusy.Interval{})},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			user, _ := published(w, busy.FromAvailability)
			w.org("contoso").publish(user, whole(on(11, 13, 9, 10)))
			r, p, d := w.plan()
			ask(w, slice)
			report := &sync.Report{Plan: d, Remaining: p.Changes()}
			report.Finish(r.Apply(t.Context(), nil, report))
			if got := counts(report); got != "partial: 0 done, 0 skipped, 1 failed, 0 refused, 0 left" {
				t.Errorf("got %s", got)
			}
			if diff := cmp.Diff([]string{annThere}, w.org("fabrikam").held()); diff != "" {
				t.Errorf("afterwards (-want +got):\n%s", diff)
			}
		})
	}
}

// gone is a world in which a user has vanished, and another one's times changed.
func gone(w *world) {
	many(w, 3)
	w.apply()
	w.sessions[0].Deletions = true
	contoso := w.org("contoso")
	delete(contoso.folder.messages, contoso.folder.key(contoso.people[0].dn).id)
	contoso.remove(contoso.people[0])
	contoso.publish(contoso.people[1], whole(on(12, 1, 9, 10)))
}

func TestNothingIsDeletedWhereAWriteFailed(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"cut":      {errors.New("cut"), "partial: 0 done, 0 skipped, 2 failed, 0 refused, 0 left"},
		"denied":   {sync.Errorf(sync.Denied, "no right"), "partial: 0 done, 0 skipped, 2 failed, 0 refused, 0 left"},
		"conflict": {sync.Errorf(sync.Conflict, "rewritten"), "partial: 0 done, 1 skipped, 1 failed, 0 refused, 0 left"},
		"never":    {lasting("never"), "complete: 1 done, 0 skipped, 0 failed, 1 refused, 0 left"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			gone(w)
			w.org("fabrikam").folder.fault = func(p point) error {
				if p.op == "write" && p.when == "before" {
					return test.err
				}
				return nil
			}
			if _, report := w.apply(); counts(report) != test.want {
				t.Errorf("got %s, want %s: %+v", counts(report), test.want, report)
			}
		})
	}
}

func TestAnEndComesSoon(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(stop chan struct{}, cancel func())
		want string
	}{
		"stop before":   {func(stop chan struct{}, _ func()) { close(stop) }, "interrupted: 0 done, 0 skipped, 0 failed, 0 refused, 2 left"},
		"cancel before": {func(_ chan struct{}, cancel func()) { cancel() }, "failed: 0 done, 0 skipped, 0 failed, 0 refused, 2 left"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			gone(w)
			r, p, d := w.plan()
			ctx, cancel := context.WithCancel(t.Context())
			stop := make(chan struct{})
			test.end(stop, cancel)
			report := &sync.Report{Plan: d, Remaining: p.Changes()}
			err := r.Apply(ctx, stop, report)
			report.Finish(err)
			if got := counts(report); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			cancel()
		})
	}
	t.Run("in the middle", func(t *testing.T) {
		for _, test := range []struct {
			end  func(stop chan struct{}, cancel func())
			want string
			err  error
		}{
			{func(_ chan struct{}, cancel func()) { cancel() }, "failed: 600 done, 0 skipped, 0 failed, 0 refused, 600 left", context.Canceled},
			{func(stop chan struct{}, _ func()) { close(stop) }, "interrupted: 1000 done, 0 skipped, 0 failed, 0 refused, 200 left", nil},
		} {
			inTheMiddle(t, test.end, test.want, test.err)
		}
	})
}

func inTheMiddle(t *testing.T, end func(chan struct{}, func()), want string, wantErr error) {
	t.Helper()
	w := newWorld(t)
	many(w, 1200)
	r, p, d := w.plan()
	r.Parallelism = 1
	stop := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	writes := 0
	w.org("fabrikam").folder.fault = func(p point) error {
		if p.op == "write" && p.when == "after" {
			if writes++; writes == 600 {
				end(stop, cancel)
			}
		}
		return nil
	}
	report := &sync.Report{Plan: d, Remaining: p.Changes()}
	err := r.Apply(ctx, stop, report)
	report.Finish(err)
	if got := counts(report); !errors.Is(err, wantErr) || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	w.org("fabrikam").folder.fault = nil
	if _, next := w.apply(); next.Done != report.Remaining {
		t.Errorf("the next run: %s", counts(next))
	}
}

func TestPlansDoNotDependOnTiming(t *testing.T) {
	w := newWorld(t)
	contacts := many(w, 1100)
	w.apply()
	contoso, fabrikam := w.org("contoso"), w.org("fabrikam")
	for i, p := range contoso.people {
		switch i % 5 {
		case 1:
			contoso.publish(p, whole(on(12, 1+i%28, 8, 9)))
		case 2:
			contoso.folder.key(p.dn).err = lasting(fmt.Sprintf("damaged in %d ways", i%3))
		case 3:
			fabrikam.remove(contacts[i])
		}
	}
	var before *plan.Document
	for range 4 {
		_, _, d := w.plan()
		for _, l := range d.FreeBusy[0].LeftAlone {
			if len(l.Names) != 3 {
				t.Errorf("%+v", l)
			}
		}
		if before != nil {
			if diff := cmp.Diff(before, d); diff != "" {
				t.Fatalf("two plans (-first +next):\n%s", diff)
			}
		}
		before = d
	}
	if s := before.Summary; s.Update != 220 || s.LeftAlone != 3*220 {
		t.Errorf("%+v", s)
	}
}

func TestManyReasonsAreNoReasonToWait(t *testing.T) {
	p := &freebusy.Part{}
	for i := range 200_000 {
		p.Leave("x", fmt.Sprint("reason ", i%100_000), false)
	}
	p.Sort()
	if len(p.Left) != 100_000 || p.Left[0].Count != 2 {
		t.Errorf("%d reasons, %+v", len(p.Left), p.Left[0])
	}
}

func TestGatesLookAtAllSessions(t *testing.T) {
	w := newWorld(t)
	many(w, 30)
	w.apply()
	w.sessions[0].Deletions = true
	contoso := w.org("contoso")
	contoso.people = contoso.people[:15]
	_, p, d := w.plan()
	if len(d.Refused) != 1 || d.Refused[0].Gate != plan.GateDeletions || !strings.Contains(d.Refused[0].Message, "15 deletions, of 30 messages") {
		t.Errorf("%+v", d.Refused)
	}
	if p.Changes() != 15 {
		t.Errorf("%d changes", p.Changes())
	}
	contoso.people = nil
	_, _, d = w.plan()
	if len(d.Refused) != 2 || d.Refused[1].Gate != plan.GateEmptySide {
		t.Errorf("%+v", d.Refused)
	}
}

func TestAPanicIsAnError(t *testing.T) {
	w := newWorld(t)
	ann(w, busy.FromLegacyFolder)
	w.org("contoso").folder.fault = func(p point) error {
		if p.op == "read" {
			panic("a mistake")
		}
		return nil
	}
	if _, err := w.run().Plan(t.Context()); err == nil {
		t.Error("no error")
	} else if _, ok := sync.IsPanic(err); !ok {
		t.Error(err)
	}
}
