package mapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

const (
	berlin  = `<t:StartTimeZone Id="W. Europe Standard Time"/>`
	meeting = `<t:MeetingTimeZone TimeZoneName="W. Europe"><t:BaseOffset>-PT60M</t:BaseOffset><t:Standard TimeZoneName="s"><t:Offset>PT0M</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek><t:DayOfWeekIndex>Last</t:DayOfWeekIndex><t:Month>October</t:Month></t:RelativeYearlyRecurrence><t:Time>03:00:00</t:Time></t:Standard><t:Daylight TimeZoneName="d"><t:Offset>-PT60M</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek><t:DayOfWeekIndex>Last</t:DayOfWeekIndex><t:Month>March</t:Month></t:RelativeYearlyRecurrence><t:Time>02:00:00</t:Time></t:Daylight></t:MeetingTimeZone>`
	custom  = `<t:StartTimeZone Id="Own" Name="Own"><t:Periods><t:Period Bias="-PT1H" Name="Standard" Id="std"/><t:Period Bias="-PT2H" Name="Daylight" Id="dlt"/></t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0"><t:RecurringDayTransition><t:To Kind="Period">dlt</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>-1</t:Occurrence></t:RecurringDayTransition><t:RecurringDayTransition><t:To Kind="Period">std</t:To><t:TimeOffset>PT3H</t:TimeOffset><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>-1</t:Occurrence></t:RecurringDayTransition></t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions></t:StartTimeZone>`
)

// south has summer time from the first Sunday of October to the first Sunday of April.
var south = strings.NewReplacer("-PT1H", "PT3H", "-PT2H", "PT2H", "<t:Month>3<", "<t:Month>10<", "<t:Month>10<", "<t:Month>4<", ">-1<", ">1<").Replace(custom)

// appointment makes a recurring appointment of an hour that starts at the given time.
func appointment(start, pattern, limit, zone string) string {
	t, err := time.Parse(time.RFC3339, start)
	if err != nil {
		panic(err)
	}
	meeting := ""
	if strings.HasPrefix(zone, "<t:Meeting") {
		meeting = zone
	}
	if meeting != "" {
		zone = ""
	}
	return `<t:CalendarItem><t:Subject>s</t:Subject><t:ReminderIsSet>false</t:ReminderIsSet><t:Start>` + start + `</t:Start><t:End>` + t.Add(time.Hour).Format(time.RFC3339) + `</t:End><t:Recurrence>` + pattern + limit + `</t:Recurrence>` + meeting + zone + `</t:CalendarItem>`
}

func numbered(start string, n int) string {
	return fmt.Sprintf(`<t:NumberedRecurrence><t:StartDate>%s</t:StartDate><t:NumberOfOccurrences>%d</t:NumberOfOccurrences></t:NumberedRecurrence>`, start, n)
}

func until(start, end string) string {
	return `<t:EndDateRecurrence><t:StartDate>` + start + `</t:StartDate><t:EndDate>` + end + `</t:EndDate></t:EndDateRecurrence>`
}

func starts(it *mapi.Item, from, to time.Time) []string {
	var all []string
	for _, x := range it.View(from, to) {
		all = append(all, x.Start.Format("06-01-02 15:04"))
	}
	return all
}

var (
	past   = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	future = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
)

func TestOccurrencesOfEachPattern(t *testing.T) {
	for name, c := range map[string]struct {
		start, pattern, limit, zone string
		want                        string
	}{
		"every third day": {"2026-11-28T09:00:00Z", `<t:DailyRecurrence><t:Interval>3</t:Interval></t:DailyRecurrence>`, numbered("2026-11-28", 3), "",
			"26-11-28 09:00, 26-12-01 09:00, 26-12-04 09:00"},
		"until a day": {"2026-12-30T09:00:00Z", `<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>`, until("2026-12-30", "2027-01-01"), "",
			"26-12-30 09:00, 26-12-31 09:00, 27-01-01 09:00"},
		"every second week": {"2026-11-25T09:00:00Z", `<t:WeeklyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Monday Wednesday Sunday</t:DaysOfWeek></t:WeeklyRecurrence>`, numbered("2026-11-25", 5), "",
			"26-11-25 09:00, 26-12-06 09:00, 26-12-07 09:00, 26-12-09 09:00, 26-12-20 09:00"},
		"weeks from Monday": {"2026-11-25T09:00:00Z", `<t:WeeklyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Monday Wednesday Sunday</t:DaysOfWeek><t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence>`, numbered("2026-11-25", 4), "",
			"26-11-25 09:00, 26-11-29 09:00, 26-12-07 09:00, 26-12-09 09:00"},
		"the 31st or the last": {"2027-01-31T09:00:00Z", `<t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>31</t:DayOfMonth></t:AbsoluteMonthlyRecurrence>`, numbered("2027-01-31", 4), "",
			"27-01-31 09:00, 27-02-28 09:00, 27-03-31 09:00, 27-04-30 09:00"},
		"last Friday of every second month": {"2026-11-27T09:00:00Z", `<t:RelativeMonthlyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Friday</t:DaysOfWeek><t:DayOfWeekIndex>Last</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>`, numbered("2026-11-01", 3), "",
			"26-11-27 09:00, 27-01-29 09:00, 27-03-26 09:00"},
		"second weekday": {"2026-11-03T09:00:00Z", `<t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek><t:DayOfWeekIndex>Second</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>`, numbered("2026-11-01", 3), "",
			"26-11-03 09:00, 26-12-02 09:00, 27-01-04 09:00"},
		"leap day": {"2028-02-29T09:00:00Z", `<t:AbsoluteYearlyRecurrence><t:DayOfMonth>29</t:DayOfMonth><t:Month>February</t:Month></t:AbsoluteYearlyRecurrence>`, numbered("2028-02-29", 3), "",
			"28-02-29 09:00, 29-02-28 09:00, 30-02-28 09:00"},
		"first Monday of May": {"2027-05-03T09:00:00Z", `<t:RelativeYearlyRecurrence><t:DaysOfWeek>Monday</t:DaysOfWeek><t:DayOfWeekIndex>First</t:DayOfWeekIndex><t:Month>May</t:Month></t:RelativeYearlyRecurrence>`, numbered("2027-05-01", 2), "",
			"27-05-03 09:00, 28-05-01 09:00"},
		"the day of the pattern, the hour of Start": {"2026-11-22T09:00:00Z", `<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Tuesday</t:DaysOfWeek></t:WeeklyRecurrence>`, numbered("2026-11-22", 2), "",
			"26-11-24 09:00, 26-12-01 09:00"},
		"across summer time":                   {"2027-03-21T08:00:00Z", `<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Sunday</t:DaysOfWeek></t:WeeklyRecurrence>`, numbered("2027-03-21", 3), berlin, "27-03-21 08:00, 27-03-28 07:00, 27-04-04 07:00"},
		"across summer time, by rules of 2007": {"2027-10-24T07:00:00Z", `<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Sunday</t:DaysOfWeek></t:WeeklyRecurrence>`, numbered("2027-10-24", 3), meeting, "27-10-24 07:00, 27-10-31 08:00, 27-11-07 08:00"},
		"across summer time, by own rules":     {"2027-03-21T08:00:00Z", `<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Sunday</t:DaysOfWeek></t:WeeklyRecurrence>`, numbered("2027-03-21", 3), custom, "27-03-21 08:00, 27-03-28 07:00, 27-04-04 07:00"},
		"across summer time in the south":      {"2027-03-28T06:00:00Z", `<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Sunday</t:DaysOfWeek></t:WeeklyRecurrence>`, numbered("2027-03-28", 3), south, "27-03-28 06:00, 27-04-04 07:00, 27-04-11 07:00"},
		"the day counts in the zone":           {"2026-11-22T23:30:00Z", `<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>`, numbered("2026-11-23", 2), berlin, "26-11-22 23:30, 26-11-29 23:30"},
	} {
		t.Run(name, func(t *testing.T) {
			it := create(t, mapi.Exchange2016, appointment(c.start, c.pattern, c.limit, c.zone))
			if got := strings.Join(starts(it, past, future), ", "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestViewOfAnEndlessRecurrence(t *testing.T) {
	it := create(t, mapi.Exchange2016, appointment("2026-11-02T09:00:00Z", `<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>`, `<t:NoEndRecurrence><t:StartDate>2026-11-02</t:StartDate></t:NoEndRecurrence>`, ""))
	from := time.Date(2030, 1, 7, 9, 30, 0, 0, time.UTC)
	if got := starts(it, from, from.AddDate(0, 0, 14)); !slices.Equal(got, []string{"30-01-07 09:00", "30-01-14 09:00", "30-01-21 09:00"}) {
		t.Errorf("got %v", got)
	}
	if e := read(t, mapi.Exchange2016, it.In(mapi.Surroundings{Occurrence: func(int) *soap.Element { return itemID() }}), "AllProperties"); e.Child("LastOccurrence") != nil || e.Child("FirstOccurrence") == nil {
		t.Error("an endless recurrence has a first and no last occurrence")
	}
}

const weekly = `<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>`

func setStart(start, end string) string {
	return `<t:SetItemField><t:FieldURI FieldURI="calendar:Start"/><t:CalendarItem><t:Start>` + start + `</t:Start></t:CalendarItem></t:SetItemField><t:SetItemField><t:FieldURI FieldURI="calendar:End"/><t:CalendarItem><t:End>` + end + `</t:End></t:CalendarItem></t:SetItemField>`
}

func TestOccurrencesAreEditedAndDeleted(t *testing.T) {
	for _, p := range profiles {
		t.Run(p.String(), func(t *testing.T) {
			it := create(t, p, appointment("2026-11-02T09:00:00Z", weekly, numbered("2026-11-02", 4), ""))
			snapshot := it.Clone()
			if err := it.UpdateOccurrence(p, 2, elems(t, setStart("2026-11-10T10:00:00Z", "2026-11-10T10:30:00Z")+
				`<t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:CalendarItem><t:Subject>moved</t:Subject></t:CalendarItem></t:SetItemField>`), later, editor); err != nil {
				t.Fatal(err)
			}
			if err := it.DeleteOccurrence(3, later); err != nil {
				t.Fatal(err)
			}
			if moved := it.Modified().Equal(later); moved != (p != mapi.Grommunio) {
				t.Errorf("the master's last modification moved: %v", moved)
			}
			update(t, p, it, `<t:SetItemField><t:FieldURI FieldURI="calendar:Location"/><t:CalendarItem><t:Location>new room</t:Location></t:CalendarItem></t:SetItemField>`)
			if got, want := starts(it, past, future), []string{"26-11-02 09:00", "26-11-10 10:00", "26-11-23 09:00"}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			o, err := it.Occurrence(2)
			if err != nil {
				t.Fatal(err)
			}
			e := read(t, p, o, "AllProperties")
			for name, want := range map[string]string{"Subject": "moved", "Start": "2026-11-10T10:00:00Z", "End": "2026-11-10T10:30:00Z", "OriginalStart": "2026-11-09T09:00:00Z", "CalendarItemType": "Exception", "Location": "new room"} {
				if got := e.Value(name); got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
			master := read(t, p, it.In(mapi.Surroundings{Occurrence: func(i int) *soap.Element { return soap.T("ItemId", soap.Attr{Name: "Id", Value: fmt.Sprint(i)}) }}), "AllProperties")
			if got := master.Child("ModifiedOccurrences", "Occurrence", "ItemId").Attr("Id"); got != "2" {
				t.Errorf("modified occurrence %q", got)
			}
			if got := master.Value("DeletedOccurrences", "DeletedOccurrence", "Start"); got != "2026-11-16T09:00:00Z" {
				t.Errorf("deleted occurrence %q", got)
			}
			if got := starts(snapshot, past, future); len(got) != 4 || got[1] != "26-11-09 09:00" {
				t.Errorf("an earlier copy changed: %v", got)
			}
			// the same recurrence once more
			update(t, p, it, `<t:SetItemField><t:FieldURI FieldURI="calendar:Recurrence"/><t:CalendarItem><t:Recurrence>`+weekly+numbered("2026-11-02", 4)+`</t:Recurrence></t:CalendarItem></t:SetItemField>`)
			want := 3
			if p == mapi.Grommunio {
				want = 4
			}
			if got := starts(it, past, future); len(got) != want {
				t.Errorf("after the recurrence was set again: %v", got)
			}
			// another one
			update(t, p, it, `<t:SetItemField><t:FieldURI FieldURI="calendar:Recurrence"/><t:CalendarItem><t:Recurrence>`+weekly+numbered("2026-11-02", 5)+`</t:Recurrence></t:CalendarItem></t:SetItemField>`)
			if got := starts(it, past, future); len(got) != 5 || got[1] != "26-11-09 09:00" {
				t.Errorf("after another recurrence: %v", got)
			}
			update(t, p, it, `<t:DeleteItemField><t:FieldURI FieldURI="calendar:Recurrence"/></t:DeleteItemField>`)
			if it.Recurring() || len(starts(it, past, future)) != 1 {
				t.Error("the recurrence is still there")
			}
		})
	}
}

func TestOccurrencesThatAreRefused(t *testing.T) {
	p := mapi.Exchange2016
	it := create(t, p, appointment("2026-11-02T09:00:00Z", weekly, numbered("2026-11-02", 3), ""))
	if err := it.DeleteOccurrence(1, now); err != nil {
		t.Fatal(err)
	}
	for index, want := range map[int]string{0: "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange", 4: "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange", 1: "ErrorCalendarOccurrenceIsDeletedFromRecurrence", 2: ""} {
		if _, err := it.Occurrence(index); code(t, err) != want {
			t.Errorf("occurrence %d: %v, want %q", index, err, want)
		}
	}
	if err := it.UpdateOccurrence(p, 2, elems(t, setStart("2026-11-16T10:00:00Z", "2026-11-16T11:00:00Z")), now, editor); code(t, err) != "ErrorOccurrenceCrossingBoundary" {
		t.Errorf("onto the next one: %v", err)
	}
	if err := it.UpdateOccurrence(p, 2, elems(t, `<t:SetItemField><t:FieldURI FieldURI="calendar:Recurrence"/><t:CalendarItem><t:Recurrence>`+weekly+numbered("2026-11-02", 4)+`</t:Recurrence></t:CalendarItem></t:SetItemField>`), now, editor); code(t, err) != "ErrorInvalidPropertySet" {
		t.Errorf("a recurrence of an occurrence: %v", err)
	}
	if err := it.DeleteOccurrence(2, now); err != nil {
		t.Fatal(err)
	}
	if err := it.DeleteOccurrence(3, now); err == nil {
		t.Error("the last occurrence was deleted")
	}
}

func TestRecurrencesThatAreRefused(t *testing.T) {
	day := `<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>`
	for name, c := range map[string]struct{ pattern, limit, want string }{
		"no interval":      {`<t:DailyRecurrence><t:Interval>0</t:Interval></t:DailyRecurrence>`, numbered("2026-11-02", 3), "ErrorCalendarInvalidRecurrence"},
		"too many":         {day, numbered("2026-11-02", 1000), "ErrorCalendarInvalidRecurrence"},
		"none":             {day, numbered("2026-11-02", 0), "ErrorCalendarInvalidRecurrence"},
		"ends before":      {day, until("2026-11-02", "2026-11-01"), "ErrorCalendarEndDateIsEarlierThanStartDate"},
		"never":            {weekly, until("2026-11-03", "2026-11-05"), "ErrorRecurrenceHasNoOccurrence"},
		"no such day":      {`<t:AbsoluteYearlyRecurrence><t:DayOfMonth>30</t:DayOfMonth><t:Month>February</t:Month></t:AbsoluteYearlyRecurrence>`, numbered("2026-11-02", 2), "ErrorCalendarInvalidRecurrence"},
		"weekdays weekly":  {`<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek></t:WeeklyRecurrence>`, numbered("2026-11-02", 2), "ErrorCalendarInvalidDayForWeeklyRecurrence"},
		"a task's pattern": {`<t:DailyRegeneration><t:Interval>1</t:Interval></t:DailyRegeneration>`, numbered("2026-11-02", 2), "ErrorSchemaValidation"},
		"unknown zone":     {weekly, numbered("2026-11-02", 2), "ErrorTimeZone"},
	} {
		zone := ""
		if name == "unknown zone" {
			zone = `<t:StartTimeZone Id="Nowhere"/>`
		}
		if _, err := mapi.New(mapi.Exchange2016, elem(t, appointment("2026-11-02T09:00:00Z", c.pattern, c.limit, zone)), now, author); code(t, err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestWholeDaysAreDaysOfTheZone(t *testing.T) {
	it := create(t, mapi.Exchange2016, `<t:CalendarItem><t:Start>2026-11-24T10:00:00+01:00</t:Start><t:End>2026-11-24T11:00:00+01:00</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>`+berlin+`</t:CalendarItem>`)
	e := read(t, mapi.Exchange2016, it, "AllProperties")
	if e.Value("Start") != "2026-11-23T23:00:00Z" || e.Value("End") != "2026-11-24T23:00:00Z" || e.Value("Duration") != "P1D" {
		t.Errorf("%s to %s, %s", e.Value("Start"), e.Value("End"), e.Value("Duration"))
	}
	if e.Value("StartWallClock") != "2026-11-24T00:00:00+01:00" || e.Value("StartTimeZoneId") != "W. Europe Standard Time" {
		t.Errorf("%s in %s", e.Value("StartWallClock"), e.Value("StartTimeZoneId"))
	}
}

func TestCalendarGoesRoundAsICalendar(t *testing.T) {
	for name, text := range map[string]string{
		"simple":      `<t:CalendarItem><t:Subject>Käse, lecker</t:Subject><t:Sensitivity>Private</t:Sensitivity><t:Body BodyType="HTML">&lt;b&gt;a&lt;/b&gt;</t:Body><t:Categories><t:String>x, y</t:String><t:String>z</t:String></t:Categories><t:Importance>High</t:Importance><t:ReminderIsSet>true</t:ReminderIsSet><t:ReminderMinutesBeforeStart>45</t:ReminderMinutesBeforeStart><t:UID>u@x</t:UID><t:Start>2026-11-24T10:00:00Z</t:Start><t:End>2026-11-24T11:00:00Z</t:End><t:LegacyFreeBusyStatus>Tentative</t:LegacyFreeBusyStatus><t:Location>L</t:Location></t:CalendarItem>`,
		"whole days":  `<t:CalendarItem><t:Start>2026-11-24T00:00:00Z</t:Start><t:End>2026-11-26T00:00:00Z</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent></t:CalendarItem>`,
		"weekly":      appointment("2027-03-21T08:00:00Z", `<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Sunday</t:DaysOfWeek></t:WeeklyRecurrence>`, numbered("2027-03-21", 3), berlin),
		"own zone":    appointment("2027-03-21T08:00:00Z", `<t:DailyRecurrence><t:Interval>7</t:Interval></t:DailyRecurrence>`, until("2027-03-21", "2027-04-04"), custom),
		"month's end": appointment("2027-01-31T09:00:00Z", `<t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>31</t:DayOfMonth></t:AbsoluteMonthlyRecurrence>`, numbered("2027-01-31", 4), ""),
		"weekday":     appointment("2026-11-03T09:00:00Z", `<t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek><t:DayOfWeekIndex>Second</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>`, numbered("2026-11-03", 3), ""),
		"yearly":      appointment("2027-05-03T09:00:00Z", `<t:RelativeYearlyRecurrence><t:DaysOfWeek>Monday</t:DaysOfWeek><t:DayOfWeekIndex>First</t:DayOfWeekIndex><t:Month>May</t:Month></t:RelativeYearlyRecurrence>`, numbered("2027-05-03", 2), ""),
	} {
		for _, p := range []mapi.Profile{mapi.Exchange2016, mapi.Grommunio} {
			t.Run(p.String()+" "+name, func(t *testing.T) {
				it := create(t, p, text)
				if it.Recurring() {
					if err := it.DeleteOccurrence(2, now); err != nil {
						t.Fatal(err)
					}
				}
				ics := mimeOf(t, p, it)
				again, err := mapi.New(p, elem(t, mimeItem("CalendarItem", "", string(ics))), now, author)
				if err != nil {
					t.Fatalf("%v\n%s", err, ics)
				}
				if got, want := starts(again, past, future), starts(it, past, future); !slices.Equal(got, want) {
					t.Errorf("got %v, want %v of\n%s", got, want, ics)
				}
				paths := []string{"item:Subject", "item:Sensitivity", "item:Categories", "item:Importance", "item:ReminderIsSet", "item:ReminderMinutesBeforeStart", "calendar:UID", "calendar:Start", "calendar:End",
					"calendar:IsAllDayEvent", "calendar:LegacyFreeBusyStatus", "calendar:Location", "calendar:Recurrence", "item:Body"}
				a, b := leaves(read(t, p, it, "IdOnly", paths...)), leaves(read(t, p, again, "IdOnly", paths...))
				for k := range a {
					if !b[k] && !strings.HasSuffix(k, "=") && !strings.Contains(k, "ReminderMinutes") {
						t.Errorf("lost %s, have %v of\n%s", k, b, ics)
					}
				}
			})
		}
	}
}
