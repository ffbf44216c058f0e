package item

import (
	"strings"
	"testing"

	"iorepl/sync/ews/soap"
)

func TestPropertyNames(t *testing.T) {
	tests := []struct{ name, canonical string }{
		{"0x0E06:SystemTime", ""},
		{"0xe06:systemtime", "0x0E06:SystemTime"},
		{"PublicStrings/Project:String", ""},
		{"publicstrings/Project", "PublicStrings/Project:String"},
		{"{00020329-0000-0000-C000-000000000046}/Project", "PublicStrings/Project:String"},
		{"{00062008-0000-0000-c000-000000000046}/0x8503:Boolean", ""},
		{"Common/0x8503:Boolean", "{00062008-0000-0000-c000-000000000046}/0x8503:Boolean"},
		{"InternetHeaders/x-spam:String", ""},
		{"PublicStrings/a/b: c:IntegerArray", ""},
		{"PublicStrings/http://schemas.example/x:String", ""},
		{"PublicStrings/a:b", "PublicStrings/a:b:String"},
	}
	for _, test := range tests {
		p, err := ParseProperty(test.name)
		want := test.canonical
		if want == "" {
			want = test.name
		}
		if err != nil || p.String() != want {
			t.Errorf("%q is %q, %v; want %q", test.name, p, err, want)
			continue
		}
		if again, ok := propertyOf(p.Path()); !ok || again != p {
			t.Errorf("%q: the path %v is %q", test.name, p.Path().Attrs, again)
		}
	}
	for _, name := range []string{"", "a", "Project:String", "0x0E06:Date", "0x8503:Boolean", "0x10000:String", "Nobody/x:String", "PublicStrings/:String", "{1}/x:String", "0E06:String"} {
		if p, err := ParseProperty(name); err == nil {
			t.Errorf("%q is %q", name, p)
		}
	}
	// As grommunio writes paths.
	p, ok := propertyOf(soap.T("ExtendedFieldURI", soap.Attr{Name: "DistinguishedPropertySetId", Value: "Common"},
		soap.Attr{Name: "PropertySetId", Value: "00062008-0000-0000-c000-000000000046"}, soap.Attr{Name: "PropertyId", Value: "34051"},
		soap.Attr{Name: "PropertyType", Value: "Boolean"}))
	if !ok || p != reminderSet {
		t.Errorf("%q", p)
	}
	if p, ok := propertyOf(soap.T("ExtendedFieldURI", soap.Attr{Name: "PropertyTag", Value: "0xe06"}, soap.Attr{Name: "PropertyType", Value: "SystemTime"})); !ok || p != receivedTime {
		t.Errorf("%q", p)
	}
}

func TestPropertyValues(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"0x0E06:SystemTime", "2026-01-02T03:04:05.946174100Z", "2026-01-02T03:04:05Z"},
		{"0x0E06:SystemTime", "2026-01-02T03:04:05+01:00", "2026-01-02T02:04:05Z"},
		{"0x0E06:SystemTime", "4501-01-01T00:00:00Z", ""},
		{"0x1090:Integer", " 2 ", "2"},
		{"0x1090:Integer", "two", ""},
		{"Common/0x8503:Boolean", "1", "true"},
		{"PublicStrings/a:Double", "1.50", "1.5"},
		{"PublicStrings/a:Binary", "AA EC", "AAEC"},
		{"PublicStrings/a:Binary", "%", ""},
		{"PublicStrings/a:String", "x\r\ny\x01", "x\ny"},
		{"PublicStrings/a:StringArray", `["a","b"]`, `["a","b"]`},
		{"PublicStrings/a:StringArray", "a", ""},
		{"PublicStrings/a:StringArray", "[]", ""},
		{"PublicStrings/a:IntegerArray", `["1"," 2"]`, `["1","2"]`},
	}
	for _, test := range tests {
		p, err := ParseProperty(test.name)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := p.normalize(test.value); got != test.want && ok || ok != (test.want != "") {
			t.Errorf("%s %q is %q, %v; want %q", test.name, test.value, got, ok, test.want)
		}
	}
}

// TestWhatStaysIsNoPartOfAPayload: stamps, read state and the like never travel, whoever asks for them.
func TestWhatStaysIsNoPartOfAPayload(t *testing.T) {
	var extra []Property
	for _, name := range []string{"PublicStrings/iorepl-origin", "PublicStrings/iorepl-version", "PublicStrings/iorepl-mark", "0x0E07:Integer", "0x0E69:Boolean", "0x3008:SystemTime"} {
		p, err := ParseProperty(name)
		if err != nil {
			t.Fatal(err)
		}
		extra = append(extra, p)
	}
	for _, w := range worlds {
		it := native(t, w, strings.Replace(nativeMessage, "<t:ExtendedProperty>",
			`<t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="iorepl-origin" PropertyType="String"/><t:Value>1;r</t:Value></t:ExtendedProperty><t:ExtendedProperty>`, 1))
		for name := range w.read(t, it, extra...).Properties {
			if name != "0x1090:Integer" && name != "0x0E06:SystemTime" {
				t.Errorf("%s: %s", w.profile, name)
			}
		}
		p := sampleOf(t, "post").payload
		p.Properties = map[string]string{"PublicStrings/iorepl-mark:String": "1", "0x0E69:Boolean": "true"}
		writing, err := Write(p, w.server)
		for _, x := range writing.Create.All("ExtendedProperty") {
			if q, _ := propertyOf(x.Child("ExtendedFieldURI")); q.name == "iorepl-mark" || q.id == 0x0E69 {
				t.Errorf("%s writes %s: %v", w.profile, q, err)
			}
		}
	}
}
