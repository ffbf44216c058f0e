package ewstest

import (
	"encoding/base64"
	"strings"
	"testing"

	"iorepl/sync/ews/soap"
)

// TestOperationsAnswer sends the remaining operations to each Exchange; the answers are checked against the schema on the way.
func TestOperationsAnswer(t *testing.T) {
	for _, p := range []Profile{Exchange2007SP1, Exchange2010SP2, Exchange2016} {
		t.Run(p.String(), func(t *testing.T) {
			s, c := start(t, Options{Profile: p})
			news := newsFolder(t, s)
			u := s.User("iorepl@contoso.test")
			must[string](t)(u.AddFolder("Old", "IPF.Note"))
			must[string](t)(u.AddFolder("News/Sub", "IPF.Note"))
			old, sub := folderID(t, s, "Old"), folderID(t, s, "News/Sub")
			c.post(createPosts(news, 2))

			c.ok(`<m:MoveFolder><m:ToFolderId>` + old + `</m:ToFolderId><m:FolderIds>` + sub + `</m:FolderIds></m:MoveFolder>`)
			c.ok(strings.Replace(getRoot, `<t:DistinguishedFolderId Id="publicfoldersroot"/>`, sub, 1)) // the id stayed
			copyFolder := `<m:CopyFolder><m:ToFolderId>` + old + `</m:ToFolderId><m:FolderIds>` + news + `</m:FolderIds></m:CopyFolder>`
			empty := `<m:EmptyFolder DeleteType="SoftDelete" DeleteSubFolders="false"><m:FolderIds>` + news + `</m:FolderIds></m:EmptyFolder>`
			wantCopy, wantEmpty := "NoError", "NoError"
			switch p {
			case Exchange2007SP1:
				empty = "" // is no operation of 2007
			case Exchange2016:
				wantCopy, wantEmpty = "ErrorInvalidOperation", "ErrorInvalidOperation"
			}
			if got := c.code(copyFolder); got != wantCopy {
				t.Errorf("CopyFolder: %s, want %s", got, wantCopy)
			}

			item := c.ok(findItems(news, "", "")).Child("RootFolder", "Items").Children[0].Child("ItemId")
			made := c.ok(`<m:CreateAttachment><m:ParentItemId Id="` + item.Attr("Id") + `"/><m:Attachments><t:FileAttachment><t:Name>a.txt</t:Name><t:Content>c29tZSB0ZXh0</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>`)
			id := made.Child("Attachments", "FileAttachment", "AttachmentId")
			if id.Attr("RootItemChangeKey") == item.Attr("ChangeKey") || id.Attr("RootItemId") != item.Attr("Id") {
				t.Errorf("the answer is %s", show(made))
			}
			one := `<t:AttachmentId Id="` + id.Attr("Id") + `"/>`
			got := c.ok(`<m:GetAttachment><m:AttachmentIds>`+one+`</m:AttachmentIds></m:GetAttachment>`).Value("Attachments", "FileAttachment", "Content")
			if e := c.ok(`<m:GetAttachment><m:AttachmentIds>`+one+`</m:AttachmentIds></m:GetAttachment>`).Child("Attachments", "FileAttachment", "Content"); got == "" && string(e.Data) != "some text" {
				t.Errorf("the file holds %s", show(e))
			}
			c.ok(`<m:DeleteAttachment><m:AttachmentIds>` + one + `</m:AttachmentIds></m:DeleteAttachment>`)
			if got := c.code(`<m:GetAttachment><m:AttachmentIds>` + one + `</m:AttachmentIds></m:GetAttachment>`); got == "NoError" {
				t.Error("the deleted file is still there")
			}

			if empty != "" {
				if got := c.code(empty); got != wantEmpty {
					t.Errorf("EmptyFolder: %s, want %s", got, wantEmpty)
				}
			}
			resolved := c.message(`<m:ResolveNames ReturnFullContactData="true"><m:UnresolvedEntry>anna</m:UnresolvedEntry></m:ResolveNames>`)
			if got := resolved.Value("ResolutionSet", "Resolution", "Mailbox", "EmailAddress"); got != "anna@contoso.test" {
				t.Errorf("anna resolves to %s", show(resolved))
			}
			for _, tt := range []struct{ what, body, want string }{
				{"nobody resolves", `<m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>nobody</m:UnresolvedEntry></m:ResolveNames>`, "ErrorNameResolutionNoResults"},
				{"a malformed id", `<m:ConvertId DestinationFormat="EwsId"><m:SourceIds><t:AlternateId Format="EwsId" Id="DUMMY" Mailbox="x@contoso.test"/></m:SourceIds></m:ConvertId>`, "ErrorInvalidIdMalformed"},
				{"a public folder's id", `<m:ConvertId DestinationFormat="HexEntryId"><m:SourceIds><t:AlternatePublicFolderId Format="EwsId" FolderId="` + strings.Split(news, `"`)[1] + `"/></m:SourceIds></m:ConvertId>`, "NoError"},
				{"synchronization", `<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId>` + news + `</m:SyncFolderId><m:MaxChangesReturned>10</m:MaxChangesReturned></m:SyncFolderItems>`, "ErrorInvalidOperation"},
				{"a deep walk", `<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:ParentFolderIds>` + news + `</m:ParentFolderIds></m:FindFolder>`, "ErrorInvalidOperation"},
				{"a mailbox with the root", `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="publicfoldersroot"><t:Mailbox><t:EmailAddress>anna@contoso.test</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId></m:FolderIds></m:GetFolder>`, "ErrorInvalidOperation"},
				{"deletion of the root", `<m:DeleteFolder DeleteType="HardDelete"><m:FolderIds><t:DistinguishedFolderId Id="publicfoldersroot"/></m:FolderIds></m:DeleteFolder>`, "ErrorOperationNotAllowedWithPublicFolderRoot"},
				{"an item id for a folder", strings.Replace(getRoot, `<t:DistinguishedFolderId Id="publicfoldersroot"/>`, `<t:FolderId Id="`+item.Attr("Id")+`"/>`, 1), "ErrorCannotUseItemIdForFolderId"},
				{"a folder id for an item", `<m:DeleteItem DeleteType="HardDelete"><m:ItemIds><t:ItemId Id="` + strings.Split(news, `"`)[1] + `"/></m:ItemIds></m:DeleteItem>`, "ErrorCannotUseFolderIdForItemId"},
				{"recycling", `<m:DeleteItem DeleteType="MoveToDeletedItems"><m:ItemIds><t:ItemId Id="` + item.Attr("Id") + `"/></m:ItemIds></m:DeleteItem>`, "ErrorCannotDeleteObject"},
			} {
				if tt.what == "recycling" && p == Exchange2010SP2 {
					continue // the folder was emptied
				}
				if got := c.code(tt.body); got != tt.want {
					t.Errorf("%s: %s, want %s", tt.what, got, tt.want)
				}
			}
			if p != Exchange2007SP1 {
				zones := c.ok(`<m:GetServerTimeZones ReturnFullTimeZoneData="true"/>`)
				if len(zones.Child("TimeZoneDefinitions").Children) < 3 {
					t.Error("few time zones")
				}
			}
			del := `<m:DeleteFolder DeleteType="SoftDelete"><m:FolderIds>` + old + `</m:FolderIds></m:DeleteFolder>`
			c.ok(del)
			if got := c.code(strings.Replace(getRoot, `<t:DistinguishedFolderId Id="publicfoldersroot"/>`, old, 1)); got != "ErrorItemNotFound" {
				t.Errorf("a deleted folder gives %s", got)
			}
		})
	}
}

func TestCalendarIsViewed(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2010SP2})
	must[string](t)(s.User("iorepl@contoso.test").AddFolder("Dates", "IPF.Appointment"))
	dates := folderID(t, s, "Dates")
	create := `<m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId>` + dates + `</m:SavedItemFolderId><m:Items><t:CalendarItem><t:Subject>weekly</t:Subject><t:Start>2026-11-02T08:00:00Z</t:Start><t:End>2026-11-02T09:00:00Z</t:End><t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2026-11-02</t:StartDate><t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence></t:CalendarItem></m:Items></m:CreateItem>`
	if got := c.code(strings.Replace(create, ` SendMeetingInvitations="SendToNone"`, "", 1)); got != "ErrorSendMeetingInvitationsRequired" {
		t.Errorf("without SendMeetingInvitations: %s", got)
	}
	news := newsFolder(t, s)
	if got := c.code(strings.Replace(create, dates, news, 1)); got != "ErrorCannotCreateCalendarItemInNonCalendarFolder" {
		t.Errorf("in another folder: %s", got)
	}
	master := c.ok(create).Child("Items", "CalendarItem", "ItemId").Attr("Id")
	view := `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI="calendar:Start"/></t:AdditionalProperties></m:ItemShape><m:CalendarView StartDate="2026-11-01T00:00:00Z" EndDate="2026-12-01T00:00:00Z"/><m:ParentFolderIds>` + dates + `</m:ParentFolderIds></m:FindItem>`
	starts := func() string {
		var all []string
		for _, e := range c.ok(view).Child("RootFolder", "Items").Children {
			all = append(all, e.Value("Start")[5:10])
		}
		return strings.Join(all, " ")
	}
	if got := starts(); got != "11-02 11-09 11-16 11-23" {
		t.Errorf("got %s", got)
	}
	c.ok(`<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToNone"><m:ItemIds><t:OccurrenceItemId RecurringMasterId="` + master + `" InstanceIndex="2"/></m:ItemIds></m:DeleteItem>`)
	if got := starts(); got != "11-02 11-16 11-23" {
		t.Errorf("after a deletion %s", got)
	}
	third := c.ok(view).Child("RootFolder", "Items").Children[1].Child("ItemId")
	c.ok(`<m:UpdateItem ConflictResolution="NeverOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange><t:ItemId Id="` + third.Attr("Id") + `" ChangeKey="` + third.Attr("ChangeKey") + `"/><t:Updates><t:SetItemField><t:FieldURI FieldURI="calendar:Start"/><t:CalendarItem><t:Start>2026-11-17T08:00:00Z</t:Start></t:CalendarItem></t:SetItemField><t:SetItemField><t:FieldURI FieldURI="calendar:End"/><t:CalendarItem><t:End>2026-11-17T09:00:00Z</t:End></t:CalendarItem></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`)
	if got := starts(); got != "11-02 11-17 11-23" {
		t.Errorf("after a change %s", got)
	}
	back := c.ok(`<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds><t:RecurringMasterItemId OccurrenceId="` + third.Attr("Id") + `"/></m:ItemIds></m:GetItem>`)
	if got := back.Value("Items", "CalendarItem", "CalendarItemType"); got != "RecurringMaster" {
		t.Errorf("the master of an occurrence is %s", show(back))
	}
}

func TestSizesAreLimited(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016, MaxItem: 50_000, FolderQuota: 120_000, MaxRequest: 300_000})
	news := newsFolder(t, s)
	post := func(n int) string {
		return strings.Replace(createPosts(news, 1), ">text<", ">"+strings.Repeat("x", n)+"<", 1)
	}
	if got := c.code(post(60_000)); got != "ErrorMessageSizeExceeded" {
		t.Errorf("a large item: %s", got)
	}
	var codes []string
	for range 4 {
		codes = append(codes, c.code(post(20_000)))
	}
	if last := codes[3]; last != "ErrorQuotaExceeded" || codes[0] != "NoError" {
		t.Errorf("filling the folder: %q", codes)
	}
	if status, _, err := c.raw(c.envelope(post(400_000))); err != nil || status != 413 {
		t.Errorf("a large request: %d %v", status, err)
	}
}

func TestWholeMailIsKept(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016})
	news := newsFolder(t, s)
	mime := base64.StdEncoding.EncodeToString([]byte("From: a@contoso.test\r\nSubject: mail\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\ntext\r\n"))
	c.ok(`<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId>` + news + `</m:SavedItemFolderId><m:Items><t:Message><t:MimeContent CharacterSet="UTF-8">` + mime + `</t:MimeContent></t:Message></m:Items></m:CreateItem>`)
	item := c.ok(findItems(news, "", "")).Child("RootFolder", "Items").Children[0]
	if item.Name != "Message" || item.Value("Subject") != "mail" {
		t.Errorf("got %s", show(item))
	}
	got := c.ok(`<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:IncludeMimeContent>true</t:IncludeMimeContent></m:ItemShape><m:ItemIds>`+itemID(item)+`</m:ItemIds></m:GetItem>`).Child("Items", "Message", "MimeContent")
	if got == nil || !strings.Contains(string(got.Data), "Subject: mail") {
		t.Errorf("the MIME content is %s", show(&soap.Element{Children: []*soap.Element{got}}))
	}
}

func TestOldServerLacksOperations(t *testing.T) {
	_, c := start(t, Options{Profile: Exchange2007SP1, Validate: func(string, []byte) error { return nil }})
	c.lax = true
	for _, body := range []string{`<m:EmptyFolder DeleteType="SoftDelete" DeleteSubFolders="false"><m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:EmptyFolder>`,
		`<m:GetServerTimeZones/>`, `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="archiveroot"/></m:FolderIds></m:GetFolder>`} {
		if got := c.code(body); got != "ErrorSchemaValidation" {
			t.Errorf("%s gives %s", body, got)
		}
	}
}

func TestVersionsAreRefused(t *testing.T) {
	for p, version := range map[Profile]string{Exchange2007SP1: "Exchange2010", Exchange2010SP2: "Exchange2013", Exchange2016: "Exchange2019"} {
		_, c := start(t, Options{Profile: p})
		c.version = version
		if got := c.code(getRoot); got != "ErrorInvalidServerVersion" {
			t.Errorf("%s with %s: %s", p, version, got)
		}
	}
}

func TestAccountWithoutMailboxHasNoPublicFolders(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016})
	s.AddMailUser("mailuser", "secret", "mailuser@contoso.test")
	if got := c.as("mailuser").code(getRoot); got != "ErrorMissingEmailAddress" {
		t.Errorf("got %s", got)
	}
}

func TestTooManyRequestsAtOnceAreRefused(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2010SP2, Concurrency: 1})
	release, err := s.busy.enter("iorepl@contoso.test", 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.code(getRoot); got != "ErrorServerBusy" {
		t.Errorf("a second request gives %s", got)
	}
	if m := c.as("anna").ok(getRoot); m == nil {
		t.Error("another account is refused")
	}
	release()
	c.ok(getRoot)
}
