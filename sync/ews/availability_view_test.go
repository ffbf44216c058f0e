package ews

import (
	"strings"
	"testing"
	"time"

	"iorepl/plan/freebusy"
	"iorepl/sync/ews/soap"
)

// day is the midnight that begins 3 November 2026.
var day = freebusy.MinuteOf(time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC))

func event(start, end, status string) *soap.Element {
	return soap.T("CalendarEvent", soap.T("StartTime", start), soap.T("EndTime", end), soap.T("BusyType", status))
}

func view(kind, digits string, events ...*soap.Element) *soap.Element {
	v := soap.M("FreeBusyView", soap.T("FreeBusyViewType", kind))
	if digits != "" {
		v.Add(soap.T("MergedFreeBusy", digits))
	}
	if events != nil {
		v.Add(soap.T("CalendarEventArray", events))
	}
	return v
}

// show writes times as hours of the day.
func show(s freebusy.Slice) string {
	if s.Err != nil {
		return "error: " + s.Err.Error()
	}
	hour := func(m freebusy.Minute) string { return (time.Duration(m-day) * time.Minute).String() }
	parts := []string{hour(s.Times.Start) + " to " + hour(s.Times.End)}
	for k := range s.Times.Of {
		for _, i := range s.Times.Of[k] {
			parts = append(parts, freebusy.Kind(k).String()+" "+hour(i.Start)+" to "+hour(i.End))
		}
	}
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(strings.Join(append(parts, s.Notes...), ", "))
}

func TestViewsAreReadSafely(t *testing.T) {
	rep := strings.Repeat
	const merged = ", the Availability service knows only merged free/busy, in steps of 15 minutes"
	for name, c := range map[string]struct {
		views []*soap.Element // of one day each
		want  string
	}{
		"nothing":         {[]*soap.Element{nil}, "error: the Availability service has no data"},
		"view None":       {[]*soap.Element{view("None", "")}, "error: the Availability service has no data"},
		"no appointments": {[]*soap.Element{view("FreeBusy", "")}, "0s to 24h"},
		"zones": {[]*soap.Element{view("FreeBusy", "", event("2026-11-03T09:00:00", "2026-11-03T10:00:00Z", "Busy"),
			event("2026-11-03T06:00:00-05:00", "2026-11-03T13:00:00.500+01:00", "OOF"))}, "0s to 24h, busy 9h to 10h, out of office 11h to 12h1m"},
		"clocks go back": {[]*soap.Element{view("FreeBusy", "", event("2026-11-03T02:30:00+02:00", "2026-11-03T02:30:00+01:00", "Busy"))}, "0s to 24h, busy 30m to 1h30m"},
		"kinds": {[]*soap.Element{view("Detailed", "", event("2026-11-03T01:00:00", "2026-11-03T02:00:00", "Free"), event("2026-11-03T03:00:00", "2026-11-03T04:00:00", "WorkingElsewhere"),
			event("2026-11-03T05:00:00", "2026-11-03T06:00:00", "NoData"), event("2026-11-03T07:00:00", "2026-11-03T07:00:00", "Busy"))}, "0s to 24h"},
		"odd": {[]*soap.Element{view("FreeBusy", "", event("2026-11-03T02:00:00", "2026-11-03T01:00:00", "Busy"), event("2026-11-03T03:00:00", "2026-11-03T04:00:00", "Asleep"))},
			"0s to 24h, busy 3h to 4h, 2 appointments end before they start or have an unknown status; the first are left out, the others count as busy"},
		"no time":        {[]*soap.Element{view("FreeBusy", "", event("today", "2026-11-03T01:00:00", "Busy"))}, `error: the Availability service gives an appointment at "today"`},
		"from afar":      {[]*soap.Element{view("FreeBusy", "", event("0001-01-01T00:00:00", "9999-12-31T23:59:59", "Busy"))}, "0s to 24h, busy 0s to 24h"},
		"in both slices": {[]*soap.Element{view("FreeBusy", "", event("2026-11-03T23:00:00", "2026-11-04T01:00:00", "Busy")), view("FreeBusy", "", event("2026-11-03T23:00:00", "2026-11-04T01:00:00", "Busy"))}, "0s to 48h, busy 23h to 25h"},
		"both":           {[]*soap.Element{view("FreeBusyMerged", rep("2", 96), event("2026-11-03T01:00:00", "2026-11-03T02:00:00", "Tentative"))}, "0s to 24h, tentative 1h to 2h"},
		"digits":         {[]*soap.Element{view("MergedOnly", "0122335"+rep("0", 89))}, "0s to 24h, busy 30m to 1h, tentative 15m to 30m, out of office 1h to 1h30m" + merged},
		"all 4":          {[]*soap.Element{view("MergedOnly", rep("4", 96))}, "error: the Availability service has no data"},
		"no digits":      {[]*soap.Element{view("MergedOnly", "")}, "error: the Availability service has no data"},
		"4 at the end":   {[]*soap.Element{view("MergedOnly", rep("2", 96)), view("MergedOnly", rep("2", 48)+rep("4", 48))}, "0s to 36h, busy 0s to 36h, there is no data from 2026-11-04T12:00Z on" + merged},
		"4 at the begin": {[]*soap.Element{view("MergedOnly", rep("4", 96)), view("FreeBusy", "")}, "24h to 48h, there is no data before 2026-11-04T00:00Z" + merged},
		"4 in between":   {[]*soap.Element{view("MergedOnly", rep("2", 40)+"4"+rep("0", 55))}, "error: there is no data for the time from 2026-11-03T10:00Z to 2026-11-03T10:15Z, and no data is not free"},
		"too short":      {[]*soap.Element{view("MergedOnly", rep("0", 95)), view("MergedOnly", rep("0", 96))}, "error: there is no data for the time from 2026-11-03T23:45Z"},
		"too long":       {[]*soap.Element{view("MergedOnly", rep("0", 96)+rep("2", 1000))}, "0s to 24h" + merged},
		"not a digit":    {[]*soap.Element{view("MergedOnly", rep("0", 90)+"x")}, `error: the Availability service gives merged free/busy with "x"`},
	} {
		t.Run(name, func(t *testing.T) {
			var u asked
			from := day
			for _, v := range c.views {
				if u.err == nil {
					u.err = u.read(v, from, from+minutesADay, false)
				}
				from += minutesADay
			}
			if got := show(u.slice(day, from)); got != c.want && !(strings.HasPrefix(c.want, "error") && strings.HasPrefix(got, c.want)) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestTimesThatAreNoWholeDays(t *testing.T) {
	u := asked{}
	if err := u.read(view("MergedOnly", strings.Repeat("2", 96)), day, day+minutesADay, false); err != nil {
		t.Fatal(err)
	}
	if got := show(u.slice(day+125, day+610)); !strings.HasPrefix(got, "2h5m to 10h10m, busy 2h5m to 10h10m") {
		t.Error(got)
	}
}
