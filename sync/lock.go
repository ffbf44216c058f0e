package sync

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Lock keeps two runs from using one state directory at a time. The operating system releases it when the process
// ends, however it ends; the file's text is only for the message.
type Lock struct {
	lock *flock.Flock
}

// ErrLocked is wrapped by the error of Acquire when another process holds the lock.
var ErrLocked = errors.New("locked")

// Holder is who holds a lock.
type Holder struct {
	Process int       `json:"process"`
	Host    string    `json:"host"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

// Acquire takes the lock of a state directory, which it makes if need be, or fails at once.
func Acquire(dir string, me Holder) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the state directory: %w", err)
	}
	// The text is in a file of its own: Windows lets nobody read a locked one.
	l, who := flock.New(filepath.Join(dir, "lock")), filepath.Join(dir, "lock.json")
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", dir, err)
	}
	if !ok {
		var h Holder
		b, err := os.ReadFile(who)
		if err != nil || json.Unmarshal(b, &h) != nil {
			return nil, fmt.Errorf("%s: %w by another run", dir, ErrLocked)
		}
		return nil, fmt.Errorf("%s: %w by %q, process %d on %s, since %s", dir, ErrLocked, h.Command, h.Process, h.Host, h.Since.Format(time.RFC3339))
	}
	b, err := json.Marshal(me)
	if err == nil {
		err = os.WriteFile(who, append(b, '\n'), 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", dir, err), l.Unlock())
	}
	return &Lock{l}, nil
}

// Release gives the lock back.
func (l *Lock) Release() error { return l.lock.Unlock() }
