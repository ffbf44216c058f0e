package item

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"time"

	"iorepl/sync/ews/item/content"
)

// phoneTypes are the types of TEL for PhoneNumberKeyType (MS-OXWSCDATA 2.2.5.22).
var phoneTypes = map[string][]string{
	"AssistantPhone": {"x-assistant"}, "BusinessFax": {"work", "fax"}, "BusinessPhone": {"work", "voice"}, "BusinessPhone2": {"work", "voice", "x-second"},
	"Callback": {"x-callback"}, "CarPhone": {"x-car"}, "CompanyMainPhone": {"x-company"}, "HomeFax": {"home", "fax"}, "HomePhone": {"home", "voice"},
	"HomePhone2": {"home", "voice", "x-second"}, "Isdn": {"x-isdn"}, "MobilePhone": {"cell"}, "OtherFax": {"fax"}, "OtherTelephone": {"voice"},
	"Pager": {"pager"}, "PrimaryPhone": {"x-primary"}, "RadioPhone": {"x-radio"}, "Telex": {"x-telex"}, "TtyTddPhone": {"textphone"},
}

// phoneChoices say which numbers a TEL may be, by one type or two of it; the first that fits, and of its numbers the first
// that is free.
var phoneChoices = []struct {
	one, two string
	keys     []string
}{
	{"work", "fax", []string{"BusinessFax", "OtherFax"}}, {"home", "fax", []string{"HomeFax", "OtherFax"}}, {"fax", "", []string{"OtherFax"}},
	{"work", "x-second", []string{"BusinessPhone2"}}, {"home", "x-second", []string{"HomePhone2"}},
	{"cell", "", []string{"MobilePhone", "OtherTelephone"}}, {"pager", "", []string{"Pager"}}, {"car", "", []string{"CarPhone"}}, {"x-car", "", []string{"CarPhone"}},
	{"isdn", "", []string{"Isdn"}}, {"x-isdn", "", []string{"Isdn"}}, {"textphone", "", []string{"TtyTddPhone"}}, {"tty-tdd", "", []string{"TtyTddPhone"}},
	{"x-telex", "", []string{"Telex"}}, {"x-radio", "", []string{"RadioPhone"}}, {"x-callback", "", []string{"Callback"}},
	{"x-assistant", "", []string{"AssistantPhone"}}, {"x-company", "", []string{"CompanyMainPhone"}}, {"main", "", []string{"CompanyMainPhone"}},
	{"x-primary", "", []string{"PrimaryPhone"}}, {"work", "", []string{"BusinessPhone", "BusinessPhone2"}}, {"home", "", []string{"HomePhone", "HomePhone2"}},
	{"", "", []string{"OtherTelephone", "PrimaryPhone"}},
}

// addressTypes are the types of ADR for PhysicalAddressKeyType.
var addressTypes = []struct{ kind, key string }{{"work", "Business"}, {"home", "Home"}, {"", "Other"}}

// relations are the types of RELATED.
const (
	spouse = "spouse"
	child  = "child"
)

// card is an empty vCard.
func card() *content.Component {
	return &content.Component{Name: "VCARD", Lines: []content.Line{content.New("VERSION", "4.0"), content.New("PRODID", "-//iorepl//iorepl//EN")}}
}

// typed is a line with TYPE.
func typed(name, value string, types []string, params ...string) content.Line {
	l := content.New(name, value, params...)
	if len(types) > 0 {
		l.Params = append([]content.Param{{Name: "TYPE", Values: types}}, l.Params...)
	}
	return l
}

// encode writes the contact as a file.
func (c *contact) encode() []byte {
	v := card()
	v.Add(content.New("FN", content.Escape(c.texts["DisplayName"])))
	v.Add(content.New("N", content.Join([]string{c.texts["Surname"], c.texts["GivenName"], c.texts["MiddleName"], c.texts[title], c.texts["Generation"]}, ";")))
	for _, t := range contactTexts {
		if t.line != "" && t.line != "FN" {
			v.AddText(t.line, c.texts[t.element])
		}
	}
	switch {
	case c.texts["Department"] != "":
		v.Add(content.New("ORG", content.Join([]string{c.texts["CompanyName"], c.texts["Department"]}, ";")))
	default:
		v.AddText("ORG", c.texts["CompanyName"])
	}
	for i, a := range c.emails {
		v.AddText("EMAIL", a, "PREF", slot(i))
	}
	for i, a := range c.ims {
		v.AddText("IMPP", a, "PREF", slot(i))
	}
	for _, key := range slices.Sorted(maps.Keys(c.phones)) {
		types := phoneTypes[key]
		if types == nil {
			types = []string{"x-" + strings.ToLower(key)}
		}
		v.Add(typed("TEL", content.Escape(c.phones[key]), types))
	}
	for _, t := range addressTypes {
		parts := c.addresses[t.key]
		if parts == nil {
			continue
		}
		var types []string
		if t.kind != "" {
			types = []string{t.kind}
		}
		pref := ""
		if c.mailing == t.key {
			pref = "1"
		}
		v.Add(typed("ADR", content.Join([]string{"", "", parts[0], parts[1], parts[2], parts[4], parts[3]}, ";"), types, "PREF", pref))
	}
	v.AddText("URL", c.texts[workPage], "TYPE", "work")
	v.AddText("URL", c.texts[homePage], "TYPE", "home")
	day := func(name string, t time.Time) {
		if !t.IsZero() {
			v.Add(content.New(name, t.Format(dateForm)))
		}
	}
	day("BDAY", c.birthday)
	day("ANNIVERSARY", c.anniversary)
	v.AddText("RELATED", c.texts["SpouseName"], "TYPE", spouse, "VALUE", "text")
	for _, name := range c.children {
		v.AddText("RELATED", name, "TYPE", child, "VALUE", "text")
	}
	if len(c.companies) > 0 {
		v.Add(content.New("X-COMPANIES", content.Join(c.companies, ",")))
	}
	c.putCard(v)
	return content.Encode(v)
}

func slot(i int) string { return string(rune('1' + i)) }

// putCard writes what contacts and lists have in common.
func (b *base) putCard(v *content.Component) {
	v.AddText("NOTE", b.plain())
	if b.html != "" {
		v.AddText("X-ALT-DESC", b.html, "FMTTYPE", "text/html")
	}
	if len(b.categories) > 0 {
		v.Add(content.New("CATEGORIES", content.Join(b.categories, ",")))
	}
	v.AddText("CLASS", className(b.sensitivity))
	v.AddText("X-IMPORTANCE", b.importance)
	for _, f := range b.files {
		if f.photo {
			kind := f.kind
			if kind == "" {
				kind = "image/jpeg"
			}
			v.Add(content.New("PHOTO", "data:"+kind+";base64,"+base64.StdEncoding.EncodeToString(f.data)))
		} else {
			v.Add(f.line("X-ATTACH"))
		}
	}
	v.Add(b.more...)
	v.Components = b.components
}
