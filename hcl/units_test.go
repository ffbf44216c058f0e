package hcl

import (
	"testing"
	"time"

	"iorepl/plan"
)

func TestSizesAndRates(t *testing.T) {
	for in, want := range map[string]int64{
		"1": 1, "20MB": 20e6, "1.5 GiB": 3 << 29, "2kB": 2000, "2KB": 2000, "1KiB": 1024, "0.5MB": 500000,
		"": 0, "MB": 0, "20Mb": 0, "-1MB": 0, "1e3": 0, "0": 0, "0.5B": 0, "9223372036854775808": 0, "20 M B": 0,
	} {
		if got, err := parseSize(in); got != want || (err != nil) != (want == 0) {
			t.Errorf("parseSize(%q) = %d, %v, want %d", in, got, err, want)
		}
	}
	for in, want := range map[string]int64{"2MB/s": 2e6, "2MB": 0, "2MB/h": 0, "/s": 0} {
		if got, err := parseRate(in); got != want || (err != nil) != (want == 0) {
			t.Errorf("parseRate(%q) = %d, %v, want %d", in, got, err, want)
		}
	}
}

func TestDurations(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"90d": 90 * 24 * time.Hour, "12h": 12 * time.Hour, "2w": 14 * 24 * time.Hour, "1d12h": 36 * time.Hour, "90s": 90 * time.Second, "5m": 5 * time.Minute,
		"": 0, "5": 0, "0d": 0, "1.5h": 0, "-1h": 0, "1 d": 0, "1y": 0, "999999w": 0, "15250w1d1d1d1d1d1d1d1d1d1d1d1d1d1d": 0,
	} {
		if got, err := parseDuration(in); got != want || (err != nil) != (want == 0) {
			t.Errorf("parseDuration(%q) = %v, %v, want %v", in, got, err, want)
		}
	}
}

func TestLimits(t *testing.T) {
	for in, want := range map[string]plan.Limit{
		"10%": {Percent: 10}, "0%": {}, "100%": {Percent: 100}, "2.5%": {Percent: 2.5}, "25": {Count: 25, IsCount: true}, "0": {IsCount: true},
	} {
		if got, err := parseLimit(in); err != nil || got != want {
			t.Errorf("parseLimit(%q) = %+v, %v, want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "%", "-1", "101%", "-1%", "NaN%", "1.5", "ten"} {
		if got, err := parseLimit(in); err == nil {
			t.Errorf("parseLimit(%q) = %+v, want an error", in, got)
		}
	}
}

func TestWindowsContainTheirTimes(t *testing.T) {
	// 2024-01-01 is a Monday.
	at := func(day, hour, minute int) time.Time { return time.Date(2024, 1, day, hour, minute, 0, 0, time.UTC) }
	for _, c := range []struct {
		window  string
		in, out []time.Time
	}{
		{"08:00-18:00", []time.Time{at(1, 8, 0), at(7, 17, 59)}, []time.Time{at(1, 7, 59), at(1, 18, 0)}},
		{"mon-fri 22:00-06:00", []time.Time{at(1, 22, 0), at(2, 5, 59), at(6, 5, 59)}, []time.Time{at(1, 5, 59), at(6, 6, 0), at(6, 23, 0), at(7, 3, 0)}},
		{"sat,sun 00:00-24:00", []time.Time{at(6, 0, 0), at(7, 23, 59)}, []time.Time{at(5, 23, 59), at(8, 0, 0)}},
		{"Sat-Mon 9:00-10:00", []time.Time{at(6, 9, 0), at(7, 9, 0), at(1, 9, 0)}, []time.Time{at(2, 9, 0), at(5, 9, 0)}},
		{"sun 23:00-00:00", []time.Time{at(7, 23, 30)}, []time.Time{at(8, 0, 0), at(7, 0, 0)}},
	} {
		w, err := parseWindow(c.window)
		if err != nil {
			t.Errorf("%s: %v", c.window, err)
			continue
		}
		for _, tm := range c.in {
			if !w.Contains(tm) {
				t.Errorf("%s does not contain %v", c.window, tm)
			}
		}
		for _, tm := range c.out {
			if w.Contains(tm) {
				t.Errorf("%s contains %v", c.window, tm)
			}
		}
	}
}
