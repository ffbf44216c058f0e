package plan

import "strings"

// Printable is a text without what could steer the terminal or forge a line in it, such as names that people gave to items: control
// characters, line ends and changes of the direction of writing become U+FFFD.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '\uFFFD'
		}
		return r
	}, s)
}

// Shown is the folder as plans and messages show it: organization:path, for the root organization:/. It is printable.
func (p Place) Shown() string { return Printable(p.Organization + ":" + quotePath(p.Path)) }
