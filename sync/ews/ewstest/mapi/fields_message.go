package mapi

import "iorepl/sync/ews/soap"

// messageFields are the elements that t:MessageType adds (MS-OXWSMSG 2.2.4.1).
var messageFields = []*field{
	{name: "Sender", uri: "message:Sender", key: pSenderName, kind: kString, read: readAddressee("Sender", sender),
		write: writeAddressee(sender), clear: clearAddressee(sender)},
	{name: "ToRecipients", uri: "message:ToRecipients", flags: fDefault | fGetOnly | fGromExplicit, key: pDisplayTo, kind: kString, read: readRecipients("ToRecipients", toRecipient),
		write: writeRecipients(toRecipient), clear: clearRecipients(toRecipient), more: moreRecipients(toRecipient)},
	{name: "CcRecipients", uri: "message:CcRecipients", flags: fGetOnly | fGromExplicit, key: pDisplayCc, kind: kString, read: readRecipients("CcRecipients", ccRecipient),
		write: writeRecipients(ccRecipient), clear: clearRecipients(ccRecipient), more: moreRecipients(ccRecipient)},
	{name: "BccRecipients", uri: "message:BccRecipients", flags: fGetOnly | fGromExplicit, key: pDisplayBcc, kind: kString, read: readRecipients("BccRecipients", bccRecipient),
		write: writeRecipients(bccRecipient), clear: clearRecipients(bccRecipient), more: moreRecipients(bccRecipient)},
	{name: "IsReadReceiptRequested", uri: "message:IsReadReceiptRequested", flags: fDefault, key: pReadReceipt, kind: kBoolean, def: false},
	{name: "IsDeliveryReceiptRequested", uri: "message:IsDeliveryReceiptRequested", flags: fDefault, key: pDeliveryReceipt, kind: kBoolean, def: false},
	{name: "ConversationIndex", uri: "message:ConversationIndex", flags: fCreateOnly, key: pConversationIndex, kind: kBinary},
	{name: "ConversationTopic", uri: "message:ConversationTopic", flags: fReadOnly, key: pConversationTopic, kind: kString},
	{name: "From", uri: "message:From", flags: fDefault | fListed, key: pFromName, kind: kString, read: readAddressee("From", from),
		write: writeAddressee(from), clear: clearAddressee(from)},
	{name: "InternetMessageId", uri: "message:InternetMessageId", flags: fCreateOnly, key: pMessageID, kind: kString},
	{name: "IsRead", uri: "message:IsRead", flags: fDefault | fListed, read: readFlag(flagRead), value: valueFlag(flagRead), write: writeRead},
	{name: "IsResponseRequested", uri: "message:IsResponseRequested", key: pReplyRequested, kind: kBoolean, def: false},
	{name: "References", uri: "message:References", flags: fCreateOnly, key: pReferences, kind: kString},
	{name: "ReplyTo", uri: "message:ReplyTo", flags: fGetOnly | fGromExplicit, read: readRecipients("ReplyTo", replyTo), write: writeRecipients(replyTo),
		clear: clearRecipients(replyTo), more: moreRecipients(replyTo)},
	{name: "ReceivedBy", uri: "message:ReceivedBy", flags: fCreateOnly | fGetOnly, read: readAddressee("ReceivedBy", receivedBy), write: writeAddressee(receivedBy)},
	{name: "ReceivedRepresenting", uri: "message:ReceivedRepresenting", flags: fCreateOnly | fGetOnly, read: readAddressee("ReceivedRepresenting", receivedFor),
		write: writeAddressee(receivedFor)},
}

// postFields are the elements that t:PostItemType adds (MS-OXWSPOST 2.2.4.1). From and Sender can only be set at creation.
var postFields = []*field{
	{name: "ConversationIndex", uri: "message:ConversationIndex", flags: fCreateOnly, key: pConversationIndex, kind: kBinary},
	{name: "ConversationTopic", uri: "message:ConversationTopic", flags: fReadOnly, key: pConversationTopic, kind: kString},
	{name: "From", uri: "message:From", flags: fDefault | fListed | fCreateOnly, key: pFromName, kind: kString, read: readAddressee("From", from),
		write: writeAddressee(from)},
	{name: "InternetMessageId", uri: "message:InternetMessageId", flags: fCreateOnly, key: pMessageID, kind: kString},
	{name: "IsRead", uri: "message:IsRead", flags: fDefault | fListed, read: readFlag(flagRead), value: valueFlag(flagRead), write: writeRead},
	{name: "PostedTime", uri: "postitem:PostedTime", flags: fReadOnly, read: readPosted, value: valueSent},
	{name: "References", uri: "message:References", flags: fCreateOnly, key: pReferences, kind: kString},
	{name: "Sender", uri: "message:Sender", flags: fCreateOnly, key: pSenderName, kind: kString, read: readAddressee("Sender", sender), write: writeAddressee(sender)},
}

func readPosted(r *reading) *soap.Element {
	return soap.T("PostedTime", r.time(valueSent(r.it).(filetime)))
}

// listFields are the elements that t:DistributionListType adds (MS-OXWSDLIST 2.2.4.1).
var listFields = []*field{
	{name: "DisplayName", uri: "contacts:DisplayName", flags: fDefault | fListed, key: pDisplayName, kind: kString},
	{name: "FileAs", uri: "contacts:FileAs", key: pFileAs, kind: kString},
	{name: "ContactSource", uri: "contacts:ContactSource", flags: fReadOnly, read: readStore},
	{name: "Members", uri: "distributionlist:Members", since: Exchange2010SP2, flags: fGetOnly, read: readMembers, write: writeMembers, clear: clearMembers,
		more: moreMembers},
}

func readStore(*reading) *soap.Element { return soap.T("ContactSource", "Store") }
