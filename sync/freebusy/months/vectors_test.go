package months

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan/freebusy"
)

func minute(year int, month time.Month, day, hour, min int) freebusy.Minute {
	return freebusy.MinuteOf(time.Date(year, month, day, hour, min, 0, 0, time.UTC))
}

func interval(start, end freebusy.Minute) freebusy.Interval {
	return freebusy.Interval{Start: start, End: end}
}

// times are those of one kind.
func times(start, end freebusy.Minute, k freebusy.Kind, intervals ...freebusy.Interval) freebusy.Times {
	var of [freebusy.Kinds][]freebusy.Interval
	of[k] = intervals
	return freebusy.NewTimes(start, end, of)
}

// roundTrip wants times to become a message and the same times again, without a note.
func roundTrip(t *testing.T, want freebusy.Times) Message {
	t.Helper()
	m := Encode(want)
	got, notes, err := Decode(m)
	if err != nil || len(notes) > 0 || !got.Equal(want) {
		t.Errorf("%+v\nbecame %+v\nwith notes %q and error %v", want, got, notes, err)
	}
	return m
}

func TestMonthsHaveTheirNumbers(t *testing.T) {
	for value, at := range map[int32]freebusy.Minute{
		32427: minute(2026, 11, 1, 0, 0),
		32428: minute(2026, 12, 1, 0, 0),
		32433: minute(2027, 1, 1, 0, 0),
		25617: 0,
	} {
		m, ok := parseMonth(value)
		if !ok || m.start() != at || m.value() != value || monthOf(at) != m {
			t.Errorf("%d is %s, which starts at %s", value, m, m.start())
		}
	}
}

func TestEveryMonthStartsWhenTheCalendarSays(t *testing.T) {
	for m := range endOfMonths {
		want := minute(1601, time.Month(m+1), 1, 0, 0)
		if m.start() != want || monthOf(want) != m || m > 0 && monthOf(want-1) != m-1 {
			t.Fatalf("%s starts at %s, not at %s; that is in %s", m, m.start(), want, monthOf(want))
		}
		if want := want.Time().Format("2006-01"); m.String() != want {
			t.Fatalf("%s is called %s", want, m)
		}
		if back, ok := parseMonth(m.value()); !ok || back != m {
			t.Fatalf("%s has the number %d, which is %s", m, m.value(), back)
		}
	}
}

// The vectors are those of the reference, section 4.
func TestPublishedExample(t *testing.T) {
	start, end := minute(2026, 11, 1, 0, 0), minute(2027, 2, 1, 0, 0)
	if start != 223966080 || end != 224098560 {
		t.Fatalf("the range is from %d to %d", start, end)
	}
	meeting := interval(minute(2026, 11, 3, 9, 0), minute(2026, 11, 3, 10, 30))
	night := interval(minute(2026, 11, 30, 22, 0), minute(2026, 12, 1, 2, 0))

	m := Encode(times(start, end, freebusy.Busy, meeting))
	if got := hex.EncodeToString(m.Busy.Blocks[0]); got != "5c0db60d" {
		t.Errorf("the meeting is %s", got)
	}
	m = Encode(times(start, end, freebusy.Busy, night))
	if got := hex.EncodeToString(slices.Concat(m.Busy.Blocks...)); got != "48a8c0a8"+"00007800" {
		t.Errorf("the night is %s", got)
	}
	got := roundTrip(t, times(start, end, freebusy.Busy, meeting, night))
	nov, _ := base64.StdEncoding.DecodeString("XA22DUiowKg=")
	dec, _ := base64.StdEncoding.DecodeString("AAB4AA==")
	busy := Pair{Months: []int32{32427, 32428}, Blocks: [][]byte{nov, dec}}
	if diff := cmp.Diff(Message{Start: 223966080, End: 224098560, Merged: busy, Busy: busy}, got); diff != "" {
		t.Error(diff)
	}
}

func TestKindsGoWhereTheyBelong(t *testing.T) {
	start, end := minute(2026, 11, 1, 0, 0), minute(2026, 12, 1, 0, 0)
	var of [freebusy.Kinds][]freebusy.Interval
	of[freebusy.Busy] = []freebusy.Interval{interval(start+60, start+120)}
	of[freebusy.OutOfOffice] = []freebusy.Interval{interval(start+120, start+180), interval(start+600, start+660)}
	of[freebusy.Tentative] = []freebusy.Interval{interval(start+150, start+240)}
	got := roundTrip(t, freebusy.NewTimes(start, end, of))
	pair := func(hexed string) Pair {
		b, _ := hex.DecodeString(hexed)
		return Pair{Months: []int32{32427}, Blocks: [][]byte{b}}
	}
	want := Message{Start: start, End: end,
		Merged:    pair("3c00b400" + "58029402"), // busy and away touch; tentative has no part in it
		Busy:      pair("3c007800"),
		Tentative: pair("9600f000"),
		Away:      pair("7800b400" + "58029402"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingIsSaidWithoutEmptyProperties(t *testing.T) {
	start, end := minute(2026, 11, 1, 0, 0), minute(2026, 12, 1, 0, 0)
	got := roundTrip(t, freebusy.Times{Start: start, End: end})
	if diff := cmp.Diff(Message{Start: start, End: end}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEndsOfMonthsAndYears(t *testing.T) {
	start, end := minute(2027, 1, 1, 0, 0), minute(2029, 1, 1, 0, 0)
	for name, c := range map[string]struct {
		interval freebusy.Interval
		months   []int32
		blocks   string
	}{
		"the last minute of a month":  {interval(minute(2028, 2, 29, 23, 59), minute(2028, 3, 1, 0, 0)), []int32{32450}, "1fa320a3"},
		"the first minute of a month": {interval(minute(2028, 3, 1, 0, 0), minute(2028, 3, 1, 0, 1)), []int32{32451}, "00000100"},
		"a whole month of 31 days":    {interval(minute(2027, 1, 1, 0, 0), minute(2027, 2, 1, 0, 0)), []int32{32433}, "000060ae"},
		"a February of 28 days": {interval(minute(2027, 2, 28, 12, 0), minute(2027, 3, 1, 12, 0)), []int32{32434, 32435},
			"b09a809d" + "0000d002"},
		"a February of 29 days": {interval(minute(2028, 2, 28, 12, 0), minute(2028, 3, 1, 12, 0)), []int32{32450, 32451},
			"b09a20a3" + "0000d002"},
		"the turn of the year": {interval(minute(2027, 12, 31, 20, 0), minute(2028, 1, 1, 6, 0)), []int32{32444, 32449}, "70ad60ae" + "00006801"},
		"three months": {interval(minute(2027, 4, 30, 0, 0), minute(2027, 6, 2, 0, 0)), []int32{32436, 32437, 32438},
			"20a3c0a8" + "000060ae" + "0000a005"},
	} {
		t.Run(name, func(t *testing.T) {
			m := roundTrip(t, times(start, end, freebusy.OutOfOffice, c.interval))
			if got := hex.EncodeToString(slices.Concat(m.Away.Blocks...)); got != c.blocks || !slices.Equal(m.Away.Months, c.months) {
				t.Errorf("%v %s, want %v %s", m.Away.Months, got, c.months, c.blocks)
			}
		})
	}
}

// An appointment counts in UTC, whatever the clocks do meanwhile.
func TestDaylightSavingDoesNotMatter(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("the time zone database is not there")
	}
	start, end := minute(2026, 1, 1, 0, 0), minute(2027, 1, 1, 0, 0)
	local := func(month time.Month, day, hour, min int) freebusy.Minute {
		return freebusy.MinuteOf(time.Date(2026, month, day, hour, min, 0, 0, berlin))
	}
	for name, c := range map[string]struct {
		interval freebusy.Interval
		blocks   string
	}{
		"the day before summer time begins":    {interval(local(3, 28, 9, 0), local(3, 28, 10, 0)), "c099fc99"}, // 08:00 to 09:00 UTC
		"the day on which it begins":           {interval(local(3, 29, 9, 0), local(3, 29, 10, 0)), "249f609f"}, // 07:00 to 08:00 UTC
		"through the hour that is left out":    {interval(local(3, 29, 1, 30), local(3, 29, 3, 30)), "9e9dda9d"},
		"the day before it ends":               {interval(local(10, 24, 9, 0), local(10, 24, 10, 0)), "04834083"},
		"the day on which it ends":             {interval(local(10, 25, 9, 0), local(10, 25, 10, 0)), "e0881c89"},
		"through the hour that comes twice":    {interval(local(10, 25, 1, 30), local(10, 25, 3, 30)), "e2869687"},
		"the last evening of a month":          {interval(local(3, 31, 23, 0), local(3, 31, 23, 59)), "acade7ad"},
		"the first of a month, not yet in UTC": {interval(local(4, 1, 0, 0), local(4, 1, 1, 0)), "e8ad24ae"},
	} {
		t.Run(name, func(t *testing.T) {
			m := roundTrip(t, times(start, end, freebusy.Busy, c.interval))
			if got := hex.EncodeToString(slices.Concat(m.Busy.Blocks...)); got != c.blocks {
				t.Errorf("%s, want %s", got, c.blocks)
			}
		})
	}
}
