package soap

import (
	"bytes"
	"encoding/base64"
)

// isData reports whether the text of an element is base64 that can be large: MIME of items, contents of file attachments, exported
// items (MS-OXWSCORE 2.2.4.28, MS-OXWSATT 2.2.4.6, MS-OXWSBTRF 3.1.4.1).
func isData(space, name string) bool {
	switch space {
	case Types:
		return name == "MimeContent" || name == "Content" || name == "MimeContentUTF8"
	case Messages:
		return name == "Data"
	}
	return false
}

// quads collects decoded base64. The encoded text goes from the scanner's window straight into the result.
type quads struct {
	chunks [][]byte // each twice as large as the one before; small ones are used again for the next text
	used   int      // how many hold something
	carry  [4]byte  // characters that do not make four yet
	n      int      // of carry
	ended  bool     // padding was read
}

const (
	firstChunk = 4 << 10
	keptChunk  = 64 << 10
	lastChunk  = 4 << 20
)

// base64 decodes text up to the next markup, which is not consumed.
func (s *scanner) base64(q *quads) error {
	for {
		window := s.window[s.pos:s.end]
		i := bytes.IndexByte(window, '<')
		stop := i >= 0
		if stop {
			window = window[:i]
		}
		if !q.add(window) {
			return s.errorf("bad base64")
		}
		s.pos += len(window)
		if stop {
			return nil
		}
		if err := s.more(); err != nil {
			return err
		}
	}
}

// add decodes text, which it changes.
func (q *quads) add(text []byte) bool {
	if bytes.IndexByte(text, '\n') >= 0 || bytes.IndexByte(text, '\r') >= 0 || bytes.IndexByte(text, ' ') >= 0 || bytes.IndexByte(text, '\t') >= 0 {
		kept := text[:0]
		for _, c := range text {
			if !isSpace(c) {
				kept = append(kept, c)
			}
		}
		text = kept
	}
	if q.n > 0 {
		k := copy(q.carry[q.n:], text)
		q.n += k
		text = text[k:]
		if q.n < len(q.carry) {
			return true
		}
		q.n = 0
		if !q.decode(q.carry[:]) {
			return false
		}
	}
	whole := len(text) &^ 3
	q.n = copy(q.carry[:], text[whole:])
	return q.decode(text[:whole])
}

// decode decodes groups of four.
func (q *quads) decode(text []byte) bool {
	for len(text) > 0 {
		if q.ended {
			return false
		}
		if q.used == 0 || cap(q.chunks[q.used-1])-len(q.chunks[q.used-1]) < 3 {
			q.used++
			if q.used > len(q.chunks) {
				q.chunks = append(q.chunks, make([]byte, 0, chunkSize(len(q.chunks))))
			}
		}
		last := q.used - 1
		chunk := q.chunks[last]
		k := min((cap(chunk)-len(chunk))/3*4, len(text))
		n, err := base64.StdEncoding.Decode(chunk[len(chunk):len(chunk)+k/4*3], text[:k])
		if err != nil {
			return false
		}
		q.ended = n < k/4*3
		q.chunks[last] = chunk[:len(chunk)+n]
		text = text[k:]
	}
	return true
}

// take returns what was decoded, never nil, and makes room for the next. ok is false if the text ended within a group of four.
func (q *quads) take() (data []byte, ok bool) {
	if q.n != 0 {
		return nil, false
	}
	total := 0
	for _, c := range q.chunks[:q.used] {
		total += len(c)
	}
	data = make([]byte, 0, total)
	kept := 0
	for i, c := range q.chunks[:q.used] {
		data = append(data, c...)
		q.chunks[i] = c[:0]
		if cap(c) <= keptChunk {
			kept = i + 1
		}
	}
	if q.used > kept {
		clear(q.chunks[kept:])
		q.chunks = q.chunks[:kept]
	}
	q.used, q.ended = 0, false
	return data, true
}

// chunkSize is how large the chunk with that index is.
func chunkSize(i int) int { return min(firstChunk<<min(i, 16), lastChunk) }
