package ewstest

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"iorepl/sync/ews/soap"
)

const envelopeSpace = "http://schemas.xmlsoap.org/soap/envelope/"

// envelope is a request as it came.
type envelope struct {
	header []*soap.Element
	body   *soap.Element
}

// The depth and the number of elements that a request may have.
const (
	maxDepth    = 100
	maxElements = 2_000_000
)

// readEnvelope reads a SOAP 1.1 request. It is as strict as a server: one document, no DTD, nothing behind the envelope.
func readEnvelope(r io.Reader) (*envelope, error) {
	d := xml.NewDecoder(r)
	root, err := readTree(d)
	if err != nil {
		return nil, err
	}
	if root.Space != envelopeSpace || root.Name != "Envelope" {
		return nil, fmt.Errorf("the root element is %s and not a SOAP 1.1 Envelope", root.Name)
	}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if text, ok := t.(xml.CharData); ok && strings.TrimSpace(string(text)) == "" {
			continue
		}
		if _, ok := t.(xml.Comment); !ok {
			return nil, errors.New("something follows the Envelope")
		}
	}
	env := &envelope{}
	for _, c := range root.Children {
		switch {
		case c.Space == envelopeSpace && c.Name == "Header":
			env.header = c.Children
		case c.Space == envelopeSpace && c.Name == "Body" && len(c.Children) == 1:
			env.body = c.Children[0]
		default:
			return nil, fmt.Errorf("the Envelope holds %s, or a Body without exactly one element", c.Name)
		}
	}
	if env.body == nil {
		return nil, errors.New("the Envelope has no Body")
	}
	return env, nil
}

// isBase64 reports whether an element holds base64, of whatever type the item is.
func isBase64(e *soap.Element) bool {
	return e.Space == soap.Types && (e.Name == "Content" || e.Name == "MimeContent")
}

// readTree reads the next element with all in it.
func readTree(d *xml.Decoder) (*soap.Element, error) {
	var stack []*soap.Element
	var texts []*strings.Builder
	for n := 0; ; {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, errors.New("a DTD is not allowed")
		case xml.StartElement:
			if n++; n > maxElements || len(stack) > maxDepth {
				return nil, errors.New("the request is too deep or has too many elements")
			}
			e := &soap.Element{Space: t.Name.Space, Name: t.Name.Local}
			for _, a := range t.Attr {
				switch {
				case a.Name.Space == "xmlns", a.Name.Space == "" && a.Name.Local == "xmlns":
				case a.Name.Space == "":
					e.Attrs = append(e.Attrs, soap.Attr{Name: a.Name.Local, Value: a.Value})
				default:
					e.Attrs = append(e.Attrs, soap.Attr{Name: a.Name.Space + " " + a.Name.Local, Value: a.Value})
				}
			}
			if len(stack) > 0 {
				parent := stack[len(stack)-1]
				parent.Children = append(parent.Children, e)
			}
			stack = append(stack, e)
			texts = append(texts, new(strings.Builder))
		case xml.CharData:
			if len(stack) == 0 {
				continue
			}
			e, text := stack[len(stack)-1], texts[len(texts)-1]
			if isBase64(e) && text.Len() == 0 && e.Data == nil {
				// Content comes in one piece: it need not be held as text.
				if data, err := base64.StdEncoding.AppendDecode(nil, t); err == nil && len(data) > 0 {
					e.Data = data
					continue
				}
			}
			if e.Data != nil {
				text.WriteString(base64.StdEncoding.EncodeToString(e.Data))
				e.Data = nil
			}
			text.Write(t)
		case xml.EndElement:
			e := stack[len(stack)-1]
			if len(e.Children) == 0 {
				e.Text = texts[len(texts)-1].String()
			} else if strings.TrimSpace(texts[len(texts)-1].String()) != "" {
				return nil, fmt.Errorf("the element %s holds text beside elements", e.Name)
			}
			stack, texts = stack[:len(stack)-1], texts[:len(texts)-1]
			if len(stack) == 0 {
				return e, nil
			}
		}
	}
}
