package mapi

import (
	"html"
	"strings"

	"iorepl/sync/ews/soap"
)

// The values of PidTagNativeBody (MS-OXCMSG 2.2.1.56.2).
const (
	nativeText = 1
	nativeHTML = 3
)

// html is the HTML body as it is stored, and whether there is one.
func (it *Item) html() (string, bool) {
	b, ok := it.props.get(pHTML).([]byte)
	return string(b), ok
}

func (it *Item) hasBody() bool { return it.props.get(pHTML) != nil || it.props.get(pText) != nil }

// textBody is the body as plain text, made of the HTML if there is only that.
func (it *Item) textBody() string {
	if s, ok := it.props.get(pText).(string); ok {
		return s
	}
	if s, ok := it.html(); ok {
		return textOfHTML(s)
	}
	return ""
}

// htmlBody is the body as HTML, made of the text if there is only that.
func (it *Item) htmlBody() string {
	if s, ok := it.html(); ok {
		return s
	}
	return htmlOfText(it.text(pText))
}

// bodyProperty is one of the properties of the body: the store makes each of the other.
func (it *Item) bodyProperty(k key) any {
	if !it.hasBody() {
		return nil
	}
	switch k {
	case pText:
		return it.textBody()
	case pHTML:
		return []byte(it.htmlBody())
	}
	if _, ok := it.html(); ok {
		return int32(nativeHTML)
	}
	return int32(nativeText)
}

func readBody(r *reading) *soap.Element { return r.bodyAs("Body", r.bodyType) }

// bodyAs writes the body in the type that was asked for: HTML, Text, or the best that there is.
func (r *reading) bodyAs(element, want string) *soap.Element {
	if element == "Body" && r.p == Grommunio && r.bodyType == "" && !r.asked {
		return nil
	}
	if !r.it.hasBody() && element != "Body" {
		return nil
	}
	if want != "HTML" && want != "Text" {
		want = "Text"
		if _, ok := r.it.html(); ok {
			want = "HTML"
		}
	}
	e := soap.T(element, soap.Attr{Name: "BodyType", Value: want})
	if !r.it.hasBody() {
		return e
	}
	if want == "Text" {
		e.Text = r.it.textBody()
	} else {
		e.Text = r.it.htmlBody()
	}
	if r.p != Grommunio {
		e.Text = crlf(e.Text)
		if want == "HTML" {
			e.Text = withCharset(e.Text)
		}
	}
	return e
}

func writeBody(c *change, e *soap.Element) error {
	switch e.Attr("BodyType") {
	case "HTML":
		clearBody(c)
		c.it.props.set(pHTML, []byte(e.Text))
	case "Text":
		clearBody(c)
		c.it.props.set(pText, e.Text)
	default:
		return schemaError("the BodyType %q", e.Attr("BodyType"))
	}
	return nil
}

func clearBody(c *change) {
	c.it.props.delete(pHTML)
	c.it.props.delete(pText)
	c.it.props.delete(pRTF)
}

// appendBody puts what is added into the form that the body has.
func appendBody(c *change, e *soap.Element) error {
	added := e.Text
	if old, ok := c.it.html(); ok {
		if e.Attr("BodyType") != "HTML" {
			added = html.EscapeString(added)
		}
		at := strings.LastIndex(strings.ToLower(old), "</body>")
		if at < 0 {
			at = len(old)
		}
		c.it.props.delete(pText)
		c.it.props.set(pHTML, []byte(old[:at]+added+old[at:]))
		return nil
	}
	if e.Attr("BodyType") == "HTML" && c.it.hasBody() {
		added = textOfHTML(added)
	} else if e.Attr("BodyType") == "HTML" {
		return writeBody(c, e)
	}
	c.it.props.set(pText, c.it.text(pText)+added)
	return nil
}

func readPreview(r *reading) *soap.Element {
	s := strings.Join(strings.Fields(r.it.textBody()), " ")
	return soap.T("Preview", short(s, 255))
}

// crlf ends every line as mail does.
func crlf(s string) string {
	if !strings.Contains(s, "\n") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

const charsetMeta = "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">"

// withCharset does what Exchange does to every HTML body: it stands in a document whose head names the character set.
func withCharset(s string) string {
	lower := strings.ToLower(s)
	if strings.Contains(lower, "http-equiv=\"content-type\"") || strings.Contains(lower, "http-equiv=content-type") || len(lower) != len(s) {
		return s
	}
	if at := strings.Index(lower, "<head>"); at >= 0 {
		at += len("<head>")
		return s[:at] + "\r\n" + charsetMeta + s[at:]
	}
	if at := strings.Index(lower, "<html>"); at >= 0 {
		at += len("<html>")
		return s[:at] + "<head>\r\n" + charsetMeta + "</head>" + s[at:]
	}
	if strings.Contains(lower, "<html") {
		return s
	}
	return "<html><head>\r\n" + charsetMeta + "</head><body>" + s + "</body></html>"
}

func htmlOfText(s string) string {
	s = html.EscapeString(strings.ReplaceAll(s, "\r\n", "\n"))
	return "<html><head>\r\n" + charsetMeta + "\r\n</head>\r\n<body>\r\n<div>" + strings.ReplaceAll(s, "\n", "<br>\r\n") + "</div>\r\n</body>\r\n</html>\r\n"
}

// textOfHTML is what a reader sees of HTML, roughly.
func textOfHTML(s string) string {
	var b strings.Builder
	for s != "" {
		at := strings.IndexByte(s, '<')
		if at < 0 {
			writeText(&b, s)
			break
		}
		writeText(&b, s[:at])
		s = s[at:]
		if strings.HasPrefix(s, "<!--") {
			s = after(s, "-->")
			continue
		}
		end := strings.IndexByte(s, '>')
		if end < 0 {
			break
		}
		tag := strings.ToLower(strings.Trim(s[1:end], "/ \t\r\n"))
		if i := strings.IndexAny(tag, " \t\r\n"); i >= 0 {
			tag = tag[:i]
		}
		closing := strings.HasPrefix(s, "</")
		s = s[end+1:]
		switch tag {
		case "head", "style", "script", "title":
			if !closing {
				s = afterFold(s, "</"+tag+">")
			}
		case "br", "tr", "li", "hr":
			if !closing {
				b.WriteString("\r\n")
			}
		case "p", "div", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre":
			if closing {
				b.WriteString("\r\n")
			}
		}
	}
	return strings.TrimRight(b.String(), "\r\n\t ")
}

// writeText appends text between tags: white space is one space, and none at the start of a line.
func writeText(b *strings.Builder, s string) {
	for i, word := range strings.Fields(s) {
		space := i > 0 || strings.IndexAny(s, " \t\r\n") == 0
		if t := b.String(); space && t != "" && !strings.HasSuffix(t, "\n") && !strings.HasSuffix(t, " ") {
			b.WriteByte(' ')
		}
		b.WriteString(html.UnescapeString(word))
	}
	if n := len(s); n > 0 && strings.IndexByte(" \t\r\n", s[n-1]) >= 0 && b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") && !strings.HasSuffix(b.String(), " ") {
		b.WriteByte(' ')
	}
}

func after(s, mark string) string {
	_, rest, _ := strings.Cut(s, mark)
	return rest
}

func afterFold(s, mark string) string {
	for i := 0; i+len(mark) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(mark)], mark) {
			return s[i+len(mark):]
		}
	}
	return ""
}
