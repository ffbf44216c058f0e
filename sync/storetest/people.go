package storetest

import (
	"bytes"
	"context"
	"fmt"
	stdsync "sync"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
)

func testUser(t *testing.T, s *suite) {
	if s.User == nil {
		t.Skip("nobody can act as a user of this store")
	}
	root := s.root(t)
	f, g := s.makeFolder(t, root, "Box"), s.makeFolder(t, root, "Other")
	made := s.create(t, f, sync.NewItem{Payload: message(1), Stamp: stamp(1)}, sync.NewItem{Payload: message(2), Stamp: stamp(2)},
		sync.NewItem{Payload: message(3), Stamp: stamp(3)}, sync.NewItem{Payload: message(4), Stamp: stamp(4)})

	s.User.Add(t, f, "dropped", message(50).Data)
	var dropped plan.Item
	for _, it := range s.list(t, f) {
		if it.Stamp.IsZero() {
			dropped = it
		}
	}
	if dropped.Key.IsZero() || dropped.Version.IsZero() || dropped.Problem != "" {
		t.Fatalf("an added item is not listed: %+v", dropped)
	}
	same(t, "an added item, listed again", s.listed(t, f, dropped), dropped)
	if p := s.read(t, f, dropped); s.Exact && !bytes.Equal(p.Data, message(50).Data) {
		t.Errorf("an added item is read as %q", p.Data)
	}

	s.User.Edit(t, f, made[0], message(9).Data) // as long as before
	edited := s.listed(t, f, made[0])
	if edited.Version == made[0].Version || edited.Stamp != made[0].Stamp {
		t.Errorf("an edited item:\n got %+v\n was %+v", edited, made[0])
	}
	p := message(10)
	if r := s.Store.Update(t.Context(), f, []sync.ItemUpdate{{Item: made[0], Payload: &p, Stamp: stamp(1)}}); !sync.IsConflict(r[0].Err) {
		t.Errorf("Update over a user's edit: %v", r[0].Err)
	}
	s.User.Edit(t, f, dropped, message(51).Data)
	if again := s.listed(t, f, dropped); again.Version == dropped.Version || !again.Stamp.IsZero() {
		t.Errorf("an edited user's item: %+v", again)
	}

	s.folders(t) // a listing speaks of the state that the walk before it found
	s.User.Copy(t, f, made[1], g)
	s.folders(t)
	copies := s.list(t, g)
	if len(copies) != 1 {
		t.Fatalf("a copy is listed as %+v", copies)
	}
	for _, c := range copies {
		if c.Key == made[1].Key {
			t.Errorf("a copy has the key of the original: %+v", c)
		}
	}
	same(t, "the original of a copy", s.listed(t, f, made[1]), made[1])

	s.User.Remove(t, f, made[2])
	s.folders(t)
	if _, ok := s.list(t, f)[made[2].Key]; ok {
		t.Error("a removed item is listed")
	}
	if errs := s.Store.Delete(t.Context(), f, []plan.Item{made[2]}); errs[0] != nil {
		t.Errorf("Delete of an item that a user removed: %v", errs[0])
	}

	s.User.Move(t, f, made[3], g)
	s.folders(t)
	var moved []plan.Item
	for _, folder := range []plan.Folder{f, g} {
		for _, it := range s.list(t, folder) {
			if it.Stamp == made[3].Stamp {
				moved = append(moved, it)
			}
		}
	}
	if len(moved) != 1 {
		t.Errorf("an item that a user moved is listed as %+v", moved)
	}
}

func testConcurrent(t *testing.T, s *suite) {
	root := s.root(t)
	var folders []plan.Folder
	for i := range 4 {
		folders = append(folders, s.makeFolder(t, root, fmt.Sprint("folder ", i)))
	}
	var wg stdsync.WaitGroup
	for i := range 8 {
		f, to := folders[i%4], folders[(i+1)%4]
		wg.Go(func() {
			var mine []plan.Item
			for n := range 5 {
				for _, r := range s.Store.Create(t.Context(), f, []sync.NewItem{
					{Payload: message(n), Stamp: stamp(100*i + 2*n)}, {Payload: message(n), Stamp: stamp(100*i + 2*n + 1)}}) {
					if r.Err != nil {
						t.Errorf("Create: %v", r.Err)
						return
					}
					mine = append(mine, r.Item)
				}
				if err := s.Store.List(t.Context(), to, func([]plan.Item) error { return nil }); err != nil {
					t.Errorf("List: %v", err)
				}
			}
			p := message(77)
			for _, r := range s.Store.Update(t.Context(), f, []sync.ItemUpdate{{Item: mine[0], Payload: &p, Stamp: mine[0].Stamp}}) {
				if r.Err != nil {
					t.Errorf("Update: %v", r.Err)
				}
			}
			for _, r := range s.Store.Move(t.Context(), f, to, []sync.ItemMove{{Item: mine[1], Stamp: mine[1].Stamp}}) {
				if r.Err != nil {
					t.Errorf("Move: %v", r.Err)
				}
			}
			for _, err := range s.Store.Delete(t.Context(), f, mine[2:3]) {
				if err != nil {
					t.Errorf("Delete: %v", err)
				}
			}
			for _, r := range s.Store.Read(t.Context(), f, mine[3:]) {
				if r.Err != nil {
					t.Errorf("Read: %v", r.Err)
				}
			}
		})
		wg.Go(func() {
			if _, err := s.Store.CreateFolder(t.Context(), f, fmt.Sprint("child ", i), "IPF.Note", stamp(i)); err != nil {
				t.Errorf("CreateFolder: %v", err)
			}
			if _, err := s.Store.Folders(t.Context()); err != nil {
				t.Errorf("Folders: %v", err)
			}
		})
	}
	wg.Wait()
	s.folders(t)
	total, stamps := 0, map[string]bool{}
	for _, f := range folders {
		for _, it := range s.list(t, f) {
			total++
			stamps[it.Stamp.Origin] = true
		}
	}
	if total != 8*9 || len(stamps) != total {
		t.Errorf("%d items with %d stamps, want %d", total, len(stamps), 8*9)
	}
}

func testCancelled(t *testing.T, s *suite) {
	f := s.makeFolder(t, s.root(t), "Box")
	it := s.create(t, f, sync.NewItem{Payload: message(1), Stamp: stamp(1)})[0]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Store.Folders(ctx); err == nil {
		t.Error("Folders succeeded")
	}
	if err := s.Store.List(ctx, f, func([]plan.Item) error { return nil }); err == nil {
		t.Error("List succeeded")
	}
	if r := s.Store.Read(ctx, f, []plan.Item{it}); r[0].Err == nil {
		t.Error("Read succeeded")
	}
	if r := s.Store.Create(ctx, f, []sync.NewItem{{Payload: message(2)}}); r[0].Err == nil {
		t.Error("Create succeeded")
	}
	if errs := s.Store.Delete(ctx, f, []plan.Item{it}); errs[0] == nil {
		t.Error("Delete succeeded")
	}
	same(t, "an item that nothing was done to", s.listed(t, f, it), it)
}

func testReopen(t *testing.T, s *suite) {
	if s.Reopen == nil {
		t.Skip("the organization does not outlast its store")
	}
	root := s.root(t)
	f := s.makeFolder(t, root, "Box")
	p := message(1)
	p.Properties = map[string]string{project: "b"}
	made := s.create(t, f, sync.NewItem{Payload: p, Stamp: stamp(1)}, sync.NewItem{Payload: message(2), Stamp: stamp(2)},
		sync.NewItem{Payload: message(3)})
	made[1] = s.update(t, f, sync.ItemUpdate{Item: made[1], Stamp: stamp(5)})
	before := s.folders(t)
	s.Store = s.Reopen(t)
	after := s.folders(t)
	for path, f := range before {
		if after[path] != f {
			t.Errorf("folder %q:\n got %+v\nwant %+v", path, after[path], f)
		}
	}
	for _, it := range made {
		same(t, "an item after reopening", s.listed(t, f, it), it)
	}
	if got := s.read(t, f, made[0]); got.Properties[project] != "b" {
		t.Errorf("properties after reopening: %+v", got.Properties)
	}
}
