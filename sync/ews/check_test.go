package ews_test

import (
	"fmt"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

var _ sync.Checker = (*ews.Store)(nil)

// allRights is what iorepl ever needs.
const allRights = plan.RightFolderVisible | plan.RightReadAny | plan.RightCreate | plan.RightEditAny | plan.RightDeleteAny |
	plan.RightCreateSubfolders | plan.RightFolderOwner

// guest opens a server on which its account, guest, has no rights but those that are set; anna owns everything.
func guest(t *testing.T, profile ewstest.Profile) (*ewstest.Server, *ews.Store) {
	t.Helper()
	server, o := newServer(t, ewstest.Options{Profile: profile})
	server.AddUser("anna", "secret", "anna@contoso.test")
	server.AddUser("guest", "secret", "guest@contoso.test")
	o.Transport.Username = `CONTOSO\guest`
	s := openStore(t, o)
	t.Cleanup(func() {
		if m := server.Mutations(""); len(m) > 0 {
			t.Errorf("looking has changed something: %+v", m)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return server, s
}

// check makes a folder with rights for guest, perhaps with an item of anna's, and asks what guest may do there.
func check(t *testing.T, server *ewstest.Server, s *ews.Store, name string, rights ewstest.Rights, item bool) sync.Allowed {
	t.Helper()
	anna := server.User("anna@contoso.test")
	id, err := anna.AddFolder(name, "IPF.Note")
	if err == nil && item {
		_, err = anna.AddItem(name, soap.T("Message", soap.T("ItemClass", "IPM.Note"), soap.T("Subject", "hers")))
	}
	for who, r := range map[string]ewstest.Rights{ewstest.Default: ewstest.None, "guest@contoso.test": rights} {
		if err == nil {
			err = server.SetPermission(name, who, r)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Allowed(t.Context(), []sync.Need{{Folder: plan.Folder{ID: id, Path: name}, Rights: allRights}})[0]
}

func TestAllowedTellsEachRight(t *testing.T) {
	single := map[plan.Rights]ewstest.Rights{plan.RightReadAny: ewstest.ReadItems, plan.RightCreate: ewstest.CreateItems,
		plan.RightEditAny: ewstest.EditAll | ewstest.EditOwned, plan.RightDeleteAny: ewstest.DeleteAll | ewstest.DeleteOwned,
		plan.RightCreateSubfolders: ewstest.CreateSubFolders, plan.RightFolderOwner: ewstest.FolderOwner}
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			server, s := guest(t, profile)
			if a := check(t, server, s, "All", ewstest.Owner, true); a.Err != nil || a.Rights&allRights != allRights || a.Unknown != 0 || !a.List {
				t.Errorf("the owner has %s, perhaps %s, %v", a.Rights, a.Unknown, a)
			}
			for right, without := range single {
				a := check(t, server, s, fmt.Sprint("All but ", right), ewstest.Owner&^without, true)
				missing := allRights &^ a.Rights &^ a.Unknown
				want := right
				if profile == ewstest.Grommunio && right == plan.RightFolderOwner {
					want = 0 // who may edit all items may change the folder there
				}
				if a.Err != nil || missing != want || a.Unknown != 0 {
					t.Errorf("without %s: missing %s, perhaps %s, %v", right, missing, a.Unknown, a.Err)
				}
			}
			if a := check(t, server, s, "Reviewer", ewstest.Reviewer, true); a.Err != nil || a.Rights&allRights != plan.RightFolderVisible|plan.RightReadAny || a.Unknown != 0 {
				t.Errorf("a reviewer has %s, perhaps %s, %v", a.Rights, a.Unknown, a.Err)
			}
			if a := check(t, server, s, "Hidden", ewstest.None, true); a.Err != nil || a.Rights&allRights != 0 || a.Unknown != 0 {
				t.Errorf("on a hidden folder it has %s, perhaps %s, %v", a.Rights, a.Unknown, a.Err)
			}
		})
	}
}

// TestAllowedCannotTell: without an item, who is not the owner of a folder is not told what it may do to the items of others. grommunio shows
// its lists to everybody.
func TestAllowedCannotTell(t *testing.T) {
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			server, s := guest(t, profile)
			a := check(t, server, s, "Empty", ewstest.PublishingEditor, false)
			want := plan.RightEditAny | plan.RightDeleteAny
			if profile == ewstest.Grommunio {
				want = 0
			}
			if a.Unknown != want || want != 0 && !strings.Contains(a.Why, "no item") || allRights&^a.Rights&^a.Unknown&^plan.RightFolderOwner != 0 {
				t.Errorf("it has %s, perhaps %s: %s", a.Rights, a.Unknown, a.Why)
			}
			if a = check(t, server, s, "Unlisted", ewstest.CreateItems|ewstest.FolderVisible, true); profile != ewstest.Grommunio && (a.Unknown != want || !strings.Contains(a.Why, "ErrorAccessDenied")) {
				t.Errorf("where it may not read: it has %s, perhaps %s: %s", a.Rights, a.Unknown, a.Why)
			}
		})
	}
}

func TestAFolderThatIsGoneIsAnError(t *testing.T) {
	server, s := guest(t, ewstest.Exchange2016)
	check(t, server, s, "News", ewstest.Reviewer, false)
	folders, err := s.Folders(t.Context())
	if err == nil {
		err = server.User("anna@contoso.test").DeleteFolder("News")
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		a := s.Allowed(t.Context(), []sync.Need{{Folder: f, Rights: plan.RightReadAny}})[0]
		if f.Path == "News" && !sync.IsGone(a.Err) || f.Path == "" && a.Err != nil {
			t.Errorf("%q: %v", f.Path, a.Err)
		}
	}
}

func TestGrantIsACommandThatCanBePasted(t *testing.T) {
	const read = plan.RightFolderVisible | plan.RightReadAny
	const write = read | plan.RightCreate | plan.RightEditAny | plan.RightDeleteAny
	_, s := guest(t, ewstest.Exchange2010SP2)
	for _, tt := range []struct {
		path   string
		rights plan.Rights
		want   string
	}{
		{"Marketing/News", read, `-Identity "\Marketing\News" -User guest@contoso.test -AccessRights Reviewer`},
		{"", plan.RightFolderVisible | plan.RightCreateSubfolders, `-Identity "\" -User guest@contoso.test -AccessRights CreateSubfolders,FolderVisible`},
		{"News", write, `-Identity "\News" -User guest@contoso.test -AccessRights Editor`},
		{"News", write | plan.RightCreateSubfolders, `-Identity "\News" -User guest@contoso.test -AccessRights PublishingEditor`},
		{"News", read | plan.RightFolderOwner, `-Identity "\News" -User guest@contoso.test -AccessRights Owner`},
		{"a%2Fb/$c's", read, `-Identity '\a/b\$c''s' -User guest@contoso.test -AccessRights Reviewer`},
		{"it's\x1b[2J", read, `-Identity '\it''s?[2J' -User guest@contoso.test -AccessRights Reviewer`},
	} {
		if got := s.Grant(tt.path, tt.rights); got != "Add-PublicFolderClientPermission "+tt.want {
			t.Errorf("got %s, want … %s", got, tt.want)
		}
	}
	_, s = guest(t, ewstest.Grommunio)
	if got := s.Grant("News", write); !strings.Contains(got, "guest@contoso.test the permission Editor") || !strings.Contains(got, "grommunio-admin") || strings.Contains(got, "Add-") {
		t.Errorf("on grommunio: %s", got)
	}
}

func TestAboutNamesServerAndAccount(t *testing.T) {
	for name, want := range map[string]string{"2007 SP1": "Exchange 2007 (8.1.436)", "2010 SP2": "Exchange 2010 (14.2.328)", "2016": "Exchange 2016 (15.1.2507)", "grommunio": "grommunio"} {
		_, s := guest(t, profiles[name])
		if got := s.About(); got != want+", as guest@contoso.test" {
			t.Errorf("%s: %s", name, got)
		}
	}
	_, o := newServer(t, ewstest.Options{})
	o.Transport = transport.Config{URL: o.Transport.URL, Username: "iorepl", Password: "secret"}
	s := openStore(t, o)
	defer s.Close()
	if got := s.About(); !strings.HasSuffix(got, ", as iorepl@contoso.test") {
		t.Errorf("got %s", got)
	}
}

// TestAllowedDoesWithoutTheList: a server may refuse a permission list instead of leaving it out.
func TestAllowedDoesWithoutTheList(t *testing.T) {
	server, s := guest(t, ewstest.Exchange2016)
	server.Inject(ewstest.Fault{Operation: "GetFolder", Action: ewstest.Fail{Code: "ErrorAccessDenied"}})
	a := check(t, server, s, "News", ewstest.Reviewer, true)
	if a.Err != nil || a.Rights&allRights != plan.RightFolderVisible|plan.RightReadAny || a.Unknown != 0 || a.List {
		t.Errorf("it has %s, perhaps %s, %v", a.Rights, a.Unknown, a)
	}
}
