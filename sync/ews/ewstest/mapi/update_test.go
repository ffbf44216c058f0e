package mapi_test

import (
	"slices"
	"strings"
	"testing"

	"iorepl/sync/ews/ewstest/mapi"
)

func set(path, object, value string) string {
	if !strings.HasPrefix(path, "<") {
		path = `<t:FieldURI FieldURI="` + path + `"/>`
	}
	return "<t:SetItemField>" + path + "<t:" + object + ">" + value + "</t:" + object + "></t:SetItemField>"
}

func appendTo(path, object, value string) string {
	return strings.ReplaceAll(set(path, object, value), "SetItemField", "AppendToItemField")
}

func remove(path string) string {
	if !strings.HasPrefix(path, "<") {
		path = `<t:FieldURI FieldURI="` + path + `"/>`
	}
	return "<t:DeleteItemField>" + path + "</t:DeleteItemField>"
}

func TestUpdateChangesTheItemAndItsModification(t *testing.T) {
	for _, p := range profiles {
		it := create(t, p, fullMessage)
		before := it.Clone()
		update(t, p, it, set("item:Subject", "Message", "<t:Subject>new</t:Subject>")+remove("item:Categories")+set("message:IsRead", "Message", "<t:IsRead>false</t:IsRead>")+
			set(field(`PropertyTag="0x3008"`, "SystemTime"), "Message", property(`PropertyTag="0x3008"`, "SystemTime", "2001-01-01T00:00:00Z")))
		e := read(t, p, it, "IdOnly", "item:Subject", "item:Categories", "message:IsRead", "item:LastModifiedTime", "item:LastModifiedName", "item:DateTimeCreated", "item:Importance")
		if e.Value("Subject") != "new" || e.Child("Categories") != nil || e.Value("IsRead") != "false" || e.Value("Importance") != "High" {
			t.Errorf("%v: %s", p, show(t, e))
		}
		if e.Value("LastModifiedTime") != "2026-11-22T11:11:12Z" || e.Value("LastModifiedName") != "Ed Editor" || e.Value("DateTimeCreated") != "2026-11-22T10:11:12Z" {
			t.Errorf("%v: %s", p, show(t, e))
		}
		if old := read(t, p, before, "IdOnly", "item:Subject", "item:Categories"); old.Value("Subject") != "RE: Müller & Söhne" || old.Child("Categories") == nil {
			t.Errorf("%v: the copy changed: %s", p, show(t, old))
		}
	}
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	it := create(t, mapi.Exchange2016, fullMessage)
	err := it.Update(mapi.Exchange2016, elems(t, set("item:Subject", "Message", "<t:Subject>new</t:Subject>")+remove("message:ToRecipients")+set("item:Size", "Message", "<t:Size>1</t:Size>")), later, editor)
	if code(t, err) != "ErrorInvalidPropertySet" {
		t.Fatal(err)
	}
	e := read(t, mapi.Exchange2016, it, "AllProperties")
	if e.Value("Subject") != "RE: Müller & Söhne" || e.Child("ToRecipients") == nil || !it.Modified().Equal(now) {
		t.Error(show(t, e))
	}
}

func TestAppend(t *testing.T) {
	for _, p := range exchanges {
		it := create(t, p, `<t:Message><t:Body BodyType="Text">one</t:Body><t:ToRecipients><t:Mailbox><t:EmailAddress>a@x</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message>`)
		update(t, p, it, appendTo("item:Body", "Message", `<t:Body BodyType="Text"> two</t:Body>`)+
			appendTo("message:ToRecipients", "Message", `<t:ToRecipients><t:Mailbox><t:EmailAddress>b@x</t:EmailAddress></t:Mailbox></t:ToRecipients>`))
		if e := read(t, p, it, "AllProperties"); e.Value("Body") != "one two" || len(e.Child("ToRecipients").Children) != 2 {
			t.Errorf("%v: %s", p, show(t, e))
		}
	}
	p := mapi.Exchange2016
	it := create(t, p, fullList)
	update(t, p, it, appendTo("distributionlist:Members", "DistributionList", `<t:Members><t:Member><t:Mailbox><t:EmailAddress>three@x</t:EmailAddress></t:Mailbox></t:Member></t:Members>`))
	members := read(t, p, it, "AllProperties").Child("Members").Children
	if len(members) != 3 {
		t.Fatalf("%d members", len(members))
	}
	update(t, p, it, remove(`<t:IndexedFieldURI FieldURI="distributionlist:Members:Member" FieldIndex="`+members[1].Attr("Key")+`"/>`))
	if members = read(t, p, it, "AllProperties").Child("Members").Children; len(members) != 2 || members[1].Value("Mailbox", "EmailAddress") != "three@x" {
		t.Errorf("%d members", len(members))
	}
}

func TestEntriesOfContacts(t *testing.T) {
	for _, p := range profiles {
		it := create(t, p, fullContact)
		update(t, p, it, set(`<t:IndexedFieldURI FieldURI="contacts:PhoneNumber" FieldIndex="Pager"/>`, "Contact", `<t:PhoneNumbers><t:Entry Key="Pager">new</t:Entry></t:PhoneNumbers>`)+
			remove(`<t:IndexedFieldURI FieldURI="contacts:EmailAddress" FieldIndex="EmailAddress1"/>`)+
			set(`<t:IndexedFieldURI FieldURI="contacts:PhysicalAddress:City" FieldIndex="Home"/>`, "Contact", `<t:PhysicalAddresses><t:Entry Key="Home"><t:City>Bonn</t:City></t:Entry></t:PhysicalAddresses>`))
		e := read(t, p, it, "IdOnly", "contacts:PhoneNumbers", "contacts:EmailAddresses", "contacts:PhysicalAddresses")
		all := leaves(e)
		for _, want := range []string{"/Contact/PhoneNumbers/Entry[Pager]=new", "/Contact/PhoneNumbers/Entry[Isdn]=11", "/Contact/EmailAddresses/Entry[EmailAddress3]=h@navy.example",
			"/Contact/PhysicalAddresses/Entry[Home]/City=Bonn", "/Contact/PhysicalAddresses/Entry[Business]/City=Arlington"} {
			if !all[want] {
				t.Errorf("%v: no %s in %s", p, want, show(t, e))
			}
		}
		if all["/Contact/EmailAddresses/Entry[EmailAddress1]=g@navy.example"] {
			t.Errorf("%v: the deleted address is there", p)
		}
		one := read(t, p, it, "IdOnly", `<t:IndexedFieldURI FieldURI="contacts:PhoneNumber" FieldIndex="Isdn"/>`)
		if got := one.Child("PhoneNumbers"); len(got.All("Entry")) != 1 || got.Value("Entry") != "11" {
			t.Errorf("%v: one entry is %s", p, show(t, one))
		}
	}
}

func TestFileAsFollowsItsMapping(t *testing.T) {
	p := mapi.Exchange2016
	it := create(t, p, `<t:Contact><t:FileAsMapping>LastCommaFirst</t:FileAsMapping><t:GivenName>Grace</t:GivenName><t:Surname>Hopper</t:Surname></t:Contact>`)
	if got := read(t, p, it, "AllProperties").Value("FileAs"); got != "Hopper, Grace" {
		t.Errorf("filed as %q", got)
	}
	update(t, p, it, set("contacts:Surname", "Contact", "<t:Surname>Murray</t:Surname>"))
	if got := read(t, p, it, "AllProperties").Value("FileAs"); got != "Murray, Grace" {
		t.Errorf("filed as %q", got)
	}
}

func TestTaskIsConsistent(t *testing.T) {
	p := mapi.Exchange2010SP2
	it := create(t, p, `<t:Task><t:Subject>s</t:Subject></t:Task>`)
	for _, c := range []struct{ change, status, percent, done string }{
		{set("task:PercentComplete", "Task", "<t:PercentComplete>30</t:PercentComplete>"), "InProgress", "30", "false"},
		{set("task:Status", "Task", "<t:Status>Completed</t:Status>"), "Completed", "100", "true"},
		{set("task:PercentComplete", "Task", "<t:PercentComplete>90</t:PercentComplete>"), "InProgress", "90", "false"},
		{set("task:CompleteDate", "Task", "<t:CompleteDate>2026-11-21T00:00:00Z</t:CompleteDate>"), "Completed", "100", "true"},
		{remove("task:PercentComplete"), "NotStarted", "0", "false"},
		{set("task:Status", "Task", "<t:Status>Deferred</t:Status>"), "Deferred", "0", "false"},
	} {
		update(t, p, it, c.change)
		e := read(t, p, it, "AllProperties")
		if e.Value("Status") != c.status || e.Value("PercentComplete") != c.percent || e.Value("IsComplete") != c.done || (e.Child("CompleteDate") != nil) != (c.done == "true") {
			t.Errorf("%s: %s %s %s", c.change, e.Value("Status"), e.Value("PercentComplete"), e.Value("IsComplete"))
		}
	}
}

func TestUpdatesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ item, change, want string }{
		"received":          {fullMessage, set("item:DateTimeReceived", "Message", "<t:DateTimeReceived>2026-01-01T00:00:00Z</t:DateTimeReceived>"), "ErrorInvalidPropertySet"},
		"created":           {fullMessage, set("item:DateTimeCreated", "Message", "<t:DateTimeCreated>2026-01-01T00:00:00Z</t:DateTimeCreated>"), "ErrorInvalidPropertySet"},
		"From of a post":    {fullPost, set("message:From", "PostItem", "<t:From><t:Mailbox><t:EmailAddress>a@x</t:EmailAddress></t:Mailbox></t:From>"), "ErrorInvalidPropertySet"},
		"no class":          {fullMessage, remove("item:ItemClass"), "ErrorInvalidPropertyDelete"},
		"another class":     {fullMessage, set("item:ItemClass", "Message", "<t:ItemClass>IPM.Contact</t:ItemClass>"), "ErrorObjectTypeChanged"},
		"class of a post":   {fullPost, set(field(`PropertyTag="0x1A"`, "String"), "PostItem", property(`PropertyTag="0x1A"`, "String", "IPM.Note")), "ErrorObjectTypeChanged"},
		"another element":   {fullContact, set("item:Subject", "Message", "<t:Subject>s</t:Subject>"), "ErrorObjectTypeChanged"},
		"two values":        {fullMessage, set("item:Subject", "Message", "<t:Subject>s</t:Subject><t:Importance>Low</t:Importance>"), "ErrorIncorrectUpdatePropertyCount"},
		"another value":     {fullMessage, set("item:Subject", "Message", "<t:Importance>Low</t:Importance>"), "ErrorUpdatePropertyMismatch"},
		"another property":  {fullMessage, set(field(`PropertyTag="0x6000"`, "String"), "Message", property(`PropertyTag="0x6001"`, "String", "s")), "ErrorUpdatePropertyMismatch"},
		"append to subject": {fullMessage, appendTo("item:Subject", "Message", "<t:Subject>s</t:Subject>"), "ErrorInvalidPropertyAppend"},
		"of a contact":      {fullMessage, set("contacts:Surname", "Item", "<t:Surname>s</t:Surname>"), "ErrorInvalidPropertyRequest"},
		"of a folder":       {fullMessage, set("folder:DisplayName", "Item", "<t:DisplayName>s</t:DisplayName>"), "ErrorInvalidPropertyRequest"},
		"unknown":           {fullMessage, set("item:Nothing", "Message", "<t:Nothing>s</t:Nothing>"), "ErrorSchemaValidation"},
		"ends too early":    {fullAppointment, set("calendar:End", "CalendarItem", "<t:End>2020-01-01T00:00:00Z</t:End>"), "ErrorCalendarEndDateIsEarlierThanStartDate"},
		"MIME of a contact": {fullContact, set("item:MimeContent", "Contact", "<t:MimeContent>QTogYg0K</t:MimeContent>"), "ErrorUnsupportedMimeConversion"},
	} {
		p := mapi.Exchange2016
		it := create(t, p, c.item)
		if err := it.Update(p, elems(t, c.change), later, editor); code(t, err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestMIMEOfAnUpdateReplacesTheContent(t *testing.T) {
	for _, p := range profiles {
		it := create(t, p, mimeItem("Message", "IPM.Note.Special", mail))
		update(t, p, it, set(field(`DistinguishedPropertySetId="PublicStrings" PropertyName="mine"`, "String"), "Message", property(`DistinguishedPropertySetId="PublicStrings" PropertyName="mine"`, "String", "kept")))
		update(t, p, it, set("item:MimeContent", "Message", strings.TrimSuffix(strings.TrimPrefix(mimeItem("Message", "", "From: b@x.example\r\nSubject: Two\r\nDate: Wed, 3 Jan 2024 10:00:00 +0000\r\n\r\ntext\r\n"), "<t:Message>"), "</t:Message>")))
		e := read(t, p, it, "IdOnly", "item:Subject", "message:ToRecipients", "item:Body", "item:Attachments", "item:ItemClass", "item:DateTimeReceived", field(`DistinguishedPropertySetId="PublicStrings" PropertyName="mine"`, "String"))
		if e.Value("Subject") != "Two" || e.Child("ToRecipients") != nil || e.Child("Attachments") != nil || e.Value("Body") != "text" || e.Value("ExtendedProperty", "Value") != "kept" {
			t.Errorf("%v: %s", p, show(t, e))
		}
		class, received := "IPM.Note.Special", "2024-01-02T09:00:05Z"
		if p == mapi.Grommunio {
			class, received = "IPM.Note", "2024-01-03T10:00:00Z"
		}
		if e.Value("ItemClass") != class || e.Value("DateTimeReceived") != received {
			t.Errorf("%v: class %s, received %s", p, e.Value("ItemClass"), e.Value("DateTimeReceived"))
		}
	}
}

func TestAttachmentsComeAndGo(t *testing.T) {
	for _, p := range profiles {
		it := create(t, p, fullContact)
		for _, a := range []string{file, `<t:ItemAttachment><t:Name>inner</t:Name><t:Message><t:Subject>in</t:Subject><t:Body BodyType="Text">b</t:Body></t:Message></t:ItemAttachment>`, file} {
			if _, err := it.AddAttachment(p, elem(t, a), later); err != nil {
				t.Fatal(err)
			}
		}
		if err := it.RemoveAttachment(0, later); err != nil {
			t.Fatal(err)
		}
		if got := it.AttachmentNumbers(); !slices.Equal(got, []int{1, 2}) || it.Attachments() != 2 || !it.Modified().Equal(later) {
			t.Errorf("%v: attachments %v", p, got)
		}
		a, err := it.Attachment(p, 1, true)
		if err != nil {
			t.Fatal(err)
		}
		inner := a.Children[len(a.Children)-1]
		want := "Message"
		if p == mapi.Grommunio {
			want = "Item"
		}
		if inner.Name != want || inner.Value("Subject") != "in" || inner.Child("MimeContent") == nil {
			t.Errorf("%v: %s", p, show(t, a))
		}
		if _, err := it.Attachment(p, 0); code(t, err) != "ErrorItemNotFound" {
			t.Errorf("%v: the removed attachment: %v", p, err)
		}
		if err := it.RemoveAttachment(7, later); code(t, err) != "ErrorItemNotFound" {
			t.Errorf("%v: removing nothing: %v", p, err)
		}
		if lost := it.Flush(); lost != (p == mapi.Grommunio) || lost && it.Attachments() != 0 {
			t.Errorf("%v: lost %v, %d attachments", p, lost, it.Attachments())
		}
	}
	if _, err := create(t, mapi.Exchange2016, fullMessage).AddAttachment(mapi.Exchange2016, elem(t, `<t:ItemAttachment><t:Name>x</t:Name><t:MeetingRequest/></t:ItemAttachment>`), now); code(t, err) != "ErrorInvalidItemForOperationCreateItemAttachment" {
		t.Error(err)
	}
	inline := `<t:FileAttachment><t:Name>a</t:Name><t:ContentId>c</t:ContentId><t:IsInline>true</t:IsInline><t:Content>AA==</t:Content></t:FileAttachment>`
	if _, err := create(t, mapi.Exchange2007SP1, fullMessage).AddAttachment(mapi.Exchange2007SP1, elem(t, inline), now); code(t, err) != "ErrorSchemaValidation" {
		t.Error(err)
	}
	it := create(t, mapi.Exchange2016, fullMessage)
	if _, err := it.AddAttachment(mapi.Exchange2016, elem(t, inline), now); err != nil || read(t, mapi.Exchange2016, it, "Default").Value("HasAttachments") != "false" {
		t.Errorf("an inline picture counts, or %v", err)
	}
}
