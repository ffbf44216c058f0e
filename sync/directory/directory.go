// Package directory knows who is who in an organization: its mailboxes, contacts and mail users with their addresses and their
// legacyExchangeDN. It reads them from Active Directory or from a CSV file as Exchange exports it. What is odd about single
// recipients becomes a line for people, and the others count; a listing that is not complete is an error, never a short list.
package directory

import (
	"iter"
	"strings"

	"iorepl/sync/scratch"
)

// Kind is what a recipient is.
type Kind uint8

// The kinds. Other has an address and is nobody's calendar: a group, a public folder, a mailbox of Exchange itself, a user that is not
// mail-enabled.
const (
	Other Kind = iota
	Mailbox
	Contact
	MailUser
)

func (k Kind) String() string {
	return [...]string{"other recipient", "mailbox", "contact", "mail user"}[k]
}

// Recipient is an object of an organization that has an SMTP address. It is not changed after it was read.
type Recipient struct {
	Number    int // how many come before it in the order of addresses: who it is among the recipients of its directory
	Kind      Kind
	Name      string   // for people
	Address   string   // primary SMTP address, in lower case
	Addresses []string // all SMTP addresses in lower case, the primary one first; for contacts and mail users also where their mail goes
	DN        string   // legacyExchangeDN as the organization writes it; "" if it has none
	X500      []string // former legacyExchangeDNs
	Where     string   // where it stands, for people: "recipients.csv:17", or its distinguished name
}

// Group is the administrative group that the recipient's legacyExchangeDN names: "/o=…/ou=…", all before the first "/cn=" (MS-OXOPFFB
// 3.1.4.1.2.2). It is "" for a recipient without a DN, or with one of another form.
func (r *Recipient) Group() string {
	for i := range r.DN {
		if r.DN[i] == '/' && hasPrefixFold(r.DN[i:], "/cn=") {
			return r.DN[:i]
		}
	}
	return ""
}

// External reports whether the recipient's legacyExchangeDN lies under "ou=External (FYDIBOHF25SPDLT)": Exchange 2010 and later asks the
// remote organization for such a recipient's free/busy times, and no public folder.
func (r *Recipient) External() bool {
	for name := range strings.SplitSeq(r.DN, "/") {
		if strings.EqualFold(name, "ou=External (FYDIBOHF25SPDLT)") {
			return true
		}
	}
	return false
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// Directory is all recipients of an organization. It is immutable and may be used by several goroutines. What it holds lies in temporary tables;
// where they cannot be read, recipients are missing, and the tables' Err says so.
type Directory struct {
	db         *scratch.DB
	recipients *scratch.Table // by number
	addresses  index
	dns, x500  index
	doubles    *scratch.Table // in the order in which they are told
	count      int
	problems   []string
	unread     int
	withoutDN  string
}

// ByAddress is the recipient that has an SMTP address, primary or not, in whatever case. Several are a double; they are sorted by address.
func (d *Directory) ByAddress(smtp string) iter.Seq[*Recipient] {
	return d.find(d.addresses, smtp)
}

// ByDN is the recipient that has a legacyExchangeDN, in whatever case; if there is none, the one that had it once, as its X500 addresses
// say. Several are a double; they are sorted by address.
func (d *Directory) ByDN(dn string) iter.Seq[*Recipient] {
	return func(yield func(*Recipient) bool) {
		x := d.dns
		if !x.has(dn) {
			x = d.x500
		}
		d.find(x, dn)(yield)
	}
}

// All are the recipients, sorted by address.
func (d *Directory) All() iter.Seq[*Recipient] {
	return func(yield func(*Recipient) bool) {
		for key, value := range d.recipients.Scan(nil) {
			if r := decode(d.db, value); !yield(numbered(r, key)) {
				return
			}
		}
	}
}

// Len is how many recipients there are.
func (d *Directory) Len() int { return d.count }

// Unread is how many rows of a file could not be read, or not what they are about, so that users and contacts may be missing.
func (d *Directory) Unread() int { return d.unread }

// Problems are lines for people, each with what is wrong, where, and what to do: rows and entries that were left out in whole or in part,
// and doubles. Of many alike the first ones are given, and a line that counts the others.
func (d *Directory) Problems() []string { return d.problems }

// WithoutDN is a line like those of Problems if a file has no legacyExchangeDN for anybody, else "". It matters only to who looks for people by
// theirs.
func (d *Directory) WithoutDN() string { return d.withoutDN }
