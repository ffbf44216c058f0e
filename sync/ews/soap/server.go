package soap

import "fmt"

// Version is a version of Exchange, as far as its EWS differ. Later ones are greater.
type Version int

// The versions that a request can be written for (RequestServerVersion, MS-OXWSCDATA 2.2.5.12).
const (
	Exchange2007SP1 Version = iota
	Exchange2010
	Exchange2010SP1
	Exchange2010SP2
	Exchange2013
	Exchange2013SP1
	Exchange2016
)

var versionNames = [...]string{"Exchange2007_SP1", "Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2", "Exchange2013",
	"Exchange2013_SP1", "Exchange2016"}

// String is the name that RequestServerVersion has for it.
func (v Version) String() string {
	if v < 0 || int(v) >= len(versionNames) {
		return fmt.Sprintf("Version(%d)", int(v))
	}
	return versionNames[v]
}

// Server is what answers, as far as it matters for what can be asked of it.
type Server struct {
	Version             Version // the version to write requests for
	Major, Minor, Build int     // as the answers say; 8 is 2007, 14 is 2010, 15 is 2013 and later
	Grommunio           bool
}

// String names the product and its build.
func (s Server) String() string {
	product := "Exchange"
	switch {
	case s.Grommunio:
		return "grommunio"
	case s.Major == 8:
		product = "Exchange 2007"
	case s.Major == 14:
		product = "Exchange 2010"
	case s.Major == 15 && s.Minor == 0:
		product = "Exchange 2013"
	case s.Major == 15 && s.Minor == 1:
		product = "Exchange 2016"
	case s.Major == 15:
		product = "Exchange 2019 or later"
	}
	return fmt.Sprintf("%s (%d.%d.%d)", product, s.Major, s.Minor, s.Build)
}
