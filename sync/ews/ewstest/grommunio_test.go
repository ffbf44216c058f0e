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
