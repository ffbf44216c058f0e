package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
)

func testItems(t *testing.T, s *suite) {
	root := s.root(t)
	for i, format := range s.Formats {
		f, err := s.Store.CreateFolder(t.Context(), root, string(format), folderClass(format), plan.Stamp{})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(s.list(t, f)); n != 0 {
			t.Fatalf("a new folder has %d items", n)
		}
		p := payload(format, i)
		p.Properties = map[string]string{project: "Über \"x\"\n\t" + fmt.Sprint(i)}
		s.travel(t, f, sync.NewItem{Payload: p, Stamp: stamp(i)}, sync.NewItem{Payload: payload(format, 100+i)}) // without a stamp: a user's item as far as stores know
	}
}

// project is the canonical name of a property of users' own.
const project = "PublicStrings/Project:String"

// folderClass is the class of folders for items of a format.
func folderClass(f sync.Format) string {
	switch f {
	case sync.ICalendar:
		return "IPF.Appointment"
	case sync.VCard:
		return "IPF.Contact"
	}
	return "IPF.Note"
}

func (s *suite) sameTime(it plan.Item, p sync.Payload) bool {
	return s.ServerTimes || it.Modified.Equal(p.Modified)
}

// travel makes items, and lists and reads them.
func (s *suite) travel(t *testing.T, f plan.Folder, items ...sync.NewItem) {
	t.Helper()
	made := s.create(t, f, items...)
	keys := map[plan.Digest]bool{}
	for i, it := range made {
		want := items[i]
		if it.Key.IsZero() || it.Version.IsZero() || it.ID == "" || keys[it.Key] {
			t.Errorf("Create: item lacks key, version or id, or its key is taken: %+v", it)
		}
		keys[it.Key] = true
		if it.Class != want.Class || it.Name != want.Name || it.Stamp != want.Stamp || !s.sameTime(it, want.Payload) {
			t.Errorf("Create:\n got %+v\nwant %+v", it, want)
		}
		listed := s.listed(t, f, it)
		same(t, "List after Create", listed, it)
		p := s.read(t, f, listed)
		if p.Class != want.Class || p.Name != want.Name || p.Format != want.Format || !s.sameTime(plan.Item{Modified: p.Modified}, want.Payload) ||
			!s.holds(p.Properties, want.Properties) {
			t.Errorf("Read:\n got %+v\nwant %+v", p, want)
		}
		if s.Exact && !bytes.Equal(p.Data, want.Data) {
			t.Errorf("Read: got bytes %q, want %q", p.Data, want.Data)
		}
		if p.Version != listed.Version {
			t.Errorf("Read: version %v, listed as %v", p.Version, listed.Version)
		}
		if c := sync.ContentOf(p); p.Content != c || !listed.Content.IsZero() && listed.Content != c {
			t.Errorf("content is %v when read and %v when listed, want %v", p.Content, listed.Content, c)
		}
	}
	if n := len(s.list(t, f)); n != len(items) {
		t.Errorf("List: %d items, want %d", n, len(items))
	}
	same(t, "an unchanged item", s.listed(t, f, made[0]), made[0])
}

// holds reports whether properties travelled. A store that writes items in its own way may have found more of them.
func (s *suite) holds(got, want map[string]string) bool {
	for k, v := range want {
		if got[k] != v {
			return false
		}
	}
	return !s.Exact || maps.Equal(got, want)
}

func testUpdate(t *testing.T, s *suite) {
	f := s.makeFolder(t, s.root(t), "Box")
	it := s.create(t, f, sync.NewItem{Payload: message(1), Stamp: stamp(1)})[0]

	p := message(2)
	p.Properties = map[string]string{project: "b"}
	changed := s.update(t, f, sync.ItemUpdate{Item: it, Payload: &p, Stamp: stamp(2)})
	if changed.Key != it.Key || changed.Version == it.Version || changed.Stamp != stamp(2) || changed.Name != p.Name {
		t.Errorf("Update with content: %+v was %+v", changed, it)
	}
	same(t, "List after Update", s.listed(t, f, it), changed)
	if got := s.read(t, f, changed); s.Exact && !bytes.Equal(got.Data, p.Data) || got.Properties[project] != "b" || !s.sameTime(plan.Item{Modified: got.Modified}, p) {
		t.Errorf("Read after Update: %+v", got)
	}

	restamped := s.update(t, f, sync.ItemUpdate{Item: changed, Stamp: stamp(3)})
	if restamped.Key != it.Key || restamped.Stamp != stamp(3) || restamped.Class != p.Class || restamped.Name != p.Name || !s.sameTime(restamped, p) {
		t.Errorf("Update without content: %+v was %+v", restamped, changed)
	}
	same(t, "List after a new stamp", s.listed(t, f, it), restamped)
	if got := s.read(t, f, restamped); s.Exact && !bytes.Equal(got.Data, p.Data) || got.Properties[project] != "b" {
		t.Errorf("Read after a new stamp: %+v", got)
	}

	cleared := s.update(t, f, sync.ItemUpdate{Item: restamped})
	if !cleared.Stamp.IsZero() || !s.listed(t, f, it).Stamp.IsZero() {
		t.Errorf("a cleared stamp is still there: %+v", cleared)
	}

	only := p
	only.Properties = map[string]string{project: "c"}
	props := s.update(t, f, sync.ItemUpdate{Item: cleared, Payload: &only, Stamp: stamp(4)}) // a replica again
	if props.Version == cleared.Version {
		t.Error("a changed property does not change the version")
	}
	same(t, "List after a changed property", s.listed(t, f, it), props)
	if got := s.read(t, f, props); got.Properties[project] != "c" {
		t.Errorf("Read after a changed property: %+v", got.Properties)
	}
	class := only
	class.Class = "IPM.Note"
	as := s.update(t, f, sync.ItemUpdate{Item: props, Payload: &class, Stamp: stamp(4)})
	if as.Version == props.Version || s.listed(t, f, as).Class != "IPM.Note" {
		t.Errorf("a changed class does not show: %+v", as)
	}
	if n := len(s.list(t, f)); n != 1 {
		t.Errorf("%d items after updates of one", n)
	}
}

func (s *suite) update(t *testing.T, f plan.Folder, u sync.ItemUpdate) plan.Item {
	t.Helper()
	r := s.Store.Update(t.Context(), f, []sync.ItemUpdate{u})
	if len(r) != 1 || r[0].Err != nil {
		t.Fatalf("Update %q: %+v", u.Item.Name, r)
	}
	return r[0].Item
}

func testConflicts(t *testing.T, s *suite) {
	root := s.root(t)
	f, g := s.makeFolder(t, root, "Box"), s.makeFolder(t, root, "Other")
	made := s.create(t, f, sync.NewItem{Payload: message(1), Stamp: stamp(1)}, sync.NewItem{Payload: message(2), Stamp: stamp(2)})
	stale, good := made[0], made[1]
	p := message(3)
	now := s.update(t, f, sync.ItemUpdate{Item: stale, Payload: &p, Stamp: stamp(3)})

	reads := s.Store.Read(t.Context(), f, []plan.Item{stale, good})
	if !sync.IsConflict(reads[0].Err) || reads[1].Err != nil {
		t.Errorf("Read of an old version, and of a good one: %v, %v", reads[0].Err, reads[1].Err)
	}
	q := message(4)
	ups := s.Store.Update(t.Context(), f, []sync.ItemUpdate{{Item: stale, Payload: &q}, {Item: good, Stamp: stamp(5)}})
	if !sync.IsConflict(ups[0].Err) || ups[1].Err != nil {
		t.Errorf("Update of an old version, and of a good one: %v, %v", ups[0].Err, ups[1].Err)
	}
	if r := s.Store.Update(t.Context(), f, []sync.ItemUpdate{{Item: stale, Stamp: stamp(9)}}); !sync.IsConflict(r[0].Err) {
		t.Errorf("new stamp for an old version: %v", r[0].Err)
	}
	if r := s.Store.Move(t.Context(), f, g, []sync.ItemMove{{Item: stale}}); !sync.IsConflict(r[0].Err) {
		t.Errorf("Move of an old version: %v", r[0].Err)
	}
	if errs := s.Store.Delete(t.Context(), f, []plan.Item{stale}); !sync.IsConflict(errs[0]) {
		t.Errorf("Delete of an old version: %v", errs[0])
	}
	same(t, "an item after conflicts", s.listed(t, f, stale), now)
	if n := len(s.list(t, g)); n != 0 {
		t.Errorf("%d items moved in spite of a conflict", n)
	}
}

func testGone(t *testing.T, s *suite) {
	root := s.root(t)
	f, g := s.makeFolder(t, root, "Box"), s.makeFolder(t, root, "Other")
	it := s.create(t, f, sync.NewItem{Payload: message(1), Stamp: stamp(1)})[0]
	if errs := s.Store.Delete(t.Context(), f, []plan.Item{it}); errs[0] != nil {
		t.Fatalf("Delete: %v", errs[0])
	}
	if r := s.Store.Read(t.Context(), f, []plan.Item{it}); !s.Lingers && !sync.IsGone(r[0].Err) {
		t.Errorf("Read: %v", r[0].Err)
	}
	p := message(2)
	for _, u := range []sync.ItemUpdate{{Item: it, Stamp: stamp(2)}, {Item: it, Payload: &p}} {
		if r := s.Store.Update(t.Context(), f, []sync.ItemUpdate{u}); !sync.IsGone(r[0].Err) {
			t.Errorf("Update: %v", r[0].Err)
		}
	}
	if r := s.Store.Move(t.Context(), f, g, []sync.ItemMove{{Item: it}}); !sync.IsGone(r[0].Err) {
		t.Errorf("Move: %v", r[0].Err)
	}
	if errs := s.Store.Delete(t.Context(), f, []plan.Item{it}); errs[0] != nil {
		t.Errorf("Delete of what is gone: %v", errs[0])
	}
	if len(s.list(t, f))+len(s.list(t, g)) != 0 {
		t.Error("a deleted item is back")
	}

	if err := s.Store.DeleteFolder(t.Context(), g); err != nil {
		t.Fatalf("DeleteFolder: %v", err)
	}
	if _, err := s.Store.Folder(t.Context(), g.ID); !sync.IsGone(err) {
		t.Errorf("Folder: %v", err)
	}
	if _, err := s.Store.Folder(t.Context(), f.ID); err != nil {
		t.Errorf("Folder of one that is there: %v", err)
	}
	if err := s.Store.DeleteFolder(t.Context(), g); err != nil {
		t.Errorf("DeleteFolder of what is gone: %v", err)
	}
	if err := s.Store.List(t.Context(), g, func([]plan.Item) error { return nil }); err == nil {
		t.Error("List of a folder that is gone is no error")
	}
	if r := s.Store.Create(t.Context(), g, []sync.NewItem{{Payload: message(3)}}); r[0].Err == nil {
		t.Error("Create in a folder that is gone is no error")
	}
	if _, err := s.Store.CreateFolder(t.Context(), g, "Child", "IPF.Note", plan.Stamp{}); err == nil {
		t.Error("CreateFolder below one that is gone is no error")
	}
}

func testDelete(t *testing.T, s *suite) {
	f := s.makeFolder(t, s.root(t), "Box")
	made := s.create(t, f, sync.NewItem{Payload: message(1), Stamp: stamp(1)}, sync.NewItem{Payload: message(2), Stamp: stamp(2)},
		sync.NewItem{Payload: message(3)})
	for i, err := range s.Store.Delete(t.Context(), f, []plan.Item{made[0], made[2]}) {
		if err != nil {
			t.Errorf("Delete %d: %v", i, err)
		}
	}
	if left := s.list(t, f); len(left) != 1 {
		t.Errorf("left: %+v", left)
	}
	same(t, "the item that was not deleted", s.listed(t, f, made[1]), made[1])
	again := s.create(t, f, sync.NewItem{Payload: message(1), Stamp: stamp(1)})[0]
	if again.Key == made[0].Key {
		t.Error("a new item has the key of a deleted one")
	}
}

func testMove(t *testing.T, s *suite) {
	root := s.root(t)
	f, g := s.makeFolder(t, root, "Box"), s.makeFolder(t, root, "Other")
	p := message(1)
	p.Properties = map[string]string{project: "b"}
	made := s.create(t, f, sync.NewItem{Payload: p, Stamp: stamp(1)}, sync.NewItem{Payload: message(2)})
	s.create(t, g, sync.NewItem{Payload: message(1), Stamp: stamp(7)}) // of the same name
	r := s.Store.Move(t.Context(), f, g, []sync.ItemMove{{Item: made[0], Stamp: stamp(3)}, {Item: made[1], Stamp: stamp(4)}})
	for i, r := range r {
		if r.Err != nil {
			t.Fatalf("Move %d: %v", i, r.Err)
		}
		if !s.NewKeys && r.Item.Key != made[i].Key || r.Item.Stamp != stamp(3+i) || r.Item.Name != made[i].Name || !s.ServerTimes && !r.Item.Modified.Equal(made[i].Modified) {
			t.Errorf("Move:\n got %+v\nfrom %+v", r.Item, made[i])
		}
		same(t, "List after Move", s.listed(t, g, r.Item), r.Item)
	}
	if got := s.read(t, g, r[0].Item); s.Exact && !bytes.Equal(got.Data, p.Data) || got.Properties[project] != "b" {
		t.Errorf("Read after Move: %+v", got)
	}
	if n, m := len(s.list(t, f)), len(s.list(t, g)); n != 0 || m != 3 {
		t.Errorf("%d items stayed and %d are there", n, m)
	}
	back := s.Store.Move(t.Context(), g, f, []sync.ItemMove{{Item: r[0].Item}})
	if back[0].Err != nil || !back[0].Item.Stamp.IsZero() || !s.NewKeys && back[0].Item.Key != made[0].Key {
		t.Errorf("Move back without a stamp: %+v", back[0])
	}
	if it := s.create(t, f, sync.NewItem{Payload: message(2)})[0]; it.Key == made[1].Key {
		t.Error("a new item has the key of one that was moved away")
	}
	in := s.Store.Move(t.Context(), f, f, []sync.ItemMove{{Item: back[0].Item, Stamp: stamp(9)}})
	if in[0].Err != nil || !s.NewKeys && in[0].Item.Key != made[0].Key || s.listed(t, f, in[0].Item).Stamp != stamp(9) {
		t.Errorf("Move within a folder: %+v", in[0])
	}
}

func testPages(t *testing.T, s *suite) {
	const count = 2300
	f := s.makeFolder(t, s.root(t), "Box")
	for at := 0; at < count; at += 100 {
		var items []sync.NewItem
		for i := range 100 {
			items = append(items, sync.NewItem{Payload: message(at + i), Stamp: stamp(at + i)})
		}
		s.create(t, f, items...)
	}
	stamps := map[string]bool{}
	for _, it := range s.list(t, f) {
		stamps[it.Stamp.Origin] = true
	}
	if len(stamps) != count {
		t.Errorf("%d items listed, want %d", len(stamps), count)
	}
	stop, calls := errors.New("stop"), 0
	err := s.Store.List(t.Context(), f, func([]plan.Item) error {
		calls++
		return stop
	})
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("an error of emit: got %v after %d calls", err, calls)
	}
}

func testRefused(t *testing.T, s *suite) {
	f := s.makeFolder(t, s.root(t), "Box")
	bad := message(2)
	bad.Format = "exe"
	r := s.Store.Create(t.Context(), f, []sync.NewItem{{Payload: message(1)}, {Payload: bad}, {Payload: message(3)}})
	if r[0].Err != nil || !sync.IsRefused(r[1].Err) || r[2].Err != nil {
		t.Errorf("Create: %v, %v, %v", r[0].Err, r[1].Err, r[2].Err)
	}
	up := s.Store.Update(t.Context(), f, []sync.ItemUpdate{{Item: r[0].Item, Payload: &bad, Stamp: stamp(1)}})
	if !sync.IsRefused(up[0].Err) {
		t.Errorf("Update: %v", up[0].Err)
	}
	same(t, "an item whose update was refused", s.listed(t, f, r[0].Item), r[0].Item)
	if n := len(s.list(t, f)); n != 2 {
		t.Errorf("%d items, want 2", n)
	}
}

func testSizes(t *testing.T, s *suite) {
	f := s.makeFolder(t, s.root(t), "Box")
	for n, size := range []int{0, 1, 100_000, 6 << 20} {
		p := message(n)
		p.Data = append(p.Data, strings.Repeat("0123456789abcde\n", size/16+1)[:size]...)
		it := s.create(t, f, sync.NewItem{Payload: p, Stamp: stamp(n)})[0]
		same(t, "List", s.listed(t, f, it), it)
		got := s.read(t, f, it)
		if s.Exact && !bytes.Equal(got.Data, p.Data) {
			t.Errorf("%d bytes did not travel whole", size)
		}
		if s.Exact && it.Size != int64(len(p.Data)) {
			t.Errorf("size is %d, want %d", it.Size, len(p.Data))
		}
		if got.Content != sync.ContentOf(got) {
			t.Errorf("content of %d bytes is not what was read", size)
		}
	}
}
