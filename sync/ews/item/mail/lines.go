package mail

import (
	"bytes"
	"encoding/binary"
)

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

// maxText is how long a line of plain text is without its end, so that it may have one (RFC 5322 section 2.1.1).
const maxText = 996

// isPlainText reports whether text is what any server takes as it is: ASCII without zeros, in lines of up to maxText bytes that end in CRLF, the
// last one perhaps without.
func isPlainText(text []byte) bool {
	if !isSevenBit(text) || bytes.Count(text, []byte("\r")) != bytes.Count(text, []byte("\n")) {
		return false
	}
	for {
		i := bytes.IndexByte(text, '\n')
		switch {
		case i < 0:
			return len(text) <= maxText
		case i == 0 || text[i-1] != '\r' || i-1 > maxText:
			return false
		}
		text = text[i+1:]
	}
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// isSevenBit reports whether all bytes are ASCII and none is zero.
func isSevenBit(b []byte) bool {
	if bytes.IndexByte(b, 0) >= 0 {
		return false
	}
	for ; len(b) >= 32; b = b[32:] {
		words := binary.LittleEndian
		if (words.Uint64(b)|words.Uint64(b[8:])|words.Uint64(b[16:])|words.Uint64(b[24:]))&highs != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
