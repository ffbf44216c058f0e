// Package months is the form that free/busy times have in messages of the folder SCHEDULE+ FREE BUSY (MS-OXOPFFB 2.2.1): for every
// kind of time a list of months and, side by side with it, a list of binary values that hold the blocks of each month.
//
// A month is the number year*16+month. A block is four bytes: its start and its end in minutes since the first of the month 00:00
// UTC, as two little-endian 16-bit numbers. The package is pure: it asks nobody and writes nothing.
package months

import (
	"fmt"

	"iorepl/plan/freebusy"
)

// Pair is one kind of time: PidTagScheduleInfoMonths… and PidTagScheduleInfoFreeBusy…, of the same length. A pair without months
// stands for properties that are not there.
type Pair struct {
	Months []int32
	Blocks [][]byte
}

// Message is what a message says of one user.
type Message struct {
	Start, End freebusy.Minute // PidTagFreeBusyPublishStart, PidTagFreeBusyPublishEnd
	Merged     Pair            // busy or out of the office; tentative is no part of it
	Tentative  Pair
	Busy       Pair
	Away       Pair // out of the office
}

func (p Pair) missing() bool { return len(p.Months) == 0 && len(p.Blocks) == 0 }

// The years that a month value may have.
const (
	firstYear = 1601
	lastYear  = 4500
)

// month counts the months since January 1601.
type month int32

const (
	endOfMonths = month((lastYear + 1 - firstYear) * 12)
	minutesADay = 24 * 60
)

// daysBefore are the days of a year without a leap day that lie before each month.
var daysBefore = [12]int32{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}

// start is the first minute of the month. Minutes count from the first year of four centuries, the cycle of the calendar.
func (m month) start() freebusy.Minute {
	year, in := int32(m)/12, int32(m)%12
	days := daysBeforeYear(year) + daysBefore[in]
	if leap := (year+1)%4 == 0 && ((year+1)%100 != 0 || (year+1)%400 == 0); leap && in > 1 {
		days++
	}
	return freebusy.Minute(days * minutesADay)
}

func daysBeforeYear(year int32) int32 { return 365*year + year/4 - year/100 + year/400 }

// monthOf is the month in which a minute lies that is not before 1601.
func monthOf(at freebusy.Minute) month {
	days := int32(at) / minutesADay
	year := int32(int64(days) * 400 / 146097)
	if daysBeforeYear(year) > days {
		year--
	} else if daysBeforeYear(year+1) <= days {
		year++
	}
	m := month(year*12 + (days-daysBeforeYear(year))/31)
	if (m + 1).start() <= at {
		m++
	}
	return m
}

// value is the number that stands for the month in a message.
func (m month) value() int32 { return (int32(m)/12+firstYear)*16 + int32(m)%12 + 1 }

// parseMonth is the opposite of value.
func parseMonth(value int32) (month, bool) {
	year, in := value>>4, value&15
	if year < firstYear || year > lastYear || in < 1 || in > 12 {
		return 0, false
	}
	return month((year-firstYear)*12 + in - 1), true
}

func (m month) String() string {
	return fmt.Sprintf("%04d-%02d", int32(m)/12+firstYear, int32(m)%12+1)
}
