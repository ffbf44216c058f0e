package soap_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"iorepl/sync/ews/soap"
)

// wrap puts a body into the envelope of an Exchange 2010.
func wrap(body string) string {
	return `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>` +
		`<h:ServerVersionInfo MajorVersion="14" MinorVersion="2" MajorBuildNumber="328" MinorBuildNumber="9" Version="Exchange2010_SP2" ` +
		`xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

const namespaces = ` xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"`

func decode(t *testing.T, text string) *soap.Answer {
	t.Helper()
	a, err := soap.Decode(strings.NewReader(text), soap.Limits{})
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return a
}

func TestAnswersAreReadByNamespaceAndName(t *testing.T) {
	want := soap.M("R", soap.Attr{Name: "A", Value: "<\"'>"}, soap.T("X", " a & b ü\nc "), soap.T("Y", soap.T("Z")),
		&soap.Element{Space: "urn:o", Name: "O", Text: "o"}, &soap.Element{Name: "None"})
	for name, body := range map[string]string{
		"prefixes": `<m:R` + namespaces + ` A="&lt;&quot;'>"><t:X> a &amp; b ü` + "\r\n" + `c </t:X><t:Y><t:Z/></t:Y><o:O xmlns:o="urn:o">o</o:O><None/></m:R>`,
		"other prefixes and defaults": `<R xmlns="http://schemas.microsoft.com/exchange/services/2006/messages" A='&#60;"&apos;&#x3E;'>
			<X xmlns="http://schemas.microsoft.com/exchange/services/2006/types"> a &#38; b &#xFC;&#10;c </X>
			<m:Y xmlns:m="http://schemas.microsoft.com/exchange/services/2006/types" ><m:Z ></m:Z ></m:Y><!-- <a> -->
			<O xmlns="urn:o">o</O><None xmlns=""></None></R>`,
		"CDATA, comments and instructions": `<?pi <a> ?><m:R` + namespaces + ` A = "&lt;&#34;'&gt;"><t:X><![CDATA[ a & b ]]><![CDATA[ü]]>` + "\r" + `<!-- - -->c </t:X><t:Y><t:Z/>] text between</t:Y><o:O xmlns:o="urn:o">o</o:O><None/></m:R>`,
	} {
		a := decode(t, wrap(body))
		if diff := cmp.Diff(want, a.Body); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if a.Server.String() != "Exchange 2010 (14.2.328)" || a.Server.Version != soap.Exchange2010SP2 || !a.HasServer {
			t.Errorf("server is %+v", a.Server)
		}
		slow, err := soap.Decode(iotest.OneByteReader(strings.NewReader(wrap(body))), soap.Limits{})
		if err != nil || !cmp.Equal(want, slow.Body) {
			t.Errorf("%s: read byte by byte: %v", name, err)
		}
	}
}

func TestIllegalCharactersAreSurvived(t *testing.T) {
	for raw, want := range map[string]string{
		"a\x01b\x00c\x0b":                    "a\uFFFDb\uFFFDc\uFFFD",
		"&#x1;&#xB;&#0;&#xFFFE;&#xD800;":     "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD",
		"&#99999999999999999999;&#x110000;x": "\uFFFD\uFFFDx",
		"\xff\xc3 \xed\xa0\x80 \uFFFF":       "\uFFFD\uFFFD \uFFFD\uFFFD\uFFFD \uFFFD",
		"&#x9;&#10;&#xD;&#x1F600;\U0001F600": "\t\n\r\U0001F600\U0001F600",
		"\x7f\"'>":                           "\x7f\"'>",
	} {
		a := decode(t, wrap("<R"+namespaces+"><t:S>"+raw+`</t:S><t:A V="`+strings.NewReplacer(`"`, "&quot;").Replace(raw)+`"/></R>`))
		if got := a.Body.Child("S").Text; got != want {
			t.Errorf("text %q read as %q, want %q", raw, got, want)
		}
		if got := a.Body.Child("A").Attr("V"); got != want {
			t.Errorf("attribute %q read as %q, want %q", raw, got, want)
		}
	}
}

func TestTrailingBytesAreTolerated(t *testing.T) {
	a := decode(t, "\xEF\xBB\xBF \n"+wrap("<R/>")+"<html><body>\x00 & more")
	if a.Body.Name != "R" {
		t.Errorf("body is %q", a.Body.Name)
	}
}

func TestContentsBecomeData(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 4, 4095, 4096, 4097, 48 << 10, 64 << 10, 300_001, 1_200_003} {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(i * 7)
		}
		text := base64.StdEncoding.EncodeToString(data)
		broken := ""
		for rest := text; rest != ""; {
			k := min(76, len(rest))
			broken += rest[:k] + "\r\n"
			rest = rest[k:]
			if len(broken) > 10_000 {
				broken += rest
				break
			}
		}
		for name, text := range map[string]string{"one line": text, "lines": " " + broken, "CDATA": "<![CDATA[" + text + "]]>"} {
			a := decode(t, wrap(`<m:R`+namespaces+`><t:MimeContent CharacterSet="UTF-8">`+text+`</t:MimeContent><t:Content>QQ==</t:Content><t:Content/><m:Data>`+text+`</m:Data><t:Data>QQ==</t:Data></m:R>`))
			c := a.Body.Children
			if c[0].Data == nil || !bytes.Equal(c[0].Data, data) || c[0].Text != "" || !bytes.Equal(c[3].Data, data) {
				t.Errorf("%d bytes as %s: got %d and %d bytes", n, name, len(c[0].Data), len(c[3].Data))
			}
			if string(c[1].Data) != "A" || c[2].Data == nil || len(c[2].Data) != 0 || c[4].Text != "QQ==" {
				t.Errorf("%d bytes as %s: what follows is %+v", n, name, c[1:])
			}
		}
	}
	for _, bad := range []string{"QQ", "Q===", "QQ==QQ==", "Q-==", "QQ=A", "<x/>", "QQ==Q"} {
		text := wrap("<R" + namespaces + "><t:Content>" + bad + "</t:Content></R>")
		for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
			if _, err := soap.Decode(r, soap.Limits{}); err == nil {
				t.Errorf("%q passes as base64", bad)
			}
		}
	}
}

func TestLargeContentIsHeldOnce(t *testing.T) {
	const n = 24 << 20
	m := soap.Envelope{Body: soap.M("R", soap.T("Content", make([]byte, n)))}.Message()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	a, err := soap.Decode(m.Reader(), soap.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	// Chunks and the result, but never the text, which is a third longer.
	if got := after.TotalAlloc - before.TotalAlloc; got > 2*n+n/4 {
		t.Errorf("decoding %d bytes allocates %d", n, got)
	}
	if len(a.Body.Child("Content").Data) != n {
		t.Error("not all of it was decoded")
	}
}

func TestHostileInputIsRefused(t *testing.T) {
	bomb := `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>` + strings.TrimPrefix(wrap("<R>&lol2;</R>"), `<?xml version="1.0" encoding="utf-8"?>`)
	limits := soap.Limits{Bytes: 10_000, Elements: 100, Depth: 10}
	for text, want := range map[string]string{
		bomb:                     "document type",
		wrap("<R>&lol;</R>"):     "unknown entity",
		wrap("<R>& </R>"):        "begins no reference",
		wrap("<!DOCTYPE a><R/>"): "document type",
		wrap("<R></S>"):          "end tag",
		wrap("<p:R/>"):           "unknown prefix",
		wrap("<R a=b/>"):         "quoted value",
		wrap("<R a='1'b='2'/>"):  "space expected",
		wrap("<R a='<'/>"):       "tag inside a value",
		wrap("<R"):               "name expected",
		wrap("<1/>"):             "name expected",
		wrap("<a:b:c/>"):         "",
		wrap("<R>" + strings.Repeat("x", 10_000)):       "more than 10000 bytes",
		wrap("<R>" + strings.Repeat("<x/>", 101)):       "more than 100 elements",
		wrap("<R" + strings.Repeat(" x='1'", 101)):      "more than 100 elements",
		wrap(strings.Repeat("<x>", 11)):                 "more than 10 levels",
		wrap("<" + strings.Repeat("x", 1000)):           "too long",
		wrap("<R>&" + strings.Repeat("x", 1000) + ";"):  "reference is too long",
		wrap("<R>")[:250]:                               "unexpected EOF",
		wrap("<R/>")[:200]:                              "unexpected EOF",
		strings.Replace(wrap(""), "utf-8", "utf-16", 1): "utf-16",
		wrap(""):    "without a body",
		"":          "empty",
		" \r\n":     "empty",
		"Not found": `begins with "Not found"`,
		"<!DOCTYPE html>\n<HTML><Head><title>Outlook Web App</title></head><body><p>Sign in": `title "Outlook Web App"`,
		"<html lang=de><script>x</script><body><h1>Access <b>denied</b></h1>":                `begins with "Access denied"`,
		`<Autodiscover xmlns="a"><x>text</x></Autodiscover>`:                                 `begins with "text"`,
		`{"error": "x"}`: `begins with "{\"error\": \"x\"}"`,
	} {
		_, err := soap.Decode(strings.NewReader(text), limits)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.300s:\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestErrorsCanBeToldApart(t *testing.T) {
	var limit *soap.LimitError
	if _, err := soap.Decode(endless{new(bool)}, soap.Limits{Bytes: 1 << 20}); !errors.As(err, &limit) || limit.Limit != 1<<20 {
		t.Errorf("endless answer: %v", err)
	}
	var not *soap.NotSOAP
	if _, err := soap.Decode(strings.NewReader("<html>"), soap.Limits{}); !errors.As(err, &not) {
		t.Errorf("page: %v", err)
	}
	if _, err := soap.Decode(strings.NewReader(wrap("<R>")[:250]), soap.Limits{}); !errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &not) {
		t.Errorf("truncated: %v", err)
	}
	broken := errors.New("broken")
	if _, err := soap.Decode(io.MultiReader(strings.NewReader(wrap("<R>")[:250]), iotest.ErrReader(broken)), soap.Limits{}); !errors.Is(err, broken) {
		t.Errorf("connection error: %v", err)
	}
	if _, err := soap.Decode(iotest.ErrReader(broken), soap.Limits{}); !errors.Is(err, broken) {
		t.Errorf("connection error at once: %v", err)
	}
}

// endless is an envelope whose text never ends.
type endless struct{ begun *bool }

func (e endless) Read(p []byte) (int, error) {
	if !*e.begun {
		*e.begun = true
		return copy(p, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><R>`), nil
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
