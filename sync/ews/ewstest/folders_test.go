package ewstest

import (
	"strings"
	"testing"
)

const getRoot = `<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="publicfoldersroot"/></m:FolderIds></m:GetFolder>`

func TestRootIsFound(t *testing.T) {
	for _, p := range []Profile{Exchange2007SP1, Exchange2010SP2, Exchange2016, Grommunio} {
		t.Run(p.String(), func(t *testing.T) {
			_, c := start(t, Options{Profile: p})
			m := c.ok(getRoot)
			if got := m.Value("Folders", "Folder", "DisplayName"); got != "IPM_SUBTREE" {
				t.Errorf("the root is called %q, want IPM_SUBTREE: %s", got, show(m))
			}
		})
	}
}

func TestFolderIsMadeFoundAndRenamed(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2010SP2})
	root := c.ok(getRoot).Child("Folders", "Folder", "FolderId").Attr("Id")
	made := c.ok(`<m:CreateFolder><m:ParentFolderId><t:FolderId Id="` + root + `"/></m:ParentFolderId><m:Folders><t:Folder><t:DisplayName>News</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>`)
	id := made.Child("Folders", "Folder", "FolderId")
	if !strings.HasPrefix(id.Attr("Id"), "AQEu") {
		t.Errorf("id %s, want a public folder's", id.Attr("Id"))
	}
	find := `<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:ParentFolderIds><t:FolderId Id="` + root + `"/></m:ParentFolderIds></m:FindFolder>`
	if got := c.ok(find).Value("RootFolder", "Folders", "Folder", "DisplayName"); got != "News" {
		t.Errorf("found %q, want News", got)
	}
	rename := `<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:FolderId Id="` + id.Attr("Id") + `" ChangeKey="` + id.Attr("ChangeKey") + `"/><t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:DisplayName"/><t:Folder><t:DisplayName>Old news</t:DisplayName></t:Folder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`
	c.ok(rename)
	if got := c.ok(find).Value("RootFolder", "Folders", "Folder", "DisplayName"); got != "Old news" {
		t.Errorf("found %q, want Old news", got)
	}
	if got := c.code(rename); got != "ErrorIrresolvableConflict" {
		t.Errorf("the second rename with the old change key gives %s, want a conflict", got)
	}
	if got := c.as("anna").code(strings.ReplaceAll(rename, "Old news", "Mine")); got != "ErrorAccessDenied" {
		t.Errorf("renaming without being owner gives %s", got)
	}
	if n := len(s.Mutations("iorepl@contoso.test")); n != 3 {
		t.Errorf("%d changing requests in the log, want 3: %+v", n, s.Log())
	}
}
