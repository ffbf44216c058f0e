package sync

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	stdsync "sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"iorepl/plan"
)

// State is what is remembered between runs, in one file: the versions of both sides after our last write, which the
// rows of two-way pairs need; where folders were, to ask for them; what a target refused for good. Nothing
// in it is needed to know what is a replica of what: without it no data is lost.
//
//	organizations/ID         -> key of the root folder
//	pairs/PAIR/marker, next  -> random texts that must be on both root folders, else memories are void
//	pairs/PAIR/marked        -> when one of them was written last
//	pairs/PAIR/items/ID      -> plan.Memory
//	pairs/PAIR/folders/ID    -> id of the folder in its store, by identity
//	pairs/PAIR/since/ID      -> when that id was remembered first
//	pairs/PAIR/counterparts/ID -> identity of the folder that corresponded to it
//	pairs/PAIR/refused/ID    -> version and reason
//	pairs/PAIR/attempts/N    -> attempts to make replicas that are under way, or ended without anybody knowing how
//	pairs/PAIR/granted/ID    -> who was granted rights on the target folder
//	pairs/PAIR/granting/ID   -> what was about to be granted there
type State struct {
	db      *bbolt.DB
	mu      stdsync.Mutex
	pending []func(*bbolt.Tx) error
	hook    func(op string) error // tests: called before and after every write
	clock   func() time.Time      // of the run, nil: the machine's
	path    string
	damage  error // what the first read that failed ran into
}

// time is now, as the run has it.
func (s *State) time() time.Time {
	if s == nil || s.clock == nil {
		return time.Now()
	}
	return s.clock()
}

// flushAt bounds how many memories a crash can take along. They can be told again from stamps and markers.
const flushAt = 512

// OpenState opens or makes the state in a directory. The caller holds the directory's lock.
func OpenState(dir string) (*State, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the state directory: %w", err)
	}
	s := &State{path: filepath.Join(dir, "state.db")}
	err := s.shielded(func() (err error) {
		s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{Timeout: time.Second, FreelistType: bbolt.FreelistMapType})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("opening the state: %w", err)
	}
	return s, nil
}

// shielded makes an error of what bbolt does about a damaged file: it panics, or reads beyond the end of a mapped file.
func (s *State) shielded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w%s", s.path, err, wayOut(err))
		}
	}()
	return f()
}

// wayOut is what to do about an error of bbolt, after what it says. Nothing that the operating system refuses, nor a lock, says that the file is
// damaged, and a file that is whole is worth keeping.
func wayOut(err error) string {
	var refused *fs.PathError
	var number syscall.Errno
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return ": another process has it open; keep the file and try again when that has ended"
	case errors.Is(err, fs.ErrPermission):
		return "; keep the file, and let the account that iorepl runs as read and write it"
	case errors.As(err, &refused), errors.As(err, &number):
		return ""
	}
	return "; if the file is damaged, remove it: no data is lost by that"
}

// Err is what reading ran into: then nothing that was read counts.
func (s *State) Err() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.damage
}

// SetHook makes every write of the state call hook before ("before:...") and after ("after:...") its effect; an error
// of it is the write's error. For tests that stop a run at every step.
func (s *State) SetHook(hook func(op string) error) { s.hook = hook }

// Knows reports whether the state remembers the root of an organization, so that another one in its place is noticed.
func (s *State) Knows(organization string) bool { return !s.rootKey(organization).IsZero() }

// NoSync makes writes not wait for the disk. For tests that open thousands of states.
func (s *State) NoSync() { s.db.NoSync = true }

// Close writes what is pending and closes the file.
func (s *State) Close() error {
	if s == nil {
		return nil
	}
	return errors.Join(s.flush(), s.db.Close())
}

// Discard closes the file without writing what is pending, as a crash does.
func (s *State) Discard() error { return s.db.Close() }

func (s *State) later(f func(*bbolt.Tx) error) error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	s.pending = append(s.pending, f)
	full := len(s.pending) >= flushAt
	s.mu.Unlock()
	if full {
		return s.flush()
	}
	return nil
}

// flush writes all that is pending in one transaction.
func (s *State) flush() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) == 0 {
		return nil
	}
	return s.commit(func(tx *bbolt.Tx) error {
		for _, f := range s.pending {
			if err := f(tx); err != nil {
				return err
			}
		}
		return nil
	}, func() { s.pending = nil })
}

// now writes something before what is pending, and at once.
func (s *State) now(f func(*bbolt.Tx) error) error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commit(f, func() {})
}

func (s *State) commit(f func(*bbolt.Tx) error, done func()) error {
	if s.hook != nil {
		if err := s.hook("before:state"); err != nil {
			return err
		}
	}
	if err := s.shielded(func() error { return s.db.Update(f) }); err != nil {
		return fmt.Errorf("writing the state: %w", err)
	}
	done()
	if s.hook != nil {
		return s.hook("after:state")
	}
	return nil
}

// bucket walks down nested buckets, making them if the transaction can write. It returns nil where one is missing.
func bucket(tx *bbolt.Tx, path ...string) *bbolt.Bucket {
	var b *bbolt.Bucket
	for i, name := range path {
		var next *bbolt.Bucket
		switch {
		case !tx.Writable() && i == 0:
			next = tx.Bucket([]byte(name))
		case !tx.Writable():
			next = b.Bucket([]byte(name))
		case i == 0:
			next, _ = tx.CreateBucketIfNotExists([]byte(name))
		default:
			next, _ = b.CreateBucketIfNotExists([]byte(name))
		}
		if next == nil {
			return nil
		}
		b = next
	}
	return b
}

// read returns a copy of one value, nil where there is none.
func (s *State) read(key []byte, path ...string) (out []byte) {
	ok := s.look(func(b *bbolt.Bucket) error {
		if v := b.Get(key); v != nil {
			out = append([]byte{}, v...)
		}
		return nil
	}, path...)
	if !ok {
		return nil
	}
	return out
}

// look reads a bucket, if it is there. It reports whether reading was possible; if not, Err says why.
func (s *State) look(f func(*bbolt.Bucket) error, path ...string) bool {
	if s == nil {
		return true
	}
	err := s.shielded(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			if b := bucket(tx, path...); b != nil {
				return f(b)
			}
			return nil
		})
	})
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.damage = cmp.Or(s.damage, err)
	}
	return err == nil
}

// write puts a value, or removes it if value is nil.
func (s *State) write(key, value []byte, path ...string) error {
	return s.later(func(tx *bbolt.Tx) error {
		b := bucket(tx, path...)
		if b == nil {
			return fmt.Errorf("no bucket %v", path)
		}
		if value == nil {
			return b.Delete(key)
		}
		return b.Put(key, value)
	})
}

// rootKey is the key of an organization's root folder when it was last written to; zero if never.
func (s *State) rootKey(organization string) (d plan.Digest) {
	copy(d[:], s.read([]byte(organization), "organizations"))
	return d
}

func (s *State) setRootKey(organization string, key plan.Digest) error {
	return s.write([]byte(organization), key[:], "organizations")
}
