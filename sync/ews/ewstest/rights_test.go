package ewstest

import (
	"strings"
	"testing"

	"iorepl/sync/ews/soap"
)

// TestEachLevelAllowsWhatItSays tries every operation with every permission level, on the account's own item and on somebody else's.
func TestEachLevelAllowsWhatItSays(t *testing.T) {
	const all = "list read create edit-own edit delete-own delete move copy attach subfolder rename move-folder delete-folder"
	for _, tt := range []struct {
		level   Rights
		allowed string
	}{
		{None, ""},
		{Contributor, "create"},
		{Reviewer, "list read"},
		{NoneditingAuthor, "list read create copy delete-own"},
		{Author, "list read create copy delete-own edit-own"},
		{PublishingAuthor, "list read create copy delete-own edit-own subfolder"},
		{Editor, "list read create copy delete-own edit-own edit delete move attach"},
		{PublishingEditor, "list read create copy delete-own edit-own edit delete move attach subfolder"},
		{Owner, all},
		{FolderOwner, "rename move-folder delete-folder"},
	} {
		t.Run(tt.level.String(), func(t *testing.T) {
			s, c := start(t, Options{Profile: Exchange2010SP2})
			for _, what := range strings.Fields(all) {
				folder := must[string](t)(s.User("iorepl@contoso.test").AddFolder(what, "IPF.Note"))
				own := must[string](t)(s.User("anna@contoso.test").AddItem(what, post("own")))
				other := must[string](t)(s.User("guest@contoso.test").AddItem(what, post("other")))
				must[string](t)(s.User("guest@contoso.test").AddFolder("for "+what, "IPF.Note"))
				for who, r := range map[string]Rights{Default: None, "anna@contoso.test": tt.level} {
					if err := s.SetPermission(what, who, r); err != nil {
						t.Fatal(err)
					}
				}
				if err := s.SetPermission("for "+what, "anna@contoso.test", CreateItems|CreateSubFolders|FolderVisible); err != nil {
					t.Fatal(err)
				}
				before := s.Tree()
				got := c.as("anna").code(requestFor(t, s, what, folder, own, other))
				want := "ErrorAccessDenied"
				if strings.Contains(" "+tt.allowed+" ", " "+what+" ") {
					want = "NoError"
				}
				if got != want {
					t.Errorf("%s gives %s, want %s", what, got, want)
				}
				if want != "NoError" && len(before) != len(s.Tree()) {
					t.Errorf("%s was refused and yet changed the tree", what)
				}
			}
		})
	}
}

// requestFor is a request that tries one thing.
func requestFor(t *testing.T, s *Server, what, folder, own, other string) string {
	item := func(id string) string { // with the change key
		e := must[*soap.Element](t)(act(s.User(""), func(c *call) (*soap.Element, error) {
			p, err := c.place(id)
			if err != nil {
				return nil, err
			}
			return soap.T("x", s.itemID("ItemId", p.f, p.r, 0)), nil
		}))
		return itemID(e)
	}
	in := `<t:FolderId Id="` + folder + `"/>`
	to := `<m:ToFolderId>` + folderID(t, s, "for "+what) + `</m:ToFolderId>`
	switch what {
	case "list":
		return findItems(in, "", "")
	case "read":
		return `<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds>` + item(other) + `</m:ItemIds></m:GetItem>`
	case "create":
		return createPosts(in, 1)
	case "edit-own":
		return setSubject(item(own), "NeverOverwrite", "x")
	case "edit":
		return setSubject(item(other), "NeverOverwrite", "x")
	case "delete-own":
		return deleteItem(item(own))
	case "delete":
		return deleteItem(item(other))
	case "move":
		return `<m:MoveItem>` + to + `<m:ItemIds>` + item(other) + `</m:ItemIds></m:MoveItem>`
	case "copy":
		return `<m:CopyItem><m:ToFolderId>` + in + `</m:ToFolderId><m:ItemIds>` + item(other) + `</m:ItemIds></m:CopyItem>`
	case "attach":
		return `<m:CreateAttachment><m:ParentItemId Id="` + other + `"/><m:Attachments><t:FileAttachment><t:Name>a.txt</t:Name><t:Content>c29tZSB0ZXh0</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>`
	case "subfolder":
		return `<m:CreateFolder><m:ParentFolderId>` + in + `</m:ParentFolderId><m:Folders><t:Folder><t:DisplayName>Sub</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>`
	case "rename":
		return `<m:UpdateFolder><m:FolderChanges><t:FolderChange>` + in + `<t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:DisplayName"/><t:Folder><t:DisplayName>renamed</t:DisplayName></t:Folder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`
	case "move-folder":
		return `<m:MoveFolder>` + to + `<m:FolderIds>` + in + `</m:FolderIds></m:MoveFolder>`
	case "delete-folder":
		return `<m:DeleteFolder DeleteType="HardDelete"><m:FolderIds>` + in + `</m:FolderIds></m:DeleteFolder>`
	}
	t.Fatalf("no request for %s", what)
	return ""
}
