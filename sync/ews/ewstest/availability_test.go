package ewstest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"iorepl/sync/ews/soap"
)

// The zones of requests: UTC, and one in which summer time ends on 2026-11-01 at 2:00.
const (
	utcZone     = `<t:TimeZone><t:Bias>0</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>1</t:DayOrder><t:Month>1</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>1</t:DayOrder><t:Month>1</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>`
	pacificZone = `<t:TimeZone><t:Bias>480</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>1</t:DayOrder><t:Month>11</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>2</t:DayOrder><t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>`
)

// ask is a GetUserAvailability; a view of "" leaves it out.
type ask struct {
	zone, start, end string
	interval         int
	view             string
	users            []string
}

func (a ask) body() string {
	if a.zone == "" {
		a.zone = utcZone
	}
	var b strings.Builder
	b.WriteString(`<m:GetUserAvailabilityRequest>` + a.zone + `<m:MailboxDataArray>`)
	for _, u := range a.users {
		b.WriteString(`<t:MailboxData><t:Email><t:Address>` + u + `</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType><t:ExcludeConflicts>false</t:ExcludeConflicts></t:MailboxData>`)
	}
	b.WriteString(`</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>` + a.start + `</t:StartTime><t:EndTime>` + a.end + `</t:EndTime></t:TimeWindow>`)
	if a.interval != 0 {
		fmt.Fprintf(&b, `<t:MergedFreeBusyIntervalInMinutes>%d</t:MergedFreeBusyIntervalInMinutes>`, a.interval)
	}
	if a.view != "" {
		b.WriteString(`<t:RequestedView>` + a.view + `</t:RequestedView>`)
	}
	b.WriteString(`</t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>`)
	return b.String()
}

// availability posts a request and gives the answer for each user.
func (c *client) availability(a ask) []*soap.Element {
	c.t.Helper()
	answer := c.post(a.body())
	array := answer.Child("FreeBusyResponseArray")
	if answer.Name != "GetUserAvailabilityResponse" || array == nil || len(array.Children) != len(a.users) {
		c.t.Fatalf("got %s", show(answer))
	}
	return array.Children
}

// brief is an answer for a user in one line: code, view, digits, and busy types with times.
func brief(e *soap.Element) string {
	all := []string{e.Value("ResponseMessage", "ResponseCode"), e.Value("FreeBusyView", "FreeBusyViewType")}
	if d := e.Value("FreeBusyView", "MergedFreeBusy"); d != "" {
		all = append(all, d)
	}
	if array := e.Child("FreeBusyView", "CalendarEventArray"); array != nil {
		for _, x := range array.Children {
			one := x.Value("BusyType") + " " + x.Value("StartTime") + " " + x.Value("EndTime")
			if d := x.Child("CalendarEventDetails"); d != nil {
				one += " (" + d.Value("Subject") + ")"
			}
			all = append(all, one)
		}
	}
	return strings.Join(all, ", ")
}

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

// bob is somebody with a busy day: 2026-11-03 in UTC.
func bob(s *Server) {
	s.SetCalendar("bob@contoso.test", []Event{
		{at("2026-11-03 09:00"), at("2026-11-03 10:30"), Busy, "secret plan"},
		{at("2026-11-03 10:00"), at("2026-11-03 11:00"), Tentative, ""},
		{at("2026-11-03 12:00"), at("2026-11-03 13:00"), Free, ""},
		{at("2026-11-03 23:00"), at("2026-11-04 01:00"), OOF, ""},
	})
}

func TestAvailabilityViews(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2010SP2})
	bob(s)
	day := ask{start: "2026-11-03T08:00:00", end: "2026-11-03T23:59:59", interval: 60, users: []string{"bob@contoso.test"}}
	events := "Busy 2026-11-03T09:00:00 2026-11-03T10:30:00%[1]s, Tentative 2026-11-03T10:00:00 2026-11-03T11:00:00%[2]s, Free 2026-11-03T12:00:00 2026-11-03T13:00:00%[2]s, OOF 2026-11-03T23:00:00 2026-11-04T01:00:00%[2]s"
	plain, full := fmt.Sprintf(events, "", ""), fmt.Sprintf(events, " (secret plan)", " ()")
	const digits = "0220000000000003"
	for _, tt := range []struct {
		see  View
		view string
		want string
	}{
		{ViewFreeBusy, "MergedOnly", "MergedOnly, " + digits},
		{ViewFreeBusy, "FreeBusy", "FreeBusy, " + plain},
		{ViewFreeBusy, "FreeBusyMerged", "FreeBusyMerged, " + digits + ", " + plain},
		{ViewFreeBusy, "Detailed", "FreeBusy, " + plain},
		{ViewFreeBusy, "DetailedMerged", "FreeBusyMerged, " + digits + ", " + plain},
		{ViewFreeBusy, "FreeBusy MergedOnly", "FreeBusyMerged, " + digits + ", " + plain},
		{ViewDetailed, "Detailed", "Detailed, " + full},
		{ViewDetailed, "DetailedMerged", "DetailedMerged, " + digits + ", " + full},
		{ViewMerged, "DetailedMerged", "MergedOnly, " + digits},
		{ViewMerged, "FreeBusy", "MergedOnly, " + digits},
	} {
		s.SetView("bob@contoso.test", tt.see)
		day.view = tt.view
		if got := brief(c.availability(day)[0]); got != "NoError, "+tt.want {
			t.Errorf("%v sees of %s\n%s, want\nNoError, %s", tt.see, tt.view, got, tt.want)
		}
	}
	s.SetView("bob@contoso.test", ViewNone)
	if got := brief(c.availability(day)[0]); got != "ErrorNoFreeBusyAccess, None" {
		t.Errorf("without access: %s", got)
	}
	if got := s.Log()[0]; got.Operation != "GetUserAvailability" || got.Mutating || got.IDs != 1 {
		t.Errorf("the log says %+v", got)
	}
}

func TestAvailabilityOfMailboxCalendar(t *testing.T) {
	_, c := start(t, Options{Profile: Exchange2016})
	c.version = "Exchange2013_SP1"
	c.lax = true // no schema at hand knows WorkingElsewhere
	for _, item := range []string{
		`<t:Subject>weekly</t:Subject><t:Start>2026-11-02T08:00:00Z</t:Start><t:End>2026-11-02T09:00:00Z</t:End><t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus><t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2026-11-02</t:StartDate><t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>`,
		`<t:Subject>home</t:Subject><t:Start>2026-11-09T10:00:00Z</t:Start><t:End>2026-11-09T11:00:00Z</t:End><t:LegacyFreeBusyStatus>WorkingElsewhere</t:LegacyFreeBusyStatus>`,
	} {
		c.as("anna").ok(`<m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId><t:DistinguishedFolderId Id="calendar"/></m:SavedItemFolderId><m:Items><t:CalendarItem>` + item + `</t:CalendarItem></m:Items></m:CreateItem>`)
	}
	week := ask{start: "2026-11-09T08:00:00", end: "2026-11-09T12:00:00", view: "DetailedMerged", interval: 60, users: []string{"anna@contoso.test"}}
	for _, tt := range []struct{ who, version, want string }{
		{"iorepl", "Exchange2013_SP1", "NoError, FreeBusyMerged, 3000, OOF 2026-11-09T08:00:00 2026-11-09T09:00:00, WorkingElsewhere 2026-11-09T10:00:00 2026-11-09T11:00:00"},
		{"iorepl", "Exchange2010_SP2", "NoError, FreeBusyMerged, 3000, OOF 2026-11-09T08:00:00 2026-11-09T09:00:00, Free 2026-11-09T10:00:00 2026-11-09T11:00:00"},
		{"anna", "Exchange2013_SP1", "NoError, DetailedMerged, 3000, OOF 2026-11-09T08:00:00 2026-11-09T09:00:00 (weekly), WorkingElsewhere 2026-11-09T10:00:00 2026-11-09T11:00:00 (home)"},
	} {
		who := c.as(tt.who)
		who.version = tt.version
		if got := brief(who.availability(week)[0]); got != tt.want {
			t.Errorf("%s with %s: %s, want %s", tt.who, tt.version, got, tt.want)
		}
	}
	details := c.as("anna").availability(week)[0].Child("FreeBusyView", "CalendarEventArray", "CalendarEvent", "CalendarEventDetails")
	if details.Value("IsRecurring") != "true" || details.Value("ID") == "" || details.Value("IsPrivate") != "false" {
		t.Errorf("the details are %s", show(details))
	}
}

func TestAvailabilityInTheZoneOfTheRequest(t *testing.T) {
	for p, want := range map[Profile]string{
		Exchange2007SP1: "NoError, FreeBusyMerged, 020002, Busy 2026-11-01T00:30:00-07:00 2026-11-01T01:15:00-07:00, Busy 2026-11-01T04:00:00-08:00 2026-11-01T05:00:00-08:00",
		Exchange2010SP2: "NoError, FreeBusyMerged, 020002, Busy 2026-11-01T00:30:00 2026-11-01T01:15:00, Busy 2026-11-01T04:00:00 2026-11-01T05:00:00",
	} {
		s, c := start(t, Options{Profile: p})
		s.SetCalendar("bob@contoso.test", []Event{{at("2026-11-01 07:30"), at("2026-11-01 08:15"), Busy, ""}, {at("2026-11-01 12:00"), at("2026-11-01 13:00"), Busy, ""}})
		// The hour from one to two is there twice.
		got := brief(c.availability(ask{zone: pacificZone, start: "2026-10-31T23:30:00", end: "2026-11-01T04:30:00", interval: 60, view: "FreeBusyMerged", users: []string{"bob@contoso.test"}})[0])
		if got != want {
			t.Errorf("%s: %s, want %s", p, got, want)
		}
	}
}

func TestAvailabilityIsLimited(t *testing.T) {
	many := make([]string, 101)
	for i := range many {
		many[i] = fmt.Sprintf("user%d@contoso.test", i)
	}
	good := ask{start: "2026-11-01T00:00:00", end: "2026-11-02T00:00:00", view: "FreeBusy", users: []string{"anna@contoso.test"}}
	with := func(change func(*ask)) ask {
		a := good
		change(&a)
		return a
	}
	to := func(end string) ask { return with(func(a *ask) { a.end = end }) }
	for _, p := range []Profile{Exchange2007SP1, Exchange2010SP2, Exchange2016} {
		_, c := start(t, Options{Profile: p})
		for _, tt := range []struct {
			what string
			a    ask
			want [2]string // of 2007 and later
		}{
			{"101 users", with(func(a *ask) { a.users = many }), [2]string{"ErrorMailboxDataArrayTooBig", "ErrorMailboxDataArrayTooBig"}},
			{"100 users", with(func(a *ask) { a.users = many[:100] }), [2]string{}},
			{"no user", with(func(a *ask) { a.users = nil }), [2]string{"ErrorMailboxDataArrayEmpty", "ErrorMailboxDataArrayEmpty"}},
			{"42 days", to("2026-12-13T00:00:00"), [2]string{}},
			{"43 days", to("2026-12-14T00:00:00"), [2]string{"ErrorTimeIntervalTooBig", ""}},
			{"62 days", to("2027-01-02T00:00:00"), [2]string{"ErrorTimeIntervalTooBig", ""}},
			{"62 days and a second", to("2027-01-02T00:00:01"), [2]string{"ErrorTimeIntervalTooBig", "ErrorTimeIntervalTooBig"}},
			{"no time", to("2026-11-01T00:00:00"), [2]string{"ErrorInvalidTimeInterval", "ErrorInvalidTimeInterval"}},
			{"end before start", to("2026-10-31T00:00:00"), [2]string{"ErrorInvalidTimeInterval", "ErrorInvalidTimeInterval"}},
			{"4 minutes", with(func(a *ask) { a.interval = 4 }), [2]string{"ErrorInvalidMergedFreeBusyInterval", "ErrorInvalidMergedFreeBusyInterval"}},
			{"5 minutes", with(func(a *ask) { a.interval = 5 }), [2]string{}},
			{"a day", with(func(a *ask) { a.interval = 1440 }), [2]string{}},
			{"more than a day", with(func(a *ask) { a.interval = 1441 }), [2]string{"ErrorInvalidMergedFreeBusyInterval", "ErrorInvalidMergedFreeBusyInterval"}},
			{"no view", with(func(a *ask) { a.view = "" }), [2]string{"ErrorInvalidFreeBusyViewType", "ErrorInvalidFreeBusyViewType"}},
			{"None", with(func(a *ask) { a.view = "None" }), [2]string{"ErrorInvalidFreeBusyViewType", "ErrorInvalidFreeBusyViewType"}},
			{"no month", with(func(a *ask) { a.zone = strings.ReplaceAll(utcZone, "<t:Month>1<", "<t:Month>13<") }), [2]string{"ErrorTimeZone", "ErrorTimeZone"}},
		} {
			want := tt.want[1]
			if p == Exchange2007SP1 {
				want = tt.want[0]
			}
			got := ""
			if c.post(tt.a.body()).Name == "Fault" {
				got = c.code(tt.a.body())
			}
			if got != want {
				t.Errorf("%s: %s gives %q, want %q", p, tt.what, got, want)
			}
		}
	}
	s, c := start(t, Options{Profile: Exchange2010SP2, AvailabilityDays: 10})
	if got := c.code(to("2026-11-12T00:00:00").body()); got != "ErrorTimeIntervalTooBig" {
		t.Errorf("11 days of 10: %s", got)
	}
	crowded := make([]Event, 1001)
	for i := range crowded {
		crowded[i] = Event{at("2026-11-01 08:00"), at("2026-11-01 09:00"), Busy, ""}
	}
	s.SetCalendar("bob@contoso.test", crowded)
	if got := brief(c.availability(with(func(a *ask) { a.users = []string{"bob@contoso.test", "anna@contoso.test"} }))[0]); got != "ErrorResultSetTooBig, None" {
		t.Errorf("1001 appointments: %s", got)
	}
}

func TestAvailabilityErrorsStayApart(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2007SP1})
	bob(s)
	s.AddContact("Carl", "carl@fabrikam.test", "/o=First Organization/ou=Partners/cn=Recipients/cn=carl")
	var want []string
	users := []string{"nobody@contoso.test", "carl@fabrikam.test", "bob@contoso.test"}
	want = append(want, "ErrorMailRecipientNotFound, None", "ErrorMailRecipientNotFound, None", "NoError, MergedOnly, 00")
	for _, code := range []string{"ErrorFreeBusyGenerationFailed", "ErrorProxyRequestNotAllowed", "ErrorPublicFolderRequestProcessingFailed", "ErrorMailboxLogonFailed"} {
		address := strings.ToLower(code) + "@contoso.test"
		s.RefuseAvailability(address, code, "")
		users, want = append(users, address), append(want, code+", None")
	}
	got := c.availability(ask{start: "2026-11-01T00:00:00", end: "2026-11-01T01:00:00", view: "MergedOnly", users: users})
	for i := range got {
		if brief(got[i]) != want[i] {
			t.Errorf("%s: %s, want %s", users[i], brief(got[i]), want[i])
		}
	}
	if text := got[0].Value("ResponseMessage", "MessageText"); text != "Unable to resolve e-mail address <>SMTP:nobody@contoso.test to an Active Directory object." {
		t.Errorf("the text is %q", text)
	}
	if x := show(got[0].Child("ResponseMessage", "MessageXml")); !strings.Contains(x, "MailRecipientNotFoundException") || !strings.Contains(x, ">5009<") {
		t.Errorf("the details are %s", x)
	}
	s.RefuseAvailability("errormailboxlogonfailed@contoso.test", "", "")
	s.Inject(Fault{Operation: "GetUserAvailability", Action: Fail{Code: "ErrorServerBusy", Only: []int{0}}})
	got = c.availability(ask{start: "2026-11-01T00:00:00", end: "2026-11-01T01:00:00", view: "MergedOnly", users: []string{"bob@contoso.test", "bob@contoso.test"}})
	if brief(got[0]) != "ErrorServerBusy, None" || brief(got[1]) != "NoError, MergedOnly, 00" {
		t.Errorf("a fault for one: %s; %s", brief(got[0]), brief(got[1]))
	}
	s.Inject(Fault{Operation: "GetUserAvailability", Action: Fail{Code: "ErrorServerBusy", Whole: true}})
	if code := c.code(ask{start: "2026-11-01T00:00:00", end: "2026-11-01T01:00:00", view: "MergedOnly", users: users}.body()); code != "ErrorServerBusy" {
		t.Errorf("a fault for all: %s", code)
	}
}

// TestAvailabilityZoneFromTheHeader: from 2010 on the request itself need not say its zone.
func TestAvailabilityZoneFromTheHeader(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2010SP2})
	bob(s)
	body := strings.Replace(ask{start: "2026-11-03T10:00:00", end: "2026-11-03T13:00:00", interval: 60, view: "FreeBusyMerged", users: []string{"bob@contoso.test"}}.body(), utcZone, "", 1)
	if got := c.code(body); got != "ErrorTimeZone" {
		t.Errorf("no zone: %s", got)
	}
	header := `<t:TimeZoneContext><t:TimeZoneDefinition Id="W. Europe Standard Time"/></t:TimeZoneContext></soap:Header>`
	_, text, err := c.raw(strings.Replace(c.envelope(body), "</soap:Header>", header, 1))
	if err != nil || !strings.Contains(text, "<t:MergedFreeBusy>220<") || !strings.Contains(text, "<t:StartTime>2026-11-03T10:00:00<") {
		t.Errorf("got %s %v", text, err)
	}
	_, c = start(t, Options{Profile: Exchange2007SP1, Validate: func(string, []byte) error { return nil }})
	if got := c.code(body); got != "ErrorSchemaValidation" {
		t.Errorf("no zone on 2007: %s", got)
	}
}
