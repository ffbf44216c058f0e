// Package scratch keeps what grows with the number of users out of memory: ordered tables that last as long as one run, in one temporary
// file. There is no file as long as the tables are small.
package scratch

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	stdsync "sync"
	"time"

	"go.etcd.io/bbolt"
)

// DB is some tables. Its zero value is ready for use, and may be used by several goroutines. What goes wrong with the file shows in Err
// alone: from then on nothing is kept, and what is read does not count.
type DB struct {
	mu     stdsync.Mutex
	tables []*Table
	fresh  int       // bytes that are not in the file yet
	file   *bbolt.DB // nil as long as all fits into memory
	path   string
	err    error
	memory int // tests: bytes that may wait for being written, 0 for maxFresh
}

// Err is the first thing that went wrong.
func (d *DB) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// Fail notes that something read from a table makes no sense, unless err is nil.
func (d *DB) Fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.fail(fmt.Errorf("reading temporary data: %w", err))
	}
}

func (d *DB) fail(err error) { d.err = cmp.Or(d.err, err) }

// Close removes the file. The tables are of no use afterwards.
func (d *DB) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail(errors.New("the temporary tables are closed"))
	d.tables = nil
	if d.file == nil {
		return nil
	}
	err := d.shielded("closing", d.file.Close)
	d.file = nil
	if e := os.Remove(d.path); !errors.Is(e, os.ErrNotExist) {
		err = errors.Join(err, e)
	}
	return err
}

// open makes the file.
func (d *DB) open() error {
	f, err := os.CreateTemp("", "iorepl-*.tmp")
	if err != nil {
		return fmt.Errorf("making a temporary file: %w", err)
	}
	d.path = f.Name()
	// Nobody reads the file after a crash, so nothing has to wait for the disk.
	options := bbolt.Options{Timeout: time.Second, NoSync: true, NoGrowSync: true, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType, NoStatistics: true,
		OpenFile: func(string, int, os.FileMode) (*os.File, error) { return f, nil }}
	err = d.shielded("making", func() (err error) {
		d.file, err = bbolt.Open(d.path, 0o600, &options)
		return err
	})
	// Where a file can be removed while it is open, nothing of it stays whatever happens; elsewhere Close does it.
	_ = os.Remove(d.path)
	return err
}

// shielded makes an error of what bbolt does about a damaged file: it panics, or reads beyond the end of a mapped file.
func (d *DB) shielded(what string, f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
			d.file = nil // bbolt may hold a lock for which closing it would wait
		}
		if err != nil {
			err = fmt.Errorf("%s the temporary file %s: %w; it takes about 3 kB for each user", what, d.path, err)
		}
	}()
	return f()
}

// Table makes an empty table.
func (d *DB) Table() *Table {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := &Table{db: d, name: []byte(strconv.Itoa(len(d.tables)))}
	d.tables = append(d.tables, t)
	return t
}
