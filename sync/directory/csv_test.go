package directory

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"iorepl/sync/scratch"
)

const exported = `"DisplayName","Name","RecipientType","RecipientTypeDetails","PrimarySmtpAddress","EmailAddresses","ExternalEmailAddress","LegacyExchangeDN"
"Böhm, Ann","ann","UserMailbox","SharedMailbox","Ann@contoso.example","smtp:A.Boehm@contoso.example SMTP:Ann@contoso.example X500:/o=Old Org/ou=Site/cn=Recipients/cn=ann, b x400:C=DE;A= ;P=Contoso;","","/o=Contoso/ou=First Administrative Group/cn=Recipients/cn=ann"
"","cem","MailContact","MailContact","cem@partner.contoso.example","SMTP:cem@partner.contoso.example","SMTP:Cem@fabrikam.example","/o=Contoso/ou=First Administrative Group/CN=Recipients/cn=cem"
"Everybody","all","MailUniversalDistributionGroup","MailUniversalDistributionGroup","all@contoso.example","SMTP:all@contoso.example","","/o=Contoso/ou=First Administrative Group/cn=Recipients/cn=all"
`

const shownExported = `other recipient "Everybody" all@contoso.example [all@contoso.example]
  "/o=Contoso/ou=First Administrative Group/cn=Recipients/cn=all" [] false
  recipients.csv:4
mailbox "Böhm, Ann" ann@contoso.example [ann@contoso.example a.boehm@contoso.example]
  "/o=Contoso/ou=First Administrative Group/cn=Recipients/cn=ann" ["/o=Old Org/ou=Site/cn=Recipients/cn=ann, b"] false
  recipients.csv:2
contact "cem" cem@partner.contoso.example [cem@partner.contoso.example cem@fabrikam.example]
  "/o=Contoso/ou=First Administrative Group/CN=Recipients/cn=cem" [] false
  recipients.csv:3
`

func encoded(t *testing.T, e encoding.Encoding, s string) string {
	t.Helper()
	s, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// temporary is where a directory may lie.
func temporary(t testing.TB) *scratch.DB {
	db := &scratch.DB{}
	t.Cleanup(func() {
		if err := errors.Join(db.Err(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return db
}

// opened reads a file called recipients.csv.
func opened(t testing.TB, content string) (*Directory, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recipients.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(t.Context(), temporary(t), Options{CSV: &CSV{Path: path}})
}

func TestCSVIsReadInWhateverItIsWritten(t *testing.T) {
	semicolons := strings.ReplaceAll(exported, `","`, `";"`)
	tabs := strings.ReplaceAll(exported, `","`, "\"\t\"")
	ansi := "! recipients.csv: line 2 is not UTF-8: the file is taken for Windows-1252; check names with other letters, and export it anew with -Encoding UTF8\n"
	typed := strings.NewReplacer("csv:2", "csv:3", "csv:3", "csv:4", "csv:4", "csv:5")
	for name, c := range map[string]struct{ content, want string }{
		"UTF-8":                     {exported, shownExported},
		"UTF-8 with a mark":         {"\uFEFF" + exported, shownExported},
		"UTF-16 LE":                 {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), exported), shownExported},
		"UTF-16 BE":                 {encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), exported), shownExported},
		"UTF-16 LE without a mark":  {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), exported), shownExported},
		"UTF-16 BE without a mark":  {encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), exported), shownExported},
		"UTF-16 LE with semicolons": {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), semicolons), shownExported},
		"Windows-1252":              {encoded(t, charmap.Windows1252, exported), shownExported + ansi},
		"semicolons":                {semicolons, shownExported},
		"tabs":                      {tabs, shownExported},
		"CRLF":                      {strings.ReplaceAll(exported, "\n", "\r\n"), shownExported},
		"CR":                        {strings.ReplaceAll(exported, "\n", "\r"), shownExported},
		"CR in UTF-16":              {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), strings.ReplaceAll(exported, "\n", "\r")), shownExported},
		"CR in Windows-1252":        {encoded(t, charmap.Windows1252, strings.ReplaceAll(exported, "\n", "\r")), shownExported + ansi},
		"no line break at the end":  {strings.TrimSuffix(exported, "\n"), shownExported},
		"a line with the type":      {"#TYPE Selected.Microsoft.Exchange.Data.Directory.Management.ReducedRecipient\n" + exported, typed.Replace(shownExported)},
		"a line with the separator": {"sep=;\r\n" + semicolons, typed.Replace(shownExported)},
		"empty lines":               {strings.Replace(exported, "\n", "\n\n", 1), typed.Replace(shownExported)},
		"empty rows":                {strings.Replace(exported, "\n", "\n,,,,,,,\n", 1), typed.Replace(shownExported)},
		"cells behind the last":     {strings.ReplaceAll(exported, "\n", ",,\n"), shownExported},
		"names in another case":     {strings.ToLower(exported[:strings.Index(exported, "\n")]) + exported[strings.Index(exported, "\n"):], shownExported},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := opened(t, c.content)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, shown(d)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLongFilesAreScannedWhole(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("Name,RecipientType,PrimarySmtpAddress,LegacyExchangeDN\n")
	for i := range 5000 {
		fmt.Fprintf(&rows, "%s,MailUser,a%d@c.example,/o=C/cn=%d\n", strings.Repeat("ä€𝄞", 10), i, i)
	}
	if d, err := opened(t, rows.String()); err != nil || d.Len() != 5000 || len(d.Problems()) != 0 {
		t.Errorf("%v, %q", err, d.Problems())
	}
	d, err := opened(t, rows.String()+"B\xE4r,MailUser,b@c.example,/o=C/cn=b\n")
	if err != nil || len(d.Problems()) != 1 || !strings.Contains(d.Problems()[0], "line 5002 is not UTF-8") || one(d.ByAddress("b@c.example")).Name != "Bär" {
		t.Errorf("%v, %q", err, d.Problems())
	}
}

func TestColumnsStandAnywhere(t *testing.T) {
	d, err := opened(t, "Size,LegacyExchangeDN,EmailAddresses,Alias,RecipientTypeDetails,Name\n"+
		"1,/o=C/ou=S/cn=Recipients/cn=a,smtp:a2@c.example;SMTP:a@c.example;X500:/o=C/cn=old,a,RemoteUserMailbox,A\n"+
		"2,/o=C/ou=S/cn=Recipients/cn=b,\"b@c.example, b2@c.example\",b,LinkedMailbox,B\n")
	if err != nil {
		t.Fatal(err)
	}
	const want = `mail user "A" a@c.example [a@c.example a2@c.example]
  "/o=C/ou=S/cn=Recipients/cn=a" ["/o=C/cn=old"] false
  recipients.csv:2
mailbox "B" b@c.example [b@c.example b2@c.example]
  "/o=C/ou=S/cn=Recipients/cn=b" [] false
  recipients.csv:3
`
	if diff := cmp.Diff(want, shown(d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOddRowsAreReportedAndTheOthersCount(t *testing.T) {
	const header = "Name,RecipientType,PrimarySmtpAddress,EmailAddresses,LegacyExchangeDN\n"
	const good = "Good,UserMailbox,good@c.example,,/o=C/ou=S/cn=good\n"
	for name, c := range map[string]struct {
		rows string
		want []string // the problems, in parts
		left int      // recipients besides the good one
	}{
		"short":                {"A,UserMailbox\n", []string{"recipients.csv:2: the row has 2 columns, and the first line has 5"}, 0},
		"long":                 {"A,B,UserMailbox,a@c.example,,/o=C/cn=a\n", []string{"recipients.csv:2: the row has 6 columns"}, 0},
		"quotation mark":       {"A \"x\" b,UserMailbox,a@c.example,,\n", []string{"recipients.csv:2: there is a quotation mark"}, 0},
		"open quotation mark":  {"\"A,UserMailbox,a@c.example,,\n\"B\",UserMailbox,b@c.example,,\n", []string{"recipients.csv:2-3: there is a quotation mark"}, 0},
		"type":                 {"A,Benutzerpostfach,a@c.example,,/o=C/cn=a\n", []string{`recipients.csv:2: the recipient type "Benutzerpostfach" is not known`}, 1},
		"no address":           {"A,UserMailbox,,,/o=C/cn=a\n", []string{`recipients.csv:2: the mailbox "A" has no SMTP address`}, 0},
		"no address, a group":  {"A,MailUniversalSecurityGroup,,,/o=C/cn=a\n", nil, 0},
		"not an address":       {"A,UserMailbox,a at c,,/o=C/cn=a\n", []string{`"a at c" of "A" is not an SMTP address`, "no SMTP address"}, 0},
		"one that is none":     {"A,UserMailbox,a@c.example,smtp:a@@c SMTP:a@c.example,/o=C/cn=a\n", []string{`"a@@c" of "A" is not an SMTP address`}, 1},
		"DN":                   {"A,UserMailbox,a@c.example,,ADCDisabledMail\n", []string{`legacyExchangeDN "ADCDisabledMail" of "A"`}, 1},
		"unjoined":             {"A,UserMailbox,a@c.example,Microsoft.Exchange.Data.ProxyAddressCollection,/o=C/cn=a\n", []string{"recipients.csv:2: EmailAddresses holds the name of a type instead of addresses (rows of this kind: 1)"}, 1},
		"unjoined by a remote": {"A,UserMailbox,a@c.example,System.Collections.ArrayList,/o=C/cn=a\n", []string{"-join ' '"}, 1},
		"cut":                  {"A,UserMailbox,a@c.example,\"{SMTP:a@c.example, smtp:a2@c.exam...}\",/o=C/cn=a\n", []string{"ends in dots (rows of this kind: 1)"}, 1},
		"question marks":       {"M?ller,UserMailbox,a@c.example,,/o=C/cn=a\n", []string{"recipients.csv:2: the name holds a question mark"}, 1},
		"question marks meant": {"Wer? Müller,UserMailbox,a@c.example,,/o=C/cn=a\n", nil, 1},
		"twice":                {"A,UserMailbox,a@c.example,,/o=C/cn=a\nA,UserMailbox,A@c.example,,/o=C/cn=a\n", []string{"recipients.csv:3: the same as recipients.csv:2"}, 1},
		"an address twice": {"A,MailContact,a@c.example,,/o=C/cn=a\nB,MailContact,b@c.example,smtp:A@c.example,/o=C/cn=b\n",
			[]string{`the address a@c.example belongs to 2 recipients, so that it does not tell who is meant: the contact "A" (recipients.csv:2), the contact "B" (recipients.csv:3)`}, 2},
		"a DN twice": {"A,MailContact,a@c.example,,/o=C/cn=a\nB,MailContact,b@c.example,,/O=C/CN=A\n", []string{"the legacyExchangeDN /o=C/cn=a belongs to 2 recipients"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := opened(t, header+c.rows+good)
			if err != nil {
				t.Fatal(err)
			}
			if d.Len() != 1+c.left || len(slices.Collect(d.ByAddress("good@c.example"))) != 1 {
				t.Errorf("got %s", shown(d))
			}
			got := d.Problems()
			unread := slices.Contains([]string{"short", "long", "quotation mark", "open quotation mark", "type"}, name)
			if (d.Unread() > 0) != unread {
				t.Errorf("%d rows are unread", d.Unread())
			}
			if len(got) != len(c.want) {
				t.Fatalf("problems %q, want %q", got, c.want)
			}
			for i, want := range c.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("problem %q, want %q", got[i], want)
				}
			}
		})
	}
	t.Run("good ones", func(t *testing.T) {
		if d, err := opened(t, header+good); err != nil || len(d.Problems()) != 0 || d.WithoutDN() != "" {
			t.Errorf("%v, %q, %q", err, d.Problems(), d.WithoutDN())
		}
	})
}

func TestColumnsThatAreMissingAreReported(t *testing.T) {
	for rows, want := range map[string]string{
		"Name,RecipientType,PrimarySmtpAddress\nA,UserMailbox,a@c.example\n":                   "no column LegacyExchangeDN",
		"Name,RecipientType,PrimarySmtpAddress,LegacyExchangeDN\nA,UserMailbox,a@c.example,\n": "LegacyExchangeDN is empty in all rows",
	} {
		d, err := opened(t, rows)
		if err != nil || d.Len() != 1 || len(d.Problems()) != 0 || !strings.Contains(d.WithoutDN(), want) {
			t.Errorf("%q: %v, %v, %q", rows, err, d.Problems(), d.WithoutDN())
		}
	}
}

func TestManyProblemsAreCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString("Name,RecipientType,PrimarySmtpAddress,LegacyExchangeDN\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "A,Strange,a%d@c.example,/o=C/cn=%d\n", i, i)
		fmt.Fprintf(&b, "A,MailUser,a%d@c.example,/o=C/cn=b%d\n", i, i)
	}
	d, err := opened(t, b.String())
	if err != nil {
		t.Fatal(err)
	}
	p := d.Problems()
	if len(p) != 2*(maxProblems+1) || p[maxProblems] != "and 900 more of these" || p[len(p)-1] != "and 900 more of these" || len(slices.Collect(d.Doubles())) != 1000 {
		t.Errorf("%d lines: %q", len(p), p)
	}
}

func TestFilesThatAreNoListOfRecipients(t *testing.T) {
	row := "A,UserMailbox,a@c.example\n"
	for name, c := range map[string]struct {
		content string
		want    []string
	}{
		"empty":          {"", []string{"the file is empty", "Get-Recipient"}},
		"a mark only":    {"\uFEFF", []string{"no recipients"}},
		"UTF-16, empty":  {"\xFF\xFE", []string{"no recipients"}},
		"comments only":  {"#TYPE x\n#\n", []string{"no recipients"}},
		"workbook":       {"PK\x03\x04abc", []string{"workbook", "CSV UTF-8"}},
		"binary":         {"abc\x00\x01\x02def", []string{"not a text file"}},
		"another table":  {"a,b,c\n1,2,3\n", []string{`line 1 is "a,b,c"`, "Get-Recipient"}},
		"no header":      {row, []string{"names no column"}},
		"no address":     {"Name,RecipientType\n" + row, []string{"no column PrimarySmtpAddress"}},
		"no type":        {"Name,PrimarySmtpAddress\n" + row, []string{"no column RecipientType"}},
		"long line":      {strings.Repeat("x", maxHeader+1), []string{"line 1 has more than 65536 bytes"}},
		"empty for long": {strings.Repeat("\n", maxPreamble+1), []string{"none of the first 20 lines"}},
		"never closed": {"Name,RecipientType,PrimarySmtpAddress\nA,UserMailbox,a@c.example\n\"B,UserMailbox,b@c.example\n" + strings.Repeat("C,UserMailbox,c@c.example\n", 10),
			[]string{"recipients.csv:3: the quotation mark that opens in this row is not closed"}},
		"never closed, long": {"Name,RecipientType,PrimarySmtpAddress\nA,UserMailbox,a@c.example\n\"B,UserMailbox,b@c.example\n" + strings.Repeat("C,UserMailbox,c@c.example\n", maxRecord/20),
			[]string{"recipients.csv:3: a row of more than 1048576 bytes"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := opened(t, c.content)
			if d != nil {
				t.Errorf("got %s", shown(d))
			}
			wantError(t, err, append(c.want, "recipients.csv")...)
		})
	}
	_, err := Open(t.Context(), temporary(t), Options{CSV: &CSV{Path: filepath.Join(t.TempDir(), "missing.csv")}})
	wantError(t, err, "missing.csv")
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err := Open(t.Context(), temporary(t), Options{}); err == nil {
		t.Error("nothing is a directory")
	}
}

func TestInterruptionEndsTheReadingOfAFile(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := newBuilder(temporary(t))
	if err := readCSV(ctx, "x", strings.NewReader(exported), b); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
