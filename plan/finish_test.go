package plan

import (
	"slices"
	"testing"
)

// one is a one-way pair of two coupled folders, in which all that is gone is proven to be gone.
func one(rules Rules, memory *Memory) (*Pair, *Differ) {
	p := &Pair{Org: [2]string{"a", "b"}, Digest: Sum("pair"), Rules: rules}
	f, g := &Folder{Key: Sum("f"), Path: "f"}, &Folder{Key: Sum("g"), Path: "g"}
	p.Couples = []Couple{{Folder: [2]*Folder{f, g}, Want: [2]string{"f", "g"}, Linked: true, Items: true}}
	return p, NewDiffer(p, ItemInput{Memory: func(Digest) *Memory { return memory }, Index: NewIndex(nil), Attempts: func(Digest) int { return 0 },
		Refused: func(Digest) (Digest, string) { return Digest{}, "" },
		Proven:  func(Side, Digest) bool { return true }, Known: func(string) bool { return true }})
}

func origin(name string) Item {
	return Item{ID: name, Key: Sum(name), Version: Sum(name, "1"), Content: Sum(name, "1"), Name: name, Size: 1}
}

func replica(p *Pair, id string, of Item) Item {
	return Item{ID: id, Key: Sum(id), Version: of.Content, Content: of.Content, Name: of.Name, Size: of.Size, Stamp: Stamp{
		Origin:  Origin{Identity: p.identity(Publisher, of.Key), From: "a", For: "b", Pair: p.Digest}.Encode(),
		Version: Copied{Version: of.Version, Content: of.Content, Home: p.folderIdentity(0, Publisher)}.Encode()}}
}

func changes(t *testing.T, d *Differ, items [2][]Item) []Change {
	t.Helper()
	if q := d.Folder(0, items); len(q) > 0 {
		t.Fatalf("questions: %+v", q)
	}
	c, _ := d.Finish(true)
	return slices.Clone(c.plain)
}

func TestAReplicaThatAFilterTakesOutIsNotMissing(t *testing.T) {
	p, d := one(Rules{MaxSize: 100}, nil)
	o := origin("x")
	r := replica(p, "r", o)
	r.Size = 200
	if got := changes(t, d, [2][]Item{{o}, {r}}); len(got) > 0 {
		t.Errorf("got %+v", got)
	}
}

func TestCopiesOfADeletedReplicaStay(t *testing.T) {
	buried := Buried(Item{Key: Sum("the replica")})
	p, _ := one(Rules{}, nil)
	o := origin("x")
	for _, copies := range [][]Item{{replica(p, "r", o)}, {replica(p, "r", o), replica(p, "s", o)}} {
		_, d := one(Rules{Deletions: DeleteItems}, &buried)
		if got := changes(t, d, [2][]Item{nil, copies}); len(got) > 0 {
			t.Errorf("%d copies: got %+v", len(copies), got)
		}
	}
}

func TestOfSeveralItemsWithOneStampTheRememberedOneIsTheReplica(t *testing.T) {
	p, _ := one(Rules{}, nil)
	o := origin("x")
	r, copied := replica(p, "r", o), replica(p, "copy", o)
	memory := Remember(o, r, Digest{})
	_, d := one(Rules{Deletions: DeleteItems}, &memory)
	got := changes(t, d, [2][]Item{nil, {copied, r}})
	if len(got) != 1 || got[0].Action != Delete || got[0].Replica.Key != r.Key {
		t.Errorf("got %+v", got)
	}
	_, d = one(Rules{}, &memory)
	o.Version, o.Content = Sum("x", "2"), Sum("x", "2")
	got = changes(t, d, [2][]Item{{o}, {copied}})
	if len(got) != 1 || got[0].Action != Update {
		t.Errorf("the only one that is left is not updated: %+v", got)
	}
}

func TestOnlyFoldersThatWereMadeAreDeleted(t *testing.T) {
	for name, test := range map[string]struct {
		stamped, linked, goes bool
	}{"made": {true, false, true}, "linked": {true, true, false}, "of its users": {false, true, false}} {
		t.Run(name, func(t *testing.T) {
			p, d := one(Rules{Deletions: DeleteItemsAndFolders}, nil)
			f := &Folder{Key: Sum("sub"), Path: "g/sub"}
			if test.stamped {
				f.Stamp.Origin = Origin{Identity: p.identity(Publisher, Sum("gone")), From: "a", For: "b", Pair: p.Digest, Linked: test.linked}.Encode()
			}
			p.Couples = append(p.Couples, Couple{Folder: [2]*Folder{nil, f}, Want: [2]string{"", "g/sub"}, Gone: true, Linked: test.linked})
			got := changes(t, d, [2][]Item{})
			if goes := len(got) == 1 && got[0].Action == DeleteFolder; goes != test.goes {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestAnItemComesByOneWay(t *testing.T) {
	it := origin("x")
	born := Identity{Born: "a", Key: it.Key}
	pair := func(from string) *Pair {
		return &Pair{Org: [2]string{from, "c"}, Couples: []Couple{{Want: [2]string{"f", "g"}}}}
	}
	create := func(pair int, from string) Change {
		return Change{Pair: pair, Action: Create, Side: Subscriber, Origin: &it, Born: Origin{Identity: born, From: from, For: "c"}}
	}
	p := &Plan{Pairs: []*Pair{pair("b"), pair("a")}, Changes: Changes{plain: []Change{create(0, "b"), create(1, "a")}}}
	p.Complete(func(string) string { return "" })
	if got := p.Changes.plain; len(got) != 1 || got[0].Born.From != "a" || len(p.Left) != 1 {
		t.Errorf("got %+v, left %+v", got, p.Left)
	}
}

func TestACopyIsNotTakenForAReplicaThatMayLieInAFolderThatWasNotListed(t *testing.T) {
	p, _ := one(Rules{}, nil)
	o := origin("x")
	copied := replica(p, "copy", o)
	memory := Remember(o, replica(p, "r", o), Digest{})
	o.Version, o.Content = Sum("x", "2"), Sum("x", "2")
	for _, listed := range []bool{false, true} {
		_, d := one(Rules{}, &memory)
		d.Folder(0, [2][]Item{{o}, {copied}})
		if got, _ := d.Finish(listed); got.Len() > 0 != listed {
			t.Errorf("listed whole: %v: got %+v", listed, got)
		}
	}
}

func TestAReplicaThatIsMovedIsRememberedAsTheMoveLeavesIt(t *testing.T) {
	p, _ := one(Rules{TwoWay: true}, nil)
	o := origin("x")
	r := replica(p, "r", o)
	memory := Remember(o, r, Digest{})
	memory.Stamp = Sum("an older stamp") // so there is something to learn
	p, d := one(Rules{TwoWay: true}, &memory)
	p.Trusted = true
	p.Couples = append(p.Couples, Couple{Folder: [2]*Folder{{Key: Sum("f2"), Path: "f/2"}, {Key: Sum("g2"), Path: "g/2"}},
		Want: [2]string{"f/2", "g/2"}, Items: true})
	d.Folder(1, [2][]Item{{o}, nil})
	got := changes(t, d, [2][]Item{nil, {r}})
	if len(got) != 1 || got[0].Action != Move || len(p.Learn) > 0 {
		t.Errorf("got %+v, learned %+v", got, p.Learn)
	}
}
