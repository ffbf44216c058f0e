package ewstest

import (
	"strings"

	"iorepl/sync/ews/soap"
)

// permissionSet writes a folder's permission list (MS-OXWSFOLD 2.2.4.13). Who does not own the folder gets none.
func (c *call) permissionSet(f *folder) *soap.Element {
	if c.rights(f)&FolderOwner == 0 && !c.grommunio() {
		return nil
	}
	calendar := f.isCalendar()
	list, one, levelName := "Permissions", "Permission", "PermissionLevel"
	if calendar {
		list, one, levelName = "CalendarPermissions", "CalendarPermission", "CalendarPermissionLevel"
	}
	entries, unknown := soap.T(list), soap.T("UnknownEntries")
	for _, g := range f.grants {
		if g.Unknown {
			unknown.Add(soap.T("UnknownEntry", g.Who))
			continue
		}
		r := g.Rights
		has := func(x Rights) string { return boolText(r&x != 0) }
		of := func(all, owned Rights) string {
			switch {
			case r&all != 0:
				return "All"
			case r&owned != 0:
				return "Owned"
			default:
				return "None"
			}
		}
		read := "None"
		switch {
		case r&ReadItems != 0:
			read = "FullDetails"
		case r&FreeBusyDetails != 0:
			read = "TimeAndSubjectAndLocation"
		case r&FreeBusyTime != 0:
			read = "TimeOnly"
		}
		name := level(r)
		if c.grommunio() && r&FolderContact != 0 {
			name = "Custom"
		}
		entries.Add(soap.T(one, c.userID(g.Who), soap.T("CanCreateItems", has(CreateItems)), soap.T("CanCreateSubFolders", has(CreateSubFolders)),
			soap.T("IsFolderOwner", has(FolderOwner)), soap.T("IsFolderVisible", has(FolderVisible)), soap.T("IsFolderContact", has(FolderContact)),
			soap.T("EditItems", of(EditAll, EditOwned)), soap.T("DeleteItems", of(DeleteAll, DeleteOwned)), soap.T("ReadItems", read),
			soap.T(levelName, name)))
	}
	set := soap.T("PermissionSet", entries)
	if len(unknown.Children) > 0 && !c.grommunio() {
		set.Add(unknown)
	}
	return set
}

// userID says who an entry is for.
func (c *call) userID(who string) *soap.Element {
	if who == Default || who == Anonymous {
		return soap.T("UserId", soap.T("DistinguishedUser", who))
	}
	display := who
	if a := c.s.byAddress(who); a != nil {
		display = a.display
	}
	id := soap.T("UserId")
	if !c.grommunio() {
		id.Add(soap.T("SID", sidOf(who)))
	}
	id.Add(soap.T("PrimarySmtpAddress", who), soap.T("DisplayName", display))
	return id
}

// grants reads the permission list that a client wants a folder to have.
func (c *call) grants(f *folder, set *soap.Element) ([]Grant, error) {
	calendar := set.Child("CalendarPermissions") != nil
	entries := set.Child("Permissions")
	switch {
	case calendar && !f.isCalendar():
		return nil, fail("ErrorCannotSetCalendarPermissionOnNonCalendarFolder")
	case !calendar && f.isCalendar():
		return nil, fail("ErrorCannotSetNonCalendarPermissionOnCalendarFolder")
	case calendar:
		entries = set.Child("CalendarPermissions")
	}
	if u := set.Child("UnknownEntries"); u != nil && len(u.Children) > 0 && !c.grommunio() {
		return nil, fail("ErrorCannotSetPermissionUnknownEntries")
	}
	if entries == nil {
		return nil, fail("ErrorInvalidPermissionSettings")
	}
	var all []Grant
	seen := map[string]bool{}
	for _, e := range entries.Children {
		who, err := c.grantee(e.Child("UserId"))
		if err != nil {
			return nil, err
		}
		if seen[strings.ToLower(who)] {
			return nil, failAs("ErrorDuplicateUserIdsSpecified", "Duplicate user identifiers were specified.")
		}
		seen[strings.ToLower(who)] = true
		r, err := c.grantedRights(e)
		if err != nil {
			return nil, err
		}
		all = append(all, Grant{Who: who, Rights: r})
	}
	for _, who := range []string{Default, Anonymous} {
		if !seen[strings.ToLower(who)] {
			all = append(all, Grant{Who: who})
		}
	}
	return all, nil
}

// grantee reads a t:UserId, which says in exactly one way who is meant.
func (c *call) grantee(id *soap.Element) (string, error) {
	sid, address, distinguished := id.Value("SID"), id.Value("PrimarySmtpAddress"), id.Value("DistinguishedUser")
	n := 0
	for _, s := range []string{sid, address, distinguished} {
		if s != "" {
			n++
		}
	}
	if n != 1 {
		return "", fail("ErrorInvalidUserInfo")
	}
	if distinguished != "" {
		return distinguished, nil
	}
	for _, a := range c.s.accounts {
		if sid != "" && sidOf(a.address) == sid || address != "" && strings.EqualFold(a.address, address) {
			return a.address, nil
		}
	}
	if c.grommunio() && address != "" {
		return strings.ToLower(address), nil
	}
	return "", fail("ErrorInvalidUserInfo")
}

// grantedRights reads the rights of an entry: a level alone, or Custom with single rights. Servers before 2013 refuse a level that comes with
// single rights (MS-OXWSFOLD note <9>).
func (c *call) grantedRights(e *soap.Element) (Rights, error) {
	name := e.Value("PermissionLevel")
	if e.Is("CalendarPermission") {
		name = e.Value("CalendarPermissionLevel")
	}
	if name != "Custom" {
		if len(e.Children) > 2 && !c.has(rank2013) {
			return 0, fail("ErrorInvalidPermissionSettings")
		}
		r, ok := levelRights(name)
		switch {
		case !ok:
			return 0, fail("ErrorInvalidPermissionSettings")
		case c.grommunio() && r == Owner:
			return FolderOwner | FolderVisible | FolderContact, nil
		}
		return r, nil
	}
	var r Rights
	for name, x := range map[string]Rights{"CanCreateItems": CreateItems, "CanCreateSubFolders": CreateSubFolders, "IsFolderOwner": FolderOwner,
		"IsFolderVisible": FolderVisible, "IsFolderContact": FolderContact} {
		if isTrue(e.Value(name)) {
			r |= x
		}
	}
	switch e.Value("EditItems") {
	case "All":
		r |= EditAll | EditOwned
	case "Owned":
		r |= EditOwned
	}
	switch e.Value("DeleteItems") {
	case "All":
		r |= DeleteAll | DeleteOwned
	case "Owned":
		r |= DeleteOwned
	}
	switch e.Value("ReadItems") {
	case "FullDetails":
		r |= ReadItems
	case "TimeAndSubjectAndLocation":
		r |= FreeBusyTime | FreeBusyDetails
	case "TimeOnly":
		r |= FreeBusyTime
	}
	return r, nil
}
