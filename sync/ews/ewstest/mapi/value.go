package mapi

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Value is a property's value with its MAPI type. The zero Value is none.
type Value struct{ v any }

// Boolean is a value of the type Boolean.
func Boolean(b bool) Value { return Value{b} }

// Integer is a value of the type Integer (32 bits).
func Integer(i int32) Value { return Value{i} }

// Long is a value of the type Long (64 bits).
func Long(i int64) Value { return Value{i} }

// String is a value of the type String.
func String(s string) Value { return Value{s} }

// Time is a value of the type SystemTime.
func Time(t time.Time) Value { return Value{filetimeOf(t)} }

// Binary is a value of the type Binary. It keeps b, which must not change any more.
func Binary(b []byte) Value { return Value{b} }

// epoch is where FILETIME counts from, in seconds before 1970.
const epoch = 11644473600

// filetimeOf is a time as a property holds it. Times before 1601 become its first moment.
func filetimeOf(t time.Time) filetime {
	s := t.Unix() + epoch
	if s < 0 {
		return 0
	}
	return filetime(s*1e7 + int64(t.Nanosecond()/100))
}

func (f filetime) time() time.Time {
	return time.Unix(int64(f)/1e7-epoch, int64(f)%1e7*100).UTC()
}

// Elements are the members of an array, or the value itself. A restriction holds for an array if it holds for a member.
func (v Value) Elements() []Value {
	switch a := v.v.(type) {
	case []int16:
		return split(a)
	case []int32:
		return split(a)
	case []int64:
		return split(a)
	case []float32:
		return split(a)
	case []float64:
		return split(a)
	case []currency:
		return split(a)
	case []appTime:
		return split(a)
	case []filetime:
		return split(a)
	case []string:
		return split(a)
	case []clsid:
		return split(a)
	case [][]byte:
		return split(a)
	}
	return []Value{v}
}

func split[T any](a []T) []Value {
	all := make([]Value, len(a))
	for i, m := range a {
		all[i] = Value{m}
	}
	return all
}

// Number is the value of an integer or boolean type; false for others.
func (v Value) Number() (int64, bool) {
	switch n := v.v.(type) {
	case bool:
		if n {
			return 1, true
		}
		return 0, true
	case int16:
		return int64(n), true
	case int32:
		return int64(n), true
	case int64:
		return n, true
	case currency:
		return int64(n), true
	}
	return 0, false
}

// Bytes is the value of the type Binary, which must not be changed; nil for others.
func (v Value) Bytes() []byte {
	b, _ := v.v.([]byte)
	return b
}

// Compare orders two values: negative, zero or positive. Strings compare without regard to case, an absent value comes before all
// others, arrays compare by their members, and values of different types by their types unless both are numbers.
func Compare(a, b Value) int {
	if x, ok := a.float(); ok {
		if y, ok := b.float(); ok {
			m, aInt := a.Number()
			n, bInt := b.Number()
			if aInt && bInt {
				return cmp.Compare(m, n)
			}
			return cmp.Compare(x, y)
		}
	}
	ka, kb := kindOf(a.v), kindOf(b.v)
	if ka != kb {
		return cmp.Compare(ka, kb)
	}
	switch x := a.v.(type) {
	case nil:
		return 0
	case string:
		y := b.v.(string)
		if c := strings.Compare(strings.ToLower(x), strings.ToLower(y)); c != 0 {
			return c
		}
		return 0
	case clsid:
		return cmp.Compare(x, b.v.(clsid))
	case filetime:
		return cmp.Compare(x, b.v.(filetime))
	case []byte:
		return bytes.Compare(x, b.v.([]byte))
	}
	x, y := a.Elements(), b.Elements()
	for i := range min(len(x), len(y)) {
		if c := Compare(x[i], y[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}

func (v Value) float() (float64, bool) {
	switch n := v.v.(type) {
	case float32:
		return float64(n), true
	case float64:
		return n, true
	case appTime:
		return float64(n), true
	case currency:
		return float64(n) / 1e4, true
	case bool, int16, int32, int64:
		i, _ := v.Number()
		return float64(i), true
	}
	return 0, false
}

// String is the value as EWS writes it (MS-OXWSXPROP 2.1.6); the members of an array are separated by a semicolon.
func (v Value) String() string {
	if v.v == nil {
		return ""
	}
	if kindOf(v.v)&kArray == 0 {
		return text(v.v, 0)
	}
	var all []string
	for _, m := range v.Elements() {
		all = append(all, text(m.v, 0))
	}
	return strings.Join(all, ";")
}

// text writes one value that is no array; times have that many fractional digits.
func text(v any, digits int) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int16:
		return strconv.FormatInt(int64(v), 10)
	case int32:
		return strconv.FormatInt(int64(v), 10)
	case int64:
		return strconv.FormatInt(v, 10)
	case float32:
		return floatText(float64(v), 32)
	case float64:
		return floatText(v, 64)
	case appTime:
		return floatText(float64(v), 64)
	case currency:
		return currencyText(v)
	case filetime:
		return timeText(v.time(), digits)
	case string:
		return v
	case clsid:
		return string(v)
	case []byte:
		return base64.StdEncoding.EncodeToString(v)
	}
	return ""
}

// floatText writes what xs:double knows.
func floatText(f float64, bits int) string {
	switch {
	case math.IsInf(f, 1):
		return "INF"
	case math.IsInf(f, -1):
		return "-INF"
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

func currencyText(c currency) string {
	sign, n := "", uint64(c)
	if c < 0 {
		sign, n = "-", -uint64(c)
	}
	s := sign + strconv.FormatUint(n/1e4, 10)
	if f := n % 1e4; f != 0 {
		s += "." + strings.TrimRight(strconv.FormatUint(f+1e4, 10)[1:], "0")
	}
	return s
}

// timeText is an xs:dateTime in UTC with that many fractional digits; what is finer is cut off.
func timeText(t time.Time, digits int) string {
	layout := "2006-01-02T15:04:05"
	if digits > 0 {
		layout += "." + "000000000"[:digits]
	}
	return t.UTC().Format(layout) + "Z"
}

// short cuts a string after that many UTF-16 units, never within a character.
func short(s string, units int) string {
	n := 0
	for i, r := range s {
		if n += max(1, utf16.RuneLen(r)); n > units {
			return s[:i]
		}
	}
	return s
}

// size is roughly what a value takes on disk.
func size(v any) int {
	switch v := v.(type) {
	case string:
		return 2 * len(v)
	case []byte:
		return len(v)
	case []string:
		n := 0
		for _, s := range v {
			n += 2 * len(s)
		}
		return n
	case [][]byte:
		n := 0
		for _, b := range v {
			n += len(b)
		}
		return n
	}
	return 8
}
