// Package archive is the store of an organization that lives in a directory: folders are directories, items are files
// of open formats (.eml, .ics, .vcf, .ifb) that people and their programs may add, edit, rename and remove.
//
// What directories and files cannot hold lies beside them: .folder.json (see folderRecord) and .items.jsonl (see
// itemLog). An item's version is the digest of what it says, so a checkout or a copy of the tree changes nothing.
// Every write is atomic for its item: kill the program anywhere, and the item is as it was or as it should be.
// Nothing outside the directory is read or written, wherever symbolic links lead; a publisher is never written to.
package archive

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	stdsync "sync"
	"time"

	"iorepl/plan"
	"iorepl/sync"
)

// Options are how an archive is opened. The zero value reads and writes without a cache.
type Options struct {
	// Cache is a directory, outside the archive and of this archive alone, that remembers what files were found to hold,
	// so that a listing needs to read only those that changed; and by which inode a folder was known, so that a folder
	// renamed by hand is recognized. "" is none. What is damaged or does not fit is ignored.
	Cache string

	// ReadOnly makes every write an error. Nothing is created in the archive, not even a temporary file.
	ReadOnly bool

	// Rand gives keys and names of temporary files; nil is crypto/rand.
	Rand io.Reader

	// Now is the clock; nil is time.Now.
	Now func() time.Time

	// MaxItem is the size in bytes above which an item is only listed, with its Problem; 0 is 512 MB.
	MaxItem int64

	// Hook, for tests, is called before and after each call that changes a file system, as hook("before:rename", path)
	// and hook("after:rename", path). Its error is returned in place of the call's: after "before:" the call was not made, after
	// "after:" it took effect. A hook that fails once and for ever after is a process killed at that point. The
	// calls are mkdir, create (a new file and its bytes), fsync, chtimes, rename, append, truncate and remove.
	Hook func(op, path string) error
}

const maxItem = 512 << 20

// Store is an open archive.
type Store struct {
	path string
	opts Options

	// tree is held for reading by whatever works in folders, and for writing by what changes the folders themselves.
	tree stdsync.RWMutex

	mu    stdsync.Mutex // guards what follows
	root  *os.Root
	index *index
	locks map[string]*stdsync.RWMutex // of folders, by their directory
	logs  map[string]*itemLog         // read lately, by their directory
	used  []string                    // directories in logs, the least lately used first
}

var _ sync.Store = (*Store)(nil)

// Open opens the archive in the directory root. The directory need not exist: one that is written is made by the
// first write, and one that is only read is missed by Folders.
func Open(root string, opts Options) (*Store, error) {
	if root == "" {
		return nil, errors.New("an archive needs the path of its directory")
	}
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("archive %q: %w", root, err)
	}
	if info, err := os.Stat(abs); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("archive %q is not a directory", root)
	}
	if opts.Rand == nil {
		opts.Rand = rand.Reader
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.MaxItem == 0 {
		opts.MaxItem = maxItem
	}
	return &Store{path: abs, opts: opts, locks: map[string]*stdsync.RWMutex{}, logs: map[string]*itemLog{}}, nil
}

// Account is "": an archive asks nobody for rights.
func (s *Store) Account() string { return "" }

// Close releases the directory.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index, s.logs, s.used = nil, map[string]*itemLog{}, nil
	if s.root == nil {
		return nil
	}
	err := s.root.Close()
	s.root = nil
	return err
}

// errMissing is a root directory that does not exist.
var errMissing = errors.New("missing")

// top is the handle of the root directory; errMissing if there is none.
func (s *Store) top() (*os.Root, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.root != nil {
		return s.root, nil
	}
	r, err := os.OpenRoot(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errMissing
	}
	if err != nil {
		return nil, fmt.Errorf("archive %q: %w", s.path, err)
	}
	s.root = r
	return r, nil
}

// topForWriting is top for a write: it makes a missing directory and refuses on a store that is only read.
func (s *Store) topForWriting() (*os.Root, error) {
	if err := s.writable(); err != nil {
		return nil, err
	}
	r, err := s.top()
	if !errors.Is(err, errMissing) {
		return r, err
	}
	if err := s.step("mkdir", s.path, func() error { return os.MkdirAll(s.path, 0o777) }); err != nil {
		return nil, fmt.Errorf("making archive %q: %w", s.path, err)
	}
	return s.top()
}

func (s *Store) writable() error {
	if s.opts.ReadOnly {
		return sync.Errorf(sync.Denied, "archive %q is a publisher and is never written to", s.path)
	}
	return nil
}

// full is a path for messages.
func (s *Store) full(rel string) string { return filepath.Join(s.path, filepath.FromSlash(rel)) }

func (s *Store) lockOf(rel string) *stdsync.RWMutex {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.locks[rel]
	if l == nil {
		l = new(stdsync.RWMutex)
		s.locks[rel] = l
	}
	return l
}

// randomKey is a new key, which nothing else has.
func (s *Store) randomKey() (plan.Digest, error) {
	var d plan.Digest
	s.mu.Lock()
	defer s.mu.Unlock()
	for d.IsZero() {
		if _, err := io.ReadFull(s.opts.Rand, d[:]); err != nil {
			return d, fmt.Errorf("drawing a key: %w", err)
		}
	}
	return d, nil
}
