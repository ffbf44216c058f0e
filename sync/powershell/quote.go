// Package powershell writes texts into PowerShell commands, so that nothing in a text is run.
package powershell

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Quote is a text as a single-quoted string, for commands that people read and copy. PowerShell expands nothing in one, but takes four
// typographic quotation marks for the plain one, so each of the five is doubled (about_Quoting_Rules). A control character, which a
// terminal might obey, becomes a question mark.
func Quote(s string) string {
	return single(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, s))
}

func single(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		if r == '\'' || r >= '\u2018' && r <= '\u201B' {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}

// ASCII is a text as an argument that has only printable ASCII characters, for scripts: what is none of them is written as [char]0x…. Windows
// PowerShell reads a file without a byte order mark in the code page of the machine, where the UTF-8 of a harmless letter may have a
// quotation mark in it: U+0451 is D1 91 in UTF-8, and 91 is U+2018 in Windows-1252.
func ASCII(s string) string {
	var parts []string
	plain := []byte{}
	flush := func() {
		if len(plain) > 0 || len(parts) == 0 { // what begins with a string is one as a whole
			parts = append(parts, single(string(plain)))
			plain = plain[:0]
		}
	}
	for _, unit := range utf16.Encode([]rune(s)) {
		if unit >= 0x20 && unit < 0x7F {
			plain = append(plain, byte(unit))
			continue
		}
		flush()
		parts = append(parts, fmt.Sprintf("[char]0x%04X", unit))
	}
	flush()
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + strings.Join(parts, "+") + ")"
}
