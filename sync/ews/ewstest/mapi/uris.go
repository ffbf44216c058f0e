package mapi

import (
	"strings"

	"iorepl/sync/ews/soap"
)

// unsupportedNames are the FieldURIs of the schemas that no item here has a value for, with the first version that has them.
// They may be asked for and are never there.
var unsupportedNames = []struct {
	since Profile
	uris  string
}{
	{Exchange2007SP1, "calendar: AdjacentMeetings ConflictingMeetings contacts: Culture " +
		"meeting: AssociatedCalendarItemId HasBeenProcessed IsDelegated IsOutOfDate ResponseType meetingRequest: IntendedFreeBusyStatus MeetingRequestType"},
	{Exchange2010SP2, "contacts: Alias DirectReports DirectoryId MSExchangeCertificate ManagerMailbox Notes PhoneticFirstName PhoneticFullName " +
		"PhoneticLastName Photo UserSMIMECertificate"},
	{Exchange2016, "calendar: JoinOnlineMeetingUrl OnlineMeetingSettings contacts: AbchContactId AbchEmailAddresses AccountName Cid Comment " +
		"ContactShortId ContactType CreatedBy Gender HidePresenceAndProfile ImMri InviteFree IsAutoUpdateDisabled IsHidden IsMessengerEnabled " +
		"IsPendingOutbound IsPrivate MobileIMEnabled Mris NotInBirthdayCalendar ObjectId OtherMri PartnerNetworkProfilePhotoUrl " +
		"PartnerNetworkThumbnailPhotoUrl PassportId PresenceTrustLevel ProfileLastChanged ShellContactType SkypeAuthCertificate SkypeContext SkypeId " +
		"SkypeRelationship SourceId SupportGroupFeeds TrustLevel UnifiedInbox Urls UserTileHash Wlid XboxLiveTag YomiNickname " +
		"item: ArchiveTag BlockStatus EntityExtractionResult GroupingAction HasBlockedImages Hashtags IsClutter MentionedMe Mentions MimeContentUTF8 " +
		"NextPredictedAction PendingSocialActivityTagIds PolicyTag PredictedActionReason RetentionDate RightsManagementLicenseData " +
		"meeting: ProposedEnd ProposedStart meetingRequest: ChangeHighlights message: ApprovalRequestData ReminderMessageData VotingInformation"},
}

// unsupportedSince is the first version whose schema has a FieldURI that is not supported here.
func unsupportedSince(uri string) (Profile, bool) {
	prefix, name, ok := strings.Cut(uri, ":")
	if !ok {
		return 0, false
	}
	for _, u := range unsupportedNames {
		in := ""
		for word := range strings.FieldsSeq(u.uris) {
			if w, ok := strings.CutSuffix(word, ":"); ok {
				in = w
			} else if in == prefix && word == name {
				return u.since, true
			}
		}
	}
	return 0, false
}

// foreign are the first parts of FieldURIs that are not of items.
var foreign = []string{"folder:", "conversation:", "persona:", "person:", "abchperson:", "booking:", "insight:", "network:", "rolemember:"}

// unknownURI is the refusal of a FieldURI that the item's object has not.
func unknownURI(p Profile, o *object, uri string) error {
	f := fieldAt(o, uri)
	since, listed := unsupportedSince(uri)
	switch {
	case f != nil && f.known(p), listed && since <= p:
	case hasPrefix(uri, foreign):
	default:
		return schemaError("the FieldURI %q", uri)
	}
	return refuse("ErrorInvalidPropertyRequest", "Property is not valid for this object type: %s.", uri)
}

func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// CheckPath refuses a t:FieldURI, t:IndexedFieldURI or t:ExtendedFieldURI that the server does not know for items. With search it
// also refuses what can be read but neither sorted nor searched by. grommunio ignores what it does not know.
func CheckPath(p Profile, path *soap.Element, search bool) error {
	switch path.Name {
	case "ExtendedFieldURI":
		_, err := extendedPath(p, path)
		return err
	case "IndexedFieldURI":
		uri, index := path.Attr("FieldURI"), path.Attr("FieldIndex")
		if entryAt(uri, index) == nil && uri != "item:InternetMessageHeader" && uri != "distributionlist:Members:Member" && p != Grommunio {
			return schemaError("the IndexedFieldURI %q %q", uri, index)
		}
		return nil
	case "FieldURI":
		uri := path.Attr("FieldURI")
		if hasPrefix(uri, foreign) {
			return refuse("ErrorInvalidPropertyRequest", "Property is not valid for this object type: %s.", uri)
		}
		f := fieldAt(objects[formItem], uri)
		if p == Grommunio && f == nil {
			return nil
		}
		if f == nil || !f.known(p) {
			if since, listed := unsupportedSince(uri); !listed || since > p {
				return schemaError("the FieldURI %q", uri)
			}
		}
		if search && (f == nil || f.value == nil && f.key == (key{})) {
			return refuse("ErrorUnsupportedPathForQuery", "The property can not be used with this type of restriction: %s.", uri)
		}
		return nil
	}
	return schemaError("the path %s", path.Name)
}

// Constant reads the Value of a t:Constant in the type of the property that it is compared with.
func Constant(path *soap.Element, text string) (Value, error) {
	k := kString
	switch path.Name {
	case "ExtendedFieldURI":
		k = kinds[path.Attr("PropertyType")] &^ kArray
	case "FieldURI":
		f := fieldAt(objects[formItem], path.Attr("FieldURI"))
		switch {
		case f == nil:
		case f.enum != nil:
			if n, ok := number(f.enum, text); ok {
				return Value{n}, nil
			}
			return Value{}, badConstant(text)
		case f.value != nil && f.kind == 0:
			k = kindOf(f.value(&Item{}))
		case f.kind != 0:
			k = f.kind &^ kArray
		}
	}
	v, ok := parse(k, text)
	if !ok {
		return Value{}, badConstant(text)
	}
	return Value{v}, nil
}

func badConstant(text string) error {
	return refuse("ErrorUnsupportedTypeForConversion", "The value %q is not of the property's type.", text)
}
