package sync_test

import (
	"errors"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

func TestNothingIsDeletedAfterAFailureThatMayPass(t *testing.T) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	if err := a.AddFolder("", "Team", ""); err != nil {
		t.Fatal(err)
	}
	post := func(name string) plan.Digest {
		key, err := a.Post("Team", sync.Payload{Class: "IPM.Post", Name: name, Format: sync.MIME, Data: []byte("Subject: " + name + "\r\n\r\n")})
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	apply := func(hook memstore.Hook) {
		t.Helper()
		rules := plan.Rules{Subfolders: true, Deletions: plan.DeleteItems, Limits: plan.DefaultLimits()}
		run := sync.New(sync.Options{Organizations: map[string]sync.Store{"a": a.Open(nil), "b": b.Open(hook)}, Known: []string{"a", "b"},
			Sessions: []sync.Session{{Name: "s", Publisher: "a", Subscribers: []string{"b"}, Blocks: []sync.Block{{
				Path: "Team", Target: func(string) string { return "Team" }, Rules: rules}}}}})
		p, err := run.Plan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := run.Apply(t.Context(), p, nil); err != nil {
			t.Fatal(err)
		}
	}
	gone := post("gone")
	post("stays")
	apply(nil)
	if err := a.Delete(gone); err != nil {
		t.Fatal(err)
	}
	post("new")
	apply(func(c memstore.Call) error {
		if c.Op == "Create" {
			return errors.New("connection refused")
		}
		return nil
	})
	if n := len(b.Deleted()); n != 0 {
		t.Errorf("%d items were deleted although a write had failed", n)
	}
	apply(nil)
	if n, left := len(b.Deleted()), len(b.All()); n != 1 || left != 2 {
		t.Errorf("after a whole run %d items are deleted and %d are there", n, left)
	}
}
