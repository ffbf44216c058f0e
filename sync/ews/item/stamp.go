package item

import (
	"slices"

	"iorepl/plan"
	"iorepl/sync/ews/soap"
)

// The properties of a stamp, in the order of its strings.
var stampProperties = [...]Property{
	{set: publicStrings, name: "iorepl-origin", kind: "String"},
	{set: publicStrings, name: "iorepl-version", kind: "String"},
	{set: publicStrings, name: "iorepl-mark", kind: "String"},
}

func stampValues(st plan.Stamp) [len(stampProperties)]string {
	return [...]string{st.Origin, st.Version, st.Mark}
}

// isStamp reports whether a property belongs to a stamp: it is never part of a payload.
func isStamp(p Property) bool {
	for _, s := range stampProperties {
		if p.set == s.set && p.name == s.name {
			return true
		}
	}
	return false
}

// stringElement is the t:ExtendedProperty of a property that is no array.
func stringElement(p Property, text string) *soap.Element {
	return soap.T("ExtendedProperty", p.Path(), soap.T("Value", text))
}

// Stamp are the t:ExtendedProperty elements of a stamp, for a new item or folder.
func Stamp(st plan.Stamp) []*soap.Element {
	var all []*soap.Element
	for i, v := range stampValues(st) {
		if v != "" {
			all = append(all, stringElement(stampProperties[i], v))
		}
	}
	return all
}

// WithStamp is the element of a new item with a stamp in its place.
func WithStamp(create *soap.Element, st plan.Stamp) *soap.Element {
	e := *create
	e.Children = append(slices.Clone(e.Children), Stamp(st)...)
	arrange(&e)
	return &e
}

// StampPaths are the t:ExtendedFieldURI elements of a stamp, for t:AdditionalProperties.
func StampPaths() []*soap.Element {
	var all []*soap.Element
	for _, p := range stampProperties {
		all = append(all, p.Path())
	}
	return all
}

// ReadStamp is the stamp of an item or folder that was asked for StampPaths.
func ReadStamp(e *soap.Element) plan.Stamp {
	var st plan.Stamp
	for _, x := range e.All("ExtendedProperty") {
		p, ok := propertyOf(x.Child("ExtendedFieldURI"))
		if !ok {
			continue
		}
		value := ""
		if v := x.Child("Value"); v != nil {
			value = v.Text
		}
		switch p {
		case stampProperties[0]:
			st.Origin = value
		case stampProperties[1]:
			st.Version = value
		case stampProperties[2]:
			st.Mark = value
		}
	}
	return st
}

// StampChanges are the children of t:Updates that make the stamp of any item st: empty strings are deleted.
func StampChanges(st plan.Stamp) []*soap.Element {
	return stampChanges("SetItemField", "DeleteItemField", "Item", st)
}

// FolderStampChanges are the children of t:Updates that make the stamp of a folder st. Folder is the name of the element that the
// server writes the folder as, such as Folder or CalendarFolder.
func FolderStampChanges(folder string, st plan.Stamp) []*soap.Element {
	return stampChanges("SetFolderField", "DeleteFolderField", folder, st)
}

func stampChanges(set, remove, element string, st plan.Stamp) []*soap.Element {
	var all []*soap.Element
	for i, v := range stampValues(st) {
		p := stampProperties[i]
		if v == "" {
			all = append(all, soap.T(remove, p.Path()))
		} else {
			all = append(all, soap.T(set, p.Path(), soap.T(element, stringElement(p, v))))
		}
	}
	return all
}
