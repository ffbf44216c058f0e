package plan

import (
	"strings"
	"testing"
)

// seenPair is a pair of which everything was seen, with a message in its root.
func seenPair(root string, rules Rules, folders ...Folder) *Pair {
	rules.Subfolders = true
	p := &Pair{Session: "s", Org: [2]string{"a", "b"}, Root: [2]string{root, "to"}, Rules: rules}
	p.CoupleFolders(FolderInput{Folders: [2][]Folder{append(hierarchy(root), folders...), nil}, Counterpart: func(Digest) Digest { return Digest{} }})
	d := NewDiffer(p, ItemInput{Index: NewIndex(nil), Memory: func(Digest) *Memory { return nil }, Known: func(string) bool { return true }})
	d.Folder(0, [2][]Item{{{Key: Sum("item"), Name: "item", Class: "IPM.Note"}}, nil})
	return p
}

// notes are those of a plan of pairs.
func notes(pairs ...*Pair) string {
	p := &Plan{Pairs: pairs}
	p.tellUnused()
	p.Sort()
	d := p.Document(false)
	var b strings.Builder
	for i := range d.Pairs {
		for _, l := range d.Pairs[i].LeftAlone {
			b.WriteString(d.Pairs[i].Publisher.Path + ": " + l.Why + "\n")
		}
	}
	if d.Summary.LeftAlone > 0 {
		b.WriteString("counted\n")
	}
	return b.String()
}

func TestAGlobThatMatchesNothingIsTold(t *testing.T) {
	sub := hierarchy("f/News", "f/News/Old")
	denied := hierarchy("f/Closed")
	denied[0].Problem = "no right to read it"
	for _, c := range []struct {
		name  string
		pairs func() []*Pair
		want  string
	}{
		{"case", func() []*Pair { return []*Pair{seenPair("f", Rules{Exclude: []string{"news"}}, sub...)} },
			"f: exclude \"news\" matches no folder; did you mean \"News\"? Upper and lower case differ\n"},
		{"wildcards", func() []*Pair { return []*Pair{seenPair("f", Rules{Include: []string{"**/ol?", "New?"}}, sub...)} },
			"f: include \"**/ol?\" matches no folder; did you mean \"News/Old\"? Upper and lower case differ\n"},
		{"nothing near", func() []*Pair { return []*Pair{seenPair("f", Rules{Exclude: []string{"Olds/**", "News"}}, sub...)} },
			"f: exclude \"Olds/**\" matches no folder\n"},
		{"classes", func() []*Pair {
			return []*Pair{seenPair("f", Rules{Classes: []string{"IPM.Post*", "ipm.note", "IPM.*"}})}
		}, "f: classes \"IPM.Post*\" matches no item\n"},
		{"no items", func() []*Pair {
			p := seenPair("f", Rules{Classes: []string{"IPM.Post*"}})
			p.globs = globUse{}
			return []*Pair{p, seenPair("g", Rules{Classes: []string{"IPM.Note"}})}
		}, ""},
		{"another pair of the session", func() []*Pair {
			return []*Pair{seenPair("f", Rules{Exclude: []string{"News"}}, sub...), seenPair("g", Rules{Exclude: []string{"News"}})}
		}, ""},
		{"once", func() []*Pair {
			return []*Pair{seenPair("f", Rules{Exclude: []string{"x"}}), seenPair("g", Rules{Exclude: []string{"x"}})}
		}, "f: exclude \"x\" matches no folder\n"},
		{"failed", func() []*Pair {
			p := seenPair("f", Rules{Exclude: []string{"x"}, Classes: []string{"x"}})
			p.Failed = []string{"listing a:/f: it is down"}
			return []*Pair{p}
		}, ""},
		{"denied", func() []*Pair { return []*Pair{seenPair("f", Rules{Exclude: []string{"x"}}, denied...)} }, ""},
		{"not looked at", func() []*Pair {
			return []*Pair{{Session: "s", Rules: Rules{Exclude: []string{"x"}}}, seenPair("g", Rules{Exclude: []string{"x"}})}
		}, ""},
		{"left out", func() []*Pair {
			p := seenPair("f", Rules{Exclude: []string{"x"}})
			p.Skip = true
			return []*Pair{p}
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := notes(c.pairs()...); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestANoteStandsInTheTextOfAPlan(t *testing.T) {
	p := &Pair{Session: "s", Org: [2]string{"a", "b"}, Root: [2]string{"f", "g"}, Rules: Rules{Subfolders: true, Exclude: []string{"news"}}}
	got := planned(t, p, hierarchy("f", "f/News"), nil)
	for _, want := range []string{"  a:f\n    = note: exclude \"news\" matches no folder; did you mean \"News\"?", "0 left alone."} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}
