package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"regexp"
	"strings"
)

// Parse reads a message. It is an error if a part of it cannot be found for sure.
func Parse(data []byte) (*Message, error) { return parse(data, 0) }

func parse(data []byte, depth int) (*Message, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	fields, body, err := readHeader(data)
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, errDamaged
	}
	e, err := newEntity(fields, body, media{}, depth)
	if err != nil {
		return nil, err
	}
	return &Message{entity: *e}, nil
}

// newEntity makes an entity of its header and body. Without a Content-Type it is of the default.
func newEntity(fields []Field, body []byte, standard media, depth int) (*entity, error) {
	if depth > maxDepth {
		return nil, errDamaged
	}
	e := &entity{kind: standard}
	encoding := ""
	for _, f := range fields {
		switch key := strings.ToLower(f.Name); key {
		case "content-type":
			k := parseMedia(f.Value)
			if major, minor, ok := strings.Cut(k.name, "/"); ok && isToken(major) && isToken(minor) {
				e.kind = k
			}
		case "content-transfer-encoding":
			encoding, _, _ = strings.Cut(strings.ToLower(f.Value), ";")
			encoding = strings.TrimSpace(encoding)
		case "content-disposition":
			e.disposition = parseMedia(f.Value)
		case "content-description":
			e.description = decodeText(f.Value)
		case "content-id":
			e.id = strings.Trim(strings.TrimSpace(f.Value), "<>")
		case "content-location":
			e.location = strings.Join(strings.Fields(f.Value), "")
		case "mime-version":
		default:
			if strings.HasPrefix(key, "content-") && !isNoise(key) {
				e.other = append(e.other, f)
			} else {
				e.header = append(e.header, f)
			}
		}
	}
	if e.kind.name == "" {
		e.kind = media{"text/plain", nil}
	}
	e.tidy()
	switch {
	case e.kind.name == "multipart/signed" || e.kind.name == "multipart/encrypted":
		e.raw = crlf(body)
		return e, nil
	case e.kind.is("multipart"):
		return e, e.readParts(body, depth)
	}
	e.body = decodeBody(body, encoding)
	if e.kind.name == "message/rfc822" {
		if m, err := parse(e.body, depth+1); err == nil {
			e.message, e.body = m, nil
		}
		return e, nil
	}
	if e.isText() {
		e.readText()
	}
	return e, nil
}

// tidy takes away what says a thing twice: a file's name, its description, when and by whom it was attached.
func (e *entity) tidy() {
	name := e.disposition.params["filename"]
	if name == "" {
		name = e.kind.params["name"]
	}
	if e.kind.is("multipart") {
		name = ""
	}
	inline := e.disposition.name == "inline"
	e.disposition = media{}
	delete(e.kind.params, "name")
	switch {
	case name != "":
		e.disposition = media{"attachment", map[string]string{"filename": name}}
		if e.kind.params == nil {
			e.kind.params = map[string]string{}
		}
		e.kind.params["name"] = name
		if inline {
			e.disposition.name = "inline"
		}
	case e.isReadable():
	case inline:
		e.disposition.name = "inline"
	default:
		e.disposition.name = "attachment"
	}
	if e.description == name {
		e.description = ""
	}
}

// isReadable reports whether it is, by its type, no file of its own: parts, text, or the report of a server.
func (e *entity) isReadable() bool {
	return e.kind.is("multipart") || e.kind.is("text") || e.kind.is("message") && e.kind.name != "message/rfc822"
}

// isText reports whether it is text to be read in the message, not a file.
func (e *entity) isText() bool { return e.kind.is("text") && e.disposition.name == "" }

var metaCharset = regexp.MustCompile(`(?i)(<meta\s[^>]*charset\s*=\s*["']?)([\w:.-]+)`)

// readText makes UTF-8 of a text whose charset is known, with lines that end in CRLF and one at the end.
func (e *entity) readText() {
	charset := e.kind.params["charset"]
	text, ok := toUTF8(e.body, charset)
	if !ok {
		return
	}
	if e.kind.name == "text/html" {
		text = metaCharset.ReplaceAll(text, []byte("${1}utf-8"))
	}
	text = crlf(lf(text))
	if bare := bytes.TrimRight(text, "\r\n"); len(bare) == 0 {
		text = bare
	} else if bytes.HasPrefix(text[len(bare):], []byte("\r\n")) {
		text = text[:len(bare)+2]
	} else {
		text = append(bare[:len(bare):len(bare)], "\r\n"...)
	}
	e.body, e.utf8 = text, true
	if e.kind.params == nil {
		e.kind.params = map[string]string{}
	}
	e.kind.params["charset"] = "utf-8"
}

// lf makes lines that end in CR alone end in LF.
func lf(text []byte) []byte {
	if !has(text, '\r', func(i int) bool { return i+1 == len(text) || text[i+1] != '\n' }) {
		return text
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
}

// crlf makes every line end in CRLF. What is so already is given back as it is: it must not be changed.
func crlf(text []byte) []byte {
	if !has(text, '\n', func(i int) bool { return i == 0 || text[i-1] != '\r' }) {
		return text[:len(text):len(text)]
	}
	out := make([]byte, 0, len(text)+len(text)/32)
	for i, c := range text {
		if c == '\n' && (i == 0 || text[i-1] != '\r') {
			out = append(out, '\r')
		}
		out = append(out, c)
	}
	return out
}

// has reports whether one of the bytes c in text, by its index, is such a one.
func has(text []byte, c byte, such func(i int) bool) bool {
	for at := 0; ; at++ {
		i := bytes.IndexByte(text[at:], c)
		if i < 0 {
			return false
		}
		if at += i; such(at) {
			return true
		}
	}
}

func (e *entity) readParts(body []byte, depth int) error {
	boundary := e.kind.params["boundary"]
	if boundary == "" {
		return errDamaged
	}
	delete(e.kind.params, "boundary")
	standard := media{}
	if e.kind.name == "multipart/digest" {
		standard = media{"message/rfc822", nil}
	}
	pieces := splitParts(body, boundary)
	if len(pieces) == 0 {
		return errDamaged
	}
	for _, p := range pieces {
		fields, rest, err := readHeader(p)
		if err != nil {
			return err
		}
		part, err := newEntity(fields, rest, standard, depth+1)
		if err != nil {
			return err
		}
		e.parts = append(e.parts, part)
	}
	return nil
}

// splitParts finds the parts between boundaries (RFC 2046 section 5.1.1). The last one may lack its end.
func splitParts(body []byte, boundary string) [][]byte {
	var parts [][]byte
	delimiter := []byte("--" + strings.TrimRight(boundary, " "))
	start := -1
	for at := 0; at < len(body); {
		line, rest := cutLine(body[at:])
		next := len(body) - len(rest)
		if bytes.HasPrefix(line, delimiter) {
			tail := bytes.TrimRight(line[len(delimiter):], " \t")
			if end := string(tail) == "--"; end || len(tail) == 0 {
				if start >= 0 {
					parts = append(parts, trimBreak(body[start:at]))
				}
				if end {
					return parts
				}
				start = next
			}
		}
		at = next
	}
	if start >= 0 && start < len(body) {
		parts = append(parts, body[start:])
	}
	return parts
}

// trimBreak takes off the line break that belongs to the boundary behind it.
func trimBreak(part []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(part, []byte("\n")), []byte("\r"))
}

// decodeBody undoes a transfer encoding, as far as it can be undone.
func decodeBody(body []byte, encoding string) []byte {
	switch encoding {
	case "base64":
		if out, ok := decodeBase64(body); ok {
			return out
		}
		return crlf(body)
	case "quoted-printable":
		if out, ok := decodeQuoted(body); ok {
			return out
		}
		if out, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(crlf(body)))); err == nil {
			return out
		}
		return crlf(body)
	case "binary":
		return body
	}
	return crlf(body)
}

// decodeQuoted decodes quoted-printable as servers write it, which is most of all mail, in one go. It is false for whatever is
// not strictly by RFC 2045, section 6.7, and needs a more patient reader.
func decodeQuoted(body []byte) ([]byte, bool) {
	out := make([]byte, 0, len(body))
	for len(body) > 0 {
		i := bytes.IndexByte(body, '\n')
		line, end := body, ""
		if i >= 0 {
			line, body, end = body[:i], body[i+1:], "\r\n"
			if i == 0 || line[i-1] != '\r' {
				return nil, false
			}
			line = line[:i-1]
		} else {
			body = nil
		}
		if n := len(line); n > 0 && (line[n-1] == ' ' || line[n-1] == '\t') {
			return nil, false
		}
		start := 0
		for n := 0; n < len(line); n++ {
			switch c := line[n]; {
			case quotable[c]:
			case c == '=' && n == len(line)-1 && end != "":
				out = append(out, line[start:n]...)
				start, end = len(line), ""
			case c == '=' && n+2 < len(line) && unhex[line[n+1]] > 0 && unhex[line[n+2]] > 0:
				out = append(append(out, line[start:n]...), (unhex[line[n+1]]-1)<<4|(unhex[line[n+2]]-1))
				n += 2
				start = n + 1
			default:
				return nil, false
			}
		}
		out = append(append(out, line[start:]...), end...)
	}
	return out, true
}

// quotable marks the bytes that stand for themselves.
var quotable = func() (t [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		t[c] = c != '='
	}
	t['\t'] = true
	return t
}()

// unhex is one more than the value of a hexadecimal digit as RFC 2045 wants it, 0 for other bytes.
var unhex = func() (t [256]byte) {
	for i, c := range []byte("0123456789ABCDEF") {
		t[c] = byte(i) + 1
	}
	return t
}()

// decodeBase64 decodes what is base64 in a body and leaves out the rest.
func decodeBase64(body []byte) ([]byte, bool) {
	out := make([]byte, 0, base64.StdEncoding.DecodedLen(len(body)))
	var chunk [4096]byte
	n := 0
	for i, c := range body {
		if c == '+' || c == '/' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' {
			chunk[n] = c
			n++
		}
		if last := i == len(body)-1; n == len(chunk) || last {
			if last && n%4 == 1 {
				n-- // six bits are no byte
			}
			var err error
			if out, err = base64.RawStdEncoding.AppendDecode(out, chunk[:n]); err != nil {
				return nil, false
			}
			n = 0
		}
	}
	return out, true
}
