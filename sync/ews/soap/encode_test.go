package soap_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"iorepl/sync/ews/soap"
)

func encode(t *testing.T, r soap.Request) string {
	t.Helper()
	var b strings.Builder
	if err := soap.Encode(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRequestHasTheEnvelopeThatServersExpect(t *testing.T) {
	got := encode(t, soap.Request{
		Version:     soap.Exchange2010SP1,
		Impersonate: "a@contoso.example",
		Header:      []*soap.Element{soap.T("TimeZoneContext", soap.T("TimeZoneDefinition", soap.Attr{Name: "Id", Value: "UTC"}))},
		Body: soap.M("GetFolder", soap.M("FolderShape", soap.T("BaseShape", "IdOnly")),
			soap.M("FolderIds", soap.T("DistinguishedFolderId", soap.Attr{Name: "Id", Value: "publicfoldersroot"}))),
	})
	want := `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"` +
		` xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">` +
		`<soap:Header><t:RequestServerVersion Version="Exchange2010_SP1"/><t:ExchangeImpersonation><t:ConnectingSID>` +
		`<t:PrimarySmtpAddress>a@contoso.example</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>` +
		`<t:TimeZoneContext><t:TimeZoneDefinition Id="UTC"/></t:TimeZoneContext></soap:Header><soap:Body><m:GetFolder><m:FolderShape>` +
		`<t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="publicfoldersroot"/></m:FolderIds>` +
		`</m:GetFolder></soap:Body></soap:Envelope>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRequestIsValidAgainstTheSchemas(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed: the schema check is skipped")
	}
	for set, r := range map[string]soap.Request{
		"Exchange2007_SP1": {Impersonate: "S-1-5-21-1", Body: soap.M("GetFolder", soap.M("FolderShape", soap.T("BaseShape", "IdOnly")),
			soap.M("FolderIds", soap.T("DistinguishedFolderId", soap.Attr{Name: "Id", Value: "publicfoldersroot"})))},
		"Exchange2010_SP2": {Version: soap.Exchange2010SP2, Header: []*soap.Element{soap.T("TimeZoneContext",
			soap.T("TimeZoneDefinition", soap.Attr{Name: "Id", Value: "UTC"}))},
			Body: soap.M("CreateAttachment", soap.M("ParentItemId", soap.Attr{Name: "Id", Value: "QQ=="}), soap.M("Attachments",
				soap.T("FileAttachment", soap.T("Name", "a<b>&\"c\"\r\n"), soap.T("Content", bytes.Repeat([]byte("x"), 2000)))))},
	} {
		schema := filepath.Join("../../../../shared/ews-schemas", set, "soap-wrapper.xsd")
		if _, err := os.Stat(schema); err != nil {
			t.Skipf("the schemas are not there: the schema check is skipped (%v)", err)
		}
		cmd := exec.Command("xmllint", "--nonet", "--noout", "--schema", schema, "-")
		cmd.Stdin = r.Envelope().Message().Reader()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", set, err, out)
		}
	}
}

func TestMessageSaysItsExactSize(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 511, 512, 513, 514, 515, 100_000} {
		data := bytes.Repeat([]byte{0xA5, 1}, n)[:n]
		m := soap.Request{Body: soap.M("A", soap.T("Content", data), soap.T("Content", data), soap.T("B", "<ä\r>"))}.Envelope().Message()
		for name, r := range map[string]io.Reader{"whole": m.Reader(), "by bytes": iotest.OneByteReader(m.Reader()), "by halves": iotest.HalfReader(m.Reader())} {
			got, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if int64(len(got)) != m.Size() {
				t.Errorf("%d bytes of data read %s: %d bytes, but Size says %d", n, name, len(got), m.Size())
			}
			want := "<t:Content>" + base64.StdEncoding.EncodeToString(data) + "</t:Content>"
			if n > 0 && strings.Count(string(got), want) != 2 {
				t.Errorf("%d bytes of data read %s are not there twice as base64", n, name)
			}
			if err := iotest.TestReader(m.Reader(), got); n < 600 && err != nil {
				t.Error(err)
			}
		}
	}
}

func TestLargeDataIsNotCopied(t *testing.T) {
	data := make([]byte, 8<<20)
	r := soap.Request{Body: soap.M("A", soap.T("Content", data))}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := io.Copy(io.Discard, struct{ io.Reader }{r.Envelope().Message().Reader()}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("encoding %d bytes of data allocates %d bytes", len(data), got)
	}
}

func TestTextIsEscapedAndIllegalCharactersAreLeftOut(t *testing.T) {
	for text, want := range map[string]string{
		"a<b>&\"c'":              "a<b>&\"c'",
		"line\r\nline\rline\n\t": "line\r\nline\rline\n\t",
		"a\x00b\x01c\x0bd\x1fe":  "abcde",
		"a\uFFFEb\uFFFFc":        "abc",
		"bad \xff utf\xc3":       "bad  utf",
		"\U0001F600 ü \uFFFD":    "\U0001F600 ü \uFFFD",
		"\xed\xa0\x80 surrogate": " surrogate",
	} {
		s := encode(t, soap.Request{Body: soap.M("A", soap.Attr{Name: "Id", Value: text}, text)})
		var got struct {
			Body struct {
				A struct {
					ID   string `xml:"Id,attr"`
					Text string `xml:",chardata"`
				} `xml:"A"`
			} `xml:"Body"`
		}
		if err := xml.Unmarshal([]byte(s), &got); err != nil {
			t.Errorf("%q: %v in %s", text, err, s)
		} else if got.Body.A.ID != want || got.Body.A.Text != want {
			t.Errorf("%q: attribute %q, text %q, want %q", text, got.Body.A.ID, got.Body.A.Text, want)
		}
	}
}
