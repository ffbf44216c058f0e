package soap

import (
	"errors"
	"io"
	"unicode/utf8"
)

// reference reads what follows an ampersand and appends the character. One that XML 1.0 does not have becomes U+FFFD: Exchange
// writes such references (exchange-protocols: sanitize).
func (s *scanner) reference(b []byte) ([]byte, error) {
	for n := 0; ; n++ {
		if s.pos+n == s.end {
			if err := s.more(); err != nil {
				return b, err
			}
		}
		switch c := s.window[s.pos+n]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '#' && n == 0:
			if n == maxReference {
				return b, s.errorf("a reference is too long")
			}
		case c == ';':
			text := s.window[s.pos : s.pos+n]
			if len(text) > 1 && text[0] == '#' {
				r, ok := charNumber(text[1:])
				if !ok {
					return b, s.errorf("bad character reference %q", text)
				}
				s.pos += n + 1
				return utf8.AppendRune(b, r), nil
			}
			for _, e := range entities {
				if e.name == string(text) {
					s.pos += n + 1
					return append(b, e.char), nil
				}
			}
			return b, s.errorf("unknown entity %q", text)
		default:
			return b, s.errorf("an ampersand that begins no reference")
		}
	}
}

var entities = [...]struct {
	name string
	char byte
}{{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}

// charNumber reads a number as in &#65; or &#x41;.
func charNumber(text []byte) (r rune, ok bool) {
	base := rune(10)
	if text[0] == 'x' {
		base, text = 16, text[1:]
	}
	for _, c := range text {
		var digit rune
		switch {
		case c >= '0' && c <= '9':
			digit = rune(c - '0')
		case base == 16 && c >= 'a' && c <= 'f':
			digit = rune(c-'a') + 10
		case base == 16 && c >= 'A' && c <= 'F':
			digit = rune(c-'A') + 10
		default:
			return 0, false
		}
		r = min(r*base+digit, utf8.MaxRune+1)
	}
	if !isChar(r) {
		r = utf8.RuneError
	}
	return r, len(text) > 0
}

// plain marks the bytes that stand for themselves in text and in values.
var plain = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = true
	}
	t['\n'], t['\t'] = true, true
	t['<'], t['&'], t['"'], t['\''] = false, false, false, false
	return t
}()

// text appends characters up to one of the two stop bytes, which is not consumed. Characters that XML 1.0 does not have, and bytes
// that are not UTF-8, become U+FFFD. Inside CDATA nothing is a reference.
func (s *scanner) text(b []byte, stop, stop2 byte, cdata bool) ([]byte, error) {
	for {
		i := s.pos
		for i < s.end && plain[s.window[i]] && s.window[i] != stop2 {
			i++
		}
		b = append(b, s.window[s.pos:i]...)
		s.pos = i
		if i == s.end {
			if err := s.more(); err != nil {
				return b, err
			}
			continue
		}
		c := s.window[i]
		switch {
		case c == stop || c == stop2:
			return b, nil
		case c == '&' && !cdata:
			s.pos++
			var err error
			if b, err = s.reference(b); err != nil {
				return b, err
			}
		case c == '\r': // XML 1.0, section 2.11
			s.pos++
			next, err := s.peek()
			if err != nil {
				return b, err
			}
			if next != '\n' {
				b = append(b, '\n')
			}
		case c >= utf8.RuneSelf:
			if !utf8.FullRune(s.window[i:s.end]) {
				if err := s.need(utf8.UTFMax); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
					return b, err
				}
			}
			r, size := utf8.DecodeRune(s.window[s.pos:s.end])
			if !isChar(r) {
				r = utf8.RuneError
			}
			b = utf8.AppendRune(b, r)
			s.pos += size
		case c < ' ':
			b = utf8.AppendRune(b, utf8.RuneError)
			s.pos++
		default: // a quote in text, or what would be markup in CDATA
			b = append(b, c)
			s.pos++
		}
	}
}
