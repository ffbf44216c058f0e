package mail

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// media is the value of a Content-Type or Content-Disposition field.
type media struct {
	name   string // in lower case
	params map[string]string
}

// parseMedia reads such a value, as far as it can be read: parameters given twice, unquoted specials and trailing text are
// common, and so are names encoded for headers (RFC 2047) instead of parameters (RFC 2231).
func parseMedia(value string) media {
	fields := splitOutsideQuotes(value, ';')
	m := media{strings.ToLower(strings.TrimSpace(fields[0])), map[string]string{}}
	if i := strings.IndexAny(m.name, " \t("); i >= 0 {
		m.name = m.name[:i]
	}
	pieces := map[string]string{}
	for _, f := range fields[1:] {
		k, v, ok := strings.Cut(f, "=")
		if k = strings.ToLower(strings.TrimSpace(k)); !ok || !isToken(strings.ReplaceAll(k, "*", "")) {
			continue
		}
		if _, double := pieces[k]; !double {
			pieces[k] = unquote(strings.TrimSpace(v))
		}
	}
	for k, v := range pieces {
		name, _, divided := strings.Cut(k, "*")
		if !divided {
			if _, better := m.params[k]; !better {
				m.params[k] = decodeText(v)
			}
		} else if v, ok := assemble(pieces, name); ok {
			m.params[name] = v
		}
	}
	return m
}

// assemble puts a parameter together that is encoded or divided (RFC 2231).
func assemble(pieces map[string]string, name string) (string, bool) {
	var value []byte
	charset, first, found := "", true, false
	add := func(v string, encoded bool) {
		found = true
		if encoded && first {
			if parts := strings.SplitN(v, "'", 3); len(parts) == 3 {
				charset, v = parts[0], parts[2]
			}
		}
		first = false
		if encoded {
			v = percentDecode(v)
		}
		value = append(value, v...)
	}
	if v, ok := pieces[name+"*"]; ok {
		add(v, true)
	}
	for i := 0; !found || i > 0; i++ {
		key := name + "*" + strconv.Itoa(i)
		if v, ok := pieces[key+"*"]; ok {
			add(v, true)
		} else if v, ok := pieces[key]; ok {
			add(v, false)
		} else {
			break
		}
	}
	if text, ok := toUTF8(value, charset); ok {
		value = text
	}
	return validText(string(value)), found
}

// percentDecode resolves %XX; a percent sign before anything else is itself.
func percentDecode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// is reports whether it is of that type, such as "text".
func (m media) is(prefix string) bool { return strings.HasPrefix(m.name, prefix+"/") }

// String is the value as it is written, its parameters in order of their names.
func (m media) String() string {
	var b strings.Builder
	b.WriteString(m.name)
	names := make([]string, 0, len(m.params))
	for n := range m.params {
		if isToken(n) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		v := m.params[n]
		b.WriteString("; " + n)
		switch {
		case !isPlain(v) || strings.Contains(v, "=?"):
			b.WriteString("*=utf-8''" + strings.ReplaceAll(url.QueryEscape(v), "+", "%20"))
		case isToken(v) && n != "boundary" && n != "name" && n != "filename":
			b.WriteString("=" + v)
		default:
			b.WriteString("=" + quote(v))
		}
	}
	return b.String()
}

// isToken reports whether s may stand without quotes (RFC 2045 section 5.1).
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?=*'%`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// isPlain reports whether s is printable ASCII.
func isPlain(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func quote(s string) string { return `"` + quoter.Replace(s) + `"` }

// unquote takes the quotes and escapes off a quoted string.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var b strings.Builder
	for s = s[1 : len(s)-1]; s != ""; s = s[1:] {
		if s[0] == '\\' && len(s) > 1 {
			s = s[1:]
		}
		b.WriteByte(s[0])
	}
	return b.String()
}

// splitOutsideQuotes divides s at a separator that is not in a quoted string or a comment.
func splitOutsideQuotes(s string, separator byte) []string {
	var parts []string
	quoted, depth, start := false, 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			depth++
		case c == ')' && !quoted && depth > 0:
			depth--
		case c == separator && !quoted && depth == 0:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}
