//go:build darwin || freebsd

package archive

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// birthOf is what a directory keeps through renames and gives to no other: inode and time of birth.
func birthOf(f *os.File) (ino uint64, birth int64) {
	var st unix.Stat_t
	err := unix.Fstat(int(f.Fd()), &st)
	runtime.KeepAlive(f)
	if err != nil {
		return 0, 0
	}
	return uint64(st.Ino), st.Btim.Nano()
}
