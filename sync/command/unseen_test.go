package command

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iorepl/sync"
	"iorepl/sync/freebusy"
)

// third adds a second subscriber, which cannot be opened, and counts the tries.
func third(j *Job) *int {
	j.Known = append(j.Known, "c")
	j.Sessions[0].Subscribers = append(j.Sessions[0].Subscribers, "c")
	return broken(j, "c")
}

// broken has an organization that cannot be opened, and counts the tries.
func broken(j *Job, id string) *int {
	tries := new(int)
	j.Open[id] = func(context.Context, string) (sync.Store, error) {
		*tries++
		return nil, errors.New("organization " + id + ": the password was tried once")
	}
	return tries
}

func output(t *testing.T, j *Job) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(filepath.Dir(j.State), "output"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTheOthersAreServedWhileOneCannotBeOpened(t *testing.T) {
	j := job(t)
	tries := third(j)
	err := j.Apply(t.Context(), t.Context(), Approval{})
	if !errors.Is(err, ErrPartial) {
		t.Fatalf("got %v", err)
	}
	if r := report(t, j); r.Result != "partial" || r.Done != 2 || *tries != 1 {
		t.Errorf("report: got %+v, and %d tries", r, *tries)
	}
	const line = "iorepl: organization c: the password was tried once\n"
	if got := output(t, j); strings.Count(got, line) != 1 || !strings.Contains(got, "! a:News -> c:News: organization c: the password was tried once; nothing of this folder pair is changed") {
		t.Errorf("it says\n%s", got)
	}
	if err := j.Plan(t.Context(), true); err == nil || errors.Is(err, ErrChanges) || !strings.Contains(err.Error(), "1 error") {
		t.Errorf("the plan after it: %v", err)
	}
}

func TestARunWithoutAnyPairLeftFails(t *testing.T) {
	j := job(t)
	broken(j, "a")
	for _, err := range []error{j.Apply(t.Context(), t.Context(), Approval{}), j.Plan(t.Context(), true)} {
		if err == nil || errors.Is(err, ErrPartial) || err.Error() != "organization a: the password was tried once" {
			t.Errorf("got %v", err)
		}
	}
	if r := report(t, j); r.Result == "partial" {
		t.Errorf("report: got %+v", r)
	}

	j = job(t) // what is only looked at does not count
	third(j)
	other := j.Sessions[0]
	other.Name, other.Subscribers = "other", []string{"c"}
	j.Sessions[0].Subscribers = []string{"b"}
	j.Sessions = append(j.Sessions, other)
	j.Wants = func(session, _ string) bool { return session == "other" }
	if err := j.Apply(t.Context(), t.Context(), Approval{}); err == nil || errors.Is(err, ErrPartial) {
		t.Errorf("got %v", err)
	}
}

func TestSessionsOfFreeBusyGoOnWithoutOneOrganization(t *testing.T) {
	j := job(t)
	j.FreeBusy = []freebusy.Session{{Name: "staff", Publisher: "a", Subscribers: []string{"c"}, Source: freebusy.FromFiles, Months: 1}}
	var held []string
	j.Holds = func(id string, s sync.Store) (*freebusy.Organization, error) {
		held = append(held, id)
		return &freebusy.Organization{ID: id}, nil
	}
	broken(j, "c")
	if err := j.Apply(t.Context(), t.Context(), Approval{}); !errors.Is(err, ErrPartial) {
		t.Fatalf("got %v", err)
	}
	if r := report(t, j); r.Done != 2 || len(held) != 1 || held[0] != "a" {
		t.Errorf("report: got %+v, and %v was asked", r, held)
	}
	if got := output(t, j); !strings.Contains(got, `free_busy "staff": a -> c: organization c: the password was tried once; nothing of this session is changed; put that right`) {
		t.Errorf("it says\n%s", got)
	}

	j.Sessions = nil
	if err := j.Apply(t.Context(), t.Context(), Approval{}); err == nil || errors.Is(err, ErrPartial) {
		t.Errorf("with nothing else: got %v", err)
	}
}
