package mapi

import (
	"strings"
	"unique"
)

// Tag says which property is meant, without its type. It is a property id, or a number or a name in a
// property set.
type Tag struct {
	Set  string // the set's GUID in lower case, "" for a property by id
	Name string // the name in Set; "" for a property by id or number
	ID   uint32 // the property id, or the number in Set
}

// key is a Tag in one word, for items keep many of them.
type key = unique.Handle[Tag]

func tagged(id uint32) key               { return unique.Make(Tag{ID: id}) }
func numbered(set string, id uint32) key { return unique.Make(Tag{Set: set, ID: id}) }
func named(set, name string) key         { return unique.Make(Tag{Set: set, Name: name}) }

// header is the property that holds an Internet header (MS-OXPROPS 1.3.2: names in this set do not differ by case).
func header(name string) key { return named(setHeaders, strings.ToLower(name)) }

// The property sets that EWS has names for (MS-OXPROPS 1.3.2).
const (
	setPublicStrings = "00020329-0000-0000-c000-000000000046"
	setHeaders       = "00020386-0000-0000-c000-000000000046"
	setAppointment   = "00062002-0000-0000-c000-000000000046"
	setTask          = "00062003-0000-0000-c000-000000000046"
	setAddress       = "00062004-0000-0000-c000-000000000046"
	setCommon        = "00062008-0000-0000-c000-000000000046"
	setSharing       = "00062040-0000-0000-c000-000000000046"
	setMeeting       = "6ed8da90-450b-1b10-98da-00aa003f1305"
	setAssistant     = "11000e07-b51b-40d6-af21-caa85edab1d0"
	setUnified       = "4442858e-a9e3-4e80-b900-317a210cc15b"
	setAirSync       = "71035549-0739-4dcb-9163-00f0580dbbdf"
)

// distinguished are the values of DistinguishedPropertySetId (MS-OXWSXPROP 2.1.7).
var distinguished = map[string]string{
	"Address": setAddress, "Appointment": setAppointment, "CalendarAssistant": setAssistant, "Common": setCommon,
	"InternetHeaders": setHeaders, "Meeting": setMeeting, "PublicStrings": setPublicStrings, "Sharing": setSharing,
	"Task": setTask, "UnifiedMessaging": setUnified,
}

// distinguishedName is the name that EWS has for a property set, "" if none.
func distinguishedName(set string) string {
	for name, s := range distinguished {
		if s == set {
			return name
		}
	}
	return ""
}
