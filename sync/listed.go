package sync

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"iorepl/plan"
)

// listed are the items of a couple's folders. Those of large folders wait in temporary files until they are compared, in parts that hold
// all items of an identity, so that no folder has to be in memory as a whole.
type listed struct {
	identity func(plan.Side, *plan.Item) plan.Digest
	items    [2][]plan.Item // while there are few
	n        int
	dir      string // "" while there are few
	parts    []*part
}

// part is a file of items.
type part struct {
	file    *os.File
	w       *bufio.Writer
	scratch []byte
}

const (
	fewItems  = 20_000
	listParts = 64
)

// add takes a page of a listing.
func (l *listed) add(side plan.Side, page []plan.Item) error {
	if l.n += len(page); l.n <= fewItems {
		if l.items[side] == nil {
			l.items[side] = page[:len(page):len(page)]
		} else {
			l.items[side] = append(l.items[side], page...)
		}
		return nil
	}
	if l.dir == "" {
		if err := l.open(); err != nil {
			return fmt.Errorf("making temporary files for a large folder: %w", err)
		}
	}
	return l.write(side, page)
}

// open makes the files and moves there what is listed so far.
func (l *listed) open() (err error) {
	if l.dir, err = os.MkdirTemp("", "iorepl-listing-"); err != nil {
		return err
	}
	for i := range listParts {
		f, err := os.Create(filepath.Join(l.dir, strconv.Itoa(i)))
		if err != nil {
			return err
		}
		l.parts = append(l.parts, &part{file: f, w: bufio.NewWriterSize(f, 16<<10)})
	}
	// Where files can be removed while they are open, nothing of them stays whatever happens; elsewhere close does it.
	_ = os.RemoveAll(l.dir)
	for side, items := range l.items {
		if err := l.write(plan.Side(side), items); err != nil {
			return err
		}
		l.items[side] = nil
	}
	return nil
}

func (l *listed) write(side plan.Side, items []plan.Item) error {
	for i := range items {
		d := l.identity(side, &items[i])
		p := l.parts[binary.BigEndian.Uint32(d[:])%listParts]
		p.scratch = items[i].AppendRecord(append(p.scratch[:0], byte(side)))
		var size [binary.MaxVarintLen64]byte
		if _, err := p.w.Write(size[:binary.PutUvarint(size[:], uint64(len(p.scratch)))]); err != nil {
			return fmt.Errorf("writing a temporary file for a large folder: %w", err)
		}
		if _, err := p.w.Write(p.scratch); err != nil {
			return fmt.Errorf("writing a temporary file for a large folder: %w", err)
		}
	}
	return nil
}

// each calls do with all items, or with one part of them after the other.
func (l *listed) each(do func([2][]plan.Item)) error {
	if l.dir == "" {
		do(l.items)
		return nil
	}
	for _, p := range l.parts {
		items, err := p.read()
		if err != nil {
			return fmt.Errorf("reading a temporary file of a large folder: %w", err)
		}
		do(items)
	}
	return nil
}

// close removes the files.
func (l *listed) close() {
	for _, p := range l.parts {
		_ = p.file.Close()
	}
	if l.dir != "" {
		_ = os.RemoveAll(l.dir)
	}
}

func (p *part) read() (items [2][]plan.Item, err error) {
	if err := p.w.Flush(); err != nil {
		return items, err
	}
	if _, err := p.file.Seek(0, 0); err != nil {
		return items, err
	}
	info, err := p.file.Stat()
	if err != nil {
		return items, err
	}
	left := info.Size()
	r := bufio.NewReaderSize(p.file, 64<<10)
	for left > 0 {
		size, err := binary.ReadUvarint(r)
		if err != nil || size == 0 || size > uint64(left) {
			return items, errors.New("it is damaged")
		}
		record := make([]byte, size)
		for n := 0; n < len(record); {
			k, err := r.Read(record[n:])
			if err != nil {
				return items, err
			}
			n += k
		}
		left -= int64(size) + int64(len(binary.AppendUvarint(nil, size)))
		side := record[0]
		if side > 1 {
			return items, errors.New("it is damaged")
		}
		// One string holds all of an item, so that an item that is kept keeps nothing of others.
		it, ok := plan.ParseItem(string(record[1:]))
		if !ok {
			return items, errors.New("it is damaged")
		}
		items[side] = append(items[side], it)
	}
	return items, nil
}
