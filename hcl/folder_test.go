package hcl

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFoldersMatchAndMap(t *testing.T) {
	for _, c := range []struct {
		path, to string
		hasTo    bool
		from     string
		matches  bool
		target   string
	}{
		{"", "", false, "", true, ""},
		{"", "", false, "A/B", false, "A/B"},
		{"", "Copy", true, "", true, "Copy"},
		{"", "Copy", true, "A/B", false, "Copy/A/B"},
		{"A", "", true, "A", true, ""},
		{"A", "", true, "A/B", false, "B"},
		{"A/B", "X", true, "A/B", true, "X"},
		{"A/B", "X", true, "A/B/C/D", false, "X/C/D"},
		{"A/*", "", false, "A/B", true, "A/B"},
		{"A/*", "X/*", true, "A/B", true, "X/B"},
		{"A/*", "X/*", true, "A/B/C", false, "X/B/C"},
		{"A/*", "X/*", true, "A/B%2FC", true, "X/B%2FC"},
		{"A/*", "X/*", true, "B/B", false, "X/B"},
		{"*/Docs/20*-x*", "Docs/*/*", true, "Alpha/Docs/2025-x1", true, "Docs/Alpha/2025-x1"},
		{"*/Docs/20*-x*", "Docs/*/*", true, "Alpha/Docs/2025", false, "Docs/Alpha/2025"},
		{"ab*ba", "*", true, "aba", false, "aba"},
		{"ab*ba", "*", true, "abba", true, "abba"},
		{"a*b*c", "*", true, "a-b-b-c", true, "a-b-b-c"},
	} {
		f := &Folder{Path: c.path, To: c.to, HasTo: c.hasTo}
		if got := f.Matches(c.from); got != c.matches {
			t.Errorf("%q matches %q: %v", c.path, c.from, got)
		}
		if got := f.Target(c.from); got != c.target {
			t.Errorf("%q to %q: %q goes to %q, want %q", c.path, c.to, c.from, got, c.target)
		}
	}
}

func TestDeeperBlocksStayInTheirOuterBlocksTarget(t *testing.T) {
	dir, _, opts := unpack(t, "testdata/good/neighbours.txtar")
	cfg, files, diags := Load(dir, opts)
	if cfg == nil {
		t.Fatal(rendered(dir, files, diags))
	}
	for i, want := range []string{"From A/News", "From A/News/Old", "From A/News/*/Drafts", "Projects of A/*", "Projects of A/*/*", "", "Flat/Below"} {
		if f := cfg.PublicFolders[0].Folders[i]; f.To != want || f.HasTo != (want != "") {
			t.Errorf("%s goes to %q, %v, want %q", f.Path, f.To, f.HasTo, want)
		}
	}
	if got := cfg.PublicFolders[0].Folders[4].Target("Projects/X/2025-a/b"); got != "Projects of A/X/2025-a/b" {
		t.Errorf("goes to %q", got)
	}
}

func TestFolderDefaultsCanBeTakenBack(t *testing.T) {
	name := filepath.Join(t.TempDir(), "main.hcl")
	err := os.WriteFile(name, []byte(`
organization "a" {
  archive { path = "a" }
}
organization "b" {
  archive { path = "b" }
}
public_folders "s" {
  publisher   = organization.a
  subscribers = [organization.b]
  exclude     = ["Drafts"]
  permissions = "mapped"
  map         = { "@a.example" = "@b.example" }
  conflict    = "newest"
  restore     = true
  folder "A" {
    exclude     = []
    map         = {}
    permissions = "none"
  }
  folder "B" { direction = "two-way" }
}`), 0o666)
	if err != nil {
		t.Fatal(err)
	}
	cfg, files, diags := Load(name, Options{})
	if cfg == nil {
		t.Fatal(rendered(filepath.Dir(name), files, diags))
	}
	a, b := cfg.PublicFolders[0].Folders[0].Rules, cfg.PublicFolders[0].Folders[1].Rules
	if a.Exclude != nil || a.Map != nil || a.Conflict != 0 || !a.Restore {
		t.Errorf("A: %+v", a)
	}
	if len(b.Exclude) != 1 || len(b.Map) != 1 || b.Conflict.String() != "newest" || b.Restore {
		t.Errorf("B: %+v", b)
	}
}

func TestPatternsThatMayMeet(t *testing.T) {
	for _, c := range []struct {
		p, q string
		want bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"a*", "ab", true}, {"a*", "b", false}, {"*", "x*", true},
		{"a*", "b*", false}, {"*a", "*b", false}, {"a*", "*b", true}, {"ab*", "a*", true},
	} {
		if mayMeet(c.p, c.q) != c.want || mayMeet(c.q, c.p) != c.want {
			t.Errorf("mayMeet(%q, %q) is not %v", c.p, c.q, c.want)
		}
	}
}
