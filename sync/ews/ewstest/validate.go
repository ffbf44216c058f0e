package ewstest

import (
	"slices"
	"strings"

	"iorepl/sync/ews/soap"
)

// validate refuses a request that does not keep to the vocabulary of the version that it names: unknown elements and attributes,
// wrong order, missing parts. grommunio does not look so closely.
func (c *call) validate() error {
	if c.grommunio() {
		return nil
	}
	v := validator{rank: min(c.rank, newest(c.profile)), kinds: vocabulary()}
	return v.element(c.req, c.req.Name, soap.Messages)
}

type validator struct {
	rank  int
	kinds map[string]kind
}

func invalid(text string) error {
	return failAllAs("ErrorSchemaValidation", "The request failed schema validation: "+text)
}

// element checks an element of a kind. children is the namespace of its children.
func (v *validator) element(e *soap.Element, name, children string) error {
	k, ok := v.kinds[name]
	if !ok {
		return invalid("The element '" + e.Name + "' is not known.")
	}
	for _, a := range e.Attrs {
		if strings.Contains(a.Name, " ") {
			continue // of another namespace, such as xsi:type
		}
		i := slices.IndexFunc(k.attrs, func(x attribute) bool { return x.name == a.Name && x.since <= v.rank })
		if i < 0 {
			return invalid("The '" + a.Name + "' attribute is not declared.")
		}
		if !k.attrs[i].values.allow(a.Value, v.rank) {
			return invalid("The '" + a.Name + "' attribute is invalid - The value '" + a.Value +
				"' is invalid according to its datatype - The Enumeration constraint failed.")
		}
	}
	for _, x := range k.attrs {
		has := slices.ContainsFunc(e.Attrs, func(a soap.Attr) bool { return a.Name == x.name })
		if !x.optional && x.since <= v.rank && !has {
			return invalid("The required attribute '" + x.name + "' is missing.")
		}
	}
	if len(k.parts) > 0 && len(e.Children) == 0 && strings.TrimSpace(e.Text) != "" {
		return invalid("The element '" + e.Name + "' cannot contain text.")
	}
	return v.children(e, k, children)
}

// children checks the order of an element's children. Schemas are deterministic, so each child fits one place at most.
func (v *validator) children(e *soap.Element, k kind, space string) error {
	at, taken := 0, false
	for _, child := range e.Children {
		for ; ; at++ {
			if at == len(k.parts) {
				return invalid("The element '" + e.Name + "' in namespace '" + e.Space + "' has invalid child element '" + child.Name +
					"' in namespace '" + child.Space + "'.")
			}
			p := k.parts[at]
			if c, ok := v.fits(child, p, space); ok && (!taken || p.many) {
				if err := v.value(child, c); err != nil {
					return err
				}
				taken = true
				break
			}
			if !taken && !p.mayLack(v.rank) {
				return incomplete(e, child, p)
			}
			taken = false
		}
	}
	for ; at < len(k.parts); at++ {
		if p := k.parts[at]; !taken && !p.mayLack(v.rank) {
			return incomplete(e, nil, p)
		}
		taken = false
	}
	return nil
}

func incomplete(e, child *soap.Element, p part) error {
	var names []string
	for _, c := range p.choices {
		names = append(names, c.name)
	}
	text := "The element '" + e.Name + "' in namespace '" + e.Space + "' has "
	if child == nil {
		text += "incomplete content."
	} else {
		text += "invalid child element '" + child.Name + "' in namespace '" + child.Space + "'."
	}
	return invalid(text + " List of possible elements expected: '" + strings.Join(names, ", ") + "'.")
}

// fits finds the choice of a place that an element is.
func (v *validator) fits(e *soap.Element, p part, space string) (choice, bool) {
	if p.since > v.rank {
		return choice{}, false
	}
	for _, c := range p.choices {
		want := space
		if c.types {
			want = soap.Types
		}
		if c.name == e.Name && e.Space == want && c.since <= v.rank {
			return c, true
		}
	}
	return choice{}, false
}

// value checks what an element holds.
func (v *validator) value(e *soap.Element, c choice) error {
	switch {
	case c.kind == "any":
		return nil
	case c.kind != "":
		return v.element(e, c.kind, soap.Types)
	case len(e.Children) > 0:
		return invalid("The element '" + e.Name + "' cannot contain elements.")
	case len(e.Attrs) > 0 && !strings.Contains(e.Attrs[0].Name, " "):
		return invalid("The '" + e.Attrs[0].Name + "' attribute is not declared.")
	case !c.values.allow(strings.TrimSpace(e.Text), v.rank):
		return invalid("The '" + e.Name + "' element is invalid - The value '" + e.Text +
			"' is invalid according to its datatype - The Enumeration constraint failed.")
	}
	return nil
}
