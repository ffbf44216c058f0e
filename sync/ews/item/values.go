package item

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

// timeFormat is how times are written: EWS keeps seconds.
const timeFormat = "2006-01-02T15:04:05Z"

func formatTime(t time.Time) string { return t.UTC().Format(timeFormat) }

// parseTime reads an xs:dateTime; one without a zone is in UTC. Outlook writes a time in the year 4501 where there is none.
func parseTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		if t, err = time.Parse("2006-01-02T15:04:05.999999999", s); err != nil {
			if t, err = time.Parse("2006-01-02Z07:00", s); err != nil {
				t, err = time.Parse(time.DateOnly, s)
			}
		}
	}
	if err != nil || t.Year() >= 4500 || t.Year() < 1601 {
		return time.Time{}, false
	}
	return t.UTC().Truncate(time.Second), true
}

// timeAt is the time at a path.
func timeAt(e *soap.Element, path ...string) time.Time {
	t, _ := parseTime(e.Value(path...))
	return t
}

// dayOf is the day that a time at midnight somewhere means: the nearest midnight in UTC.
func dayOf(t time.Time) time.Time { return t.UTC().Add(12 * time.Hour).Truncate(24 * time.Hour) }

func parseBool(s string) bool {
	s = strings.TrimSpace(s)
	return s == "1" || strings.EqualFold(s, "true")
}

func boolAt(e *soap.Element, path ...string) bool { return parseBool(e.Value(path...)) }

// bytesOf is what an element holds that is base64 on the wire.
func bytesOf(e *soap.Element) []byte {
	if e == nil {
		return nil
	}
	if e.Data != nil {
		return e.Data
	}
	return fromBase64(e.Text)
}

// fromBase64 decodes base64 with white space in it; nil if it is none.
func fromBase64(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		return nil
	}
	return b
}

// stringsAt are the texts of the t:String elements at a path.
func stringsAt(e *soap.Element, path ...string) []string {
	var all []string
	for _, s := range e.Child(path...).All("String") {
		if s.Text != "" {
			all = append(all, s.Text)
		}
	}
	return all
}

// stringList is an element with t:String elements.
func stringList(name string, values []string) *soap.Element {
	e := soap.T(name)
	for _, v := range values {
		e.Add(soap.T("String", v))
	}
	return e
}

func intOf(s string) int {
	n, _ := strconv.Atoi(strings.TrimSpace(s))
	return n
}
