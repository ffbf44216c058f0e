// Package mail writes Internet messages (RFC 5322, RFC 2045 to 2049) in one canonical form, so that a message which a server
// composed anew at each read, with other boundaries, folding, encodings or header order, gives the same bytes.
//
// What says something to a reader is kept: every part with its bytes, every header field but those that
// servers and mailboxes write about their own work. Text is carried as UTF-8. What is signed or encrypted is kept byte for byte.
package mail

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// Message is a parsed message.
type Message struct {
	entity
	source []byte // what it was parsed from by Parse
}

// Field is one header field, unfolded.
type Field struct{ Name, Value string }

// entity is a message or a part of one.
type entity struct {
	header []Field // without those that say how the body is carried
	kind   media
	// One of these is the body.
	body    []byte // decoded; of text in UTF-8 with CRLF if utf8 is set
	parts   []*entity
	message *Message // of message/rfc822
	raw     []byte   // signed or encrypted: as it came, with CRLF

	utf8        bool
	plain       bool // the body is text that isPlainText knows
	disposition media
	description string
	id          string // Content-ID without angle brackets
	location    string
	other       []Field // further Content-* fields
	between     string  // see boundary
}

// errDamaged is returned for what cannot be taken apart without doubt.
var errDamaged = errors.New("the message is damaged")

// maxDepth is how deep parts may lie in each other.
const maxDepth = 40

// Get is the value of the first field of that name, unfolded but not decoded.
func (m *Message) Get(name string) string {
	for _, f := range m.header {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Has reports whether there is such a field.
func (m *Message) Has(name string) bool {
	return slices.ContainsFunc(m.header, func(f Field) bool { return strings.EqualFold(f.Name, name) })
}

// Set replaces all fields of a name by one, or removes them if value is empty.
func (m *Message) Set(name, value string) {
	m.header = slices.DeleteFunc(m.header, func(f Field) bool { return strings.EqualFold(f.Name, name) })
	if value != "" {
		m.header = append(m.header, Field{name, value})
	}
}

// SetText replaces all fields of a name by one with any text.
func (m *Message) SetText(name, text string) { m.Set(name, encodeText(text)) }

// Text is the decoded value of the first field of that name.
func (m *Message) Text(name string) string { return decodeText(m.Get(name)) }

// Date is when the message was sent by its header, zero if that says nothing that can be understood.
func (m *Message) Date() time.Time { return parseDate(m.Get("Date")) }

// Received is when the last server received it by its header, zero if none says so.
func (m *Message) Received() time.Time {
	v := m.Get("Received")
	i := strings.LastIndexByte(v, ';')
	if i < 0 {
		return time.Time{}
	}
	return parseDate(v[i+1:])
}

// Keywords are the words of all Keywords fields.
func (m *Message) Keywords() []string {
	var words []string
	for _, f := range m.header {
		if !strings.EqualFold(f.Name, "Keywords") {
			continue
		}
		for _, w := range splitOutsideQuotes(f.Value, ',') {
			if w = decodePhrase(w); w != "" {
				words = append(words, w)
			}
		}
	}
	return words
}

// SetKeywords replaces the Keywords fields by one.
func (m *Message) SetKeywords(words []string) {
	phrases := make([]string, len(words))
	for i, w := range words {
		phrases[i] = encodePhrase(w)
	}
	m.Set("Keywords", strings.Join(phrases, ", "))
}
