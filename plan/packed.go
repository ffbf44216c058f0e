package plan

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"iter"
)

// packed holds records in compressed blocks, in the order in which they were added: ids and names of items in one folder have most of their
// text in common.
type packed struct {
	packer *packer
	blocks [][]byte
	open   []byte // records of the block that is not full yet, each after its length
	n      int
}

// packer compresses the blocks of many packed, one at a time, for it is large itself.
type packer struct {
	size   int // bytes of records that make a block full
	w      *flate.Writer
	out    bytes.Buffer
	record []byte // for those who add records
}

// blockSize is how much of a packed is unpacked at a time.
const blockSize = 32 << 10

func (p *packed) add(record []byte) {
	p.n++
	p.open = append(binary.AppendUvarint(p.open, uint64(len(record))), record...)
	if len(p.open) >= p.packer.size {
		p.blocks = append(p.blocks, p.packer.compress(p.open))
		p.open = p.open[:0]
	}
}

// seal packs what is left, when nothing more is added.
func (p *packed) seal() {
	if len(p.open) > 0 {
		p.blocks = append(p.blocks, p.packer.compress(p.open))
	}
	p.packer, p.open = nil, nil
}

func (p *packer) compress(b []byte) []byte {
	p.out.Reset()
	if p.w == nil {
		p.w, _ = flate.NewWriter(&p.out, flate.BestSpeed) // it fails for unknown levels alone
	} else {
		p.w.Reset(&p.out)
	}
	_, _ = p.w.Write(b) // a buffer takes everything
	_ = p.w.Close()
	return bytes.Clone(p.out.Bytes())
}

// unpacker reads the records of a packed.
type unpacker struct {
	blocks [][]byte
	open   []byte
	left   []byte // records of the present block
	r      io.ReadCloser
	block  bytes.Buffer
}

// all are the records; each is valid until the next one.
func (p *packed) all() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		u := p.unpack()
		for record, ok := u.next(); ok && yield(record); record, ok = u.next() {
		}
	}
}

func (p *packed) unpack() *unpacker { return &unpacker{blocks: p.blocks, open: p.open} }

// next is the next record, which is valid until the one after it is asked for; ok is false where there is none.
func (u *unpacker) next() (record []byte, ok bool) {
	for len(u.left) == 0 {
		switch {
		case len(u.blocks) > 0:
			u.left = u.inflate(u.blocks[0])
			u.blocks = u.blocks[1:]
		case len(u.open) > 0:
			u.left, u.open = u.open, nil
		default:
			return nil, false
		}
	}
	size, n := binary.Uvarint(u.left)
	end := n + int(size)
	record, u.left = u.left[n:end], u.left[end:]
	return record, true
}

func (u *unpacker) inflate(b []byte) []byte {
	if u.r == nil {
		u.r = flate.NewReader(bytes.NewReader(b))
	} else {
		_ = u.r.(flate.Resetter).Reset(bytes.NewReader(b), nil) // it never fails
	}
	u.block.Reset()
	if _, err := u.block.ReadFrom(u.r); err != nil {
		panic(err) // it is what compress made
	}
	return u.block.Bytes()
}
