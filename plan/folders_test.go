package plan

import "testing"

// hierarchy is one side of a pair: folders by path, the root first.
func hierarchy(paths ...string) (out []Folder) {
	for _, p := range paths {
		out = append(out, Folder{Key: Sum(p), Path: p})
	}
	return out
}

// replicaOf stamps a folder as the replica of the publisher's folder with a key, both lying below the roots.
func replicaOf(p *Pair, f Folder, origin Folder) Folder {
	f.Stamp = Stamp{Origin: Origin{Identity: p.identity(Publisher, origin.Key), From: "a", For: "b", Pair: p.Digest}.Encode(),
		Version: Copied{Version: FolderVersion(&origin, Sum("f")), Content: FolderVersion(&f, Sum("g"))}.Encode()}
	return f
}

func couples(p *Pair, publisher, subscriber []Folder) []Change {
	p.Couples = nil
	changes, _ := p.CoupleFolders(FolderInput{Folders: [2][]Folder{publisher, subscriber}, Counterpart: func(Digest) Digest { return Digest{} }})
	return changes
}

func TestACopyOfAFolderIsNotTakenForTheReplicaWhateverItsPath(t *testing.T) {
	p := &Pair{Org: [2]string{"a", "b"}, Root: [2]string{"f", "g"}, Digest: Sum("pair"), Rules: Rules{Subfolders: true}}
	publisher := hierarchy("f", "f/old")
	replica := replicaOf(p, Folder{Key: Sum("r"), Path: "g/old"}, publisher[1])
	for _, place := range []string{"g/a", "g/z"} {
		copied := Folder{Key: Sum("copy"), Path: place + "/old", Stamp: replica.Stamp}
		subscriber := append(hierarchy("g", place), copied, replica)
		if place > replica.Path {
			subscriber = append(hierarchy("g"), replica, Folder{Key: Sum(place), Path: place}, copied)
		}
		couples(p, publisher, subscriber)
		for _, c := range p.Couples {
			if c.Folder[Publisher] != nil && c.Folder[Publisher].Path == "f/old" && (c.Folder[Subscriber] == nil || c.Folder[Subscriber].Key != replica.Key) {
				t.Errorf("with a copy in %s: coupled with %+v", place, c.Folder[Subscriber])
			}
		}
	}
}

func TestWhatLiesInAReplicaComesIntoThePairWithIt(t *testing.T) {
	p := &Pair{Org: [2]string{"a", "b"}, Root: [2]string{"f", "g"}, Digest: Sum("pair"), Rules: Rules{TwoWay: true, Subfolders: true, Exclude: []string{"out"}}}
	was := Folder{Key: Sum("sub"), Path: "f/out"}
	replica := replicaOf(p, Folder{Key: Sum("r"), Path: "g/out"}, was)
	now := was
	now.Path = "f/in"
	got := couples(p, append(hierarchy("f"), now), append(hierarchy("g"), replica, Folder{Key: Sum("new"), Path: "g/out/new"}))
	var moved, made bool
	for _, c := range got {
		moved = moved || c.Action == MoveFolder && c.Side == Subscriber && c.Path == "g/in"
		made = made || c.Action == CreateFolder && c.Side == Publisher && c.Path == "f/in/new"
	}
	if !moved || !made {
		t.Errorf("got %+v", got)
	}
	got = couples(p, append(hierarchy("f"), was), append(hierarchy("g"), replica, Folder{Key: Sum("new"), Path: "g/out/new"}))
	if len(got) != 1 || got[0].Action != LinkFolder {
		t.Errorf("filtered on both sides: got %+v", got)
	}
}

func TestWhatCannotBeReadOfAFolderIsNotTakenForAChange(t *testing.T) {
	const denied = "the account may not read it"
	p := &Pair{Org: [2]string{"a", "b"}, Root: [2]string{"f", "g"}, Digest: Sum("pair"), Rules: Rules{Subfolders: true}}
	origin := Folder{Key: Sum("o"), Path: "f/sub", Class: "IPF.Appointment"}
	replica := replicaOf(p, Folder{Key: Sum("r"), Path: "g/sub", Class: origin.Class}, origin)
	unreadable := func(f Folder) Folder {
		f.Class, f.Problem = "", denied
		return f
	}
	stampless := unreadable(replica)
	stampless.Stamp = Stamp{}
	renamed := unreadable(origin)
	renamed.Path = "f/new"
	for _, test := range []struct {
		name            string
		origin, replica Folder
		want            int
	}{
		{"the origin cannot be read", unreadable(origin), replica, 0},
		{"the replica cannot be read", origin, unreadable(replica), 0},
		{"nor its stamp", origin, stampless, 0},
		{"the origin cannot be read and was renamed", renamed, replica, 1},
	} {
		for _, twoWay := range []bool{false, true} {
			p.Rules.TwoWay, p.Trusted = twoWay, twoWay
			var got []Change
			for _, c := range couples(p, append(hierarchy("f"), test.origin), append(hierarchy("g"), test.replica)) {
				if c.Couple > 0 {
					got = append(got, c)
				}
			}
			if len(got) != test.want {
				t.Errorf("%s, two-way %v: %+v", test.name, twoWay, got)
			}
		}
	}
	if class := replica.ClassAfter(&renamed); class != replica.Class {
		t.Errorf("the class becomes %q", class)
	}
	if class := replica.ClassAfter(&Folder{Class: "IPF.Task"}); class != "IPF.Task" {
		t.Errorf("the class becomes %q, not the leader's", class)
	}
}

// TestWhatMovesIntoAFolderThatDoesNotFollowGoesWhereThatIs: a replica whose origin is gone is kept together with a folder by other pairs, and does
// not have its stamp. What users do to that folder is not followed, so nothing may count on it.
func TestWhatMovesIntoAFolderThatDoesNotFollowGoesWhereThatIs(t *testing.T) {
	p := &Pair{Org: [2]string{"a", "b"}, Root: [2]string{"f", "g"}, Digest: Sum("pair"), Rules: Rules{TwoWay: true, Subfolders: true}}
	low, gone := Folder{Key: Sum("low"), Path: "f/low"}, Folder{Key: Sum("gone"), Path: "f/sub"}
	replica, kept := replicaOf(p, Folder{Key: Sum("r"), Path: "g/low"}, low), replicaOf(p, Folder{Key: Sum("kept"), Path: "g/sub"}, gone)
	publisher := append(hierarchy("f", "f/up", "f/up/sub"), Folder{Key: low.Key, Path: "f/up/sub/low"})
	sub, keptID := p.identity(Publisher, publisher[2].Key), p.identity(Subscriber, kept.Key)
	kin := NewKin(sub, keptID)
	kin.Link(sub, keptID)
	changes, _ := p.CoupleFolders(FolderInput{Folders: [2][]Folder{publisher, {hierarchy("g")[0], replica, kept, hierarchy("g/up")[0]}},
		Counterpart: func(Digest) Digest { return Digest{} }, Kin: kin})
	moved := 0
	for _, c := range changes {
		if c.Action == MoveFolder {
			moved++
			if c.Path != "g/sub/low" {
				t.Errorf("it goes to %s", c.Path)
			}
		}
	}
	if moved != 1 {
		t.Errorf("got %+v", changes)
	}
}
