package directory

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// index finds recipients by texts that are compared without case. It holds hashes and places only, since the texts are in the
// recipients: eight bytes for each.
type index []indexed

type indexed struct{ hash, place uint32 }

func (x *index) add(place int, texts []string) {
	for _, text := range texts {
		*x = append(*x, indexed{hash(text), uint32(place)})
	}
}

func (x index) sort() {
	slices.SortFunc(x, func(a, b indexed) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.place, b.place)) })
}

// of is where recipients with a text may be, and some with another one.
func (x index) of(text string) index {
	h := hash(text)
	from, _ := slices.BinarySearchFunc(x, h, func(e indexed, h uint32) int { return cmp.Compare(e.hash, h) })
	to := from
	for to < len(x) && x[to].hash == h {
		to++
	}
	return x[from:to]
}

// hash is FNV-1a of a text after folding: texts that strings.EqualFold calls equal have one hash.
func hash(text string) uint32 {
	h := uint32(2166136261)
	for _, r := range text {
		r = fold(r)
		for ; r > 0xFF; r >>= 8 {
			h = (h ^ uint32(r&0xFF)) * 16777619
		}
		h = (h ^ uint32(r)) * 16777619
	}
	return h
}

// fold is the smallest of the runes that differ by case only.
func fold(r rune) rune {
	if r < 0x80 {
		if 'a' <= r && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// The texts of a recipient that an index holds.
func addressesOf(r *Recipient) []string { return r.Addresses }
func x500Of(r *Recipient) []string      { return r.X500 }
func dnOf(r *Recipient) []string {
	if r.DN == "" {
		return nil
	}
	return []string{r.DN}
}

func (d *Directory) find(x index, text string, of func(*Recipient) []string) (found []*Recipient) {
	if text == "" {
		return nil
	}
	same := func(s string) bool { return strings.EqualFold(s, text) }
	for _, e := range x.of(text) {
		r := &d.recipients[e.place]
		if slices.ContainsFunc(of(r), same) && (len(found) == 0 || found[len(found)-1] != r) {
			found = append(found, r)
		}
	}
	return found
}

// build sorts what was read and makes it a directory.
func (b *builder) build() *Directory {
	slices.SortFunc(b.recipients, func(a, b Recipient) int {
		// Lines of a file by number, not by digits.
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.DN, b.DN), cmp.Compare(len(a.Where), len(b.Where)), cmp.Compare(a.Where, b.Where))
	})
	d := &Directory{recipients: b.once()}
	var addresses, dns, x500 int
	for r := range d.All() {
		addresses, dns, x500 = addresses+len(r.Addresses), dns+len(dnOf(r)), x500+len(r.X500)
	}
	d.addresses, d.dns, d.x500 = make(index, 0, addresses), make(index, 0, dns), make(index, 0, x500)
	for i := range d.recipients {
		r := &d.recipients[i]
		d.addresses.add(i, r.Addresses)
		d.dns.add(i, dnOf(r))
		d.x500.add(i, r.X500)
	}
	d.addresses.sort()
	d.dns.sort()
	d.x500.sort()
	d.findDoubles()
	d.problems = b.problems.lines()
	var doubles problems
	for _, double := range d.doubles {
		doubles.add("%s", double)
	}
	d.problems = append(d.problems, doubles.lines()...)
	return d
}

// once is the sorted list without those that say the same as the one before, of which it tells. It takes no more memory than it needs.
func (b *builder) once() []Recipient {
	kept := b.recipients[:0]
	for _, r := range b.recipients {
		if len(kept) > 0 && alike(kept[len(kept)-1], r) {
			if before := kept[len(kept)-1].Where; before != r.Where {
				b.problems.add("%s: the same as %s; it counts once", r.Where, before)
			}
			continue
		}
		kept = append(kept, r)
	}
	return slices.Clip(slices.Clone(kept))
}

func alike(a, b Recipient) bool {
	return a.Kind == b.Kind && a.Name == b.Name && a.DN == b.DN && slices.Equal(a.Addresses, b.Addresses) && slices.Equal(a.X500, b.X500)
}
