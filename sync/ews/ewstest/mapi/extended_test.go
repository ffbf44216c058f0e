package mapi_test

import (
	"strings"
	"testing"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// property is a t:ExtendedProperty; several values make an array.
func property(attributes, kind string, values ...string) string {
	s := `<t:ExtendedProperty><t:ExtendedFieldURI ` + attributes + ` PropertyType="` + kind + `"/>`
	if strings.HasSuffix(kind, "Array") {
		s += "<t:Values>"
	}
	for _, v := range values {
		s += "<t:Value>" + v + "</t:Value>"
	}
	if strings.HasSuffix(kind, "Array") {
		s += "</t:Values>"
	}
	return s + "</t:ExtendedProperty>"
}

func field(attributes, kind string) string {
	return `<t:ExtendedFieldURI ` + attributes + ` PropertyType="` + kind + `"/>`
}

func TestExtendedPropertiesOfEachType(t *testing.T) {
	const set = `PropertySetId="AABBCCDD-0000-1111-2222-333344445555"`
	for _, p := range profiles {
		for kind, values := range map[string][]string{
			"Short": {"-32768"}, "Integer": {"2147483647"}, "Long": {"-9223372036854775808"}, "Float": {"1.5"}, "Double": {"0.1"}, "Currency": {"12.34"}, "ApplicationTime": {"40000.25"},
			"Boolean": {"true"}, "String": {"ä &amp; b"}, "SystemTime": {"2026-11-22T10:11:12Z"}, "CLSID": {"00112233-4455-6677-8899-aabbccddeeff"}, "Binary": {"AAEC/w=="},
			"ShortArray": {"1", "2"}, "IntegerArray": {"32427", "32428"}, "LongArray": {"5"}, "FloatArray": {"1.5", "2"}, "DoubleArray": {"3.25"}, "CurrencyArray": {"1", "2.5"}, "ApplicationTimeArray": {"1"},
			"StringArray": {"a", "b", ""}, "SystemTimeArray": {"2026-11-22T10:11:12Z", "1601-01-01T00:00:00Z"}, "CLSIDArray": {"00112233-4455-6677-8899-aabbccddeeff"}, "BinaryArray": {"XA22DUiowKg=", "AAB4AA=="},
		} {
			text := `<t:Message>` + property(set+` PropertyName="Case"`, kind, values...) + property(set+` PropertyId="33000"`, kind, values...) + `</t:Message>`
			it, err := mapi.New(p, elem(t, text), now, author)
			if p == mapi.Grommunio && (strings.HasPrefix(kind, "Binary") || strings.HasPrefix(kind, "CLSID")) {
				if err == nil || !err.(*mapi.Error).Whole || !strings.Contains(err.Error(), "E-3107") {
					t.Errorf("%v: %s: %v", p, kind, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%v: %s: %v", p, kind, err)
				continue
			}
			for _, path := range []string{` PropertyName="Case"`, ` PropertyId="33000"`} {
				x := read(t, p, it, "IdOnly", field(set+path, kind)).Child("ExtendedProperty")
				var got []string
				for _, v := range append(x.All("Value"), x.Child("Values").All("Value")...) {
					s := v.Text
					if len(v.Data) > 0 {
						s = mapi.Binary(v.Data).String()
					}
					got = append(got, strings.ReplaceAll(s, ".000000000Z", "Z"))
				}
				want := strings.ReplaceAll(strings.Join(values, "|"), "&amp;", "&")
				if strings.Join(got, "|") != want {
					t.Errorf("%v: %s = %q, want %q", p, kind, got, want)
				}
			}
			if x := read(t, p, it, "IdOnly", field(set+` PropertyName="case"`, kind)).All("ExtendedProperty"); len(x) > 0 {
				t.Errorf("%v: another name finds it: %v", p, x)
			}
		}
	}
}

func TestExtendedPropertiesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ property, want2007, want2016 string }{
		"no number":        {property(`PropertyTag="0x6847"`, "Integer", "x"), "ErrorInvalidExtendedPropertyValue", "="},
		"too large":        {property(`PropertyTag="0x6847"`, "Short", "40000"), "ErrorInvalidExtendedPropertyValue", "="},
		"another type":     {property(`PropertyTag="0x0037"`, "Integer", "1"), "ErrorInvalidExtendedPropertyValue", "="},
		"no array":         {`<t:ExtendedProperty>` + field(`PropertyTag="0x6847"`, "IntegerArray") + `<t:Value>1</t:Value></t:ExtendedProperty>`, "ErrorInvalidExtendedPropertyValue", "="},
		"an array":         {`<t:ExtendedProperty>` + field(`PropertyTag="0x6847"`, "Integer") + `<t:Values><t:Value>1</t:Value></t:Values></t:ExtendedProperty>`, "ErrorInvalidExtendedPropertyValue", "="},
		"named range":      {property(`PropertyTag="0x8001"`, "Integer", "1"), "ErrorInvalidExtendedProperty", "="},
		"name without set": {property(`PropertyName="x"`, "Integer", "1"), "ErrorInvalidExtendedProperty", "="},
		"set without name": {property(`DistinguishedPropertySetId="Common"`, "Integer", "1"), "ErrorInvalidExtendedProperty", "="},
		"name and number":  {property(`DistinguishedPropertySetId="Common" PropertyName="x" PropertyId="3"`, "Integer", "1"), "ErrorInvalidExtendedProperty", "="},
		"tag and set":      {property(`DistinguishedPropertySetId="Common" PropertyTag="0x6847"`, "Integer", "1"), "ErrorInvalidExtendedProperty", "="},
		"only reported":    {property(`PropertyTag="0x6847"`, "Object", "1"), "ErrorInvalidExtendedProperty", "="},
		"unknown type":     {property(`PropertyTag="0x6847"`, "Integer64", "1"), "ErrorSchemaValidation", "="},
		"unknown set":      {property(`DistinguishedPropertySetId="Mine" PropertyId="1"`, "Integer", "1"), "ErrorSchemaValidation", "="},
		"Sharing":          {property(`DistinguishedPropertySetId="Sharing" PropertyId="1"`, "Integer", "1"), "ErrorSchemaValidation", ""},
		"computed":         {property(`PropertyTag="0x65E0"`, "Binary", "AAAA"), "ErrorInvalidPropertySet", "="},
		"size":             {property(`PropertyTag="0x0E08"`, "Integer", "1"), "ErrorInvalidPropertySet", "="},
	} {
		if c.want2016 == "=" {
			c.want2016 = c.want2007
		}
		for p, want := range map[mapi.Profile]string{mapi.Exchange2007SP1: c.want2007, mapi.Exchange2016: c.want2016} {
			_, err := mapi.New(p, elem(t, `<t:Message>`+c.property+`</t:Message>`), now, author)
			if got := code(t, err); got != want {
				t.Errorf("%v, %s: %v, want %q", p, name, err, want)
			} else if err != nil && err.(*mapi.Error).Whole != (want == "ErrorSchemaValidation") {
				t.Errorf("%v, %s: whole request: %v", p, name, err)
			}
		}
	}
}

// TestElementsAndPropertiesAreOneThing: what is set one way is read the other way.
func TestElementsAndPropertiesAreOneThing(t *testing.T) {
	for _, c := range []struct{ element, uri, value, attributes, kind, as string }{
		{"Message", "item:Subject", "<t:Subject>s</t:Subject>", `PropertyTag="0x37"`, "String", "s"},
		{"Message", "item:Subject", "<t:Subject>RE: s</t:Subject>", `PropertyTag="0x0E1D"`, "String", "s"},
		{"Message", "item:Importance", "<t:Importance>High</t:Importance>", `PropertyTag="0x17"`, "Integer", "2"},
		{"Message", "item:Sensitivity", "<t:Sensitivity>Confidential</t:Sensitivity>", `PropertyTag="0x36"`, "Integer", "3"},
		{"Message", "message:IsRead", "<t:IsRead>true</t:IsRead>", `PropertyTag="0xE69"`, "Boolean", "true"},
		{"Message", "message:InternetMessageId", "<t:InternetMessageId>m</t:InternetMessageId>", `PropertyTag="4149"`, "String", "m"},
		{"Message", "item:Categories", "<t:Categories><t:String>c</t:String></t:Categories>", `DistinguishedPropertySetId="PublicStrings" PropertyName="Keywords"`, "StringArray", "c"},
		{"Message", "item:Body", `<t:Body BodyType="HTML">&lt;b&gt;x&lt;/b&gt;</t:Body>`, `PropertyTag="0x1013"`, "String", "<b>x</b>"},
		{"Contact", "contacts:Surname", "<t:Surname>n</t:Surname>", `PropertyTag="0x3A11"`, "String", "n"},
		{"Contact", "contacts:EmailAddresses", `<t:EmailAddresses><t:Entry Key="EmailAddress2">e@x</t:Entry></t:EmailAddresses>`, `DistinguishedPropertySetId="Address" PropertyId="32915"`, "String", "e@x"},
		{"Contact", "contacts:FileAs", "<t:FileAs>f</t:FileAs>", `PropertySetId="00062004-0000-0000-C000-000000000046" PropertyId="32773"`, "String", "f"},
		{"Task", "task:PercentComplete", "<t:PercentComplete>50</t:PercentComplete>", `DistinguishedPropertySetId="Task" PropertyId="33026"`, "Double", "0.5"},
		{"CalendarItem", "calendar:Location", "<t:Location>l</t:Location>", `DistinguishedPropertySetId="Appointment" PropertyId="33288"`, "String", "l"},
	} {
		for _, p := range exchanges {
			it := create(t, p, "<t:"+c.element+">"+c.value+"</t:"+c.element+">")
			x := read(t, p, it, "IdOnly", field(c.attributes, c.kind)).Child("ExtendedProperty")
			if got := x.Value("Value") + x.Value("Values", "Value"); got != c.as {
				t.Errorf("%v: %s is %q as property, want %q", p, c.uri, got, c.as)
			}
			if strings.Contains(c.attributes, "0E1D") {
				continue
			}
			back := create(t, p, "<t:"+c.element+">"+property(c.attributes, c.kind, strings.ReplaceAll(c.as, "<", "&lt;"))+"</t:"+c.element+">")
			want := elem(t, c.value)
			if got := read(t, p, back, "IdOnly", c.uri).Child(want.Name); !contains(leaves(got), leaves(want)) {
				t.Errorf("%v: the property is %v as %s, want %v", p, leaves(got), c.uri, leaves(want))
			}
		}
	}
}

func TestListingCutsLongValues(t *testing.T) {
	long := strings.Repeat("ä", 300)
	text := `<t:Message><t:Subject>` + long + `</t:Subject>` + property(`PropertyTag="0x6000"`, "String", long)
	for _, p := range profiles {
		binary := property(`PropertyTag="0x6001"`, "Binary", mapi.Binary(make([]byte, 600)).String())
		if p == mapi.Grommunio {
			binary = ""
		}
		it := create(t, p, text+binary+`</t:Message>`)
		if p == mapi.Grommunio {
			it.SetProperty(mapi.Tag{ID: 0x6001}, mapi.Binary(make([]byte, 600)))
		}
		paths := []string{"item:Subject", field(`PropertyTag="0x6000"`, "String"), field(`PropertyTag="0x6001"`, "Binary")}
		e := list(t, p, it, "IdOnly", paths...)
		x := e.All("ExtendedProperty")
		limit := 512
		if p == mapi.Grommunio {
			limit = 510
		}
		if n, s, b := len([]rune(e.Value("Subject"))), len([]rune(x[0].Value("Value"))), len(x[1].Child("Value").Data); n != 255 || s != 255 || b != limit {
			t.Errorf("%v: lists %d, %d characters and %d bytes", p, n, s, b)
		}
		e = read(t, p, it, "IdOnly", paths...)
		if n, b := len([]rune(e.Value("Subject"))), len(e.All("ExtendedProperty")[1].Child("Value").Data); n != 300 || b != 600 {
			t.Errorf("%v: reads %d characters and %d bytes", p, n, b)
		}
	}
}

func TestPropertyThatIsAskedForTwiceIsWrittenOnce(t *testing.T) {
	it := create(t, mapi.Exchange2016, "<t:Message>"+property(`PropertyTag="0x6000"`, "String", "v")+"</t:Message>")
	path := field(`PropertyTag="0x6000"`, "String")
	if n := len(read(t, mapi.Exchange2016, it, "IdOnly", path, path).All("ExtendedProperty")); n != 1 {
		t.Errorf("written %d times", n)
	}
}

func TestServerSuppliesWhatItKnows(t *testing.T) {
	it := create(t, mapi.Exchange2016, `<t:Message><t:Subject>s</t:Subject></t:Message>`)
	view := it.In(mapi.Surroundings{
		Property: func(tag mapi.Tag) (mapi.Value, bool) {
			if tag.ID == 0x65E0 && tag.Set == "" {
				return mapi.Binary([]byte("key")), true
			}
			return mapi.Value{}, false
		},
		Element: func(name string) *soap.Element {
			if name == "ParentFolderId" {
				return soap.T(name, soap.Attr{Name: "Id", Value: "parent"})
			}
			return nil
		},
	})
	e := read(t, mapi.Exchange2016, view, "AllProperties", field(`PropertyTag="0x65E0"`, "Binary"))
	if string(e.Child("ExtendedProperty", "Value").Data) != "key" || e.Child("ParentFolderId").Attr("Id") != "parent" {
		t.Error(show(t, e))
	}
	it.SetProperty(mapi.Tag{ID: 0x3008}, mapi.Time(later))
	if !it.Modified().Equal(later) {
		t.Errorf("modified %v", it.Modified())
	}
}

func TestValuesCompare(t *testing.T) {
	for _, c := range []struct {
		less, more mapi.Value
	}{
		{mapi.Integer(2), mapi.Long(10)}, {mapi.String("Abc"), mapi.String("abd")}, {mapi.Value{}, mapi.String("")}, {mapi.Boolean(false), mapi.Boolean(true)},
		{mapi.Time(now), mapi.Time(now.Add(time.Microsecond))}, {mapi.Binary([]byte{1}), mapi.Binary([]byte{1, 0})},
	} {
		if mapi.Compare(c.less, c.more) >= 0 || mapi.Compare(c.more, c.less) <= 0 || mapi.Compare(c.less, c.less) != 0 {
			t.Errorf("%v and %v", c.less, c.more)
		}
	}
	if mapi.Compare(mapi.String("ABC"), mapi.String("abc")) != 0 {
		t.Error("case counts")
	}
}
