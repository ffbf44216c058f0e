package mapi

import (
	"bytes"
	"io"
	"mime"
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"

	"iorepl/sync/ews/soap"
)

// headerField is one line of a header with what is folded into it.
type headerField struct{ name, value string }

// headerFields is a header in its order.
type headerFields []headerField

// values are the values of all fields of a name, unfolded.
func (h headerFields) values(name string) []string {
	var all []string
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			all = append(all, unfold(f.value))
		}
	}
	return all
}

// raw is the first value of a name as it is folded, "" if there is none.
func (h headerFields) raw(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// get is the first value of a name on one line, "" if there is none.
func (h headerFields) get(name string) string { return unfold(h.raw(name)) }

// unfold puts a value on one line.
func unfold(s string) string {
	if !strings.ContainsAny(s, "\r\n") {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, "\r\n")
		if b.Len() > 0 {
			line = strings.TrimLeft(line, " \t")
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return strings.TrimSpace(b.String())
}

// parseHeader reads the header at the start of data; rest is what follows the empty line. What is no field is left out.
func parseHeader(data []byte) (h headerFields, rest []byte) {
	for len(data) > 0 {
		line := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			line = data[:i+1]
		}
		s := bytes.TrimRight(line, "\r\n")
		if len(s) == 0 {
			return h, data[len(line):]
		}
		name, value, ok := bytes.Cut(s, []byte(":"))
		switch {
		case s[0] == ' ' || s[0] == '\t':
			if len(h) > 0 {
				h[len(h)-1].value += "\r\n" + readable(s)
			}
		case ok && isToken(bytes.TrimRight(name, " \t")):
			h = append(h, headerField{string(bytes.TrimRight(name, " \t")), readable(bytes.TrimLeft(value, " \t"))})
		case len(h) > 0 && !bytes.HasPrefix(s, []byte(">From ")):
			return h, data // a body without an empty line before it
		}
		data = data[len(line):]
	}
	return h, nil
}

func isToken(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7F {
			return false
		}
	}
	return len(b) > 0
}

// readable is text of which the character set is not known.
func readable(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	s, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(s)
}

// decodeCharset is text in a character set; where the set is unknown or the text is not in it, what can be read of it.
func decodeCharset(b []byte, charset string) string {
	if charset == "" || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "us-ascii") {
		return readable(b)
	}
	e, err := htmlindex.Get(charset)
	if err != nil {
		return readable(b)
	}
	s, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return readable(b)
	}
	return string(s)
}

// wordDecoder decodes encoded words (RFC 2047) of any character set.
var wordDecoder = mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(charset)
	if err != nil {
		e = encoding.Nop
	}
	return e.NewDecoder().Reader(r), nil
}}

// decodeWords is an unstructured header for people.
func decodeWords(s string) string {
	t, err := wordDecoder.DecodeHeader(s)
	if err != nil {
		return s
	}
	return strings.ToValidUTF8(t, "\uFFFD")
}

// parseAddresses reads an address list as far as it can be read.
func parseAddresses(s string) []mailbox {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	p := mail.AddressParser{WordDecoder: &wordDecoder}
	var all []mailbox
	if list, err := p.ParseList(s); err == nil {
		for _, a := range list {
			all = append(all, boxOf(a.Name, a.Address))
		}
		return all
	}
	for _, one := range splitAddresses(s) {
		if a, err := p.Parse(one); err == nil {
			all = append(all, boxOf(a.Name, a.Address))
			continue
		}
		name, address := one, ""
		if i := strings.LastIndexByte(one, '<'); i >= 0 {
			name, address, _ = strings.Cut(one[:i]+"\x00"+strings.TrimRight(one[i+1:], "> "), "\x00")
		} else if strings.Contains(one, "@") && !strings.ContainsAny(one, " \t\"") {
			name, address = "", one
		}
		name = decodeWords(strings.Trim(strings.TrimSpace(name), `"`))
		if strings.HasSuffix(name, ":;") || name == "" && address == "" {
			continue
		}
		all = append(all, boxOf(name, address))
	}
	return all
}

func boxOf(name, address string) mailbox {
	if name == "" {
		name = address
	}
	return mailbox{strings.ToValidUTF8(name, "\uFFFD"), "SMTP", address}
}

// splitAddresses splits at the commas that stand neither in quotes nor in brackets.
func splitAddresses(s string) []string {
	var all []string
	start, quoted, depth := 0, false, 0
	add := func(one string) {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<' || c == '(':
			depth++
		case c == '>' || c == ')':
			depth--
		case c == ',' && depth <= 0:
			add(s[start:i])
			start = i + 1
		}
	}
	add(s[start:])
	return all
}

// headers are the Internet headers that came with the item.
func (it *Item) headers() headerFields {
	s, _ := it.props.get(pTransportHeaders).(string)
	h, _ := parseHeader([]byte(s))
	return h
}

func readHeaders(r *reading) *soap.Element {
	e := soap.T("InternetMessageHeaders")
	for _, f := range r.it.headers() {
		e.Add(soap.T("InternetMessageHeader", soap.Attr{Name: "HeaderName", Value: f.name}, unfold(f.value)))
	}
	if len(e.Children) == 0 {
		return nil
	}
	return e
}

// text is the header as PidTagTransportMessageHeaders holds it.
func (h headerFields) text() string {
	var b strings.Builder
	for _, f := range h {
		b.WriteString(f.name + ": " + f.value + "\r\n")
	}
	return b.String()
}
