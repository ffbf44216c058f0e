package archive

import (
	"fmt"
	"os"

	"iorepl/sync"
)

// append writes lines to the log, down to the disk if they must last, and applies them. If it fails, they are not
// there; an IsUnknown error means that they may be.
func (b *batch) append(lines []line, last bool) error {
	if len(lines) == 0 {
		return nil
	}
	data, err := marshalLines(lines)
	if err != nil {
		return err
	}
	full := b.d.full(itemsFile)
	created := b.l.stat == (fileStat{})
	var f *os.File
	if b.l.stat.size > b.l.size {
		if err := b.truncate(); err != nil {
			return fmt.Errorf("cutting the torn end off %q: %w", full, err)
		}
	}
	err = b.s.step("append", full, func() (err error) {
		if f, err = b.d.r.OpenFile(itemsFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666); err != nil {
			return err
		}
		_, err = f.Write(data)
		return err
	})
	if f == nil {
		return err
	}
	defer f.Close()
	if err == nil && last {
		err = b.s.step("fsync", full, f.Sync)
	}
	var st fileStat
	if err == nil {
		st, err = statFile(f)
	}
	if err != nil {
		b.broken = true
		if e := b.truncate(); e != nil {
			return sync.Errorf(sync.Unknown, "writing %q: %w", full, err)
		}
		return fmt.Errorf("writing %q: %w", full, err)
	}
	if b.l.size+int64(len(data)) != st.size {
		b.broken = true
		return sync.Errorf(sync.Unknown, "%q was written by another program at the same time", full)
	}
	for _, ln := range lines {
		b.l.apply(ln)
	}
	b.l.size, b.l.stat = st.size, st
	if created && last {
		if err := b.d.sync(); err != nil {
			return err
		}
	}
	if last {
		b.witness()
	}
	return nil
}

func (b *batch) truncate() error {
	return b.s.step("truncate", b.d.full(itemsFile), func() error {
		f, err := b.d.r.OpenFile(itemsFile, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Truncate(b.l.size)
	})
}

// rewrite replaces the log.
func (b *batch) rewrite(lines []line) error {
	data, err := marshalLines(lines)
	if err != nil {
		return err
	}
	if b.n.rec.Items > len(lines) {
		if err := b.count(len(lines)); err != nil {
			return err
		}
	}
	if err := b.d.replace(itemsFile, data); err != nil {
		b.broken = true
		return fmt.Errorf("writing %q: %w", b.d.full(itemsFile), err)
	}
	l, err := parseLog(data)
	if err != nil {
		return err
	}
	if l.stat, err = b.d.logStat(); err != nil {
		return err
	}
	l.names = b.l.names
	b.l = l
	return nil
}
