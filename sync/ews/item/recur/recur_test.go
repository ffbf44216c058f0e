package recur

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"iorepl/sync/ews/soap"
)

func day(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		if t, err = time.Parse(time.DateOnly, s); err != nil {
			panic(err)
		}
	}
	return t
}

func until(s string) (time.Time, error) {
	if len(s) == 8 {
		return time.Parse("20060102", s)
	}
	return time.Parse("20060102T150405", strings.TrimSuffix(s, "Z"))
}

// days are the first days of a rule.
func days(r Rule, n int) string {
	var all []string
	for d := range r.All() {
		if len(all) == n {
			return strings.Join(append(all, "..."), " ")
		}
		all = append(all, d.Format(time.DateOnly))
	}
	return strings.Join(all, " ")
}

func TestRules(t *testing.T) {
	tests := []struct{ rule, start, days, canonical string }{
		{"FREQ=DAILY;COUNT=3", "2024-02-28", "2024-02-28 2024-02-29 2024-03-01", ""},
		{"FREQ=DAILY;INTERVAL=2;UNTIL=20240304", "2024-02-28", "2024-02-28 2024-03-01 2024-03-03", "FREQ=DAILY;INTERVAL=2"},
		{"FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=3", "2024-03-01", "2024-03-01 2024-03-04 2024-03-05", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=3"},
		{"FREQ=WEEKLY;COUNT=2", "2024-03-01", "2024-03-01 2024-03-08", "FREQ=WEEKLY;BYDAY=FR;COUNT=2"},
		{"FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=MO;COUNT=4", "2024-03-05", "2024-03-05 2024-03-10 2024-03-19 2024-03-24",
			"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO;COUNT=4"},
		{"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4", "2024-03-05", "2024-03-05 2024-03-17 2024-03-19 2024-03-31", ""},
		{"FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2024-01-31", "2024-01-31 2024-02-29 2024-03-31", ""},
		{"FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1;COUNT=3", "2024-01-30", "2024-01-30 2024-02-29 2024-03-30", ""},
		{"FREQ=MONTHLY;COUNT=2", "2024-01-15", "2024-01-15 2024-02-15", "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=2"},
		{"FREQ=MONTHLY;BYDAY=2TU;COUNT=2", "2024-01-09", "2024-01-09 2024-02-13", ""},
		{"FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2;COUNT=2", "2024-01-09", "2024-01-09 2024-02-13", "FREQ=MONTHLY;BYDAY=2TU;COUNT=2"},
		{"FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "2024-01-26", "2024-01-26 2024-02-23", ""},
		{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", "2024-01-31", "2024-01-31 2024-02-29", ""},
		{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=4;COUNT=1", "2024-01-04", "2024-01-04", ""},
		{"FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=30;COUNT=2", "2024-06-30", "2024-06-30 2025-06-30", ""},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1;COUNT=2", "2024-02-29", "2024-02-29 2025-02-28", ""},
		{"FREQ=YEARLY;COUNT=2", "2024-06-30", "2024-06-30 2025-06-30", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=30;COUNT=2"},
		{"FREQ=YEARLY;INTERVAL=2;COUNT=2", "2024-06-15", "2024-06-15 2026-06-15", "FREQ=MONTHLY;INTERVAL=24;BYMONTHDAY=15;COUNT=2"},
		{"FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2", "2024-11-28", "2024-11-28 2025-11-27", ""},
		{"FREQ=WEEKLY;UNTIL=20240315T100000Z", "2024-03-01 10:00", "2024-03-01 2024-03-08 2024-03-15", "FREQ=WEEKLY;BYDAY=FR"},
		{"FREQ=WEEKLY;UNTIL=20240315T095959Z", "2024-03-01 10:00", "2024-03-01 2024-03-08", "FREQ=WEEKLY;BYDAY=FR"},
		{"FREQ=WEEKLY;UNTIL=20230101", "2024-03-01", "2024-03-01", "FREQ=WEEKLY;BYDAY=FR"},
		{"FREQ=DAILY;COUNT=1500", "2024-01-01", "2024-01-01 2024-01-02 2024-01-03 2024-01-04 ...", "FREQ=DAILY"},
		{"FREQ=DAILY;UNTIL=45000831T000000Z", "2024-01-01", "2024-01-01 2024-01-02 2024-01-03 2024-01-04 ...", "FREQ=DAILY"},
		{"FREQ=DAILY;BYHOUR=9;BYMINUTE=5;COUNT=1", "2024-01-01 09:05", "2024-01-01", "FREQ=DAILY;COUNT=1"},
	}
	for _, test := range tests {
		r, notes, err := Parse(test.rule, day(test.start), until)
		if err != nil || len(notes) > 0 {
			t.Errorf("%s: %v %v", test.rule, notes, err)
			continue
		}
		if got := days(r, 4); got != test.days {
			t.Errorf("%s: %s, want %s", test.rule, got, test.days)
		}
		canonical := test.canonical
		if canonical == "" {
			canonical = test.rule
		}
		if got := r.String(); got != canonical {
			t.Errorf("%s becomes %s, want %s", test.rule, got, canonical)
		}
		back, err := FromElement(r.Element(soap.Exchange2010SP2))
		if d := cmp.Diff(r, back); d != "" || err != nil {
			t.Errorf("%s as an element and back: %v\n%s", test.rule, err, d)
		}
		again, _, err := Parse(r.String(), r.Start, until)
		again.End = r.End
		if d := cmp.Diff(r, again); d != "" || err != nil {
			t.Errorf("%s as a rule and back: %v\n%s", test.rule, err, d)
		}
	}
}

func TestLongCountsEndOnTheSameDay(t *testing.T) {
	r, _, err := Parse("FREQ=DAILY;COUNT=1500", day("2024-01-01"), until)
	if want := day("2024-01-01").AddDate(0, 0, 1499); err != nil || !r.End.Equal(want) {
		t.Errorf("%v %v, want %v", r.End, err, want)
	}
}

func TestRulesThatExchangeDoesNotHave(t *testing.T) {
	for _, rule := range []string{"FREQ=HOURLY", "", "FREQ=MONTHLY;BYDAY=1MO,3MO", "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=MONTHLY;BYDAY=5MO",
		"FREQ=MONTHLY;BYDAY=MO", "FREQ=MONTHLY;BYMONTHDAY=-2", "FREQ=YEARLY;BYMONTH=1,7", "FREQ=YEARLY;BYDAY=20MO", "FREQ=YEARLY;BYWEEKNO=20",
		"FREQ=DAILY;BYHOUR=9,15", "FREQ=WEEKLY;BYSETPOS=1", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=x", "FREQ=DAILY;COUNT=-1",
		"FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=", "FREQ=MONTHLY;INTERVAL=100", "FREQ=DAILY;UNTIL=never", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=1",
		"FREQ=YEARLY;BYMONTH=13", "FREQ=DAILY;BYMONTH=1", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "FREQ=YEARLY;INTERVAL=9"} {
		if r, _, err := Parse(rule, day("2024-03-01"), until); err == nil {
			t.Errorf("%q is %+v", rule, r)
		}
	}
}

func TestNotes(t *testing.T) {
	for rule, start := range map[string]string{"FREQ=MONTHLY;BYMONTHDAY=31": "2024-01-31", "FREQ=YEARLY": "2024-02-29",
		"FREQ=WEEKLY;BYDAY=MO": "2024-03-01"} {
		if _, notes, err := Parse(rule, day(start), until); len(notes) != 1 || err != nil {
			t.Errorf("%s: %v %v", rule, notes, err)
		}
	}
}

func TestIndex(t *testing.T) {
	r, _, _ := Parse("FREQ=WEEKLY;BYDAY=MO,WE", day("2024-03-04"), until)
	if n, ok := r.Index(day("2024-03-13")); n != 4 || !ok {
		t.Errorf("%d %v", n, ok)
	}
	if _, ok := r.Index(day("2024-03-12")); ok {
		t.Error("a day that is none")
	}
	r.Count = 2
	if _, ok := r.Index(day("2024-03-13")); ok {
		t.Error("a day after the last")
	}
}

func TestElementsThatMakeNoSense(t *testing.T) {
	noEnd := soap.T("NoEndRecurrence", soap.T("StartDate", "2024-01-01"))
	for _, e := range []*soap.Element{
		soap.T("Recurrence"),
		soap.T("Recurrence", soap.T("DailyRecurrence", soap.T("Interval", "1"))),
		soap.T("Recurrence", soap.T("DailyRecurrence", soap.T("Interval", "0")), noEnd),
		soap.T("Recurrence", soap.T("WeeklyRecurrence", soap.T("Interval", "1"), soap.T("DaysOfWeek", "")), noEnd),
		soap.T("Recurrence", soap.T("AbsoluteYearlyRecurrence", soap.T("DayOfMonth", "1"), soap.T("Month", "Brumaire")), noEnd),
		soap.T("Recurrence", soap.T("HourlyRecurrence"), noEnd),
	} {
		if r, err := FromElement(e); err == nil {
			t.Errorf("%+v", r)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("FREQ=MONTHLY;BYDAY=2TU;INTERVAL=2;COUNT=5", int64(1e9))
	f.Fuzz(func(t *testing.T, rule string, at int64) {
		start := time.Unix(at%(1<<33), 0).UTC()
		r, _, err := Parse(rule, start, until)
		if err != nil {
			return
		}
		again, _, err := Parse(r.String(), r.Start, until)
		again.End = r.End
		if d := cmp.Diff(r, again); d != "" || err != nil {
			t.Errorf("%v %s", err, d)
		}
	})
}
