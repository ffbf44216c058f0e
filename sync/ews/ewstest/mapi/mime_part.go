package mapi

import (
	"bytes"
	"encoding/base64"
	"mime"
	"strings"
)

// maxDepth is how deep parts may be nested; what is deeper stays a file.
const maxDepth = 30

// part is one entity of MIME (RFC 2045).
type part struct {
	header      headerFields
	body        []byte // as it stands in the message
	contentType string // in lower case
	params      map[string]string
	disposition string
	filename    string
	contentID   string
	parts       []*part // of a multipart
}

// parsePart reads an entity. Outside says what an entity without a content type is.
func parsePart(data []byte, outside string, depth int) *part {
	p := &part{}
	p.header, p.body = parseHeader(data)
	p.contentType, p.params = mediaType(p.header.get("Content-Type"))
	if p.contentType == "" {
		p.contentType = outside
	}
	var params map[string]string
	p.disposition, params = mediaType(p.header.get("Content-Disposition"))
	p.filename = decodeWords(params["filename"])
	if p.filename == "" {
		p.filename = decodeWords(p.params["name"])
	}
	p.contentID = strings.Trim(p.header.get("Content-ID"), "<> ")
	boundary := p.params["boundary"]
	if !strings.HasPrefix(p.contentType, "multipart/") || boundary == "" || depth >= maxDepth {
		return p
	}
	inside := "text/plain"
	if p.contentType == "multipart/digest" {
		inside = "message/rfc822"
	}
	for _, b := range splitParts(p.body, boundary) {
		p.parts = append(p.parts, parsePart(b, inside, depth+1))
	}
	return p
}

// mediaType reads a content type or disposition, as far as it can be read.
func mediaType(s string) (string, map[string]string) {
	if s == "" {
		return "", nil
	}
	t, params, err := mime.ParseMediaType(s)
	if err == nil && t != "" {
		return t, params
	}
	fields := strings.Split(s, ";")
	params = map[string]string{}
	for _, f := range fields[1:] {
		if name, value, ok := strings.Cut(f, "="); ok {
			params[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return strings.ToLower(strings.TrimSpace(fields[0])), params
}

// splitParts are the parts between boundaries. The last may lack its end.
func splitParts(body []byte, boundary string) [][]byte {
	var all [][]byte
	mark := []byte("--" + boundary)
	start := -1
	for at := 0; at < len(body); {
		next := len(body)
		if i := bytes.IndexByte(body[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		line := bytes.TrimRight(body[at:next], " \t\r\n")
		if closing := bytes.Equal(line, append(mark[:len(mark):len(mark)], "--"...)); closing || bytes.Equal(line, mark) {
			if start >= 0 {
				all = append(all, bytes.TrimSuffix(bytes.TrimSuffix(body[start:max(at, start)], []byte("\n")), []byte("\r")))
			}
			start = next
			if closing {
				return all
			}
		}
		at = next
	}
	if start >= 0 && start < len(body) {
		all = append(all, body[start:])
	}
	return all
}

// content is the decoded body.
func (p *part) content() []byte {
	switch strings.ToLower(p.header.get("Content-Transfer-Encoding")) {
	case "base64":
		return decodeBase64(p.body)
	case "quoted-printable":
		return decodeQuoted(p.body)
	}
	return p.body
}

// text is the decoded body of a text part.
func (p *part) text() string {
	return strings.ToValidUTF8(decodeCharset(p.content(), p.params["charset"]), "\uFFFD")
}

// decodeBase64 decodes what is base64 in b and skips the rest.
func decodeBase64(b []byte) []byte {
	clean := make([]byte, 0, len(b))
	for _, c := range b {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			clean = append(clean, c)
		case c == '=' && len(clean)%4 > 1:
			// padding ends a group; another may follow where streams were joined
			for len(clean)%4 != 0 {
				clean = append(clean, '=')
			}
		}
	}
	var out []byte
	for len(clean) > 0 {
		n := len(clean)
		if i := bytes.IndexByte(clean, '='); i >= 0 {
			n = (i + 3) / 4 * 4
		}
		group := bytes.TrimRight(clean[:n], "=")
		if len(group)%4 == 1 {
			group = group[:len(group)-1]
		}
		d := make([]byte, base64.RawStdEncoding.DecodedLen(len(group)))
		m, _ := base64.RawStdEncoding.Decode(d, group)
		out = append(out, d[:m]...)
		clean = clean[n:]
	}
	return out
}

// decodeQuoted decodes quoted-printable (RFC 2045 6.7); what is none stays as it is.
func decodeQuoted(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for line := range bytes.Lines(b) {
		s := bytes.TrimRight(line, "\r\n")
		end := line[len(s):]
		s = bytes.TrimRight(s, " \t")
		if n := len(s); n > 0 && s[n-1] == '=' {
			s, end = s[:n-1], nil
		}
		for i := 0; i < len(s); i++ {
			if s[i] == '=' && i+2 < len(s) {
				hi, lo := unhex(s[i+1]), unhex(s[i+2])
				if hi >= 0 && lo >= 0 {
					out = append(out, byte(hi<<4|lo))
					i += 2
					continue
				}
			}
			out = append(out, s[i])
		}
		out = append(out, end...)
	}
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
