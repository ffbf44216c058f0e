package storetest

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"iorepl/plan"
	"iorepl/sync"
)

// oddNames are names that people give, and that some system or other does not take.
var oddNames = []string{
	"a/b", `a\b`, "100%", "%2F", "a%2Fb", "%", "%41", "a%2", "..", ".", ".hidden", "trailing.", "trailing ", " leading",
	"CON", "nul.txt", "com1", "COM¹", "LPT9.a.b", "a:b", "a*?\"<>|b", "tab\tnew\nline", "\x00\x01\x7f",
	"Ünïcödé", "u\u0308 decomposed", "日本語", "👩\u200d👩\u200d👧", "K (Kelvin)", "~1", "~", "x (2)", "_",
	strings.Repeat("long ", 60), strings.Repeat("ü", 200), strings.Repeat("%", 200), strings.Repeat("日", 100) + ".eml",
	".folder.json", ".items.jsonl", ".deleted", ".iorepl-tmp-1", "Re: Fwd: AW: status?", "file.eml", "file.ics",
}

func testItemNames(t *testing.T, s *suite) {
	if !s.Exact {
		t.Skip("what an item is called is part of what this store writes in its own way")
	}
	f := s.makeFolder(t, s.root(t), "Box")
	names := append([]string{"same", "same", "SAME", "Same"}, oddNames...)
	want := map[plan.Digest]string{}
	for i, name := range names {
		p := message(i)
		p.Name = name
		it := s.create(t, f, sync.NewItem{Payload: p, Stamp: stamp(i)})[0]
		if it.Name != name {
			t.Errorf("Create: name %q became %q", name, it.Name)
		}
		want[it.Key] = name
	}
	got := s.list(t, f)
	if len(got) != len(names) {
		t.Errorf("%d items, want %d", len(got), len(names))
	}
	for key, name := range want {
		it, ok := got[key]
		if !ok || it.Name != name {
			t.Errorf("item %q is listed as %+v", name, it)
			continue
		}
		if p := s.read(t, f, it); p.Name != name {
			t.Errorf("item %q is read as %q", name, p.Name)
		}
	}
}

func testFolderNames(t *testing.T, s *suite) {
	base := s.makeFolder(t, s.root(t), "Base")
	want := map[string]plan.Folder{}
	names := oddNames
	if !s.Exact {
		names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return strings.ContainsFunc(n, unicode.IsControl) || strings.TrimSpace(n) != n })
	}
	if s.CasePairs {
		names = append([]string{"News", "news", "NEWS", "straße", "STRASSE"}, names...)
	}
	for i, name := range names {
		f, err := s.Store.CreateFolder(t.Context(), base, name, "IPF.Note", stamp(i))
		if err != nil {
			t.Errorf("CreateFolder %q: %v", name, err)
			continue
		}
		if f.Path != plan.Join(base.Path, name) {
			t.Errorf("folder %q has the path %q", name, f.Path)
		}
		want[f.Path] = f
		s.create(t, f, sync.NewItem{Payload: message(i), Stamp: stamp(i)})
		if _, err := s.Store.CreateFolder(t.Context(), base, name, "IPF.Note", plan.Stamp{}); !sync.IsExists(err) {
			t.Errorf("CreateFolder %q again: %v", name, err)
		}
	}
	got := s.folders(t)
	for path, f := range want {
		if got[path] != f {
			t.Errorf("folder %q:\n got %+v\nwant %+v", path, got[path], f)
			continue
		}
		if n := len(s.list(t, got[path])); n != 1 {
			t.Errorf("folder %q has %d items, want 1", path, n)
		}
	}
	if len(got) != len(want)+2 {
		t.Errorf("%d folders, want %d", len(got), len(want)+2)
	}
	first := want[plan.Join(base.Path, oddNames[0])]
	for _, name := range names {
		to := first
		to.Path = plan.Join(base.Path, "renamed "+name)
		now, err := s.Store.UpdateFolder(t.Context(), first, to)
		if err != nil || now.Path != to.Path || now.Key != first.Key || s.folders(t)[to.Path].Key != first.Key {
			t.Errorf("renaming %q to %q: %+v, %v", first.Path, to.Path, now, err)
			continue
		}
		first = now
	}
}
