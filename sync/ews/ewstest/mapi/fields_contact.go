package mapi

import (
	"strings"

	"iorepl/sync/ews/soap"
)

var (
	addressIndexes = []string{"None", "Home", "Business", "Other"} // PidLidPostalAddressId
	fileAsMappings = map[string]int32{                             // PidLidFileUnderId, MS-OXOCNTC 2.2.1.1.12
		"None": 0, "LastCommaFirst": 0x8017, "FirstSpaceLast": 0x8037, "Company": 0x3A16, "LastCommaFirstCompany": 0x8019,
		"CompanyLastFirst": 0x8030, "LastFirst": 0x8031, "LastFirstCompany": 0x8032, "CompanyLastCommaFirst": 0x8018, "LastFirstSuffix": 0x8036,
		"LastSpaceFirstCompany": 0x8034, "CompanyLastSpaceFirst": 0x8035, "LastSpaceFirst": 0x8033,
		"DisplayName": 0x3001, "FirstName": 0x3A06, "LastFirstMiddleSuffix": 0x8038, "LastName": 0x3A11, "Empty": -1,
	}
)

// contactFields are the elements that t:ContactItemType adds (MS-OXWSCONT 2.2.4.4).
var contactFields = []*field{
	{name: "FileAs", uri: "contacts:FileAs", flags: fDefault | fListed | fGromExplicit, key: pFileAs, kind: kString, write: writeFileAs},
	{name: "FileAsMapping", uri: "contacts:FileAsMapping", key: pFileAsMapping, kind: kInteger, read: readFileAsMapping, write: writeFileAsMapping},
	{name: "DisplayName", uri: "contacts:DisplayName", key: pDisplayName, kind: kString},
	{name: "GivenName", uri: "contacts:GivenName", key: pGivenName, kind: kString},
	{name: "Initials", uri: "contacts:Initials", key: pInitials, kind: kString},
	{name: "MiddleName", uri: "contacts:MiddleName", key: pMiddleName, kind: kString},
	{name: "Nickname", uri: "contacts:Nickname", key: pNickname, kind: kString},
	{name: "CompleteName", uri: "contacts:CompleteName", flags: fReadOnly | fDefault | fGetOnly, read: readCompleteName},
	{name: "CompanyName", uri: "contacts:CompanyName", flags: fDefault | fListed, key: pCompany, kind: kString},
	{name: "EmailAddresses", uri: "contacts:EmailAddresses", flags: fDefault | fListed, read: readEmails, write: writeEntries, clear: clearEntries("contacts:EmailAddress")},
	{name: "PhysicalAddresses", uri: "contacts:PhysicalAddresses", flags: fDefault | fListed | fGromExplicit, read: readAddresses, write: writeAddresses, clear: clearAddresses},
	{name: "PhoneNumbers", uri: "contacts:PhoneNumbers", flags: fDefault | fListed, read: readEntries("PhoneNumbers", "contacts:PhoneNumber"), write: writeEntries,
		clear: clearEntries("contacts:PhoneNumber")},
	{name: "AssistantName", uri: "contacts:AssistantName", key: tagged(0x3A30), kind: kString},
	{name: "Birthday", uri: "contacts:Birthday", key: pBirthday, kind: kTime},
	{name: "BusinessHomePage", uri: "contacts:BusinessHomePage", key: pHomePage, kind: kString},
	{name: "Children", uri: "contacts:Children", key: tagged(0x3A58), kind: kStrings},
	{name: "Companies", uri: "contacts:Companies", key: pCompanies, kind: kStrings},
	{name: "ContactSource", uri: "contacts:ContactSource", flags: fReadOnly, read: readStore},
	{name: "Department", uri: "contacts:Department", key: tagged(0x3A18), kind: kString},
	{name: "Generation", uri: "contacts:Generation", key: pGeneration, kind: kString},
	{name: "ImAddresses", uri: "contacts:ImAddresses", flags: fDefault | fListed, read: readEntries("ImAddresses", "contacts:ImAddress"), write: writeEntries,
		clear: clearEntries("contacts:ImAddress")},
	{name: "JobTitle", uri: "contacts:JobTitle", flags: fDefault | fListed, key: tagged(0x3A17), kind: kString},
	{name: "Manager", uri: "contacts:Manager", key: tagged(0x3A4E), kind: kString},
	{name: "Mileage", uri: "contacts:Mileage", key: pMileage, kind: kString},
	{name: "OfficeLocation", uri: "contacts:OfficeLocation", key: tagged(0x3A19), kind: kString},
	{name: "PostalAddressIndex", uri: "contacts:PostalAddressIndex", key: numbered(setAddress, 0x8022), kind: kInteger, enum: addressIndexes},
	{name: "Profession", uri: "contacts:Profession", key: tagged(0x3A46), kind: kString},
	{name: "SpouseName", uri: "contacts:SpouseName", key: tagged(0x3A48), kind: kString},
	{name: "Surname", uri: "contacts:Surname", key: pSurname, kind: kString},
	{name: "WeddingAnniversary", uri: "contacts:WeddingAnniversary", key: pAnniversary, kind: kTime},
	{name: "HasPicture", uri: "contacts:HasPicture", since: Exchange2010SP2, flags: fReadOnly, key: numbered(setAddress, 0x8015), kind: kBoolean, read: readHasPicture},
}

// More properties of contacts.
var (
	pGivenName   = tagged(0x3A06)
	pInitials    = tagged(0x3A0A)
	pMiddleName  = tagged(0x3A44)
	pNickname    = tagged(0x3A4F)
	pSurname     = tagged(0x3A11)
	pTitle       = tagged(0x3A45)
	pGeneration  = tagged(0x3A05)
	pCompany     = tagged(0x3A16)
	pBirthday    = tagged(0x3A42)
	pAnniversary = tagged(0x3A41)
	pHomePage    = tagged(0x3A51)
	pYomiFirst   = numbered(setAddress, 0x802C)
	pYomiLast    = numbered(setAddress, 0x802D)
)

// entry is a field that an IndexedFieldURI leads to: one entry of a dictionary, or one field of one.
type entry struct {
	uri, index string
	since      Profile
	key        key
}

// entries are the dictionaries of contacts (MS-OXWSCONT 2.2.4, MS-OXOCNTC 2.2.1), in the order in which they are written.
var entries = []entry{
	{"contacts:EmailAddress", "EmailAddress1", 0, emailKeys[0].address},
	{"contacts:EmailAddress", "EmailAddress2", 0, emailKeys[1].address},
	{"contacts:EmailAddress", "EmailAddress3", 0, emailKeys[2].address},
	{"contacts:ImAddress", "ImAddress1", 0, numbered(setAddress, 0x8062)},
	{"contacts:ImAddress", "ImAddress2", 0, named(setAirSync, "AirSync:IMAddress2")},
	{"contacts:ImAddress", "ImAddress3", 0, named(setAirSync, "AirSync:IMAddress3")},

	{"contacts:PhoneNumber", "AssistantPhone", 0, tagged(0x3A2E)},
	{"contacts:PhoneNumber", "BusinessFax", 0, tagged(0x3A24)},
	{"contacts:PhoneNumber", "BusinessPhone", 0, tagged(0x3A08)},
	{"contacts:PhoneNumber", "BusinessPhone2", 0, tagged(0x3A1B)},
	{"contacts:PhoneNumber", "Callback", 0, tagged(0x3A02)},
	{"contacts:PhoneNumber", "CarPhone", 0, tagged(0x3A1E)},
	{"contacts:PhoneNumber", "CompanyMainPhone", 0, tagged(0x3A57)},
	{"contacts:PhoneNumber", "HomeFax", 0, tagged(0x3A25)},
	{"contacts:PhoneNumber", "HomePhone", 0, tagged(0x3A09)},
	{"contacts:PhoneNumber", "HomePhone2", 0, tagged(0x3A2F)},
	{"contacts:PhoneNumber", "Isdn", 0, tagged(0x3A2D)},
	{"contacts:PhoneNumber", "MobilePhone", 0, tagged(0x3A1C)},
	{"contacts:PhoneNumber", "OtherFax", 0, tagged(0x3A23)},
	{"contacts:PhoneNumber", "OtherTelephone", 0, tagged(0x3A1F)},
	{"contacts:PhoneNumber", "Pager", 0, tagged(0x3A21)},
	{"contacts:PhoneNumber", "PrimaryPhone", 0, tagged(0x3A1A)},
	{"contacts:PhoneNumber", "RadioPhone", 0, tagged(0x3A1D)},
	{"contacts:PhoneNumber", "Telex", 0, tagged(0x3A2C)},
	{"contacts:PhoneNumber", "TtyTddPhone", 0, tagged(0x3A4B)},

	{"contacts:PhysicalAddress:Street", "Business", 0, numbered(setAddress, 0x8045)},
	{"contacts:PhysicalAddress:City", "Business", 0, numbered(setAddress, 0x8046)},
	{"contacts:PhysicalAddress:State", "Business", 0, numbered(setAddress, 0x8047)},
	{"contacts:PhysicalAddress:CountryOrRegion", "Business", 0, numbered(setAddress, 0x8049)},
	{"contacts:PhysicalAddress:PostalCode", "Business", 0, numbered(setAddress, 0x8048)},
	{"contacts:PhysicalAddress:Street", "Home", 0, tagged(0x3A5D)},
	{"contacts:PhysicalAddress:City", "Home", 0, tagged(0x3A59)},
	{"contacts:PhysicalAddress:State", "Home", 0, tagged(0x3A5C)},
	{"contacts:PhysicalAddress:CountryOrRegion", "Home", 0, tagged(0x3A5A)},
	{"contacts:PhysicalAddress:PostalCode", "Home", 0, tagged(0x3A5B)},
	{"contacts:PhysicalAddress:Street", "Other", 0, tagged(0x3A63)},
	{"contacts:PhysicalAddress:City", "Other", 0, tagged(0x3A5F)},
	{"contacts:PhysicalAddress:State", "Other", 0, tagged(0x3A62)},
	{"contacts:PhysicalAddress:CountryOrRegion", "Other", 0, tagged(0x3A60)},
	{"contacts:PhysicalAddress:PostalCode", "Other", 0, tagged(0x3A61)},
}

// emailKeys are the properties of the three e-mail addresses of a contact.
var emailKeys = [3]struct{ display, kind, address, original key }{
	{numbered(setAddress, 0x8080), numbered(setAddress, 0x8082), numbered(setAddress, 0x8083), numbered(setAddress, 0x8084)},
	{numbered(setAddress, 0x8090), numbered(setAddress, 0x8092), numbered(setAddress, 0x8093), numbered(setAddress, 0x8094)},
	{numbered(setAddress, 0x80A0), numbered(setAddress, 0x80A2), numbered(setAddress, 0x80A3), numbered(setAddress, 0x80A4)},
}

// entryAt is the dictionary entry of an IndexedFieldURI, nil if there is none.
func entryAt(uri, index string) *entry {
	for i := range entries {
		if entries[i].uri == uri && entries[i].index == index {
			return &entries[i]
		}
	}
	return nil
}

// dictionary is the element that holds the entries of a URI, and the field within an entry for addresses.
func dictionary(uri string) (element, part string) {
	switch {
	case uri == "contacts:EmailAddress":
		return "EmailAddresses", ""
	case uri == "contacts:ImAddress":
		return "ImAddresses", ""
	case uri == "contacts:PhoneNumber":
		return "PhoneNumbers", ""
	}
	return "PhysicalAddresses", strings.TrimPrefix(uri, "contacts:PhysicalAddress:")
}

// entryURI is the URI of the entries of an element that is no address.
func entryURI(element string) string {
	switch element {
	case "EmailAddresses":
		return "contacts:EmailAddress"
	case "ImAddresses":
		return "contacts:ImAddress"
	}
	return "contacts:PhoneNumber"
}

var addressParts = []string{"Street", "City", "State", "CountryOrRegion", "PostalCode"}

func readHasPicture(r *reading) *soap.Element {
	for _, a := range r.it.attachments {
		if a.photo {
			return soap.T("HasPicture", "true")
		}
	}
	return soap.T("HasPicture", "false")
}
