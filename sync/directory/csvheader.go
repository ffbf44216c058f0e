package directory

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// column is what a column of the file is used for.
type column int

const (
	colName column = iota
	colDisplayName
	colType
	colTypeDetails
	colPrimary
	colAddresses
	colTarget
	colDN
	columns
)

// columnNames are how Exchange calls them.
var columnNames = [columns]string{
	colName: "Name", colDisplayName: "DisplayName", colType: "RecipientType", colTypeDetails: "RecipientTypeDetails",
	colPrimary: "PrimarySmtpAddress", colAddresses: "EmailAddresses", colTarget: "ExternalEmailAddress", colDN: "LegacyExchangeDN",
}

// header is the line that names the columns.
type header struct {
	comma   rune
	line    int          // of the file; rows are counted from it
	columns int          // how many there are
	places  [columns]int // where they are, 0 for the first one; -1 for a column that is not there
}

func (h *header) has(c column) bool { return h.places[c] >= 0 }

// cell is what a row has in a column, "" without the column.
func (h *header) cell(cells []string, c column) string {
	if !h.has(c) {
		return ""
	}
	return cells[h.places[c]]
}

// kind is what RecipientTypeDetails and RecipientType say, whichever is known and, of both, the former, which tells mailboxes of
// people from those of Exchange itself.
func (h *header) kind(cells []string) (Kind, bool) {
	for _, c := range []column{colTypeDetails, colType} {
		if k, ok := kindByName(strings.TrimSpace(h.cell(cells, c))); ok {
			return k, true
		}
	}
	return Other, false
}

const (
	maxHeader   = 64 << 10 // bytes of a line before the first row
	maxPreamble = 20       // such lines
)

// readHeader reads up to the line that names the columns and returns what comes behind it.
func readHeader(text io.Reader) (h header, rest io.Reader, err error) {
	lines := bufio.NewReaderSize(text, maxHeader)
	for h.line = 1; h.line <= maxPreamble; h.line++ {
		raw, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return h, nil, fmt.Errorf("line %d has more than %d bytes: this is not a list of recipients; export one with: %s", h.line, maxHeader, ExportCommand)
		case err != nil && !errors.Is(err, io.EOF):
			return h, nil, err
		}
		ended := err != nil
		line := strings.TrimRight(string(raw), "\r\n")
		// What Export-Csv and spreadsheets write in front.
		if bytes.IndexByte(raw, 0) < 0 && (strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimLeft(line, `"`), "#") || hasPrefixFold(line, "sep=")) {
			if ended {
				return h, nil, fmt.Errorf("the file holds no recipients; export them with: %s", ExportCommand)
			}
			continue
		}
		return h, lines, h.parse(line)
	}
	return h, nil, fmt.Errorf("none of the first %d lines names columns; export a list of recipients with: %s", maxPreamble, ExportCommand)
}

// parse finds the columns, with the separator that shows most of them.
func (h *header) parse(line string) error {
	known := 0
	for _, comma := range []rune{',', ';', '\t'} {
		r := csv.NewReader(strings.NewReader(line))
		r.Comma, r.LazyQuotes = comma, true
		names, err := r.Read()
		if err != nil {
			continue
		}
		places, n := placesOf(names)
		if n > known {
			known, h.comma, h.columns, h.places = n, comma, len(names), places
		}
	}
	var missing []string
	if known > 0 {
		if !h.has(colPrimary) && !h.has(colAddresses) {
			missing = append(missing, columnNames[colPrimary])
		}
		if !h.has(colType) && !h.has(colTypeDetails) {
			missing = append(missing, columnNames[colType])
		}
		if len(missing) == 0 {
			return nil
		}
		return fmt.Errorf("line %d has no column %s; export a list of recipients with: %s", h.line, strings.Join(missing, " and no column "), ExportCommand)
	}
	return fmt.Errorf("line %d is %q and names no column of a list of recipients (PrimarySmtpAddress, RecipientType, …); export one with: %s", h.line, shorten(line), ExportCommand)
}

func placesOf(names []string) (places [columns]int, known int) {
	for c := range places {
		places[c] = slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), columnNames[c]) })
		if places[c] >= 0 {
			known++
		}
	}
	return places, known
}

// shorten is the beginning of a line that may be anything.
func shorten(line string) string {
	const enough = 60
	runes := 0
	for i := range line {
		if runes++; runes > enough {
			return line[:i] + "…"
		}
	}
	return line
}
