package soap

// startTag reads a start tag, or the tag of an empty element, behind its "<".
func (d *decoder) startTag() error {
	prefix, name, err := d.name()
	if err != nil {
		return err
	}
	if len(d.open) == d.limits.Depth {
		return &LimitError{What: "levels of elements", Limit: int64(d.limits.Depth)}
	}
	e := d.element()
	o := opened{e: e, prefix: d.intern(prefix), name: d.intern(name)}
	if err := d.count(); err != nil {
		return err
	}
	empty, err := d.attributes(e)
	if err != nil {
		return err
	}
	e.Name = o.name
	var ok bool
	if e.Space, ok = d.namespace(o.prefix); !ok {
		return d.errorf("unknown prefix %q", o.prefix)
	}
	o.data = isData(e.Space, e.Name)
	if len(d.open) > 0 {
		parent := &d.open[len(d.open)-1]
		if parent.data {
			return d.errorf("an element inside base64")
		}
		d.children = append(d.children, e)
	} else {
		if e.Space != envelopeSpace || e.Name != "Envelope" {
			return errNotEnvelope
		}
		d.root = e
	}
	d.scratch = d.scratch[:0]
	o.first = len(d.children)
	d.open = append(d.open, o)
	if empty {
		return d.close()
	}
	return nil
}

// attributes reads up to the end of a start tag. Declarations of namespaces are put into force.
func (d *decoder) attributes(e *Element) (empty bool, err error) {
	d.attrs = d.attrs[:0]
	defer func() { e.Attrs = portion(&d.slabAttrs, d.attrs) }()
	for {
		if err := d.space(); err != nil {
			return false, err
		}
		switch c := d.window[d.pos]; c {
		case '>':
			d.pos++
			return false, nil
		case '/':
			return true, d.expect("/>")
		}
		p, n, err := d.name()
		if err != nil {
			return false, err
		}
		prefix, name := d.intern(p), d.intern(n)
		if err := d.count(); err != nil {
			return false, err
		}
		value, err := d.value()
		if err != nil {
			return false, err
		}
		switch {
		case prefix == "xmlns":
			d.bound = append(d.bound, binding{name, d.intern(value), len(d.open)})
		case prefix == "" && name == "xmlns":
			d.bound = append(d.bound, binding{"", d.intern(value), len(d.open)})
		case prefix == "":
			d.attrs = append(d.attrs, Attr{name, d.short(value)})
		}
		if c, err := d.peek(); err != nil {
			return false, err
		} else if !isSpace(c) && c != '>' && c != '/' {
			return false, d.errorf("space expected between attributes")
		}
	}
}

// value reads "= value" of an attribute. It is valid until the next text is read.
func (d *decoder) value() ([]byte, error) {
	if err := d.space(); err != nil {
		return nil, err
	}
	if err := d.expect("="); err != nil {
		return nil, err
	}
	if err := d.space(); err != nil {
		return nil, err
	}
	quote := d.window[d.pos]
	if quote != '"' && quote != '\'' {
		return nil, d.errorf("a quoted value expected")
	}
	d.pos++
	var err error
	if d.scratch, err = d.text(d.scratch[:0], quote, '<', false); err != nil {
		return nil, err
	}
	if d.window[d.pos] != quote {
		return nil, d.errorf("a tag inside a value")
	}
	d.pos++
	return d.scratch, nil
}

// endTag reads an end tag behind its "</".
func (d *decoder) endTag() error {
	if n := len(d.open); n > 0 {
		if size := d.open[n-1].ends(d.window[d.pos:d.end]); size > 0 {
			d.pos += size
			return d.close()
		}
	}
	prefix, name, err := d.name()
	if err != nil {
		return err
	}
	if len(d.open) == 0 {
		return d.errorf("an end tag without its start tag")
	}
	if o := &d.open[len(d.open)-1]; o.prefix != string(prefix) || o.name != string(name) {
		return d.errorf("end tag of %q instead of %q", name, o.name)
	}
	if err := d.space(); err != nil {
		return err
	}
	if err := d.expect(">"); err != nil {
		return err
	}
	return d.close()
}

// ends is how long the rest of the element's end tag is if text begins with it, without space in it; 0 if it does not.
func (o *opened) ends(text []byte) int {
	n := len(o.name)
	if o.prefix != "" {
		n += len(o.prefix) + 1
	}
	if len(text) <= n || text[n] != '>' || string(text[n-len(o.name):n]) != o.name ||
		o.prefix != "" && (string(text[:len(o.prefix)]) != o.prefix || text[len(o.prefix)] != ':') {
		return 0
	}
	return n + 1
}

// close ends the innermost open element.
func (d *decoder) close() error {
	o := d.open[len(d.open)-1]
	d.open = d.open[:len(d.open)-1]
	for n := len(d.bound); n > 0 && d.bound[n-1].depth == len(d.open) && n > 1; n-- {
		d.bound = d.bound[:n-1]
	}
	o.e.Children = portion(&d.slabKids, d.children[o.first:])
	clear(d.children[o.first:])
	d.children = d.children[:o.first]
	switch {
	case o.data:
		var ok bool
		if o.e.Data, ok = d.quads.take(); !ok {
			return d.errorf("base64 of %s ends early", o.name)
		}
	case len(o.e.Children) == 0:
		o.e.Text = string(d.scratch)
	}
	d.scratch = d.scratch[:0]
	return nil
}

// count counts an element or an attribute.
func (d *decoder) count() error {
	d.elements++
	if d.elements > d.limits.Elements {
		return &LimitError{What: "elements", Limit: int64(d.limits.Elements)}
	}
	return nil
}

// namespace is the namespace for a prefix.
func (d *decoder) namespace(prefix string) (string, bool) {
	for i := len(d.bound) - 1; i >= 0; i-- {
		if d.bound[i].prefix == prefix {
			return d.bound[i].space, true
		}
	}
	return "", prefix == ""
}
