package directory

import (
	"iter"
	"strings"
	"unicode"

	"iorepl/plan"
	"iorepl/sync/scratch"
)

// index finds recipients by texts that are compared without case: a table whose keys are the digest of a text and the number of a recipient.
type index struct{ table *scratch.Table }

func (x index) add(number int, texts []string) {
	for _, text := range texts {
		digest := digestOf(text)
		x.table.Put(append(digest[:], numberKey(number)...), nil)
	}
}

func (x index) has(text string) bool {
	digest := digestOf(text)
	for range x.table.Scan(digest[:]) {
		return true
	}
	return false
}

// digestOf is the same for texts that strings.EqualFold calls equal, and only for them.
func digestOf(text string) plan.Digest { return plan.Sum(strings.Map(fold, text)) }

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

// find gives the recipients with a text, in order.
func (d *Directory) find(x index, text string) iter.Seq[*Recipient] {
	return func(yield func(*Recipient) bool) {
		if text == "" {
			return
		}
		digest := digestOf(text)
		for key := range x.table.Scan(digest[:]) {
			if r := d.at(key); r == nil || !yield(r) {
				return
			}
		}
	}
}

// at is the recipient whose number ends the key of an index.
func (d *Directory) at(key []byte) *Recipient {
	value := d.recipients.Get(key[len(key)-8:])
	if value == nil {
		return nil // the tables cannot be read, see DB.Err
	}
	return numbered(decode(d.db, value), key)
}
