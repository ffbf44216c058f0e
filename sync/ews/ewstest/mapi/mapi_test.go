package mapi_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

const (
	author = "Ann Author <ann@contoso.example>"
	editor = "Ed Editor <ed@contoso.example>"
)

var (
	now   = time.Date(2026, 11, 22, 10, 11, 12, 0, time.UTC)
	later = now.Add(time.Hour)

	exchanges = []mapi.Profile{mapi.Exchange2007SP1, mapi.Exchange2010SP2, mapi.Exchange2016}
	profiles  = append(exchanges[:3:3], mapi.Grommunio)
)

// elem reads one element; t: and m: are the prefixes of EWS.
func elem(t *testing.T, text string) *soap.Element {
	t.Helper()
	e, err := soap.DecodeEnvelope(strings.NewReader(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="`+soap.Types+
		`" xmlns:m="`+soap.Messages+`"><s:Body>`+text+`</s:Body></s:Envelope>`), soap.Limits{})
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return e.Body
}

// elems reads several.
func elems(t *testing.T, text string) []*soap.Element {
	t.Helper()
	return elem(t, "<m:Items>"+text+"</m:Items>").Children
}

func create(t *testing.T, p mapi.Profile, text string) *mapi.Item {
	t.Helper()
	it, err := mapi.New(p, elem(t, text), now, author)
	if err != nil {
		t.Fatalf("%v: %v\n%s", p, err, text)
	}
	return it
}

func update(t *testing.T, p mapi.Profile, it *mapi.Item, changes string) {
	t.Helper()
	if err := it.Update(p, elems(t, changes), later, editor); err != nil {
		t.Fatalf("%v: %v\n%s", p, err, changes)
	}
}

// shape makes an m:ItemShape; paths are FieldURIs or whole elements.
func shape(t *testing.T, base string, paths ...string) *soap.Element {
	t.Helper()
	text := "<m:ItemShape><t:BaseShape>" + base + "</t:BaseShape>"
	if strings.HasSuffix(base, "+mime") {
		text = "<m:ItemShape><t:BaseShape>" + strings.TrimSuffix(base, "+mime") + "</t:BaseShape><t:IncludeMimeContent>true</t:IncludeMimeContent>"
	}
	if len(paths) > 0 {
		text += "<t:AdditionalProperties>"
		for _, p := range paths {
			if !strings.HasPrefix(p, "<") {
				p = `<t:FieldURI FieldURI="` + p + `"/>`
			}
			text += p
		}
		text += "</t:AdditionalProperties>"
	}
	return elem(t, text+"</m:ItemShape>")
}

func read(t *testing.T, p mapi.Profile, it *mapi.Item, base string, paths ...string) *soap.Element {
	t.Helper()
	e, err := it.Element(p, itemID(), shape(t, base, paths...), false, attachmentID)
	if err != nil {
		t.Fatalf("%v: reading: %v", p, err)
	}
	return e
}

func list(t *testing.T, p mapi.Profile, it *mapi.Item, base string, paths ...string) *soap.Element {
	t.Helper()
	e, err := it.Element(p, itemID(), shape(t, base, paths...), true, attachmentID)
	if err != nil {
		t.Fatalf("%v: listing: %v", p, err)
	}
	return e
}

func itemID() *soap.Element {
	return soap.T("ItemId", soap.Attr{Name: "Id", Value: "AAMk"}, soap.Attr{Name: "ChangeKey", Value: "CQAA"})
}

func attachmentID(n int) *soap.Element {
	return soap.T("AttachmentId", soap.Attr{Name: "Id", Value: "att" + string(rune('0'+n))})
}

// code is the response code of a refusal.
func code(t *testing.T, err error) string {
	t.Helper()
	var r *mapi.Error
	if err == nil {
		return ""
	}
	if !errors.As(err, &r) {
		t.Fatalf("not a refusal: %v", err)
	}
	return r.Code
}

// show writes an element as XML.
func show(t *testing.T, e *soap.Element) string {
	t.Helper()
	b, err := io.ReadAll(soap.Envelope{Body: e}.Message().Reader())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// shared is a file that stands beside the project, not in it.
func shared(t *testing.T, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "..", "..", "shared"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not there", path)
	}
	return path
}

// valid checks items as they stand in an answer of GetItem against the newest schema.
func valid(t *testing.T, items ...*soap.Element) {
	t.Helper()
	schema := shared(t, "ews-schemas", "interop-mit", "soap-wrapper.xsd")
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not there")
	}
	messages := soap.M("ResponseMessages")
	for _, e := range items {
		messages.Add(soap.M("GetItemResponseMessage", soap.Attr{Name: "ResponseClass", Value: "Success"}, soap.M("ResponseCode", "NoError"), soap.M("Items", e)))
	}
	text := show(t, soap.M("GetItemResponse", messages))
	cmd := exec.Command("xmllint", "--nonet", "--noout", "--schema", schema, "-")
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("not valid: %s\n%s", out, text)
	}
}
