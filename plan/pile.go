package plan

import (
	"encoding/binary"
	"iter"
)

// pile is a collection of items that is packed when it grows large, in parts that hold all items of an identity each. The parts are in the
// order of the identities' digests.
type pile struct {
	few   []seen // while it is not packed
	parts []packed
}

// packLimits say when a Differ packs what it keeps, and how.
type packLimits struct {
	few   int // items or changes of one kind that are kept as they are
	run   int // creates that are sorted and packed together
	block int // see packer
}

const pileParts = 64

// partOf is the part of an identity.
func partOf(digest Digest) int { return int(digest[0]) * pileParts >> 8 }

func (p *pile) len() int {
	n := len(p.few)
	for i := range p.parts {
		n += p.parts[i].n
	}
	return n
}

// pack packs what is not.
func (p *pile) pack(with *packer) {
	if p.parts == nil {
		p.parts = make([]packed, pileParts)
		for i := range p.parts {
			p.parts[i].packer = with
		}
	}
	for i := range p.few {
		with.record = p.few[i].appendRecord(with.record[:0])
		p.parts[partOf(p.few[i].digest)].add(with.record)
	}
	clear(p.few)
	p.few = p.few[:0]
}

// each goes through the pile, part by part, and forgets the packed ones as it goes. A pile that is not packed is one part, and stays.
func (p *pile) each() iter.Seq[[]seen] {
	return func(yield func([]seen) bool) {
		if p.parts == nil {
			yield(p.few)
			return
		}
		for i := range p.parts {
			all := make([]seen, 0, p.parts[i].n)
			for record := range p.parts[i].all() {
				all = append(all, parseSeen(string(record)))
			}
			p.parts[i] = packed{}
			if !yield(all) {
				return
			}
		}
	}
}

// together goes through two piles at once, so that what has one identity comes together.
func together(a, b *pile, with *packer) iter.Seq2[[]seen, []seen] {
	if a.parts != nil || b.parts != nil {
		a.pack(with)
		b.pack(with)
	}
	return func(yield func([]seen, []seen) bool) {
		next, stop := iter.Pull(b.each())
		defer stop()
		for part := range a.each() {
			if other, _ := next(); !yield(part, other) {
				return
			}
		}
	}
}

func (s *seen) appendRecord(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(s.couple))
	b = appendText(b, s.id.Born)
	b = append(b, s.id.Key[:]...)
	return s.item.AppendRecord(b)
}

// parseSeen reads what appendRecord wrote.
func parseSeen(record string) (s seen) {
	couple, rest, ok := cutNumber(record)
	if ok {
		s.id.Born, rest, ok = cutText(rest)
	}
	if ok {
		rest, ok = cutDigest(rest, &s.id.Key)
	}
	if ok {
		var it Item
		it, ok = ParseItem(rest)
		s.item = &it
	}
	if !ok {
		panic("plan: a packed item is damaged")
	}
	s.couple, s.digest = int(couple), s.id.Digest()
	return s
}
