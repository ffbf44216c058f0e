package ews

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// A permission list is written as a whole, so it is read just before, compared, and refused where it holds entries that cannot be
// written back: those of users who are gone, which the server shows as unknown.

// permissionSet reads a folder's list with what belongs to it.
func (s *Store) permissionSet(ctx context.Context, p *place) (list plan.Permissions, unknown []string, element *soap.Element, err error) {
	messages, err := s.ask(ctx, p, 1, soap.M("GetFolder", soap.M("FolderShape", soap.T("BaseShape", "IdOnly"),
		soap.T("AdditionalProperties", field("folder:PermissionSet"))), soap.M("FolderIds", folderID(p.id))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return nil, nil, nil, err
	}
	element = firstOf(messages[0].Child("Folders"))
	set := element.Child("PermissionSet")
	if set == nil && s.grommunio() && element.Is("TasksFolder") {
		return nil, nil, nil, sync.Errorf(sync.Denied, `grommunio shows nobody the permissions of a folder of tasks: give that folder a block with permissions = "none"`)
	}
	if set == nil {
		return nil, nil, nil, sync.Errorf(sync.Denied, "the server does not show the permissions; the account needs the role Owner on the folder")
	}
	list, unknown = readPermissions(set)
	return list, unknown, element, nil
}

// readPermissions reads the entries of a folder's list.
func readPermissions(set *soap.Element) (list plan.Permissions, unknown []string) {
	entries := set.Child("Permissions")
	if entries == nil {
		entries = set.Child("CalendarPermissions")
	}
	if entries != nil {
		for _, e := range entries.Children {
			if who := who(e); who != "" {
				list = append(list, plan.Permission{Who: who, Rights: rightsOf(e)})
			} else {
				unknown = append(unknown, e.Value("UserId", "DisplayName")+" "+e.Value("UserId", "SID"))
			}
		}
	}
	if u := set.Child("UnknownEntries"); u != nil {
		for _, e := range u.Children {
			unknown = append(unknown, strings.TrimSpace(e.Text))
		}
	}
	return list.Sort(), unknown
}

// who is whom an entry is for, "" if that is nobody with an address.
func who(entry *soap.Element) string {
	if distinguished := entry.Value("UserId", "DistinguishedUser"); distinguished != "" {
		return distinguished
	}
	return strings.ToLower(entry.Value("UserId", "PrimarySmtpAddress"))
}

// rightsOf reads the single rights of an entry; the level beside them says nothing more.
func rightsOf(e *soap.Element) (r plan.Rights) {
	for name, right := range map[string]plan.Rights{"CanCreateItems": plan.RightCreate, "CanCreateSubFolders": plan.RightCreateSubfolders,
		"IsFolderOwner": plan.RightFolderOwner, "IsFolderVisible": plan.RightFolderVisible, "IsFolderContact": plan.RightFolderContact} {
		if v := e.Value(name); v == "true" || v == "1" {
			r |= right
		}
	}
	switch e.Value("EditItems") {
	case "All":
		r |= plan.RightEditAny | plan.RightEditOwned
	case "Owned":
		r |= plan.RightEditOwned
	}
	switch e.Value("DeleteItems") {
	case "All":
		r |= plan.RightDeleteAny | plan.RightDeleteOwned
	case "Owned":
		r |= plan.RightDeleteOwned
	}
	if e.Value("ReadItems") == "FullDetails" {
		r |= plan.RightReadAny
	}
	return r
}

// Permissions reads a folder's list. Entries of users who are unknown to the server are not in it.
func (s *Store) Permissions(ctx context.Context, folder plan.Folder) (plan.Permissions, error) {
	p, err := s.known(ctx, folder)
	if err != nil {
		return nil, err
	}
	list, unknown, _, err := s.permissionSet(ctx, p)
	if err != nil {
		return nil, err
	}
	if len(unknown) > 0 {
		s.opts.Log.Warn("permission entries of users that the server does not know", "folder", folder.Path, "entries", strings.Join(unknown, ", "))
	}
	return list, nil
}

// SetPermissions replaces a folder's list.
func (s *Store) SetPermissions(ctx context.Context, folder plan.Folder, old, new plan.Permissions) error {
	p, err := s.known(ctx, folder)
	if err != nil {
		return err
	}
	now, unknown, element, err := s.permissionSet(ctx, p)
	switch {
	case err != nil:
		return err
	case !slices.Equal(now, old):
		return sync.Errorf(sync.Conflict, "the permissions of %q were changed in the meantime", folder.Path)
	case len(unknown) > 0:
		return fmt.Errorf("the permissions of %q hold entries of users that the server does not know (%s), and writing the list would drop them: remove them first with Remove-PublicFolderClientPermission",
			folder.Path, strings.Join(unknown, ", "))
	}
	set, list, entry := "PermissionSet", "Permissions", "Permission"
	if element.Name == "CalendarFolder" {
		list, entry = "CalendarPermissions", "CalendarPermission"
	}
	entries := soap.T(list)
	times := timesOnly(element)
	for _, e := range new {
		read := "None"
		if rights, had := now.Of(e.Who); had && rights == e.Rights && times[e.Who] != "" {
			read = times[e.Who]
		}
		entries.Add(permissionElement(entry, e, read))
	}
	// With the change key the server refuses to write over another change.
	id := element.Child("FolderId")
	messages, err := s.changeFolder(ctx, soap.M("UpdateFolder", soap.M("FolderChanges", soap.T("FolderChange",
		soap.T("FolderId", attr("Id", id.Attr("Id")), attr("ChangeKey", id.Attr("ChangeKey"))),
		soap.T("Updates", soap.T("SetFolderField", field("folder:PermissionSet"), soap.T(element.Name, soap.T(set, entries))))))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return fmt.Errorf("writing the permissions of %q: %w", folder.Path, err)
	}
	return nil
}

// timesOnly is what those may read who may see in a calendar when time is taken, and perhaps by what, but no items. No other folder has
// such rights, so they do not travel, but they stay where they are.
func timesOnly(folder *soap.Element) map[string]string {
	may := map[string]string{}
	if list := folder.Child("PermissionSet").Child("CalendarPermissions"); list != nil {
		for _, e := range list.Children {
			if read := e.Value("ReadItems"); read == "TimeOnly" || read == "TimeAndSubjectAndLocation" {
				may[who(e)] = read
			}
		}
	}
	return may
}

// permissionElement writes all rights one by one, which every server takes with the level Custom. A level of the same name has
// other rights in other versions, and in grommunio Owner has almost none. Read is what somebody may read who may not read items.
func permissionElement(name string, e plan.Permission, read string) *soap.Element {
	user := soap.T("UserId")
	if e.Who == plan.Default || e.Who == plan.Anonymous {
		user.Add(soap.T("DistinguishedUser", e.Who))
	} else {
		user.Add(soap.T("PrimarySmtpAddress", e.Who))
	}
	yes := func(right plan.Rights) string {
		if e.Rights&right != 0 {
			return "true"
		}
		return "false"
	}
	which := func(all, owned plan.Rights) string {
		switch {
		case e.Rights&all != 0:
			return "All"
		case e.Rights&owned != 0:
			return "Owned"
		}
		return "None"
	}
	level := "PermissionLevel"
	if e.Rights&plan.RightReadAny != 0 {
		read = "FullDetails"
	}
	if name == "CalendarPermission" {
		level = "CalendarPermissionLevel"
	}
	return soap.T(name, user, soap.T("CanCreateItems", yes(plan.RightCreate)), soap.T("CanCreateSubFolders", yes(plan.RightCreateSubfolders)),
		soap.T("IsFolderOwner", yes(plan.RightFolderOwner)), soap.T("IsFolderVisible", yes(plan.RightFolderVisible)),
		soap.T("IsFolderContact", yes(plan.RightFolderContact)), soap.T("EditItems", which(plan.RightEditAny, plan.RightEditOwned)),
		soap.T("DeleteItems", which(plan.RightDeleteAny, plan.RightDeleteOwned)), soap.T("ReadItems", read), soap.T(level, "Custom"))
}

// FirstPermissions is the list of a new folder on grommunio: of nobody but who made it.
func (s *Store) FirstPermissions() (plan.Permissions, bool) {
	if !s.grommunio() || s.account == "" {
		return nil, false
	}
	all := toldByFolder | toldByItem | plan.RightEditOwned | plan.RightDeleteOwned | plan.RightFolderContact
	return plan.Permissions{{Who: plan.Default}, {Who: plan.Anonymous}, {Who: s.account, Rights: all}}, true
}

// findAccount asks for the address by which permission lists name the account. Without an answer nothing is protected by it, and the
// gates that need it say so.
func (s *Store) findAccount(ctx context.Context) string {
	for _, a := range []string{s.opts.Transport.Impersonate, s.opts.Mailbox} {
		if a != "" {
			return strings.ToLower(a)
		}
	}
	name := s.opts.Transport.Username
	if i := strings.LastIndexByte(name, '\\'); i >= 0 {
		name = name[i+1:]
	}
	if name == "" {
		return ""
	}
	messages, err := s.ask(ctx, nil, 1, soap.M("ResolveNames", attr("ReturnFullContactData", "false"), soap.M("UnresolvedEntry", name)))
	if err != nil {
		return strings.ToLower(domainAddress(name))
	}
	list := messages[0].Child("ResolutionSet")
	if list != nil {
		for _, r := range list.Children {
			address := r.Value("Mailbox", "EmailAddress")
			local, _, _ := strings.Cut(address, "@")
			if strings.EqualFold(address, name) || strings.EqualFold(local, name) || len(list.Children) == 1 {
				return strings.ToLower(address)
			}
		}
	}
	return strings.ToLower(domainAddress(name))
}

// domainAddress is a user principal name as an address, "" if a name has no domain.
func domainAddress(name string) string {
	if strings.Contains(name, "@") {
		return name
	}
	return ""
}
