package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestPackingChangesNoPlan plans random worlds with everything packed that can be, in tiny blocks, and with nothing packed.
func TestPackingChangesNoPlan(t *testing.T) {
	seen := map[Action]bool{}
	packed := 0
	for seed := range uint64(150) {
		loose := planWorld(t, seed, packLimits{few: 1 << 30, run: 1 << 30, block: blockSize})
		tight := planWorld(t, seed, packLimits{few: 0, run: 10, block: 700})
		for c := range loose.Changes.All() {
			seen[c.Action] = true
		}
		packed += len(tight.Changes.packed)
		if d := cmp.Diff(told(t, loose), told(t, tight)); d != "" {
			t.Fatalf("seed %d:\n%s", seed, d)
		}
	}
	for _, a := range []Action{Create, Adopt, Update, Relink, Move, CopyBack, Keep, Revive, Delete, CreateFolder} {
		if !seen[a] {
			t.Errorf("no world has a change of the kind %s", a)
		}
	}
	if packed == 0 {
		t.Error("nothing was packed")
	}
}

// told is all that a plan says.
func told(t *testing.T, p *Plan) []string {
	t.Helper()
	var text strings.Builder
	d := p.Document(false)
	if err := d.WriteText(&text, Colors{}); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	all := []string{text.String(), string(b), p.Digest(true).String(), p.Digest(false).String(), fmt.Sprint(p.Changes.Len())}
	for _, pair := range p.Pairs {
		slices.SortFunc(pair.Learn, func(a, b Learned) int { return a.Identity.Compare(b.Identity) })
		all = append(all, fmt.Sprint(pair.Learn, pair.Counts))
	}
	for a := range Action(len(actionNames)) {
		n := 0
		for c := range p.Changes.Of(a) {
			all = append(all, fmt.Sprintf("%+v %+v %+v", *c, c.Origin, c.Replica))
			if n++; !p.Changes.Write(c.Pair, c.Side) {
				t.Errorf("%s of %s is said not to write there", a, c.Name)
			}
		}
		if n != p.Changes.Count(a) {
			t.Errorf("%d changes are counted of the kind %s, and there are %d", p.Changes.Count(a), a, n)
		}
	}
	for i := range all { // pointers differ
		all[i] = pointers.ReplaceAllString(all[i], "0x")
	}
	return all
}

var pointers = regexp.MustCompile(`0x[0-9a-f]+`)

// dice makes a random world.
type dice struct {
	*rand.Rand
	memories map[Digest]*Memory
	refused  map[Digest]Digest
	items    int
}

func (d *dice) one(in int) bool { return d.IntN(in) == 0 }

// planWorld plans what a seed makes of two or three pairs that go to one organization.
func planWorld(t *testing.T, seed uint64, limits packLimits) *Plan {
	d := &dice{Rand: rand.New(rand.NewPCG(seed, 1)), memories: map[Digest]*Memory{}, refused: map[Digest]Digest{}}
	p := &Plan{}
	index := NewIndex([]string{"c"})
	listed := !d.one(5)
	var differs []*Differ
	for i, from := range []string{"a", "b", "a"}[:2+d.IntN(2)] {
		pair, items := d.pair(from, i)
		p.Pairs = append(p.Pairs, pair)
		differ := newDiffer(pair, ItemInput{Now: time.Unix(1e9, 0), Attempts: func(Digest) int { return 0 }, Memory: func(id Digest) *Memory { return d.memories[id] },
			Refused: func(id Digest) (Digest, string) {
				if v, ok := d.refused[id]; ok {
					return v, "too large"
				}
				return Digest{}, ""
			},
			Content: func(_ Side, _ []int, items []*Item) {
				for _, it := range items {
					it.Content = Sum("content", it.Problem, it.Class)
				}
			},
			Sought: func(_ Side, origins map[Digest]bool, _ bool) (map[Digest]bool, error) {
				maps.DeleteFunc(origins, func(id Digest, _ bool) bool { return id[1]%4 != 0 })
				return origins, nil
			},
			Index: index, Proven: func(_ Side, id Digest) bool { return id[0]%8 != 0 }, Known: func(string) bool { return true }}, limits)
		for couple := range pair.Couples {
			for questions := differ.Folder(couple, items[couple]); len(questions) > 0; questions = differ.Folder(couple, items[couple]) {
				for _, q := range questions {
					it := &items[couple][q.Side][q.Item]
					it.Content = Sum("content", it.Problem, it.Class)
				}
			}
		}
		differs = append(differs, differ)
	}
	for i, differ := range differs {
		changes, left := differ.Finish(listed)
		if pair := p.Pairs[i]; d.one(2) {
			changes.Add(Change{Action: SetPermissions, Side: Subscriber, Path: pair.Couples[1].Want[Subscriber], Couple: 1, Source: 1, Target: 1})
		}
		p.Collect(i, changes, left)
	}
	p.Complete(func(string) string { return "" })
	return p
}

// pair is a pair of some couples of folders, of which some lack one, and their items.
func (d *dice) pair(from string, n int) (*Pair, [][2][]Item) {
	p := &Pair{Session: fmt.Sprint("s", n), Org: [2]string{from, "c"}, Root: [2]string{"p", fmt.Sprint("q", n)}, Digest: Sum("pair", fmt.Sprint(n)), Trusted: !d.one(4),
		Adopt: d.one(6), Rules: Rules{TwoWay: d.one(2), Deletions: Deletions(d.IntN(3)), Conflict: Conflict(d.IntN(4)), Restore: d.one(3), MaxSize: 100,
			Limits: DefaultLimits()}}
	for i := range 4 {
		c := Couple{Items: true, Linked: i == 0, Want: [2]string{fmt.Sprint("p/", i), fmt.Sprint("q", n, "/", i)}}
		for side := range c.Folder {
			c.Folder[side] = &Folder{ID: c.Want[side], Key: Sum(p.Org[side], c.Want[side]), Path: c.Want[side]}
		}
		if i == 2 && d.one(2) {
			c.Folder[Subscriber], c.Gone = nil, d.one(2)
			c.taken[Subscriber] = d.one(3)
		}
		p.Couples = append(p.Couples, c)
	}
	items := make([][2][]Item, len(p.Couples))
	put := func(couple int, side Side, it Item) {
		if p.Couples[couple].Folder[side] != nil {
			items[couple][side] = append(items[couple][side], it)
		}
	}
	for range d.IntN(120) {
		side, couple := Publisher, d.IntN(len(p.Couples))
		if d.one(3) {
			side = Subscriber
		}
		o := d.item()
		id := p.identity(side, o.Key)
		if d.one(10) {
			id = Identity{Born: "z", Key: Sum("z", fmt.Sprint(d.IntN(20)))}
			o.Stamp.Origin = Origin{Identity: id, From: "z", For: p.Org[side], Pair: Sum("another")}.Encode()
			o.Stamp.Version = Copied{Version: o.Version, Content: o.Content}.Encode()
		}
		if !d.one(4) {
			put(couple, side, o)
		}
		if d.one(10) {
			d.refused[id.Digest()] = o.Version
		}
		for range max(0, d.IntN(5)-2) {
			d.replicaOf(p, o, id, side, couple, put)
		}
	}
	return p, items
}

func (d *dice) item() Item {
	d.items++
	id := fmt.Sprint(d.items)
	it := Item{ID: strings.Repeat("AAMkADI", 10) + id, Key: Sum("item", id), Version: Sum("v", id), Class: []string{"IPM.Note", "IPM.Post"}[d.IntN(2)],
		Name: fmt.Sprint("item ", d.IntN(30)), Size: int64(d.IntN(105)), Modified: time.Unix(1e9+int64(d.IntN(1e6)), 5).UTC()}
	if !d.one(3) {
		it.Content = Sum("content", fmt.Sprint(d.IntN(40)))
	}
	if d.one(40) {
		it.Problem = "broken"
	}
	return it
}

// replicaOf puts a replica into the folder of its origin's couple or another one.
func (d *dice) replicaOf(p *Pair, o Item, id Identity, side Side, couple int, put func(int, Side, Item)) {
	r := d.item()
	r.Name = o.Name
	copied := Copied{Version: o.Version, Content: o.Content, Home: p.folderIdentity(couple, side)}
	if d.one(2) {
		copied.Version, copied.Content = Sum("older"), Sum("content", fmt.Sprint(d.IntN(40)))
	}
	if !d.one(3) {
		r.Content = copied.Content
	}
	if d.one(4) {
		copied.Home = p.folderIdentity(d.IntN(len(p.Couples)), side)
	}
	r.Stamp = Stamp{Origin: Origin{Identity: id, From: p.Org[side], For: p.Org[side.Other()], Pair: p.Digest}.Encode(), Version: copied.Encode()}
	at := couple
	if d.one(4) {
		at = d.IntN(len(p.Couples))
	}
	switch d.IntN(6) {
	case 0:
		m := Buried(r)
		d.memories[id.Digest()] = &m
	case 1:
		o.Version = Sum("older")
		fallthrough
	case 2, 3:
		m := Remember(o, r, p.folderIdentity(at, side.Other()))
		d.memories[id.Digest()] = &m
	}
	put(at, side.Other(), r)
}
