package mail

import (
	"bytes"
	"regexp"
	"strings"
)

// Parse reads a message. It is an error if a part of it cannot be found for sure.
// The data must not be changed after it.
func Parse(data []byte) (*Message, error) {
	m, err := parse(data, 0)
	if err != nil {
		return nil, err
	}
	m.source = data
	return m, nil
}

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
	e := &entity{kind: standard, header: make([]Field, 0, len(fields))}
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
	e.body, e.plain = decodeBody(body, encoding)
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
	text := e.body
	if charset := e.kind.params["charset"]; !e.plain || !isUTF8(charset) || e.kind.name == "text/html" {
		var ok bool
		if text, ok = toUTF8(e.body, charset); !ok {
			return
		}
		if e.kind.name == "text/html" {
			text = metaCharset.ReplaceAll(text, []byte("${1}utf-8"))
		}
		if e.plain = isPlainText(text); !e.plain {
			text = crlf(lf(text))
		}
	}
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
