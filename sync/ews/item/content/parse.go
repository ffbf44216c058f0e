package content

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// maxDepth is how deep components may lie in each other; deeper ones are damage.
const maxDepth = 8

// Parse reads a file: its components, its lines outside of any, and how many lines were no content lines. What has no END ends
// with what it is in.
func Parse(data []byte) (components []*Component, stray []Line, damaged int) {
	root := &Component{}
	open := []*Component{root}
	for raw := range unfold(decode(data)) {
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		l, ok := parseLine(raw)
		if !ok {
			damaged++
			continue
		}
		top := open[len(open)-1]
		switch l.Name {
		case "BEGIN":
			c := &Component{Name: strings.ToUpper(strings.TrimSpace(l.Value))}
			if len(open) > maxDepth || !isName(c.Name) {
				damaged++
				continue
			}
			top.Components = append(top.Components, c)
			open = append(open, c)
		case "END":
			name := strings.ToUpper(strings.TrimSpace(l.Value))
			for i := len(open) - 1; i > 0; i-- {
				if open[i].Name == name {
					open = open[:i]
					break
				}
			}
		default:
			top.Lines = append(top.Lines, l)
		}
	}
	return root.Components, root.Lines, damaged
}

// ParseExtra reads what Extra wrote.
func ParseExtra(text string) ([]Line, []*Component) {
	components, lines, _ := Parse([]byte(text))
	return lines, components
}

// decode makes UTF-8 of what begins with the mark of UTF-16, and takes off the mark of UTF-8.
func decode(data []byte) []byte {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		if d, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Bytes(data); err == nil {
			return d
		}
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
}

// unfold gives the lines, with those that begin with white space joined to the one before. It joins bytes, since a fold may
// divide a character.
func unfold(data []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		var line []byte
		for len(data) > 0 {
			var next []byte
			next, data = cutLine(data)
			switch {
			case len(next) > 0 && (next[0] == ' ' || next[0] == '\t') && len(line) > 0:
				line = append(line[:len(line):len(line)], next[1:]...)
				for len(data) > 0 && (data[0] == ' ' || data[0] == '\t') { // one growing copy for a long value
					next, data = cutLine(data)
					line = append(line, next[1:]...)
				}
			case len(line) > 0 && softBreak(line):
				line = append(append(line[:len(line):len(line)], "\r\n"...), next...)
			default:
				if len(line) > 0 && !yield(line) {
					return
				}
				line = next
			}
		}
		if len(line) > 0 {
			yield(line)
		}
	}
}

func cutLine(data []byte) (line, rest []byte) {
	i := bytes.IndexAny(data, "\r\n")
	if i < 0 {
		return data, nil
	}
	line, rest = data[:i], data[i+1:]
	if data[i] == '\r' && len(rest) > 0 && rest[0] == '\n' {
		rest = rest[1:]
	}
	return line, rest
}

// softBreak reports whether a line of a vCard 2.1 is continued on the next as quoted-printable.
func softBreak(line []byte) bool {
	if line[len(line)-1] != '=' {
		return false
	}
	head, _, ok := bytes.Cut(line, []byte(":"))
	_, params, some := bytes.Cut(head, []byte(";"))
	return ok && some && bytes.Contains(bytes.ToUpper(params), []byte("QUOTED-PRINTABLE"))
}

// isName reports whether a line or component may be called that (RFC 5545 section 3.1).
func isName(s string) bool {
	for _, c := range []byte(s) {
		if !('A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c >= 0x80) {
			return false
		}
	}
	return s != ""
}

func parseLine(raw []byte) (Line, bool) {
	if !utf8.Valid(raw) && !bytes.Contains(bytes.ToUpper(raw), []byte("CHARSET=")) {
		raw, _ = charmap.Windows1252.NewDecoder().Bytes(raw)
	}
	s := string(raw)
	i := strings.IndexAny(s, ";:")
	if i <= 0 {
		return Line{}, false
	}
	var l Line
	name := s[:i]
	if group, rest, ok := strings.Cut(name, "."); ok {
		l.Group, name = group, rest
	}
	l.Name = strings.ToUpper(strings.TrimSpace(name))
	if !isName(l.Name) || l.Group != "" && !isName(strings.ToUpper(l.Group)) {
		return Line{}, false
	}
	s = s[i:]
	for strings.HasPrefix(s, ";") {
		var p Param
		var ok bool
		if p, s, ok = parseParam(s[1:]); !ok {
			return Line{}, false
		}
		if p.Name != "" {
			l.Params = append(l.Params, p)
		}
	}
	value, ok := strings.CutPrefix(s, ":")
	if !ok {
		return Line{}, false
	}
	l.Value = value
	l = l.plain()
	l.Value = Legal(l.Value)
	return l, true
}

// parseParam reads a parameter and what is behind it. One without a name, as vCard 2.1 has, is a type.
func parseParam(s string) (p Param, rest string, ok bool) {
	i := strings.IndexAny(s, "=;:")
	if i < 0 {
		return p, "", false
	}
	if s[i] != '=' {
		word := strings.ToUpper(strings.TrimSpace(s[:i]))
		switch word {
		case "":
		case "QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT":
			p = Param{"ENCODING", []string{word}}
		default:
			p = Param{"TYPE", []string{Legal(s[:i])}}
		}
		return p, s[i:], true
	}
	if p.Name = strings.ToUpper(strings.TrimSpace(s[:i])); !isName(p.Name) {
		return p, "", false
	}
	for s = s[i+1:]; ; s = s[1:] {
		var v string
		if strings.HasPrefix(s, `"`) {
			end := strings.IndexByte(s[1:], '"')
			if end < 0 {
				return p, "", false
			}
			v, s = s[1:1+end], s[end+2:]
			// Some programs go on after the closing quote.
			if j := strings.IndexAny(s, ",;:"); j > 0 {
				v, s = v+s[:j], s[j:]
			}
		} else {
			j := strings.IndexAny(s, ",;:")
			if j < 0 {
				return p, "", false
			}
			v, s = s[:j], s[j:]
		}
		p.Values = append(p.Values, Legal(paramUnescaper.Replace(v)))
		if !strings.HasPrefix(s, ",") {
			return p, s, s != ""
		}
	}
}

// plain resolves the encodings of vCard 2.1: quoted-printable and charsets.
func (l Line) plain() Line {
	charset, quoted := "", false
	var params []Param
	for _, p := range l.Params {
		switch {
		case p.Name == "CHARSET":
			charset = strings.Join(p.Values, "")
			continue
		case p.Name == "ENCODING" && len(p.Values) == 1 && strings.EqualFold(p.Values[0], "QUOTED-PRINTABLE"):
			quoted = true
			continue
		}
		params = append(params, p)
	}
	if charset == "" && !quoted {
		return l
	}
	l.Params = params
	value := []byte(l.Value)
	if quoted {
		if d, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(value))); err == nil {
			value = d
		}
	}
	if enc, err := htmlindex.Get(charset); err == nil && charset != "" {
		if d, err := enc.NewDecoder().Bytes(value); err == nil {
			value = d
		}
	} else if !utf8.Valid(value) {
		value, _ = charmap.Windows1252.NewDecoder().Bytes(value)
	}
	l.Value = oneLine.Replace(string(value))
	return l
}
