package archive

import "os"

// KnowsBirth reports whether the file system of a directory tells when a directory was made.
func KnowsBirth(dir string) bool {
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	_, birth := birthOf(f)
	return birth != 0
}
