package plan

import (
	"strings"
	"testing"
)

// planned is the text of the plan of one pair with these folders, none of which holds an item.
func planned(t *testing.T, p *Pair, publisher, subscriber []Folder) string {
	t.Helper()
	changes, left := p.CoupleFolders(FolderInput{Folders: [2][]Folder{publisher, subscriber}, Counterpart: func(Digest) Digest { return Digest{} }})
	whole := &Plan{Pairs: []*Pair{p}}
	whole.Collect(0, &Changes{plain: changes}, left)
	whole.Complete(func(string) string { return "" })
	var b strings.Builder
	if err := whole.Document(false).WriteText(&b, Colors{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFoldersThatAFilterTakesOutAreCounted(t *testing.T) {
	folders := hierarchy("f", "f/Drafts", "f/News", "f/News/Drafts", "f/Old", "f/Old/2019", "f/Old/2020")
	for _, c := range []struct {
		name  string
		rules Rules
		want  []string
	}{
		{"none", Rules{Subfolders: true}, nil},
		{"exclude", Rules{Subfolders: true, Exclude: []string{"Old", "**/Drafts"}}, []string{
			"= 5 folders (Drafts, News/Drafts, Old, ...)  left alone: filtered by exclude", "5 left alone."}},
		{"include", Rules{Subfolders: true, Include: []string{"News/Drafts"}}, []string{
			"= 4 folders (Drafts, Old, ...)  left alone: filtered by include",
			"= 2 folders (/, News)  left alone: items filtered by include", "6 left alone."}},
		{"subfolders", Rules{}, []string{"= 6 folders (Drafts, News, Old, ...)  left alone: filtered by subfolders"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Pair{Org: [2]string{"a", "b"}, Root: [2]string{"f", "g"}, Rules: c.rules}
			got := planned(t, p, folders, hierarchy("g", "g/Old", "g/Users"))
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in:\n%s", want, got)
				}
			}
			if n := strings.Count(got, "  left alone: "); n != strings.Count(strings.Join(c.want, ""), "  left alone: ") {
				t.Errorf("%d lines of what is left alone in:\n%s", n, got)
			}
			if strings.Contains(got, "! ") {
				t.Errorf("an error in:\n%s", got)
			}
		})
	}
}

func TestReplicasOfFilteredFoldersAreCounted(t *testing.T) {
	p := &Pair{Org: [2]string{"a", "b"}, Root: [2]string{"f", "g"}, Digest: Sum("pair"), Rules: Rules{Subfolders: true, Exclude: []string{"Old"}}}
	publisher := hierarchy("f", "f/Old")
	replica := replicaOf(p, Folder{Key: Sum("r"), Path: "g/Moved"}, publisher[1])
	got := planned(t, p, publisher, append(hierarchy("g"), replica))
	for _, want := range []string{"a:f\n    = 1 folder (Old)  left alone: filtered by exclude", "= 1 folder (Moved)  left alone: filtered by exclude"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}
