package contacts

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is the longest common name and the longest mail nickname in Active Directory, in UTF-16 units.
const maxName = 64

// Plain reports whether an address has nothing in it but what is visible. One that has cannot be told from another, or steers a terminal.
func Plain(address string) bool {
	return !strings.ContainsFunc(address, func(r rune) bool { return r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.IsSpace(r) })
}

// tidy makes a name one that Exchange takes: one line without control or formatting characters, without spaces around it.
func tidy(name, address string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, !unicode.IsGraphic(r): // formatting characters, private use, unassigned
			return -1
		}
		return r
	}, name)
	if name = strings.Join(strings.Fields(name), " "); name == "" {
		name = address
	}
	return cut(name, maxName)
}

// cut is at most n UTF-16 units of a text.
func cut(s string, n int) string {
	for i, r := range s {
		if n -= utf16.RuneLen(r); n < 0 {
			return strings.TrimSpace(s[:i])
		}
	}
	return s
}

// fold is equal for names that Active Directory takes for the same: it looks neither at case nor at accents nor at width.
func fold(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s)))
}

// unique tells people of one name apart by their addresses, or else by numbers: one organizational unit cannot hold two of a name.
func unique(name string, c Contact, used map[string]bool) string {
	wanted := name
	tail := " (" + c.Address + ")"
	for n := 2; used[c.Organization+"\x00"+fold(name)]; n++ {
		if len(tail) > maxName/2 {
			tail = fmt.Sprintf(" (%d)", n)
		}
		name = cut(wanted, maxName-len(tail)) + tail
		tail = fmt.Sprintf(" (%d)", n)
	}
	used[c.Organization+"\x00"+fold(name)] = true
	return name
}

// nickname is a mail nickname that nobody else of the list has.
func nickname(address string, used map[string]bool) string {
	local, _, _ := strings.Cut(address, "@")
	base := strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".-_", r)) {
			return r
		}
		return '_'
	}, local)
	// Periods stand between other characters.
	base = strings.Join(strings.FieldsFunc(base, func(r rune) bool { return r == '.' }), ".")
	base = strings.TrimRight(cut(base, maxName-8), ".")
	if base == "" {
		base = "contact"
	}
	nick := base
	for n := 2; used[strings.ToLower(nick)]; n++ {
		nick = fmt.Sprint(base, n)
	}
	used[strings.ToLower(nick)] = true
	return nick
}
