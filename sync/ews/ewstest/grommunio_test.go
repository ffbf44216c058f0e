package ewstest

import (
	"strings"
	"testing"
)

// on grommunio items are messages.
func createMessages(folder, rest string) string {
	return `<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId>` + folder + `</m:SavedItemFolderId><m:Items><t:Message><t:ItemClass>IPM.Post</t:ItemClass><t:Subject>x</t:Subject>` + rest + `</t:Message></m:Items></m:CreateItem>`
}

func TestGrommunioIsDifferent(t *testing.T) {
	s, c := start(t, Options{Profile: Grommunio})
	must[string](t)(s.User("iorepl@contoso.test").AddFolder("News", ""))
	news := folderID(t, s, "News")
	find := `<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:ParentFolderIds>` + news + `</m:ParentFolderIds></m:FindFolder>`
	if m := c.ok(find); m.Child("RootFolder") != nil {
		t.Errorf("no folders are answered with %s, want no RootFolder", show(m))
	}
	id := c.ok(getRoot).Child("Folders", "Folder", "FolderId").Attr("Id")
	if len(id) != 64 {
		t.Errorf("a folder's id has %d characters, want 64", len(id))
	}
	create := `<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="publicfoldersroot"/></m:ParentFolderId><m:Folders><t:Folder><t:DisplayName>A</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>`
	if got := c.code(create); got != "ErrorCannotFindUser" {
		t.Errorf("a folder below the distinguished root gives %s", got)
	}
	c.ok(createMessages(news, ""))
	listed := c.ok(findItems(news, "", "")).Child("RootFolder")
	if listed.Child("Groups") == nil || listed.Child("Items").Children[0].Name != "Item" {
		t.Errorf("the listing is %s, want Groups and an Item", show(listed))
	}
	itemID := itemID(listed.Child("Items").Children[0])
	c.ok(strings.ReplaceAll(setSubject(itemID, "NeverOverwrite", "a"), "t:PostItem", "t:Message"))
	c.ok(strings.ReplaceAll(setSubject(itemID, "NeverOverwrite", "b"), "t:PostItem", "t:Message")) // no conflict there
	move := `<m:MoveItem><m:ToFolderId><t:FolderId Id="` + id + `"/></m:ToFolderId><m:ItemIds>` + itemID + `</m:ItemIds></m:MoveItem>`
	if got := c.code(move); got != "ErrorMoveCopyFailed" {
		t.Errorf("moving an item gives %s", got)
	}
	for op, body := range map[string]string{"GetServerTimeZones": `<m:GetServerTimeZones/>`,
		"ExportItems": `<m:ExportItems><m:ItemIds>` + itemID + `</m:ItemIds></m:ExportItems>`} {
		status, text, err := c.raw(c.envelope(body))
		if err != nil || status != 500 || !strings.Contains(text, "Unknown request '"+op+"'.") {
			t.Errorf("%s gives %d %s %v", op, status, text, err)
		}
	}
	binary := createMessages(news, `<t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="00020329-0000-0000-c000-000000000046" PropertyName="B" PropertyType="Binary"/><t:Value>AAAA</t:Value></t:ExtendedProperty>`)
	if status, text, err := c.raw(c.envelope(binary)); err != nil || status != 500 || !strings.Contains(text, "E-3107") {
		t.Errorf("a binary property gives %d %s %v", status, text, err)
	}
	del := func(kind string) string {
		return `<m:DeleteFolder DeleteType="` + kind + `"><m:FolderIds>` + news + `</m:FolderIds></m:DeleteFolder>`
	}
	if got := c.code(del("HardDelete")); got != "ErrorCannotDeleteObject" {
		t.Errorf("deleting a folder with items gives %s", got)
	}
	c.ok(`<m:EmptyFolder DeleteType="HardDelete" DeleteSubFolders="true"><m:FolderIds>` + news + `</m:FolderIds></m:EmptyFolder>`)
	c.ok(del("HardDelete"))
	gone := c.ok(`<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>` + news + `</m:FolderIds></m:GetFolder>`)
	if f := gone.Child("Folders", "Folder"); f == nil || f.Child("DisplayName") != nil {
		t.Errorf("a deleted folder is answered with %s, want an empty folder", show(gone))
	}
}

func TestGrommunioOwnerTrap(t *testing.T) {
	s, c := start(t, Options{Profile: Grommunio})
	must[string](t)(s.User("iorepl@contoso.test").AddFolder("News", ""))
	news := folderID(t, s, "News")
	c.ok(setPermissions(news, permission("anna@contoso.test", ofLevel("Owner")), permission("iorepl@contoso.test", ofLevel("Editor"))))
	if got := c.as("anna").code(createMessages(news, "")); got != "ErrorAccessDenied" {
		t.Errorf("such an owner creates: %s", got)
	}
}

// TestGrommunioAvailability: whatever is asked for, times in UTC without digits and working hours.
func TestGrommunioAvailability(t *testing.T) {
	s, c := start(t, Options{Profile: Grommunio})
	bob(s)
	s.SetCalendar("else@fabrikam.test", []Event{{at("2026-11-03 09:00"), at("2026-11-03 10:00"), Busy, ""}})
	a := ask{zone: pacificZone, start: "2026-11-03T01:00:00", end: "2026-11-03T03:00:00", view: "MergedOnly", users: []string{"bob@contoso.test", "nobody@contoso.test", "else@fabrikam.test"}}
	want := []string{"NoError, FreeBusy, Busy 2026-11-03T09:00:00Z 2026-11-03T10:30:00Z, Tentative 2026-11-03T10:00:00Z 2026-11-03T11:00:00Z",
		"ErrorCannotFindUser, ", "NoError, Detailed"}
	got := c.availability(a)
	for i := range got {
		if brief(got[i]) != want[i] {
			t.Errorf("%s: %s, want %s", a.users[i], brief(got[i]), want[i])
		}
	}
	if got[0].Child("FreeBusyView", "WorkingHours") != nil || got[1].Child("FreeBusyView") != nil {
		t.Errorf("got %s and %s", show(got[0]), show(got[1]))
	}
	a.end = "2027-11-03T03:00:00"
	if got := c.availability(a); got[0].Value("ResponseMessage", "ResponseCode") != "NoError" {
		t.Errorf("a year: %s", show(got[0]))
	}
	a.zone = " "
	if got := c.code(a.body()); got != "ErrorTimeZone" {
		t.Errorf("without a zone: %s", got)
	}
}
