package item

import "slices"

// kinds is a set of kinds.
type kinds uint16

func only(all ...Kind) kinds {
	var s kinds
	for _, k := range all {
		s |= 1 << k
	}
	return s
}

func (s kinds) has(k Kind) bool { return s&(1<<k) != 0 }

var (
	everyKind = only(Message, Post, Contact, List, Appointment, Task, Note)
	mimeKinds = only(Message, Post)
)

// travelling is a property that no format holds and that goes along with items of some kinds. The values in nothing are what
// servers have where nothing was said: they are left out.
type travelling struct {
	Property
	kinds   kinds
	nothing []string
}

var zero, no, smtp = []string{"0"}, []string{"false"}, []string{"SMTP"}

// travels are the properties that go along (MS-OXPROPS), besides those that an administrator names.
var travels = []travelling{
	// When it was received and sent, and when it is no longer of interest.
	{Property{id: 0x0E06, kind: "SystemTime"}, mimeKinds, nil},
	{Property{id: 0x0039, kind: "SystemTime"}, mimeKinds, nil},
	{Property{id: 0x0015, kind: "SystemTime"}, everyKind, nil},
	// Conversation; written into MIME.
	{Property{id: 0x0070, kind: "String"}, mimeKinds, nil},
	{Property{id: 0x0071, kind: "Binary"}, mimeKinds, nil},
	// Flags, follow-up, answered and forwarded.
	{Property{id: 0x1090, kind: "Integer"}, everyKind, zero},
	{Property{id: 0x1091, kind: "SystemTime"}, everyKind, nil},
	{Property{id: 0x1095, kind: "Integer"}, everyKind, zero},
	{Property{id: 0x0E2B, kind: "Integer"}, everyKind, zero},
	{Property{set: setCommon, id: 0x8530, kind: "String"}, everyKind, nil},
	{Property{set: setCommon, id: 0x85A4, kind: "String"}, everyKind, nil},
	{Property{set: setCommon, id: 0x85A0, kind: "SystemTime"}, everyKind, nil},
	{Property{set: setCommon, id: 0x85A1, kind: "String"}, everyKind, nil},
	{Property{set: setTask, id: 0x8104, kind: "SystemTime"}, everyKind &^ only(Task), nil},
	{Property{set: setTask, id: 0x8105, kind: "SystemTime"}, everyKind &^ only(Task), nil},
	{Property{set: setTask, id: 0x810F, kind: "SystemTime"}, everyKind &^ only(Task), nil},
	{Property{set: setTask, id: 0x811C, kind: "Boolean"}, everyKind &^ only(Task), no},
	{Property{set: setTask, id: 0x8101, kind: "Integer"}, everyKind &^ only(Task), zero},
	{Property{set: setTask, id: 0x8102, kind: "Double"}, everyKind &^ only(Task), zero},
	{Property{id: 0x1080, kind: "Integer"}, only(Message, Post, Note), []string{"-1", "0", "256", "257"}},
	{Property{id: 0x1081, kind: "Integer"}, mimeKinds, zero},
	{Property{id: 0x1082, kind: "SystemTime"}, mimeKinds, nil},
	{Property{id: 0x5909, kind: "Integer"}, mimeKinds, zero},
	// Reminders of what is neither an appointment nor a task.
	{reminderSet, everyKind &^ only(Appointment, Task), no},
	{Property{set: setCommon, id: 0x8501, kind: "Integer"}, everyKind &^ only(Appointment, Task), nil},
	{Property{set: setCommon, id: 0x8502, kind: "SystemTime"}, everyKind &^ only(Appointment, Task), nil},
	{Property{set: setCommon, id: 0x8560, kind: "SystemTime"}, everyKind &^ only(Appointment, Task), nil},
	{Property{set: setCommon, id: 0x8516, kind: "SystemTime"}, everyKind &^ only(Appointment, Task), nil},
	{Property{set: setCommon, id: 0x8517, kind: "SystemTime"}, everyKind &^ only(Appointment, Task), nil},
	// Votes.
	{Property{set: setCommon, id: 0x8520, kind: "Binary"}, mimeKinds, nil},
	{Property{set: setCommon, id: 0x8524, kind: "String"}, mimeKinds, nil},
	// What Outlook shows on the page "all fields" of most forms.
	{Property{set: setCommon, id: 0x8534, kind: "String"}, everyKind &^ only(Contact), nil},
	{Property{set: setCommon, id: 0x8535, kind: "String"}, everyKind, nil},
	{Property{set: setCommon, id: 0x8539, kind: "StringArray"}, everyKind &^ only(Contact), nil},
	{Property{set: setCommon, id: 0x853A, kind: "StringArray"}, everyKind, nil},
	// Appointments: label, workspace, what NetMeeting shows.
	{Property{set: setAppointment, id: 0x8214, kind: "Integer"}, only(Appointment), zero},
	{Property{set: setAppointment, id: 0x8209, kind: "String"}, only(Appointment), nil},
	{Property{set: setAppointment, id: 0x8248, kind: "String"}, only(Appointment), nil},
	// Tasks: work, owner, team.
	{Property{set: setTask, id: 0x8110, kind: "Integer"}, only(Task), zero},
	{Property{set: setTask, id: 0x8111, kind: "Integer"}, only(Task), zero},
	{Property{set: setTask, id: 0x8121, kind: "String"}, only(Task), nil},
	{Property{set: setTask, id: 0x8103, kind: "Boolean"}, only(Task), no},
	// Notes: colour and place.
	{Property{set: setNote, id: 0x8B00, kind: "Integer"}, only(Note), nil},
	{Property{set: setNote, id: 0x8B02, kind: "Integer"}, only(Note), nil},
	{Property{set: setNote, id: 0x8B03, kind: "Integer"}, only(Note), nil},
	{Property{set: setNote, id: 0x8B04, kind: "Integer"}, only(Note), nil},
	{Property{set: setNote, id: 0x8B05, kind: "Integer"}, only(Note), nil},
	// Journal entries: type, times, documents.
	{Property{set: setLog, id: 0x8700, kind: "String"}, only(Note), nil},
	{Property{set: setLog, id: 0x8706, kind: "SystemTime"}, only(Note), nil},
	{Property{set: setLog, id: 0x8707, kind: "Integer"}, only(Note), nil},
	{Property{set: setLog, id: 0x8708, kind: "SystemTime"}, only(Note), nil},
	{Property{set: setLog, id: 0x870C, kind: "Integer"}, only(Note), zero},
	{Property{set: setLog, id: 0x870E, kind: "Boolean"}, only(Note), no},
	{Property{set: setLog, id: 0x870F, kind: "Boolean"}, only(Note), no},
	{Property{set: setLog, id: 0x8710, kind: "Boolean"}, only(Note), no},
	{Property{set: setLog, id: 0x8711, kind: "Boolean"}, only(Note), no},
	{Property{set: setLog, id: 0x8712, kind: "String"}, only(Note), nil},
	// Contacts: what vCard has no field for. Of addresses, how they are shown and what they are if not SMTP.
	{Property{id: 0x3A00, kind: "String"}, only(Contact), nil},
	{Property{id: 0x3A07, kind: "String"}, only(Contact), nil},
	{Property{id: 0x3A0C, kind: "String"}, only(Contact), nil},
	{Property{id: 0x3A0D, kind: "String"}, only(Contact), nil},
	{Property{id: 0x3A43, kind: "String"}, only(Contact), nil},
	{Property{id: 0x3A47, kind: "String"}, only(Contact), nil},
	{Property{id: 0x3A49, kind: "String"}, only(Contact), nil},
	{Property{id: 0x3A4A, kind: "String"}, only(Contact), nil},
	{Property{id: 0x3A4C, kind: "String"}, only(Contact), nil},
	{Property{id: 0x3A4D, kind: "Short"}, only(Contact), zero},
	{Property{id: 0x3A70, kind: "BinaryArray"}, only(Contact), nil},
	{emailShown[0], only(Contact), nil},
	{emailShown[1], only(Contact), nil},
	{emailShown[2], only(Contact), nil},
	{Property{set: setAddress, id: 0x8082, kind: "String"}, only(Contact), smtp},
	{Property{set: setAddress, id: 0x8092, kind: "String"}, only(Contact), smtp},
	{Property{set: setAddress, id: 0x80A2, kind: "String"}, only(Contact), smtp},
	{Property{set: setAddress, id: 0x802B, kind: "String"}, only(Contact), nil},
	{Property{set: setAddress, id: 0x802C, kind: "String"}, only(Contact), nil},
	{Property{set: setAddress, id: 0x802D, kind: "String"}, only(Contact), nil},
	{Property{set: setAddress, id: 0x802E, kind: "String"}, only(Contact), nil},
	{Property{set: setAddress, id: 0x8040, kind: "Binary"}, only(Contact), nil},
	{Property{set: setAddress, id: 0x804F, kind: "String"}, only(Contact), nil},
	{Property{set: setAddress, id: 0x8050, kind: "String"}, only(Contact), nil},
	{Property{set: setAddress, id: 0x8051, kind: "String"}, only(Contact), nil},
	{Property{set: setAddress, id: 0x8052, kind: "String"}, only(Contact), nil},
	{Property{set: setAddress, id: 0x80D8, kind: "String"}, only(Contact), nil},
}

// emailShown is how the e-mail addresses of a contact are shown.
var emailShown = [...]Property{{set: setAddress, id: 0x8080, kind: "String"}, {set: setAddress, id: 0x8090, kind: "String"},
	{set: setAddress, id: 0x80A0, kind: "String"}}

// reminderSet says whether there is a reminder at all.
var reminderSet = Property{set: setCommon, id: 0x8503, kind: "Boolean"}

// reminderSetName is the name of reminderSet, which every item asks for.
var reminderSetName = reminderSet.String()

// reminderDetails are the names of properties that say nothing if there is none.
var reminderDetails = [...]string{Property{set: setCommon, id: 0x8501, kind: "Integer"}.String(),
	Property{set: setCommon, id: 0x8502, kind: "SystemTime"}.String(), Property{set: setCommon, id: 0x8560, kind: "SystemTime"}.String()}

// The properties that hold what a format has and Exchange has no place for: content lines, in files again as they were.
var (
	moreLines      = Property{set: publicStrings, name: "iorepl-more", kind: "String"}
	organizerLine  = Property{set: publicStrings, name: "iorepl-organizer", kind: "String"}
	attendeeLines  = Property{set: publicStrings, name: "iorepl-attendees", kind: "String"}
	zoneDefinition = Property{set: setAppointment, id: 0x825E, kind: "Binary"}
)

// never are the tags of properties that are about an item on its server, not about what it says: read state, size, ids, when and by
// whom it was made or changed.
var never = map[uint16]bool{0x001A: true, 0x0E07: true, 0x0E08: true, 0x0E1B: true, 0x0E69: true, 0x0FF6: true, 0x0FF9: true, 0x0FFF: true, 0x3007: true,
	0x3008: true, 0x3FF8: true, 0x3FF9: true, 0x3FFA: true, 0x3FFB: true, 0x65E0: true, 0x65E2: true, 0x65E3: true, 0x6709: true, 0x67AA: true}

// stays reports whether a property is never part of a payload.
func stays(p Property) bool {
	return isStamp(p) || p.set == "" && never[p.id] || p == moreLines || p == organizerLine || p == attendeeLines
}

// propertiesOf are the properties that go along with items of a kind, beside those that the format takes in.
func propertiesOf(k Kind, extra []Property) []Property {
	var all []Property
	seen := map[Property]bool{}
	add := func(p Property) {
		if !seen[p] && !stays(p) {
			seen[p] = true
			all = append(all, p)
		}
	}
	for _, t := range travels {
		if t.kinds.has(k) {
			add(t.Property)
		}
	}
	for _, p := range extra {
		add(p)
	}
	return all
}

// travelsWith reports whether a property goes along with all items of a kind.
func travelsWith(p Property, k Kind) bool {
	return travellingOf(p, k) != nil
}

// travellingOf is what is said of a property of items of a kind, nil if nothing is.
func travellingOf(p Property, k Kind) *travelling {
	for i := range travels {
		if t := &travels[i]; t.id == p.id && t.Property == p && t.kinds.has(k) {
			return t
		}
	}
	return nil
}

// saysNothing reports whether a value is what servers have where nothing was said.
func saysNothing(p Property, k Kind, value string) bool {
	if value == "" {
		return true
	}
	t := travellingOf(p, k)
	return t != nil && slices.Contains(t.nothing, value)
}
