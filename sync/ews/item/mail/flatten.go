package mail

import (
	"regexp"
	"slices"
	"strings"

	"iorepl/sync/ews/item/markup"
)

// Flatten gives the message the form that Exchange keeps of any message: a body, pictures that the body shows, files, attached
// messages, and of the header what people and programs look at. A server writes it as
//
//	mixed(related(alternative(text, html), pictures...), files...)
//
// leaving out what has but one part, so this is what comes back from one. The text beside HTML is made of the HTML, as
// every server does. S/MIME is kept as it is.
func (m *Message) Flatten() {
	m.flattenHeader()
	if m.SecureClass() != "" {
		return
	}
	var f flat
	f.walk(&m.entity, false, false, 0)
	m.entity = *f.entity(m.header)
}

// SecureClass is the item class of S/MIME (RFC 8551 section 3.10), which servers keep byte for byte, and "" for all other messages.
func (m *Message) SecureClass() string {
	switch m.kind.name {
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		return "IPM.Note.SMIME"
	case "multipart/signed":
		if strings.Contains(strings.ToLower(m.kind.params["protocol"]), "pkcs7-signature") {
			return "IPM.Note.SMIME.MultipartSigned"
		}
	}
	return ""
}

// flat is a message as Exchange sees it.
type flat struct {
	text, html *entity
	pictures   []*entity
	files      []*entity
}

// walk sorts a part: choice is one of several forms of the body, shown is what the body shows.
func (f *flat) walk(e *entity, choice, shown bool, depth int) {
	if e.raw != nil && depth < maxDepth { // signed or encrypted by other means than S/MIME: nothing special
		whole := &entity{kind: media{e.kind.name, map[string]string{"boundary": e.kind.params["boundary"]}}}
		if whole.readParts(e.raw, depth) == nil {
			e = whole
		}
	}
	body := e.disposition.name == "" && !shown && e.message == nil
	switch {
	case e.kind.name == "multipart/alternative":
		for _, p := range e.parts {
			f.walk(p, true, false, depth+1)
		}
	case e.kind.name == "multipart/related":
		for i, p := range e.parts {
			f.walk(p, choice, i > 0, depth+1)
		}
	case len(e.parts) > 0:
		for _, p := range e.parts {
			f.walk(p, choice, false, depth+1)
		}
	case body && e.kind.name == "text/plain" && f.text == nil && (f.html == nil || choice):
		f.text = e
	case body && e.kind.name == "text/html" && f.html == nil && (f.text == nil || choice):
		f.html = e
	default:
		f.add(e, shown)
	}
}

// inventedName is what servers call files that have no name.
var inventedName = regexp.MustCompile(`(?i)^ATT\d{5}(\.[\w-]*)?$`)

// add takes a file or an attached message, without what a server does not keep of it.
func (f *flat) add(e *entity, shown bool) {
	shown = shown || e.disposition.name == "inline" && e.id != ""
	a := &entity{kind: media{e.kind.name, nil}, body: e.body, raw: e.raw, message: e.message, id: e.id, location: e.location, disposition: media{"attachment", nil}}
	if shown {
		a.disposition.name = "inline"
	}
	if e.message != nil {
		a.message = &Message{entity: e.message.entity}
		a.message.Flatten()
		a.location = ""
	} else {
		if e.kind.name == "message/rfc822" || e.kind.is("multipart") {
			a.kind.name = "application/octet-stream" // what claims to be a message and is none
		}
		params := map[string]string{}
		name := e.disposition.params["filename"]
		if name != "" && !inventedName.MatchString(name) {
			params["name"] = name
			a.disposition.params = map[string]string{"filename": name}
		}
		if c := e.kind.params["charset"]; c != "" {
			params["charset"] = c
		}
		a.kind.params = params
	}
	if shown {
		f.pictures = append(f.pictures, a)
	} else {
		f.files = append(f.files, a)
	}
}

// entity puts it together as a server writes it.
func (f *flat) entity(header []Field) *entity {
	e := f.body()
	if len(f.pictures) > 0 {
		e = &entity{kind: media{"multipart/related", nil}, parts: append([]*entity{e}, f.pictures...)}
	}
	if len(f.files) > 0 {
		e = &entity{kind: media{"multipart/mixed", nil}, parts: append([]*entity{e}, f.files...)}
	}
	e.header = header
	return e
}

func (f *flat) body() *entity {
	switch {
	case f.html == nil && f.text == nil:
		return textEntity("text/plain", "")
	case f.html == nil:
		return f.text.bare()
	case !f.html.utf8:
		return f.html.bare()
	}
	html := markup.Canonical(string(f.html.body))
	return &entity{kind: media{"multipart/alternative", nil},
		parts: []*entity{textEntity("text/plain", markup.Text(html)), textEntity("text/html", html)}}
}

// bare is a text without anything but its charset.
func (e *entity) bare() *entity {
	b := &entity{kind: media{e.kind.name, nil}, body: e.body, utf8: e.utf8, plain: e.plain}
	if c := e.kind.params["charset"]; c != "" {
		b.kind.params = map[string]string{"charset": c}
	}
	return b
}

func textEntity(kind, text string) *entity {
	e := &entity{kind: media{kind, nil}, body: []byte(text)}
	e.readText()
	return e
}

// unkept are fields that are said in another way, or that a server makes of others.
var unkept = []string{"x-priority", "x-msmail-priority"}

// flattenHeader keeps of the header what a server keeps: addresses that are some, one importance, dates that are some.
func (m *Message) flattenHeader() {
	m.setImportance()
	m.setSensitivity()
	m.SetKeywords(m.Keywords())
	if strings.EqualFold(m.Text("Thread-Topic"), normalizedSubject(m.Text("Subject"))) {
		m.Set("Thread-Topic", "")
	}
	from := first(m.Get("From"))
	sender := first(m.Get("Sender"))
	if from == "" {
		from = sender
	}
	if sender == from {
		sender = ""
	}
	m.Set("From", from)
	m.Set("Sender", sender)
	if m.Has("Return-Receipt-To") {
		if sender == "" {
			sender = from
		}
		m.Set("Return-Receipt-To", sender)
	}
	m.header = slices.DeleteFunc(m.header, func(f Field) bool {
		key := strings.ToLower(f.Name)
		switch {
		case slices.Contains(unkept, key), slices.Contains(ranks, key) && clean(decodeText(f.Value)) == "":
			return true
		case key == "date":
			return parseDate(f.Value).IsZero()
		case key == "to", key == "cc", key == "bcc", key == "reply-to":
			return len(addresses(f.Value)) == 0
		}
		return false
	})
}

// first is the first address of a list.
func first(list string) string {
	if all := addresses(list); len(all) > 0 {
		return encodeAddress(all[0])
	}
	return ""
}

func (m *Message) setImportance() {
	word := strings.ToLower(m.Get("Importance"))
	if word == "" && m.Has("X-Priority") {
		word = map[byte]string{'1': "high", '2': "high", '4': "low", '5': "low"}[(m.Get("X-Priority") + " ")[0]]
	}
	if word != "high" && word != "low" {
		word = ""
	}
	m.Set("Importance", word)
}

func (m *Message) setSensitivity() {
	word := strings.ToLower(m.Get("Sensitivity"))
	if word != "personal" && word != "private" && word != "company-confidential" {
		word = ""
	}
	m.Set("Sensitivity", word)
}

// normalizedSubject is a subject without its prefix: up to three characters, none of them a digit, a colon and a space
// (MS-OXCMSG 2.2.1.10).
func normalizedSubject(subject string) string {
	i := strings.Index(subject, ": ")
	if i < 1 || len([]rune(subject[:i])) > 3 || strings.ContainsAny(subject[:i], "0123456789 :") {
		return subject
	}
	return subject[i+2:]
}
