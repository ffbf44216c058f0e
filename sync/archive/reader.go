package archive

import "iorepl/plan"

// reader takes values off the front of a string; after a failure they are zero.
type reader struct {
	s      string
	failed bool
}

func (r *reader) take(n uint64) string {
	if n > uint64(len(r.s)) {
		r.failed, r.s = true, ""
		return ""
	}
	t := r.s[:n]
	r.s = r.s[n:]
	return t
}

func (r *reader) uvarint() (v uint64) {
	for shift := 0; shift < 64; shift += 7 {
		b := r.byte()
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	r.failed = true
	return 0
}

// count is a number of things that take at least a byte each.
func (r *reader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.s)) {
		r.failed, r.s = true, ""
		return 0
	}
	return int(n)
}

func (r *reader) byte() byte {
	if t := r.take(1); t != "" {
		return t[0]
	}
	return 0
}

func (r *reader) uint64() (v uint64) {
	t := r.take(8)
	for i := range len(t) {
		v |= uint64(t[i]) << (8 * i)
	}
	return v
}

func (r *reader) digest() (d plan.Digest) {
	copy(d[:], r.take(uint64(len(d))))
	return d
}

func (r *reader) string() string { return r.take(r.uvarint()) }

func (r *reader) entry() *entry {
	e := &entry{key: r.digest(), raw: r.digest(), class: r.string()}
	e.stamp = plan.Stamp{Origin: r.string(), Version: r.string(), Mark: r.string()}
	if n := r.count(); n > 0 {
		e.properties = make(map[string]string, n)
		for range n {
			k := r.string()
			e.properties[k] = r.string()
		}
	}
	if r.byte() == 1 {
		name := r.string()
		e.name = &name
	}
	return e
}

func (r *reader) log() *itemLog {
	l := newLog()
	l.lines, l.size = int(r.uvarint()), int64(r.uvarint())
	for range r.count() {
		f := r.string()
		l.retired[f] = int(r.uvarint())
	}
	n := r.count()
	l.records = make(map[string]*record, n)
	all := make([]record, n)
	for i := range all {
		f := r.string()
		flags := r.byte()
		pending := r.count()
		rec := &all[i]
		rec.leaving = flags&2 != 0
		if flags&1 != 0 {
			rec.base = r.entry()
		}
		for range pending {
			rec.pending = append(rec.pending, r.entry())
		}
		l.records[f] = rec
	}
	return l
}
