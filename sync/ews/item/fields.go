package item

import (
	"fmt"
	"slices"
	"strings"

	"iorepl/sync/ews/soap"
)

// field is one thing that an item on a server has: how it is called there and the element with its value, inside the
// item's element.
type field struct {
	path  *soap.Element // t:FieldURI, t:IndexedFieldURI or t:ExtendedFieldURI
	value *soap.Element
	once  bool // can only be given when the item is made
}

// fields are the fields of an item, in any order.
type fields []field

// put adds a field.
func (f *fields) put(uri string, value *soap.Element) {
	*f = append(*f, field{path: fieldURI(uri), value: value})
}

// text adds a field with text unless it is empty.
func (f *fields) text(uri, element, text string) {
	if text != "" {
		f.put(uri, soap.T(element, text))
	}
}

// indexed adds a member of a dictionary.
func (f *fields) indexed(uri, index string, value *soap.Element) {
	path := soap.T("IndexedFieldURI", soap.Attr{Name: "FieldURI", Value: uri}, soap.Attr{Name: "FieldIndex", Value: index})
	*f = append(*f, field{path: path, value: value})
}

// without are the fields but one.
func (f fields) without(uri string) fields {
	return slices.DeleteFunc(slices.Clone(f), func(x field) bool { return x.path.Attr("FieldURI") == uri })
}

func fieldURI(uri string) *soap.Element {
	return soap.T("FieldURI", soap.Attr{Name: "FieldURI", Value: uri})
}

// create is the element of a new item.
func (f fields) create(name string) *soap.Element {
	e := soap.T(name)
	for _, x := range f {
		merge(e, x.value)
	}
	arrange(e)
	return e
}

// merge adds an element to a parent, joining members of one dictionary.
func merge(parent, e *soap.Element) {
	if dictionaries[e.Name] || e.Name == "Entry" {
		for _, there := range parent.Children {
			if there.Name == e.Name && there.Attr("Key") == e.Attr("Key") {
				for _, c := range e.Children {
					merge(there, c)
				}
				return
			}
		}
		e = &soap.Element{Space: e.Space, Name: e.Name, Attrs: e.Attrs, Text: e.Text, Children: slices.Clone(e.Children)}
	}
	parent.Add(e)
}

var dictionaries = map[string]bool{"EmailAddresses": true, "PhysicalAddresses": true, "PhoneNumbers": true, "ImAddresses": true}

// key tells fields apart.
func (f field) key() string {
	var b strings.Builder
	b.WriteString(f.path.Name)
	for _, a := range f.path.Attrs {
		fmt.Fprintf(&b, " %s=%q", a.Name, a.Value)
	}
	return b.String()
}

// changes are the children of t:Updates that make an item with fields old one with fields f. It is false where a field differs that
// can only be given when the item is made.
func (f fields) changes(old fields, element string) (changes []*soap.Element, ok bool) {
	was := map[string]*soap.Element{}
	for _, x := range old {
		was[x.key()] = x.value
	}
	for _, x := range f {
		k := x.key()
		before, there := was[k]
		delete(was, k)
		if there && equal(before, x.value) {
			continue
		}
		if x.once {
			return nil, false
		}
		changes = append(changes, soap.T("SetItemField", x.path, soap.T(element, x.value)))
	}
	for _, x := range old {
		if _, left := was[x.key()]; !left {
			continue
		}
		if x.once {
			return nil, false
		}
		changes = append(changes, soap.T("DeleteItemField", x.path))
	}
	return changes, true
}

// equal reports whether two elements say the same.
func equal(a, b *soap.Element) bool {
	return a.Space == b.Space && a.Name == b.Name && a.Text == b.Text && slices.Equal(a.Data, b.Data) && slices.Equal(a.Attrs, b.Attrs) &&
		slices.EqualFunc(a.Children, b.Children, equal)
}

// order is the order of elements in all types that are written (types.xsd of every version agrees on it).
var order = places(`MimeContent ItemClass Subject Sensitivity Body Categories Importance ReminderDueBy ReminderIsSet
	ReminderMinutesBeforeStart ExtendedProperty Culture
	UID Start End IsAllDayEvent LegacyFreeBusyStatus Location Recurrence MeetingTimeZone StartTimeZone EndTimeZone
	FileAs FileAsMapping DisplayName GivenName Initials MiddleName Nickname CompanyName EmailAddresses PhysicalAddresses PhoneNumbers
	AssistantName Birthday BusinessHomePage Children Companies Department Generation ImAddresses JobTitle Manager Mileage
	OfficeLocation PostalAddressIndex Profession SpouseName Surname WeddingAnniversary`)

// taskOrder and listOrder are those of t:Task and t:DistributionList, where they differ.
var (
	taskOrder = places(`CompleteDate DueDate PercentComplete Recurrence StartDate Status`)
	listOrder = places(`DisplayName FileAs Members`)
)

// addressOrder is that of an entry of PhysicalAddresses.
var addressOrder = places(`Street City State CountryOrRegion PostalCode`)

func places(names string) map[string]int {
	m := map[string]int{}
	for i, n := range strings.Fields(names) {
		m[n] = i
	}
	return m
}

// arrange puts the children of a new item into the order of the schema, and members of dictionaries by their keys.
func arrange(e *soap.Element) {
	own := map[string]map[string]int{"Task": taskOrder, "DistributionList": listOrder}[e.Name]
	slices.SortStableFunc(e.Children, func(a, b *soap.Element) int {
		if own != nil {
			x, derived := own[a.Name]
			y, too := own[b.Name]
			switch {
			case derived && too:
				return x - y
			case derived:
				return 1
			case too:
				return -1
			}
		}
		return order[a.Name] - order[b.Name]
	})
	for _, c := range e.Children {
		if !dictionaries[c.Name] {
			continue
		}
		slices.SortStableFunc(c.Children, func(a, b *soap.Element) int { return strings.Compare(a.Attr("Key"), b.Attr("Key")) })
		for _, entry := range c.Children {
			slices.SortStableFunc(entry.Children, func(a, b *soap.Element) int { return addressOrder[a.Name] - addressOrder[b.Name] })
		}
	}
}
