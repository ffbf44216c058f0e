package ewstest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"iorepl/sync/ews/soap"
)

// TestFreeBusyMessageOverEWS writes and reads a message as a client does, with what Outlook writes as the measure.
func TestFreeBusyMessageOverEWS(t *testing.T) {
	for _, p := range []Profile{Exchange2007SP1, Exchange2010SP2} {
		s, c, u := partners(t, p)
		must[string](t)(u.AddFreeBusy(carlDN, november()))
		path := s.GroupFolder("Partners")
		folder := folderID(t, s, path)
		where := `<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="item:Subject"/><t:FieldURIOrConstant><t:Constant Value="user-/cn=recipients/cn=carl"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>`
		var paths strings.Builder
		for _, x := range []string{`0x684F" PropertyType="IntegerArray`, `0x6850" PropertyType="BinaryArray`, `0x6851" PropertyType="IntegerArray`, `0x6852" PropertyType="BinaryArray`,
			`0x6847" PropertyType="Integer`, `0x6848" PropertyType="Integer`, `0x6868" PropertyType="SystemTime`, `0x6849" PropertyType="String`, `0x6841" PropertyType="Integer`, `0x684B" PropertyType="Boolean`} {
			paths.WriteString(`<t:ExtendedFieldURI PropertyTag="` + x + `"/>`)
		}
		shape := `<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI="item:Subject"/>` + paths.String() + `</t:AdditionalProperties></m:ItemShape>`
		find := func(where string) []*soap.Element {
			return c.ok(`<m:FindItem Traversal="Shallow">`+shape+where+`<m:ParentFolderIds>`+folder+`</m:ParentFolderIds></m:FindItem>`).Child("RootFolder", "Items").Children
		}
		found := find(where)
		if len(found) != 1 || found[0].Name != "PostItem" || found[0].Value("Subject") != "USER-/CN=RECIPIENTS/CN=CARL" {
			t.Fatalf("%s: found %v", p, found)
		}
		get := func(id string) string {
			e := c.ok(`<m:GetItem>` + shape + `<m:ItemIds>` + id + `</m:ItemIds></m:GetItem>`).Child("Items").Children[0]
			return propertiesLine(e)
		}
		const want = "0x684f=32427,32428 0x6850=XA22DS4OiA5IqMCo,AAB4AA== 0x6851=32427 0x6852=EA5MDg== 0x6847=223966080 0x6848=224098560 0x6868=2026-11-02T08:00:00Z " +
			"0x6849=" + carlDN + " 0x6841=0"
		id := itemID(found[0])
		if got := get(id); got != want {
			t.Errorf("%s: got  %s\nwant %s", p, got, want)
		}
		// A client replaces one pair, takes away another and adds a flag.
		property := func(tag, kind string, values ...string) string {
			text := `<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="` + tag + `" PropertyType="` + kind + `"/>`
			if strings.HasSuffix(kind, "Array") {
				return text + `<t:Values><t:Value>` + strings.Join(values, `</t:Value><t:Value>`) + `</t:Value></t:Values></t:ExtendedProperty>`
			}
			return text + `<t:Value>` + values[0] + `</t:Value></t:ExtendedProperty>`
		}
		var updates strings.Builder
		for _, x := range [][]string{{"0x6850", "BinaryArray", "XA22DQ==", "AAB4AA=="}, {"0x6847", "Integer", "223966081"}, {"0x6868", "SystemTime", "2026-11-03T08:00:00Z"}, {"0x684B", "Boolean", "true"}} {
			updates.WriteString(`<t:SetItemField><t:ExtendedFieldURI PropertyTag="` + x[0] + `" PropertyType="` + x[1] + `"/><t:PostItem>` + property(x[0], x[1], x[2:]...) + `</t:PostItem></t:SetItemField>`)
		}
		for _, x := range []string{`0x6851" PropertyType="IntegerArray`, `0x6852" PropertyType="BinaryArray`} {
			updates.WriteString(`<t:DeleteItemField><t:ExtendedFieldURI PropertyTag="` + x + `"/></t:DeleteItemField>`)
		}
		if got := c.as("anna").code(`<m:UpdateItem ConflictResolution="NeverOverwrite" MessageDisposition="SaveOnly"><m:ItemChanges><t:ItemChange>` + id + `<t:Updates>` + updates.String() + `</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`); got != "NoError" {
			t.Errorf("%s: an ordinary user changes it: %s", p, got)
		}
		const changed = "0x684f=32427,32428 0x6850=XA22DQ==,AAB4AA== 0x6847=223966081 0x6848=224098560 0x6868=2026-11-03T08:00:00Z 0x6849=" + carlDN + " 0x6841=0 0x684b=true"
		if got := get(itemID(find("")[0])); got != changed {
			t.Errorf("%s: after the change %s\nwant %s", p, got, changed)
		}

		// A listing cuts long values: blocks must come by GetItem.
		crowded := november()
		crowded.Events = nil
		for i := range 200 {
			at := at("2026-11-01 00:00").Add(time.Duration(i) * time.Hour)
			crowded.Events = append(crowded.Events, Event{at, at.Add(time.Minute), Busy, ""})
		}
		must[string](t)(u.AddFreeBusy(partnersDN+"/cn=Recipients/cn=dora", crowded))
		dora := find(strings.Replace(where, "cn=carl", "cn=dora", 1))[0]
		listed, whole := valueOf(dora, "0x6850"), valueOf(c.ok(`<m:GetItem>` + shape + `<m:ItemIds>` + itemID(dora) + `</m:ItemIds></m:GetItem>`).Child("Items").Children[0], "0x6850")
		if len(listed) != 512 || len(whole) != 800 || string(whole[:512]) != string(listed) {
			t.Errorf("%s: the listing has %d bytes of %d", p, len(listed), len(whole))
		}

		// Subjects are found by part, sorted and paged.
		contains := `<m:Restriction><t:Contains ContainmentMode="Prefixed" ContainmentComparison="IgnoreCase"><t:FieldURI FieldURI="item:Subject"/><t:Constant Value="user-/CN=recipients/"/></t:Contains></m:Restriction>`
		order := `<m:SortOrder><t:FieldOrder Order="Descending"><t:FieldURI FieldURI="item:Subject"/></t:FieldOrder></m:SortOrder>`
		var subjects []string
		for offset := range 2 {
			page := find(fmt.Sprintf(`<m:IndexedPageItemView MaxEntriesReturned="1" Offset="%d" BasePoint="Beginning"/>`, offset) + contains + order)
			for _, e := range page {
				subjects = append(subjects, e.Value("Subject"))
			}
		}
		if got := strings.Join(subjects, " "); got != "USER-/CN=RECIPIENTS/CN=DORA USER-/CN=RECIPIENTS/CN=CARL" {
			t.Errorf("%s: the pages are %s", p, got)
		}
	}
}

func TestFreeBusyOfManyUsers(t *testing.T) {
	s, _, u := partners(t, Exchange2010SP2)
	dns := make([]string, 50)
	for i := range dns {
		dns[i] = fmt.Sprintf("%s/cn=Recipients/cn=user%d", partnersDN, i)
	}
	if err := u.AddFreeBusyOfMany(dns, november()); err != nil {
		t.Fatal(err)
	}
	for _, dn := range dns {
		if got, err := s.FreeBusy(dn); err != nil || len(got.Events) != 4 {
			t.Fatalf("%s: %v %v", dn, got, err)
		}
	}
}

// propertiesLine are the extended properties of an item in one line.
func propertiesLine(e *soap.Element) string {
	var all []string
	for _, x := range e.All("ExtendedProperty") {
		var values []string
		for _, v := range append(x.All("Value"), within(x, "Values")...) {
			values = append(values, v.Text+base64.StdEncoding.EncodeToString(v.Data))
		}
		all = append(all, strings.ToLower(x.Child("ExtendedFieldURI").Attr("PropertyTag"))+"="+strings.Join(values, ","))
	}
	return strings.Join(all, " ")
}

// valueOf is the first member of a binary array.
func valueOf(e *soap.Element, tag string) []byte {
	for _, x := range e.All("ExtendedProperty") {
		if strings.EqualFold(x.Child("ExtendedFieldURI").Attr("PropertyTag"), tag) {
			b, _ := base64.StdEncoding.DecodeString(x.Value("Values", "Value"))
			return b
		}
	}
	return nil
}

// TestFreeBusyIsReadStrictly: what is against MS-OXOPFFB is an error.
func TestFreeBusyIsReadStrictly(t *testing.T) {
	s, _, u := partners(t, Exchange2010SP2)
	want := november()
	id := must[string](t)(u.AddFreeBusy(carlDN, want))
	got, err := s.FreeBusy(carlDN)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("got %v %v, want %v", got, err, want)
	}
	if _, err := s.FreeBusy(partnersDN + "/cn=Recipients/cn=nobody"); err == nil {
		t.Error("there is a message of nobody")
	}
	set := func(tag uint32, kind string, values ...string) *soap.Element {
		x := soap.T("ExtendedProperty", tagPath(tag, kind))
		list := soap.T("Values")
		for _, v := range values {
			list.Add(soap.T("Value", v))
		}
		if strings.HasSuffix(kind, "Array") {
			x.Add(list)
		} else {
			x.Add(list.Children...)
		}
		return soap.T("SetItemField", tagPath(tag, kind), soap.T("PostItem", x))
	}
	block := func(words ...uint16) string {
		var b []byte
		for _, w := range words {
			b = append(b, byte(w), byte(w>>8))
		}
		return base64.StdEncoding.EncodeToString(b)
	}
	snap := s.Snapshot()
	for what, changes := range map[string][]*soap.Element{
		"a resource type":       {set(0x6841, "Integer", "1")},
		"another address":       {set(0x6849, "String", partnersDN)},
		"many months":           {set(0x6869, "Integer", "37")},
		"months out of order":   {set(0x6853, "IntegerArray", "32428", "32427")},
		"no month":              {set(0x6853, "IntegerArray", "32416", "32427")},
		"one month less":        {set(0x6853, "IntegerArray", "32427")},
		"odd bytes":             {set(0x6852, "BinaryArray", base64.StdEncoding.EncodeToString([]byte{1, 2, 3}))},
		"past the month's end":  {set(0x6852, "BinaryArray", block(43200, 43201))},
		"an empty block":        {set(0x6852, "BinaryArray", block(5, 5))},
		"a negative block":      {set(0x6852, "BinaryArray", block(6, 5))},
		"blocks that touch":     {set(0x6852, "BinaryArray", block(5, 6, 6, 7))},
		"blocks that overlap":   {set(0x6852, "BinaryArray", block(5, 8, 6, 7))},
		"one of a pair":         {soap.T("DeleteItemField", tagPath(0x6851, "IntegerArray"))},
		"no merged times":       {soap.T("DeleteItemField", tagPath(0x684F, "IntegerArray")), soap.T("DeleteItemField", tagPath(0x6850, "BinaryArray"))},
		"no publish range":      {soap.T("DeleteItemField", tagPath(tagPublishStart, "Integer"))},
		"a negative range":      {set(tagPublishEnd, "Integer", "5")},
		"times after the range": {set(tagPublishEnd, "Integer", minutes1601(at("2026-11-15 00:00")))},
		"small letters":         {setField("item:Subject", soap.T("PostItem", soap.T("Subject", "USER-/cn=recipients/cn=carl")))},
	} {
		s.Restore(snap)
		if err := u.EditItem(id, changes...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got, err := s.FreeBusy(carlDN); err == nil {
			t.Errorf("%s is not noticed: %v", what, got)
		}
	}
}
