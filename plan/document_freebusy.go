package plan

import (
	"bufio"
	"fmt"
)

// DocFreeBusy is a free_busy session of a document, for one of its subscribers.
type DocFreeBusy struct {
	Session    string      `json:"session"`
	Source     string      `json:"source"` // file:line of the configuration
	From       string      `json:"from"`   // availability, legacy-folder or ifb
	Publisher  string      `json:"publisher"`
	Subscriber string      `json:"subscriber"`
	Start      string      `json:"start"` // first day that is published
	End        string      `json:"end"`   // the day after the last one
	Changes    []DocChange `json:"changes,omitempty"`
	LeftAlone  []DocLeft   `json:"left_alone,omitempty"`
	Errors     []string    `json:"errors,omitempty"`
}

// AddFreeBusy adds sessions with the gates that they shut and their digest, which becomes part of the document's.
func (d *Document) AddFreeBusy(sessions []DocFreeBusy, refused []Refusal, digest Digest) {
	if len(sessions) == 0 {
		return
	}
	d.FreeBusy = sessions
	d.Refused = append(d.Refused, refused...)
	d.Digest = Sum(d.Digest.String(), digest.String())
	for i := range sessions {
		s := &sessions[i]
		for _, c := range s.Changes {
			d.Summary.add(c.Symbol, 1)
		}
		for _, l := range s.LeftAlone {
			d.Summary.LeftAlone += l.Count
			if l.Error {
				d.Summary.Errors += l.Count
			}
		}
		for _, why := range s.Errors {
			d.Errors = append(d.Errors, fmt.Sprintf("free_busy %q: %s -> %s: %s", s.Session, s.Publisher, s.Subscriber, why))
		}
		d.Summary.Errors += len(s.Errors)
	}
}

func (s *DocFreeBusy) text(b *bufio.Writer, color Colors) {
	fmt.Fprintf(b, "%sfree_busy %q: %s (%s) -> %s%s  (%s)\n", color.Bold, s.Session, Printable(s.Publisher), s.From, Printable(s.Subscriber), color.Reset, Printable(s.Source))
	switch {
	case len(s.Errors) > 0:
	case len(s.Changes) == 0 && len(s.LeftAlone) == 0:
		b.WriteString("  no changes\n")
	default:
		fmt.Fprintf(b, "  %s to %s\n", s.Start, s.End)
	}
	for i := range s.Changes {
		s.Changes[i].text(b, color)
	}
	for i := range s.LeftAlone {
		s.LeftAlone[i].text(b, color, "user")
	}
	b.WriteByte('\n')
}
