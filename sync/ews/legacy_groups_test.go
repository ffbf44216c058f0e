package ews_test

import (
	"testing"

	"iorepl/sync/ews/ewstest"
)

func TestLegacyGroupsAreFoundOnce(t *testing.T) {
	l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2007SP1, AdminGroups: []string{"Second", "Exchange Administrative Group (FYDIBOHF23SPDLT)", "Closed"}})
	if err := l.server.SetPermission(busyFolder+"/EX:%2Fo=First Organization%2Fou=Closed", grantee, ewstest.FolderVisible); err != nil {
		t.Fatal(err)
	}
	l.open()
	l.server.ClearLog()
	for range 3 {
		groups, err := l.folder.Groups(t.Context())
		if err != nil || len(groups) != 3 || groups[0].Name != "/o=First Organization/ou=Closed" || groups[1].Name != groupName || groups[1].Problem != "" {
			t.Fatalf("%+v %v", groups, err)
		}
		contains(t, groups[0].Problem, "may not read", `Add-PublicFolderClientPermission -Identity "\NON_IPM_SUBTREE\SCHEDULE+ FREE BUSY\EX:/o=First Organization/ou=Closed" -User iorepl@contoso.test -AccessRights Owner`)
	}
	if n := len(l.server.Log()); n != 4 {
		t.Errorf("%d requests: %v", n, operations(l.server.Log()))
	}
}

func TestLegacyFolderThatIsNotThereIsExplained(t *testing.T) {
	for name, c := range map[string]struct {
		profile ewstest.Profile
		hide    string
		says    []string
	}{
		"2016":      {ewstest.Exchange2016, "", []string{"2013 and later keep no free/busy folder", `as a publisher it is asked for availability (source = "availability")`, "as a subscriber its users can read the .ifb files"}},
		"grommunio": {ewstest.Grommunio, "", []string{"grommunio", "has no folder SCHEDULE+ FREE BUSY"}},
		"hidden":    {ewstest.Exchange2010SP2, busyFolder, []string{"may not see it", `Get-PublicFolder "\NON_IPM_SUBTREE\SCHEDULE+ FREE BUSY" -Recurse`, "-AccessRights Owner"}},
		"no groups": {ewstest.Exchange2010SP2, groupPath, []string{"no folder of an administrative group", "Get-PublicFolder", "Owner"}},
	} {
		t.Run(name, func(t *testing.T) {
			server, o := newServer(t, ewstest.Options{Profile: c.profile})
			if c.hide != "" {
				if err := server.SetPermission(c.hide, grantee, ewstest.None); err != nil {
					t.Fatal(err)
				}
			}
			_, err := openStore(t, o).LegacyFreeBusy().Groups(t.Context())
			if err == nil {
				t.Fatal("it is found")
			}
			contains(t, err.Error(), c.says...)
		})
	}
}
