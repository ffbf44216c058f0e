package directory

import "strings"

// recipientType is a value of RecipientTypeDetails, as a name and as the number in msExchRecipientTypeDetails. Most names are
// values of RecipientType too.
type recipientType struct {
	number int64
	name   string
	kind   Kind
}

// recipientTypes are those of Exchange 2007 to Subscription Edition. A remote mailbox is a mail user whose mailbox is in the cloud. Mailboxes
// that Exchange keeps for itself are nobody's calendar.
var recipientTypes = [...]recipientType{
	{1 << 0, "UserMailbox", Mailbox},
	{1 << 1, "LinkedMailbox", Mailbox},
	{1 << 2, "SharedMailbox", Mailbox},
	{1 << 3, "LegacyMailbox", Mailbox},
	{1 << 4, "RoomMailbox", Mailbox},
	{1 << 5, "EquipmentMailbox", Mailbox},
	{1 << 6, "MailContact", Contact},
	{1 << 7, "MailUser", MailUser},
	{1 << 8, "MailUniversalDistributionGroup", Other},
	{1 << 9, "MailNonUniversalGroup", Other},
	{1 << 10, "MailUniversalSecurityGroup", Other},
	{1 << 11, "DynamicDistributionGroup", Other},
	{1 << 12, "PublicFolder", Other},
	{1 << 13, "SystemAttendantMailbox", Other},
	{1 << 14, "SystemMailbox", Other},
	{1 << 15, "MailForestContact", Contact},
	{1 << 16, "User", Other},
	{1 << 17, "Contact", Contact},
	{1 << 18, "UniversalDistributionGroup", Other},
	{1 << 19, "UniversalSecurityGroup", Other},
	{1 << 20, "NonUniversalGroup", Other},
	{1 << 21, "DisabledUser", Other},
	{1 << 22, "MicrosoftExchange", Other},
	{1 << 23, "ArbitrationMailbox", Other},
	{1 << 24, "MailboxPlan", Other},
	{1 << 25, "LinkedUser", Other},
	{1 << 28, "RoomList", Other},
	{1 << 29, "DiscoveryMailbox", Other},
	{1 << 30, "RoleGroup", Other},
	{1 << 31, "RemoteUserMailbox", MailUser},
	{1 << 33, "RemoteRoomMailbox", MailUser},
	{1 << 34, "RemoteEquipmentMailbox", MailUser},
	{1 << 35, "RemoteSharedMailbox", MailUser},
	{1 << 36, "PublicFolderMailbox", Other},
	{1 << 37, "TeamMailbox", Mailbox},
	{1 << 38, "RemoteTeamMailbox", MailUser},
	{1 << 39, "MonitoringMailbox", Other},
	{1 << 40, "GroupMailbox", Other},
	{1 << 41, "LinkedRoomMailbox", Mailbox},
	{1 << 42, "AuditLogMailbox", Other},
	{1 << 43, "RemoteGroupMailbox", Other},
	{1 << 44, "SchedulingMailbox", Mailbox},
	{1 << 45, "GuestMailUser", MailUser},
	{1 << 46, "AuxAuditLogMailbox", Other},
	{1 << 47, "SupervisoryReviewPolicyMailbox", Other},
}

func kindByName(name string) (Kind, bool) {
	for _, t := range recipientTypes {
		if strings.EqualFold(t.name, name) {
			return t.kind, true
		}
	}
	return Other, false
}

func kindByNumber(number int64) (Kind, bool) {
	for _, t := range recipientTypes {
		if t.number == number {
			return t.kind, true
		}
	}
	return Other, false
}
