package mapi

import "iorepl/sync/ews/soap"

// indexed writes the entries of a dictionary, or the headers, that were asked for one by one.
func (r *reading) indexed(s *shape, f *field) *soap.Element {
	var e *soap.Element
	for _, path := range s.indexed {
		uri, index := path.Attr("FieldURI"), path.Attr("FieldIndex")
		if uri == "item:InternetMessageHeader" {
			if f.name != "InternetMessageHeaders" || r.listing {
				continue
			}
			for _, v := range r.it.headers().values(index) {
				if e == nil {
					e = soap.T(f.name)
				}
				e.Add(soap.T("InternetMessageHeader", soap.Attr{Name: "HeaderName", Value: index}, v))
			}
			continue
		}
		element, part := dictionary(uri)
		x := entryAt(uri, index)
		if element != f.name || x == nil {
			continue
		}
		v, ok := r.it.lookup(x.key).(string)
		if !ok || v == "" {
			continue
		}
		if e == nil {
			e = soap.T(f.name)
		}
		e.Add(r.entry(e, index, part, v))
	}
	return e
}

// entry is one entry of a dictionary, or nil if v went into one that is there.
func (r *reading) entry(in *soap.Element, index, part, v string) *soap.Element {
	if r.listing {
		v = short(v, 255)
	}
	key := soap.Attr{Name: "Key", Value: index}
	if part == "" {
		return soap.T("Entry", key, v)
	}
	for _, old := range in.All("Entry") {
		if old.Attr("Key") == index {
			old.Add(soap.T(part, v))
			sortParts(old)
			return nil
		}
	}
	return soap.T("Entry", key, soap.T(part, v))
}

// sortParts puts the parts of an address in the order of the schema.
func sortParts(e *soap.Element) {
	var all []*soap.Element
	for _, part := range addressParts {
		all = append(all, e.All(part)...)
	}
	e.Children = all
}

// applyEntry changes what an IndexedFieldURI leads to: an entry of a dictionary, or a member of a list.
func (c *change) applyEntry(action string, path, object *soap.Element) error {
	uri, index := path.Attr("FieldURI"), path.Attr("FieldIndex")
	switch uri {
	case "distributionlist:Members:Member":
		if action != "DeleteItemField" {
			return refuse("ErrorInvalidPropertySet", "Members are appended and deleted, not set one by one.")
		}
		return c.deleteMember(index)
	case "item:InternetMessageHeader":
		return refuse("ErrorInvalidPropertySet", "Internet headers cannot be changed one by one.")
	}
	x := entryAt(uri, index)
	if x == nil {
		return schemaError("the IndexedFieldURI %q %q", uri, index)
	}
	switch action {
	case "DeleteItemField":
		c.clearEntry(x)
		return nil
	case "AppendToItemField":
		return refuse("ErrorInvalidPropertyAppend", "Append action is invalid for property %s.", uri)
	}
	element, part := dictionary(uri)
	v := object.Children[0]
	given := v.Child("Entry")
	if v.Name != element || given == nil || given.Attr("Key") != index {
		return refuse("ErrorUpdatePropertyMismatch", "The path %s %s and the element %s are not the same property.", uri, index, v.Name)
	}
	if part != "" {
		if given = given.Child(part); given == nil {
			return refuse("ErrorUpdatePropertyMismatch", "The address lacks the %s that the path names.", part)
		}
	}
	c.setEntry(x, given)
	return nil
}
