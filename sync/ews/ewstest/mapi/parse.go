package mapi

import (
	"encoding/base64"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

// parse reads one value that is no array; false if it is none of the type.
func parse(k kind, s string) (any, bool) {
	if k == kString {
		return s, true
	}
	s = strings.TrimSpace(s)
	switch k {
	case kShort:
		n, err := strconv.ParseInt(s, 10, 16)
		return int16(n), err == nil
	case kInteger:
		n, err := strconv.ParseInt(s, 10, 32)
		return int32(n), err == nil
	case kLong:
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err == nil
	case kFloat:
		f, ok := parseFloat(s, 32)
		return float32(f), ok
	case kDouble:
		return parseFloat(s, 64)
	case kAppTime:
		f, ok := parseFloat(s, 64)
		return appTime(f), ok
	case kCurrency:
		return parseCurrency(s)
	case kBoolean:
		return parseBool(s)
	case kTime:
		t, ok := parseTime(s)
		return filetimeOf(t), ok
	case kCLSID:
		s = strings.ToLower(strings.Trim(s, "{}"))
		return clsid(s), isGUID(s)
	case kBinary:
		return parseBinary(s)
	}
	return nil, false
}

func parseFloat(s string, bits int) (float64, bool) {
	switch s {
	case "INF":
		return math.Inf(1), true
	case "-INF":
		return math.Inf(-1), true
	}
	f, err := strconv.ParseFloat(s, bits)
	return f, err == nil
}

// parseCurrency reads a decimal number of at most four fractional digits.
func parseCurrency(s string) (currency, bool) {
	if strings.ContainsAny(s, "eE/") {
		return 0, false
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0, false
	}
	r.Mul(r, big.NewRat(1e4, 1))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return currency(r.Num().Int64()), true
}

// parseBool reads xs:boolean, and the capitals that .NET writes.
func parseBool(s string) (bool, bool) {
	switch strings.ToLower(s) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// timeLayouts are the forms of xs:dateTime and xs:date; Go takes a fraction of a second after any of them.
var timeLayouts = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02Z07:00", "2006-01-02"}

// parseTime reads a time within the range of FILETIME as far as xs:dateTime can write it. Without a zone it is UTC.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return t.UTC(), t.Year() >= 1601 && t.Year() <= 9999
		}
	}
	return time.Time{}, false
}

func parseBinary(s string) ([]byte, bool) {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, s)
	b, err := base64.StdEncoding.DecodeString(s)
	return b, err == nil
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F'):
			return false
		}
	}
	return true
}

// data is what stands in an element as base64.
func data(e *soap.Element) ([]byte, bool) {
	if len(e.Data) > 0 {
		return e.Data, true
	}
	return parseBinary(e.Text)
}

// parseArray reads the members of an array. An array without members cannot be stored.
func parseArray(k kind, texts []string) (any, bool) {
	if len(texts) == 0 {
		return nil, false
	}
	switch k &^ kArray {
	case kShort:
		return collect[int16](k, texts)
	case kInteger:
		return collect[int32](k, texts)
	case kLong:
		return collect[int64](k, texts)
	case kFloat:
		return collect[float32](k, texts)
	case kDouble:
		return collect[float64](k, texts)
	case kAppTime:
		return collect[appTime](k, texts)
	case kCurrency:
		return collect[currency](k, texts)
	case kTime:
		return collect[filetime](k, texts)
	case kString:
		return collect[string](k, texts)
	case kCLSID:
		return collect[clsid](k, texts)
	case kBinary:
		return collect[[]byte](k, texts)
	}
	return nil, false
}

func collect[T any](k kind, texts []string) (any, bool) {
	all := make([]T, len(texts))
	for i, s := range texts {
		v, ok := parse(k&^kArray, s)
		if !ok {
			return nil, false
		}
		all[i] = v.(T)
	}
	return all, true
}
