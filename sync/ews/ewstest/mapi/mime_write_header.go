package mapi

import (
	"bytes"
	"encoding/base64"
	"mime"
	"net/mail"
	"strings"
)

// made are the header fields that are made of properties; of the others the ones that came are written again.
var made = map[string]bool{"from": true, "sender": true, "to": true, "cc": true, "bcc": true, "reply-to": true, "subject": true, "date": true,
	"message-id": true, "in-reply-to": true, "references": true, "importance": true, "sensitivity": true, "keywords": true, "thread-topic": true,
	"thread-index": true, "disposition-notification-to": true, "return-receipt-to": true, "mime-version": true, "content-type": true,
	"content-transfer-encoding": true, "content-disposition": true, "content-id": true, "content-description": true, "content-language": true,
	"content-location": true, "content-length": true, "content-class": true}

func (it *Item) writeOwnHeaders(b *bytes.Buffer) {
	line := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	sentBy, _ := it.addressee(sender)
	if m, ok := it.addressee(from); ok {
		line("From", m.header())
		if sentBy != m {
			line("Sender", sentBy.header())
		}
	}
	for _, to := range []struct {
		name string
		as   recipientKind
	}{{"To", toRecipient}, {"Cc", ccRecipient}, {"Bcc", bccRecipient}, {"Reply-To", replyTo}} {
		var all []string
		for _, r := range it.recipients {
			if r.as == to.as {
				all = append(all, r.header())
			}
		}
		line(to.name, strings.Join(all, ",\r\n\t"))
	}
	line("Subject", encodeWords(it.text(pSubject)))
	line("Thread-Topic", encodeWords(it.text(pConversationTopic)))
	if index, ok := it.props.get(pConversationIndex).([]byte); ok {
		line("Thread-Index", base64.StdEncoding.EncodeToString(index))
	}
	sent, _ := valueSent(it).(filetime)
	line("Date", sent.time().Format("Mon, 2 Jan 2006 15:04:05 -0700"))
	line("Message-ID", it.text(pMessageID))
	line("References", strings.Join(strings.Fields(it.text(pReferences)), "\r\n\t"))
	line("In-Reply-To", it.text(pInReplyTo))
	if n := it.integer(pImportance); it.props.get(pImportance) != nil && n != 1 {
		line("Importance", strings.ToLower(name(importances, n)))
	}
	line("Sensitivity", [...]string{"", "personal", "private", "company-confidential"}[it.integer(pSensitivity)&3])
	categories, _ := it.props.get(pCategories).([]string)
	line("Keywords", encodeWords(strings.Join(categories, ", ")))
	if it.flag(pReadReceipt) {
		to := it.headers().get("Disposition-Notification-To")
		if to == "" {
			to = sentBy.header()
		}
		line("Disposition-Notification-To", to)
	}
	if it.flag(pDeliveryReceipt) {
		line("Return-Receipt-To", sentBy.header())
	}
}

// writeOtherHeaders writes the fields that came with a message and are not made of properties: those of its way first, the rest
// last. A field whose property was changed or deleted since is written as it is now.
func (it *Item) writeOtherHeaders(b *bytes.Buffer, way bool) {
	line := func(name, value string) { b.WriteString(name + ": " + strings.TrimSpace(value) + "\r\n") }
	seen := map[string]bool{}
	h := it.headers()
	for _, f := range h {
		low := strings.ToLower(f.name)
		trace := low == "received" || low == "return-path" || low == "delivered-to"
		first := !seen[low]
		seen[low] = true
		if made[low] || trace != way {
			continue
		}
		if !strings.HasPrefix(low, "x-") {
			line(f.name, f.value)
			continue
		}
		switch v, ok := it.props.get(header(low)).(string); {
		case !ok:
		case v == h.get(f.name):
			line(f.name, f.value)
		case first:
			line(f.name, encodeWords(v))
		}
	}
	if way {
		return
	}
	for _, p := range it.props {
		t := p.key.Value()
		v, ok := p.value.(string)
		if t.Set == setHeaders && ok && !seen[t.Name] && !made[t.Name] && isToken([]byte(t.Name)) && !strings.Contains(t.Name, ":") {
			line(t.Name, encodeWords(v))
		}
	}
}

// header writes an address as a header has it.
func (m mailbox) header() string {
	switch {
	case m.address == "" && m.name == "":
		return ""
	case !strings.Contains(m.address, "@"):
		return quoteName(m.name)
	case m.name == "" || m.name == m.address:
		return (&mail.Address{Address: m.address}).String()
	}
	return quoteName(m.name) + " " + (&mail.Address{Address: m.address}).String()
}

func quoteName(s string) string {
	for _, r := range s {
		switch {
		case r < 0x7F && r >= ' ':
		case strings.ContainsAny(s, `()<>[]:;@\,."`): // RFC 2047 section 5: not bare in a name
			return mime.BEncoding.Encode("utf-8", oneLine(s))
		default:
			return encodeWords(s)
		}
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// encodeWords writes text as a header may hold it (RFC 2047), folded where it is long.
func encodeWords(s string) string {
	s = oneLine(s)
	encoded := mime.QEncoding.Encode("utf-8", s)
	if encoded != s {
		return strings.ReplaceAll(encoded, "?= =?", "?=\r\n =?")
	}
	return s
}

func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }
