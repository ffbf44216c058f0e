package hcl

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"iorepl/plan"
)

var sizeUnits = map[string]float64{
	"": 1, "B": 1,
	"kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
}

var sizeSyntax = regexp.MustCompile(`^(\d+(?:\.\d+)?) ?([A-Za-z]*)$`)

// parseSize reads sizes such as "20MB" and "1.5 GiB". Units keep their case, so that "Mb" is not taken for bytes.
func parseSize(s string) (int64, error) {
	m := sizeSyntax.FindStringSubmatch(s)
	if m == nil {
		return 0, errors.New("a size is a number and a unit")
	}
	unit, ok := sizeUnits[m[2]]
	if !ok {
		return 0, fmt.Errorf("%q is not a unit; units are B, kB, MB, GB, TB, and KiB, MiB, GiB, TiB for powers of 1024", m[2])
	}
	n, err := strconv.ParseFloat(m[1], 64)
	switch size := n * unit; {
	case err != nil || size >= math.MaxInt64:
		return 0, errors.New("this is more than any server holds")
	case size < 1:
		return 0, errors.New("it has to be more than nothing")
	default:
		return int64(size), nil
	}
}

// parseRate reads "2MB/s".
func parseRate(s string) (int64, error) {
	size, ok := strings.CutSuffix(s, "/s")
	if !ok {
		return 0, errors.New("a rate is a size per second, with /s at its end")
	}
	return parseSize(strings.TrimSuffix(size, " "))
}

var (
	durationSyntax = regexp.MustCompile(`^(?:\d+[wdhms])+$`)
	durationPart   = regexp.MustCompile(`(\d+)([wdhms])`)
	durationUnits  = map[string]time.Duration{"w": 7 * 24 * time.Hour, "d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second}
)

// parseDuration reads durations such as "90d", "12h" and "1d12h".
func parseDuration(s string) (time.Duration, error) {
	if !durationSyntax.MatchString(s) {
		return 0, errors.New("a duration is a whole number and one of w, d, h, m, s")
	}
	var sum time.Duration
	for _, m := range durationPart.FindAllStringSubmatch(s, -1) {
		n, err := strconv.ParseInt(m[1], 10, 64)
		unit := durationUnits[m[2]]
		if err != nil || n > int64((math.MaxInt64-sum)/unit) {
			return 0, errors.New("this is too long to matter")
		}
		sum += time.Duration(n) * unit
	}
	if sum == 0 {
		return 0, errors.New("it has to be more than nothing")
	}
	return sum, nil
}

// parseLimit reads a share such as "10%" or a plain number.
func parseLimit(s string) (plan.Limit, error) {
	if share, ok := strings.CutSuffix(s, "%"); ok {
		p, err := strconv.ParseFloat(strings.TrimSuffix(share, " "), 64)
		if err != nil || !(p >= 0 && p <= 100) {
			return plan.Limit{}, errors.New("a share lies between 0% and 100%")
		}
		return plan.Limit{Percent: p}, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return plan.Limit{}, errors.New("a limit is a share such as \"10%\" or a whole number of items")
	}
	return plan.Limit{Count: n, IsCount: true}, nil
}
