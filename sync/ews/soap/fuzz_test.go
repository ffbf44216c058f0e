package soap_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"iorepl/sync/ews/soap"
)

// FuzzDecode holds for any input: it is decoded or refused without a panic; what is decoded survives being written and read again; and
// where the standard library's decoder takes the whole input, it sees the same elements.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		`<R/>`, `<m:R` + namespaces + `><t:Content>QQ==</t:Content><t:X a="&lt;">&#x1; ü<![CDATA[x]]></t:X></m:R>`,
		`<s:Fault><faultcode>a:ErrorServerBusy</faultcode><detail><t:MessageXml` + namespaces + `><t:Value Name="BackOffMilliseconds">1</t:Value></t:MessageXml></detail></s:Fault>`,
		`<R xmlns="a"><b xmlns=""/><!-- c --><?d e?></R>`, "<R>\r\n\x00\xff&#xFFFE;</R>",
	} {
		f.Add([]byte(wrap(body)))
	}
	f.Add([]byte("<!DOCTYPE html><html><title>x"))
	f.Fuzz(func(t *testing.T, input []byte) {
		limits := soap.Limits{Bytes: 1 << 20, Elements: 1000, Depth: 20}
		a, err := soap.Decode(bytes.NewReader(input), limits)
		slow, slowErr := soap.Decode(iotest.OneByteReader(bytes.NewReader(input)), limits)
		if (err == nil) != (slowErr == nil) || !cmp.Equal(a, slow) {
			t.Fatalf("byte by byte it is %v, %v, at once %v, %v", slow, slowErr, a, err)
		}
		if a == nil {
			return
		}
		for _, m := range a.Messages() {
			_ = soap.ErrorOf(m)
		}
		if reference := reference(input); reference != nil && !sameNames(a.Body, reference) {
			t.Errorf("encoding/xml sees other elements: %s\nhere: %s", names(reference), names(a.Body))
		}
		again, err := soap.DecodeEnvelope(soap.Envelope{Body: a.Body}.Message().Reader(), soap.Limits{})
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if diff := cmp.Diff(a.Body, again.Body); diff != "" {
			t.Errorf("after writing and reading (-before +after):\n%s", diff)
		}
	})
}

// reference is the first element of the body as the standard library sees it, nil if it does not take the input.
func reference(input []byte) *soap.Element {
	d := xml.NewDecoder(bytes.NewReader(input))
	var stack []*soap.Element
	var root *soap.Element
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &soap.Element{Space: token.Name.Space, Name: token.Name.Local}
			if len(stack) > 0 {
				stack[len(stack)-1].Add(e)
			} else if root == nil {
				root = e
			}
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].Text += string(token)
			}
		}
	}
	for _, c := range root.Children {
		if c.Name == "Body" && c.Space == root.Space && len(c.Children) > 0 {
			return c.Children[0]
		}
	}
	return nil
}

func sameNames(a, b *soap.Element) bool {
	if a.Name != b.Name || a.Space != b.Space || len(a.Children) != len(b.Children) {
		return false
	}
	// U+FFFD stands for what the standard library refuses or leaves as it is.
	if len(a.Children) == 0 && a.Data == nil && a.Text != b.Text && !strings.ContainsRune(a.Text, '\uFFFD') {
		return false
	}
	for i := range a.Children {
		if !sameNames(a.Children[i], b.Children[i]) {
			return false
		}
	}
	return true
}

func names(e *soap.Element) string {
	s := "<" + e.Space + " " + e.Name + " " + e.Text + ">"
	for _, c := range e.Children {
		s += names(c)
	}
	return s + "</>"
}
