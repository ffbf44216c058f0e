package soap

import (
	"encoding/base64"
	"unicode/utf8"
)

// smallData is how much data is put as base64 between the text right away, since a part for each would cost more.
const smallData = 512

// Message encodes the envelope. Characters that XML 1.0 does not know are left out.
func (e Envelope) Message() *Message {
	w := &encoder{m: &Message{}, text: make([]byte, 0, 1024)}
	w.text = append(w.text, `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="`+envelopeSpace+`" xmlns:t="`+Types+
		`" xmlns:m="`+Messages+`">`...)
	if len(e.Header) > 0 {
		w.text = append(w.text, "<soap:Header>"...)
		for _, h := range e.Header {
			w.element(h, "")
		}
		w.text = append(w.text, "</soap:Header>"...)
	}
	w.text = append(w.text, "<soap:Body>"...)
	if e.Body != nil {
		w.element(e.Body, "")
	}
	w.text = append(w.text, "</soap:Body></soap:Envelope>"...)
	w.flush()
	return w.m
}

type encoder struct {
	m    *Message
	text []byte
}

// flush makes a part of the text so far.
func (w *encoder) flush() {
	if len(w.text) > 0 {
		w.m.parts = append(w.m.parts, part{text: w.text})
		w.m.size += int64(len(w.text))
		w.text = make([]byte, 0, cap(w.text))
	}
}

// element writes an element; space is the default namespace where it stands.
func (w *encoder) element(e *Element, space string) {
	prefix, declare := "", false
	switch e.Space {
	case Types:
		prefix = "t:"
	case Messages:
		prefix = "m:"
	case envelopeSpace:
		prefix = "soap:"
	default:
		declare = e.Space != space
		space = e.Space
	}
	w.text = append(append(append(w.text, '<'), prefix...), e.Name...)
	if declare {
		w.attr("xmlns", e.Space)
	}
	for _, a := range e.Attrs {
		w.attr(a.Name, a.Value)
	}
	if e.Text == "" && len(e.Data) == 0 && len(e.Children) == 0 {
		w.text = append(w.text, "/>"...)
		return
	}
	w.text = append(w.text, '>')
	switch {
	case len(e.Children) > 0:
		for _, c := range e.Children {
			w.element(c, space)
		}
	case len(e.Data) > smallData:
		w.flush()
		w.m.parts = append(w.m.parts, part{data: e.Data})
		w.m.size += int64(base64.StdEncoding.EncodedLen(len(e.Data)))
	case len(e.Data) > 0:
		w.text = base64.StdEncoding.AppendEncode(w.text, e.Data)
	default:
		w.text = escape(w.text, e.Text, false)
	}
	w.text = append(append(append(append(w.text, "</"...), prefix...), e.Name...), '>')
}

func (w *encoder) attr(name, value string) {
	w.text = append(append(append(w.text, ' '), name...), `="`...)
	w.text = append(escape(w.text, value, true), '"')
}

// escape appends s as text or as the value of an attribute, without what is no character of XML 1.0.
func escape(b []byte, s string, attr bool) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		size, replace := 1, ""
		switch {
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			if isChar(r) && (r != utf8.RuneError || size > 1) {
				i += size
				continue
			}
		case c == '&':
			replace = "&amp;"
		case c == '<':
			replace = "&lt;"
		case c == '>':
			replace = "&gt;"
		case c == '"' && attr:
			replace = "&quot;"
		case c == '\r': // or a reader would take it for a line feed
			replace = "&#xD;"
		case c == '\n' && attr:
			replace = "&#xA;"
		case c == '\t' && attr:
			replace = "&#x9;"
		case c >= ' ', c == '\n', c == '\t':
			i++
			continue
		}
		b = append(append(b, s[start:i]...), replace...)
		i += size
		start = i
	}
	return append(b, s[start:]...)
}

// isChar reports whether XML 1.0 has the character (section 2.2).
func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}
