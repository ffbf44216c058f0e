package directory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Double is an address or a legacyExchangeDN that belongs to more than one recipient, so that it does not say who is meant.
type Double struct {
	Address    string // either Address or DN is set
	DN         string
	Recipients []*Recipient // two or more, sorted by address
}

func (d *Directory) findDoubles() {
	d.eachDouble(d.addresses, addressesOf, func(address string, found []*Recipient) {
		d.doubles = append(d.doubles, Double{Address: address, Recipients: found})
	})
	d.eachDouble(d.dns, dnOf, func(dn string, found []*Recipient) {
		d.doubles = append(d.doubles, Double{DN: dn, Recipients: found})
	})
	d.eachDouble(d.x500, x500Of, func(dn string, found []*Recipient) {
		if d.find(d.dns, dn, dnOf) == nil { // else former owners do not matter
			d.doubles = append(d.doubles, Double{DN: dn, Recipients: found})
		}
	})
	slices.SortFunc(d.doubles, func(a, b Double) int { return cmp.Or(cmp.Compare(a.DN, b.DN), cmp.Compare(a.Address, b.Address)) })
}

// eachDouble calls report for each text that several recipients have.
func (d *Directory) eachDouble(x index, of func(*Recipient) []string, report func(text string, found []*Recipient)) {
	for len(x) > 0 {
		end := 1
		for end < len(x) && x[end].hash == x[0].hash {
			end++
		}
		if end > 1 {
			d.eachAlike(x[:end], of, report)
		}
		x = x[end:]
	}
}

// eachAlike does it for the part of an index with one hash.
func (d *Directory) eachAlike(x index, of func(*Recipient) []string, report func(text string, found []*Recipient)) {
	var seen []string
	for _, e := range x {
		for _, text := range of(&d.recipients[e.place]) {
			same := func(s string) bool { return strings.EqualFold(s, text) }
			if hash(text) != e.hash || slices.ContainsFunc(seen, same) {
				continue
			}
			seen = append(seen, text)
			if found := d.find(x, text, of); len(found) > 1 {
				report(text, found)
			}
		}
	}
}

// shownRecipients is how many recipients a line names.
const shownRecipients = 4

// String is a line for people.
func (d Double) String() string {
	what := "the address " + d.Address
	if d.DN != "" {
		what = "the legacyExchangeDN " + d.DN
	}
	var names []string
	for i, r := range d.Recipients {
		if i == shownRecipients {
			names = append(names, fmt.Sprintf("and %d more", len(d.Recipients)-i))
			break
		}
		names = append(names, fmt.Sprintf("the %s %q (%s)", r.Kind, r.Name, r.Where))
	}
	return fmt.Sprintf("%s belongs to %d recipients, so that it does not tell who is meant: %s; leave it to one of them", what, len(d.Recipients), strings.Join(names, ", "))
}
