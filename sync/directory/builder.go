package directory

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"
	"strings"

	"iorepl/sync/scratch"
)

// builder gathers recipients.
type builder struct {
	db         *scratch.DB
	recipients *scratch.Table // in order
	count      int
	problems   problems
	unread     int    // see Directory.Unread
	withoutDN  string // see Directory.WithoutDN
}

func newBuilder(db *scratch.DB) *builder { return &builder{db: db, recipients: db.Table()} }

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
	r.Address = r.Addresses[0]
	b.recipients.Put(b.place(&r), r.encode())
	b.count++
}

// place is the key that brings recipients into their one order.
func (b *builder) place(r *Recipient) []byte {
	key := []byte(scratch.Clip(r.Address) + scratch.Clip(r.DN))
	key = binary.BigEndian.AppendUint32(key, uint32(len(r.Where))) // lines of a file by number, not by digits
	key = append(key, scratch.Clip(r.Where)...)
	return binary.BigEndian.AppendUint64(key, uint64(b.count))
}

// build makes a directory of what was read.
func (b *builder) build() *Directory {
	d := &Directory{db: b.db, recipients: b.db.Table(), addresses: index{b.db.Table()}, dns: index{b.db.Table()}, x500: index{b.db.Table()}, doubles: b.db.Table(), unread: b.unread, withoutDN: b.withoutDN}
	for r := range b.once() {
		r.Number = d.count
		d.recipients.Put(numberKey(r.Number), r.encode())
		d.addresses.add(r.Number, r.Addresses)
		if r.DN != "" {
			d.dns.add(r.Number, []string{r.DN})
		}
		d.x500.add(r.Number, r.X500)
		d.count++
	}
	b.recipients.Drop()
	d.findDoubles()
	var doubles problems
	for double := range d.Doubles() {
		doubles.add("%s", double)
	}
	d.problems = append(b.problems.lines(), doubles.lines()...)
	return d
}

// once gives the recipients in order, without those that say the same as the one before, of which it tells.
func (b *builder) once() iter.Seq[*Recipient] {
	return func(yield func(*Recipient) bool) {
		var before *Recipient
		for _, value := range b.recipients.Scan(nil) {
			r := decode(b.db, value)
			if before != nil && alike(before, r) {
				if before.Where != r.Where {
					b.problems.add("%s: the same as %s; it counts once", r.Where, before.Where)
				}
				continue
			}
			if before = r; !yield(r) {
				return
			}
		}
	}
}

func alike(a, b *Recipient) bool {
	return a.Kind == b.Kind && a.Name == b.Name && a.DN == b.DN && slices.Equal(a.Addresses, b.Addresses) && slices.Equal(a.X500, b.X500)
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
