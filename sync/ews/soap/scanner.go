package soap

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// scanner reads XML byte by byte from a window over the input, so that no more of it than the window is held as text. It knows
// what SOAP uses of XML and refuses the rest: document types, entities but the five of XML, encodings but UTF-8.
type scanner struct {
	r      io.Reader
	window []byte // input[pos:end] is not consumed
	pos    int
	end    int
	read   int64 // bytes taken from r
	limit  int64
	begin  []byte // the first bytes of the input, for messages about what is not XML
}

const (
	windowSize = 64 << 10
	beginSize  = 2 << 10
	maxName    = 512

	maxReference = 32
)

// syntaxError is a violation of XML, at a byte of the input.
type syntaxError struct {
	at   int64
	what string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("bad XML at byte %d: %s", e.at, e.what) }

func (s *scanner) errorf(format string, args ...any) error {
	return &syntaxError{at: s.read - int64(s.end-s.pos), what: fmt.Sprintf(format, args...)}
}

// more reads on behind what is in the window; what is not consumed stays. io.ErrUnexpectedEOF where the input ends.
func (s *scanner) more() error {
	if s.pos > 0 {
		copy(s.window, s.window[s.pos:s.end])
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.window) {
		return s.errorf("a name, a reference or a value is too long")
	}
	for range 100 {
		n, err := s.r.Read(s.window[s.end:])
		if len(s.begin) < beginSize {
			s.begin = append(s.begin, s.window[s.end:s.end+min(n, beginSize-len(s.begin))]...)
		}
		s.end += n
		s.read += int64(n)
		if s.read > s.limit {
			return &LimitError{What: "bytes", Limit: s.limit}
		}
		if n > 0 {
			return nil
		}
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// need makes at least n bytes stand in the window.
func (s *scanner) need(n int) error {
	for s.end-s.pos < n {
		if err := s.more(); err != nil {
			return err
		}
	}
	return nil
}

// peek is the next byte.
func (s *scanner) peek() (byte, error) {
	if s.pos == s.end {
		if err := s.more(); err != nil {
			return 0, err
		}
	}
	return s.window[s.pos], nil
}

// expect consumes exactly that text.
func (s *scanner) expect(text string) error {
	for i := range len(text) {
		c, err := s.peek()
		if err != nil {
			return err
		}
		if c != text[i] {
			return s.errorf("%q expected", text)
		}
		s.pos++
	}
	return nil
}

// space consumes white space.
func (s *scanner) space() error {
	for {
		c, err := s.peek()
		if err != nil {
			return err
		}
		if !isSpace(c) {
			return nil
		}
		s.pos++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// nameByte says which bytes a name has, and which of them do not begin it.
var nameByte = func() (t [256]byte) {
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c >= utf8.RuneSelf:
			t[c] = anywhere
		case c >= '0' && c <= '9', c == '-', c == '.':
			t[c] = notFirst
		}
	}
	return t
}()

const (
	anywhere = 1
	notFirst = 2
)

// name reads a name that may have a prefix. It is valid until the next read.
func (s *scanner) name() (prefix, local []byte, err error) {
	n, colon := 0, -1
	other := false // characters beyond ASCII
	left := s.window[s.pos:s.end]
	for ; ; n++ {
		if n == len(left) {
			if err := s.more(); err != nil {
				return nil, nil, err
			}
			left = s.window[s.pos:s.end]
		}
		c := left[n]
		if nameByte[c] == 0 {
			if c != ':' || colon >= 0 || n == 0 {
				break
			}
			colon = n
			continue
		}
		if nameByte[c] == notFirst && (n == 0 || n == colon+1) {
			break
		}
		other = other || c >= utf8.RuneSelf
		if n > maxName {
			return nil, nil, s.errorf("a name is too long")
		}
	}
	name := left[:n]
	if n == 0 || n == colon+1 || other && !utf8.Valid(name) {
		return nil, nil, s.errorf("a name expected")
	}
	s.pos += n
	if colon < 0 {
		return nil, name, nil
	}
	return name[:colon], name[colon+1:], nil
}

// until consumes everything up to and with the end mark.
func (s *scanner) until(mark string) error {
	for {
		if i := bytes.Index(s.window[s.pos:s.end], []byte(mark)); i >= 0 {
			s.pos += i + len(mark)
			return nil
		}
		// The mark can have begun at the end of the window.
		s.pos = max(s.pos, s.end-len(mark)+1)
		if err := s.more(); err != nil {
			return err
		}
	}
}
