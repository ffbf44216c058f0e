package mapi

import (
	"strings"

	"iorepl/sync/ews/soap"
)

func readCompleteName(r *reading) *soap.Element {
	e := soap.T("CompleteName")
	it := r.it
	full := it.text(pDisplayName)
	if full == "" {
		full = words(it.text(pTitle), it.text(pGivenName), it.text(pMiddleName), it.text(pSurname), it.text(pGeneration))
	}
	for _, part := range []struct{ name, value string }{
		{"Title", it.text(pTitle)}, {"FirstName", it.text(pGivenName)}, {"MiddleName", it.text(pMiddleName)}, {"LastName", it.text(pSurname)},
		{"Suffix", it.text(pGeneration)}, {"Initials", it.text(pInitials)}, {"FullName", full}, {"Nickname", it.text(pNickname)},
		{"YomiFirstName", it.text(pYomiFirst)}, {"YomiLastName", it.text(pYomiLast)},
	} {
		if part.value != "" {
			e.Add(soap.T(part.name, part.value))
		}
	}
	if len(e.Children) == 0 {
		return nil
	}
	return e
}

func words(parts ...string) string {
	var all []string
	for _, p := range parts {
		if p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, " ")
}

func readFileAsMapping(r *reading) *soap.Element {
	id, ok := r.it.props.get(pFileAsMapping).(int32)
	if !ok {
		return nil
	}
	for name, n := range fileAsMappings {
		if n == id && (fileAsSince(name) <= r.p) {
			return soap.T("FileAsMapping", name)
		}
	}
	return soap.T("FileAsMapping", "None")
}

// fileAsSince is the first version whose schema has a FileAsMapping (MS-OXWSCONT 2.2.5.4).
func fileAsSince(name string) Profile {
	switch name {
	case "DisplayName", "FirstName", "LastFirstMiddleSuffix", "LastName", "Empty":
		return Exchange2010SP2
	}
	return Exchange2007SP1
}

func writeFileAsMapping(c *change, e *soap.Element) error {
	name := strings.TrimSpace(e.Text)
	id, ok := fileAsMappings[name]
	if !ok || fileAsSince(name) > c.p {
		return badValue("FileAsMapping")
	}
	c.it.props.set(pFileAsMapping, id)
	return nil
}

func writeFileAs(c *change, e *soap.Element) error {
	c.fileAs = true
	c.it.props.set(pFileAs, e.Text)
	return nil
}

// finishContact makes FileAs as its mapping says, unless FileAs itself was set.
func (c *change) finishContact() {
	it := c.it
	id, ok := it.props.get(pFileAsMapping).(int32)
	if !ok || id == 0 || c.fileAs {
		return
	}
	first, last, company := words(it.text(pGivenName), it.text(pMiddleName)), it.text(pSurname), it.text(pCompany)
	comma := strings.Trim(last+", "+first, ", ")
	lines := func(a, b string) string { return strings.Trim(a+"\r\n"+b, "\r\n") }
	var as string
	switch id {
	case 0x8017:
		as = comma
	case 0x8037:
		as = words(first, last, it.text(pGeneration))
	case 0x3A16:
		as = company
	case 0x8019:
		as = lines(comma, company)
	case 0x8018:
		as = lines(company, comma)
	case 0x8030:
		as = lines(company, last+first)
	case 0x8031:
		as = last + first
	case 0x8032:
		as = lines(last+first, company)
	case 0x8033:
		as = words(last, first)
	case 0x8034:
		as = lines(words(last, first), company)
	case 0x8035:
		as = lines(company, words(last, first))
	case 0x8036:
		as = words(last+first, it.text(pGeneration))
	case 0x8038:
		as = words(comma, it.text(pGeneration))
	case 0x3001:
		as = it.text(pDisplayName)
	case 0x3A06:
		as = it.text(pGivenName)
	case 0x3A11:
		as = last
	}
	it.props.set(pFileAs, as)
}

// readEntries writes a dictionary whose entries are plain strings.
func readEntries(element, uri string) func(*reading) *soap.Element {
	return func(r *reading) *soap.Element {
		e := soap.T(element)
		for _, x := range entries {
			if x.uri == uri {
				if v, ok := r.it.lookup(x.key).(string); ok && v != "" {
					e.Add(r.entry(e, x.index, "", v))
				}
			}
		}
		if len(e.Children) == 0 {
			return nil
		}
		return e
	}
}

// readEmails writes the addresses with their names and routing types, which 2007 does not know.
func readEmails(r *reading) *soap.Element {
	e := readEntries("EmailAddresses", "contacts:EmailAddress")(r)
	if r.p == Exchange2007SP1 || e == nil {
		return e
	}
	for _, entry := range e.Children {
		keys := emailKeys[entry.Attr("Key")[len("EmailAddress")]-'1']
		if s := r.it.text(keys.original); s != "" {
			entry.Attrs = append(entry.Attrs, soap.Attr{Name: "Name", Value: s})
		}
		if s := r.it.text(keys.kind); s != "" {
			entry.Attrs = append(entry.Attrs, soap.Attr{Name: "RoutingType", Value: s})
		}
	}
	return e
}

// writeEntries sets the entries that are given; one without text is deleted.
func writeEntries(c *change, e *soap.Element) error {
	uri := entryURI(e.Name)
	for _, given := range e.All("Entry") {
		x := entryAt(uri, given.Attr("Key"))
		if x == nil {
			if c.p == Exchange2016 && uri == "contacts:PhoneNumber" && isNewPhone(given.Attr("Key")) {
				continue
			}
			return schemaError("the Key %q in %s", given.Attr("Key"), e.Name)
		}
		c.setEntry(x, given)
	}
	return nil
}

// isNewPhone reports whether a key is one of the schema of 2016 that no property of a public folder's contact stands for.
func isNewPhone(key string) bool {
	switch key {
	case "BusinessMobile", "IPPhone", "Mms", "Msn":
		return true
	}
	return false
}

func (c *change) setEntry(x *entry, given *soap.Element) {
	v := given.Text
	if v == "" {
		c.clearEntry(x)
		return
	}
	c.it.props.set(x.key, v)
	if x.uri != "contacts:EmailAddress" {
		return
	}
	keys := emailKeys[x.index[len("EmailAddress")]-'1']
	kind := given.Attr("RoutingType")
	if kind == "" {
		kind = "SMTP"
	}
	shown := given.Attr("Name")
	if shown == "" {
		shown = v
	}
	c.it.props.set(keys.kind, kind)
	c.it.props.set(keys.display, shown)
	c.it.props.set(keys.original, shown)
}

func (c *change) clearEntry(x *entry) {
	c.it.props.delete(x.key)
	if x.uri == "contacts:EmailAddress" {
		keys := emailKeys[x.index[len("EmailAddress")]-'1']
		for _, k := range []key{keys.kind, keys.display, keys.original} {
			c.it.props.delete(k)
		}
	}
}

func clearEntries(uri string) func(*change) {
	return func(c *change) {
		for i := range entries {
			if entries[i].uri == uri {
				c.clearEntry(&entries[i])
			}
		}
	}
}

func readAddresses(r *reading) *soap.Element {
	e := soap.T("PhysicalAddresses")
	for _, x := range entries {
		if element, part := dictionary(x.uri); element == "PhysicalAddresses" {
			if v, ok := r.it.lookup(x.key).(string); ok && v != "" {
				e.Add(r.entry(e, x.index, part, v))
			}
		}
	}
	if len(e.Children) == 0 {
		return nil
	}
	return e
}

func writeAddresses(c *change, e *soap.Element) error {
	for _, given := range e.All("Entry") {
		index := given.Attr("Key")
		if entryAt("contacts:PhysicalAddress:Street", index) == nil {
			return schemaError("the Key %q in %s", index, e.Name)
		}
		for _, part := range addressParts {
			x := entryAt("contacts:PhysicalAddress:"+part, index)
			if v := given.Child(part); v != nil {
				c.setEntry(x, v)
			}
		}
	}
	return nil
}

func clearAddresses(c *change) {
	for i := range entries {
		if element, _ := dictionary(entries[i].uri); element == "PhysicalAddresses" {
			c.clearEntry(&entries[i])
		}
	}
}
