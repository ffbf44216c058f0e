package item

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// contact is a contact. What a map or list lacks is "".
type contact struct {
	base
	texts       map[string]string   // by element
	emails      [3]string           // EmailAddress1 to EmailAddress3
	ims         [3]string           // ImAddress1 to ImAddress3
	phones      map[string]string   // by PhoneNumberKeyType
	addresses   map[string][]string // by PhysicalAddressKeyType: parts in the order of addressParts
	mailing     string              // PhysicalAddressIndexType, "" for none
	children    []string
	companies   []string
	birthday    time.Time // at midnight in UTC
	anniversary time.Time
}

// contactText is a text of a contact: its element, and its line in a vCard if it has one of its own.
type contactText struct{ element, line string }

// contactTexts are the texts of a contact. Those without a line are parts of another.
var contactTexts = []contactText{{"FileAs", "X-FILE-AS"}, {"DisplayName", "FN"}, {"GivenName", ""}, {"Initials", "X-INITIALS"}, {"MiddleName", ""},
	{"Nickname", "NICKNAME"}, {"CompanyName", ""}, {"AssistantName", "X-ASSISTANT"}, {"Department", ""}, {"Generation", ""}, {"JobTitle", "TITLE"},
	{"Manager", "X-MANAGER"}, {"Mileage", "X-MILEAGE"}, {"OfficeLocation", "X-OFFICE"}, {"Profession", "ROLE"}, {"SpouseName", ""}, {"Surname", ""}}

// The texts that have no element that can be written: a person's title and own home page, and a page that is no address.
var (
	titleProperty    = Property{id: 0x3A45, kind: "String"}
	homePageProperty = Property{id: 0x3A50, kind: "String"}
	workPageProperty = Property{id: 0x3A51, kind: "String"}
)

const (
	title    = "Title"
	homePage = "PersonalHomePage"
	workPage = "BusinessHomePage"
)

// addressParts are the parts of an address, as elements and in FieldURI.
var addressParts = [...]string{"Street", "City", "State", "CountryOrRegion", "PostalCode"}

// pictureName is what Outlook calls the picture of a contact.
const pictureName = "ContactPicture.jpg"

func readContact(src Source, extra []Property) *contact {
	c := newContact()
	e := src.Item
	all := c.read(e, src.Attachments, Contact, extra)
	c.subject = ""
	for i := range c.files {
		if f := &c.files[i]; f.photo || strings.EqualFold(f.name, pictureName) { // before 2010 only the name tells
			f.name, f.photo, f.inline, f.id, f.location = pictureName, true, false, "", ""
			if f.kind == "image/jpeg" || f.kind == "image/jpg" {
				f.kind = ""
			}
		}
	}
	for _, t := range contactTexts {
		if v := e.Child(t.element); v != nil && v.Text != "" {
			c.texts[t.element] = v.Text
		}
	}
	c.set(title, all[titleProperty])
	c.set(homePage, all[homePageProperty])
	c.set(workPage, e.Value(workPage))
	if c.texts[workPage] == "" {
		c.set(workPage, all[workPageProperty])
	}
	slots := func(container, prefix string, into *[3]string) {
		for _, entry := range e.Child(container).All("Entry") {
			if n := intOf(strings.TrimPrefix(entry.Attr("Key"), prefix)); n >= 1 && n <= 3 {
				into[n-1] = strings.TrimSpace(entry.Text)
			}
		}
	}
	slots("EmailAddresses", "EmailAddress", &c.emails)
	slots("ImAddresses", "ImAddress", &c.ims)
	for _, entry := range e.Child("PhoneNumbers").All("Entry") {
		if entry.Text != "" {
			c.phones[entry.Attr("Key")] = entry.Text
		}
	}
	for _, entry := range e.Child("PhysicalAddresses").All("Entry") {
		parts := make([]string, len(addressParts))
		for i, p := range addressParts {
			if v := entry.Child(p); v != nil {
				parts[i] = strings.ReplaceAll(v.Text, "\r\n", "\n")
			}
		}
		if strings.Join(parts, "") != "" {
			c.addresses[entry.Attr("Key")] = parts
		}
	}
	if i := e.Value("PostalAddressIndex"); i != "None" {
		c.mailing = i
	}
	c.children = stringsAt(e, "Children")
	c.companies = stringsAt(e, "Companies")
	if t, ok := parseTime(e.Value("Birthday")); ok {
		c.birthday = dayOf(t)
	}
	if t, ok := parseTime(e.Value("WeddingAnniversary")); ok {
		c.anniversary = dayOf(t)
	}
	c.normalize()
	return c
}

func newContact() *contact {
	return &contact{texts: map[string]string{}, phones: map[string]string{}, addresses: map[string][]string{}}
}

func (c *contact) set(name, text string) {
	if text = strings.TrimSpace(text); text != "" {
		c.texts[name] = text
	}
}

// normalize fills in what servers fill in, and takes away what they add of their own.
func (c *contact) normalize() {
	if c.texts["DisplayName"] == "" {
		c.set("DisplayName", strings.Join(strings.Fields(strings.Join([]string{c.texts["GivenName"], c.texts["MiddleName"], c.texts["Surname"]}, " ")), " "))
	}
	for _, instead := range []string{c.texts["FileAs"], c.texts["CompanyName"], c.emails[0]} {
		if c.texts["DisplayName"] == "" {
			c.set("DisplayName", instead)
		}
	}
	if c.texts["FileAs"] == "" {
		if c.texts["Surname"] != "" && c.texts["GivenName"] != "" {
			c.set("FileAs", c.texts["Surname"]+", "+c.texts["GivenName"])
		} else {
			c.set("FileAs", c.texts["DisplayName"])
		}
	}
	if c.addresses[c.mailing] == nil {
		c.mailing = ""
	}
	for i, p := range emailShown {
		if strings.EqualFold(c.properties[p.String()], c.emails[i]) {
			delete(c.properties, p.String())
		}
	}
}

func (c *contact) payload() sync.Payload {
	return sync.Payload{Class: c.class, Name: c.texts["FileAs"], Format: sync.VCard, Data: c.encode(), Properties: c.properties}
}

func (c *contact) write(s soap.Server) (Writing, error) {
	f, notes := c.fields(s)
	w := Writing{Create: f.create("Contact"), Notes: notes}
	var more []string
	w.Attachments, more = attachments(c.files, s)
	w.Notes = append(w.Notes, more...)
	return w, nil
}

// noon is when servers say that a day without a time is: the same day everywhere on earth.
const noon = 11*time.Hour + 59*time.Minute

func (c *contact) fields(s soap.Server) (f fields, notes []string) {
	f, notes = c.base.fields(s)
	for _, t := range contactTexts {
		f.text("contacts:"+t.element, t.element, c.texts[t.element])
	}
	f.putProperty(titleProperty, c.texts[title])
	f.putProperty(homePageProperty, c.texts[homePage])
	if u, err := url.Parse(c.texts[workPage]); err == nil && !strings.ContainsAny(c.texts[workPage], " \\<>\"{}|^`") {
		f.text("contacts:BusinessHomePage", workPage, u.String())
	} else {
		f.putProperty(workPageProperty, c.texts[workPage])
	}
	entry := func(uri, container, key, text string) {
		if text != "" {
			f.indexed(uri, key, soap.T(container, soap.T("Entry", soap.Attr{Name: "Key", Value: key}, text)))
		}
	}
	for i := range 3 {
		n := string(rune('1' + i))
		entry("contacts:EmailAddress", "EmailAddresses", "EmailAddress"+n, c.emails[i])
		entry("contacts:ImAddress", "ImAddresses", "ImAddress"+n, c.ims[i])
	}
	for _, key := range slices.Sorted(maps.Keys(c.phones)) {
		entry("contacts:PhoneNumber", "PhoneNumbers", key, c.phones[key])
	}
	for _, key := range slices.Sorted(maps.Keys(c.addresses)) {
		parts := c.addresses[key]
		for i, p := range addressParts {
			if parts[i] != "" {
				f.indexed("contacts:PhysicalAddress:"+p, key, soap.T("PhysicalAddresses",
					soap.T("Entry", soap.Attr{Name: "Key", Value: key}, soap.T(p, wireLines(parts[i])))))
			}
		}
	}
	f.text("contacts:PostalAddressIndex", "PostalAddressIndex", c.mailing)
	if len(c.children) > 0 {
		f.put("contacts:Children", stringList("Children", c.children))
	}
	if len(c.companies) > 0 {
		f.put("contacts:Companies", stringList("Companies", c.companies))
	}
	day := func(name string, t time.Time) {
		if !t.IsZero() {
			f.put("contacts:"+name, soap.T(name, formatTime(t.Add(noon))))
		}
	}
	day("Birthday", c.birthday)
	day("WeddingAnniversary", c.anniversary)
	for _, file := range c.files {
		if file.photo && s.Version < soap.Exchange2010 {
			notes = append(notes, "the picture is a file there, not shown as a picture")
		}
	}
	return f, notes
}
