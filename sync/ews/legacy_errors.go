package ews

import (
	"errors"
	"fmt"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// legacyPath is the path of the free/busy folder, or of a group's folder in it, as plan.Folder has paths.
func legacyPath(group string) string {
	path := plan.Join(nonIPMSubtree, scheduleFolder)
	if group != "" {
		path = plan.Join(path, groupPrefix+group)
	}
	return path
}

// legacyIdentity is that path as cmdlets take it.
func legacyIdentity(group string) string {
	return quoted(`\` + strings.Join(plan.Names(legacyPath(group)), `\`))
}

// grant is the cmdlet that gives the account its rights on a group's folder; without a name it is for all groups.
func (l *LegacyFreeBusy) grant(group string) string {
	const give = "give the account rights: "
	if group == "" {
		return give + "Get-PublicFolder " + legacyIdentity("") + " -Recurse | Add-PublicFolderClientPermission -User " + word(l.s.who()) + " -AccessRights Owner"
	}
	return give + l.s.Grant(legacyPath(group), plan.RightFolderOwner|plan.RightCreate|plan.RightEditAny|plan.RightDeleteAny)
}

// missing says why there is no free/busy folder.
func (l *LegacyFreeBusy) missing() error {
	const instead = `as a publisher it is asked for availability (source = "availability"); as a subscriber its users can read the .ifb files of an archive`
	switch server := l.s.Server(); {
	case server.Grommunio:
		return sync.Errorf(sync.Gone, "%s has no folder %s, and nothing in it would read one; %s", server, scheduleFolder, instead)
	case server.Major >= legacyMajor2013:
		return sync.Errorf(sync.Gone, "%s: Exchange 2013 and later keep no free/busy folder, and their users never see one; %s, or the organizations be connected by Add-AvailabilityAddressSpace",
			server, instead)
	default:
		return sync.Errorf(sync.Gone, "there is no folder %s, or the account may not see it; look at Get-PublicFolder %s -Recurse: without it the organization has no public folder database for it yet"+
			" (New-PublicFolderDatabase); with it, %s", scheduleFolder, legacyIdentity(""), l.grant(""))
	}
}

// explain adds to an error about the free/busy folder, or that of a group, what an administrator can do.
func (l *LegacyFreeBusy) explain(err error, group string) error {
	var e *soap.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case "ErrorAccessDenied", "ErrorCreateItemAccessDenied":
		return fmt.Errorf("%w; %s", err, l.grant(group))
	case "ErrorFolderNotFound", "ErrorParentFolderNotFound":
		return fmt.Errorf("%w; it was deleted, or the account may not see it any more; %s", err, l.grant(group))
	case "ErrorNoPublicFolderReplicaAvailable", "ErrorNoPublicFolderServerAvailable":
		return fmt.Errorf("%w; no server that the account's mailbox database leads to has a replica of this folder: Get-PublicFolder %s -Recurse | Format-List Name,Replicas,"+
			" then Set-PublicFolder %s -Replicas with a public folder database of that server too", err, legacyIdentity(""), legacyIdentity(group))
	}
	return err
}
