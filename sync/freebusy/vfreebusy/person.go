package vfreebusy

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"iorepl/sync/ews/item/content"
)

// mailto is the URI of an address (RFC 6068 section 2).
func mailto(address string) string {
	var b strings.Builder
	b.WriteString("mailto:")
	for _, c := range []byte(address) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~!$'()*+,:@", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// person is whom a line of the type CAL-ADDRESS names; the address is "" if it says none.
func person(l content.Line) (address, display string) {
	display = l.Param("CN")
	for _, uri := range []string{l.Value, l.Param("EMAIL")} {
		uri = strings.TrimSpace(uri)
		if scheme := "mailto:"; len(uri) >= len(scheme) && strings.EqualFold(uri[:len(scheme)], scheme) {
			uri, _, _ = strings.Cut(uri[len(scheme):], "?")
			if plain, err := url.PathUnescape(uri); err == nil {
				uri = plain
			}
		}
		if isAddress(uri) {
			return uri, display
		}
	}
	return "", display
}

// isAddress reports whether text can be an SMTP address. URIs of another scheme and names of directories are none.
func isAddress(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at < 1 || at == len(text)-1 || !utf8.ValidString(text) || strings.ContainsAny(text[at:], ":/") {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune("<>", r) })
}

// user is whose times they are. The one who answers a question is the attendee, and the organizer the one who asked (RFC 5546
// section 3.3.3); otherwise it is the organizer.
func (r *reader) user(method string) (address, display string) {
	organizer, published := r.single["ORGANIZER"]
	if published && method != "REPLY" {
		if address, display = person(organizer.Line); address == "" {
			r.notes.Add("line %d: there is no address in %q", organizer.number, excerpt(organizer.Value))
		}
		return address, display
	}
	if len(r.attendees) > 1 {
		r.notes.Add("line %d: there is more than one attendee; which of them it is about is not said", r.attendees[1].number)
		return "", ""
	}
	for _, l := range r.attendees {
		if address, display = person(l.Line); address == "" {
			r.notes.Add("line %d: there is no address in %q", l.number, excerpt(l.Value))
		}
	}
	return address, display
}
