package ews_test

import (
	"iorepl/sync/ews"
	"iorepl/sync/freebusy"
)

// Both are what sessions of free/busy work with.
var (
	_ freebusy.Folder       = (*ews.LegacyFreeBusy)(nil)
	_ freebusy.Availability = (*ews.Availability)(nil)
)
