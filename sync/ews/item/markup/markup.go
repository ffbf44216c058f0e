// Package markup reads HTML bodies as far as a replica needs it: without what Exchange puts around every one of them, and as
// plain text for programs that show no HTML.
package markup

import (
	"html"
	"regexp"
	"strings"
)

var (
	charsetMeta = regexp.MustCompile(`(?i)\s*<meta\s[^>]*http-equiv\s*=\s*["']?content-type["']?[^>]*>`)
	emptyFrame  = regexp.MustCompile(`(?is)^\s*<html>\s*(?:<head>\s*</head>\s*)?<body>(.*)</body>\s*</html>\s*$`)
)

// Canonical is a body in the form that is compared: lines end in LF, and it names no charset, since Exchange puts that into
// each body and the frame of a document around those that have none.
func Canonical(body string) string {
	body = strings.TrimSpace(charsetMeta.ReplaceAllString(Lines(body), ""))
	for {
		m := emptyFrame.FindStringSubmatch(body)
		if m == nil {
			return body
		}
		body = strings.TrimSpace(m[1])
	}
}

// Lines makes every line end in LF.
func Lines(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// silent are elements whose content is not shown.
var silent = map[string]bool{"head": true, "script": true, "style": true, "title": true, "template": true, "noscript": true}

// breaks are elements that begin and end a line, with true those that have an empty line around them.
var breaks = map[string]bool{"p": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "blockquote": true, "ul": true,
	"ol": true, "table": true, "pre": true, "hr": true, "div": false, "tr": false, "li": false, "dt": false, "dd": false, "body": false,
	"section": false, "article": false, "header": false, "footer": false, "form": false, "address": false}

// writer puts words together as a reader sees them.
type writer struct {
	b       strings.Builder
	newline int  // line breaks that are due
	space   bool // a space is due
	pre     int
}

func (w *writer) line(n int) { w.newline, w.space = max(w.newline, n), false }

func (w *writer) put(s string) {
	if s == "" {
		return
	}
	if w.b.Len() > 0 {
		w.b.WriteString(strings.Repeat("\n", w.newline))
		if w.space && w.newline == 0 {
			w.b.WriteByte(' ')
		}
	}
	w.newline, w.space = 0, false
	w.b.WriteString(s)
}

func (w *writer) text(s string) {
	s = html.UnescapeString(s)
	if w.pre > 0 {
		w.put(s)
		return
	}
	for s != "" {
		i := strings.IndexAny(s, " \t\r\n")
		if i < 0 {
			w.put(s)
			return
		}
		w.put(s[:i])
		w.space = w.space || w.newline == 0
		s = s[i+1:]
	}
}

// Text is what a reader sees of HTML, as plain text whose lines end in LF.
func Text(body string) string {
	w := &writer{}
	hidden := "" // the silent element that is open
	for body != "" {
		text, rest, tagged := strings.Cut(body, "<")
		if hidden == "" {
			w.text(text)
		}
		if !tagged {
			break
		}
		if strings.HasPrefix(rest, "!--") {
			_, body, _ = strings.Cut(rest[3:], "-->")
			continue
		}
		if rest == "" || !isTag(rest[0]) { // a sign, not a tag
			if hidden == "" {
				w.put("<")
			}
			body = rest
			continue
		}
		tag, after := cutTag(rest)
		body = after
		name := strings.ToLower(strings.TrimPrefix(tag, "/"))
		if i := strings.IndexAny(name, " \t\r\n/"); i >= 0 {
			name = name[:i]
		}
		closing := strings.HasPrefix(tag, "/")
		switch {
		case hidden != "":
			if closing && name == hidden {
				hidden = ""
			}
		case silent[name] && !closing:
			hidden = name
		default:
			w.element(name, tag, closing)
		}
	}
	lines := strings.Split(strings.ReplaceAll(w.b.String(), "\u00a0", " "), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

func isTag(c byte) bool {
	return c == '/' || c == '!' || c == '?' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func (w *writer) element(name, tag string, closing bool) {
	wide, isBreak := breaks[name]
	switch {
	case name == "br" && w.b.Len() > 0:
		w.newline, w.space = w.newline+1, false
	case name == "td" || name == "th":
		w.space = true
	case isBreak && wide:
		w.line(2)
	case isBreak:
		w.line(1)
	}
	switch {
	case name == "pre" && closing:
		w.pre = max(w.pre-1, 0)
	case name == "pre":
		w.pre++
	case name == "li" && !closing:
		w.put("* ")
	case name == "hr":
		w.put(strings.Repeat("_", 32))
		w.line(2)
	case name == "img" && !closing:
		if alt := attribute(tag, "alt"); alt != "" {
			w.text("[" + alt + "]")
		}
	}
}

// cutTag divides what follows a "<" behind its ">", which is not one in quotes.
func cutTag(s string) (tag, rest string) {
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && i > 0 && s[i-1] == '=':
			quote = c
		case c == '>':
			return s[:i], s[i+1:]
		}
	}
	if tag, rest, ok := strings.Cut(s, ">"); ok { // a quote that is not closed
		return tag, rest
	}
	return s, ""
}

func attribute(tag, name string) string {
	i := strings.Index(strings.ToLower(tag), " "+name+"=")
	if i < 0 {
		return ""
	}
	v := tag[i+len(name)+2:]
	if v != "" && (v[0] == '"' || v[0] == '\'') {
		v, _, _ = strings.Cut(v[1:], v[:1])
		return v
	}
	v, _, _ = strings.Cut(v, " ")
	return v
}
