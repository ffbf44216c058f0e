package plan

import (
	"fmt"
	"io"
	"strings"
)

// FormatVersion is the version of the Document's JSON form. Fields are added under the same major number, never changed.
const FormatVersion = "1.1"

// Document is a plan as people and programs read it: `--json` prints it, the text is rendered from it.
type Document struct {
	FormatVersion string        `json:"format_version"`
	Pairs         []DocPair     `json:"folder_pairs"`
	FreeBusy      []DocFreeBusy `json:"free_busy,omitempty"`
	Refused       []Refusal     `json:"refused,omitempty"`
	Errors        []string      `json:"errors,omitempty"`
	Summary       Summary       `json:"summary"`
	Digest        Digest        `json:"digest"`
	Strict        bool          `json:"strict,omitempty"`
}

// DocPair is one folder pair of a document.
type DocPair struct {
	Session    string      `json:"session"`
	Source     string      `json:"source"` // file:line of the configuration
	Publisher  Place       `json:"publisher"`
	Subscriber Place       `json:"subscriber"`
	Direction  string      `json:"direction"`
	Changes    []DocChange `json:"changes,omitempty"`
	LeftAlone  []DocLeft   `json:"left_alone,omitempty"`
}

// Place is a folder in an organization.
type Place struct {
	Organization string `json:"organization"`
	Path         string `json:"path"`
}

// DocChange is one change of a document.
type DocChange struct {
	Symbol string `json:"symbol"`
	Action Action `json:"action"`
	Place
	Item     string      `json:"item,omitempty"`
	Why      string      `json:"why"`
	Detail   string      `json:"detail,omitempty"`
	Warning  string      `json:"warning,omitempty"`
	Conflict bool        `json:"conflict,omitempty"`
	FreeBusy bool        `json:"free_busy,omitempty"` // Item is a user
	Old      Permissions `json:"old_permissions,omitempty"`
	New      Permissions `json:"new_permissions,omitempty"`
}

// DocLeft is what is left alone in a folder for one reason.
type DocLeft struct {
	Place
	Why   string   `json:"why"`
	Count int      `json:"count"`
	Names []string `json:"names,omitempty"`
	Error bool     `json:"error,omitempty"`
}

// Summary counts a document's lines by symbol.
type Summary struct {
	Create    int `json:"create"`
	Update    int `json:"update"`
	Delete    int `json:"delete"`
	LeftAlone int `json:"left_alone"`
	Errors    int `json:"errors"`
}

func (s *Summary) add(symbol string) {
	switch symbol {
	case "+":
		s.Create++
	case "~":
		s.Update++
	default:
		s.Delete++
	}
}

// Document renders the plan.
func (p *Plan) Document(strict bool) *Document {
	d := &Document{FormatVersion: FormatVersion, Pairs: []DocPair{}, Refused: p.Refused, Digest: p.Digest(strict), Strict: strict}
	for _, pair := range p.Pairs {
		dp := DocPair{Session: pair.Session, Source: pair.Source, Direction: "one-way",
			Publisher: Place{pair.Org[Publisher], pair.Root[Publisher]}, Subscriber: Place{pair.Org[Subscriber], pair.Root[Subscriber]}}
		if pair.Rules.TwoWay {
			dp.Direction = "two-way"
		}
		d.Pairs = append(d.Pairs, dp)
		if pair.Skip {
			continue
		}
		for _, why := range pair.Failed {
			d.Errors = append(d.Errors, pair.title()+": "+why)
		}
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		pair := p.Pairs[c.Pair]
		dc := DocChange{Symbol: c.Action.Symbol(), Action: c.Action, Place: Place{pair.Org[c.Side], c.Path}, Item: c.Name,
			Why: c.Why, Detail: c.Detail, Warning: c.Warning, Conflict: c.Clash, Old: c.Old, New: c.New}
		d.Pairs[c.Pair].Changes = append(d.Pairs[c.Pair].Changes, dc)
		d.Summary.add(dc.Symbol)
	}
	for _, l := range p.Left {
		pair := p.Pairs[l.Pair]
		d.Pairs[l.Pair].LeftAlone = append(d.Pairs[l.Pair].LeftAlone,
			DocLeft{Place: Place{pair.Org[l.Side], l.Path}, Why: l.Why, Count: l.Count, Names: l.Names, Error: l.Error})
		d.Summary.LeftAlone += l.Count
		if l.Error {
			d.Summary.Errors += l.Count
		}
	}
	d.Summary.Errors += len(d.Errors)
	shown := d.Pairs[:0]
	for i, pair := range p.Pairs {
		if !pair.Skip {
			shown = append(shown, d.Pairs[i])
		}
	}
	d.Pairs = shown
	return d
}

// Empty reports whether the document is about no session at all.
func (d *Document) Empty() bool { return len(d.Pairs)+len(d.FreeBusy) == 0 }

// Colors are the escape sequences of the text; the zero value writes none.
type Colors struct{ Create, Update, Delete, Dim, Bold, Reset string }

func (c Colors) of(symbol string) string {
	return map[string]string{"+": c.Create, "~": c.Update, "-": c.Delete, "=": c.Dim, "!": c.Delete}[symbol]
}

// WriteText renders the document for people.
func (d *Document) WriteText(w io.Writer, color Colors) error {
	var b strings.Builder
	for i := range d.Pairs {
		d.Pairs[i].text(&b, color)
	}
	for i := range d.FreeBusy {
		d.FreeBusy[i].text(&b, color)
	}
	for _, e := range d.Errors {
		fmt.Fprintf(&b, "%s! %s%s\n", color.Delete, clean(e), color.Reset)
	}
	for _, r := range d.Refused {
		fmt.Fprintf(&b, "%s! refused by gate %q of %s: %s%s\n", color.Delete, r.Gate, clean(r.Session), clean(r.Message), color.Reset)
	}
	if len(d.Errors)+len(d.Refused) > 0 {
		b.WriteByte('\n')
	}
	s := d.Summary
	fmt.Fprintf(&b, "%sPlan: %d to create, %d to update, %d to delete, %d left alone", color.Bold, s.Create, s.Update, s.Delete, s.LeftAlone)
	if s.Errors > 0 {
		b.WriteString(", " + count(s.Errors, "error"))
	}
	fmt.Fprintf(&b, ".%s Digest: %s\n", color.Reset, d.Digest)
	_, err := io.WriteString(w, b.String())
	return err
}

func (p *DocPair) text(b *strings.Builder, color Colors) {
	arrow := "->"
	if p.Direction == "two-way" {
		arrow = "<->"
	}
	fmt.Fprintf(b, "%spublic_folders %q: %s %s %s%s  (%s)\n", color.Bold, p.Session, p.Publisher.text(), arrow, p.Subscriber.text(), color.Reset, clean(p.Source))
	if len(p.Changes)+len(p.LeftAlone) == 0 {
		b.WriteString("  no changes\n")
	}
	changes, left := p.Changes, p.LeftAlone
	for place, first := (Place{}), true; len(changes)+len(left) > 0; first = false {
		next := firstPlace(changes, left)
		if first || next != place {
			place = next
			fmt.Fprintf(b, "  %s\n", place.text())
		}
		for len(changes) > 0 && changes[0].Place == place {
			changes[0].text(b, color)
			changes = changes[1:]
		}
		for len(left) > 0 && left[0].Place == place {
			left[0].text(b, color, "item")
			left = left[1:]
		}
	}
	b.WriteByte('\n')
}

func firstPlace(changes []DocChange, left []DocLeft) Place {
	switch {
	case len(left) == 0:
		return changes[0].Place
	case len(changes) == 0:
		return left[0].Place
	}
	c, l := changes[0].Place, left[0].Place
	if l.Path < c.Path || l.Path == c.Path && l.Organization < c.Organization {
		return l
	}
	return c
}

func (p Place) text() string { return clean(p.Organization + ":" + quotePath(p.Path)) }

func (c *DocChange) text(b *strings.Builder, color Colors) {
	what := clean(c.Item)
	if c.Item == "" {
		what = map[Action]string{SetPermissions: "permissions"}[c.Action]
		if what == "" {
			what = "folder"
		}
	}
	fmt.Fprintf(b, "    %s%s %s%s  %s: %s", color.of(c.Symbol), c.Symbol, what, color.Reset, c.Action, clean(c.Why))
	if c.Detail != "" {
		fmt.Fprintf(b, "; %s", clean(c.Detail))
	}
	b.WriteByte('\n')
	if c.Warning != "" {
		fmt.Fprintf(b, "      %s! %s%s\n", color.Delete, clean(c.Warning), color.Reset)
	}
}

func (l *DocLeft) text(b *strings.Builder, color Colors, noun string) {
	symbol := "="
	if l.Error {
		symbol = "!"
	}
	names := make([]string, len(l.Names))
	for i, n := range l.Names {
		names[i] = clean(n)
	}
	what := strings.Join(names, ", ")
	switch {
	case len(names) == 0 && l.Count == 1:
		what = "folder"
	case l.Count > len(names):
		what = fmt.Sprintf("%s (%s, ...)", count(l.Count, noun), what)
	}
	fmt.Fprintf(b, "    %s%s %s  left alone: %s%s\n", color.of(symbol), symbol, what, clean(l.Why), color.Reset)
}

// clean keeps names that people gave to items from steering the terminal or forging lines.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '\uFFFD'
		}
		return r
	}, s)
}
