package ews

import (
	"errors"
	"fmt"

	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// availabilityError adds to an error of the Availability service what an administrator can do. Cmdlets in it name USER, so that one reason
// stands for all users that it is true of. One about somebody who does not exist is IsGone, one about missing rights IsDenied.
func availabilityError(err error) error {
	var e *soap.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case "ErrorMailRecipientNotFound", "ErrorCannotFindUser", "ErrorInvalidSmtpAddress":
		return sync.Errorf(sync.Gone, "%w; the Availability service knows nobody of this address: Get-Recipient USER", err)
	case "ErrorNoFreeBusyAccess":
		return sync.Errorf(sync.Denied, "%w; the account may not see when this user is busy: Get-MailboxFolderPermission 'USER:\\Calendar', where Default needs AvailabilityOnly"+
			" (Set-MailboxFolderPermission -User Default -AccessRights AvailabilityOnly)", err)
	case "ErrorPublicFolderRequestProcessingFailed", "ErrorPublicFolderServerNotFound":
		return fmt.Errorf("%w; the Availability service takes this user's free/busy from the folder %s and cannot read it: give that a replica on a server that can be reached"+
			" (Get-PublicFolder %s -Recurse | Format-List Name,Replicas), and on a single Exchange 2007 server do not require SSL on /public (event MSExchange Availability 4003)",
			err, scheduleFolder, legacyIdentity(""))
	case "ErrorServiceDiscoveryFailed", "ErrorProxyRequestProcessingFailed", "ErrorProxyCallFailed", "ErrorProxyRequestNotAllowed", "ErrorAvailabilityConfigNotFound",
		"ErrorNoRespondingCASInDestinationSite", "ErrorCrossSiteRequest", "ErrorLogonAsNetworkServiceFailed", "ErrorWin32InteropError", "ErrorInvalidOrganizationRelationshipForFreeBusy":
		return fmt.Errorf("%w; this user's mailbox is on a server or in a forest that the Availability service does not reach: Get-Recipient USER, Get-AvailabilityAddressSpace, Test-OutlookWebServices", err)
	case "ErrorMailboxLogonFailed", "ErrorMailboxStoreUnavailable", "ErrorMailboxFailover", "ErrorMailboxMoveInProgress":
		return fmt.Errorf("%w; this user's mailbox cannot be opened now: Get-MailboxDatabaseCopyStatus, Get-MoveRequest USER", err)
	case "ErrorFreeBusyGenerationFailed":
		return fmt.Errorf("%w; this user's calendar cannot be read; if that stays so: New-MailboxRepairRequest -CorruptionType AggregateCounts,FolderView -Mailbox USER", err)
	case "ErrorFreeBusyDLLimitReached", "ErrorMailboxDataArrayTooBig":
		return fmt.Errorf("%w; a distribution list has no times of its own: leave it out", err)
	case "ErrorTimeoutExpired", "ErrorRequestAborted":
		return fmt.Errorf("%w; the Availability service did not get this user's calendar in time; a later run asks again", err)
	}
	return err
}
