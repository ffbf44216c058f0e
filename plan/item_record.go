package plan

import (
	"encoding/binary"
	"time"
)

// texts are the strings of an item.
func (it *Item) texts() [7]*string {
	return [...]*string{&it.ID, &it.Class, &it.Name, &it.Stamp.Origin, &it.Stamp.Version, &it.Stamp.Mark, &it.Problem}
}

// AppendRecord appends the item to b in the form that ParseItem reads. It is for the memory and the temporary files of one run.
func (it *Item) AppendRecord(b []byte) []byte {
	for _, d := range [...]*Digest{&it.Key, &it.Version, &it.Content} {
		b = append(b, d[:]...)
	}
	b = binary.AppendVarint(b, it.Size)
	b = binary.AppendVarint(b, it.Modified.Unix())
	b = binary.AppendVarint(b, int64(it.Modified.Nanosecond()))
	for _, s := range it.texts() {
		b = appendText(b, *s)
	}
	return b
}

// ParseItem reads what AppendRecord wrote, and nothing more; ok is false if record is not that. The item's strings are parts of record,
// its times are UTC.
func ParseItem(record string) (it Item, ok bool) {
	s := record
	for _, d := range [...]*Digest{&it.Key, &it.Version, &it.Content} {
		if s, ok = cutDigest(s, d); !ok {
			return it, false
		}
	}
	var numbers [3]int64
	for i := range numbers {
		v, k := binary.Varint([]byte(s[:min(len(s), binary.MaxVarintLen64)]))
		if k <= 0 {
			return it, false
		}
		numbers[i], s = v, s[k:]
	}
	it.Size = numbers[0]
	if t := time.Unix(numbers[1], numbers[2]).UTC(); !t.IsZero() {
		it.Modified = t
	}
	for _, text := range it.texts() {
		if *text, s, ok = cutText(s); !ok {
			return it, false
		}
	}
	return it, s == ""
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func cutText(s string) (text, rest string, ok bool) {
	v, rest, ok := cutNumber(s)
	if !ok || v > uint64(len(rest)) {
		return "", "", false
	}
	return rest[:v], rest[v:], true
}

func cutNumber(s string) (v uint64, rest string, ok bool) {
	v, k := binary.Uvarint([]byte(s[:min(len(s), binary.MaxVarintLen64)]))
	if k <= 0 {
		return 0, "", false
	}
	return v, s[k:], true
}

func cutDigest(s string, d *Digest) (rest string, ok bool) {
	if len(s) < len(d) {
		return "", false
	}
	copy(d[:], s)
	return s[len(d):], true
}
