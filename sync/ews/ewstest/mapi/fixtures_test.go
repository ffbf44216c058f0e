package mapi_test

// Items of each class, with every element that the schema of 2007 SP1 lets a client set, in the order of the schema.
const (
	fullMessage = `<t:Message><t:ItemClass>IPM.Note</t:ItemClass><t:Subject>RE: Müller &amp; Söhne</t:Subject><t:Sensitivity>Private</t:Sensitivity>
<t:Body BodyType="HTML">&lt;html&gt;&lt;body&gt;&lt;p&gt;Hallo &amp;amp; Gruß&lt;/p&gt;&lt;/body&gt;&lt;/html&gt;</t:Body>
<t:Categories><t:String>Red</t:String><t:String>Blau, hell</t:String></t:Categories><t:Importance>High</t:Importance><t:InReplyTo>&lt;1@x&gt;</t:InReplyTo>
<t:ReminderDueBy>2026-12-01T08:00:00Z</t:ReminderDueBy><t:ReminderIsSet>true</t:ReminderIsSet><t:ReminderMinutesBeforeStart>30</t:ReminderMinutesBeforeStart>
<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x0E07" PropertyType="Integer"/><t:Value>1</t:Value></t:ExtendedProperty>
<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x0E06" PropertyType="SystemTime"/><t:Value>2020-01-02T03:04:05.678Z</t:Value></t:ExtendedProperty>
<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x0039" PropertyType="SystemTime"/><t:Value>2020-01-02T03:04:00Z</t:Value></t:ExtendedProperty>
<t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="iorepl-origin" PropertyType="String"/><t:Value>abc</t:Value></t:ExtendedProperty>
<t:Culture>de-DE</t:Culture>
<t:Sender><t:Mailbox><t:Name>Sek</t:Name><t:EmailAddress>sek@x.example</t:EmailAddress></t:Mailbox></t:Sender>
<t:ToRecipients><t:Mailbox><t:Name>To One</t:Name><t:EmailAddress>to1@x.example</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox><t:Mailbox><t:EmailAddress>to2@x.example</t:EmailAddress></t:Mailbox></t:ToRecipients>
<t:CcRecipients><t:Mailbox><t:Name>Cc</t:Name><t:EmailAddress>cc@x.example</t:EmailAddress></t:Mailbox></t:CcRecipients>
<t:BccRecipients><t:Mailbox><t:Name>Bcc</t:Name><t:EmailAddress>bcc@x.example</t:EmailAddress></t:Mailbox></t:BccRecipients>
<t:IsReadReceiptRequested>true</t:IsReadReceiptRequested><t:IsDeliveryReceiptRequested>false</t:IsDeliveryReceiptRequested><t:ConversationIndex>AQIDBA==</t:ConversationIndex>
<t:From><t:Mailbox><t:Name>Boss</t:Name><t:EmailAddress>boss@x.example</t:EmailAddress></t:Mailbox></t:From><t:InternetMessageId>&lt;2@x&gt;</t:InternetMessageId>
<t:IsResponseRequested>true</t:IsResponseRequested><t:References>&lt;0@x&gt; &lt;1@x&gt;</t:References>
<t:ReplyTo><t:Mailbox><t:Name>List</t:Name><t:EmailAddress>list@x.example</t:EmailAddress></t:Mailbox></t:ReplyTo>
</t:Message>`

	fullPost = `<t:PostItem><t:ItemClass>IPM.Post.Invoice</t:ItemClass><t:Subject>A post</t:Subject><t:Body BodyType="Text">one
two</t:Body><t:Categories><t:String>Red</t:String></t:Categories>
<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x0E07" PropertyType="Integer"/><t:Value>0</t:Value></t:ExtendedProperty>
<t:From><t:Mailbox><t:Name>Boss</t:Name><t:EmailAddress>boss@x.example</t:EmailAddress></t:Mailbox></t:From><t:References>&lt;0@x&gt;</t:References>
<t:Sender><t:Mailbox><t:Name>Sek</t:Name><t:EmailAddress>sek@x.example</t:EmailAddress></t:Mailbox></t:Sender></t:PostItem>`

	fullContact = `<t:Contact><t:ItemClass>IPM.Contact</t:ItemClass><t:Subject>Hopper</t:Subject><t:Body BodyType="Text">note</t:Body>
<t:FileAs>Hopper, Grace</t:FileAs><t:FileAsMapping>LastCommaFirst</t:FileAsMapping><t:DisplayName>Grace Hopper</t:DisplayName><t:GivenName>Grace</t:GivenName><t:Initials>G.H.</t:Initials>
<t:MiddleName>B.</t:MiddleName><t:Nickname>Amazing</t:Nickname><t:CompanyName>Navy</t:CompanyName>
<t:EmailAddresses><t:Entry Key="EmailAddress1">g@navy.example</t:Entry><t:Entry Key="EmailAddress3">h@navy.example</t:Entry></t:EmailAddresses>
<t:PhysicalAddresses><t:Entry Key="Business"><t:Street>1 Main</t:Street><t:City>Arlington</t:City><t:State>VA</t:State><t:CountryOrRegion>USA</t:CountryOrRegion><t:PostalCode>22</t:PostalCode></t:Entry>
<t:Entry Key="Home"><t:City>NYC</t:City></t:Entry><t:Entry Key="Other"><t:PostalCode>99</t:PostalCode></t:Entry></t:PhysicalAddresses>
<t:PhoneNumbers><t:Entry Key="AssistantPhone">1</t:Entry><t:Entry Key="BusinessFax">2</t:Entry><t:Entry Key="BusinessPhone">3</t:Entry><t:Entry Key="BusinessPhone2">4</t:Entry><t:Entry Key="Callback">5</t:Entry>
<t:Entry Key="CarPhone">6</t:Entry><t:Entry Key="CompanyMainPhone">7</t:Entry><t:Entry Key="HomeFax">8</t:Entry><t:Entry Key="HomePhone">9</t:Entry><t:Entry Key="HomePhone2">10</t:Entry><t:Entry Key="Isdn">11</t:Entry>
<t:Entry Key="MobilePhone">12</t:Entry><t:Entry Key="OtherFax">13</t:Entry><t:Entry Key="OtherTelephone">14</t:Entry><t:Entry Key="Pager">15</t:Entry><t:Entry Key="PrimaryPhone">16</t:Entry><t:Entry Key="RadioPhone">17</t:Entry>
<t:Entry Key="Telex">18</t:Entry><t:Entry Key="TtyTddPhone">19</t:Entry></t:PhoneNumbers>
<t:AssistantName>A</t:AssistantName><t:Birthday>1906-12-09T00:00:00Z</t:Birthday><t:BusinessHomePage>http://navy.example/</t:BusinessHomePage><t:Children><t:String>c1</t:String></t:Children>
<t:Companies><t:String>Navy</t:String><t:String>Univac</t:String></t:Companies><t:Department>CS</t:Department><t:Generation>Sr.</t:Generation>
<t:ImAddresses><t:Entry Key="ImAddress1">sip:g</t:Entry><t:Entry Key="ImAddress2">icq:1</t:Entry><t:Entry Key="ImAddress3">x:2</t:Entry></t:ImAddresses>
<t:JobTitle>Admiral</t:JobTitle><t:Manager>M</t:Manager><t:Mileage>17 km</t:Mileage><t:OfficeLocation>O1</t:OfficeLocation><t:PostalAddressIndex>Business</t:PostalAddressIndex><t:Profession>P</t:Profession>
<t:SpouseName>V</t:SpouseName><t:Surname>Hopper</t:Surname><t:WeddingAnniversary>1930-06-15T00:00:00Z</t:WeddingAnniversary></t:Contact>`

	fullList = `<t:DistributionList><t:Subject>Team</t:Subject><t:DisplayName>Team</t:DisplayName><t:FileAs>Team</t:FileAs>
<t:Members><t:Member><t:Mailbox><t:Name>One</t:Name><t:EmailAddress>one@x.example</t:EmailAddress></t:Mailbox></t:Member><t:Member><t:Mailbox><t:EmailAddress>two@x.example</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox></t:Member></t:Members></t:DistributionList>`

	fullTask = `<t:Task><t:Subject>Do it</t:Subject><t:Body BodyType="Text">how</t:Body><t:Importance>Low</t:Importance><t:ReminderDueBy>2026-12-01T08:00:00Z</t:ReminderDueBy><t:ReminderIsSet>true</t:ReminderIsSet>
<t:ActualWork>60</t:ActualWork><t:BillingInformation>b</t:BillingInformation><t:Companies><t:String>c</t:String></t:Companies><t:Contacts><t:String>k</t:String></t:Contacts>
<t:DueDate>2026-12-05T00:00:00Z</t:DueDate><t:Mileage>3</t:Mileage><t:PercentComplete>40</t:PercentComplete>
<t:Recurrence><t:WeeklyRegeneration><t:Interval>2</t:Interval></t:WeeklyRegeneration><t:NoEndRecurrence><t:StartDate>2026-12-01</t:StartDate></t:NoEndRecurrence></t:Recurrence>
<t:StartDate>2026-12-01T00:00:00Z</t:StartDate><t:Status>WaitingOnOthers</t:Status><t:TotalWork>120</t:TotalWork></t:Task>`

	fullAppointment = `<t:CalendarItem><t:Subject>Jour fixe</t:Subject><t:Body BodyType="HTML">&lt;b&gt;agenda&lt;/b&gt;</t:Body><t:ReminderIsSet>false</t:ReminderIsSet>
<t:UID>040000008200E00074C5B7101A82E00800000000A0</t:UID><t:Start>2026-11-23T09:00:00Z</t:Start><t:End>2026-11-23T10:30:00Z</t:End><t:IsAllDayEvent>false</t:IsAllDayEvent><t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus><t:Location>Room 1</t:Location>
<t:RequiredAttendees><t:Attendee><t:Mailbox><t:Name>Al</t:Name><t:EmailAddress>al@x.example</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees>
<t:OptionalAttendees><t:Attendee><t:Mailbox><t:Name>Bo</t:Name><t:EmailAddress>bo@x.example</t:EmailAddress></t:Mailbox><t:ResponseType>Accept</t:ResponseType></t:Attendee></t:OptionalAttendees>
<t:Resources><t:Attendee><t:Mailbox><t:Name>Beamer</t:Name><t:EmailAddress>r@x.example</t:EmailAddress></t:Mailbox></t:Attendee></t:Resources>
<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday Thursday</t:DaysOfWeek></t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2026-11-23</t:StartDate><t:NumberOfOccurrences>6</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>
<t:ConferenceType>0</t:ConferenceType><t:AllowNewTimeProposal>false</t:AllowNewTimeProposal><t:IsOnlineMeeting>false</t:IsOnlineMeeting><t:MeetingWorkspaceUrl>http://w/</t:MeetingWorkspaceUrl><t:NetShowUrl>http://n/</t:NetShowUrl></t:CalendarItem>`

	file = `<t:FileAttachment><t:Name>a.pdf</t:Name><t:ContentType>application/pdf</t:ContentType><t:Content>JVBERg==</t:Content></t:FileAttachment>`
)
