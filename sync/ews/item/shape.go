package item

import (
	"strings"

	"iorepl/sync/ews/soap"
)

// asked are the fields that are asked for, by kind; of all kinds these.
const askedOfAll = `item:ItemClass item:Subject item:Sensitivity item:Categories item:Importance item:LastModifiedTime`

var askedOf = map[Kind]string{
	Message: `item:DateTimeReceived`,
	Post:    `item:DateTimeReceived`,
	Contact: `item:Body item:Attachments contacts:FileAs contacts:DisplayName contacts:GivenName contacts:Initials contacts:MiddleName
		contacts:Nickname contacts:CompanyName contacts:EmailAddresses contacts:PhysicalAddresses contacts:PhoneNumbers contacts:AssistantName
		contacts:Birthday contacts:BusinessHomePage contacts:Children contacts:Companies contacts:Department contacts:Generation
		contacts:ImAddresses contacts:JobTitle contacts:Manager contacts:Mileage contacts:OfficeLocation contacts:PostalAddressIndex
		contacts:Profession contacts:SpouseName contacts:Surname contacts:WeddingAnniversary`,
	List: `item:Body item:Attachments contacts:DisplayName contacts:FileAs`,
	Appointment: `item:Body item:Attachments item:ReminderIsSet item:ReminderMinutesBeforeStart calendar:UID calendar:Start calendar:End
		calendar:OriginalStart calendar:RecurrenceId calendar:IsAllDayEvent calendar:LegacyFreeBusyStatus calendar:Location calendar:IsMeeting
		calendar:CalendarItemType calendar:Organizer calendar:RequiredAttendees calendar:OptionalAttendees calendar:Resources
		calendar:Recurrence calendar:ModifiedOccurrences calendar:DeletedOccurrences calendar:MeetingTimeZone`,
	Task: `item:Body item:Attachments item:ReminderDueBy item:ReminderIsSet task:CompleteDate task:DueDate task:PercentComplete
		task:Recurrence task:StartDate task:Status`,
	Note: `item:Body item:Attachments`,
}

// Shape is the m:ItemShape for GetItem of items of one kind. It asks only for what the server's version knows. Extra are the
// properties that an administrator wants to go along. With mime, items of kinds that HasMIME are whole; those of which a server
// gives none (NoMIME) are asked for again without.
func Shape(k Kind, s soap.Server, extra []Property, mime bool) *soap.Element {
	asked := soap.T("AdditionalProperties")
	base := "IdOnly"
	if HasMIME(k) && !mime {
		// It depends on the element that the server makes of an item which fields 2007 can be asked for.
		base = "AllProperties"
		if s.Grommunio {
			for _, uri := range strings.Fields(besideAll) {
				asked.Add(fieldURI(uri))
			}
		}
	}
	shape := soap.M("ItemShape", soap.T("BaseShape", base))
	if HasMIME(k) && mime {
		shape.Add(soap.T("IncludeMimeContent", "true"))
	}
	shape.Add(soap.T("BodyType", "Best"))
	for _, uri := range strings.Fields(askedOfAll + " " + askedOf[k]) {
		asked.Add(fieldURI(uri))
	}
	if s.Version >= soap.Exchange2010 {
		switch k {
		case Appointment:
			asked.Add(fieldURI("calendar:StartTimeZone"), fieldURI("calendar:EndTimeZone"))
		case List:
			asked.Add(fieldURI("distributionlist:Members"))
		}
	}
	for _, p := range shapeProperties(k, s, extra) {
		asked.Add(p.Path())
	}
	shape.Add(asked)
	return shape
}

// besideAll are fields that grommunio does not count among all properties of a message.
const besideAll = `item:Attachments message:ToRecipients message:CcRecipients message:BccRecipients message:ReplyTo item:InternetMessageHeaders`

// HasMIME reports whether items of a kind are carried as the MIME that servers give of them.
func HasMIME(k Kind) bool { return mimeKinds.has(k) }

// NoMIME reports whether a server says by a response code that it can give no MIME of an item.
func NoMIME(code string) bool {
	switch code {
	case "ErrorUnsupportedMimeConversion", "ErrorMimeContentConversionFailed", "ErrorContentConversionFailed", "ErrorUnsupportedTypeForConversion":
		return true
	}
	return false
}

// shapeProperties are the extended properties that are asked for.
func shapeProperties(k Kind, s soap.Server, extra []Property) []Property {
	all := propertiesOf(k, extra)
	if !mimeKinds.has(k) {
		all = append(all, moreLines)
	}
	switch k {
	case Appointment:
		all = append(all, organizerLine, attendeeLines)
		if s.Version < soap.Exchange2010 || s.Grommunio {
			all = append(all, zoneDefinition)
		}
	case Contact:
		all = append(all, titleProperty, homePageProperty, workPageProperty)
	case List:
		all = append(all, oneOffMembers)
	}
	return all
}

// AttachmentShape is the m:AttachmentShape for GetAttachment. With mime, attached messages are whole; a server that can give none
// of the attached item (NoMIME) is asked again without.
func AttachmentShape(mime bool) *soap.Element {
	shape := soap.M("AttachmentShape")
	if mime {
		shape.Add(soap.T("IncludeMimeContent", "true"))
	}
	shape.Add(soap.T("BodyType", "Best"))
	return shape
}

// Needs says what else must be fetched for an item: the ids of attachments, unless MIME holds them, and the item ids of
// modified occurrences.
func Needs(e *soap.Element) (attachments []string, occurrences []string) {
	if e.Child("MimeContent") == nil {
		if a := e.Child("Attachments"); a != nil {
			for _, c := range a.Children {
				if id := c.Child("AttachmentId").Attr("Id"); id != "" {
					attachments = append(attachments, id)
				}
			}
		}
	}
	for _, o := range e.Child("ModifiedOccurrences").All("Occurrence") {
		if id := o.Child("ItemId").Attr("Id"); id != "" {
			occurrences = append(occurrences, id)
		}
	}
	return attachments, occurrences
}
