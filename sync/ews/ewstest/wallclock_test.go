package ewstest

import (
	"testing"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
)

// TestWallClockAgreesWithTheWorld compares zones of requests with those of the IANA database, north and south of the equator.
func TestWallClockAgreesWithTheWorld(t *testing.T) {
	at := func(order int, month time.Month, hour int) clockChange {
		return clockChange{month: month, order: order, day: "Sunday", at: time.Duration(hour) * time.Hour}
	}
	for name, w := range map[string]wallClock{
		"Europe/Berlin":       {standard: -time.Hour, summer: -2 * time.Hour, toStandard: at(5, time.October, 3), toSummer: at(5, time.March, 2), changes: true},
		"America/Los_Angeles": {standard: 8 * time.Hour, summer: 7 * time.Hour, toStandard: at(1, time.November, 2), toSummer: at(2, time.March, 2), changes: true},
		"Australia/Sydney":    {standard: -10 * time.Hour, summer: -11 * time.Hour, toStandard: at(1, time.April, 3), toSummer: at(1, time.October, 2), changes: true},
		"Asia/Tokyo":          {standard: -9 * time.Hour, summer: -9 * time.Hour},
	} {
		place, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for m := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); m.Year() == 2026; m = m.Add(30 * time.Minute) {
			got, want := local(w, m).Format(time.RFC3339), m.In(place).Format(time.RFC3339)
			if got != want {
				t.Fatalf("%s: %s is %s, want %s", name, m, got, want)
			}
			// The hour that is there twice may be either.
			if back := w.UTC(w.Wall(m)).Sub(m); back != 0 && back != time.Hour && back != -time.Hour || back != 0 && m.Month() != time.October && m.Month() != time.November && m.Month() != time.April {
				t.Fatalf("%s: %s comes back %s later", name, m, back)
			}
		}
	}
}

// TestZoneDefinitionsAgreeWithTheWorld: a zone with rules is the zone that is known by that name.
func TestZoneDefinitionsAgreeWithTheWorld(t *testing.T) {
	for _, z := range zones {
		clock := must[mapi.Clock](t)
		rules, named := clock(mapi.ParseClock(z.definition(true))), clock(mapi.ParseClock(z.definition(false)))
		for m := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); m.Year() == 2026; m = m.Add(30 * time.Minute) {
			if got, want := rules.Wall(m), named.Wall(m); !got.Equal(want) {
				t.Fatalf("%s: %s is %s, want %s", z.id, m, got, want)
			}
		}
	}
}
