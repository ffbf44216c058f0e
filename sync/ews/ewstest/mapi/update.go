package mapi

import (
	"time"

	"iorepl/sync/ews/soap"
)

// Update applies the children of t:Updates, all or none: SetItemField, AppendToItemField, DeleteItemField.
func (it *Item) Update(p Profile, changes []*soap.Element, now time.Time, editor string) error {
	c, err := it.changed(p, changes, now, editor)
	if err != nil {
		return err
	}
	c.touch()
	*it = *c.it
	return nil
}

// changed is the item with the changes applied.
func (it *Item) changed(p Profile, changes []*soap.Element, now time.Time, editor string) (*change, error) {
	c := &change{it: it.edit(), p: p, now: now, who: parseAuthor(editor)}
	c.nested = func(e *soap.Element) (*Item, error) { return create(p, e, now, c.who, true) }
	for _, e := range changes {
		if err := c.apply(e); err != nil {
			return nil, err
		}
	}
	o := objectOf(p, c.it.Class())
	if p != Grommunio && o != objectOf(p, it.Class()) {
		return nil, refuse("ErrorObjectTypeChanged", "The class %s does not fit an item of the class %s.", c.it.Class(), it.Class())
	}
	return c, c.finish(o.form)
}

// apply makes one change.
func (c *change) apply(e *soap.Element) error {
	if len(e.Children) == 0 {
		return schemaError("an empty %s", e.Name)
	}
	path := e.Children[0]
	var object *soap.Element // the item that holds the value
	if len(e.Children) > 1 {
		object = e.Children[1]
	}
	switch e.Name {
	case "SetItemField", "AppendToItemField":
		if object == nil {
			return schemaError("a %s without an item", e.Name)
		}
		if e.Name == "AppendToItemField" && c.p == Grommunio {
			return nil
		}
		if err := c.container(object); err != nil {
			return err
		}
	case "DeleteItemField":
	default:
		return schemaError("the element %s in Updates", e.Name)
	}
	switch path.Name {
	case "FieldURI":
		return c.applyField(e.Name, path.Attr("FieldURI"), object)
	case "IndexedFieldURI":
		return c.applyEntry(e.Name, path, object)
	case "ExtendedFieldURI":
		return c.applyExtended(e.Name, path, object)
	}
	return schemaError("the path %s", path.Name)
}

// container checks the element around a new value: it is of the item's kind, or a bare t:Item, and holds one property.
func (c *change) container(e *soap.Element) error {
	o := objectOf(c.p, c.it.Class())
	if c.p != Grommunio && e.Name != "Item" && e.Name != o.name {
		return refuse("ErrorObjectTypeChanged", "A %s cannot hold a change of a %s.", e.Name, o.name)
	}
	if len(e.Children) != 1 {
		return refuse("ErrorIncorrectUpdatePropertyCount", "The update holds %d properties, not one.", len(e.Children))
	}
	return nil
}

func (c *change) applyField(action, uri string, object *soap.Element) error {
	o := objectOf(c.p, c.it.Class())
	f := o.at(uri)
	switch {
	case c.p == Grommunio && (f == nil || uri == "item:ItemClass"):
		return nil
	case f == nil:
		return unknownURI(c.p, o, uri)
	case !f.known(c.p):
		return schemaError("the FieldURI %q", uri)
	}
	fixed := f.is(fReadOnly) || f.is(fCreateOnly)
	if action == "DeleteItemField" {
		switch {
		case fixed || f.is(fRequired):
			return refuse("ErrorInvalidPropertyDelete", "Delete action is invalid for property %s.", uri)
		case f.clear != nil:
			f.clear(c)
			return nil
		case f.is(fKept):
			c.it.props.delete(keptKey(f.uri))
			return nil
		case f.key == (key{}):
			return refuse("ErrorInvalidPropertyDelete", "Delete action is invalid for property %s.", uri)
		}
		return c.deleteProperty(f.key)
	}
	v := object.Children[0]
	if v.Name != f.name {
		return refuse("ErrorUpdatePropertyMismatch", "The path %s and the element %s are not the same property.", uri, v.Name)
	}
	if action == "AppendToItemField" {
		if f.more == nil {
			return refuse("ErrorInvalidPropertyAppend", "Append action is invalid for property %s.", uri)
		}
		return f.more(c, v)
	}
	switch {
	case fixed:
		return refuse("ErrorInvalidPropertySet", "Set action is invalid for property %s.", uri)
	case f.write != nil:
		return f.write(c, v)
	}
	return c.set(f, v)
}

func (c *change) applyExtended(action string, path, object *soap.Element) error {
	x, err := extendedPath(c.p, path)
	if err != nil {
		return err
	}
	switch action {
	case "DeleteItemField":
		return c.deleteProperty(x.key)
	case "AppendToItemField":
		return refuse("ErrorInvalidPropertyAppend", "Append action is invalid for extended properties.")
	}
	v := object.Children[0]
	if v.Name != "ExtendedProperty" {
		return refuse("ErrorUpdatePropertyMismatch", "The path and the element %s are not the same property.", v.Name)
	}
	y, value, err := extendedValue(c.p, v)
	if err != nil {
		return err
	}
	if x.key != y.key || x.kind != y.kind {
		return refuse("ErrorUpdatePropertyMismatch", "The two extended properties of the update are not the same.")
	}
	return c.setProperty(y.key, value)
}
