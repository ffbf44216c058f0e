package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// isUTF8 reports whether text of a charset is in UTF-8 if it can be.
func isUTF8(charset string) bool {
	switch strings.ToLower(strings.TrimSpace(charset)) {
	case "", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit", "x-unknown":
		return true
	}
	return false
}

// toUTF8 decodes bytes of a charset. It is false where the charset is not known or characters would be lost.
func toUTF8(data []byte, charset string) ([]byte, bool) {
	charset = strings.ToLower(strings.TrimSpace(charset))
	if isUTF8(charset) {
		if utf8.Valid(data) {
			return data, true
		}
		if charset == "utf-8" || charset == "utf8" {
			return nil, false
		}
		charset = "windows-1252"
	}
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return nil, false
	}
	decoded, err := enc.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return nil, false
	}
	return decoded, true
}

func charsetReader(charset string, input io.Reader) (io.Reader, error) {
	data, err := io.ReadAll(input)
	if err != nil {
		return nil, err
	}
	decoded, ok := toUTF8(data, charset)
	if !ok {
		return nil, errDamaged
	}
	return bytes.NewReader(decoded), nil
}

func wordDecoder() *mime.WordDecoder { return &mime.WordDecoder{CharsetReader: charsetReader} }

// validText makes UTF-8 of a header that holds bytes beyond ASCII.
func validText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	s, _ = charmap.Windows1252.NewDecoder().String(s)
	return s
}

// decodeText resolves encoded words (RFC 2047). What cannot be decoded is kept.
func decodeText(s string) string {
	if s = validText(s); !strings.Contains(s, "=?") {
		return s
	}
	if d, err := wordDecoder().DecodeHeader(s); err == nil {
		return d
	}
	return s
}

// encodeText writes text as an unstructured value.
func encodeText(s string) string {
	s = clean(s)
	if !isPlain(s) {
		return mime.QEncoding.Encode("utf-8", s)
	}
	if !strings.Contains(s, "=?") {
		return s
	}
	return encodeOpaquely(s)
}

// clean makes one line of text: what moves the cursor becomes a space.
func clean(s string) string {
	if isPlain(s) {
		return strings.TrimSpace(s)
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff { // not even XML knows the last two
			return ' '
		}
		return r
	}, s))
}

// encodeOpaquely writes text so that nothing in it can be taken for anything else.
func encodeOpaquely(s string) string {
	var words []string
	for len(s) > 0 {
		n := min(len(s), 45)
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}

// decodePhrase reads a phrase (RFC 5322 section 3.2.5): words, quoted or not, or encoded.
func decodePhrase(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, `"`) {
		s = unquote(s)
	}
	return clean(decodeText(s))
}

// specials end a word, or mean something, where they stand bare (RFC 5322 section 3.2.3), in an encoded word of a phrase as well (RFC 2047 section 5).
const specials = `()<>[]:;@\,."`

// encodePhrase writes a phrase.
func encodePhrase(s string) string {
	s = clean(s)
	special := strings.ContainsAny(s, specials)
	switch {
	case special && !isPlain(s):
		return encodeOpaquely(s)
	case !isPlain(s) || strings.Contains(s, "=?"):
		return encodeText(s)
	case special:
		return quote(s)
	}
	if strings.Contains(s, "  ") || strings.TrimSpace(s) != s || s == "" {
		return quote(s)
	}
	return s
}

// encodeAddresses writes a list of addresses in one way, or gives the value back if it is none.
func encodeAddresses(value string) string {
	list := addresses(value)
	if value = validText(value); len(list) == 0 && isPlain(value) {
		return value
	} else if len(list) == 0 {
		return encodeOpaquely(value)
	}
	written := make([]string, len(list))
	for i, a := range list {
		written[i] = encodeAddress(a)
	}
	return strings.Join(written, ", ")
}

// addresses reads a list of addresses, or none if it is not one.
func addresses(value string) []*mail.Address {
	if value == "" {
		return nil
	}
	if list := plainAddresses(value); list != nil {
		return list
	}
	value = validText(value)
	p := mail.AddressParser{WordDecoder: wordDecoder()}
	if list, err := p.ParseList(value); err == nil {
		return list
	}
	return looseAddresses(value)
}

// plainAddresses reads a list in which nothing is quoted, encoded or commented on, as most are; nil if it is another.
func plainAddresses(value string) (list []*mail.Address) {
	for part := range strings.SplitSeq(value, ",") {
		name, address, named := strings.Cut(strings.Trim(part, " "), " <")
		if !named {
			name, address = "", name
		} else if n := len(address) - 1; n < 0 || address[n] != '>' || !isAtoms(unquote(name), ' ') {
			return nil
		} else {
			name, address = unquote(name), address[:n]
		}
		if local, domain, _ := strings.Cut(address, "@"); !isAtoms(local, '.') || !isAtoms(domain, '.') {
			return nil
		}
		list = append(list, &mail.Address{Name: name, Address: address})
	}
	return list
}

// isAtoms reports whether s is made of letters, digits and hyphens, in words with one separator between each two.
func isAtoms(s string, separator byte) bool {
	word := false
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-':
			word = true
		case c == separator && word:
			word = false
		default:
			return false
		}
	}
	return word
}

func encodeAddress(a *mail.Address) string {
	name := clean(a.Name)
	// A server that knows no name writes the address instead of one.
	if name == "" || strings.EqualFold(name, a.Address) || strings.EqualFold(strings.Trim(name, "'"), a.Address) {
		return a.Address
	}
	return encodePhrase(name) + " <" + a.Address + ">"
}

// looseAddresses reads addresses that are not quite by RFC 5322, or none if one of them is no address at all.
func looseAddresses(value string) []*mail.Address {
	var list []*mail.Address
	for _, part := range splitOutsideQuotes(value, ',') {
		if strings.TrimSpace(part) == "" {
			continue
		}
		a := &mail.Address{Address: strings.TrimSpace(part)}
		if i, j := strings.LastIndexByte(part, '<'), strings.LastIndexByte(part, '>'); i >= 0 && j > i {
			a.Name, a.Address = decodePhrase(part[:i]), strings.TrimSpace(part[i+1:j])
		}
		if i := strings.IndexByte(a.Address, '@'); i < 1 || i == len(a.Address)-1 || strings.ContainsAny(a.Address, " \t<>\"(),;:\\") || !isPlain(a.Address) {
			return nil
		}
		list = append(list, a)
	}
	return list
}

// encodeLeftover writes a value of unknown structure: as it is, but with bytes beyond ASCII encoded.
func encodeLeftover(value string) string {
	value = validText(value)
	if isPlain(strings.ReplaceAll(value, "\t", " ")) {
		return value
	}
	return encodeText(value)
}

// parseDate reads a date as RFC 5322 and older programs write it; zero if it is none.
func parseDate(value string) time.Time {
	value = strings.TrimSpace(value)
	t, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", value) // as nearly all are
	if err != nil {
		t, err = mail.ParseDate(value)
	}
	if err == nil && t.Year() > 0 {
		return t.UTC()
	}
	return time.Time{}
}

func encodeDate(t time.Time) string { return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700") }
