package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"
)

// Encode writes the message in canonical form. One that was parsed from that form may be given back as it came: neither must be changed.
func (m *Message) Encode() []byte {
	var head bytes.Buffer
	head.Grow(1024)
	encoding := m.writeHead(&head)
	if encoding == "7bit" && m.begins(head.Bytes()) {
		return m.source
	}
	var b bytes.Buffer
	b.Grow(head.Len() + m.size())
	b.Write(head.Bytes())
	m.writeBody(&b, encoding)
	return b.Bytes()
}

// begins reports whether the message was parsed from head and, behind it, the bytes that are the body.
func (m *Message) begins(head []byte) bool {
	return len(m.body) > 0 && len(head)+len(m.body) == len(m.source) && &m.source[len(head)] == &m.body[0] && bytes.HasPrefix(m.source, head)
}

// size is about how long the body is when it is written, so that a large one is not moved while it grows.
func (e *entity) size() int {
	n := len(e.raw) + len(e.body)
	if !e.plain || e.disposition.name != "" {
		n += len(e.body) * 21 / 57 // of base64
	}
	parts := e.parts
	if e.message != nil {
		parts = []*entity{&e.message.entity}
	}
	for _, p := range parts {
		n += 1024 + p.size()
		for _, f := range p.header {
			n += len(f.Name) + len(f.Value) + 8
		}
	}
	return n
}

// write writes the message to memory or to a digest, which do not fail.
func (m *Message) write(w io.Writer) { m.writeBody(w, m.writeHead(w)) }

// writeHead writes all fields and returns the transfer encoding that they tell of.
func (m *Message) writeHead(w io.Writer) (encoding string) {
	writeHeader(w, m.header)
	writeField(w, "MIME-Version", "1.0")
	return m.writeFields(w)
}

// writeFields writes the fields that say how the body is carried, and the line behind them. It returns the transfer encoding.
func (e *entity) writeFields(w io.Writer) (encoding string) {
	encoding = e.encoding()
	kind := e.kind
	if e.parts != nil {
		kind = media{e.kind.name, map[string]string{"boundary": e.boundary()}}
		for k, v := range e.kind.params {
			kind.params[k] = v
		}
	}
	if len(kind.params) > 0 || kind.name != "text/plain" {
		writeField(w, "Content-Type", kind.String())
	}
	if encoding != "" {
		writeField(w, "Content-Transfer-Encoding", encoding)
	}
	if e.disposition.name != "" {
		writeField(w, "Content-Disposition", e.disposition.String())
	}
	if e.id != "" {
		writeField(w, "Content-ID", "<"+encodeLeftover(e.id)+">")
	}
	if e.location != "" {
		writeField(w, "Content-Location", encodeLeftover(e.location))
	}
	if e.description != "" {
		writeField(w, "Content-Description", encodeText(e.description))
	}
	slices.SortStableFunc(e.other, func(x, y Field) int {
		return strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
	for _, f := range e.other {
		writeField(w, fieldName(strings.ToLower(f.Name)), encodeLeftover(f.Value))
	}
	put(w, "\r\n")
	return encoding
}

// put writes to what does not fail.
func put(w io.Writer, s string) { _, _ = io.WriteString(w, s) }

// encoding is the transfer encoding that the body is written in, "" for a body that is made of others.
func (e *entity) encoding() string {
	switch {
	case e.raw != nil, e.message != nil, e.parts != nil:
		return ""
	case e.disposition.name != "":
		return "base64"
	case e.plain:
		return "7bit"
	}
	high, long := 0, false
	if !isSevenBit(e.body) {
		for _, c := range e.body {
			if c >= 0x80 || c == 0 {
				high++
			}
		}
	}
	for line := range bytes.Lines(e.body) {
		long = long || len(line) > 998
	}
	switch {
	case high == 0 && !long:
		return "7bit"
	case high*3 > len(e.body) || !e.utf8:
		return "base64"
	}
	return "quoted-printable"
}

func (e *entity) writeBody(w io.Writer, encoding string) {
	switch {
	case e.raw != nil:
		_, _ = w.Write(e.raw)
	case e.message != nil:
		e.message.write(w)
	case e.parts != nil:
		boundary := e.boundary()
		for _, p := range e.parts {
			put(w, "--"+boundary+"\r\n")
			p.writePart(w)
			put(w, "\r\n")
		}
		put(w, "--"+boundary+"--\r\n")
	case encoding == "base64":
		writeBase64(w, e.body)
	case encoding == "quoted-printable":
		q := quotedprintable.NewWriter(w)
		_, _ = q.Write(e.body)
		_ = q.Close()
	default:
		_, _ = w.Write(e.body)
	}
}

// writePart writes a part of a multipart entity.
func (e *entity) writePart(w io.Writer) {
	for _, f := range e.header {
		writeField(w, fieldName(strings.ToLower(f.Name)), encodeLeftover(f.Value))
	}
	e.writeBody(w, e.writeFields(w))
}

// boundary follows from what the parts say. It is found once, since parts do not change any more when they are written.
func (e *entity) boundary() string {
	if e.between == "" {
		h := sha256.New()
		for _, p := range e.parts {
			p.writePart(h)
			h.Write([]byte{0})
		}
		e.between = "=_" + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18])
	}
	return e.between
}

// writeBase64 writes base64 in lines of 76 characters.
func writeBase64(w io.Writer, data []byte) {
	const in, lines = 57, 64
	chunk := make([]byte, 0, lines*78)
	for len(data) > 0 {
		chunk = chunk[:0]
		for range lines {
			n := min(in, len(data))
			if n == 0 {
				break
			}
			chunk = base64.StdEncoding.AppendEncode(chunk, data[:n])
			chunk = append(chunk, "\r\n"...)
			data = data[n:]
		}
		_, _ = w.Write(chunk)
	}
}
