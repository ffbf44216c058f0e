package archive

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// anyName favours what file systems treat in their own way.
func anyName() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{".", " ", "%", "%2F", "%4", "/", `\`, "CON", "nul", "com1", "LPT¹", ".eml", "~1", "\x00", "\x7f", "\xff",
			"é", "e\u0301", "日本", "ß", "K", "a", "B"}),
		rapid.String(),
		rapid.StringN(0, 300, 300),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 6), func(p []string) string { return strings.Join(p, "") })
}

func TestNamesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := anyName().Draw(t, "name")
		ext := rapid.SampledFrom([]string{"", ".eml"}).Draw(t, "ext")
		file, exact := encodeName(name, ext)
		base := strings.TrimSuffix(file, ext)
		if back := decodeName(base); exact && back != name {
			t.Fatalf("%q became %q and came back as %q", name, file, back)
		}
		if !exact && name != "" && norm.NFC.IsNormalString(name) && norm.NFC.IsNormalString(escape(name)) && len(escape(name))+len(ext) <= maxName {
			t.Fatalf("%q needs no second place for its name", name)
		}
		portable(t, file)
		for _, suffix := range []string{" (2)", "~17"} {
			other := withSuffix(file, ext, suffix)
			portable(t, other)
			if fold(other) == fold(file) || !strings.HasSuffix(other, suffix+ext) {
				t.Fatalf("%q with the suffix is %q", file, other)
			}
		}
	})
}

// portable fails for a file name that some system does not take, or gives back in another form.
func portable(t *rapid.T, file string) {
	switch {
	case file == "" || len(file) > 255 || !utf8.ValidString(file):
		t.Fatalf("%q is empty, too long, or not UTF-8", file)
	case strings.ContainsAny(file, `<>:"/\|?*`) || strings.ContainsFunc(file, func(r rune) bool { return r < 0x20 || r == 0x7f }):
		t.Fatalf("%q has a character that Windows does not take", file)
	case hidden(file) || strings.HasSuffix(file, ".") || strings.HasSuffix(file, " "):
		t.Fatalf("%q begins or ends as no file may", file)
	case isDevice(file):
		t.Fatalf("%q is a device", file)
	case !norm.NFC.IsNormalString(file):
		t.Fatalf("%q is not normalized", file)
	}
}

// TestHandMadeNamesAreTaken: two different names of files never fail, and those that we do not make stand for themselves.
func TestHandMadeNamesAreTaken(t *testing.T) {
	for file, want := range map[string]string{
		"100%": "100%", "a%41": "a%41", "a%2f": "a%2f", "a%2Fb": "a/b", "%43ON": "CON", "%": "%", "%%": "%%", "a%25b": "a%b",
		"%2Ehidden": ".hidden", "x%2E": "x.", "u\u0308": "ü", "%FF": "\xff", "%zz": "%zz", "50%25": "50%",
	} {
		if got := decodeName(file); got != want {
			t.Errorf("%q stands for %q, want %q", file, got, want)
		}
	}
}

func TestFoldedNamesAreThoseThatCollide(t *testing.T) {
	for _, pair := range [][2]string{{"News", "nEWS"}, {"É", "e\u0301"}, {"straße", "STRASSE"}, {"\u212a", "k"}, {"Å", "\u212b"}} {
		if fold(pair[0]) != fold(pair[1]) {
			t.Errorf("%q and %q differ", pair[0], pair[1])
		}
	}
	if fold("a") == fold("b") || fold("e") == fold("é") {
		t.Error("different names are equal")
	}
}
