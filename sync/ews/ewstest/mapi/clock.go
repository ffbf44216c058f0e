package mapi

import (
	"time"

	"iorepl/sync/ews/soap"
)

// Clock is the clock on the wall somewhere. Its times are written as if they were UTC.
type Clock struct{ z *zone }

// ParseClock is the clock of a t:TimeZoneDefinition (MS-OXWSGTZ 2.2.4.12), which names a zone or has rules. What is not known is refused with
// ErrorTimeZone.
func ParseClock(definition *soap.Element) (Clock, error) {
	z, err := parseZone(definition)
	return Clock{z}, err
}

// Wall is what the clock shows at a moment.
func (c Clock) Wall(t time.Time) time.Time { return c.z.wall(t) }

// UTC is the moment at which the clock shows a time.
func (c Clock) UTC(wall time.Time) time.Time { return c.z.utc(wall) }
