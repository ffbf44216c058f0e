package soap

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// DecodeEnvelope reads a SOAP 1.1 envelope into elements and stops behind its end tag, whatever follows. Names are read with
// their namespaces. Characters that XML 1.0 does not have, raw or as references, become U+FFFD; line ends become line feeds.
// The texts of MimeContent, MimeContentUTF8, Content and Data become the Data of their elements, never nil.
//
// The error is a *NotSOAP if the input is something else, a *LimitError if it is too large, wraps io.ErrUnexpectedEOF if it ends early.
func DecodeEnvelope(r io.Reader, limits Limits) (*Envelope, error) {
	limits = limits.withDefaults()
	d := &decoder{
		scanner: scanner{r: r, window: make([]byte, windowSize), limit: limits.Bytes},
		limits:  limits,
		names:   map[string]string{Types: Types, Messages: Messages, envelopeSpace: envelopeSpace},
		bound:   []binding{{prefix: "xml", space: "http://www.w3.org/XML/1998/namespace"}},
	}
	root, err := d.document()
	if err != nil {
		return nil, d.explain(err)
	}
	e := &Envelope{}
	for _, c := range root.Children {
		switch {
		case c.Space == envelopeSpace && c.Name == "Header":
			e.Header = c.Children
		case c.Space == envelopeSpace && c.Name == "Body" && e.Body == nil && len(c.Children) > 0:
			e.Body = c.Children[0]
		}
	}
	if e.Body == nil {
		return nil, errors.New("reading SOAP: an envelope without a body")
	}
	return e, nil
}

var errNotEnvelope = errors.New("not a SOAP envelope")

// explain turns an error at the beginning, where everything that is no SOAP fails, into one that shows what is there.
func (d *decoder) explain(err error) error {
	var syntax *syntaxError
	if errors.Is(err, errNotEnvelope) || d.root == nil && (errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF)) {
		for len(d.begin) < beginSize && d.more() == nil {
			d.pos = d.end
		}
		return notSOAP(d.begin, err)
	}
	return fmt.Errorf("reading SOAP: %w", err)
}

type decoder struct {
	scanner
	limits   Limits
	elements int
	names    map[string]string // so that each name is held once
	recent   [256]string       // of names, so that few of them need a look into the map
	bound    []binding
	root     *Element
	open     []opened
	scratch  []byte
	quads    quads
	children []*Element // of open elements, the innermost one's last
	attrs    []Attr     // of the start tag that is read

	// What is allocated together.
	slab      []Element
	slabKids  []*Element
	slabAttrs []Attr
}

// slabSize is small, since one element that is kept keeps the others of its slab.
const slabSize = 32

// portion moves what was collected to a slab.
func portion[T any](slab *[]T, all []T) []T {
	n := len(all)
	if n == 0 {
		return nil
	}
	if len(*slab) < n {
		*slab = make([]T, max(n, 2*slabSize))
	}
	out := (*slab)[:n:n]
	copy(out, all)
	*slab = (*slab)[n:]
	return out
}

func (d *decoder) element() *Element {
	if len(d.slab) == 0 {
		d.slab = make([]Element, slabSize)
	}
	e := &d.slab[0]
	d.slab = d.slab[1:]
	return e
}

// binding is a prefix with its namespace, in force while the element at its depth is open.
type binding struct {
	prefix, space string
	depth         int
}

// opened is an element whose end tag has not come.
type opened struct {
	e            *Element
	first        int    // where its children begin in decoder.children
	prefix, name string // as written
	data         bool
}

// document reads up to the end of the root element.
func (d *decoder) document() (*Element, error) {
	if err := d.need(3); err == nil && bytes.HasPrefix(d.window[d.pos:d.end], []byte("\xEF\xBB\xBF")) {
		d.pos += 3
	} else if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	for d.root == nil {
		if err := d.space(); err != nil {
			return nil, err
		}
		if err := d.markup(); err != nil {
			return nil, err
		}
	}
	for len(d.open) > 0 {
		if err := d.content(); err != nil {
			return nil, err
		}
		if err := d.markup(); err != nil {
			return nil, err
		}
	}
	return d.root, nil
}

// content reads text up to the next markup.
func (d *decoder) content() error {
	if d.open[len(d.open)-1].data {
		return d.base64(&d.quads)
	}
	var err error
	d.scratch, err = d.text(d.scratch, '<', '<', false)
	return err
}

// markup reads what begins with "<".
func (d *decoder) markup() error {
	if err := d.expect("<"); err != nil {
		return err
	}
	c, err := d.peek()
	if err != nil {
		return err
	}
	switch c {
	case '/':
		d.pos++
		return d.endTag()
	case '?':
		d.pos++
		return d.instruction()
	case '!':
		d.pos++
		return d.declaration()
	}
	return d.startTag()
}

// instruction reads a processing instruction, among them the XML declaration.
func (d *decoder) instruction() error {
	_, name, err := d.name()
	if err != nil {
		return err
	}
	if string(name) != "xml" {
		return d.until("?>")
	}
	text, err := d.text(nil, '?', '?', true)
	if err != nil {
		return err
	}
	lower := strings.ToLower(string(text))
	if _, encoding, found := strings.Cut(lower, "encoding"); found {
		encoding = strings.Trim(encoding, "= \t\r\n\"'")
		if name, _, _ := strings.Cut(strings.ReplaceAll(encoding, "'", `"`), `"`); name != "utf-8" && name != "utf8" && name != "us-ascii" {
			return d.errorf("encoding %q instead of utf-8", name)
		}
	}
	return d.expect("?>")
}

// declaration reads what begins with "<!": a comment or CDATA. Document types are refused, and with them entities of any kind.
func (d *decoder) declaration() error {
	c, err := d.peek()
	if err != nil {
		return err
	}
	switch {
	case c == '-':
		if err := d.expect("--"); err != nil {
			return err
		}
		return d.until("-->")
	case c == '[' && len(d.open) > 0:
		if err := d.expect("[CDATA["); err != nil {
			return err
		}
		return d.cdata()
	}
	return d.errorf("a document type declaration, which SOAP forbids")
}

func (d *decoder) cdata() error {
	var text []byte
	into := &d.scratch
	data := d.open[len(d.open)-1].data
	if data {
		into = &text
	}
	for {
		var err error
		if *into, err = d.text(*into, ']', ']', true); err != nil {
			return err
		}
		if err := d.need(3); err != nil {
			return err
		}
		if string(d.window[d.pos:d.pos+3]) == "]]>" {
			break
		}
		*into = append(*into, ']')
		d.pos++
	}
	d.pos += 3
	if data && !d.quads.add(text) {
		return d.errorf("bad base64")
	}
	return nil
}

// short is a value as a string, held once if it may be one of the few that occur again and again.
func (d *decoder) short(b []byte) string {
	if len(b) > maxShort {
		return string(b)
	}
	return d.intern(b)
}

const maxShort = 24

// maxInterned bounds how many names are remembered, since hostile input can invent new ones for ever.
const maxInterned = 4096

func (d *decoder) intern(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	recent := &d.recent[(5*len(b)+7*int(b[0])+31*int(b[len(b)-1])+61*int(b[len(b)/2]))%len(d.recent)]
	if *recent == string(b) {
		return *recent
	}
	s, ok := d.names[string(b)]
	if !ok {
		s = string(b)
		if len(d.names) >= maxInterned {
			return s
		}
		d.names[s] = s
	}
	*recent = s
	return s
}
