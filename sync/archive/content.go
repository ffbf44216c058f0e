package archive

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	stdsync "sync"

	"iorepl/plan"
	"iorepl/sync"
)

// smallFile is the size up to which a file is read once and kept while its digests are made. A larger one is read twice.
const smallFile = 4 << 20

var buffers = stdsync.Pool{New: func() any { b := make([]byte, 0, 64<<10); return &b }}

// fileSum is what reading a file gave. release gives back its memory.
type fileSum struct {
	raw   plan.Digest
	class byte // index in classes
	stat  fileStat
	buf   *[]byte // the bytes of a small file
}

func (f *fileSum) release() {
	if f.buf != nil {
		buffers.Put(f.buf)
		f.buf = nil
	}
}

// digest reads a file.
func (s *Store) digest(d *dir, name string) (sum fileSum, err error) {
	f, err := d.openFile(name)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	if sum.stat, err = statFile(f); err != nil {
		return sum, err
	}
	if sum.stat.size > s.opts.MaxItem {
		return sum, s.tooLarge(d.full(name), sum.stat.size)
	}
	h := newParts()
	h.size(sum.stat.size)
	var head []byte
	if sum.stat.size <= smallFile {
		sum.buf = buffers.Get().(*[]byte)
		*sum.buf = slices.Grow((*sum.buf)[:0], int(sum.stat.size))[:sum.stat.size]
		_, err = io.ReadFull(f, *sum.buf)
		h.Write(*sum.buf)
		head = *sum.buf
	} else {
		head = make([]byte, 64<<10)
		if _, err = io.ReadFull(f, head); err == nil {
			h.Write(head)
			_, err = io.CopyN(h, f, sum.stat.size-int64(len(head)))
		}
	}
	if err == nil {
		var now fileStat
		if now, err = statFile(f); err == nil && now != sum.stat {
			err = errChanging
		}
	}
	if err != nil {
		sum.release()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errChanging
		}
		return sum, fmt.Errorf("%q: %w", d.full(name), err)
	}
	sum.raw = h.sum()
	sum.class = sniff(formatOf(name), head)
	return sum, nil
}

var errChanging = errors.New("the file changes while it is read")

func (s *Store) tooLarge(full string, size int64) error {
	return fmt.Errorf("%q has %d bytes, more than the limit of %d", full, size, s.opts.MaxItem)
}

// content is the digest of what a file that was just read says as an item of a class with properties: sync.ContentOf.
func (s *Store) content(d *dir, name string, sum *fileSum, class string, properties map[string]string) (plan.Digest, error) {
	h := newParts()
	h.part(class)
	h.part(string(formatOf(name)))
	h.size(sum.stat.size)
	if sum.buf != nil {
		h.Write(*sum.buf)
	} else if err := copyFile(h, d, name, sum.stat); err != nil {
		return plan.Digest{}, err
	}
	for _, k := range slices.Sorted(maps.Keys(properties)) {
		h.part(k)
		h.part(properties[k])
	}
	return h.sum(), nil
}

func copyFile(to io.Writer, d *dir, name string, was fileStat) error {
	f, err := d.openFile(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.CopyN(to, f, was.size); err != nil {
		return fmt.Errorf("%q: %w", d.full(name), err)
	}
	if now, err := statFile(f); err != nil || now != was {
		return fmt.Errorf("%q: %w", d.full(name), errChanging)
	}
	return nil
}

// rawOf is the digest of a file's bytes.
func rawOf(data []byte) plan.Digest {
	h := newParts()
	h.size(int64(len(data)))
	h.Write(data)
	return h.sum()
}

func contentOf(class string, format sync.Format, data []byte, properties map[string]string) plan.Digest {
	return sync.ContentOf(sync.Payload{Class: class, Format: format, Data: data, Properties: properties})
}

// parts makes plan.Sum of parts that need not be in memory.
type parts struct{ hash.Hash }

func newParts() parts { return parts{sha256.New()} }

func (p parts) size(n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	p.Write(b[:])
}

func (p parts) part(s string) {
	p.size(int64(len(s)))
	io.WriteString(p, s)
}

func (p parts) sum() (d plan.Digest) {
	copy(d[:], p.Sum(nil))
	return d
}
