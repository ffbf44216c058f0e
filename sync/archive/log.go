package archive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"

	"iorepl/plan"
)

// itemsFile lies in a directory and holds what the files of its items cannot: key, stamp, class, further properties, true name.
//
// It is a log, one JSON object a line, each with a checksum, so that a write of many items costs one append. An
// entry names the digest of the file that it speaks of, and it is true of no other content:
//
//	file holds what ...            then
//	the latest entry says          that entry counts
//	an entry before it says        the latest write did not happen: that one counts
//	no entry says                  a person edited the file: key, stamp, class and properties of the last confirmed entry stay
//
// A write appends its entries and makes them last, renames the files into place, and confirms the entries. Kill it
// anywhere, and file and entry agree on either the old or the new state. An entry that has the digest of the one before
// (a new stamp only) counts from the moment it is there.
//
// A confirmed entry without a file is an orphan; see orphans.go. What is about to be deleted or moved away is first
// marked as leaving, so that its entry cannot become one.
const itemsFile = ".items.jsonl"

// entry is what the log says of one state of one file.
type entry struct {
	key        plan.Digest
	raw        plan.Digest // of the file's bytes
	class      string
	stamp      plan.Stamp
	properties map[string]string
	name       *string // true name, where the file's does not say it
}

// record is all that the log says of one file name.
type record struct {
	base    *entry   // the last confirmed one
	pending []*entry // later ones, oldest first
	leaving bool
}

// of is the entry that counts for a file with these bytes, nil if there is none.
func (r *record) of(raw plan.Digest) *entry {
	if r == nil {
		return nil
	}
	for _, e := range slices.Backward(r.pending) {
		if e.raw == raw {
			return e
		}
	}
	return r.base
}

// itemLog is a parsed .items.jsonl.
type itemLog struct {
	records map[string]*record
	retired map[string]int // how many keys derived from this file name are in use elsewhere
	lines   int
	stat    fileStat // of the file that was read; zero if there was none
	size    int64    // of its whole lines: less than the file's after a torn append

	// What a batch of writes that all went well leaves for the next one.
	names map[string]bool // folded names of all that is in the directory
	dir   fileStat        // of the directory when that was so
}

// line is one line of the log: an entry, or what became of earlier ones.
type line struct {
	File       string            `json:"file,omitempty"`
	Key        plan.Digest       `json:"key,omitzero"`
	Content    plan.Digest       `json:"content,omitzero"`
	Class      string            `json:"class,omitempty"`
	Stamp      plan.Stamp        `json:"stamp,omitzero"`
	Properties map[string]string `json:"properties,omitempty"`
	Name       *string           `json:"name,omitempty"`
	Confirmed  bool              `json:"confirmed,omitempty"`

	Confirm []string       `json:"confirm,omitempty"` // the last entries of these files are true
	Leaving []string       `json:"leaving,omitempty"` // these files are about to be deleted or moved
	Removed []string       `json:"removed,omitempty"` // these files' entries are void
	Moved   []string       `json:"moved,omitempty"`   // likewise, and their derived keys live on elsewhere
	Retired map[string]int `json:"retired,omitempty"` // sum of what Moved said
}

func entryLine(file string, e *entry, confirmed bool) line {
	return line{File: file, Key: e.key, Content: e.raw, Class: e.class, Stamp: e.stamp, Properties: e.properties,
		Name: e.name, Confirmed: confirmed}
}

func newLog() *itemLog { return &itemLog{records: map[string]*record{}, retired: map[string]int{}} }

// parseLog reads a log. Its last line may be torn; other damage is an error, since a lost stamp would double an item.
func parseLog(data []byte) (*itemLog, error) {
	l := newLog()
	for n := 1; len(data) > 0; n++ {
		text, rest, whole := bytes.Cut(data, []byte("\n"))
		if !whole {
			break
		}
		ln, err := parseLine(bytes.TrimSuffix(text, []byte("\r")))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		l.apply(ln)
		l.size += int64(len(text)) + 1
		data = rest
	}
	return l, nil
}

// A line ends in its checksum: {...,"sum":"xxxxxxxx"}, of the line without that field.
const sumLength = len(`,"sum":"xxxxxxxx"}`)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (ln line) append(to []byte) ([]byte, error) {
	b, err := json.Marshal(ln)
	if err != nil {
		return to, err
	}
	to = append(to, b[:len(b)-1]...)
	return fmt.Appendf(to, ",\"sum\":\"%08x\"}\n", crc32.Checksum(b, castagnoli)), nil
}

func parseLine(text []byte) (ln line, err error) {
	cut := len(text) - sumLength
	if cut < 1 {
		return ln, fmt.Errorf("no checksum")
	}
	body := append(slices.Clone(text[:cut]), '}')
	if want := fmt.Sprintf(",\"sum\":\"%08x\"}", crc32.Checksum(body, castagnoli)); string(text[cut:]) != want {
		return ln, fmt.Errorf("the checksum does not fit")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&ln); err != nil {
		return ln, err
	}
	if ln.File == "" && (!ln.Key.IsZero() || ln.Confirmed) {
		return ln, fmt.Errorf("an entry without a file")
	}
	if ln.File != "" && (ln.Key.IsZero() || ln.Content.IsZero()) {
		return ln, fmt.Errorf("an entry without key or content")
	}
	return ln, nil
}

func (l *itemLog) apply(ln line) {
	l.lines++
	if ln.File != "" {
		e := &entry{key: ln.Key, raw: ln.Content, class: ln.Class, stamp: ln.Stamp, properties: ln.Properties, name: ln.Name}
		r := l.records[ln.File]
		if r == nil {
			r = &record{}
			l.records[ln.File] = r
		}
		if ln.Confirmed {
			*r = record{base: e}
		} else {
			r.pending = append(r.pending, e)
		}
	}
	for _, f := range ln.Confirm {
		if r := l.records[f]; r != nil && len(r.pending) > 0 {
			*r = record{base: r.pending[len(r.pending)-1]}
		}
	}
	for _, f := range ln.Leaving {
		if r := l.records[f]; r != nil {
			r.leaving = true
		}
	}
	for _, f := range ln.Removed {
		delete(l.records, f)
	}
	for _, f := range ln.Moved {
		delete(l.records, f)
		l.retired[f]++
	}
	for f, n := range ln.Retired {
		l.retired[f] = n
	}
}

// garbage reports whether most of the log is history.
func (l *itemLog) garbage() bool { return l.lines > 3*len(l.records)+64 }

// compact is a log without history.
func (l *itemLog) compact() []line {
	var lines []line
	if len(l.retired) > 0 {
		lines = append(lines, line{Retired: l.retired})
	}
	var leaving []string
	for _, f := range slices.Sorted(maps.Keys(l.records)) {
		r := l.records[f]
		if r.base != nil {
			lines = append(lines, entryLine(f, r.base, true))
		}
		for _, e := range r.pending {
			lines = append(lines, entryLine(f, e, false))
		}
		if r.leaving {
			leaving = append(leaving, f)
		}
	}
	if leaving != nil {
		lines = append(lines, line{Leaving: leaving})
	}
	return lines
}

func marshalLines(lines []line) ([]byte, error) {
	var b []byte
	for _, ln := range lines {
		var err error
		if b, err = ln.append(b); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// key is an item's key: the entry's, or one derived from where the file lies.
func (l *itemLog) key(folder plan.Digest, file string, e *entry) plan.Digest {
	if e != nil {
		return e.key
	}
	return derivedKey(folder, file, l.retired[file])
}

func derivedKey(folder plan.Digest, file string, retired int) plan.Digest {
	if retired == 0 {
		return plan.Sum("item", string(folder[:]), file)
	}
	return plan.Sum("item", string(folder[:]), file, fmt.Sprint(retired))
}
