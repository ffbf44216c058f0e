package hcl

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

func parseGlob(s string) (string, error) {
	if s == "" || !doublestar.ValidatePattern(s) {
		return "", errors.New("it is not a pattern; * stands for any text, ? for one character")
	}
	return s, nil
}

// parseFolderGlob accepts patterns of paths below a folder.
func parseFolderGlob(s string) (string, error) {
	s = strings.TrimPrefix(s, "/")
	for segment := range strings.SplitSeq(s, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return "", errors.New("it is a path below the folder, with a name between any two slashes and none at its end")
		}
	}
	return parseGlob(s)
}

// propertySets are the names of Exchange Web Services for the sets of named properties.
var propertySets = []string{"Address", "Appointment", "CalendarAssistant", "Common", "InternetHeaders", "Meeting", "PublicStrings", "Sharing", "Task", "UnifiedMessaging"}

var propertySet = regexp.MustCompile(`^\{[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}$`)

// parseProperty accepts SET/NAME and SET/0xID, where SET is a well-known name or a GUID in braces.
func parseProperty(s string) (string, error) {
	set, name, ok := strings.Cut(s, "/")
	if !ok || name == "" {
		return "", errors.New("a named property is a set, a slash and a name or number")
	}
	if strings.HasPrefix(set, "{") {
		if set = strings.ToLower(set); !propertySet.MatchString(set) {
			return "", errors.New("the GUID of its set is not complete")
		}
		return set + "/" + name, nil
	}
	for _, known := range propertySets {
		if set == known {
			return s, nil
		}
	}
	return "", fmt.Errorf("%q is not a set of properties; use a GUID in braces or one of %s", set, strings.Join(propertySets, ", "))
}

// addressMap reads `map`, in which addresses stand for addresses and domains for domains.
func (s *section) addressMap(into *map[string]string) {
	v, ok := s.value("map", cty.DynamicPseudoType)
	if !ok {
		return
	}
	rng := s.body.Attributes["map"].Expr.Range()
	v, outer := v.Unmark()
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		s.wrong("map", rng, "map is pairs in braces")
		return
	}
	pairs := map[string]string{}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		e, err := convert.Convert(e, cty.String)
		if err != nil || e.IsNull() {
			s.wrong("map", rng, "%q in map does not become text in quotes", k.AsString())
			continue
		}
		e, inner := e.Unmark()
		from, to := text{k.AsString(), len(outer) > 0, rng}, text{e.AsString(), len(outer)+len(inner) > 0, rng}
		a, errA := parseMapped(from.string)
		b, errB := parseMapped(to.string)
		switch {
		case errA != nil:
			s.wrong("map", rng, "%s is neither an address nor a domain with @ before it", from.quoted())
		case errB != nil:
			s.wrong("map", rng, "%s is neither an address nor a domain with @ before it", to.quoted())
		case strings.HasPrefix(a, "@") != strings.HasPrefix(b, "@"):
			s.wrong("map", rng, "%s cannot become %s: an address becomes an address and a domain a domain", from.quoted(), to.quoted())
		case pairs[a] != "":
			s.wrong("map", rng, "%s stands in it twice, in different case", from.quoted())
		default:
			pairs[a] = b
		}
	}
	if s.failed["map"] {
		return
	}
	if *into = pairs; len(pairs) == 0 { // takes back the default of a session
		*into = nil
	}
}

// parseMapped accepts an address or a domain with @ before it.
func parseMapped(s string) (string, error) {
	if domain, ok := strings.CutPrefix(s, "@"); ok {
		_, err := parseAddress("a@" + domain)
		return strings.ToLower(s), err
	}
	return parseAddress(s)
}
