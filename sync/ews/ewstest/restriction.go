package ewstest

import (
	"strconv"
	"strings"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// properties is what restrictions and sort orders ask: an item or a folder.
type properties interface {
	Property(path *soap.Element) (mapi.Value, bool)
}

// filter decides whether a row belongs to a listing.
type filter func(properties) bool

// maxNodes is how long a restriction may be (ErrorRestrictionTooLong).
const maxNodes = 255

// compiler makes filters. check refuses paths, constant reads a constant in the type of a path.
type compiler struct {
	check    func(path *soap.Element) error
	constant func(path *soap.Element, text string) (mapi.Value, error)
	nodes    int
}

// compile makes a filter of a search expression (MS-OXWSSRCH 2.2.4.26).
func (k *compiler) compile(e *soap.Element) (filter, error) {
	if k.nodes++; k.nodes > maxNodes {
		return nil, failAs("ErrorRestrictionTooLong", "The restriction is too long.")
	}
	switch e.Name {
	case "And", "Or":
		var subs []filter
		for _, c := range e.Children {
			f, err := k.compile(c)
			if err != nil {
				return nil, err
			}
			subs = append(subs, f)
		}
		if len(subs) == 0 {
			return nil, failAll("ErrorSchemaValidation")
		}
		and := e.Name == "And"
		return func(p properties) bool {
			for _, f := range subs {
				if f(p) != and {
					return !and
				}
			}
			return and
		}, nil
	case "Not":
		if len(e.Children) != 1 {
			return nil, failAll("ErrorSchemaValidation")
		}
		f, err := k.compile(e.Children[0])
		if err != nil {
			return nil, err
		}
		return func(p properties) bool { return !f(p) }, nil
	}
	if len(e.Children) == 0 {
		return nil, failAll("ErrorSchemaValidation")
	}
	path := e.Children[0]
	if err := k.check(path); err != nil {
		return nil, err
	}
	switch e.Name {
	case "Exists":
		return func(p properties) bool {
			_, ok := p.Property(path)
			return ok
		}, nil
	case "Excludes":
		mask, err := strconv.ParseInt(e.Child("Bitmask").Attr("Value"), 0, 64)
		if err != nil {
			return nil, failAll("ErrorSchemaValidation")
		}
		return func(p properties) bool {
			v, ok := p.Property(path)
			if !ok {
				return true
			}
			n, ok := v.Number()
			return ok && n&mask == 0
		}, nil
	case "Contains":
		return contains(e, path)
	}
	return k.comparison(e, path)
}

// contains is t:Contains: a comparison of text.
func contains(e, path *soap.Element) (filter, error) {
	text := e.Child("Constant").Attr("Value")
	fold := true
	if m := e.Attr("ContainmentComparison"); m == "Exact" || m == "IgnoreNonSpacingCharacters" {
		fold = false
	}
	if fold {
		text = strings.ToLower(text)
	}
	var holds func(string) bool
	switch e.Attr("ContainmentMode") {
	case "Prefixed", "PrefixOnWords":
		holds = func(s string) bool { return strings.HasPrefix(s, text) }
	case "Substring", "ExactPhrase":
		holds = func(s string) bool { return strings.Contains(s, text) }
	default:
		holds = func(s string) bool { return s == text }
	}
	return func(p properties) bool {
		v, ok := p.Property(path)
		if !ok {
			return false
		}
		for _, m := range v.Elements() {
			s := m.String()
			if fold {
				s = strings.ToLower(s)
			}
			if holds(s) {
				return true
			}
		}
		return false
	}, nil
}

// comparison compares a property with a constant or another property. A row without the property is never in.
func (k *compiler) comparison(e, path *soap.Element) (filter, error) {
	var holds func(int) bool
	switch e.Name {
	case "IsEqualTo":
		holds = func(n int) bool { return n == 0 }
	case "IsNotEqualTo":
		holds = func(n int) bool { return n != 0 }
	case "IsGreaterThan":
		holds = func(n int) bool { return n > 0 }
	case "IsGreaterThanOrEqualTo":
		holds = func(n int) bool { return n >= 0 }
	case "IsLessThan":
		holds = func(n int) bool { return n < 0 }
	case "IsLessThanOrEqualTo":
		holds = func(n int) bool { return n <= 0 }
	default:
		return nil, failAll("ErrorSchemaValidation")
	}
	operand := e.Child("FieldURIOrConstant")
	if operand == nil || len(operand.Children) != 1 {
		return nil, failAll("ErrorSchemaValidation")
	}
	var other func(properties) (mapi.Value, bool)
	if o := operand.Children[0]; o.Is("Constant") {
		v, err := k.constant(path, o.Attr("Value"))
		if err != nil {
			return nil, err
		}
		other = func(properties) (mapi.Value, bool) { return v, true }
	} else {
		if err := k.check(o); err != nil {
			return nil, err
		}
		other = func(p properties) (mapi.Value, bool) { return p.Property(o) }
	}
	return func(p properties) bool {
		a, ok := p.Property(path)
		if !ok {
			return false
		}
		b, ok := other(p)
		if !ok {
			return false
		}
		for _, m := range a.Elements() {
			if holds(mapi.Compare(m, b)) {
				return true
			}
		}
		return false
	}, nil
}

// folderView is a folder for restrictions.
type folderView struct {
	c *call
	f *folder
}

// Property is the value of a t:FieldURI or t:ExtendedFieldURI of the folder.
func (v folderView) Property(path *soap.Element) (mapi.Value, bool) {
	if path.Is("FieldURI") {
		switch path.Attr("FieldURI") {
		case "folder:DisplayName":
			return mapi.String(v.f.name), true
		case "folder:FolderClass":
			return mapi.String(v.f.class), v.f.class != ""
		case "folder:TotalCount":
			return mapi.Integer(int32(len(v.f.items))), true
		case "folder:ChildFolderCount":
			return mapi.Integer(int32(v.c.childCount(v.f))), true
		case "folder:UnreadCount":
			return mapi.Integer(0), true
		}
		return mapi.Value{}, false
	}
	return v.f.properties.In(mapi.Surroundings{Property: func(t mapi.Tag) (mapi.Value, bool) { return v.c.folderProperty(v.f, t) }}).Property(path)
}

// folderFilter compiles the restriction of FindFolder; it may be nil.
func (c *call) folderFilter(e *soap.Element) (filter, error) {
	if e == nil || len(e.Children) == 0 {
		return func(properties) bool { return true }, nil
	}
	k := &compiler{
		check: func(path *soap.Element) error {
			if !path.Is("FieldURI") {
				return mapi.CheckPath(c.profile, path, true)
			}
			switch path.Attr("FieldURI") {
			case "folder:DisplayName", "folder:FolderClass", "folder:TotalCount", "folder:ChildFolderCount", "folder:UnreadCount":
				return nil
			}
			if err := c.checkFolderField(path); err != nil {
				return err
			}
			return fail("ErrorUnsupportedPathForQuery")
		},
		constant: func(path *soap.Element, text string) (mapi.Value, error) {
			if !path.Is("FieldURI") {
				return mapi.Constant(path, text)
			}
			switch path.Attr("FieldURI") {
			case "folder:DisplayName", "folder:FolderClass":
				return mapi.String(text), nil
			}
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil {
				return mapi.Value{}, failAs("ErrorInvalidValueForProperty", "The value is invalid for the property.")
			}
			return mapi.Integer(int32(n)), nil
		},
	}
	return k.compile(e.Children[0])
}

// itemFilter compiles the restriction of FindItem; it may be nil, and then so is the filter.
func (c *call) itemFilter(e *soap.Element) (filter, error) {
	if e == nil || len(e.Children) == 0 {
		return nil, nil
	}
	k := &compiler{
		check:    func(path *soap.Element) error { return mapi.CheckPath(c.profile, path, true) },
		constant: mapi.Constant,
	}
	return k.compile(e.Children[0])
}
