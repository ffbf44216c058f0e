package archive

import (
	"io/fs"
	"time"
)

// fileStat is what tells, without reading, that a file is the one it was. mode has the type bits only.
type fileStat struct {
	ino          uint64
	size         int64
	mtime, ctime int64 // nanoseconds since 1970; ctime 0 where there is none
	mode         fs.FileMode
}

// settled reports whether the file had been at rest for so long when it was looked at that any later write must show in its
// times, however coarse the file system's clock (FAT counts two seconds, and a network server's clock is not ours).
func (s fileStat) settled(at time.Time) bool {
	limit := at.Add(-3 * time.Second).UnixNano()
	return s.mtime < limit && s.ctime < limit
}

func (s fileStat) asDir() fileStat {
	return fileStat{ino: s.ino, mtime: s.mtime, ctime: s.ctime, mode: fs.ModeDir}
}

func (s fileStat) modified() time.Time { return time.Unix(0, s.mtime).UTC() }
