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
