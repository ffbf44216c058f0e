//go:build !(linux || darwin || freebsd)

package archive

import (
	"io/fs"
	"os"
)

// hasChangeTime: there is no time of the last status change to be had for little, so writes drop cached listings.
const hasChangeTime = false

type statter struct{ r *os.Root }

func newStatter(_ *os.File, r *os.Root) statter { return statter{r} }

func (t statter) stat(name string) (fileStat, error) {
	info, err := t.r.Lstat(name)
	if err != nil {
		return fileStat{}, err
	}
	return fromInfo(info), nil
}

func fromInfo(info fs.FileInfo) fileStat {
	return fileStat{size: info.Size(), mtime: info.ModTime().UnixNano(), mode: info.Mode().Type()}
}

func statFile(f *os.File) (fileStat, error) {
	info, err := f.Stat()
	if err != nil {
		return fileStat{}, err
	}
	return fromInfo(info), nil
}

func isInvalid(error) bool { return false }

// birthOf is not to be had: folders renamed by hand are new folders unless their key is written.
func birthOf(*os.File) (ino uint64, birth int64) { return 0, 0 }
