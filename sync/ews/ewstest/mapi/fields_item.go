package mapi

import "iorepl/sync/ews/soap"

// The values of enumerations (MS-OXWSCDATA 2.2.5), in the order of the numbers that the properties hold.
var (
	importances   = []string{"Low", "Normal", "High"}
	sensitivities = []string{"Normal", "Personal", "Private", "Confidential"}
	flagStates    = []string{"NotFlagged", "Complete", "Flagged"}
)

// itemFields are the elements of t:ItemType (MS-OXWSCORE 2.2.4.24) that are supported, in the order of the schema.
var itemFields = []*field{
	{name: "MimeContent", uri: "item:MimeContent", flags: fExplicit | fGetOnly, read: readMIME, write: writeMIME},
	{name: "ItemId", uri: "item:ItemId", flags: fReadOnly | fDefault | fListed},
	{name: "ParentFolderId", uri: "item:ParentFolderId", flags: fReadOnly | fGromExplicit, read: fromServer("ParentFolderId")},
	{name: "ItemClass", uri: "item:ItemClass", flags: fRequired, key: pClass, kind: kString},
	{name: "Subject", uri: "item:Subject", flags: fDefault | fListed, key: pSubject, kind: kString},
	{name: "Sensitivity", uri: "item:Sensitivity", flags: fDefault | fListed, key: pSensitivity, kind: kInteger, enum: sensitivities, def: int32(0)},
	{name: "Body", uri: "item:Body", flags: fDefault | fGetOnly, read: readBody, write: writeBody, clear: clearBody, more: appendBody,
		value: func(it *Item) any { return it.textBody() }},
	{name: "Attachments", uri: "item:Attachments", flags: fDefault | fGetOnly | fCreateOnly | fGromExplicit, read: readAttachments,
		write: writeAttachments},
	{name: "DateTimeReceived", uri: "item:DateTimeReceived", flags: fReadOnly, key: pReceived, kind: kTime},
	{name: "Size", uri: "item:Size", flags: fReadOnly | fDefault | fListed, key: pSize, kind: kInteger},
	{name: "Categories", uri: "item:Categories", flags: fGromExplicit, key: pCategories, kind: kStrings},
	{name: "Importance", uri: "item:Importance", key: pImportance, kind: kInteger, enum: importances, def: int32(1)},
	{name: "InReplyTo", uri: "item:InReplyTo", key: pInReplyTo, kind: kString},
	{name: "IsSubmitted", uri: "item:IsSubmitted", flags: fReadOnly, read: readFlag(flagSubmitted), value: valueFlag(flagSubmitted)},
	{name: "IsDraft", uri: "item:IsDraft", flags: fReadOnly, read: readFlag(flagUnsent), value: valueFlag(flagUnsent)},
	{name: "IsFromMe", uri: "item:IsFromMe", flags: fReadOnly, read: readFlag(flagFromMe), value: valueFlag(flagFromMe)},
	{name: "IsResend", uri: "item:IsResend", flags: fReadOnly, read: readFlag(flagResend), value: valueFlag(flagResend)},
	{name: "IsUnmodified", uri: "item:IsUnmodified", flags: fReadOnly, read: readFlag(flagUnmodified), value: valueFlag(flagUnmodified)},
	{name: "InternetMessageHeaders", uri: "item:InternetMessageHeaders", flags: fReadOnly | fGetOnly | fGromExplicit, read: readHeaders},
	{name: "DateTimeSent", uri: "item:DateTimeSent", flags: fReadOnly | fDefault | fListed, read: readSent, value: valueSent},
	{name: "DateTimeCreated", uri: "item:DateTimeCreated", flags: fReadOnly | fDefault | fListed, key: pCreated, kind: kTime},
	{name: "ResponseObjects", uri: "item:ResponseObjects", flags: fReadOnly | fDefault | fGetOnly | fGromExplicit, read: readResponses},
	{name: "ReminderDueBy", uri: "item:ReminderDueBy", flags: fGromExplicit, key: pReminderTime, kind: kTime},
	{name: "ReminderIsSet", uri: "item:ReminderIsSet", flags: fGromExplicit, key: pReminderSet, kind: kBoolean, def: false},
	{name: "ReminderNextTime", uri: "item:ReminderNextTime", since: Exchange2016, flags: fExplicit, key: pReminderSignal, kind: kTime},
	{name: "ReminderMinutesBeforeStart", uri: "item:ReminderMinutesBeforeStart", flags: fGromExplicit, key: pReminderDelta, kind: kInteger,
		def: int32(0)},
	{name: "DisplayCc", uri: "item:DisplayCc", flags: fReadOnly, key: pDisplayCc, kind: kString},
	{name: "DisplayTo", uri: "item:DisplayTo", flags: fReadOnly, key: pDisplayTo, kind: kString},
	{name: "HasAttachments", uri: "item:HasAttachments", flags: fReadOnly | fDefault | fListed, key: pHasAttachments, kind: kBoolean},
	{name: "ExtendedProperty"},
	{name: "Culture", uri: "item:Culture", key: pCulture, kind: kInteger, read: readCulture, write: writeCulture},
	{name: "EffectiveRights", uri: "item:EffectiveRights", flags: fReadOnly, read: fromServer("EffectiveRights")},
	{name: "LastModifiedName", uri: "item:LastModifiedName", flags: fReadOnly, key: pModifier, kind: kString},
	{name: "LastModifiedTime", uri: "item:LastModifiedTime", flags: fReadOnly, key: pModified, kind: kTime},
	{name: "IsAssociated", uri: "item:IsAssociated", since: Exchange2010SP2, flags: fCreateOnly, key: pAssociated, kind: kBoolean, def: false},
	{name: "WebClientReadFormQueryString", uri: "item:WebClientReadFormQueryString", since: Exchange2010SP2, flags: fReadOnly | fGromExplicit,
		read: fromServer("WebClientReadFormQueryString")},
	{name: "WebClientEditFormQueryString", uri: "item:WebClientEditFormQueryString", since: Exchange2010SP2, flags: fReadOnly | fGromExplicit,
		read: fromServer("WebClientEditFormQueryString")},
	{name: "ConversationId", uri: "item:ConversationId", since: Exchange2010SP2, flags: fReadOnly, read: fromServer("ConversationId")},
	{name: "UniqueBody", uri: "item:UniqueBody", since: Exchange2010SP2, flags: fReadOnly | fExplicit | fGetOnly,
		read: func(r *reading) *soap.Element { return r.bodyAs("UniqueBody", r.bodyType) }},
	{name: "Flag", uri: "item:Flag", since: Exchange2016, key: pFlagStatus, kind: kInteger, read: readFollowUp, write: writeFollowUp, clear: clearFollowUp},
	{name: "StoreEntryId", uri: "item:StoreEntryId", since: Exchange2010SP2, flags: fReadOnly | fExplicit, read: fromServer("StoreEntryId")},
	{name: "InstanceKey", uri: "item:InstanceKey", since: Exchange2016, flags: fReadOnly | fGromExplicit, read: fromServer("InstanceKey")},
	{name: "NormalizedBody", uri: "item:NormalizedBody", since: Exchange2016, flags: fReadOnly | fExplicit | fGetOnly,
		read: func(r *reading) *soap.Element { return r.bodyAs("NormalizedBody", r.bodyType) }},
	{name: "Preview", uri: "item:Preview", since: Exchange2016, flags: fReadOnly | fGromExplicit, read: readPreview},
	{name: "TextBody", uri: "item:TextBody", since: Exchange2016, flags: fReadOnly | fExplicit | fGetOnly,
		read: func(r *reading) *soap.Element { return r.bodyAs("TextBody", "Text") }},
	{name: "IconIndex", uri: "item:IconIndex", since: Exchange2016, flags: fReadOnly | fExplicit, read: fromServer("IconIndex")},
}

// fromServer is an element that only the server around can know.
func fromServer(name string) func(*reading) *soap.Element {
	return func(r *reading) *soap.Element {
		if r.it.around.Element == nil {
			return nil
		}
		return r.it.around.Element(name)
	}
}
