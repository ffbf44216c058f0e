package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"iorepl/plan"
)

// The cache holds one file for each folder: what its files were found to say, and its parsed log. It is a matter of speed alone. A
// row counts only while inode, size and both times of its file are the same, and only files that had been at rest when
// they were read have rows. A damaged cache is none.
//
// The head can be read alone: it says whether the walk has to look for orphans in the folder.

const (
	cacheMagic = "iorepl list 1\n\x00\x00"
	headSize   = len(cacheMagic) + 8*8 + 4
)

type cacheHead struct {
	dir     fileStat // as the listing found it; zero: it was not at rest
	log     fileStat // likewise; zero also where there is none, see hasLog
	hasLog  bool
	orphans bool // some entry has no file
}

// row is what was found in one file.
type row struct {
	name    string
	stat    fileStat
	raw     plan.Digest
	content plan.Digest // for the class and properties that meta stands for
	meta    uint64
	class   byte // index in classes, of the bytes alone
}

// listCache is the cache of one folder. rows are sorted by name.
type listCache struct {
	cacheHead
	rows  []row
	items *itemLog // nil: not kept
}

func (s *Store) cachePath(rel string) string {
	return filepath.Join(s.opts.Cache, plan.Sum("list", rel).String()+".list")
}

// loadCache is what is remembered of a folder; never nil.
func (s *Store) loadCache(rel string) *listCache {
	c := &listCache{}
	if s.opts.Cache == "" {
		return c
	}
	b, err := os.ReadFile(s.cachePath(rel))
	if err != nil || len(b) < headSize+4 || !c.parseHead(b[:headSize]) {
		return &listCache{}
	}
	body := b[headSize : len(b)-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[len(b)-4:]) || !c.parseBody(string(body)) {
		return &listCache{}
	}
	return c
}

// loadHead reads the head alone.
func (s *Store) loadHead(rel string) (c cacheHead) {
	if s.opts.Cache == "" {
		return c
	}
	f, err := os.Open(s.cachePath(rel))
	if err != nil {
		return c
	}
	defer f.Close()
	var b [headSize]byte
	if _, err := io.ReadFull(f, b[:]); err != nil || !c.parseHead(b[:]) {
		return cacheHead{}
	}
	return c
}

// saveCache remembers; what goes wrong costs time later and nothing else.
func (s *Store) saveCache(rel string, c *listCache) {
	if s.opts.Cache == "" {
		return
	}
	b := c.appendHead(make([]byte, 0, headSize+len(c.rows)*160))
	b = c.appendBody(b)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[headSize:], castagnoli))
	s.writeCache(s.cachePath(rel), b)
}

// dropCache forgets a folder.
func (s *Store) dropCache(rel string) {
	if s.opts.Cache != "" {
		os.Remove(s.cachePath(rel))
	}
}

func (s *Store) writeCache(name string, data []byte) {
	f, err := os.CreateTemp(s.opts.Cache, "tmp-*")
	if errors.Is(err, fs.ErrNotExist) && os.MkdirAll(s.opts.Cache, 0o777) == nil {
		f, err = os.CreateTemp(s.opts.Cache, "tmp-*")
	}
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
}

func (c *cacheHead) appendHead(b []byte) []byte {
	start := len(b)
	b = append(b, cacheMagic...)
	var flags uint64
	if c.hasLog {
		flags |= 1
	}
	if c.orphans {
		flags |= 2
	}
	for _, v := range []uint64{c.dir.ino, uint64(c.dir.mtime), uint64(c.dir.ctime),
		c.log.ino, uint64(c.log.size), uint64(c.log.mtime), uint64(c.log.ctime), flags} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

func (c *cacheHead) parseHead(b []byte) bool {
	sum := len(b) - 4
	if !bytes.HasPrefix(b, []byte(cacheMagic)) || crc32.Checksum(b[:sum], castagnoli) != binary.LittleEndian.Uint32(b[sum:]) {
		return false
	}
	var v [8]uint64
	for i := range v {
		v[i] = binary.LittleEndian.Uint64(b[len(cacheMagic)+8*i:])
	}
	c.dir = fileStat{ino: v[0], mtime: int64(v[1]), ctime: int64(v[2]), mode: fs.ModeDir}
	c.log = fileStat{ino: v[3], size: int64(v[4]), mtime: int64(v[5]), ctime: int64(v[6])}
	c.hasLog, c.orphans = v[7]&1 != 0, v[7]&2 != 0
	return true
}

func (c *listCache) appendBody(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(c.rows)))
	for i := range c.rows {
		r := &c.rows[i]
		b = appendString(b, r.name)
		for _, v := range [...]uint64{r.stat.ino, uint64(r.stat.size), uint64(r.stat.mtime), uint64(r.stat.ctime), r.meta} {
			b = binary.LittleEndian.AppendUint64(b, v)
		}
		b = append(b, r.raw[:]...)
		b = append(b, r.content[:]...)
		b = append(b, r.class)
	}
	if c.items == nil {
		return append(b, 0)
	}
	return c.items.appendTo(append(b, 1))
}

func (c *listCache) parseBody(s string) bool {
	r := &reader{s: s}
	n := r.count()
	c.rows = make([]row, 0, n)
	for range n {
		w := row{name: r.string()}
		w.stat = fileStat{ino: r.uint64(), size: int64(r.uint64()), mtime: int64(r.uint64()), ctime: int64(r.uint64())}
		w.meta = r.uint64()
		w.raw, w.content = r.digest(), r.digest()
		w.class = r.byte()
		if int(w.class) >= len(classes) {
			return false
		}
		c.rows = append(c.rows, w)
	}
	if r.byte() == 1 {
		c.items = r.log()
	}
	return !r.failed && r.s == ""
}

func (l *itemLog) appendTo(b []byte) []byte {
	for _, v := range []int{l.lines, int(l.size), len(l.retired)} {
		b = binary.AppendUvarint(b, uint64(v))
	}
	for _, f := range slices.Sorted(maps.Keys(l.retired)) {
		b = binary.AppendUvarint(appendString(b, f), uint64(l.retired[f]))
	}
	b = binary.AppendUvarint(b, uint64(len(l.records)))
	for f, r := range l.records {
		b = appendString(b, f)
		var flags byte
		if r.base != nil {
			flags |= 1
		}
		if r.leaving {
			flags |= 2
		}
		b = binary.AppendUvarint(append(b, flags), uint64(len(r.pending)))
		if r.base != nil {
			b = r.base.appendTo(b)
		}
		for _, e := range r.pending {
			b = e.appendTo(b)
		}
	}
	return b
}

func (e *entry) appendTo(b []byte) []byte {
	b = append(append(b, e.key[:]...), e.raw[:]...)
	for _, s := range [...]string{e.class, e.stamp.Origin, e.stamp.Version, e.stamp.Mark} {
		b = appendString(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(e.properties)))
	for _, k := range slices.Sorted(maps.Keys(e.properties)) {
		b = appendString(appendString(b, k), e.properties[k])
	}
	if e.name == nil {
		return append(b, 0)
	}
	return appendString(append(b, 1), *e.name)
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// metaOf stands for a class and properties.
func metaOf(class string, properties map[string]string) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	h := uint64(offset)
	add := func(s string) {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * prime
		}
		h = (h ^ 0xff) * prime
		h = (h ^ uint64(len(s))) * prime
	}
	add(class)
	if len(properties) > 0 {
		for _, k := range slices.Sorted(maps.Keys(properties)) {
			add(k)
			add(properties[k])
		}
	}
	return h
}

// atRest is the stat to remember of a file that was looked at when the clock said now: zero if it may change without a trace.
func atRest(st fileStat, now time.Time) fileStat {
	if st.settled(now) {
		return st
	}
	return fileStat{}
}
