package item

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"iorepl/sync"
	"iorepl/sync/ews/item/content"
)

// parseCard finds the only card of a file.
func parseCard(p sync.Payload) (*content.Component, []string, error) {
	files, stray, damaged := content.Parse(p.Data)
	var cards []*content.Component
	for _, f := range files {
		if f.Name == "VCARD" {
			cards = append(cards, f)
		}
	}
	switch {
	case len(cards) == 0:
		return nil, nil, fmt.Errorf("the file holds no contact")
	case len(cards) > 1:
		return nil, nil, &severalError{len(cards), "contacts"}
	case len(files) > 1:
		return nil, nil, fmt.Errorf("the file holds more than a contact")
	}
	var notes []string
	if damaged > 0 || len(stray) > 0 {
		notes = append(notes, fmt.Sprintf("%d lines of the file cannot be understood", damaged+len(stray)))
	}
	return cards[0], notes, nil
}

func parseContact(p sync.Payload) (*contact, error) {
	v, notes, err := parseCard(p)
	if err != nil {
		return nil, err
	}
	c := newContact()
	c.class, c.properties, c.notes = p.Class, maps.Clone(p.Properties), notes
	if c.properties == nil {
		c.properties = map[string]string{}
	}
	seen := map[string]bool{}
	for _, l := range v.Lines {
		if !c.takeLine(l, seen) {
			c.takeCard(l, seen)
		}
	}
	c.components = v.Components
	c.normalize()
	return c, nil
}

// takeLine reads a line that only contacts have; false if it is another one, or there is no place for it.
func (c *contact) takeLine(l content.Line, seen map[string]bool) bool {
	once := !seen[l.Name]
	seen[l.Name] = true
	switch l.Name {
	case "N":
		if once {
			n := l.Fields(5)
			for i, name := range []string{"Surname", "GivenName", "MiddleName", title, "Generation"} {
				c.set(name, oneLineText(n[i]))
			}
		}
		return once
	case "ORG":
		if once {
			o := l.Fields(2)
			c.set("CompanyName", oneLineText(o[0]))
			c.set("Department", oneLineText(strings.Join(o[1:], ", ")))
			c.texts["Department"] = strings.TrimSuffix(c.texts["Department"], ",")
		}
		return once
	case "EMAIL":
		return place(&c.emails, l, addressText(l.Text(), "mailto:"))
	case "IMPP", "X-MS-IMADDRESS":
		return place(&c.ims, l, oneLineText(l.Text()))
	case "TEL":
		return c.takePhone(l)
	case "ADR":
		return c.takeAddress(l)
	case "URL":
		name := workPage
		if l.Has("TYPE", "home") || c.texts[workPage] != "" && !l.Has("TYPE", "work") {
			name = homePage
		}
		if c.texts[name] != "" {
			return false
		}
		c.set(name, oneLineText(l.Text()))
		return true
	case "BDAY", "ANNIVERSARY", "X-ANNIVERSARY", "X-MS-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY":
		into := &c.anniversary
		if l.Name == "BDAY" {
			into = &c.birthday
		}
		t, ok := parseDay(l.Value)
		if ok && into.IsZero() {
			*into = t
			return true
		}
		c.notes = append(c.notes, fmt.Sprintf("a date that is no whole one: %s", l))
		return false
	case "RELATED":
		switch {
		case l.Has("TYPE", spouse) && c.texts["SpouseName"] == "" && l.Has("VALUE", "text"):
			c.set("SpouseName", oneLineText(l.Text()))
			return true
		case l.Has("TYPE", child) && l.Has("VALUE", "text"):
			c.children = append(c.children, oneLineText(l.Text()))
			return true
		}
		return false
	case "X-SPOUSE", "X-MS-SPOUSE", "X-EVOLUTION-SPOUSE":
		if c.texts["SpouseName"] == "" {
			c.set("SpouseName", oneLineText(l.Text()))
			return true
		}
		return false
	case "X-COMPANIES":
		c.companies = append(c.companies, l.List()...)
		return true
	}
	line := map[string]string{"X-MS-MANAGER": "X-MANAGER", "X-EVOLUTION-MANAGER": "X-MANAGER", "X-MS-ASSISTANT": "X-ASSISTANT",
		"X-EVOLUTION-ASSISTANT": "X-ASSISTANT", "X-EVOLUTION-FILE-AS": "X-FILE-AS"}[l.Name]
	if line == "" {
		line = l.Name
	}
	for _, t := range contactTexts {
		if t.line == line && c.texts[t.element] == "" {
			c.set(t.element, oneLineText(l.Text()))
			return true
		}
	}
	return false
}

func oneLineText(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\n", " ")) }

func addressText(s, scheme string) string {
	s = oneLineText(s)
	if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
		return s[len(scheme):]
	}
	return s
}

// place puts a value at its preferred place or the next one that is free; false if there is none.
func place(slots *[3]string, l content.Line, value string) bool {
	if value == "" {
		return true
	}
	if n := intOf(l.Param("PREF")); n >= 1 && n <= 3 && slots[n-1] == "" {
		slots[n-1] = value
		return true
	}
	for i := range slots {
		if slots[i] == "" {
			slots[i] = value
			return true
		}
	}
	return false
}

func (c *contact) takePhone(l content.Line) bool {
	number := addressText(l.Text(), "tel:")
	if number == "" {
		return true
	}
	for _, choice := range phoneChoices {
		if choice.one != "" && !l.Has("TYPE", choice.one) || choice.two != "" && !l.Has("TYPE", choice.two) {
			continue
		}
		for _, key := range choice.keys {
			if c.phones[key] == "" {
				c.phones[key] = number
				return true
			}
		}
	}
	return false
}

func (c *contact) takeAddress(l content.Line) bool {
	a := l.Fields(7)
	var street []string
	for _, part := range []string{a[0], a[1], a[2]} { // post office box, extended address, street
		if part = strings.TrimSpace(part); part != "" {
			street = append(street, part)
		}
	}
	parts := []string{strings.Join(street, "\n"), oneLineText(a[3]), oneLineText(a[4]), oneLineText(a[6]), oneLineText(a[5])}
	if strings.Join(parts, "") == "" {
		return true
	}
	for _, t := range addressTypes {
		if (t.kind == "" || l.Has("TYPE", t.kind)) && c.addresses[t.key] == nil {
			c.addresses[t.key] = parts
			if l.Param("PREF") == "1" || l.Has("TYPE", "pref") {
				c.mailing = t.key
			}
			return true
		}
	}
	return false
}

// parseDay reads a whole date, with or without a time.
func parseDay(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, form := range []string{dateForm, time.DateOnly} {
		if len(s) >= len(form) {
			if t, err := time.Parse(form, s[:len(form)]); err == nil && inRange(t) == nil && (len(s) == len(form) || s[len(form)] == 'T') {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// takeCard reads a line that contacts and lists have in common.
func (b *base) takeCard(l content.Line, seen map[string]bool) {
	switch l.Name {
	case "KIND":
	case "NOTE":
		if seen["DESCRIPTION"] {
			b.more = append(b.more, l)
			return
		}
		l.Name = "DESCRIPTION"
		b.take(l, seen)
	case "X-IMPORTANCE":
		if l.Value == "High" || l.Value == "Low" {
			b.importance = l.Value
		}
	case "PHOTO":
		f := file{name: pictureName, photo: true}
		if kind, data, ok := dataURI(l.Value); ok {
			f.kind, f.data = strings.ToLower(kind), data
		} else if l.Has("ENCODING", "B") || l.Has("ENCODING", "BASE64") {
			f.data = fromBase64(l.Value)
			f.kind = "image/" + strings.ToLower(l.Param("TYPE"))
		}
		if f.kind == "image/jpeg" || f.kind == "image/jpg" || f.kind == "image/" {
			f.kind = ""
		}
		if f.data == nil || slices.ContainsFunc(b.files, func(f file) bool { return f.photo }) {
			b.more = append(b.more, l)
			return
		}
		b.files = append(b.files, f)
	case "EMAIL", "TEL", "ADR", "IMPP":
		b.notes = append(b.notes, fmt.Sprintf("Exchange has no place for one more %s; it goes along unseen: %s", l.Name, l.Value))
		b.more = append(b.more, l)
	case "SUMMARY", "DESCRIPTION", "PRIORITY":
		b.more = append(b.more, l)
	default:
		b.take(l, seen)
	}
}
