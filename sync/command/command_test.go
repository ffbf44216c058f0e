package command

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
	"iorepl/sync/console"
)

func job(t *testing.T) *Job {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	j := &Job{Console: console.New(f, f, func(string) string { return "" }, time.Now), State: filepath.Join(dir, "state"), Open: map[string]Open{},
		Known: []string{"a", "b"}, Wants: func(string, string) bool { return true }, Parallelism: 1, Now: time.Now(), Report: filepath.Join(dir, "report.json"),
		Sessions: []sync.Session{{Name: "s", Publisher: "a", Subscribers: []string{"b"}, Blocks: []sync.Block{{Path: "News",
			Target: func(p string) string { return p }, Rules: plan.Rules{Subfolders: true, Limits: plan.DefaultLimits()}}}}}}
	for _, id := range j.Known {
		j.Open[id] = func(context.Context, string) (sync.Store, error) {
			return archive.Open(filepath.Join(dir, id), archive.Options{})
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "a", "News"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a", "News", "one.eml"), []byte("Subject: One\r\n\r\nText\r\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return j
}

// reported is what the tests read of a report.
type reported struct {
	Result, Error   string
	Done, Remaining int
}

func report(t *testing.T, j *Job) *reported {
	t.Helper()
	r := new(reported)
	data, err := os.ReadFile(j.Report)
	if err == nil {
		err = json.Unmarshal(data, r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wrapped lets a test take the place of single methods.
type wrapped struct {
	sync.Store
	folders func() // called by Folders
	create  func() // called after Create
}

func (w wrapped) Folders(ctx context.Context) ([]plan.Folder, error) {
	if w.folders != nil {
		w.folders()
	}
	return w.Store.Folders(ctx)
}

func (w wrapped) CreateFolder(ctx context.Context, parent plan.Folder, name, class string, stamp plan.Stamp) (plan.Folder, error) {
	f, err := w.Store.CreateFolder(ctx, parent, name, class, stamp)
	if w.create != nil {
		w.create()
	}
	return f, err
}

func wrap(j *Job, id string, w wrapped) {
	open := j.Open[id]
	j.Open[id] = func(ctx context.Context, cache string) (_ sync.Store, err error) {
		w.Store, err = open(ctx, cache)
		return w, err
	}
}

func TestAPanicIsAnErrorAndReleasesTheLock(t *testing.T) {
	j := job(t)
	open := j.Open["b"]
	wrap(j, "b", wrapped{folders: func() { panic("out of order") }})
	ctx := t.Context()
	err := j.Apply(ctx, ctx, Approval{})
	if p, ok := sync.IsPanic(err); !ok || p.Value != "out of order" || len(p.Stack) == 0 {
		t.Fatalf("got %v", err)
	}
	if r := report(t, j); r.Result != "failed" || r.Error == "" {
		t.Errorf("report: got %+v", r)
	}
	j.Open["b"] = open
	if err := j.Apply(ctx, ctx, Approval{}); err != nil {
		t.Errorf("the next run: %v", err)
	}
}

func TestAnInterruptLeavesTheRestToTheNextRun(t *testing.T) {
	j := job(t)
	open := j.Open["b"]
	soft, stop := context.WithCancelCause(t.Context())
	wrap(j, "b", wrapped{create: func() { stop(ErrInterrupted) }})
	if err := j.Apply(t.Context(), soft, Approval{}); !errors.Is(err, ErrInterrupted) {
		t.Fatalf("got %v", err)
	}
	if r := report(t, j); r.Result != "interrupted" || r.Done != 1 || r.Remaining != 1 {
		t.Errorf("report: got %+v", r)
	}
	j.Open["b"] = open
	if err := j.Apply(t.Context(), t.Context(), Approval{}); err != nil {
		t.Fatal(err)
	}
	if err := j.Plan(t.Context(), true); err != nil {
		t.Errorf("the plan after it: %v", err)
	}
}

func TestAnInterruptWhilePlanningWritesNothing(t *testing.T) {
	j := job(t)
	soft, stop := context.WithCancelCause(t.Context())
	wrap(j, "a", wrapped{folders: func() { stop(ErrInterrupted) }})
	if err := j.Apply(t.Context(), soft, Approval{}); !errors.Is(err, ErrInterrupted) {
		t.Errorf("apply: got %v", err)
	}
	if r := report(t, j); r.Result != "interrupted" {
		t.Errorf("report: got %+v", r)
	}
	if err := j.Plan(soft, true); !errors.Is(err, ErrInterrupted) {
		t.Errorf("plan: got %v", err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(j.State), "b")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the subscriber was written to: %v", err)
	}
}

func TestAReportReplacesTheOneBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	for _, text := range []string{"a long text before", "short"} {
		if err := WriteReport(path, text); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(data), "\""+text+"\"\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if err := WriteReport(os.DevNull, "gone"); err != nil {
		t.Errorf("a device: %v", err)
	}
}
