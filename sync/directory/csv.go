package directory

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// CSV is a file with recipients as Exchange exports them (see ExportCommand), in UTF-8, UTF-16 or Windows-1252, with commas, semicolons or
// tabs.
type CSV struct {
	Path string
}

// ExportCommand makes such a file in the Exchange Management Shell, to be run on one line.
const ExportCommand = "Get-Recipient -ResultSize Unlimited | Select-Object DisplayName,Name,RecipientType,RecipientTypeDetails,PrimarySmtpAddress," +
	"@{n='EmailAddresses';e={$_.EmailAddresses -join ' '}},ExternalEmailAddress,LegacyExchangeDN | " +
	"Export-Csv recipients.csv -NoTypeInformation -Encoding UTF8"

func (c *CSV) read(ctx context.Context, b *builder) error {
	f, err := os.Open(c.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; in the Exchange Management Shell it is made by: %s", err, ExportCommand)
	}
	if err != nil {
		return err // it names the file
	}
	defer f.Close()
	return readCSV(ctx, filepath.Base(c.Path), f, b)
}

// maxRecord is how many bytes one row may have.
const maxRecord = 1 << 20

// readCSV reads a file of which messages speak by a name.
func readCSV(ctx context.Context, name string, file io.ReadSeeker, b *builder) error {
	text, err := readText(file)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if text.note != "" {
		b.problems.add("%s: %s", name, text.note)
	}
	h, rest, err := readHeader(lineFeeds(text.reader))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	rows := rows{name: name, header: h, b: b}
	if !h.has(colDN) {
		b.withoutDN = fmt.Sprintf("%s: there is no column LegacyExchangeDN, so that nobody can be found in the legacy free/busy folder; export it anew with: %s", name, ExportCommand)
	}
	record := &bounded{reader: rest}
	reader := csv.NewReader(record)
	reader.Comma, reader.FieldsPerRecord, reader.ReuseRecord = h.comma, -1, true
	lines := 0 // read so far, behind the header
	for n := 0; ; n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		record.left = maxRecord
		cells, err := reader.Read()
		var malformed *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			rows.end(text.ascii)
			return nil
		case errors.Is(err, errLongRecord):
			return fmt.Errorf("%s:%d: a row of more than %d bytes begins here or soon after it: a quotation mark is not closed; correct it", name, h.line+lines+1, maxRecord)
		case errors.As(err, &malformed):
			if record.ended && errors.Is(malformed.Err, csv.ErrQuote) && malformed.Line > malformed.StartLine {
				return fmt.Errorf("%s:%d: the quotation mark that opens in this row is not closed anywhere, so that everything behind it is unreadable; correct it", name, h.line+malformed.StartLine)
			}
			lines = malformed.Line
			rows.malformed(malformed)
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		default:
			lines, _ = reader.FieldPos(len(cells) - 1)
			first, _ := reader.FieldPos(0)
			rows.add(h.line+first, cells)
		}
	}
}

// errLongRecord ends the reading of a row that does not end.
var errLongRecord = errors.New("row too long")

// bounded hands out so many bytes at most before left is set anew.
type bounded struct {
	reader io.Reader
	left   int
	ended  bool // all was read
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRecord
	}
	n, err := b.reader.Read(p[:min(len(p), b.left)])
	b.left -= n
	b.ended = b.ended || err == io.EOF
	return n, err
}

// rows turns rows of a file into recipients.
type rows struct {
	name   string
	header header
	b      *builder

	count, withDN       int
	unjoined, cut       int // rows whose EmailAddresses are the name of a type, or not complete
	unjoinedAt, cutAt   int
	questions, question int // names with a question mark, and the first one's line
}

func (r *rows) malformed(err *csv.ParseError) {
	r.b.unread++
	lines, what := fmt.Sprintf("%s:%d", r.name, r.header.line+err.StartLine), "the row is"
	if err.Line > err.StartLine {
		lines, what = fmt.Sprintf("%s-%d", lines, r.header.line+err.Line), "these lines are"
	}
	r.b.problems.add("%s: there is a quotation mark inside of a cell or one that is not closed; inside of a cell in quotation marks it is written twice; %s left out", lines, what)
}

func (r *rows) add(line int, cells []string) {
	empty := func(s string) bool { return strings.TrimSpace(s) == "" }
	if !slices.ContainsFunc(cells, func(s string) bool { return !empty(s) }) {
		return
	}
	where := fmt.Sprintf("%s:%d", r.name, line)
	h := r.header
	if len(cells) < h.columns || slices.ContainsFunc(cells[h.columns:], func(s string) bool { return !empty(s) }) {
		r.b.unread++
		r.b.problems.add("%s: the row has %d columns, and the first line has %d: it is left out; put cells that hold %q in quotation marks", where, len(cells), h.columns, h.comma)
		return
	}
	r.count++
	kind, ok := h.kind(cells)
	if !ok {
		r.b.unread++
		r.b.problems.add("%s: the recipient type %q is not known: it counts as neither mailbox nor contact; correct it, or leave the row out", where, cmp.Or(h.cell(cells, colTypeDetails), h.cell(cells, colType)))
	}
	f := found{where: where, kind: kind, dn: h.cell(cells, colDN), primary: bare(h.cell(cells, colPrimary)), target: bare(h.cell(cells, colTarget)), name: h.cell(cells, colDisplayName)}
	if empty(f.name) {
		f.name = h.cell(cells, colName)
	}
	if !empty(f.dn) {
		r.withDN++
	}
	if strings.Contains(f.name, "?") {
		r.questions++
		r.question = first(r.question, line)
	}
	switch list := strings.TrimSpace(h.cell(cells, colAddresses)); {
	case strings.HasPrefix(list, "Microsoft.Exchange.") || strings.HasPrefix(list, "System."):
		r.unjoined++
		r.unjoinedAt = first(r.unjoinedAt, line)
	default:
		list = strings.TrimSuffix(strings.TrimPrefix(list, "{"), "}")
		if whole := strings.TrimSuffix(strings.TrimSuffix(list, "..."), "…"); whole != list {
			r.cut++
			r.cutAt = first(r.cutAt, line)
			// The last one may have lost its end.
			list = whole[:strings.LastIndexFunc(whole, separates)+1]
		}
		f.proxies = parseProxies(list)
	}
	r.b.add(f)
}

func first(known, line int) int {
	if known != 0 {
		return known
	}
	return line
}

// end reports what concerns many rows.
func (r *rows) end(ascii bool) {
	p := &r.b.problems
	const anew = "; export it anew with: " + ExportCommand
	if r.unjoined > 0 {
		p.add("%s:%d: EmailAddresses holds the name of a type instead of addresses (rows of this kind: %d): former and secondary addresses are not known%s", r.name, r.unjoinedAt, r.unjoined, anew)
	}
	if r.cut > 0 {
		p.add("%s:%d: EmailAddresses ends in dots (rows of this kind: %d): the addresses that are missing are not known%s", r.name, r.cutAt, r.cut, anew)
	}
	if r.header.has(colDN) && r.withDN == 0 && r.count > 0 {
		r.b.withoutDN = fmt.Sprintf("%s: LegacyExchangeDN is empty in all rows, so that nobody can be found in the legacy free/busy folder; export Get-Mailbox, Get-MailUser and Get-MailContact, "+
			"each with -ResultSize Unlimited, instead of Get-Recipient", r.name)
	}
	if ascii && r.questions > 0 {
		p.add("%s:%d: the name holds a question mark (rows of this kind: %d), which Export-Csv writes for every letter that ASCII lacks unless it is told -Encoding UTF8%s", r.name, r.question, r.questions, anew)
	}
}

// bare is an address without a type in front.
func bare(s string) string {
	if s = strings.TrimSpace(s); hasPrefixFold(s, "smtp:") {
		return s[len("smtp:"):]
	}
	return s
}
