package item

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"iorepl/sync/ews/soap"
)

// Property is a MAPI property that travels beside an item's format. The zero Property is none.
type Property struct {
	set  string // "PublicStrings", "InternetHeaders" or a GUID in lower case; "" for a property by tag
	name string // in set; "" for one by number
	id   uint16 // tag or number in set
	kind string // MapiPropertyTypeType (MS-OXWSXPROP 2.1.7)
}

// distinguished are the names that EWS has for property sets (MS-OXWSXPROP 2.1.5), with their GUIDs (MS-OXPROPS 1.3.2).
var distinguished = map[string]string{
	"Meeting":           "6ed8da90-450b-101b-98da-00aa003f1305",
	"Appointment":       "00062002-0000-0000-c000-000000000046",
	"Common":            "00062008-0000-0000-c000-000000000046",
	"PublicStrings":     "00020329-0000-0000-c000-000000000046",
	"Address":           "00062004-0000-0000-c000-000000000046",
	"InternetHeaders":   "00020386-0000-0000-c000-000000000046",
	"CalendarAssistant": "11000e07-b51b-40d6-af21-caa85edab1d0",
	"UnifiedMessaging":  "4442858e-a9e3-4e80-b900-317a210cc15b",
	"Task":              "00062003-0000-0000-c000-000000000046",
	"Sharing":           "00062040-0000-0000-c000-000000000046",
}

const (
	setAppointment = "00062002-0000-0000-c000-000000000046"
	setTask        = "00062003-0000-0000-c000-000000000046"
	setAddress     = "00062004-0000-0000-c000-000000000046"
	setCommon      = "00062008-0000-0000-c000-000000000046"
	setLog         = "0006200a-0000-0000-c000-000000000046"
	setNote        = "0006200e-0000-0000-c000-000000000046"
	publicStrings  = "PublicStrings"
)

// propertyTypes are the types that values can have; those with true are arrays.
var propertyTypes = map[string]bool{
	"ApplicationTime": false, "Binary": false, "Boolean": false, "CLSID": false, "Currency": false, "Double": false, "Float": false,
	"Integer": false, "Long": false, "Short": false, "SystemTime": false, "String": false,
	"ApplicationTimeArray": true, "BinaryArray": true, "CLSIDArray": true, "CurrencyArray": true, "DoubleArray": true,
	"FloatArray": true, "IntegerArray": true, "LongArray": true, "ShortArray": true, "SystemTimeArray": true, "StringArray": true,
}

// ParseProperty reads the name of a property: "TAG:TYPE", "SET/NUMBER:TYPE" or "SET/NAME:TYPE", where TAG and NUMBER are as
// 0x0E06, SET is a name that EWS has for a set or a GUID in braces, and TYPE is a type that EWS knows. Without a type it
// is String. A slash or a colon in NAME is kept as it is; the last colon ends the name if a type follows it.
func ParseProperty(name string) (Property, error) {
	p := Property{kind: "String"}
	rest := name
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		for t := range propertyTypes {
			if strings.EqualFold(t, name[i+1:]) {
				p.kind, rest = t, name[:i]
			}
		}
		if rest == name && !strings.Contains(name, "/") {
			return Property{}, fmt.Errorf("property %q: %q is no type of EWS, such as String or Integer", name, name[i+1:])
		}
	}
	set, local, named := strings.Cut(rest, "/")
	if !named {
		tag, err := parseNumber(rest)
		if err != nil {
			return Property{}, fmt.Errorf("property %q is neither a tag such as 0x0E06:SystemTime nor a set with a name such as PublicStrings/Project:String", name)
		}
		if tag >= 0x8000 {
			return Property{}, fmt.Errorf("property %q: tags from 0x8000 on differ from server to server; give its set and its name or number", name)
		}
		p.id = tag
		return p, nil
	}
	var err error
	if p.set, err = parseSet(set); err != nil {
		return Property{}, fmt.Errorf("property %q: %w", name, err)
	}
	if local == "" {
		return Property{}, fmt.Errorf("property %q has no name", name)
	}
	if n, err := parseNumber(local); err == nil {
		p.id = n
	} else {
		p.name = local
	}
	return p, nil
}

func parseNumber(s string) (uint16, error) {
	digits, ok := strings.CutPrefix(strings.ToLower(s), "0x")
	if !ok {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseUint(digits, 16, 16)
	return uint16(n), err
}

// parseSet is the canonical name of a set.
func parseSet(s string) (string, error) {
	if s == publicStrings {
		return publicStrings, nil
	}
	guid := ""
	for name, g := range distinguished {
		if strings.EqualFold(name, s) {
			guid = g
		}
	}
	if guid == "" {
		guid = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}"))
		if !isGUID(guid) {
			return "", fmt.Errorf("%q is neither a name of EWS for a property set nor a GUID", s)
		}
	}
	switch guid {
	case distinguished[publicStrings]:
		return publicStrings, nil
	case distinguished["InternetHeaders"]:
		return "InternetHeaders", nil
	}
	return guid, nil
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return true
}

// IsZero reports whether it is no property.
func (p Property) IsZero() bool { return p == Property{} }

// String is the canonical name, which is the key in Payload.Properties.
func (p Property) String() string {
	local := p.name
	if local == "" {
		local = hexadecimal(p.id)
	}
	switch {
	case p.set == "":
		return local + ":" + p.kind
	case isGUID(p.set):
		return "{" + p.set + "}/" + local + ":" + p.kind
	}
	return p.set + "/" + local + ":" + p.kind
}

// hexadecimal is a number as 0x0E06.
func hexadecimal(n uint16) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{'0', 'x', digits[n>>12], digits[n>>8&15], digits[n>>4&15], digits[n&15]})
}

// Path is the t:ExtendedFieldURI of the property.
func (p Property) Path() *soap.Element {
	e := soap.T("ExtendedFieldURI")
	e.Attrs = make([]soap.Attr, 0, 3)
	attr := func(name, value string) { e.Attrs = append(e.Attrs, soap.Attr{Name: name, Value: value}) }
	switch {
	case p.set == "":
		attr("PropertyTag", hexadecimal(p.id))
	case isGUID(p.set):
		attr("PropertySetId", p.set)
	default:
		attr("DistinguishedPropertySetId", p.set)
	}
	if p.set != "" {
		if p.name != "" {
			attr("PropertyName", p.name)
		} else {
			attr("PropertyId", strconv.Itoa(int(p.id)))
		}
	}
	attr("PropertyType", p.kind)
	return e
}

// propertyOf is the property that a t:ExtendedFieldURI means.
func propertyOf(path *soap.Element) (Property, bool) {
	p := Property{kind: path.Attr("PropertyType")}
	if _, ok := propertyTypes[p.kind]; !ok {
		return Property{}, false
	}
	if tag := path.Attr("PropertyTag"); tag != "" {
		n, err := strconv.ParseUint(strings.ToLower(tag), 0, 32)
		p.id = uint16(n)
		return p, err == nil && n <= 0xffff
	}
	set := path.Attr("DistinguishedPropertySetId")
	if set == "" {
		set = path.Attr("PropertySetId")
	}
	var err error
	if p.set, err = parseSet(set); err != nil {
		return Property{}, false
	}
	if p.name = path.Attr("PropertyName"); p.name == "" {
		n, err := strconv.ParseUint(strings.ToLower(path.Attr("PropertyId")), 0, 16)
		if err != nil {
			return Property{}, false
		}
		p.id = uint16(n)
	}
	return p, true
}

// isArray reports whether the property has several values.
func (p Property) isArray() bool { return propertyTypes[p.kind] }

// values splits the text of a property as it stands in Payload.Properties.
func (p Property) values(text string) ([]string, error) {
	if !p.isArray() {
		return []string{text}, nil
	}
	var v []string
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, fmt.Errorf("the value of %s is not an array of strings: %w", p, err)
	}
	return v, nil
}

// text is the opposite of values.
func (p Property) text(values []string) string {
	if !p.isArray() {
		return values[0]
	}
	b, err := json.Marshal(values)
	if err != nil {
		return "[]" // strings always encode
	}
	return string(b)
}

// element is the t:ExtendedProperty with the value that text says; its first child is Path.
func (p Property) element(text string) (*soap.Element, error) {
	values, err := p.values(text)
	if err != nil {
		return nil, err
	}
	e := soap.T("ExtendedProperty", p.Path())
	if !p.isArray() {
		e.Add(soap.T("Value", values[0]))
		return e, nil
	}
	if len(values) == 0 {
		return nil, nil
	}
	list := soap.T("Values")
	for _, v := range values {
		list.Add(soap.T("Value", v))
	}
	e.Add(list)
	return e, nil
}
