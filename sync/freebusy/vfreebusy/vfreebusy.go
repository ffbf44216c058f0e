// Package vfreebusy reads and writes what one user publishes as an iCalendar file: a VFREEBUSY (RFC 5545 section 3.6.4) that is
// published (RFC 5546 section 3.3.1), as Outlook writes and looks up files with the extensions .ifb and .vfb.
//
// A damaged file, or one that asks for free/busy instead of telling it, is an error and never taken for somebody who is free: what
// cannot be read might be a time at which the user is busy.
package vfreebusy

import (
	"time"

	"iorepl/plan/freebusy"
	"iorepl/sync"
)

// File is what a file says of its user.
type File struct {
	Address   string          // SMTP address of the user, "" if the file does not say
	Display   string          // name of the user, "" if the file does not say
	Times     freebusy.Times  // when the user is not free, and for what time that is known
	Published freebusy.Minute // when that was so (DTSTAMP), 0 if the file does not say
	Stamp     string          // X-IOREPL-STAMP, "" for what iorepl did not write
}

const (
	utcForm   = "20060102T150405Z"
	clockForm = "20060102T150405"
	dateForm  = "20060102"

	stampName = "X-IOREPL-STAMP"
)

// Years that Exchange can hold (MS-OXOCAL), and in which a Minute is.
const (
	firstYear = 1601
	lastYear  = 4500
)

// limit is the end of the last year.
func limit() freebusy.Minute {
	return freebusy.MinuteOf(time.Date(lastYear+1, 1, 1, 0, 0, 0, 0, time.UTC))
}

func refused(format string, args ...any) error { return sync.Errorf(sync.Refused, format, args...) }
