package scratch

import (
	"encoding/binary"
	"errors"
	"strings"

	"iorepl/plan"
)

// Record is a value that is made of texts and numbers: scratch.Record{}.Text(name).Number(age).
type Record []byte

// Text adds a text of any bytes.
func (r Record) Text(s string) Record {
	return append(binary.AppendUvarint(r, uint64(len(s))), s...)
}

// Number adds a number.
func (r Record) Number(n int64) Record { return binary.AppendVarint(r, n) }

// Fields takes a Record apart, in the order in which it was made.
type Fields struct {
	rest string
	bad  bool
}

// Read begins to take a value apart. Its texts share one block of memory, which is their own.
func Read(value []byte) *Fields { return &Fields{rest: string(value)} }

// Text is the next field, "" if it is missing.
func (f *Fields) Text() string {
	n, size := uvarint(f.rest)
	if size <= 0 || n > uint64(len(f.rest)-size) {
		f.rest, f.bad = "", true
		return ""
	}
	s := f.rest[size:][:n]
	f.rest = f.rest[size+int(n):]
	return s
}

// Number is the next field, 0 if it is missing.
func (f *Fields) Number() int64 {
	u, size := uvarint(f.rest)
	if size <= 0 {
		f.rest, f.bad = "", true
		return 0
	}
	f.rest = f.rest[size:]
	return int64(u>>1) ^ -int64(u&1) // as binary.AppendVarint has it
}

var errDamaged = errors.New("a record is not as it was written")

// Err is not nil if a field was missing, or if there are more.
func (f *Fields) Err() error {
	if f.bad || f.rest != "" {
		return errDamaged
	}
	return nil
}

func uvarint(s string) (uint64, int) {
	var b [binary.MaxVarintLen64]byte
	return binary.Uvarint(b[:copy(b[:], s)])
}

// longText is how many bytes of a text Clip leaves as they are.
const longText = 1000

// Clip is a text as a part of a key: long ones are cut, and told apart by their digest. Texts keep their order as far as they are not cut,
// and those without zero bytes are no beginnings of each other.
func Clip(s string) string {
	if len(s) > longText {
		digest := plan.Sum(s)
		s = strings.Clone(s[:longText]) + string(digest[:])
	}
	return s + "\x00"
}
