package plan

import (
	"cmp"
	"fmt"
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
	Session    string     `json:"session"`
	Source     string     `json:"source"` // file:line of the configuration
	Publisher  Place      `json:"publisher"`
	Subscriber Place      `json:"subscriber"`
	Direction  string     `json:"direction"`
	Changes    DocChanges `json:"changes,omitzero"`
	LeftAlone  []DocLeft  `json:"left_alone,omitempty"`
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
	Count int      `json:"count"` // 0: Why is a note
	Names []string `json:"names,omitempty"`
	Error bool     `json:"error,omitempty"`

	Folders bool `json:"folders,omitempty"` // Count is of folders and Names are their paths below Path
}

// Summary counts a document's lines by symbol.
type Summary struct {
	Create    int `json:"create"`
	Update    int `json:"update"`
	Delete    int `json:"delete"`
	LeftAlone int `json:"left_alone"`
	Errors    int `json:"errors"`
}

func (s *Summary) add(symbol string, n int) {
	switch symbol {
	case "+":
		s.Create += n
	case "~":
		s.Update += n
	default:
		s.Delete += n
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
	for i, pair := range p.Pairs {
		d.Pairs[i].Changes = DocChanges{pair: pair, changes: p.Changes.ofPair(i)}
	}
	p.Changes.count(&d.Summary)
	for _, l := range p.Left {
		pair := p.Pairs[l.Pair]
		d.Pairs[l.Pair].LeftAlone = append(d.Pairs[l.Pair].LeftAlone,
			DocLeft{Place: Place{pair.Org[l.Side], l.Path}, Why: l.Why, Count: l.Count, Names: l.Names, Error: l.Error, Folders: l.Folders})
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

// Problems are the errors that the summary counts, a printable line for each reason.
func (d *Document) Problems() []string {
	var lines []string
	add := func(where string, left []DocLeft, noun string) {
		for _, l := range left {
			if l.Error && l.Count > 0 {
				lines = append(lines, Printable(fmt.Sprintf("%s: %s left alone: %s", cmp.Or(where, l.Shown()), l.what(noun), l.Why)))
			}
		}
	}
	for i := range d.Pairs {
		add("", d.Pairs[i].LeftAlone, "item")
	}
	for i := range d.FreeBusy {
		s := &d.FreeBusy[i]
		add(fmt.Sprintf("free_busy %q: %s -> %s", s.Session, s.Publisher, s.Subscriber), s.LeftAlone, "user")
	}
	for _, e := range d.Errors {
		lines = append(lines, Printable(e))
	}
	return lines
}
