package recur

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// parts are the parts of an RRULE.
type parts struct {
	freq             string
	interval, count  int
	until            string
	days             Days
	ordinal          int // of the only day
	monthDays        []int
	months           []int
	position         int
	first            time.Weekday
	hour, minute, at string
	skips            bool // months that do not have the day
}

func readParts(value string) (p parts, err error) {
	p.interval, p.first = 1, time.Monday
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(value)), ";") {
		name, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "":
		case "FREQ":
			p.freq = v
		case "INTERVAL":
			if p.interval, err = strconv.Atoi(v); err == nil && p.interval < 1 {
				err = fmt.Errorf("its interval is %s", v)
			}
		case "COUNT":
			if p.count, err = strconv.Atoi(v); err == nil && p.count < 1 {
				err = fmt.Errorf("its count is %s", v)
			}
		case "UNTIL":
			p.until = v
		case "WKST":
			i := slices.Index(dayCodes[:], v)
			if i < 0 {
				return p, fmt.Errorf("%q is no day of the week", v)
			}
			p.first = time.Weekday(i)
		case "BYDAY":
			err = p.readDays(v)
		case "BYMONTHDAY":
			p.monthDays, err = numbers(v)
		case "BYMONTH":
			p.months, err = numbers(v)
		case "BYSETPOS":
			if p.position, err = strconv.Atoi(v); err != nil {
				err = fmt.Errorf("it names several positions (%s)", part)
			}
		case "BYHOUR":
			p.hour = v
		case "BYMINUTE":
			p.minute = v
		case "BYSECOND":
			p.at = v
		default:
			err = fmt.Errorf("it has %s", name)
		}
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

func (p *parts) readDays(list string) error {
	many := strings.Contains(list, ",")
	for code := range strings.SplitSeq(list, ",") {
		code = strings.TrimSpace(code)
		if len(code) < 2 {
			return fmt.Errorf("%q is no day of the week", code)
		}
		i := slices.Index(dayCodes[:], code[len(code)-2:])
		if i < 0 {
			return fmt.Errorf("%q is no day of the week", code)
		}
		p.days |= Only(time.Weekday(i))
		if n := code[:len(code)-2]; n != "" {
			var err error
			if p.ordinal, err = strconv.Atoi(n); err != nil || p.ordinal == 0 {
				return fmt.Errorf("%q is no day of the week", code)
			}
			if many {
				return fmt.Errorf("it falls on several days of a month")
			}
		}
	}
	return nil
}

func numbers(list string) (n []int, err error) {
	for s := range strings.SplitSeq(list, ",") {
		i, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("%q is no number", s)
		}
		n = append(n, i)
	}
	return n, nil
}
