package item

import (
	"strings"
	"testing"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// native makes an item as a client of the server makes it.
func native(t *testing.T, w world, xml string) *mapi.Item {
	t.Helper()
	e, err := soap.DecodeEnvelope(strings.NewReader(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="`+soap.Types+
		`"><s:Body>`+xml+`</s:Body></s:Envelope>`), soap.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	it, err := mapi.New(w.profile, e.Body, now, "Ann Author <ann@contoso.example>")
	if err != nil {
		t.Fatalf("%s: %v", w.profile, err)
	}
	return it
}

const (
	nativeMeeting = `<t:CalendarItem><t:Subject>Meet</t:Subject><t:Body BodyType="HTML">&lt;p&gt;Agenda&lt;/p&gt;</t:Body>
		<t:ReminderIsSet>true</t:ReminderIsSet><t:ReminderMinutesBeforeStart>30</t:ReminderMinutesBeforeStart>
		<t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End><t:LegacyFreeBusyStatus>Tentative</t:LegacyFreeBusyStatus><t:Location>Hall</t:Location>
		<t:RequiredAttendees><t:Attendee><t:Mailbox><t:Name>Bob</t:Name><t:EmailAddress>bob@contoso.example</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees>
		<t:OptionalAttendees><t:Attendee><t:Mailbox><t:Name>Carol</t:Name><t:EmailAddress>carol@contoso.example</t:EmailAddress></t:Mailbox></t:Attendee></t:OptionalAttendees>
		</t:CalendarItem>`
	nativeSeries = `<t:CalendarItem><t:Subject>Daily</t:Subject><t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T08:15:00Z</t:End>
		<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence><t:StartDate>2026-03-02</t:StartDate>
		<t:NumberOfOccurrences>10</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence></t:CalendarItem>`
	nativeAllDay  = `<t:CalendarItem><t:Subject>Off</t:Subject><t:Start>2026-03-02T00:00:00Z</t:Start><t:End>2026-03-03T00:00:00Z</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent></t:CalendarItem>`
	nativeMessage = `<t:Message><t:ItemClass>IPM.Note.Order</t:ItemClass><t:Subject>Order</t:Subject><t:Sensitivity>Private</t:Sensitivity><t:Body BodyType="HTML">&lt;b&gt;x&lt;/b&gt;</t:Body>
		<t:Categories><t:String>Red</t:String><t:String>a, b</t:String></t:Categories><t:Importance>Low</t:Importance>
		<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x0E07" PropertyType="Integer"/><t:Value>1</t:Value></t:ExtendedProperty>
		<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x0039" PropertyType="SystemTime"/><t:Value>2026-01-02T03:04:05Z</t:Value></t:ExtendedProperty>
		<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x1090" PropertyType="Integer"/><t:Value>2</t:Value></t:ExtendedProperty>
		<t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="Project" PropertyType="String"/><t:Value>Apollo</t:Value></t:ExtendedProperty>
		<t:Sender><t:Mailbox><t:Name>Ann</t:Name><t:EmailAddress>ann@contoso.example</t:EmailAddress></t:Mailbox></t:Sender>
		<t:ToRecipients><t:Mailbox><t:Name>Bob B.</t:Name><t:EmailAddress>bob@contoso.example</t:EmailAddress></t:Mailbox></t:ToRecipients>
		<t:From><t:Mailbox><t:Name>Boss</t:Name><t:EmailAddress>boss@contoso.example</t:EmailAddress></t:Mailbox></t:From></t:Message>`
	nativeTask = `<t:Task><t:Subject>Do</t:Subject><t:ReminderDueBy>2026-03-02T07:00:00Z</t:ReminderDueBy><t:ReminderIsSet>true</t:ReminderIsSet>
		<t:DueDate>2026-03-05T00:00:00Z</t:DueDate><t:PercentComplete>40</t:PercentComplete>
		<t:Recurrence><t:WeeklyRegeneration><t:Interval>2</t:Interval></t:WeeklyRegeneration><t:NoEndRecurrence><t:StartDate>2026-03-05</t:StartDate></t:NoEndRecurrence></t:Recurrence>
		<t:StartDate>2026-03-01T00:00:00Z</t:StartDate><t:Status>WaitingOnOthers</t:Status></t:Task>`
	nativeContact = `<t:Contact><t:Body BodyType="Text">note</t:Body><t:FileAs>Doe, J.</t:FileAs><t:DisplayName>Jane</t:DisplayName><t:GivenName>Jane</t:GivenName>
		<t:Initials>JD</t:Initials><t:CompanyName>Contoso</t:CompanyName>
		<t:EmailAddresses><t:Entry Key="EmailAddress2">j@x.example</t:Entry></t:EmailAddresses>
		<t:PhysicalAddresses><t:Entry Key="Other"><t:Street>S</t:Street><t:City>C</t:City></t:Entry></t:PhysicalAddresses>
		<t:PhoneNumbers><t:Entry Key="Callback">1</t:Entry><t:Entry Key="OtherTelephone">2</t:Entry><t:Entry Key="PrimaryPhone">3</t:Entry><t:Entry Key="Telex">4</t:Entry></t:PhoneNumbers>
		<t:Birthday>1980-05-04T22:00:00Z</t:Birthday><t:Children><t:String>Kim</t:String><t:String>Lee</t:String></t:Children>
		<t:Companies><t:String>A</t:String></t:Companies><t:Department>D</t:Department><t:ImAddresses><t:Entry Key="ImAddress3">im</t:Entry></t:ImAddresses>
		<t:Mileage>9</t:Mileage><t:PostalAddressIndex>Other</t:PostalAddressIndex><t:Surname>Doe</t:Surname></t:Contact>`
	nativeNote = `<t:Item><t:ItemClass>IPM.StickyNote</t:ItemClass><t:Subject>n</t:Subject><t:Body BodyType="Text">n&#xD;
more</t:Body><t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="0006200e-0000-0000-c000-000000000046" PropertyId="35584" PropertyType="Integer"/><t:Value>1</t:Value></t:ExtendedProperty></t:Item>`
)

// TestNativeItemsReachEveryServer: items that clients made in one organization are the same in every other.
func TestNativeItemsReachEveryServer(t *testing.T) {
	project, _ := ParseProperty("PublicStrings/Project:String")
	tests := []struct {
		name, xml string
		want      []string // in what is read
	}{
		{"meeting", nativeMeeting, []string{"ORGANIZER;CN=Ann Author:mailto:ann@contoso.example", "ATTENDEE;CN=Bob;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT:mailto:bob@con",
			"ROLE=OPT-PARTICIPANT", "DESCRIPTION:Agenda\r\n", "X-ALT-DESC;FMTTYPE=text/html:<p>Agenda</p>\r\n", "TRIGGER:-PT30M", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
			"LOCATION:Hall", "DTSTART:20260302T080000Z"}},
		{"series", nativeSeries, []string{"RRULE:FREQ=DAILY;COUNT=10\r\n"}},
		{"all day", nativeAllDay, []string{"DTSTART;VALUE=DATE:20260302\r\n", "DTEND;VALUE=DATE:20260303"}},
		{"message", nativeMessage, []string{"From: Boss <boss@contoso.example>", "Sender: Ann <ann@contoso.example>", "To: \"Bob B.\" <bob@contoso.example>", "Sensitivity: private",
			"Importance: low", `Keywords: Red, "a, b"`, "<b>x</b>", "Date: Fri, 02 Jan 2026 03:04:05 +0000"}},
		{"task", nativeTask, []string{"DTSTART;VALUE=DATE:20260301", "DUE;VALUE=DATE:20260305", "X-IOREPL-STATUS:WaitingOnOthers", "PERCENT-COMPLETE:40", "RRULE:FREQ=WEEKLY;INTERVAL=2\r\n",
			"X-IOREPL-REGENERATES:TRUE", "X-IOREPL-RECURS-FROM:20260305", "TRIGGER;VALUE=DATE-TIME:20260302T070000Z"}},
		{"contact", nativeContact, []string{"EMAIL;PREF=2:j@x.example", "IMPP;PREF=3:im", "ADR;PREF=1:;;S;C;;;", "TEL;TYPE=x-callback:1", "TEL;TYPE=voice:2", "TEL;TYPE=x-primary:3", "TEL;TYPE=x-telex:4",
			"BDAY:19800505", "RELATED;TYPE=child;VALUE=text:Kim", "X-COMPANIES:A", "ORG:Contoso;D", "X-MILEAGE:9", "X-INITIALS:JD", "X-FILE-AS:Doe\\, J.", "NOTE:note"}},
		{"note", nativeNote, []string{"DESCRIPTION:n\\nmore"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, from := range worlds {
				origin := from.read(t, native(t, from, test.xml), project)
				for _, want := range test.want {
					if !strings.Contains(string(origin.Data), want) {
						t.Errorf("%s: no %q in\n%s", from.profile, want, origin.Data)
					}
				}
				if test.name == "message" && (origin.Properties["PublicStrings/Project:String"] != "Apollo" || origin.Properties["0x1090:Integer"] != "2") {
					t.Errorf("%s: properties %v", from.profile, origin.Properties)
				}
				if d := diff(origin, Canonical(origin)); d != "" {
					t.Errorf("%s: what is read is not canonical: %s", from.profile, d)
				}
				for _, to := range worlds {
					replica, writing, err := to.through(t, origin, project)
					if err != nil || len(writing.Notes) > 0 {
						t.Errorf("%s to %s: %v %q", from.profile, to.profile, err, writing.Notes)
						continue
					}
					if d := diff(origin, replica); d != "" {
						t.Errorf("%s to %s: %s", from.profile, to.profile, d)
					}
				}
			}
		})
	}
}
