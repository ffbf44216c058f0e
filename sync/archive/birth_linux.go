package archive

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// birthOf is what a directory keeps through renames and gives to no other: inode and time of birth. Zero where the
// file system does not know the latter.
func birthOf(f *os.File) (ino uint64, birth int64) {
	var st unix.Statx_t
	err := unix.Statx(int(f.Fd()), "", unix.AT_EMPTY_PATH|unix.AT_STATX_SYNC_AS_STAT, unix.STATX_INO|unix.STATX_BTIME, &st)
	runtime.KeepAlive(f)
	if err != nil || st.Mask&unix.STATX_BTIME == 0 {
		return 0, 0
	}
	return st.Ino, st.Btime.Sec*1e9 + int64(st.Btime.Nsec)
}
