package soap

import "strconv"

// serverOf reads a ServerVersionInfo (MS-OXWSCDATA 2.2.3.12). ok is false if it tells nothing.
func serverOf(e *Element) (s Server, ok bool) {
	number := func(name string) int {
		n, err := strconv.Atoi(e.Attr(name))
		if err != nil {
			return 0
		}
		return n
	}
	s = Server{Major: number("MajorVersion"), Minor: number("MinorVersion"), Build: number("MajorBuildNumber")}
	if s.Major == 0 {
		for v, name := range versionNames {
			if name == e.Attr("Version") {
				s.Version = Version(v)
				return s, true
			}
		}
		return s, false
	}
	s.Version = versionOf(s.Major, s.Minor, s.Build)
	// Exchange has no such schema in that build.
	s.Grommunio = s.Major == 15 && s.Minor == 0 && s.Build == 847 && number("MinorBuildNumber") == 4040 && e.Attr("Version") == "V2017_07_11"
	return s, true
}

// versionOf is the latest schema that a build knows.
func versionOf(major, minor, build int) Version {
	switch {
	case major < 14:
		return Exchange2007SP1
	case major == 14 && minor == 0:
		return Exchange2010
	case major == 14 && minor == 1:
		return Exchange2010SP1
	case major == 14:
		return Exchange2010SP2
	case major == 15 && minor == 0 && build < 847:
		return Exchange2013
	case major == 15 && minor == 0:
		return Exchange2013SP1
	}
	return Exchange2016
}
