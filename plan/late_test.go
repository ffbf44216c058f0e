package plan

import "testing"

// TestWhatIsMadeLateIsNotACopy has an item appear beside the replica that state names: one of an earlier attempt is one of ours too many,
// unless somebody changed it; all others are copies.
func TestWhatIsMadeLateIsNotACopy(t *testing.T) {
	for _, c := range []struct {
		name            string
		replica, other  int // attempts
		open            int // the last attempt of which nobody knows how it ended
		arrange         func(o, other *Item)
		former          bool // state knows the other one as the former replica
		deleted, asking bool
	}{
		{name: "of an earlier attempt", replica: 1, other: 0, deleted: true},
		{name: "of an attempt before the last", replica: 3, other: 2, deleted: true},
		{name: "copy of the replica", replica: 1, other: 1},
		{name: "copy of a replica of long ago", replica: 0, other: 2},
		{name: "made anew to be moved", replica: 0, other: 1, open: 2, deleted: true},
		{name: "made anew to be moved, and changed by somebody", replica: 0, other: 1, open: 2, arrange: func(_, other *Item) { other.Content = Sum("changed") }},
		{name: "made anew to be moved, of a replica that somebody had changed", replica: 0, other: 1, open: 2, deleted: true, arrange: func(o, other *Item) {
			other.Stamp.Version = Copied{Version: Sum("x", "0"), Content: Sum("x", "0")}.Encode()
		}},
		{name: "copy of a replica of long ago, while one is made anew", replica: 0, other: 2, open: 2},
		{name: "the former replica", former: true, deleted: true},
		{name: "the former replica, changed by somebody", former: true, arrange: func(_, other *Item) { other.Content = Sum("changed") }},
		{name: "the former replica, of another version", former: true, arrange: func(_, other *Item) {
			other.Content = Sum("x", "0")
			other.Stamp.Version = Copied{Version: Sum("x", "0"), Content: Sum("x", "0")}.Encode()
		}},
		{name: "changed by somebody", replica: 1, other: 0, arrange: func(_, other *Item) { other.Content = Sum("changed") }},
		{name: "incomplete", replica: 1, other: 0, deleted: true, arrange: func(_, other *Item) { other.Stamp.Version, other.Content = "", Sum("half") }},
		{name: "of another version", replica: 1, other: 0, deleted: true, arrange: func(_, other *Item) {
			other.Content = Sum("x", "0")
			other.Stamp.Version = Copied{Version: Sum("x", "0"), Content: Sum("x", "0")}.Encode()
		}},
		{name: "its content has to be read", replica: 1, other: 0, asking: true, arrange: func(_, other *Item) { other.Content = Digest{} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, gone := range []bool{false, true} { // the origin
				var memory Memory
				p, d := one(Rules{Deletions: DeleteItems}, &memory)
				d.in.Attempts = func(Digest) int { return c.open }
				o := origin("x")
				r, other := replica(p, "r", o), replica(p, "other", o)
				for it, attempt := range map[*Item]int{&r: c.replica, &other: c.other} {
					stamp, err := ParseOrigin(it.Stamp.Origin)
					if err != nil {
						t.Fatal(err)
					}
					stamp.Attempt = attempt
					it.Stamp.Origin = stamp.Encode()
				}
				if c.arrange != nil {
					c.arrange(&o, &other)
				}
				memory = Remember(o, r, p.folderIdentity(0, Subscriber))
				if c.former {
					memory = memory.After(&Memory{Replica: other.Key, Origin: o.Version})
				}
				if gone {
					if c.asking {
						continue
					}
					if got := changes(t, d, [2][]Item{nil, {other, r}}); len(got) < 1 || deletes(got, other) != c.deleted || !deletes(got, r) {
						t.Errorf("without the origin: %+v", got)
					}
					continue
				}
				items := [2][]Item{{o}, {other, r}}
				if q := d.Folder(0, items); c.asking != (len(q) == 1 && q[0] == Question{Subscriber, 0}) {
					t.Fatalf("questions: %+v", q)
				}
				if c.asking {
					continue
				}
				if all, _ := d.Finish(true); deletes(all.plain, r) || deletes(all.plain, other) != c.deleted {
					t.Errorf("got %+v", all.plain)
				}
			}
		})
	}
}

func deletes(all []Change, it Item) bool {
	for _, c := range all {
		if c.Action == Delete && c.Replica.Key == it.Key {
			return true
		}
	}
	return false
}

func TestDoublesOfSeveralAttemptsWithoutMemory(t *testing.T) {
	p, d := one(Rules{}, nil)
	o := origin("x")
	r, other := replica(p, "r", o), replica(p, "other", o)
	stamp, _ := ParseOrigin(other.Stamp.Origin)
	stamp.Attempt = 1
	other.Stamp.Origin = stamp.Encode()
	if got := changes(t, d, [2][]Item{{o}, {r, other}}); len(got) != 1 || got[0].Action != Delete || got[0].Why != WhyDoubled {
		t.Errorf("got %+v", got)
	}
}

func TestWhatIsBegunIsNeitherASourceNorKept(t *testing.T) {
	for pair, want := range map[string]int{"pair": 1, "another": 0} {
		p, d := one(Rules{TwoWay: true}, nil)
		it := origin("half")
		it.Stamp = Stamp{Mark: Mark{Kept: true, Pair: Sum(pair), Replica: Sum("loser")}.Encode()}.Begun()
		for side := range Side(2) {
			items := [2][]Item{}
			items[side] = []Item{it}
			if got := changes(t, d, items); len(got) != want || want == 1 && (got[0].Why != WhyBegun || got[0].Side != side || got[0].Replica.Key != it.Key) || len(d.kept) > 0 {
				t.Errorf("%s, %v: got %+v", pair, side, got)
			}
			p, d = one(p.Rules, nil)
		}
	}
	r := Stamp{Origin: "1;r;a;;b;c;", Version: "1;v;;;", Mark: Mark{Kept: true}.Encode()}
	if got := r.Begun(); got != (Stamp{Origin: r.Origin, Mark: r.Mark}) {
		t.Errorf("of a replica: %+v", got)
	}
}
