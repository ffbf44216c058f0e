package sync

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	berrors "go.etcd.io/bbolt/errors"
)

func TestOnlyADamagedStateIsToBeRemoved(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&fs.PathError{Op: "open", Path: "state.db", Err: fs.ErrPermission}, "; keep the file, and let the account"},
		{fmt.Errorf("mapping: %w", syscall.EACCES), "; keep the file, and let the account"},
		{berrors.ErrTimeout, ": another process has it open; keep the file"},
		{&fs.PathError{Op: "write", Path: "state.db", Err: syscall.ENOSPC}, ""},
		{syscall.ENOLCK, ""},
		{berrors.ErrInvalid, "; if the file is damaged, remove it"},
		{berrors.ErrChecksum, "; if the file is damaged, remove it"},
		{berrors.ErrVersionMismatch, "; if the file is damaged, remove it"},
		{errors.New("runtime error: invalid memory address"), "; if the file is damaged, remove it"},
	} {
		if got := wayOut(c.err); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%v: got %q, want %q", c.err, got, c.want)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "state.db"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenState(dir); err == nil || strings.Contains(err.Error(), "remove it") {
		t.Errorf("a directory in its place: got %v", err)
	}
}
