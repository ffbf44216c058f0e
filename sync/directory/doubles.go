package directory

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"

	"iorepl/plan"
	"iorepl/sync/scratch"
)

// Double is an address or a legacyExchangeDN that belongs to more than one recipient, so that it does not say who is meant.
type Double struct {
	Address, DN string       // either is set
	Recipients  []*Recipient // the first ones, sorted by address
	Count       int          // of all
}

// Doubles are sorted: addresses first, then legacyExchangeDNs.
func (d *Directory) Doubles() iter.Seq[Double] {
	return func(yield func(Double) bool) {
		for _, value := range d.doubles.Scan(nil) {
			f := scratch.Read(value)
			double := Double{Address: f.Text(), DN: f.Text(), Count: int(f.Number())}
			for range min(double.Count, shownRecipients) {
				if r := d.at(numberKey(int(f.Number()))); r != nil {
					double.Recipients = append(double.Recipients, r)
				}
			}
			if d.db.Fail(f.Err()); !yield(double) {
				return
			}
		}
	}
}

func (d *Directory) findDoubles() {
	d.eachDouble(d.addresses, func(r *Recipient) []string { return r.Addresses }, func(address string, double scratch.Record, count int) {
		d.doubles.Put([]byte("a"+scratch.Clip(address)), append(scratch.Record{}.Text(address).Text("").Number(int64(count)), double...))
	})
	ofDN := func(dn string, double scratch.Record, count int) {
		d.doubles.Put([]byte("d"+scratch.Clip(dn)), append(scratch.Record{}.Text("").Text(dn).Number(int64(count)), double...))
	}
	d.eachDouble(d.dns, func(r *Recipient) []string { return []string{r.DN} }, ofDN)
	d.eachDouble(d.x500, func(r *Recipient) []string { return r.X500 }, func(dn string, double scratch.Record, count int) {
		if !d.dns.has(dn) { // else former owners do not matter
			ofDN(dn, double, count)
		}
	})
}

// eachDouble calls report for each text that several recipients have, as the first of them writes it, with the numbers of the first ones.
func (d *Directory) eachDouble(x index, texts func(*Recipient) []string, report func(text string, first scratch.Record, count int)) {
	var digest, first []byte // of the current text: its digest, and its first key
	var numbers scratch.Record
	count := 0
	end := func() {
		if count < 2 {
			return
		}
		if r := d.at(first); r != nil {
			same := func(s string) bool { return digestOf(s) == plan.Digest(digest) }
			if i := slices.IndexFunc(texts(r), same); i >= 0 {
				report(texts(r)[i], numbers, count)
			}
		}
	}
	for key := range x.table.Scan(nil) {
		if of := key[:len(plan.Digest{})]; !bytes.Equal(of, digest) {
			end()
			digest, first, numbers, count = of, key, nil, 0
		}
		if count++; count <= shownRecipients {
			numbers = numbers.Number(int64(numbered(&Recipient{}, key).Number))
		}
	}
	end()
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
	for _, r := range d.Recipients {
		names = append(names, fmt.Sprintf("the %s %q (%s)", r.Kind, r.Name, r.Where))
	}
	if more := d.Count - len(d.Recipients); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("%s belongs to %d recipients, so that it does not tell who is meant: %s; leave it to one of them", what, d.Count, strings.Join(names, ", "))
}
