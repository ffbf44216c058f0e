package directory

import (
	"encoding/binary"

	"iorepl/sync/scratch"
)

// encode is a recipient as a value of a table, without its number.
func (r *Recipient) encode() []byte {
	b := scratch.Record{}.Number(int64(r.Kind)).Text(r.Name).Text(r.DN).Text(r.Where)
	for _, list := range [][]string{r.Addresses, r.X500} {
		b = b.Number(int64(len(list)))
		for _, s := range list {
			b = b.Text(s)
		}
	}
	return b
}

// decode reads what encode wrote.
func decode(db *scratch.DB, value []byte) *Recipient {
	f := scratch.Read(value)
	r := &Recipient{Kind: Kind(f.Number()), Name: f.Text(), DN: f.Text(), Where: f.Text()}
	for _, list := range []*[]string{&r.Addresses, &r.X500} {
		for range min(f.Number(), int64(len(value))) {
			*list = append(*list, f.Text())
		}
	}
	if len(r.Addresses) > 0 {
		r.Address = r.Addresses[0]
	}
	db.Fail(f.Err())
	return r
}

func numberKey(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

// numbered sets the number of a recipient to what ends a key.
func numbered(r *Recipient, key []byte) *Recipient {
	r.Number = int(binary.BigEndian.Uint64(key[len(key)-8:]))
	return r
}
