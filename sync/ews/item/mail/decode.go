package mail

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"io"
	"math/bits"
	"mime/quotedprintable"
)

// decodeBody undoes a transfer encoding, as far as it can be undone. It is plain if it is known to be plain text.
func decodeBody(body []byte, encoding string) (decoded []byte, plain bool) {
	switch encoding {
	case "base64":
		if out, ok := decodeBase64(body); ok {
			return out, false
		}
	case "quoted-printable":
		if out, plain, ok := decodeQuoted(body); ok {
			return out, plain
		}
		if out, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(crlf(body)))); err == nil {
			return out, false
		}
	case "binary":
		return body, false
	}
	if isPlainText(body) {
		return body[:len(body):len(body)], true
	}
	return crlf(body), false
}

// decodeQuoted decodes quoted-printable as servers write it, which is most of all mail, in one go. It is false for whatever is
// not strictly by RFC 2045, section 6.7, and needs a more patient reader. A body in which nothing is encoded is given back as it is, so it
// must not be changed, and is plain text unless a line is too long.
func decodeQuoted(body []byte) (decoded []byte, plain, ok bool) {
	var out []byte
	start := 0             // of what is not in out yet
	line, long := 0, false // where the line begins; one is too long
	for at := literals(body); at < len(body); at += literals(body[at:]) {
		rest := body[at:]
		if rest[0] != '=' {
			if !bytes.HasPrefix(rest, []byte("\r\n")) || endsBlank(body[:at]) {
				return nil, false, false
			}
			long = long || at-line > maxText
			at += 2
			line = at
			continue
		}
		if out == nil {
			out = make([]byte, 0, len(body))
		}
		out = append(out, body[start:at]...)
		switch {
		case len(rest) > 2 && unhex[rest[1]] > 0 && unhex[rest[2]] > 0:
			out = append(out, (unhex[rest[1]]-1)<<4|(unhex[rest[2]]-1))
		case bytes.HasPrefix(rest, []byte("=\r\n")):
		default:
			return nil, false, false
		}
		at += 3
		start = at
	}
	switch {
	case endsBlank(body):
		return nil, false, false
	case out == nil:
		return body[:len(body):len(body)], !long && len(body)-line <= maxText, true
	}
	return append(out, body[start:]...), false, true
}

func endsBlank(line []byte) bool {
	n := len(line)
	return n > 0 && (line[n-1] == ' ' || line[n-1] == '\t')
}

// literals is how many bytes at the beginning of b stand for themselves in quoted-printable.
func literals(b []byte) int {
	n := 0
	for len(b)-n >= 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		equals := x ^ '='*ones
		// The lowest byte whose high bit is set is beyond "~", before " ", or "=".
		special := (x | (x + ones) | (x-' '*ones)&^x | (equals-ones)&^equals) & highs
		if special == 0 {
			n += 8
			continue
		}
		n += bits.TrailingZeros64(special) / 8
		if b[n] != '\t' {
			return n
		}
		n++
	}
	for n < len(b) && (b[n] >= ' ' && b[n] <= '~' && b[n] != '=' || b[n] == '\t') {
		n++
	}
	return n
}

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
