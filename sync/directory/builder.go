package directory

import (
	"cmp"
	"slices"
	"strings"
)

// builder gathers recipients.
type builder struct {
	recipients []Recipient
	problems   problems
	texts      []string // scratch
}

// found is what a row or an entry says of a recipient. Its texts may belong to something larger.
type found struct {
	where   string
	kind    Kind
	name    string
	primary string // SMTP address, in any case; "": what proxies say
	proxies []proxy
	mail    string // the primary address where nothing else says which one it is
	target  string // where mail to a contact or mail user goes; "" if not known
	dn      string
}

// add takes a recipient over, as far as it makes sense.
func (b *builder) add(f found) {
	r := Recipient{Kind: f.kind, Name: strings.TrimSpace(f.name), DN: strings.TrimSpace(f.dn), Where: f.where}
	if r.DN != "" && !hasPrefixFold(r.DN, "/o=") {
		b.problems.add("%s: the legacyExchangeDN %q of %q is none, since those begin with /o=: it is ignored; have it corrected with Update-Recipient", f.where, r.DN, r.Name)
		r.DN = ""
	}
	primary := f.primary
	var others []string
	for _, p := range f.proxies {
		switch {
		case !strings.EqualFold(p.prefix, "smtp"):
		case p.prefix == "SMTP" && primary == "":
			primary = p.value
		default:
			others = append(others, p.value)
		}
	}
	primary = cmp.Or(primary, f.mail)
	if f.kind == Contact || f.kind == MailUser {
		others = append(others, f.target)
	}
	for _, a := range append([]string{primary}, others...) {
		address, ok := smtpAddress(a)
		switch {
		case ok && !slices.Contains(r.Addresses, address):
			r.Addresses = append(r.Addresses, address)
		case !ok && a != "":
			b.problems.add("%s: %q of %q is not an SMTP address: it is ignored; correct it", f.where, a, r.Name)
		}
	}
	if len(r.Addresses) == 0 {
		if f.kind != Other {
			b.problems.add("%s: the %s %q has no SMTP address, so that nobody can be matched with it: it is left out; give it one, or mail-enable it", f.where, f.kind, r.Name)
		}
		return
	}
	for _, p := range f.proxies {
		same := func(dn string) bool { return strings.EqualFold(dn, p.value) }
		if strings.EqualFold(p.prefix, "x500") && hasPrefixFold(p.value, "/o=") && !same(r.DN) && !slices.ContainsFunc(r.X500, same) {
			r.X500 = append(r.X500, p.value)
		}
	}
	b.recipients = append(b.recipients, b.compact(r))
}

// compact puts the texts of a recipient into one block of memory, so that nothing else of the row or entry is kept.
func (b *builder) compact(r Recipient) Recipient {
	b.texts = append(append(append(b.texts[:0], r.Name, r.DN, r.Where), r.Addresses...), r.X500...)
	block := strings.Join(b.texts, "")
	cut := func(s string) string {
		s, block = block[:len(s)], block[len(s):]
		return s
	}
	r.Name, r.DN, r.Where = cut(r.Name), cut(r.DN), cut(r.Where)
	lists := make([]string, 0, len(r.Addresses)+len(r.X500))
	for _, s := range b.texts[3:] {
		lists = append(lists, cut(s))
	}
	n := len(r.Addresses)
	r.Addresses, r.X500 = lists[:n:n], lists[n:]
	r.Address = r.Addresses[0]
	if len(r.X500) == 0 {
		r.X500 = nil
	}
	return r
}

// smtpAddress is an address in lower case, if it is one.
func smtpAddress(s string) (string, bool) {
	s = strings.TrimSpace(s)
	user, domain, ok := strings.Cut(s, "@")
	if !ok || user == "" || domain == "" || strings.ContainsFunc(s, notInAddresses) || strings.Contains(domain, "@") {
		return "", false
	}
	return strings.ToLower(s), true
}

func notInAddresses(r rune) bool {
	return r <= ' ' || r == 0x7F || r == '\uFFFD' || strings.ContainsRune("<>,;\"*", r)
}
