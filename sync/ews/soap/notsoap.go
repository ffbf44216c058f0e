package soap

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// NotSOAP says that an answer is something else than SOAP, such as a page for people.
type NotSOAP struct {
	Title string // of the page, if it is one
	Begin string // the beginning of its text, without tags
	Err   error  // where reading stopped
}

func (e *NotSOAP) Error() string {
	const check = "check that the URL is the one of EWS (https://HOST/EWS/Exchange.asmx) and that no proxy or login page answers instead"
	switch {
	case e.Title != "":
		return fmt.Sprintf("the answer is a web page with the title %q instead of SOAP: %s", e.Title, check)
	case e.Begin != "":
		return fmt.Sprintf("the answer is not SOAP (%v) and begins with %q: %s", e.Err, e.Begin, check)
	case e.Err == io.ErrUnexpectedEOF:
		return "the answer is empty instead of SOAP: " + check
	}
	return fmt.Sprintf("the answer is not SOAP (%v): %s", e.Err, check)
}

func (e *NotSOAP) Unwrap() error { return e.Err }

func notSOAP(begin []byte, err error) *NotSOAP {
	title, text := Excerpt(begin)
	return &NotSOAP{Title: title, Begin: text, Err: err}
}

// Excerpt gives the title and the first words of a page, in one line each and without tags, fit for an error message.
func Excerpt(page []byte) (title, text string) {
	s := strings.ToValidUTF8(string(page), "")
	// Only ASCII letters are compared, since folding others can change how long they are.
	lower := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
	if i := strings.Index(lower, "<title"); i >= 0 {
		if j := strings.IndexByte(s[i:], '>'); j >= 0 {
			title, _, _ = strings.Cut(s[i+j+1:], "<")
		}
	}
	for _, name := range []string{"style", "script", "head"} {
		start, end := strings.Index(lower, "<"+name), strings.Index(lower, "</"+name+">")
		if start >= 0 && end > start {
			s, lower = s[:start]+s[end:], lower[:start]+lower[end:]
		}
	}
	var b strings.Builder
	tag := false
	for _, r := range s {
		switch {
		case r == '<':
			tag = true
		case r == '>' && tag:
			tag = false
			b.WriteByte(' ')
		case !tag:
			b.WriteRune(r)
		}
	}
	return line(title, 100), line(b.String(), 200)
}

// line puts text into one line of printable characters that is not longer than n bytes or so.
func line(s string, n int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if len(s) > n {
		s = strings.ToValidUTF8(s[:n], "") + "..."
	}
	return s
}
