package ewstest

import (
	"fmt"
	"strings"
	"testing"
)

func getPermissions(folder string) string {
	return `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI="folder:PermissionSet"/></t:AdditionalProperties></m:FolderShape><m:FolderIds>` + folder + `</m:FolderIds></m:GetFolder>`
}

func setPermissions(folder string, permissions ...string) string {
	return `<m:UpdateFolder><m:FolderChanges><t:FolderChange>` + folder + `<t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:PermissionSet"/><t:Folder><t:PermissionSet><t:Permissions>` +
		strings.Join(permissions, "") + `</t:Permissions></t:PermissionSet></t:Folder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`
}

func permission(user, rest string) string {
	id := `<t:PrimarySmtpAddress>` + user + `</t:PrimarySmtpAddress>`
	if user == Default || user == Anonymous {
		id = `<t:DistinguishedUser>` + user + `</t:DistinguishedUser>`
	}
	return `<t:Permission><t:UserId>` + id + `</t:UserId>` + rest + `</t:Permission>`
}

func ofLevel(name string) string { return `<t:PermissionLevel>` + name + `</t:PermissionLevel>` }

// grantsOf reads a permission list as "who=level" words.
func grantsOf(c *client, folder string) string {
	c.t.Helper()
	var words []string
	set := c.ok(getPermissions(folder)).Child("Folders").Children[0].Child("PermissionSet")
	for _, p := range set.Child("Permissions").All("Permission") {
		who := p.Value("UserId", "DistinguishedUser") + p.Value("UserId", "PrimarySmtpAddress")
		words = append(words, who+"="+p.Value("PermissionLevel"))
	}
	return strings.Join(words, " ")
}

func TestPermissionsAreReadAndReplaced(t *testing.T) {
	for _, p := range []Profile{Exchange2007SP1, Exchange2010SP2, Exchange2016} {
		t.Run(p.String(), func(t *testing.T) {
			s, c := start(t, Options{Profile: p})
			news := newsFolder(t, s)
			if got, want := grantsOf(c, news), "Default=Author Anonymous=None iorepl@contoso.test=Owner"; got != want {
				t.Errorf("a new folder has %s, want %s", got, want)
			}
			c.ok(setPermissions(news, permission(Default, ofLevel("Reviewer")), permission("iorepl@contoso.test", ofLevel("Owner")),
				permission("anna@contoso.test", `<t:CanCreateItems>true</t:CanCreateItems><t:IsFolderVisible>true</t:IsFolderVisible><t:EditItems>Owned</t:EditItems>`+ofLevel("Custom"))))
			if got, want := grantsOf(c, news), "Default=Reviewer iorepl@contoso.test=Owner anna@contoso.test=Custom Anonymous=None"; got != want {
				t.Errorf("after the change %s, want %s", got, want)
			}
			if c.as("anna").ok(getPermissions(news)).Child("Folders").Children[0].Child("PermissionSet") != nil {
				t.Error("the permissions are shown to somebody who is not the owner")
			}
			mixed := setPermissions(news, permission("iorepl@contoso.test", `<t:CanCreateItems>true</t:CanCreateItems>`+ofLevel("Owner")))
			want := "ErrorInvalidPermissionSettings"
			if p == Exchange2016 {
				want = "NoError"
			}
			if got := c.code(mixed); got != want {
				t.Errorf("a level with single rights gives %s, want %s", got, want)
			}
			for _, tt := range []struct{ permissions, want string }{
				{permission("nobody@contoso.test", ofLevel("Editor")), "ErrorInvalidUserInfo"},
				{permission("anna@contoso.test", ofLevel("Editor")) + permission("ANNA@contoso.test", ofLevel("Editor")), "ErrorDuplicateUserIdsSpecified"},
			} {
				if got := c.code(setPermissions(news, tt.permissions)); got != tt.want {
					t.Errorf("%s gives %s, want %s", tt.permissions, got, tt.want)
				}
			}
		})
	}
}

func TestUnknownEntriesAreShownAndCannotBeSet(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016})
	news := newsFolder(t, s)
	if err := s.SetPermission("News", "guest@contoso.test", Editor); err != nil {
		t.Fatal(err)
	}
	s.RemoveUser("guest@contoso.test")
	set := c.ok(getPermissions(news)).Child("Folders").Children[0].Child("PermissionSet")
	sid := set.Value("UnknownEntries", "UnknownEntry")
	if !strings.HasPrefix(sid, "S-1-5-21-") {
		t.Fatalf("unknown entries in %s, want a SID", show(set))
	}
	body := strings.Replace(setPermissions(news, permission("iorepl@contoso.test", ofLevel("Owner"))), `</t:PermissionSet>`,
		fmt.Sprintf(`<t:UnknownEntries><t:UnknownEntry>%s</t:UnknownEntry></t:UnknownEntries></t:PermissionSet>`, sid), 1)
	if got := c.code(body); got != "ErrorCannotSetPermissionUnknownEntries" {
		t.Errorf("setting them gives %s", got)
	}
}

func TestCalendarPermissionsBelongToCalendars(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2010SP2})
	must[string](t)(s.User("iorepl@contoso.test").AddFolder("Dates", "IPF.Appointment"))
	dates := folderID(t, s, "Dates")
	if c.ok(getPermissions(dates)).Child("Folders", "CalendarFolder", "PermissionSet", "CalendarPermissions") == nil {
		t.Error("the calendar has no CalendarPermissions")
	}
	if got := c.code(setPermissions(dates, permission("iorepl@contoso.test", ofLevel("Owner")))); got != "ErrorCannotSetNonCalendarPermissionOnCalendarFolder" {
		t.Errorf("permissions of other folders give %s", got)
	}
}
