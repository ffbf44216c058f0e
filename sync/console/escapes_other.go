//go:build !windows

package console

import "os"

// enableEscapes reports whether a terminal obeys escape sequences; here all do.
func enableEscapes(*os.File) bool { return true }
