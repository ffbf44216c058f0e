package mail

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// noise are fields that servers and mailboxes write about their own work, at each read anew, or about what their
// user did: they say nothing of the message. So are all that begin with noisePrefix.
var noise = map[string]bool{
	"accept-language": true, "acceptlanguage": true, "content-class": true, "content-language": true, "content-length": true, "lines": true,
	"status": true, "x-keywords": true, "x-mimeole": true, "x-mozilla-keys": true, "x-mozilla-status": true, "x-mozilla-status2": true,
	"x-ms-has-attach": true, "x-ms-tnef-correlator": true, "x-status": true, "x-uid": true,
}

const noisePrefix = "x-ms-exchange-"

// isNoise takes a name in lower case.
func isNoise(key string) bool { return noise[key] || strings.HasPrefix(key, noisePrefix) }

// ranks are the fields in the order in which they are written. Others follow by name, fields of one name in their order.
var ranks = []string{
	"return-path", "received", "from", "sender", "reply-to", "to", "cc", "bcc", "newsgroups", "subject", "date", "message-id",
	"in-reply-to", "references", "thread-topic", "thread-index", "importance", "sensitivity", "keywords",
}

// forms say how the value of a field is written; others are kept but for their folding.
var forms = map[string]func(string) string{
	"from": encodeAddresses, "sender": encodeAddresses, "reply-to": encodeAddresses, "to": encodeAddresses, "cc": encodeAddresses,
	"bcc": encodeAddresses, "disposition-notification-to": encodeAddresses, "return-receipt-to": encodeAddresses,
	"resent-from": encodeAddresses, "resent-sender": encodeAddresses, "resent-to": encodeAddresses, "resent-cc": encodeAddresses,
	"resent-bcc": encodeAddresses, "subject": recode, "comments": recode, "thread-topic": recode, "content-description": recode,
	"date": redate, "resent-date": redate, "references": respace, "in-reply-to": respace, "message-id": respace,
}

func recode(v string) string { return encodeText(decodeText(v)) }

func redate(v string) string {
	if t := parseDate(v); !t.IsZero() {
		return encodeDate(t)
	}
	return encodeLeftover(v)
}

func respace(v string) string {
	if v = clean(v); strings.Contains(v, "  ") || !isPlain(v) {
		v = strings.Join(strings.Fields(v), " ")
	}
	return encodeLeftover(v)
}

// joined are fields that a message has once: further ones of the name are part of it.
var joined = map[string]bool{"to": true, "cc": true, "bcc": true, "reply-to": true, "keywords": true}

// readHeader takes the fields off the front of data. It is an error if a line is neither a field nor the continuation of one.
func readHeader(data []byte) (fields []Field, body []byte, err error) {
	fields = make([]Field, 0, 16)
	for len(data) > 0 {
		line, rest := cutLine(data)
		if len(line) == 0 {
			return fields, rest, nil
		}
		switch {
		case line[0] == ' ' || line[0] == '\t':
			text := strings.TrimSpace(string(line))
			switch {
			case len(fields) == 0 && text != "":
				return nil, nil, errDamaged
			case len(fields) > 0 && text != "":
				last := &fields[len(fields)-1]
				last.Value = strings.TrimSpace(last.Value + " " + text)
			}
		case len(fields) == 0 && bytes.HasPrefix(line, []byte("From ")): // of a mailbox file
		default:
			name, value, ok := bytes.Cut(line, []byte(":"))
			name = bytes.TrimRight(name, " \t")
			if !ok || !isFieldName(name) {
				return nil, nil, errDamaged
			}
			fields = append(fields, Field{string(name), strings.TrimSpace(string(value))})
		}
		data = rest
	}
	return fields, nil, nil
}

// cutLine divides data after its first line, which ends in LF, CRLF or not at all.
func cutLine(data []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(data, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

func isFieldName(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return len(name) > 0
}

// writeHeader writes the fields of a message in canonical form and order.
func writeHeader(w io.Writer, fields []Field) {
	type ranked struct {
		Field
		rank int
		key  string
	}
	all := make([]ranked, 0, len(fields))
	for _, f := range fields {
		key := strings.ToLower(f.Name)
		if isNoise(key) {
			continue
		}
		if joined[key] {
			if i := slices.IndexFunc(all, func(r ranked) bool { return r.key == key }); i >= 0 {
				all[i].Value = strings.Trim(all[i].Value+", "+f.Value, ", ")
				continue
			}
		}
		rank := slices.Index(ranks, key)
		if rank < 0 {
			rank = len(ranks)
		}
		all = append(all, ranked{f, rank, key})
	}
	slices.SortStableFunc(all, func(x, y ranked) int {
		if x.rank != y.rank {
			return x.rank - y.rank
		}
		return strings.Compare(x.key, y.key)
	})
	for _, f := range all {
		form := forms[f.key]
		if form == nil {
			form = encodeLeftover
		}
		if f.rank == len(ranks)-1 { // Keywords, which SetKeywords wrote or will write
			form = respace
		}
		writeField(w, fieldName(f.key), form(f.Value))
	}
}

// fieldName is how a name is written: with capitals after hyphens.
func fieldName(key string) string {
	switch key {
	case "message-id":
		return "Message-ID"
	case "mime-version":
		return "MIME-Version"
	case "content-id":
		return "Content-ID"
	}
	name := []byte(key)
	for i, c := range name {
		if (i == 0 || name[i-1] == '-') && 'a' <= c && c <= 'z' {
			name[i] = c - 'a' + 'A'
		}
	}
	return string(name)
}

const maxLine = 76

// writeField writes a field, folded at spaces.
func writeField(w io.Writer, name, value string) {
	b := make([]byte, 0, len(name)+len(value)+16)
	b = append(append(b, name...), ": "...)
	if len(b)+len(value) <= maxLine {
		_, _ = w.Write(append(append(b, value...), "\r\n"...))
		return
	}
	word, rest, more := strings.Cut(value, " ")
	b = append(b, word...)
	length := len(b)
	for more {
		before := word
		word, rest, more = strings.Cut(rest, " ")
		// Only a single space comes back from a fold.
		if length+1+len(word) > maxLine && isWord(word) && isWord(before) {
			b = append(b, "\r\n"...)
			length = 0
		}
		b = append(append(b, ' '), word...)
		length += 1 + len(word)
	}
	_, _ = w.Write(append(b, "\r\n"...))
}

// isWord reports whether s has no white space around it.
func isWord(s string) bool { return s != "" && strings.TrimSpace(s) == s }
