package directory

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// text is a file as UTF-8.
type text struct {
	reader io.Reader
	note   string // for people, "" if the file is as it should be
	ascii  bool   // there is nothing but ASCII, and no byte order mark
}

// readText finds out what a file is written in: what its byte order mark says; without one UTF-8, or else Windows-1252, as Windows PowerShell
// and spreadsheets of western Europe write it.
func readText(file io.ReadSeeker) (text, error) {
	begin := make([]byte, 4096)
	n, err := io.ReadFull(file, begin)
	begin = begin[:n]
	switch {
	case errors.Is(err, io.EOF):
		return text{}, fmt.Errorf("the file is empty; export recipients with: %s", ExportCommand)
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return text{}, err
	case bytes.HasPrefix(begin, []byte("PK\x03\x04")), bytes.HasPrefix(begin, []byte("\xD0\xCF\x11\xE0")):
		return text{}, errors.New(`this is a workbook or an archive; save the table as "CSV UTF-8"`)
	}
	endian, isUTF16 := utf16Endian(begin)
	if isUTF16 {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return text{}, err
		}
		return text{reader: unicode.UTF16(endian, unicode.UseBOM).NewDecoder().Reader(bufio.NewReader(file))}, nil
	}
	if bytes.IndexByte(begin, 0) >= 0 {
		return text{}, fmt.Errorf("this is not a text file; export recipients with: %s", ExportCommand)
	}
	marked := bytes.HasPrefix(begin, []byte("\uFEFF"))
	start := int64(0)
	if marked {
		start = int64(len("\uFEFF"))
	}
	if _, err := file.Seek(start, io.SeekStart); err != nil {
		return text{}, err
	}
	ascii, badLine, err := scan(lineFeeds(file))
	if err != nil {
		return text{}, err
	}
	if _, err := file.Seek(start, io.SeekStart); err != nil {
		return text{}, err
	}
	switch {
	case badLine == 0:
		return text{reader: file, ascii: ascii && !marked}, nil
	case marked:
		return text{reader: unicode.UTF8.NewDecoder().Reader(file), note: fmt.Sprintf("line %d is not UTF-8, as the file's first bytes say it is: letters there are lost; export it anew with -Encoding UTF8", badLine)}, nil
	}
	return text{reader: charmap.Windows1252.NewDecoder().Reader(file), note: fmt.Sprintf("line %d is not UTF-8: the file is taken for Windows-1252; check names with other letters, and export it anew with -Encoding UTF8", badLine)}, nil
}

// lineFeeds gives a text whose lines end in a carriage return alone, as old spreadsheets of the Macintosh write it, with line feeds in their place,
// and any other as it is.
func lineFeeds(text io.Reader) io.Reader {
	b := bufio.NewReaderSize(text, maxHeader)
	begin, _ := b.Peek(maxHeader) // an error comes again when it is read
	if bytes.IndexByte(begin, '\r') < 0 || bytes.IndexByte(begin, '\n') >= 0 {
		return b
	}
	return returns{b}
}

// returns is a text whose lines end in a carriage return alone.
type returns struct{ text io.Reader }

func (r returns) Read(p []byte) (int, error) {
	n, err := r.text.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// utf16Endian recognises UTF-16 by its mark, or by the zeros that the names of the columns have in it.
func utf16Endian(begin []byte) (unicode.Endianness, bool) {
	if len(begin) < 2 {
		return unicode.LittleEndian, false
	}
	switch {
	case begin[0] == 0xFF && begin[1] == 0xFE, begin[0] != 0 && begin[1] == 0:
		return unicode.LittleEndian, true
	case begin[0] == 0xFE && begin[1] == 0xFF, begin[0] == 0 && begin[1] != 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// scan reads to the end. badLine is the first line that is not UTF-8, 0 if there is none.
func scan(r io.Reader) (ascii bool, badLine int, err error) {
	buffer := make([]byte, 64<<10)
	ascii = true
	line, kept := 1, 0
	for {
		n, err := io.ReadFull(r, buffer[kept:])
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return false, 0, err
		}
		part := buffer[:kept+n]
		whole := len(part)
		if !ended {
			whole -= unfinished(part)
		}
		if bad := firstInvalid(part[:whole]); bad >= 0 {
			return false, line + bytes.Count(part[:bad], []byte("\n")), nil
		}
		ascii = ascii && !bytes.ContainsFunc(part, func(r rune) bool { return r >= utf8.RuneSelf })
		if ended {
			return ascii, 0, nil
		}
		line += bytes.Count(part[:whole], []byte("\n"))
		kept = copy(buffer, part[whole:])
	}
}

// unfinished is how many bytes at the end may be the beginning of a rune.
func unfinished(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if last := b[len(b)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}

// firstInvalid is where the text stops to be UTF-8, -1 if it does not.
func firstInvalid(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}
