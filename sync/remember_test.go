package sync_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// forgetful is a store that gives the first listing of each folder again and again, until it is told to look.
type forgetful struct {
	sync.Store
	lists    map[plan.Digest][]plan.Item
	fresh    bool
	served   bool
	accepted bool
}

func (f *forgetful) List(ctx context.Context, folder plan.Folder, emit func([]plan.Item) error) error {
	if items, ok := f.lists[folder.Key]; ok && !f.fresh {
		f.served = true
		return emit(items)
	}
	return f.Store.List(ctx, folder, func(items []plan.Item) error {
		f.lists[folder.Key] = append(f.lists[folder.Key], items...)
		return emit(items)
	})
}

func (f *forgetful) Refresh() bool {
	served := f.served
	f.fresh, f.served = true, false
	return served
}

func (f *forgetful) Accept() { f.accepted = true }

func (f *forgetful) Settle(context.Context) {}

// pairOf is a run of one folder "News" from a to b.
func pairOf(a, b sync.Store, rules plan.Rules) *sync.Run {
	return sync.New(sync.Options{Organizations: map[string]sync.Store{"a": a, "b": b}, Known: []string{"a", "b"}, Parallelism: 1, Now: time.Now(),
		Rand: func() string { return "marker" },
		Sessions: []sync.Session{{Name: "ab", Publisher: "a", Subscribers: []string{"b"}, Blocks: []sync.Block{{Path: "News", Source: "ab.hcl:1", Rules: rules,
			Target: func(string) string { return "News" }}}}}})
}

func newsOf(t *testing.T, s sync.Store, items ...string) (plan.Folder, []plan.Item) {
	t.Helper()
	folders, err := s.Folders(t.Context())
	must(t, err)
	f, err := s.CreateFolder(t.Context(), folders[0], "News", "IPF.Note", plan.Stamp{})
	must(t, err)
	var made []plan.Item
	for _, text := range items {
		r := s.Create(t.Context(), f, []sync.NewItem{{Payload: sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte(text)}}})
		must(t, r[0].Err)
		made = append(made, r[0].Item)
	}
	return f, made
}

func TestWhatIsDeletedWasListedAnew(t *testing.T) {
	a, b := memstore.New("a", memstore.Options{}).Open(nil), memstore.New("b", memstore.Options{}).Open(nil)
	f, _ := newsOf(t, a, "one", "two")
	rules := plan.Rules{Subfolders: true, Limits: plan.DefaultLimits(), Deletions: plan.DeleteItems}
	run := pairOf(a, b, rules)
	p, err := run.Plan(t.Context())
	must(t, err)
	_, err = run.Apply(t.Context(), p, nil)
	must(t, err)

	// The publisher is remembered as it is without its second item, which then comes back.
	remembered := &forgetful{Store: a, lists: map[plan.Digest][]plan.Item{}}
	must(t, a.List(t.Context(), f, func(items []plan.Item) error {
		remembered.lists[f.Key] = append(remembered.lists[f.Key], items[0])
		return nil
	}))
	run = pairOf(sync.Limit(remembered, 1, 0), b, rules)
	p, err = run.Plan(t.Context())
	must(t, err)
	if p.Deletes() || !p.Empty() {
		t.Errorf("an item that is there is taken for gone:\n%s", text(p))
	}
	_, err = run.Apply(t.Context(), p, nil)
	must(t, err)
	if !remembered.accepted {
		t.Error("the store is not told that every gate has passed")
	}
}

func TestContentsAreComparedInTheirCanonicalForm(t *testing.T) {
	a := sync.Canonical(memstore.New("a", memstore.Options{}).Open(nil), func(p sync.Payload) sync.Payload {
		p.Data = bytes.ToLower(p.Data)
		return p
	})
	b := memstore.New("b", memstore.Options{}).Open(nil)
	_, _ = newsOf(t, a, "ONE", "TWO")
	_, _ = newsOf(t, b, "one", "three")
	run := sync.New(sync.Options{Organizations: map[string]sync.Store{"a": a, "b": b}, Known: []string{"a", "b"}, Parallelism: 1, Adopt: true, Now: time.Now(),
		Sessions: pairOf(a, b, plan.Rules{Subfolders: true, Limits: plan.DefaultLimits()}).Sessions})
	p, err := run.Plan(t.Context())
	must(t, err)
	adopted, created := 0, 0
	for c := range p.Changes.All() {
		switch c.Action {
		case plan.Adopt:
			adopted++
		case plan.Create:
			created++
		}
	}
	if adopted != 1 || created != 1 {
		t.Errorf("%d items are adopted and %d created, want 1 and 1:\n%s", adopted, created, text(p))
	}
}

// TestAPairThatWasRestoredRemembersItsFoldersAgain has a user delete a folder after a backup came back and a run went over it.
func TestAPairThatWasRestoredRemembersItsFoldersAgain(t *testing.T) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	must(t, a.AddFolder("", "News", "IPF.Note"), a.AddFolder("News", "Sub", "IPF.Note"))
	state, err := sync.OpenState(t.TempDir())
	must(t, err)
	defer state.Close()
	marker := 0
	planned := func() (*sync.Run, *plan.Plan) {
		t.Helper()
		run := pairOf(a.Open(nil), b.Open(nil), plan.Rules{TwoWay: true, Subfolders: true, Limits: plan.DefaultLimits()})
		marker++
		run.State, run.Rand = state, func() string { return fmt.Sprint("marker", marker) }
		p, err := run.Plan(t.Context())
		must(t, err)
		return run, p
	}
	apply := func() {
		t.Helper()
		run, p := planned()
		if report, err := run.Apply(t.Context(), p, nil); err != nil || report.Result != "complete" {
			t.Fatalf("%v\n%s", err, text(p))
		}
	}
	apply()
	backup := b.Snapshot()
	key, err := a.Post("News", sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("text")})
	must(t, err)
	apply()
	b.Restore(backup)
	must(t, a.Delete(key))
	apply() // nothing differs, but nothing is trusted
	must(t, b.DeleteFolder("News/Sub"))
	if _, p := planned(); !p.Empty() {
		t.Errorf("the folder is taken for a new one:\n%s", text(p))
	}
}

// TestABackupFromBeforeOneWayRunsIsNoticedByATwoWayOne: runs in one direction put no markers on the publisher, and remember all the same.
func TestABackupFromBeforeOneWayRunsIsNoticedByATwoWayOne(t *testing.T) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	must(t, a.AddFolder("", "News", "IPF.Note"))
	state, err := sync.OpenState(t.TempDir())
	must(t, err)
	defer state.Close()
	marker := 0
	apply := func(twoWay bool) {
		t.Helper()
		run := pairOf(a.Open(nil), b.Open(nil), plan.Rules{TwoWay: twoWay, Subfolders: true, Deletions: plan.DeleteItems, Limits: plan.DefaultLimits()})
		run.State, run.Rand = state, func() string { marker++; return fmt.Sprint("marker", marker) }
		p, err := run.Plan(t.Context())
		must(t, err)
		if report, err := run.Apply(t.Context(), p, nil); err != nil || report.Result != "complete" {
			t.Fatalf("%v\n%s", err, text(p))
		}
	}
	apply(true)
	backup := b.Snapshot()
	_, err = a.Post("News", sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("text")})
	must(t, err)
	apply(false)
	b.Restore(backup)
	apply(true)
	if len(a.All()) != 1 || len(b.All()) != 1 {
		t.Errorf("%d items at a and %d at b", len(a.All()), len(b.All()))
	}
}

// TestWhatIsRememberedOfAnEarlierPairDoesNotCount: a server that was set up again gives the keys that it gave before, and makes a pair of the same keys.
func TestWhatIsRememberedOfAnEarlierPairDoesNotCount(t *testing.T) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	must(t, a.AddFolder("", "News", "IPF.Note"))
	state, err := sync.OpenState(t.TempDir())
	must(t, err)
	defer state.Close()
	apply := func() {
		t.Helper()
		run := pairOf(a.Open(nil), b.Open(nil), plan.Rules{TwoWay: true, Subfolders: true, Deletions: plan.DeleteItems, Limits: plan.DefaultLimits()})
		run.State = state
		p, err := run.Plan(t.Context())
		must(t, err)
		_, err = run.Apply(t.Context(), p, nil)
		must(t, err)
	}
	apply()
	_, err = b.Post("News", sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("text")})
	must(t, err)
	apply()
	b = memstore.New("b", memstore.Options{})
	apply()
	apply()
	if n := len(a.All()); n != 1 {
		t.Errorf("%d items at a", n)
	}
}
