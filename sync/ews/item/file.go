package item

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"iorepl/sync"
	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/soap"
)

// file is an attachment of an item that is not carried as MIME: a file, or another item in its own format.
type file struct {
	name     string
	kind     string // content type, "" if it says nothing
	id       string // content id
	location string
	inline   bool
	photo    bool // of a contact
	class    string
	data     []byte
}

// formats are the content types of attached items.
var formats = map[sync.Format]string{sync.MIME: "message/rfc822", sync.ICalendar: "text/calendar", sync.VCard: "text/vcard"}

func readFiles(attachments []*soap.Element) []file {
	var files []file
	for _, a := range attachments {
		f := file{name: a.Value("Name"), kind: strings.ToLower(a.Value("ContentType")), id: a.Value("ContentId"), location: a.Value("ContentLocation"),
			inline: boolAt(a, "IsInline"), photo: boolAt(a, "IsContactPhoto")}
		if a.Is("ItemAttachment") {
			if !f.readItem(a) {
				continue
			}
		} else {
			f.data = bytesOf(a.Child("Content"))
		}
		if f.kind == "application/octet-stream" {
			f.kind = ""
		}
		files = append(files, f)
	}
	return files
}

// readItem takes the item of an attachment in its own format.
func (f *file) readItem(a *soap.Element) bool {
	for _, c := range a.Children {
		if c.Child("ItemClass") == nil && c.Child("MimeContent") == nil && c.Child("Subject") == nil {
			continue
		}
		p, err := Payload(Source{Item: c}, soap.Server{Version: soap.Exchange2016}, nil)
		if err != nil {
			return false
		}
		f.class, f.data, f.kind = p.Class, p.Data, formats[p.Format]
		if f.class == "" {
			f.class = "IPM.Note"
		}
		return true
	}
	return false
}

// element is the attachment for CreateAttachment.
func (f file) element(s soap.Server) (*soap.Element, []string) {
	name := "FileAttachment"
	var inner *soap.Element
	var notes []string
	if f.class != "" {
		p := sync.Payload{Class: f.class, Data: f.data}
		for format, kind := range formats {
			if kind == f.kind {
				p.Format = format
			}
		}
		w, err := Write(p, s)
		if err != nil {
			return nil, []string{fmt.Sprintf("the attached item %q: %v", f.name, err)}
		}
		for _, n := range w.Notes {
			notes = append(notes, fmt.Sprintf("the attached item %q: %s", f.name, n))
		}
		if len(w.Attachments) > 0 || len(w.Modified) > 0 || len(w.Deleted) > 0 {
			notes = append(notes, fmt.Sprintf("the attached item %q loses its own attachments and exceptions", f.name))
		}
		name, inner = "ItemAttachment", w.Create
	}
	e := soap.T(name)
	add := func(name, text string) {
		if text != "" {
			e.Add(soap.T(name, text))
		}
	}
	add("Name", f.name)
	if f.class == "" {
		add("ContentType", f.kind)
	}
	add("ContentId", f.id)
	add("ContentLocation", f.location)
	if s.Version >= soap.Exchange2010 {
		if f.inline {
			e.Add(soap.T("IsInline", "true"))
		}
		if f.photo {
			e.Add(soap.T("IsContactPhoto", "true"))
		}
	} else if f.inline {
		notes = append(notes, fmt.Sprintf("%q is shown as a file, not in the text", f.name))
	}
	if inner != nil {
		e.Add(inner)
	} else {
		e.Add(soap.T("Content", f.data))
	}
	return e, notes
}

// without are the files of a list but for those of another, each taken off once.
func without(files, others []file) []file {
	left := map[string]int{}
	for _, f := range others {
		left[f.line("ATTACH").String()]++
	}
	var rest []file
	for _, f := range files {
		if key := f.line("ATTACH").String(); left[key] > 0 {
			left[key]--
		} else {
			rest = append(rest, f)
		}
	}
	return rest
}

// attachments are the elements for CreateAttachment of files, and what a server does not take.
func attachments(files []file, s soap.Server) (elements []*soap.Element, notes []string) {
	if s.Grommunio {
		for _, f := range files {
			notes = append(notes, fmt.Sprintf("grommunio loses files on items that are no messages: %q", f.name))
		}
		return nil, notes
	}
	for _, f := range files {
		e, n := f.element(s)
		if e != nil {
			elements = append(elements, e)
		}
		notes = append(notes, n...)
	}
	return elements, notes
}

// line is the file in a line of iCalendar.
func (f file) line(name string) content.Line {
	inline := ""
	if f.inline {
		inline = "TRUE"
	}
	return content.New(name, base64.StdEncoding.EncodeToString(f.data), "FMTTYPE", f.kind, "ENCODING", "BASE64", "VALUE", "BINARY",
		"X-FILENAME", f.name, "X-CONTENT-ID", f.id, "X-CONTENT-LOCATION", f.location, "X-INLINE", inline, "X-ITEM-CLASS", f.class)
}

// fileOf reads a line that holds a file, not only says where one is.
func fileOf(l content.Line) (file, bool) {
	f := file{kind: strings.ToLower(l.Param("FMTTYPE")), id: l.Param("X-CONTENT-ID"), location: l.Param("X-CONTENT-LOCATION"),
		inline: l.Param("X-INLINE") == "TRUE", class: l.Param("X-ITEM-CLASS")}
	for _, p := range []string{"X-FILENAME", "FILENAME", "X-APPLE-FILENAME", "X-ORACLE-FILENAME"} {
		if f.name == "" {
			f.name = l.Param(p)
		}
	}
	if kind, data, ok := dataURI(l.Value); ok {
		f.kind, f.data = strings.ToLower(kind), data
		return f, true
	}
	if !l.Has("ENCODING", "BASE64") && !l.Has("ENCODING", "B") {
		return file{}, false
	}
	f.data = fromBase64(l.Value)
	return f, f.data != nil
}

// dataURI reads "data:image/png;base64,..." (RFC 2397).
func dataURI(uri string) (kind string, data []byte, ok bool) {
	rest, ok := strings.CutPrefix(uri, "data:")
	if !ok {
		return "", nil, false
	}
	kind, text, ok := strings.Cut(content.Unescape(rest), ",")
	if !ok {
		return "", nil, false
	}
	if k, is := strings.CutSuffix(kind, ";base64"); is {
		data = fromBase64(text)
		return k, data, data != nil
	}
	plain, err := url.PathUnescape(text)
	return kind, []byte(plain), err == nil
}
