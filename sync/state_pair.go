package sync

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"iorepl/plan"
)

// pairState is the state of one pair.
type pairState struct {
	*State
	pair string
}

func (s *State) of(p plan.Digest) pairState { return pairState{s, p.String()} }

func (p pairState) memory(identity plan.Digest) *plan.Memory {
	return memoryOf(p.read(identity[:], "pairs", p.pair, "items"))
}

func memoryOf(b []byte) *plan.Memory {
	var m plan.Memory
	fields := memoryFields(&m)
	if len(b) != len(fields)*len(m.Replica)+timeSize {
		return nil
	}
	for _, f := range fields {
		b = b[copy(f[:], b):]
	}
	m.Since = timeOf(b)
	return &m
}

func memoryFields(m *plan.Memory) []*plan.Digest {
	return []*plan.Digest{&m.Replica, &m.Origin, &m.Version, &m.Stamp, &m.Mark, &m.Home, &m.Former}
}

func (p pairState) remember(identity plan.Digest, m plan.Memory) error {
	now := p.time()
	return p.later(func(tx *bbolt.Tx) error {
		b := bucket(tx, "pairs", p.pair, "items")
		if b == nil {
			return fmt.Errorf("no bucket for pair %s", p.pair)
		}
		was := memoryOf(b.Get(identity[:]))
		m := m.After(was)
		m.Since = now
		if was != nil {
			if m.Since = was.Since; m != *was {
				m.Since = now
			}
		}
		var value []byte
		for _, f := range memoryFields(&m) {
			value = append(value, f[:]...)
		}
		return b.Put(identity[:], appendTime(value, m.Since))
	})
}

// Times are seconds since 1970, big-endian.
const timeSize = 8

func appendTime(b []byte, t time.Time) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(t.Unix()))
}

// timeOf is the zero time where none was kept.
func timeOf(b []byte) time.Time {
	if len(b) != timeSize {
		return time.Time{}
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b)), 0)
}

func (p pairState) forget(identity plan.Digest) error {
	return p.write(identity[:], nil, "pairs", p.pair, "items")
}

func (p pairState) markers() (current, next string) {
	return string(p.read([]byte("marker"), "pairs", p.pair)), string(p.read([]byte("next"), "pairs", p.pair))
}

// marked is when a marker was recorded last, the zero time if none was.
func (p pairState) marked() time.Time { return timeOf(p.read([]byte("marked"), "pairs", p.pair)) }

// setMarker records a marker before or after it is put on the folders, at once.
func (p pairState) setMarker(name, value string) error {
	if err := p.write([]byte("marked"), appendTime(nil, p.time()), "pairs", p.pair); err != nil {
		return err
	}
	if err := p.write([]byte(name), []byte(value), "pairs", p.pair); err != nil {
		return err
	}
	return p.flush()
}

// forgetMarkers has the next two-way run trust nothing, at once.
func (p pairState) forgetMarkers() error {
	if current, next := p.markers(); current == "" && next == "" {
		return nil
	}
	for _, name := range []string{"marker", "next"} {
		if err := p.write([]byte(name), nil, "pairs", p.pair); err != nil {
			return err
		}
	}
	return p.flush()
}

func (p pairState) folderID(identity plan.Digest) (string, bool) {
	b := p.read(identity[:], "pairs", p.pair, "folders")
	return string(b), b != nil
}

// seenSince is when the id of a folder was remembered first, the zero time if that is not known.
func (p pairState) seenSince(identity plan.Digest) time.Time {
	return timeOf(p.read(identity[:], "pairs", p.pair, "since"))
}

func (p pairState) setFolderID(identity plan.Digest, id string) error {
	if err := p.write(identity[:], appendTime(nil, p.time()), "pairs", p.pair, "since"); err != nil {
		return err
	}
	return p.write(identity[:], []byte(id), "pairs", p.pair, "folders")
}

// counterpart is the folder that corresponded to one, zero if none is remembered.
func (p pairState) counterpart(identity plan.Digest) (d plan.Digest) {
	copy(d[:], p.read(identity[:], "pairs", p.pair, "counterparts"))
	return d
}

func (p pairState) setCounterpart(identity, counterpart plan.Digest) error {
	if counterpart.IsZero() {
		return p.write(identity[:], nil, "pairs", p.pair, "counterparts")
	}
	return p.write(identity[:], counterpart[:], "pairs", p.pair, "counterparts")
}

// forgetAll drops the memories of a pair one side of which, or the state, was replaced by an older copy, at once: what they say may
// never have happened.
func (p pairState) forgetAll() error {
	err := p.later(func(tx *bbolt.Tx) error {
		b := bucket(tx, "pairs", p.pair)
		if b == nil {
			return fmt.Errorf("no bucket for pair %s", p.pair)
		}
		for _, name := range []string{"items", "counterparts"} {
			if err := b.DeleteBucket([]byte(name)); err != nil && !errors.Is(err, berrors.ErrBucketNotFound) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.flush()
}

func (p pairState) refused(identity plan.Digest) (version plan.Digest, reason string) {
	b := p.read(identity[:], "pairs", p.pair, "refused")
	if len(b) <= len(version) {
		return plan.Digest{}, ""
	}
	copy(version[:], b)
	return version, string(b[len(version):])
}

func (p pairState) setRefused(identity, version plan.Digest, reason string) error {
	return p.write(identity[:], append(append([]byte{}, version[:]...), reason...), "pairs", p.pair, "refused")
}
