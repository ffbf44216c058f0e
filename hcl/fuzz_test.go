package hcl

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// seeds adds every configuration of the test data.
func seeds(f *testing.F) {
	f.Helper()
	names, _ := filepath.Glob("testdata/*/*.txtar")
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".hcl") {
				f.Add(file.Data)
			}
		}
	}
	f.Add([]byte("\xef\xbb\xbfsettings {}\r\n"))
	f.Add([]byte("\xff\xfes\x00"))
}

func FuzzLoad(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		name := filepath.Join(t.TempDir(), "main.hcl")
		if err := os.WriteFile(name, src, 0o666); err != nil {
			t.Fatal(err)
		}
		opts := Options{LookupEnv: func(name string) (string, bool) { return "value of " + name, name != "" }}
		cfg, files, diags := Load(name, opts)
		if (cfg == nil) != diags.HasErrors() {
			t.Errorf("configuration %v with %v", cfg, diags)
		}
		WriteDiagnostics(io.Discard, files, diags, 80, true)
		if cfg == nil {
			return
		}
		for _, s := range cfg.PublicFolders {
			if s.Publisher == nil || len(s.Subscribers) == 0 || len(s.Folders) == 0 {
				t.Errorf("session %q is not complete", s.Name)
			}
			for _, folder := range s.Folders {
				if folder.Matches(folder.Path) {
					folder.Target(folder.Path)
				}
			}
		}
		for _, o := range cfg.Organizations {
			if (o.Archive == nil) == (o.EWS == nil) {
				t.Errorf("organization %q has no or two stores", o.Label)
			}
		}
	})
}

func FuzzFormat(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		got, diags := Format(src, "main.hcl")
		if diags.HasErrors() {
			if !bytes.Equal(got, src) {
				t.Errorf("%q with errors became %q", src, got)
			}
			return
		}
		again, diags := Format(got, "main.hcl")
		if diags.HasErrors() {
			t.Errorf("%q became %q: %v", src, got, diags)
		} else if !bytes.Equal(again, got) {
			t.Errorf("%q became %q and then %q", src, got, again)
		}
	})
}

// An exhausted stack cannot be recovered from, so what would exhaust it must not reach the parser.
func TestEndlessExpressionsAreRefused(t *testing.T) {
	for _, part := range []string{"[", "(", "1 ? ", "!", "-", "%{if x}", "${", "\"${", "f(1,", "1+", "1+\n", "{a=", "x[0]", "a.", "[for x in ", "<<A\n${", "a {\n"} {
		for _, before := range []string{"a = ", "a = (", "a = \"", ""} {
			src := []byte(before + strings.Repeat(part, 5000))
			if _, diags := Format(src, "main.hcl"); !diags.HasErrors() {
				t.Errorf("%s followed by many %q is formatted", before, part)
			}
			blot(src)
		}
	}
}

func TestLongFilesAreNotTakenForEndlessExpressions(t *testing.T) {
	var b strings.Builder
	b.WriteString("locals {\n")
	for i := range 3 * maxOperators {
		fmt.Fprintf(&b, "  a%d = [\"x\"] # the end\n", i)
	}
	b.WriteString("}\n" + strings.Repeat("x \"y\" {} // done\n", 3*maxOperators) + "z = [\n" + strings.Repeat("  \"a\", # one\n", 3*maxOperators) + "]\n")
	if _, diags := Format([]byte(b.String()), "main.hcl"); diags.HasErrors() {
		t.Error(diags)
	}
}

func TestFormatAligns(t *testing.T) {
	got, diags := Format([]byte("settings {\n state=\"x\"\n  full_scan   = \"7d\"\n}\n"), "main.hcl")
	if want := "settings {\n  state     = \"x\"\n  full_scan = \"7d\"\n}\n"; len(diags) > 0 || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, diags, want)
	}
}
