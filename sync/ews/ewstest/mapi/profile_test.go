package mapi_test

import (
	"strings"
	"testing"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

func TestClassFitsTheElement(t *testing.T) {
	for _, c := range []struct{ element, class, exchange, grommunio string }{ // how it is read back, or the refusal
		{"Message", "IPM.Note", "Message", "Message"}, {"Item", "IPM.Note", "Message", "Message"}, {"Message", "IPM.Note.Invoice", "Message", "Message"},
		{"Item", "IPM.StickyNote", "Message", "Item"}, {"Message", "IPM.Activity", "Message", "Item"}, {"Item", "My.Class", "Message", "Item"},
		{"PostItem", "IPM.Post.Invoice", "PostItem", "SOAP:Client"}, {"PostItem", "", "PostItem", "SOAP:Client"}, {"PostItem", "IPM.Note", "ErrorObjectTypeChanged", "SOAP:Client"},
		{"Message", "IPM.Post", "ErrorObjectTypeChanged", "Item"}, {"Item", "IPM.Post", "ErrorObjectTypeChanged", "Item"}, {"Message", "IPM.Contact", "ErrorObjectTypeChanged", "Contact"},
		{"Contact", "IPM.Contact.Vip", "Contact", "Contact"}, {"Contact", "IPM.Task", "ErrorObjectTypeChanged", "ErrorObjectTypeChanged"},
		{"Task", "IPM.Task", "Task", "Task"}, {"CalendarItem", "IPM.Appointment.x", "CalendarItem", "CalendarItem"}, {"DistributionList", "", "DistributionList", "SOAP:Client"},
		{"Message", "IPM.Schedule.Meeting.Request", "ErrorObjectTypeChanged", "Item"}, {"MeetingRequest", "", "ErrorInvalidItemForOperationCreateItem", "SOAP:Client"},
	} {
		for p, want := range map[mapi.Profile]string{mapi.Exchange2010SP2: c.exchange, mapi.Grommunio: c.grommunio} {
			text := "<t:" + c.element + ">"
			if c.class != "" {
				text += "<t:ItemClass>" + c.class + "</t:ItemClass>"
			}
			it, err := mapi.New(p, elem(t, text+"</t:"+c.element+">"), now, author)
			got := code(t, err)
			if err == nil {
				got = read(t, p, it, "Default").Name
			}
			if got != want {
				t.Errorf("%v: %s of class %q: %s, want %s", p, c.element, c.class, got, want)
			}
			if p == mapi.Grommunio && got == "SOAP:Client" && (!err.(*mapi.Error).Whole || !strings.Contains(err.Error(), "E-3045")) {
				t.Errorf("no fault: %v", err)
			}
		}
	}
	if _, err := mapi.New(mapi.Exchange2007SP1, elem(t, "<t:DistributionList/>"), now, author); code(t, err) != "ErrorInvalidItemForOperationCreateItem" {
		t.Errorf("a list on 2007: %v", err)
	}
}

func TestDraftsAreMadeOnce(t *testing.T) {
	flags := field(`PropertyTag="0x0E07"`, "Integer")
	for _, p := range profiles {
		for _, c := range []struct{ text, draft string }{
			{"<t:Message/>", "true"}, {"<t:Message>" + property(`PropertyTag="0x0E07"`, "Integer", "0") + "</t:Message>", "false"},
			{"<t:Message>" + property(`PropertyTag="0x0E07"`, "Integer", "1") + "</t:Message>", "false"}, {"<t:Message>" + property(`PropertyTag="0x0E07"`, "Integer", "8") + "</t:Message>", "true"},
			{mimeItem("Message", "", mail), "true"},
		} {
			it := create(t, p, c.text)
			update(t, p, it, set(flags, "Message", property(`PropertyTag="0x0E07"`, "Integer", map[string]string{"true": "1", "false": "9"}[c.draft])))
			e := read(t, p, it, "IdOnly", "item:IsDraft", flags)
			unsent := e.Value("ExtendedProperty", "Value") == "9"
			if e.Value("IsDraft") != c.draft || strings.HasPrefix(c.text, "<t:Message>") && len(c.text) < 300 && unsent != (c.draft == "true") {
				t.Errorf("%v: %s: draft %s, flags %s", p, c.text, e.Value("IsDraft"), e.Value("ExtendedProperty", "Value"))
			}
		}
	}
}

func TestDatesThatClientsMaySet(t *testing.T) {
	text := "<t:Message>" + property(`PropertyTag="0x3007"`, "SystemTime", "2001-01-01T00:00:00Z") + property(`PropertyTag="0x3008"`, "SystemTime", "2001-01-01T00:00:00Z") +
		property(`PropertyTag="0x0E06"`, "SystemTime", "2002-02-02T00:00:00.1234567Z") + "</t:Message>"
	for _, p := range profiles {
		it := create(t, p, text)
		if honoured := it.Created().Year() == 2001; honoured != (p == mapi.Grommunio) || !it.Modified().Equal(now) {
			t.Errorf("%v: created %v, modified %v", p, it.Created(), it.Modified())
		}
		want := "2002-02-02T00:00:00Z"
		if p == mapi.Grommunio {
			want = "2002-02-02T00:00:00.123456700Z"
		}
		if got := read(t, p, it, "IdOnly", field(`PropertyTag="0x0E06"`, "SystemTime")).Value("ExtendedProperty", "Value"); got != want {
			t.Errorf("%v: received %s, want %s", p, got, want)
		}
	}
	for _, name := range []string{"DateTimeReceived", "DateTimeCreated"} {
		if _, err := mapi.New(mapi.Exchange2016, elem(t, "<t:Message><t:"+name+">2026-01-01T00:00:00Z</t:"+name+"></t:Message>"), now, author); code(t, err) != "ErrorInvalidPropertySet" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFieldsThatAVersionDoesNotKnow(t *testing.T) {
	for _, c := range []struct {
		p         mapi.Profile
		item, uri string
		want      string
	}{
		{mapi.Exchange2007SP1, fullMessage, "item:ConversationId", "ErrorSchemaValidation"}, {mapi.Exchange2010SP2, fullMessage, "item:ConversationId", ""},
		{mapi.Exchange2010SP2, fullMessage, "item:Flag", "ErrorSchemaValidation"}, {mapi.Exchange2016, fullMessage, "item:Flag", ""},
		{mapi.Exchange2007SP1, fullAppointment, "calendar:StartTimeZone", "ErrorSchemaValidation"}, {mapi.Exchange2007SP1, fullAppointment, "calendar:MeetingTimeZone", ""},
		{mapi.Exchange2007SP1, fullMessage, "calendar:Start", "ErrorInvalidPropertyRequest"}, {mapi.Exchange2010SP2, fullMessage, "calendar:Start", ""},
		{mapi.Exchange2010SP2, fullContact, "contacts:Photo", ""}, {mapi.Exchange2007SP1, fullContact, "contacts:Photo", "ErrorSchemaValidation"},
		{mapi.Exchange2016, fullMessage, "folder:DisplayName", "ErrorInvalidPropertyRequest"}, {mapi.Exchange2016, fullMessage, "item:Nothing", "ErrorSchemaValidation"},
		{mapi.Grommunio, fullMessage, "item:Nothing", ""}, {mapi.Exchange2016, fullMessage, "meeting:AssociatedCalendarItemId", ""},
	} {
		it := create(t, c.p, c.item)
		if _, err := it.Element(c.p, itemID(), shape(t, "IdOnly", c.uri), false, nil); code(t, err) != c.want {
			t.Errorf("%v: %s: %v, want %q", c.p, c.uri, err, c.want)
		}
	}
}

func TestAttachmentsOfANewItem(t *testing.T) {
	text := `<t:Message><t:Attachments>` + file + `</t:Attachments></t:Message>`
	for p, want := range map[mapi.Profile]string{mapi.Exchange2007SP1: "ErrorInvalidPropertySet", mapi.Exchange2010SP2: "ErrorInvalidPropertySet", mapi.Exchange2016: "", mapi.Grommunio: ""} {
		it, err := mapi.New(p, elem(t, text), now, author)
		if code(t, err) != want {
			t.Errorf("%v: %v, want %q", p, err, want)
		}
		if n := map[mapi.Profile]int{mapi.Exchange2016: 1}[p]; err == nil && it.Attachments() != n {
			t.Errorf("%v: %d attachments", p, it.Attachments())
		}
	}
}

func TestGrommunioWritesDifferently(t *testing.T) {
	p := mapi.Grommunio
	post := create(t, p, `<t:Message><t:ItemClass>IPM.Post</t:ItemClass><t:Subject>s</t:Subject><t:IsRead>true</t:IsRead></t:Message>`)
	e := read(t, p, post, "AllProperties", "message:IsRead", "message:From")
	if e.Name != "Item" || e.Child("IsRead") != nil || e.Child("From") != nil {
		t.Errorf("a post is %s", show(t, e))
	}
	task := create(t, p, `<t:Task><t:Subject>s</t:Subject><t:ExtendedProperty>`+field(`PropertyTag="0x6000"`, "String")+`<t:Value>v</t:Value></t:ExtendedProperty></t:Task>`)
	e = read(t, p, task, "Default", field(`PropertyTag="0x6000"`, "String"), "item:Body")
	if n := len(e.All("ExtendedProperty")); n != 2 || e.Children[len(e.Children)-1].Name != "ExtendedProperty" {
		t.Errorf("%d times, %s", n, show(t, e))
	}
	named := create(t, p, "<t:Message>"+property(`DistinguishedPropertySetId="PublicStrings" PropertyName="x"`, "String", "v")+"</t:Message>")
	x := read(t, p, named, "IdOnly", field(`DistinguishedPropertySetId="PublicStrings" PropertyName="x"`, "String"))
	uri := x.Child("ExtendedProperty", "ExtendedFieldURI")
	if uri.Attr("DistinguishedPropertySetId") != "PublicStrings" || uri.Attr("PropertySetId") == "" || x.Child("DateTimeReceived") == nil {
		t.Error(show(t, x))
	}
	contact := create(t, p, fullContact)
	if e := read(t, p, contact, "AllProperties"); e.Child("FileAs") != nil || e.Child("PhysicalAddresses") != nil || e.Child("ReminderIsSet") != nil || e.Child("Body") != nil || e.Child("Surname") == nil {
		t.Error(show(t, e))
	}
	message := create(t, p, fullMessage)
	update(t, p, message, set("item:ItemClass", "Message", "<t:ItemClass>IPM.Note.X</t:ItemClass>")+appendTo("item:Body", "Message", `<t:Body BodyType="Text">more</t:Body>`))
	if message.Class() != "IPM.Note" || read(t, p, message, "IdOnly", "message:InternetMessageId", "message:References").Child("References") != nil {
		t.Errorf("class %s", message.Class())
	}
	update(t, p, message, set(field(`PropertyTag="0x1A"`, "String"), "Message", property(`PropertyTag="0x1A"`, "String", "IPM.Note.X")))
	if message.Class() != "IPM.Note.X" {
		t.Errorf("class %s", message.Class())
	}
	series := create(t, p, appointment("2026-11-02T09:00:00Z", weekly, numbered("2026-11-02", 4), ""))
	if got := read(t, p, series, "AllProperties").Value("Recurrence", "NumberedRecurrence", "StartDate"); got != "2026-11-02T00:00:00.000000Z" {
		t.Errorf("recurrence starts %s", got)
	}
	if err := series.UpdateOccurrence(p, 2, elems(t, set("item:Subject", "CalendarItem", "<t:Subject>x</t:Subject>")), later, editor); err != nil {
		t.Fatal(err)
	}
	if rows := series.Exceptions(); len(rows) != 1 || !strings.HasPrefix(rows[0].Item.Class(), "IPM.OLE.CLASS.{00061055-") || list(t, p, rows[0].Item, "Default").Value("CalendarItemType") != "Exception" {
		t.Errorf("%d rows", len(rows))
	}
}

func TestRestrictionsSeeProperties(t *testing.T) {
	p := mapi.Exchange2016
	it := create(t, p, fullMessage)
	path := func(uri string) *soap.Element { return elem(t, `<t:FieldURI FieldURI="`+uri+`"/>`) }
	for uri, constant := range map[string]string{"item:Subject": "re: müller & söhne", "item:Importance": "High", "item:HasAttachments": "false", "item:DateTimeReceived": "2020-01-02T03:04:05.678Z", "message:IsRead": "1",
		"item:IsDraft": "false", "message:From": "Boss", "item:DateTimeSent": "2020-01-02T04:04:00+01:00"} {
		v, ok := it.Property(path(uri))
		want, err := mapi.Constant(path(uri), constant)
		if !ok || err != nil || mapi.Compare(v, want) != 0 {
			t.Errorf("%s is %v, want %v (%v)", uri, v, want, err)
		}
	}
	x := elem(t, field(`DistinguishedPropertySetId="PublicStrings" PropertyName="Keywords"`, "StringArray"))
	if v, ok := it.Property(x); !ok || len(v.Elements()) != 2 || v.Elements()[1].String() != "Blau, hell" {
		t.Errorf("keywords %v", v)
	}
	if _, ok := it.Property(elem(t, field(`PropertyTag="0x6000"`, "String"))); ok {
		t.Error("a property that is not there")
	}
	if err := mapi.CheckPath(p, path("item:Attachments"), true); code(t, err) != "ErrorUnsupportedPathForQuery" {
		t.Error(err)
	}
	if err := mapi.CheckPath(p, path("item:Subject"), true); err != nil {
		t.Error(err)
	}
	if _, err := mapi.Constant(path("item:Size"), "big"); err == nil {
		t.Error("a size that is no number")
	}
}

func TestBodyIsConverted(t *testing.T) {
	p := mapi.Exchange2016
	bodyShape := func(kind string) *soap.Element {
		return elem(t, `<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:BodyType>`+kind+`</t:BodyType><t:AdditionalProperties><t:FieldURI FieldURI="item:Body"/></t:AdditionalProperties></m:ItemShape>`)
	}
	for _, c := range []struct{ kind, body, ask, want string }{
		{"HTML", "&lt;p&gt;a &amp;amp; b&lt;/p&gt;&lt;style&gt;x&lt;/style&gt;&lt;p&gt;c&lt;/p&gt;", "Text", "a & b\r\nc"},
		{"Text", "a\nb", "Text", "a\r\nb"}, {"Text", "a &lt; b", "HTML", "<div>a &lt; b</div>"}, {"HTML", "&lt;i&gt;x&lt;/i&gt;", "Best", "<i>x</i>"},
	} {
		it := create(t, p, `<t:Message><t:Body BodyType="`+c.kind+`">`+c.body+`</t:Body></t:Message>`)
		e, err := it.Element(p, itemID(), bodyShape(c.ask), false, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Value("Body"); c.ask == "Text" && got != c.want || !strings.Contains(got, c.want) {
			t.Errorf("%s as %s: %q, want %q", c.kind, c.ask, got, c.want)
		}
	}
}
