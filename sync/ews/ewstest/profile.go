package ewstest

import (
	"slices"

	"iorepl/sync/ews/ewstest/mapi"
)

// Profile is the server that is imitated.
type Profile = mapi.Profile

// The profiles.
const (
	Exchange2007SP1 = mapi.Exchange2007SP1
	Exchange2010SP2 = mapi.Exchange2010SP2
	Exchange2016    = mapi.Exchange2016
	Grommunio       = mapi.Grommunio
)

// build is what a profile says about itself in ServerVersionInfo (MS-OXWSCDATA 2.2.3.12).
type build struct {
	major, minor, build, revision int
	version                       string
}

func buildOf(p Profile) build {
	switch p {
	case Exchange2007SP1:
		return build{8, 1, 436, 0, "Exchange2007_SP1"}
	case Exchange2010SP2:
		return build{14, 2, 328, 9, "Exchange2010_SP2"}
	case Exchange2016:
		return build{15, 1, 2507, 6, "V2017_07_11"}
	default:
		return build{15, 0, 847, 4040, "V2017_07_11"}
	}
}

// The ranks of RequestServerVersion values, as far as behaviour differs.
const (
	rank2007 = iota
	rank2007SP1
	rank2010
	rank2010SP1
	rank2010SP2
	rank2013
	rank2013SP1
	rank2016
)

var versionRanks = []string{"Exchange2007", "Exchange2007_SP1", "Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2",
	"Exchange2013", "Exchange2013_SP1", "Exchange2016"}

// The names that 2016 takes besides those of products.
var datedVersions = []string{"V2015_10_05", "V2016_01_06", "V2016_04_13", "V2016_07_13", "V2016_10_10", "V2017_01_07",
	"V2017_04_14", "V2017_07_11"}

// rankOf is the rank of a RequestServerVersion for a profile, false if that server refuses it.
func rankOf(p Profile, version string) (int, bool) {
	if p == Grommunio {
		return rank2016, true
	}
	if version == "" {
		return rank2007SP1, true
	}
	r := slices.Index(versionRanks, version)
	if r < 0 && slices.Contains(datedVersions, version) {
		r = rank2016
	}
	return r, r >= 0 && r <= newest(p)
}

// newest is the highest rank that a profile knows.
func newest(p Profile) int {
	switch p {
	case Exchange2007SP1:
		return rank2007SP1
	case Exchange2010SP2:
		return rank2010SP2
	default:
		return rank2016
	}
}

// pageCap is how many items FindItem gives at most unless Options say otherwise; 0 is no cap. Throttling came with 2010.
func pageCap(p Profile) int {
	if p == Grommunio || p == Exchange2007SP1 {
		return 0
	}
	return 1000
}

// availabilityDays is how many days GetUserAvailability gives at most unless Options say otherwise; 0 is no limit.
func availabilityDays(p Profile) int {
	switch p {
	case Exchange2007SP1:
		return 42
	case Grommunio:
		return 0
	default:
		return 62
	}
}

// requestLimit is how long a request may be unless Options say otherwise.
func requestLimit(p Profile) int64 {
	switch p {
	case Exchange2007SP1:
		return 13280 << 10
	case Exchange2010SP2:
		return 30 << 20
	case Grommunio:
		return 50 << 20
	default:
		return 64 << 20
	}
}
