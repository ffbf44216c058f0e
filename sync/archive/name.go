package archive

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"iorepl/plan"
)

// Names that people give to folders and items become names that Linux, Windows and macOS all take, and that stay apart
// on a file system that ignores case or normalizes Unicode: what is not allowed is written %XX, as in a URL. Three
// things cannot be undone from the file's name alone, and the true name is then kept beside it: text that is not in
// Unicode's composed form, a name too long, and a name that differs from its neighbour's only in case.

// maxName is the length in bytes that every file system takes.
const maxName = 255

// encodeName is the file name for a name with an extension ("" for a folder), and whether decodeName gives the name back.
func encodeName(name, ext string) (file string, exact bool) {
	nfc := norm.NFC.String(name)
	file, exact = escape(nfc), nfc == name && name != ""
	if name == "" {
		file = "_"
	}
	if !norm.NFC.IsNormalString(file) { // an accent went to the last digit of an escape before it
		file, exact = norm.NFC.String(file), false
	}
	if len(file)+len(ext) > maxName {
		return shorten(file, name, ext), false
	}
	return file + ext, exact
}

// decodeName is the name that a file name without extension stands for. One that encodeName does not make
// stands for itself: people use the percent sign too.
func decodeName(file string) string {
	file = norm.NFC.String(file)
	if !strings.Contains(file, "%") {
		return file
	}
	name := unescape(file)
	if back, exact := encodeName(name, ""); exact && back == file {
		return name
	}
	return file
}

// withSuffix is a file name made different by a suffix before its extension.
func withSuffix(file, ext, suffix string) string {
	base := strings.TrimSuffix(file, ext)
	if len(base)+len(suffix)+len(ext) > maxName {
		base = strings.TrimSuffix(shorten(base, base, suffix+ext), suffix+ext)
	}
	return base + suffix + ext
}

// shorten cuts an escaped name so that it fits with the extension, and lets a digest of the name keep it apart.
func shorten(file, name, ext string) string {
	d := plan.Sum("name", name)
	tail := fmt.Sprintf("~%x", d[:4]) + ext
	cut := maxName - len(tail)
	for cut > 0 && !utf8.RuneStart(file[cut]) {
		cut--
	}
	if i := strings.LastIndexByte(file[:cut], '%'); i >= 0 && i > cut-3 {
		cut = i
	}
	return file[:cut] + tail
}

func escape(name string) string {
	var b strings.Builder
	reserved := isDevice(name)
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		c := name[i]
		last := i+n == len(name)
		if r == utf8.RuneError && n == 1 || r < 0x20 || r == 0x7f || strings.ContainsRune(`<>:"/\|?*%`, r) ||
			i == 0 && (c == '.' || reserved) || last && (c == '.' || c == ' ') {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteString(name[i : i+n])
		}
		i += n
	}
	return b.String()
}

func unescape(file string) string {
	var b strings.Builder
	for i := 0; i < len(file); i++ {
		if file[i] == '%' && i+2 < len(file) {
			hi, lo := strings.IndexByte(hexDigits, file[i+1]), strings.IndexByte(hexDigits, file[i+2])
			if hi >= 0 && lo >= 0 {
				b.WriteByte(byte(hi<<4 | lo))
				i += 2
				continue
			}
		}
		b.WriteByte(file[i])
	}
	return b.String()
}

const hexDigits = "0123456789ABCDEF"

// isDevice reports whether Windows takes the name for a device, which it does whatever follows the first dot.
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(base, "COM")
	if !ok {
		port, ok = strings.CutPrefix(base, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
}

// fold is equal for names that some file system takes for the same.
func fold(name string) string {
	ascii := true
	for i := 0; i < len(name) && ascii; i++ {
		ascii = name[i] < utf8.RuneSelf
	}
	if ascii {
		return strings.ToLower(name)
	}
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(name)))
}

// hidden are the names that are never items or folders.
func hidden(name string) bool { return name == "" || name[0] == '.' }

// splitExt splits a file name into what stands before its extension and the extension, dot and all.
func splitExt(file string) (base, ext string) {
	ext = path.Ext(file)
	return file[:len(file)-len(ext)], ext
}
