package ewstest

import (
	"slices"
	"strings"
	"testing"

	"iorepl/sync/ews/soap"
)

const (
	partnersDN = "/o=First Organization/ou=Partners"
	carlDN     = partnersDN + "/cn=Recipients/cn=carl"
)

// november is free/busy with an appointment of each kind, one of them over the end of the month.
func november() FreeBusy {
	return FreeBusy{Start: at("2026-11-01 00:00"), End: at("2027-02-01 00:00"), Published: at("2026-11-02 08:00"), Events: []Event{
		{at("2026-11-03 09:00"), at("2026-11-03 10:30"), Busy, ""},
		{at("2026-11-03 12:00"), at("2026-11-03 13:00"), Tentative, ""},
		{at("2026-11-03 12:30"), at("2026-11-03 14:00"), OOF, ""},
		{at("2026-11-30 22:00"), at("2026-12-01 02:00"), Busy, ""},
	}}
}

// partners is a server with a second administrative group and the contact carl in it.
func partners(t *testing.T, p Profile) (*Server, *client, *User) {
	s, c := start(t, Options{Profile: p})
	must[string](t)(s.AddGroup("Partners"))
	s.AddContact("Carl", "carl@fabrikam.test", carlDN)
	s.AddAvailabilityAddressSpace("Fabrikam.test")
	return s, c, s.User("iorepl@contoso.test")
}

// TestContactIsAnsweredFromTheLegacyFolder is what an organization sees of a partner's user.
func TestContactIsAnsweredFromTheLegacyFolder(t *testing.T) {
	day := ask{start: "2026-11-03T08:00:00", end: "2026-11-03T15:00:00", interval: 60, view: "DetailedMerged", users: []string{"CARL@fabrikam.test"}}
	const busy = "NoError, MergedOnly, 0220330"
	for _, p := range []Profile{Exchange2007SP1, Exchange2010SP2} {
		s, c, u := partners(t, p)
		check := func(what, want string) {
			t.Helper()
			if got := brief(c.availability(day)[0]); got != want {
				t.Errorf("%s: %s: %s, want %s", p, what, got, want)
			}
		}
		check("without a message", "NoError, MergedOnly, 4444444")
		old := november()
		old.Published, old.Events = at("2026-11-01 08:00"), nil
		must[string](t)(u.AddFreeBusy(strings.ToLower(carlDN), november()))
		must[string](t)(u.AddFreeBusy(carlDN, old))
		check("with two messages", busy)
		day.end = "2026-11-03T15:00:01"
		check("a second more", busy+"0")
		day.end = "2026-11-03T15:00:00"

		short := november()
		short.Start, short.End, short.Published = at("2026-11-03 10:00"), at("2026-11-03 14:00"), at("2026-11-03 08:00")
		short.Events = short.Events[1:3]
		must[string](t)(u.AddFreeBusy(carlDN, short))
		check("with a short publish range", "NoError, MergedOnly, 4400334")

		path, subject := s.FreeBusyPlace(carlDN)
		broken := soap.T("PostItem", soap.T("Subject", subject))
		for tag, kind := range map[uint32]string{tagPublishStart: "Integer", tagPublishEnd: "Integer"} {
			broken.Add(soap.T("ExtendedProperty", tagPath(tag, kind), soap.T("Value", minutes1601(at("2026-11-01 00:00")))))
		}
		broken.Add(soap.T("ExtendedProperty", tagPath(tagPublished, "SystemTime"), soap.T("Value", "2026-11-04T08:00:00Z")),
			soap.T("ExtendedProperty", tagPath(0x6853, "IntegerArray"), soap.T("Values", soap.T("Value", "32427"))))
		id := must[string](t)(u.AddItem(path, broken))
		check("with a broken message", "ErrorPublicFolderRequestProcessingFailed, None")
		if err := u.DeleteItem(id); err != nil {
			t.Fatal(err)
		}
		if err := s.RemoveGroup("Partners"); err != nil {
			t.Fatal(err)
		}
		check("without the folder", "ErrorPublicFolderRequestProcessingFailed, None")

		s.AddContact("Carl", "carl@fabrikam.test", "/o=First Organization/ou=External (FYDIBOHF25SPDLT)/cn=Recipients/cn=carl")
		want := "ErrorPublicFolderRequestProcessingFailed, None"
		if p == Exchange2010SP2 {
			want = "ErrorProxyRequestProcessingFailed, None"
		}
		check("as an external contact of 2010", want)
		s.RemoveContact("carl@fabrikam.test")
		check("unknown", "ErrorMailRecipientNotFound, None")
		s.AddMailUser("carl", "secret", "carl@fabrikam.test")
		must[string](t)(u.AddFreeBusy(s.LegacyDN("carl@fabrikam.test"), november()))
		check("as a mail user", busy)
	}
	s, c := start(t, Options{Profile: Exchange2016})
	s.AddContact("Carl", "carl@fabrikam.test", carlDN)
	s.AddAvailabilityAddressSpace("fabrikam.test")
	if got := brief(c.availability(day)[0]); got != "ErrorMailRecipientNotFound, None" {
		t.Errorf("2016 reads legacy folders: %s", got)
	}
	if _, err := s.AddGroup("Partners"); err == nil {
		t.Error("2016 has folders of administrative groups")
	}
}

// TestGroupFolderIsSeenByRights: everybody is Editor by default, and a folder without rights is not in the listing.
func TestGroupFolderIsSeenByRights(t *testing.T) {
	s, c, _ := partners(t, Exchange2010SP2)
	parent := folderID(t, s, freeBusyRoot)
	names := func(who string) string {
		var all []string
		for _, f := range c.as(who).ok(`<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:ParentFolderIds>`+parent+`</m:ParentFolderIds></m:FindFolder>`).Child("RootFolder", "Folders").Children {
			all = append(all, f.Value("DisplayName"))
		}
		return strings.Join(all, "; ")
	}
	const first = "EX:/o=First Organization/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)"
	if got := names("guest"); got != first+"; EX:"+partnersDN {
		t.Errorf("the groups are %s", got)
	}
	path := s.GroupFolder(partnersDN)
	if grants, err := s.Permissions(path); err != nil || !slices.Contains(grants, Grant{Who: Default, Rights: Editor}) {
		t.Errorf("the rights are %v, %v", grants, err)
	}
	for who, r := range map[string]Rights{Default: None, "iorepl@contoso.test": Owner} {
		if err := s.SetPermission(path, who, r); err != nil {
			t.Fatal(err)
		}
	}
	if got := names("guest"); got != first {
		t.Errorf("a guest sees %s", got)
	}
	if got := names("iorepl"); got != first+"; EX:"+partnersDN {
		t.Errorf("the service account sees %s", got)
	}
	if _, err := s.AddGroup(partnersDN); err == nil {
		t.Error("a group is there twice")
	}
}

func TestDirectoryHasContactsAndGroups(t *testing.T) {
	s, c, _ := partners(t, Exchange2007SP1)
	s.AddUserIn("Partners", "paul", "secret", "paul@contoso.test")
	for address, want := range map[string]string{
		"paul@contoso.test": partnersDN + "/cn=Recipients/cn=paul", "carl@fabrikam.test": carlDN, "nobody@contoso.test": "",
		"anna@contoso.test": "/o=First Organization/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=anna",
	} {
		if got := s.LegacyDN(address); got != want {
			t.Errorf("the legacyExchangeDN of %s is %q, want %q", address, got, want)
		}
	}
	for entry, want := range map[string]string{"carl": "carl@fabrikam.test Contact", strings.ToUpper(carlDN): "carl@fabrikam.test Contact", "paul": "paul@contoso.test Mailbox"} {
		m := c.message(`<m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>` + entry + `</m:UnresolvedEntry></m:ResolveNames>`)
		box := m.Child("ResolutionSet", "Resolution", "Mailbox")
		if got := box.Value("EmailAddress") + " " + box.Value("MailboxType"); got != want {
			t.Errorf("%s resolves to %s, want %s", entry, got, want)
		}
	}
}
