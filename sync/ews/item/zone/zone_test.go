package zone

import (
	"strings"
	"testing"
	"time"
)

func TestEveryZoneIsKnownByBothNames(t *testing.T) {
	zones, _ := known()
	if len(zones) != len(names) {
		t.Errorf("%d of %d zones", len(zones), len(names))
	}
	for n, list := range cities {
		for _, c := range strings.Fields(list) {
			z, ok := ByName(c, time.Now())
			if l, err := time.LoadLocation(c); !ok || z.Windows() != n || err != nil {
				t.Errorf("%q is %q: %v, %v", c, z.Windows(), l, err)
			}
		}
	}
	now := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, z := range zones {
		for _, name := range []string{z.Windows(), z.IANA()} {
			if got, ok := ByName(name, now); !ok || got.Windows() != z.Windows() {
				t.Errorf("%q is %q", name, got.Windows())
			}
		}
	}
}

func TestNames(t *testing.T) {
	tests := []struct{ name, want string }{
		{"Europe/Paris", "Romance Standard Time"},
		{"Europe/Vienna", "W. Europe Standard Time"},
		{"/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "W. Europe Standard Time"},
		{"/mozilla.org/20050126_1/America/New_York", "Eastern Standard Time"},
		{"pacific standard time", "Pacific Standard Time"},
		{"tzone://Microsoft/Utc", "UTC"},
		{"Etc/UTC", "UTC"},
		{"America/Kentucky/Monticello", "Eastern Standard Time"},
		{"America/Detroit", "Eastern Standard Time"},
		{"Asia/Calcutta", "India Standard Time"},
		{"Mars/Olympus", ""},
		{"../../etc/passwd", ""},
		{"", ""},
	}
	for _, test := range tests {
		z, ok := ByName(test.name, time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC))
		if ok != (test.want != "") || ok && z.Windows() != test.want {
			t.Errorf("ByName(%q) = %q, %v; want %q", test.name, z.Windows(), ok, test.want)
		}
	}
}

func TestDefinitionsAreMatched(t *testing.T) {
	berlin, _ := ByName("Europe/Berlin", time.Now())
	at := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"My Berlin", "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"} {
		if z, same := Match(offsets(berlin.Location()), at, name); !same || z.IANA() != "Europe/Berlin" {
			t.Errorf("%q: %s %v", name, z.IANA(), same)
		}
	}
	if z, same := Match(func(time.Time) int { return 4321 }, at, ""); same {
		t.Errorf("a zone that nobody has is %s", z.IANA())
	}
}

func TestChanges(t *testing.T) {
	z, _ := ByName("Europe/Berlin", time.Now())
	s, d, ok := z.Yearly(2024)
	if !ok || s.At.Format("01-02 15:04") != "10-27 03:00" || d.At.Format("01-02 15:04") != "03-31 02:00" || d.Nth() != -1 || s.Nth() != -1 ||
		d.From != 3600 || d.To != 7200 {
		t.Errorf("Berlin: %+v %+v %v", s, d, ok)
	}
	z, _ = ByName("America/New_York", time.Now())
	if s, d, ok := z.Yearly(2024); !ok || s.Nth() != 1 || d.Nth() != 2 || d.At.Hour() != 2 {
		t.Errorf("New York: %+v %+v %v", s, d, ok)
	}
	z, _ = ByName("Asia/Tokyo", time.Now())
	if o, _, c := z.Changes(2024); o != 9*3600 || len(c) != 0 {
		t.Errorf("Tokyo: %d %v", o, c)
	}
	if z, _ := ByName("Europe/Dublin", time.Now()); z.Windows() != "GMT Standard Time" {
		t.Errorf("Dublin: %q", z.Windows())
	}
}
