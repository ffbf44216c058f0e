package powershell

import (
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

// evaluate reads an argument as PowerShell does, as far as this package writes it: a string in single quotes, or several strings and
// characters that are added in parentheses.
func evaluate(s string) (string, error) {
	if inner, ok := strings.CutPrefix(s, "("); ok {
		if s, ok = strings.CutSuffix(inner, ")"); !ok {
			return "", errors.New("no closing parenthesis")
		}
	}
	var units []uint16
	for first := true; s != ""; first = false {
		if !first {
			var ok bool
			if s, ok = strings.CutPrefix(s, "+"); !ok {
				return "", errors.New("something behind the end: " + s)
			}
		}
		if hex, ok := strings.CutPrefix(s, "[char]0x"); ok && !first && len(hex) >= 4 {
			n, err := strconv.ParseUint(hex[:4], 16, 16)
			if err != nil {
				return "", err
			}
			units, s = append(units, uint16(n)), hex[4:]
			continue
		}
		text, rest, err := quoted(s)
		if err != nil {
			return "", err
		}
		units, s = append(units, utf16.Encode([]rune(text))...), rest
	}
	return string(utf16.Decode(units)), nil
}

func isQuote(r rune) bool { return strings.ContainsRune("'\u2018\u2019\u201A\u201B", r) }

// quoted reads a string in single quotes. Any of the five marks ends it, and any two in a row are the first of them.
func quoted(s string) (text, rest string, err error) {
	runes := []rune(s)
	if len(runes) == 0 || runes[0] != '\'' {
		return "", "", errors.New("no string: " + s)
	}
	var b strings.Builder
	for i := 1; i < len(runes); i++ {
		if !isQuote(runes[i]) {
			b.WriteRune(runes[i])
			continue
		}
		if i+1 == len(runes) || !isQuote(runes[i+1]) {
			return b.String(), string(runes[i+1:]), nil
		}
		b.WriteRune(runes[i])
		i++
	}
	return "", "", errors.New("the string does not end: " + s)
}

var hostile = []string{"", "'", "''", "\u2018", "\u2019 ; calc", "a\u201Ab\u201Bc", "'; Remove-Item C:\\ -Recurse; '", "$(calc)", "`$x", "\"$env:PATH\"", "a\nb", "a\r\n# b",
	"\u0451", "Zo\u00EB", "\U0001F600 smile", "-Name", "@{a=1}", "(Get-Date)", "\u202Ecba", "a\x00b", "\x1b[2J", "%PATH%", "'+[char]0x41+'", "[char]0x41"}

func TestQuotedTextsComeBack(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, s string) {
		if got, err := evaluate(ASCII(s)); err != nil || got != s {
			t.Errorf("ASCII(%q) = %s, which is %q, %v", s, ASCII(s), got, err)
		}
		if strings.ContainsFunc(ASCII(s), func(r rune) bool { return r < 0x20 || r > 0x7E }) {
			t.Errorf("ASCII(%q) = %q", s, ASCII(s))
		}
		plain := strings.Map(func(r rune) rune {
			if r < 0x20 || r >= 0x7F && r < 0xA0 {
				return '?'
			}
			return r
		}, s)
		if got, rest, err := quoted(Quote(s)); err != nil || got != plain || rest != "" {
			t.Errorf("Quote(%q) = %s, which is %q, then %q, %v", s, Quote(s), got, rest, err)
		}
	}
	for _, s := range hostile {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune("'\u2018\u2019\u201A\u201B$`\"()+-;\n\u0451")), rapid.Rune())).Draw(t, "text"))
	})
}

// Windows PowerShell takes a script without a byte order mark for text in the code page of the machine.
func TestScriptsAreTheSameInEveryCodePage(t *testing.T) {
	const name = "\u0451; calc; \u0451" // in Windows-1252: Ñ‘; calc; Ñ‘
	if got, want := ASCII(name), "(''+[char]0x0451+'; calc; '+[char]0x0451)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPowerShellAgrees(t *testing.T) {
	shell, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("pwsh is not installed")
	}
	for _, s := range hostile {
		script := "$t = " + ASCII(s) + "; [Console]::Out.Write((([int[]][char[]]$t) -join ','))"
		out, err := exec.Command(shell, "-NoProfile", "-NonInteractive", "-Command", script).Output()
		var want []string
		for _, u := range utf16.Encode([]rune(s)) {
			want = append(want, strconv.Itoa(int(u)))
		}
		if err != nil || string(out) != strings.Join(want, ",") {
			t.Errorf("%s: got %s, %v, want %v", ASCII(s), out, err, want)
		}
	}
}
