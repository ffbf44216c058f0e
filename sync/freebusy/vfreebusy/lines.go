package vfreebusy

import (
	"bytes"
	"iter"
	"strings"
	"unicode"

	"iorepl/sync/ews/item/content"
)

// line is a content line with the number that it begins at in the file.
type line struct {
	number int
	content.Line
}

// unfold gives the lines of a file that are not blank, each with its number, and with the lines joined to it that begin with white
// space (RFC 5545 section 3.1).
func unfold(data []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for number := 1; len(data) > 0; number++ {
			first := number
			var raw []byte
			raw, data = cutLine(data)
			for folded := false; len(data) > 0 && (data[0] == ' ' || data[0] == '\t'); folded = true {
				if !folded {
					raw = bytes.Clone(raw)
				}
				var more []byte
				more, data = cutLine(data)
				raw = append(raw, more[1:]...)
				number++
			}
			if len(bytes.TrimSpace(raw)) > 0 && !yield(first, raw) {
				return
			}
		}
	}
}

// cutLine takes a line off. It ends in CRLF, or in a LF or CR alone, or in the CRCRLF that files have which were converted twice.
func cutLine(data []byte) (line, rest []byte) {
	i := bytes.IndexAny(data, "\r\n")
	if i < 0 {
		return data, nil
	}
	line, rest = data[:i], data[i:]
	for len(rest) > 0 && rest[0] == '\r' {
		rest = rest[1:]
	}
	return line, bytes.TrimPrefix(rest, []byte("\n"))
}

// nameOf is the name of a content line in upper case and what is behind its first colon, or false if the line is none.
func nameOf(raw []byte) (name, value string, ok bool) {
	i := bytes.IndexAny(raw, ";:")
	if i < 1 {
		return "", "", false
	}
	name = strings.ToUpper(string(raw[:i]))
	for _, c := range []byte(name) {
		if !('A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return "", "", false
		}
	}
	_, after, ok := bytes.Cut(raw[i:], []byte(":"))
	if name == "BEGIN" || name == "END" {
		value = strings.ToUpper(string(bytes.TrimSpace(after)))
	}
	return name, value, ok
}

// parse reads one line whole.
func parse(number int, raw []byte) (line, bool) {
	_, lines, damaged := content.Parse(raw)
	if len(lines) != 1 || damaged > 0 {
		return line{}, false
	}
	return line{number, lines[0]}, true
}

// excerpt is as much of a text as people need to find it, without what a terminal would take for a command.
func excerpt[T string | []byte](text T) string {
	const most = 60
	s, more := string(text[:min(len(text), most)]), ""
	if len(text) > most {
		more = "…"
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s) + more
}
