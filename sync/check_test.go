package sync_test

import (
	"fmt"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
)

// TestNeedsAreWhatTheDeclaredWorkTakes names the rights on each folder: r reads, w writes items, m makes folders, o owns, l sees the list.
func TestNeedsAreWhatTheDeclaredWorkTakes(t *testing.T) {
	folder := func(path string) plan.Folder { return plan.Folder{ID: path, Key: plan.Sum(path), Path: path} }
	folders := func(paths ...string) (all []plan.Folder) {
		for _, p := range append([]string{""}, paths...) {
			all = append(all, folder(p))
		}
		return all
	}
	publisher := folders("News", "News/Drafts", "News/Old", "Private")
	for _, tt := range []struct {
		name       string
		rules      plan.Rules
		subscriber []plan.Folder
		want       string
	}{
		{"one-way to what is not there", plan.Rules{Subfolders: true}, folders("Partners", "Users"), `
			a /News r; /News/Drafts r; /News/Old r
			b /Partners m`},
		{"one-way to what is there", plan.Rules{Subfolders: true}, folders("Partners", "Partners/News", "Partners/News/Old", "Partners/News/Theirs"), `
			a /News r; /News/Drafts r; /News/Old r
			b /Partners/News rwmo; /Partners/News/Old rwmo; /Partners/News/Theirs r`},
		{"without subfolders", plan.Rules{}, folders("Partners", "Partners/News"), `
			a /News r
			b /Partners/News rwo`},
		{"without some of them", plan.Rules{Subfolders: true, Exclude: []string{"Drafts", "Old"}}, folders("Partners", "Partners/News"), `
			a /News r
			b /Partners/News rwmo`},
		{"two-way", plan.Rules{TwoWay: true, Subfolders: true}, folders("Partners", "Partners/News", "Partners/News/Theirs"), `
			a /News rwmo; /News/Drafts rwmo; /News/Old rwmo
			b /Partners/News rwmo; /Partners/News/Theirs rwmo`},
		{"permissions", plan.Rules{Permissions: plan.MappedPermissions}, folders("Partners", "Partners/News"), `
			a /News rl
			b /Partners/News rwol`},
		{"recycled", plan.Rules{Recycle: "Bin", Deletions: plan.DeleteItems}, folders("Partners", "Partners/News", "Bin"), `
			a /News r
			b /Bin rc; /Partners/News rwo`},
		{"recycled to what is not there", plan.Rules{Recycle: "Bin", Deletions: plan.DeleteItems}, folders("Partners", "Partners/News"), `
			a /News r
			b / m; /Partners/News rwo`},
		{"of a subscriber that does not answer", plan.Rules{}, nil, `
			a /News r`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			session := sync.Session{Name: "s", Publisher: "a", Subscribers: []string{"b"}, Blocks: []sync.Block{{Path: "News", Source: "x.hcl:3",
				Target: func(string) string { return "Partners/News" }, Rules: tt.rules}}}
			needs := sync.Needs([]sync.Session{session}, map[string][]plan.Folder{"a": publisher, "b": tt.subscriber})
			got := ""
			for _, org := range []string{"a", "b"} {
				var words []string
				for _, n := range needs[org] {
					words = append(words, fmt.Sprintf("/%s %s", n.Folder.Path, letters(n)))
					if len(n.Sessions) != 1 || n.Sessions[0] != "s (x.hcl:3)" {
						t.Errorf("%s is needed by %q", n.Folder.Path, n.Sessions)
					}
				}
				if len(words) > 0 {
					got += "\n" + org + " " + strings.Join(words, "; ")
				}
			}
			if want := strings.ReplaceAll(tt.want, "\t", ""); got != want {
				t.Errorf("got%s\nwant%s", got, want)
			}
		})
	}
}

// letters abbreviates a need.
func letters(n sync.Need) string {
	out := ""
	rights := n.Rights
	for _, l := range []struct {
		letter string
		rights plan.Rights
	}{
		{"r", plan.RightReadAny}, {"w", plan.RightCreate | plan.RightEditAny | plan.RightDeleteAny}, {"c", plan.RightCreate},
		{"m", plan.RightCreateSubfolders}, {"o", plan.RightFolderOwner},
	} {
		if rights&l.rights == l.rights {
			out += l.letter
			rights &^= l.rights
		}
	}
	if rights != plan.RightFolderVisible {
		out += "+" + rights.String()
	}
	if n.List {
		out += "l"
	}
	return out
}

// TestALinkedRootIsNotItsAccountsToOwn: once the target is stamped, replicating items into it takes no owner.
func TestALinkedRootIsNotItsAccountsToOwn(t *testing.T) {
	pub, sub := plan.Folder{ID: "1", Key: plan.Sum("p")}, plan.Folder{ID: "2", Key: plan.Sum("s")}
	source, target := pub, sub
	source.Path, target.Path = "News", "News"
	source.Key, target.Key = plan.Sum("news at a"), plan.Sum("news at b")
	born := plan.Identity{Born: "a", Key: source.Key}
	target.Stamp = plan.Stamp{Origin: plan.Origin{Identity: born, From: "a", For: "b",
		Pair: plan.PairOf(born, plan.Identity{Born: "b", Key: target.Key})}.Encode(), Version: plan.Copied{}.Encode()}
	session := sync.Session{Name: "s", Publisher: "a", Subscribers: []string{"b"}, Blocks: []sync.Block{{Path: "News", Target: func(p string) string { return p }}}}
	needs := sync.Needs([]sync.Session{session}, map[string][]plan.Folder{"a": {pub, source}, "b": {sub, target}})
	if len(needs["b"]) != 1 || letters(needs["b"][0]) != "rw" {
		t.Errorf("got %+v, want rw alone", needs["b"])
	}
}
