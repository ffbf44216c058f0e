package mapi

import (
	"strconv"
	"strings"
	"unique"

	"iorepl/sync/ews/soap"
)

// extended is an ExtendedFieldURI.
type extended struct {
	key  key
	kind kind
	typ  string // PropertyType as written
}

// extendedPath reads an ExtendedFieldURI (MS-OXWSXPROP 2.1.5). Values that the schema of that server lacks fail the whole
// request, combinations that mean nothing are refused.
func extendedPath(p Profile, e *soap.Element) (extended, error) {
	var x extended
	set, guid, tag, name, id := e.Attr("DistinguishedPropertySetId"), e.Attr("PropertySetId"), e.Attr("PropertyTag"),
		e.Attr("PropertyName"), e.Attr("PropertyId")
	x.typ = e.Attr("PropertyType")
	x.kind = kinds[x.typ]
	if x.kind == 0 && !reported[x.typ] {
		return x, schemaError("the PropertyType %q", x.typ)
	}
	if _, ok := distinguished[set]; set != "" && (!ok || set == "Sharing" && p == Exchange2007SP1) {
		return x, schemaError("the DistinguishedPropertySetId %q", set)
	}
	if guid != "" && !isGUID(guid) {
		return x, schemaError("the PropertySetId %q", guid)
	}
	if x.kind == 0 {
		return x, refuse("ErrorInvalidExtendedProperty", "The extended property type %s is for reporting only.", x.typ)
	}
	const combination = "The extended property attribute combination is invalid."
	switch {
	case tag != "":
		n, ok := parseTag(tag)
		if !ok {
			return x, schemaError("the PropertyTag %q", tag)
		}
		if set != "" || guid != "" || name != "" || id != "" {
			return x, refuse("ErrorInvalidExtendedProperty", combination)
		}
		if n >= 0x8000 && n <= 0xFFFE {
			return x, refuse("ErrorInvalidExtendedProperty", "The property tag %#x belongs to named properties.", n)
		}
		x.key = tagged(n)
		return x, nil
	case set != "" && guid != "", (set != "" || guid != "") && (name == "") == (id == ""), set == "" && guid == "":
		return x, refuse("ErrorInvalidExtendedProperty", combination)
	}
	if set != "" {
		guid = distinguished[set]
	}
	t := Tag{Set: strings.ToLower(guid), Name: name}
	if t.Set == setHeaders {
		t.Name = strings.ToLower(name)
	}
	if id != "" {
		n, err := strconv.ParseInt(strings.TrimSpace(id), 10, 32)
		if err != nil {
			return x, schemaError("the PropertyId %q", id)
		}
		t.ID = uint32(n)
	}
	x.key = unique.Make(t)
	return x, nil
}

func parseTag(s string) (uint32, bool) {
	base := 10
	if digits, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		s, base = digits, 16
	}
	n, err := strconv.ParseUint(s, base, 16)
	return uint32(n), err == nil
}

func schemaError(format string, args ...any) error {
	return fault("ErrorSchemaValidation", "The request failed schema validation: the schema does not know "+format+".", args...)
}

// element is the ExtendedFieldURI as the server writes it.
func (x extended) element(p Profile) *soap.Element {
	e := soap.T("ExtendedFieldURI")
	attr := func(name, value string) { e.Attrs = append(e.Attrs, soap.Attr{Name: name, Value: value}) }
	t := x.key.Value()
	if t.Set == "" {
		attr("PropertyTag", "0x"+strconv.FormatUint(uint64(t.ID), 16))
	} else {
		name := distinguishedName(t.Set)
		if name != "" {
			attr("DistinguishedPropertySetId", name)
		}
		if name == "" || p == Grommunio {
			attr("PropertySetId", t.Set)
		}
		if t.Name != "" {
			attr("PropertyName", t.Name)
		} else {
			attr("PropertyId", strconv.FormatInt(int64(int32(t.ID)), 10))
		}
	}
	attr("PropertyType", x.typ)
	return e
}

// property writes an ExtendedProperty. In a listing long values are cut.
func (x extended) property(p Profile, v any, listing bool) *soap.Element {
	e := soap.T("ExtendedProperty", x.element(p))
	digits := 0
	if p == Grommunio {
		digits = 9
	}
	one := func(v any) *soap.Element {
		switch m := v.(type) {
		case string:
			if listing {
				m = short(m, 255)
			}
			return soap.T("Value", m)
		case []byte:
			if limit := binaryLimit(p); listing && len(m) > limit {
				m = m[:limit]
			}
			return soap.T("Value", m)
		case clsid:
			if p == Grommunio {
				return soap.T("Value")
			}
		}
		return soap.T("Value", text(v, digits))
	}
	if x.kind&kArray == 0 {
		e.Add(one(v))
		return e
	}
	all := soap.T("Values")
	for _, m := range (Value{v}).Elements() {
		all.Add(one(m.v))
	}
	if len(all.Children) > 0 {
		e.Add(all)
		return e
	}
	return nil
}

// binaryLimit is how much of a binary value FindItem gives.
func binaryLimit(p Profile) int {
	if p == Grommunio {
		return 510
	}
	return 512
}

// extendedValue reads an ExtendedProperty.
func extendedValue(p Profile, e *soap.Element) (extended, any, error) {
	uri := e.Child("ExtendedFieldURI")
	if uri == nil {
		return extended{}, nil, schemaError("an ExtendedProperty without ExtendedFieldURI")
	}
	x, err := extendedPath(p, uri)
	if err != nil {
		return x, nil, err
	}
	if p == Grommunio {
		switch x.kind {
		case kBinary, kBinary | kArray, kCLSID, kCLSID | kArray:
			return x, nil, fault("SOAP:Client", "E-3107: cannot deserialize property of unsupported type %s", x.typ)
		}
	}
	wrong := refuse("ErrorInvalidExtendedPropertyValue", "The extended property value is invalid for the type %s.", x.typ)
	single, multiple := e.Child("Value"), e.Child("Values")
	if (single == nil) == (multiple == nil) || (multiple != nil) != (x.kind&kArray != 0) {
		return x, nil, wrong
	}
	if want := knownKind(x.key); want != 0 && want != x.kind {
		return x, nil, wrong
	}
	if single != nil {
		if x.kind == kBinary && len(single.Data) > 0 {
			return x, single.Data, nil
		}
		v, ok := parse(x.kind, single.Text)
		if !ok {
			return x, nil, wrong
		}
		return x, v, nil
	}
	var texts []string
	for _, m := range multiple.All("Value") {
		s := m.Text
		if len(m.Data) > 0 {
			s = text(m.Data, 0)
		}
		texts = append(texts, s)
	}
	v, ok := parseArray(x.kind, texts)
	if !ok {
		return x, nil, wrong
	}
	return x, v, nil
}
