// Package soap is how Exchange Web Services talk: elements of requests and answers, SOAP 1.1 envelopes, response codes
// and server versions. It knows nothing about connections or about what the elements mean.
package soap

import "strings"

// The namespaces of EWS.
const (
	Types    = "http://schemas.microsoft.com/exchange/services/2006/types"
	Messages = "http://schemas.microsoft.com/exchange/services/2006/messages"
)

// Element is one element of a request or an answer. Answers are read by name, never by order, since servers
// differ in the order in which they write.
type Element struct {
	Space, Name string // namespace and local name
	Attrs       []Attr
	Text        string     // what stands between the tags, "" if there are children
	Data        []byte     // instead of Text: what is base64 on the wire
	Children    []*Element // never nil themselves
}

// Attr is an attribute; EWS has none in a namespace.
type Attr struct{ Name, Value string }

// T makes an element of the types namespace. What follows the name is an Attr, a string or []byte for what stands between the
// tags, a child, or several. nil children are left out.
func T(name string, content ...any) *Element { return build(Types, name, content) }

// M makes an element of the messages namespace, like T.
func M(name string, content ...any) *Element { return build(Messages, name, content) }

func build(space, name string, content []any) *Element {
	e := &Element{Space: space, Name: name}
	for _, c := range content {
		switch c := c.(type) {
		case nil:
		case Attr:
			e.Attrs = append(e.Attrs, c)
		case string:
			e.Text = c
		case []byte:
			e.Data = c
		case *Element:
			e.Add(c)
		case []*Element:
			e.Add(c...)
		default:
			panic("soap: an element does not hold such a thing")
		}
	}
	return e
}

// Add appends children and leaves nil ones out.
func (e *Element) Add(children ...*Element) {
	for _, c := range children {
		if c != nil {
			e.Children = append(e.Children, c)
		}
	}
}

// Is reports whether the element has that name in a namespace of EWS.
func (e *Element) Is(name string) bool {
	return e != nil && e.Name == name && (e.Space == Types || e.Space == Messages)
}

// Child is the element that a path of names leads to, the first of each name, or nil. A nil Element has no children.
func (e *Element) Child(path ...string) *Element {
	for _, name := range path {
		if e == nil {
			return nil
		}
		var found *Element
		for _, c := range e.Children {
			if c.Is(name) {
				found = c
				break
			}
		}
		e = found
	}
	return e
}

// All are the children of that name.
func (e *Element) All(name string) []*Element {
	if e == nil {
		return nil
	}
	n := 0
	for _, c := range e.Children {
		if c.Is(name) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	all := make([]*Element, 0, n)
	for _, c := range e.Children {
		if c.Is(name) {
			all = append(all, c)
		}
	}
	return all
}

// Value is the text of the element that the path leads to, without space around it; "" if there is none.
func (e *Element) Value(path ...string) string {
	if c := e.Child(path...); c != nil {
		return strings.TrimSpace(c.Text)
	}
	return ""
}

// Attr is the value of an attribute, "" if there is none.
func (e *Element) Attr(name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.Attrs {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}
