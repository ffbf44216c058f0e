package item

import (
	"strings"

	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/item/markup"
	"iorepl/sync/ews/soap"
)

// base is what every item has that is not carried as MIME.
type base struct {
	class       string
	subject     string
	text        string // body, if html is ""; lines end in LF
	html        string
	categories  []string
	importance  string // Low, High, or "" for Normal
	sensitivity string // Personal, Private, Confidential, or "" for Normal
	files       []file
	properties  map[string]string
	// What a file said that no server has a place for.
	more       []content.Line
	components []*content.Component
	notes      []string // what was wrong with the file
}

// read takes an item as a server gave it.
func (b *base) read(e *soap.Element, attachments []*soap.Element, k Kind, extra []Property) map[Property]string {
	all := readExtended(e)
	b.class = e.Value("ItemClass")
	if s := e.Child("Subject"); s != nil {
		b.subject = s.Text
	}
	if body := e.Child("Body"); body != nil {
		b.setBody(body.Text, body.Attr("BodyType") == "HTML")
	}
	b.categories = stringsAt(e, "Categories")
	b.importance = notNormal(e.Value("Importance"))
	b.sensitivity = notNormal(e.Value("Sensitivity"))
	b.properties = keep(all, k, extra)
	b.more, b.components = content.ParseExtra(all[moreLines])
	b.files = readFiles(attachments)
	return all
}

func notNormal(s string) string {
	if s == "Normal" {
		return ""
	}
	return s
}

func (b *base) setBody(body string, html bool) {
	b.text, b.html = "", ""
	if html {
		b.html = markup.Canonical(body)
	} else {
		b.text = strings.TrimRight(markup.Lines(body), "\n")
	}
}

// plain is the body as plain text.
func (b *base) plain() string {
	if b.html != "" {
		return markup.Text(b.html)
	}
	return b.text
}

// fields are those that all items have.
func (b *base) fields(s soap.Server) (f fields, notes []string) {
	f.text("item:ItemClass", "ItemClass", b.class)
	f.text("item:Subject", "Subject", b.subject)
	f.put("item:Sensitivity", soap.T("Sensitivity", orNormal(b.sensitivity)))
	f.put("item:Importance", soap.T("Importance", orNormal(b.importance)))
	if len(b.categories) > 0 {
		f.put("item:Categories", stringList("Categories", b.categories))
	}
	switch {
	case b.html != "":
		f.put("item:Body", soap.T("Body", soap.Attr{Name: "BodyType", Value: "HTML"}, wireLines(b.html)))
	case b.text != "":
		f.put("item:Body", soap.T("Body", soap.Attr{Name: "BodyType", Value: "Text"}, wireLines(b.text)))
	}
	notes = f.putProperties(b.properties, s)
	f.putProperty(moreLines, content.Extra(b.more, b.components))
	return f, append(b.notes, notes...)
}

func orNormal(s string) string {
	if s == "" {
		return "Normal"
	}
	return s
}

// wireLines are lines as MAPI has them.
func wireLines(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// classes are the values of CLASS (RFC 5545 section 3.8.1.3, MS-OXCICAL 2.1.3.1.1.20.4) and the sensitivity that they mean.
var classNames = map[string]string{"PUBLIC": "", "PRIVATE": "Private", "CONFIDENTIAL": "Confidential", "X-PERSONAL": "Personal"}

func className(sensitivity string) string {
	for c, s := range classNames {
		if s == sensitivity && s != "" {
			return c
		}
	}
	return ""
}

// put writes the common lines of an iCalendar component.
func (b *base) put(c *content.Component) {
	c.AddText("SUMMARY", b.subject)
	c.AddText("DESCRIPTION", b.plain())
	if b.html != "" {
		c.AddText("X-ALT-DESC", b.html, "FMTTYPE", "text/html")
	}
	if len(b.categories) > 0 {
		c.Add(content.New("CATEGORIES", content.Join(b.categories, ",")))
	}
	c.AddText("CLASS", className(b.sensitivity))
	switch b.importance {
	case "High":
		c.Add(content.New("PRIORITY", "1"))
	case "Low":
		c.Add(content.New("PRIORITY", "9"))
	}
}

// putRest writes what ends a component: files and what was not understood.
func (b *base) putRest(c *content.Component) {
	for _, f := range b.files {
		c.Add(f.line("ATTACH"))
	}
	c.Add(b.more...)
}

// passing are lines about the making of a file, not about what it says.
var passing = map[string]bool{"DTSTAMP": true, "CREATED": true, "LAST-MODIFIED": true, "SEQUENCE": true, "REV": true, "PRODID": true, "VERSION": true,
	"DCREATED": true, "X-MICROSOFT-CDO-ALLDAYEVENT": true, "X-MICROSOFT-CDO-APPT-SEQUENCE": true, "X-MICROSOFT-CDO-INSTTYPE": true,
	"X-MICROSOFT-CDO-INTENDEDSTATUS": true, "X-MICROSOFT-CDO-OWNERAPPTID": true, "X-MOZ-GENERATION": true, "X-MOZ-LASTACK": true}

// take reads one of the common lines of an iCalendar component. What is said twice is kept beside.
func (b *base) take(l content.Line, seen map[string]bool) {
	once := !seen[l.Name]
	seen[l.Name] = true
	switch {
	case l.Name == "SUMMARY" && once:
		b.subject = strings.ReplaceAll(l.Text(), "\n", " ")
	case l.Name == "DESCRIPTION" && once:
		if b.html == "" {
			b.setBody(l.Text(), false)
		}
	case l.Name == "X-ALT-DESC" && once && strings.EqualFold(l.Param("FMTTYPE"), "text/html"):
		b.setBody(l.Text(), true)
	case l.Name == "CATEGORIES":
		for _, c := range l.List() {
			if c = strings.TrimSpace(c); c != "" {
				b.categories = append(b.categories, c)
			}
		}
	case l.Name == "CLASS" && once:
		s, ok := classNames[strings.ToUpper(l.Value)]
		if !ok {
			s = "Private" // RFC 5545: an unknown class is treated as private
		}
		b.sensitivity = s
	case l.Name == "PRIORITY" && once:
		switch n := intOf(l.Value); {
		case n >= 1 && n <= 4:
			b.importance = "High"
		case n >= 6 && n <= 9:
			b.importance = "Low"
		}
	case l.Name == "ATTACH" || l.Name == "X-ATTACH":
		if f, ok := fileOf(l); ok {
			b.files = append(b.files, f)
		} else {
			b.more = append(b.more, l)
		}
	case passing[l.Name]:
	default:
		b.more = append(b.more, l)
	}
}
