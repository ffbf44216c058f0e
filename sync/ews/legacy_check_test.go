package ews_test

import (
	"testing"

	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/freebusy"
)

var _ freebusy.Checker = (*ews.LegacyFreeBusy)(nil)

func TestLegacyRightsAreChecked(t *testing.T) {
	for name, profile := range old {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct {
				rights      ewstest.Rights
				read, write string // what is missing
			}{
				{ewstest.Owner, "", ""},
				{ewstest.Editor, "", ""},
				{ewstest.Reviewer, "", "CreateItems"},
			} {
				l := newLegacy(t, ewstest.Options{Profile: profile})
				l.write(l.many(1)...) // an item tells what may be done to items
				for who, r := range map[string]ewstest.Rights{grantee: c.rights, ewstest.Default: ewstest.None} {
					if err := l.server.SetPermission(groupPath, who, r); err != nil {
						t.Fatal(err)
					}
				}
				l.server.ClearLog()
				for write, want := range map[bool]string{false: c.read, true: c.write} {
					got, err := l.folder.Lacks(t.Context(), l.group, write)
					if err != nil || (got == "") != (want == "") {
						t.Errorf("%v, to write %v: got %q, %v", c.rights, write, got, err)
					}
					if want != "" {
						contains(t, got, want, "Add-PublicFolderClientPermission", groupName, "-AccessRights Owner")
					}
				}
				if n := len(l.server.Mutations("")); n != 0 {
					t.Errorf("%d requests to change something", n)
				}
			}
		})
	}
}
