package plan

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"
)

// Stamp is what a replica says of itself, in up to three short strings that travel with it (design
// section 6). Stores keep the strings as they are and do not interpret them. Each is under
// 255 characters, so that an Exchange listing returns it whole.
//
// A zero Stamp is an item or folder that iorepl did not make.
type Stamp struct {
	Origin  string `json:"origin,omitempty"`  // which item it is a replica of, see Origin
	Version string `json:"version,omitempty"` // of which version of it, see Copied; empty: incomplete
	Mark    string `json:"mark,omitempty"`    // on users' items of two-way pairs: see Mark
}

// IsZero reports whether there is nothing in the stamp.
func (s Stamp) IsZero() bool { return s == Stamp{} }

// MaxStamp is the length in bytes that no string of a stamp reaches (FindItem cuts strings at 255 characters).
const MaxStamp = 255

// stampFormat is the version of the format of all three strings. A stamp with a greater number
// was written by a newer program and is left alone.
const stampFormat = "1"

// ErrNewerStamp is returned for a stamp that a newer iorepl wrote; the item must not be touched.
var ErrNewerStamp = errors.New("the stamp was written by a newer version of iorepl")

// Identity names an item or folder across organizations: where it was born and the digest of its key there.
type Identity struct {
	Born string `json:"born"`
	Key  Digest `json:"key"`
}

// Origin is the decoded form of Stamp.Origin.
type Origin struct {
	Identity
	From   string // organization it was copied from
	For    string // organization it was made for
	Pair   Digest // digest of the keys of the pair's two root folders, see PairOf
	Linked bool   // on folders only: it existed before and was linked, so it is never deleted

	// Attempt counts the attempts to make the replica before this one of which nobody knows what became. The item of an earlier
	// one may still appear; copies that users make have the number of what they copy. 0 to MaxAttempt.
	Attempt int
}

// MaxAttempt is the number of all attempts that are not told apart any more.
const MaxAttempt = 99

// Copied is the decoded form of Stamp.Version: what the replica was made from.
type Copied struct {
	Version Digest // version of the item it was copied from
	Content Digest // content as it was read there
	Home    Digest // identity of the folder it lay in there, see Identity.Digest
}

// Mark is the decoded form of Stamp.Mark. It stands on an item that a two-way pair has written although it
// is not the pair's replica: on an origin to which an edit was copied, so that a crash right after is
// not taken for two edits, and on what a conflict kept, so that it is kept once.
type Mark struct {
	Kept    bool   // it is the loser of a conflict, kept
	Begun   bool   // Kept, and not all of it is there yet
	Pair    Digest // the pair that wrote
	Replica Digest // version of the item whose content was copied; Kept: see ConflictOf
	Content Digest // content that was written; Kept: of the loser
}

// ConflictOf digests what a conflict is about: an item, and what its replica was made of before both sides changed. It stays the same until the
// conflict is settled, wherever the two are moved meanwhile, and is another one for a later conflict.
func ConflictOf(origin Identity, replica *Item) Digest {
	return Sum("conflict", origin.Digest().String(), replica.Stamp.Version)
}

// Digest is one digest for the whole identity: the key, which is a digest already, mixed with the organization.
func (i Identity) Digest() Digest {
	h := fnv.New128a()
	h.Write([]byte(i.Born))
	var d Digest
	h.Sum(d[:0])
	for b := range d {
		d[b] ^= i.Key[b]
	}
	return d
}

// Begun is the stamp of an item of which something is still to be written: of a replica it has no version, of what a conflict keeps another
// mark.
func (s Stamp) Begun() Stamp {
	s.Version = ""
	if m, err := ParseMark(s.Mark); err == nil && m.Kept && s.Origin == "" {
		m.Begun = true
		s.Mark = m.Encode()
	}
	return s
}

// PairOf is the digest by which stamps name a pair: of its two root folders' keys, publisher first.
func PairOf(publisher, subscriber Identity) Digest {
	return Sum("pair", publisher.Born, string(publisher.Key[:]), subscriber.Born, string(subscriber.Key[:]))
}

// Encode is the string form of the origin. Organization ids are at most 40 characters (hcl refuses
// longer ones), so that the result stays under MaxStamp.
func (o Origin) Encode() string {
	kind := "r"
	if o.Linked {
		kind = "l"
	}
	fields := []string{kind, o.Born, o.Key.String(), o.From, o.For, o.Pair.String()}
	if o.Attempt > 0 {
		fields = append(fields, strconv.Itoa(o.Attempt))
	}
	return encodeStamp(fields...)
}

// Encode is the string form of the version.
func (c Copied) Encode() string {
	return encodeStamp("v", c.Version.String(), c.Content.String(), c.Home.String())
}

// Encode is the string form of the mark.
func (m Mark) Encode() string {
	kind := "m"
	switch {
	case m.Begun:
		kind = "b"
	case m.Kept:
		kind = "k"
	}
	return encodeStamp(kind, m.Pair.String(), m.Replica.String(), m.Content.String())
}

// ParseOrigin reads Stamp.Origin. It returns ErrNewerStamp for a newer format and another error
// for a string that no iorepl wrote; both are reasons to leave the item alone.
func ParseOrigin(s string) (o Origin, err error) {
	n := 6
	if strings.Count(s, ";") > n {
		n = maxFields
	}
	f, err := decodeStamp(s, n)
	if err != nil {
		return o, err
	}
	if n == maxFields {
		if o.Attempt, err = strconv.Atoi(f[6]); err != nil || o.Attempt < 1 || o.Attempt > MaxAttempt || strconv.Itoa(o.Attempt) != f[6] {
			return o, fmt.Errorf("stamp %q is damaged", s)
		}
	}
	if f[0] != "r" && f[0] != "l" {
		return o, fmt.Errorf("stamp %q is of no known kind", s)
	}
	o.Linked = f[0] == "l"
	o.Born, o.From, o.For = f[1], f[3], f[4]
	if o.Born == "" || o.From == "" || o.For == "" {
		return o, fmt.Errorf("stamp %q lacks an organization", s)
	}
	if o.Key, err = ParseDigest(f[2]); err != nil {
		return o, err
	}
	o.Pair, err = ParseDigest(f[5])
	return o, err
}

// ParseCopied reads Stamp.Version; errors as for ParseOrigin.
func ParseCopied(s string) (c Copied, err error) {
	f, err := decodeStamp(s, 4)
	if err != nil {
		return c, err
	}
	if f[0] != "v" {
		return c, fmt.Errorf("stamp %q is not a version", s)
	}
	return c, parseDigests(f[1:], &c.Version, &c.Content, &c.Home)
}

// ParseMark reads Stamp.Mark; errors as for ParseOrigin.
func ParseMark(s string) (m Mark, err error) {
	f, err := decodeStamp(s, 4)
	if err != nil {
		return m, err
	}
	if f[0] != "m" && f[0] != "k" && f[0] != "b" {
		return m, fmt.Errorf("stamp %q is not a mark", s)
	}
	m.Kept, m.Begun = f[0] != "m", f[0] == "b"
	return m, parseDigests(f[1:], &m.Pair, &m.Replica, &m.Content)
}

func parseDigests(fields []string, into ...*Digest) error {
	for i, d := range into {
		var err error
		if *d, err = ParseDigest(fields[i]); err != nil {
			return err
		}
	}
	return nil
}

func encodeStamp(fields ...string) string {
	var b strings.Builder
	b.WriteString(stampFormat)
	for _, f := range fields {
		b.WriteByte(';')
		b.WriteString(url.QueryEscape(f))
	}
	return b.String()
}

// maxFields is the number of fields of the longest stamp.
const maxFields = 7

func decodeStamp(s string, fields int) (f [maxFields]string, err error) {
	format, rest, _ := strings.Cut(s, ";")
	if format != stampFormat {
		if len(format) > 0 && strings.Trim(format, "0123456789") == "" && format[0] != '0' {
			return f, ErrNewerStamp
		}
		return f, fmt.Errorf("%q is not a stamp", s)
	}
	n := 0
	for more := true; more; n++ {
		if n == fields {
			return f, fmt.Errorf("stamp %q is damaged", s)
		}
		f[n], rest, more = strings.Cut(rest, ";")
	}
	if n != fields || len(s) >= MaxStamp {
		return f, fmt.Errorf("stamp %q is damaged", s)
	}
	for i, e := range f[:fields] {
		if plain(e) {
			continue
		}
		d, err := url.QueryUnescape(e)
		if err != nil || url.QueryEscape(d) != e {
			return f, fmt.Errorf("stamp %q is damaged", s)
		}
		f[i] = d
	}
	return f, nil
}

// plain reports whether a field holds only characters that need no escape.
func plain(s string) bool {
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return true
}
