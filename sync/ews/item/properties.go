package item

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"

	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/soap"
)

// readExtended are the extended properties of an item, by name, as their values are written in a payload.
func readExtended(e *soap.Element) map[Property]string {
	all := map[Property]string{}
	for _, x := range e.All("ExtendedProperty") {
		p, ok := propertyOf(x.Child("ExtendedFieldURI"))
		if !ok {
			continue
		}
		var values []string
		if v := x.Child("Value"); v != nil {
			values = append(values, textOf(v))
		}
		for _, v := range x.Child("Values").All("Value") {
			values = append(values, textOf(v))
		}
		if len(values) == 0 {
			continue
		}
		if text, ok := p.normalize(p.text(values)); ok {
			all[p] = text
		}
	}
	return all
}

func textOf(e *soap.Element) string {
	if e.Data != nil {
		return base64.StdEncoding.EncodeToString(e.Data)
	}
	return e.Text
}

// normalize writes a value in one way. It is false for one that is not of the property's type, or says that there is none.
func (p Property) normalize(text string) (string, bool) {
	values, err := p.values(text)
	if err != nil || p.isArray() && len(values) == 0 {
		return "", false
	}
	for i, v := range values {
		var ok bool
		if values[i], ok = normalizeOne(strings.TrimSuffix(p.kind, "Array"), v); !ok {
			return "", false
		}
	}
	return p.text(values), true
}

func normalizeOne(kind, v string) (string, bool) {
	if kind == "String" {
		return content.Legal(strings.ReplaceAll(v, "\r\n", "\n")), true
	}
	v = strings.TrimSpace(v)
	switch kind {
	case "Boolean":
		return strconv.FormatBool(parseBool(v)), true
	case "SystemTime":
		t, ok := parseTime(v)
		return formatTime(t), ok
	case "Short", "Integer", "Long", "Currency":
		n, err := strconv.ParseInt(v, 10, 64)
		return strconv.FormatInt(n, 10), err == nil
	case "Double", "Float", "ApplicationTime":
		n, err := strconv.ParseFloat(v, 64)
		return strconv.FormatFloat(n, 'g', -1, 64), err == nil
	case "Binary":
		b := fromBase64(v)
		return base64.StdEncoding.EncodeToString(b), b != nil
	}
	return strings.ToLower(v), v != ""
}

// keep takes of an item's extended properties those that go along, without what says nothing.
func keep(all map[Property]string, k Kind, extra []Property) map[string]string {
	kept := map[string]string{}
	for p, v := range all {
		if (travelsWith(p, k) || slices.Contains(extra, p) && !isStamp(p)) && !saysNothing(p, k, v) {
			kept[p.String()] = v
		}
	}
	tidyProperties(kept)
	return kept
}

// tidyProperties takes out what says nothing.
func tidyProperties(properties map[string]string) {
	if properties[reminderSetName] != "true" {
		for _, name := range reminderDetails {
			delete(properties, name)
		}
	}
}

// canonicalProperties writes a payload's properties in one way. Names and values that are none are left out.
func canonicalProperties(properties map[string]string, k Kind) map[string]string {
	kept := map[string]string{}
	for name, text := range properties {
		p, err := ParseProperty(name)
		if err != nil || stays(p) {
			continue
		}
		if v, ok := p.normalize(text); ok && !saysNothing(p, k, v) {
			kept[p.String()] = v
		}
	}
	tidyProperties(kept)
	return kept
}

// putProperties adds the properties of a payload to an item's fields. It returns what the server cannot hold of them.
func (f *fields) putProperties(properties map[string]string, s soap.Server) (notes []string) {
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		p, err := ParseProperty(name)
		switch {
		case err != nil:
			notes = append(notes, err.Error())
			continue
		case stays(p):
			continue
		case s.Grommunio && !p.grommunio():
			notes = append(notes, "grommunio takes no property of type "+p.kind+": "+name)
			continue
		}
		e, err := p.element(properties[name])
		if err != nil {
			notes = append(notes, err.Error())
		} else if e != nil {
			*f = append(*f, field{path: e.Children[0], value: e})
		}
	}
	return notes
}

// grommunio reports whether grommunio takes such a property.
func (p Property) grommunio() bool {
	return !strings.HasPrefix(p.kind, "Binary") && !strings.HasPrefix(p.kind, "CLSID")
}

// putProperty adds a property that is known to be a good one.
func (f *fields) putProperty(p Property, text string) {
	if e, err := p.element(text); err == nil && e != nil && text != "" {
		*f = append(*f, field{path: e.Children[0], value: e})
	}
}

// unreadable says which properties of a payload are none that a server could hold.
func unreadable(properties map[string]string) (notes []string) {
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		p, err := ParseProperty(name)
		if err != nil {
			notes = append(notes, err.Error())
			continue
		}
		if _, ok := p.normalize(properties[name]); !ok {
			notes = append(notes, "the value of "+name+" is none: "+strconv.Quote(properties[name]))
		}
	}
	return notes
}
