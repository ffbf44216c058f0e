package content

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Component is what stands between a BEGIN and its END.
type Component struct {
	Name       string // in upper case
	Lines      []Line
	Components []*Component
}

// Get is the first line of that name, or false.
func (c *Component) Get(name string) (Line, bool) {
	for _, l := range c.Lines {
		if l.Name == name {
			return l, true
		}
	}
	return Line{}, false
}

// Text is the text of the first line of that name.
func (c *Component) Text(name string) string {
	l, _ := c.Get(name)
	return l.Text()
}

// All are the lines of that name.
func (c *Component) All(name string) []Line {
	var all []Line
	for _, l := range c.Lines {
		if l.Name == name {
			all = append(all, l)
		}
	}
	return all
}

// Add appends lines.
func (c *Component) Add(lines ...Line) { c.Lines = append(c.Lines, lines...) }

// AddText appends a line with text unless it is empty.
func (c *Component) AddText(name, text string, params ...string) {
	if text != "" {
		c.Add(New(name, Escape(text), params...))
	}
}

// Encode writes components: lines of at most 75 bytes, ended by CRLF.
func Encode(components ...*Component) []byte {
	var b bytes.Buffer
	for _, c := range components {
		c.encode(&b)
	}
	return b.Bytes()
}

func (c *Component) encode(b *bytes.Buffer) {
	fold(b, "BEGIN:"+c.Name)
	for _, l := range c.Lines {
		fold(b, l.String())
	}
	for _, d := range c.Components {
		d.encode(b)
	}
	fold(b, "END:"+c.Name)
}

const maxLine = 75

// fold writes a line in pieces that do not divide a character.
func fold(b *bytes.Buffer, line string) {
	limit := maxLine
	for len(line) > limit {
		n := limit
		for n > 1 && !utf8.RuneStart(line[n]) {
			n--
		}
		b.WriteString(line[:n])
		b.WriteString("\r\n ")
		line, limit = line[n:], maxLine-1
	}
	b.WriteString(line)
	b.WriteString("\r\n")
}

// Extra writes lines and components as the text of a property: one line each, not folded.
func Extra(lines []Line, components []*Component) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.String())
	}
	for _, c := range components {
		all = append(all, "BEGIN:"+c.Name, Extra(c.Lines, c.Components), "END:"+c.Name)
	}
	return strings.Join(all, "\n")
}
