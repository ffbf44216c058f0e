package mapi

import (
	"iorepl/sync/ews/soap"
)

// reading is an item while it is written into an answer.
type reading struct {
	it           *Item
	p            Profile
	listing      bool
	field        *field // the one that is being written
	asked        bool   // it was asked for by its FieldURI
	bodyType     string
	attachmentID func(n int) *soap.Element
}

// shape is what an m:ItemShape asks for.
type shape struct {
	base     string
	mime     bool
	bodyType string
	uris     map[string]bool
	extended []extended
	indexed  []*soap.Element
}

// Element writes the item for an m:ItemShape: id is the ItemId to put in, listing is set for FindItem. AttachmentID makes the
// AttachmentId of attachment n; it may be nil.
func (it *Item) Element(p Profile, id, m *soap.Element, listing bool, attachmentID func(n int) *soap.Element) (*soap.Element, error) {
	s, err := it.shape(p, m, listing)
	if err != nil {
		return nil, err
	}
	return it.write(p, id, s, listing, attachmentID)
}

// shape reads an m:ItemShape or m:AttachmentShape and refuses what the server does not know.
func (it *Item) shape(p Profile, m *soap.Element, listing bool) (*shape, error) {
	s := &shape{base: m.Value("BaseShape"), bodyType: m.Value("BodyType"), uris: map[string]bool{}}
	s.mime, _ = parseBool(m.Value("IncludeMimeContent"))
	o := objectOf(p, it.Class())
	for _, path := range children(m.Child("AdditionalProperties")) {
		if path.Name != "ExtendedFieldURI" {
			if err := CheckPath(p, path, false); err != nil {
				return nil, err
			}
		}
		switch path.Name {
		case "FieldURI":
			uri := path.Attr("FieldURI")
			// 2007 refuses what the item's kind has not, later ones leave it out.
			if p == Exchange2007SP1 && !listing && o.at(uri) == nil {
				return nil, unknownURI(p, o, uri)
			}
			s.uris[uri] = true
		case "IndexedFieldURI":
			s.indexed = append(s.indexed, path)
		case "ExtendedFieldURI":
			x, err := extendedPath(p, path)
			if err != nil {
				return nil, err
			}
			s.extended = append(s.extended, x)
		}
	}
	return s, nil
}

func children(e *soap.Element) []*soap.Element {
	if e == nil {
		return nil
	}
	return e.Children
}

// write is the item in a shape.
func (it *Item) write(p Profile, id *soap.Element, s *shape, listing bool, attachmentID func(int) *soap.Element) (*soap.Element, error) {
	o := objectOf(p, it.Class())
	r := &reading{it: it, p: p, listing: listing, bodyType: s.bodyType, attachmentID: attachmentID}
	wantsMIME := s.mime || s.uris["item:MimeContent"]
	if wantsMIME && !listing && !canWriteMIME(p, o.form) {
		return nil, refuse("ErrorUnsupportedMimeConversion", "Items of the class %s have no MIME content here.", it.Class())
	}
	e := soap.T(o.name)
	for _, f := range o.fields {
		switch {
		case f.name == "ItemId":
			e.Add(id)
		case f.name == "ExtendedProperty":
			if p != Grommunio {
				e.Add(r.extended(s)...)
			}
		case f.known(p) && s.wants(r, f):
			r.field, r.asked = f, s.uris[f.uri]
			e.Add(r.one(f))
		default:
			e.Add(r.indexed(s, f))
		}
	}
	if p == Grommunio {
		e.Add(r.extended(s)...)
		if o.form == formCalendar || o.form == formTask {
			e.Add(r.extended(s)...)
		}
	}
	return e, nil
}

// wants reports whether the shape asks for a field.
func (s *shape) wants(r *reading, f *field) bool {
	if f.name == "MimeContent" {
		return (s.mime || s.uris[f.uri]) && !r.listing
	}
	if r.listing && r.p != Grommunio && f.is(fGetOnly) {
		return false
	}
	switch {
	case s.uris[f.uri]:
		return true
	case r.p == Grommunio && f.is(fGromExplicit):
		return false
	case s.base == "AllProperties":
		return !f.is(fExplicit) && !(r.listing && f.is(fGetOnly))
	case s.base == "Default" && r.listing:
		return f.is(fListed)
	case s.base == "Default":
		return f.is(fDefault)
	case r.p == Grommunio && f.name == "DateTimeReceived":
		return true
	}
	return false
}

// one writes a field, nil if the item has no value for it.
func (r *reading) one(f *field) *soap.Element {
	if f.is(fKept) {
		e, _ := r.it.props.get(keptKey(f.uri)).(*soap.Element)
		return e
	}
	if f.read != nil {
		return f.read(r)
	}
	v := r.it.lookup(f.key)
	if kindOf(v) != f.kind {
		v = f.def
	}
	return r.simple(f, v)
}

// simple writes a field that is one property.
func (r *reading) simple(f *field, v any) *soap.Element {
	switch v := v.(type) {
	case nil:
		return nil
	case int32:
		if f.enum != nil {
			return soap.T(f.name, name(f.enum, v))
		}
	case string:
		if r.listing {
			v = short(v, 255)
		}
		return soap.T(f.name, v)
	case []byte:
		if limit := binaryLimit(r.p); r.listing && len(v) > limit {
			v = v[:limit]
		}
		return soap.T(f.name, v)
	case []string:
		return stringsElement(f.name, v)
	case filetime:
		return soap.T(f.name, r.time(v))
	}
	return soap.T(f.name, text(v, 0))
}

func stringsElement(name string, all []string) *soap.Element {
	e := soap.T(name)
	for _, s := range all {
		e.Add(soap.T("String", s))
	}
	return e
}

// time is an xs:dateTime of a typed element: to the second.
func (r *reading) time(f filetime) string { return timeText(f.time(), 0) }

// extended are the extended properties that were asked for, in that order, each once.
func (r *reading) extended(s *shape) []*soap.Element {
	var all []*soap.Element
	for i, x := range s.extended {
		repeated := false
		for _, y := range s.extended[:i] {
			repeated = repeated || x.key == y.key && x.kind == y.kind
		}
		if v := r.it.lookupAs(x); v != nil && !repeated {
			all = append(all, x.property(r.p, v, r.listing))
		}
	}
	return all
}

func readSent(r *reading) *soap.Element {
	return soap.T("DateTimeSent", r.time(valueSent(r.it).(filetime)))
}

// valueSent is when an item was sent: one that never was has the time of its creation.
func valueSent(it *Item) any {
	if t, ok := it.lookup(pSent).(filetime); ok {
		return t
	}
	t, _ := it.lookup(pCreated).(filetime)
	return t
}
