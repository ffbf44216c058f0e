package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash"
)

// Digest is the first 128 bits of a SHA-256. The zero Digest means "not known".
type Digest [16]byte

// Sum digests parts, each preceded by its length, so that ("a", "bc") and ("ab", "c") differ.
func Sum(parts ...string) Digest {
	var small [512]byte
	b := small[:0]
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	sum := sha256.Sum256(b)
	return Digest(sum[:len(Digest{})])
}

// summer computes the Sum of parts that come one after the other.
type summer struct {
	h    hash.Hash
	open []byte
}

func (s *summer) add(parts ...string) {
	for _, p := range parts {
		s.open = binary.BigEndian.AppendUint64(s.open, uint64(len(p)))
		s.open = append(s.open, p...)
	}
	if len(s.open) > 16<<10 {
		s.h.Write(s.open)
		s.open = s.open[:0]
	}
}

func (s *summer) sum() Digest {
	s.h.Write(s.open)
	return Digest(s.h.Sum(nil)[:len(Digest{})])
}

// SumBytes is Sum of parts that may be large.
func SumBytes(parts ...[]byte) Digest {
	h := sha256.New()
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write(p)
	}
	return Digest(h.Sum(nil)[:len(Digest{})])
}

const digestLength = 22 // characters of a digest as text

var strict = base64.RawURLEncoding.Strict()

// IsZero reports whether the digest is not known.
func (d Digest) IsZero() bool { return d == Digest{} }

// String is the digest in 22 characters of unpadded base64url (RFC 4648 section 5), or "" for zero.
func (d Digest) String() string {
	if d.IsZero() {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(d[:])
}

// ParseDigest reads what String prints.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if s == "" {
		return d, nil
	}
	var b [len(d) + 2]byte
	if len(s) == digestLength {
		if n, err := strict.Decode(b[:], []byte(s)); err == nil && n == len(d) {
			return Digest(b[:len(d)]), nil
		}
	}
	return d, fmt.Errorf("%q is not a digest of %d base64url characters", s, digestLength)
}

// Compare orders digests bytewise.
func (d Digest) Compare(e Digest) int { return bytes.Compare(d[:], e[:]) }

// MarshalText makes a digest its 22 characters in JSON.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Digest) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDigest(string(b))
	return err
}
