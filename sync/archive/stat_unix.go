//go:build linux || darwin || freebsd

package archive

import (
	"errors"
	"io/fs"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// hasChangeTime: every write moves the time of the last status change, which nobody can set back.
const hasChangeTime = true

// statter looks at the entries of one open directory, without following symbolic links.
type statter struct {
	f  *os.File
	fd int
}

func newStatter(f *os.File, _ *os.Root) statter { return statter{f, int(f.Fd())} }

func (t statter) stat(name string) (fileStat, error) {
	var st unix.Stat_t
	err := unix.Fstatat(t.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	for errors.Is(err, unix.EINTR) {
		err = unix.Fstatat(t.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	}
	runtime.KeepAlive(t.f)
	if err != nil {
		return fileStat{}, &fs.PathError{Op: "lstat", Path: name, Err: err}
	}
	return fromUnix(&st), nil
}

func fromUnix(st *unix.Stat_t) fileStat {
	s := fileStat{ino: uint64(st.Ino), size: st.Size, mtime: st.Mtim.Nano(), ctime: st.Ctim.Nano()}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		s.mode = fs.ModeDir
	case unix.S_IFLNK:
		s.mode = fs.ModeSymlink
	default:
		s.mode = fs.ModeIrregular
	}
	return s
}

// statFile looks at an open file or directory.
func statFile(f *os.File) (fileStat, error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return fileStat{}, &fs.PathError{Op: "fstat", Path: f.Name(), Err: err}
	}
	runtime.KeepAlive(f)
	return fromUnix(&st), nil
}

func isInvalid(err error) bool { return errors.Is(err, unix.EINVAL) }
