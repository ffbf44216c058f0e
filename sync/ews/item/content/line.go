// Package content reads and writes content lines, of which iCalendar (RFC 5545 section 3.1) and vCard (RFC 6350 section
// 3.3, and its versions 2.1 and 3.0) files consist. It keeps the order of lines, their parameters as they were, and what it
// does not understand, and reads what other programs wrote not quite by the book: a line that is damaged
// does not take the others with it.
package content

import "strings"

// Line is one content line, unfolded.
type Line struct {
	Group  string // before the dot in a vCard, or ""
	Name   string // in upper case
	Params []Param
	Value  string // as it stands in the file: escaped, whatever the type
}

// Param is a parameter of a line.
type Param struct {
	Name   string // in upper case
	Values []string
}

// New makes a line with an escaped value. Params are names followed by their value; those with an empty value are left out.
func New(name, value string, params ...string) Line {
	l := Line{Name: name, Value: value}
	for i := 0; i+1 < len(params); i += 2 {
		if params[i+1] != "" {
			l.Params = append(l.Params, Param{params[i], []string{params[i+1]}})
		}
	}
	return l
}

// Param is the first value of a parameter, "" if it has none.
func (l Line) Param(name string) string {
	for _, p := range l.Params {
		if p.Name == name && len(p.Values) > 0 {
			return p.Values[0]
		}
	}
	return ""
}

// Has reports whether a parameter has a value, whatever its case. A vCard may repeat a parameter or list its values.
func (l Line) Has(name, value string) bool {
	for _, p := range l.Params {
		if p.Name != name {
			continue
		}
		for _, v := range p.Values {
			for part := range strings.SplitSeq(v, ",") {
				if strings.EqualFold(strings.TrimSpace(part), value) {
					return true
				}
			}
		}
	}
	return false
}

// Text is the value as text, its escapes resolved.
func (l Line) Text() string { return Unescape(l.Value) }

// List is the value as a list of texts.
func (l Line) List() []string { return Split(l.Value, ',') }

// Fields are the components of a structured value; at least n, which are "" if they are not there.
func (l Line) Fields(n int) []string {
	f := Split(l.Value, ';')
	for len(f) < n {
		f = append(f, "")
	}
	return f
}

// Escape makes text a value.
func Escape(text string) string {
	return escaper.Replace(strings.ReplaceAll(text, "\r\n", "\n"))
}

var escaper = strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\r", "\\n", ",", "\\,", ";", "\\;")

// Join makes texts a list or a structured value.
func Join(texts []string, separator string) string {
	escaped := make([]string, len(texts))
	for i, t := range texts {
		escaped[i] = Escape(t)
	}
	return strings.Join(escaped, separator)
}

// Unescape is the opposite of Escape. An unknown escape stands for itself.
func Unescape(value string) string {
	if !strings.Contains(value, "\\") {
		return value
	}
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		c := value[i]
		if c != '\\' || i+1 == len(value) {
			b.WriteByte(c)
			continue
		}
		i++
		switch value[i] {
		case 'n', 'N':
			b.WriteByte('\n')
		case '\\', ',', ';', ':', '"':
			b.WriteByte(value[i])
		default:
			b.WriteByte('\\')
			b.WriteByte(value[i])
		}
	}
	return b.String()
}

// Split divides a value at a separator that is not escaped, and resolves the escapes.
func Split(value string, separator byte) []string {
	var parts []string
	start := 0
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '\\':
			i++
		case separator:
			parts = append(parts, Unescape(value[start:i]))
			start = i + 1
		}
	}
	return append(parts, Unescape(value[start:]))
}

// Equal reports whether two lines are the same.
func (l Line) Equal(m Line) bool { return l.String() == m.String() }

// String is the line as it is written, but not folded.
func (l Line) String() string {
	var b strings.Builder
	if l.Group != "" {
		b.WriteString(l.Group)
		b.WriteByte('.')
	}
	b.WriteString(l.Name)
	for _, p := range l.Params {
		b.WriteByte(';')
		b.WriteString(p.Name)
		for i, v := range p.Values {
			if i == 0 {
				b.WriteByte('=')
			} else {
				b.WriteByte(',')
			}
			b.WriteString(quoteParam(v))
		}
	}
	b.WriteByte(':')
	b.WriteString(oneLine.Replace(l.Value))
	return b.String()
}

var oneLine = strings.NewReplacer("\r\n", "\\n", "\n", "\\n", "\r", "\\n")

// quoteParam writes a parameter's value: with the escapes of RFC 6868, in quotes where it must be.
func quoteParam(v string) string {
	v = paramEscaper.Replace(v)
	if strings.ContainsAny(v, ";:,") {
		return `"` + v + `"`
	}
	return v
}

var (
	paramEscaper   = strings.NewReplacer("^", "^^", "\r\n", "^n", "\n", "^n", "\r", "^n", `"`, "^'")
	paramUnescaper = strings.NewReplacer("^^", "^", "^n", "\n", "^'", `"`)
)

// Legal is text without the characters that XML does not know (XML 1.0 section 2.2): no server can be told of them.
func Legal(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r', r >= 0x20 && r < 0xd800, r >= 0xe000 && r < 0xfffe, r >= 0x10000 && r <= 0x10ffff:
			return r
		}
		return -1
	}, s)
}
