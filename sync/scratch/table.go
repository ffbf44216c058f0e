package scratch

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"slices"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Table is values by key, in order of the keys' bytes. A key has 1 to MaxKey bytes.
type Table struct {
	db     *DB
	name   []byte   // of its bucket
	fresh  []record // what is not in the file yet
	sorted bool     // fresh is, and has each key once
	stored bool     // the file has records of it
}

type record struct{ key, value []byte }

// size is about how many bytes of memory a record takes.
func (r record) size() int { return 64 + len(r.key) + len(r.value) }

// MaxKey is how many bytes a key may have.
const MaxKey = bbolt.MaxKeySize

const (
	maxFresh = 1 << 20 // bytes that wait for being written
	maxPage  = 64 << 10
	// A transaction copies the pages of the file that it changes, in the worst case one for each record.
	maxTransaction = 512
)

// Put sets the value of a key. Both are copied.
func (t *Table) Put(key, value []byte) {
	d := t.db
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(key) == 0 || len(key) > MaxKey {
		d.fail(fmt.Errorf("a key of %d bytes cannot be kept in a temporary file", len(key)))
	}
	if d.err != nil {
		return
	}
	both := append(append(make([]byte, 0, len(key)+len(value)), key...), value...)
	r := record{both[:len(key):len(key)], both[len(key):]}
	t.fresh, t.sorted = append(t.fresh, r), false
	if d.fresh += r.size(); d.fresh > cmp.Or(d.memory, maxFresh) {
		d.fail(d.write())
	}
}

// write puts into the file what waits for it.
func (d *DB) write() error {
	if d.file == nil {
		if err := d.open(); err != nil {
			return err
		}
	}
	for _, t := range d.tables {
		t.sort()
		for chunk := range slices.Chunk(t.fresh, maxTransaction) {
			err := d.shielded("writing", func() error { return d.file.Update(func(tx *bbolt.Tx) error { return t.store(tx, chunk) }) })
			if err != nil {
				return err
			}
		}
		t.fresh = nil
	}
	d.fresh = 0
	return nil
}

func (t *Table) store(tx *bbolt.Tx, records []record) error {
	b, err := tx.CreateBucketIfNotExists(t.name)
	if err != nil {
		return err
	}
	t.stored = true
	for _, r := range records {
		if err := b.Put(r.key, r.value); err != nil {
			return err
		}
	}
	return nil
}

// sort orders what is fresh; of several values of a key the last one stays.
func (t *Table) sort() {
	if t.sorted {
		return
	}
	slices.SortStableFunc(t.fresh, func(a, b record) int { return bytes.Compare(a.key, b.key) })
	last := t.fresh[:0]
	for i, r := range t.fresh {
		if i+1 == len(t.fresh) || !bytes.Equal(r.key, t.fresh[i+1].key) {
			last = append(last, r)
		}
	}
	t.fresh, t.sorted = last, true
}

// Drop removes all records.
func (t *Table) Drop() {
	d := t.db
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range t.fresh {
		d.fresh -= r.size()
	}
	t.fresh = nil
	if t.stored && d.err == nil {
		d.fail(d.shielded("writing", func() error { return d.file.Update(func(tx *bbolt.Tx) error { return tx.DeleteBucket(t.name) }) }))
	}
	t.stored = false
}

// Get is the value of a key, nil if there is none.
func (t *Table) Get(key []byte) []byte {
	for k, v := range t.Scan(key) {
		if len(k) == len(key) {
			return v
		}
		break // keys of which it is a beginning come behind it
	}
	return nil
}

// Scan gives the records whose keys begin with a prefix, in order. The table may be changed meanwhile: records that are put behind the
// current one may come or not. A value of no bytes is not nil.
func (t *Table) Scan(prefix []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for after, more := []byte(nil), true; more; {
			var page []record
			page, more = t.page(prefix, after)
			for _, r := range page {
				if !yield(r.key, r.value) {
					return
				}
				after = r.key
			}
		}
	}
}

// page copies the first records with a prefix behind a key, or all of them if that is nil. It ends every transaction, since bbolt cannot make a
// file larger while the same goroutine reads.
func (t *Table) page(prefix, after []byte) (page []record, more bool) {
	d := t.db
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return nil, false
	}
	t.sort()
	start := prefix
	if after != nil {
		start = after
	}
	i, found := slices.BinarySearchFunc(t.fresh, start, func(r record, key []byte) int { return bytes.Compare(r.key, key) })
	if found && after != nil {
		i++
	}
	m := merge{prefix: prefix, fresh: t.fresh[i:]}
	if !t.stored {
		return m.page(nil)
	}
	d.fail(d.shielded("reading", func() error {
		return d.file.View(func(tx *bbolt.Tx) error {
			b := tx.Bucket(t.name)
			if b == nil {
				return berrors.ErrBucketNotFound
			}
			c := b.Cursor()
			if m.key, m.value = c.Seek(start); after != nil && bytes.Equal(m.key, after) {
				m.key, m.value = c.Next()
			}
			page, more = m.page(c)
			return nil
		})
	}))
	if d.err != nil {
		return nil, false
	}
	return page, more
}

// merge takes records from memory and from the file in one order. Of a key that both have, that in memory is the later one.
type merge struct {
	prefix     []byte
	fresh      []record
	key, value []byte // in the file, nil at its end
}

func (m *merge) page(c *bbolt.Cursor) (page []record, more bool) {
	for size := 0; size < maxPage; {
		inFile := m.key != nil && bytes.HasPrefix(m.key, m.prefix)
		inMemory := len(m.fresh) > 0 && bytes.HasPrefix(m.fresh[0].key, m.prefix)
		order := 0
		switch {
		case !inFile && !inMemory:
			return page, false
		case !inFile:
			order = -1
		case !inMemory:
			order = 1
		default:
			order = bytes.Compare(m.fresh[0].key, m.key)
		}
		r := record{m.key, m.value}
		if order <= 0 {
			r, m.fresh = m.fresh[0], m.fresh[1:]
		} else {
			r = record{bytes.Clone(r.key), append([]byte{}, r.value...)}
		}
		if order >= 0 {
			m.key, m.value = c.Next()
		}
		page = append(page, r)
		size += r.size()
	}
	return page, true
}
