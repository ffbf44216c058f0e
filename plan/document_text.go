package plan

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Colors are the escape sequences of the text; the zero value writes none.
type Colors struct{ Create, Update, Delete, Dim, Bold, Reset string }

func (c Colors) of(symbol string) string {
	return map[string]string{"+": c.Create, "~": c.Update, "-": c.Delete, "=": c.Dim, "!": c.Delete}[symbol]
}

// WriteText renders the document for people.
func (d *Document) WriteText(w io.Writer, color Colors) error {
	b := bufio.NewWriterSize(w, 64<<10)
	for i := range d.Pairs {
		d.Pairs[i].text(b, color)
	}
	for i := range d.FreeBusy {
		d.FreeBusy[i].text(b, color)
	}
	for _, e := range d.Errors {
		fmt.Fprintf(b, "%s! %s%s\n", color.Delete, Printable(e), color.Reset)
	}
	for _, r := range d.Refused {
		fmt.Fprintf(b, "%s! refused by gate %q of %s: %s%s\n", color.Delete, r.Gate, Printable(r.Session), Printable(r.Message), color.Reset)
	}
	if len(d.Errors)+len(d.Refused) > 0 {
		b.WriteByte('\n')
	}
	s := d.Summary
	fmt.Fprintf(b, "%sPlan: %d to create, %d to update, %d to delete, %d left alone", color.Bold, s.Create, s.Update, s.Delete, s.LeftAlone)
	if s.Errors > 0 {
		b.WriteString(", " + count(s.Errors, "error"))
	}
	fmt.Fprintf(b, ".%s Digest: %s\n", color.Reset, d.Digest)
	return b.Flush()
}

func (p *DocPair) text(b *bufio.Writer, color Colors) {
	arrow := "->"
	if p.Direction == "two-way" {
		arrow = "<->"
	}
	fmt.Fprintf(b, "%spublic_folders %q: %s %s %s%s  (%s)\n", color.Bold, p.Session, p.Publisher.Shown(), arrow, p.Subscriber.Shown(), color.Reset, Printable(p.Source))
	if p.Changes.Len()+len(p.LeftAlone) == 0 {
		b.WriteString("  no changes\n")
	}
	at := placeText{b: b}
	left := p.LeftAlone
	leave := func(upTo func(Place) bool) {
		for len(left) > 0 && upTo(left[0].Place) {
			at.enter(left[0].Place)
			left[0].text(b, color, "item")
			left = left[1:]
		}
	}
	for c := range p.Changes.All() {
		if !at.is(c.Place) {
			leave(at.is) // a folder's changes come before what is left alone in it
			leave(func(l Place) bool { return l.Path < c.Path || l.Path == c.Path && l.Organization < c.Organization })
			at.enter(c.Place)
		}
		c.text(b, color)
	}
	leave(func(Place) bool { return true })
	b.WriteByte('\n')
}

// placeText writes the lines of folders, one before all that is told of the folder.
type placeText struct {
	b       *bufio.Writer
	entered bool
	place   Place
}

func (p *placeText) is(place Place) bool { return p.entered && p.place == place }

func (p *placeText) enter(place Place) {
	if !p.is(place) {
		p.entered, p.place = true, place
		fmt.Fprintf(p.b, "  %s\n", place.Shown())
	}
}

func (c *DocChange) text(b *bufio.Writer, color Colors) {
	what := Printable(c.Item)
	if c.Item == "" {
		what = map[Action]string{SetPermissions: "permissions"}[c.Action]
		if what == "" {
			what = "folder"
		}
	}
	fmt.Fprintf(b, "    %s%s %s%s  %s: %s", color.of(c.Symbol), c.Symbol, what, color.Reset, c.Action, Printable(c.Why))
	if c.Detail != "" {
		fmt.Fprintf(b, "; %s", Printable(c.Detail))
	}
	b.WriteByte('\n')
	if c.Warning != "" {
		fmt.Fprintf(b, "      %s! %s%s\n", color.Delete, Printable(c.Warning), color.Reset)
	}
}

func (l *DocLeft) text(b *bufio.Writer, color Colors, noun string) {
	symbol := "="
	if l.Error {
		symbol = "!"
	}
	if l.Count == 0 {
		fmt.Fprintf(b, "    %s%s note: %s%s\n", color.of(symbol), symbol, Printable(l.Why), color.Reset)
		return
	}
	fmt.Fprintf(b, "    %s%s %s  left alone: %s%s\n", color.of(symbol), symbol, Printable(l.what(noun)), Printable(l.Why), color.Reset)
}

// what names what is left alone: folders, or items or users, for which the noun is given.
func (l *DocLeft) what(noun string) string {
	what := strings.Join(l.Names, ", ")
	switch {
	case l.Folders && l.Count > len(l.Names):
		return fmt.Sprintf("%s (%s, ...)", count(l.Count, "folder"), what)
	case l.Folders:
		return fmt.Sprintf("%s (%s)", count(l.Count, "folder"), what)
	case len(l.Names) == 0 && l.Count == 1:
		return "folder"
	case l.Count > len(l.Names):
		return fmt.Sprintf("%s (%s, ...)", count(l.Count, noun), what)
	}
	return what
}
