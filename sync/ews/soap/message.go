package soap

import (
	"encoding/base64"
	"io"
)

// Message is an envelope as it goes over the wire. The bytes that elements hold as Data are referred to, not copied, and become
// base64 only while they are read, so they may not change as long as the message is in use.
type Message struct {
	parts []part
	size  int64
}

// part is a stretch of markup and text, or bytes that are base64 on the wire.
type part struct {
	text []byte
	data []byte
}

// Size is the exact number of bytes that the message has on the wire.
func (m *Message) Size() int64 { return m.size }

// Reader reads the message from its beginning. Any number of readers can be used.
func (m *Message) Reader() io.Reader { return &messageReader{parts: m.parts} }

// WriteTo writes the whole message.
func (m *Message) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, m.Reader()) }

// Encode writes a request as an envelope.
func Encode(w io.Writer, r Request) error {
	_, err := r.Envelope().Message().WriteTo(w)
	return err
}

type messageReader struct {
	current part // what is left of it
	parts   []part
	rest    []byte // of four encoded characters that did not fit
	quad    [4]byte
}

func (r *messageReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		switch c := &r.current; {
		case len(r.rest) > 0:
			k := copy(p[n:], r.rest)
			r.rest = r.rest[k:]
			n += k
		case len(c.text) > 0:
			k := copy(p[n:], c.text)
			c.text = c.text[k:]
			n += k
		case len(c.data) >= 3 && len(p)-n >= 4:
			k := min((len(p)-n)/4, len(c.data)/3)
			base64.StdEncoding.Encode(p[n:], c.data[:k*3])
			c.data = c.data[k*3:]
			n += k * 4
		case len(c.data) > 0:
			k := min(3, len(c.data))
			base64.StdEncoding.Encode(r.quad[:], c.data[:k])
			c.data = c.data[k:]
			r.rest = r.quad[:]
		case len(r.parts) > 0:
			r.current, r.parts = r.parts[0], r.parts[1:]
		case n > 0:
			return n, nil
		default:
			return 0, io.EOF
		}
	}
	return n, nil
}
