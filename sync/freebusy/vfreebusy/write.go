package vfreebusy

import (
	"cmp"
	"slices"
	"strings"

	"iorepl/plan/freebusy"
	"iorepl/sync/ews/item/content"
)

// periodsPerLine keeps lines short enough for programs that do not expect long ones.
const periodsPerLine = 8

// types are the values of FBTYPE (RFC 5545 section 3.2.9). Out of the office is the time at which a user cannot be scheduled.
var types = [freebusy.Kinds]string{
	freebusy.Busy:        "BUSY",
	freebusy.Tentative:   "BUSY-TENTATIVE",
	freebusy.OutOfOffice: "BUSY-UNAVAILABLE",
}

// Write makes a file that Read gives back as it is, and of the same File always the same bytes. All times are in UTC, and periods
// ascend. The UID follows from the address; without one the name of the user is not said either. Times outside of the years 1601 to 4500 cannot be said and are left out.
func Write(f File) []byte {
	f.Times = f.Times.Clip(0, limit())
	fb := &content.Component{Name: "VFREEBUSY"}
	fb.Add(content.New("UID", "freebusy-"+freebusy.UserKey(f.Address).String()+"@iorepl"),
		content.New("DTSTAMP", utc(min(max(f.Published, 0), limit()-1))))
	if f.Address != "" {
		fb.Add(content.New("ORGANIZER", mailto(f.Address), "CN", content.Legal(f.Display)))
	}
	fb.Add(content.New("DTSTART", utc(f.Times.Start)), content.New("DTEND", utc(f.Times.End)))
	addPeriods(fb, f.Times)
	fb.AddText(stampName, f.Stamp)
	return content.Encode(&content.Component{
		Name: "VCALENDAR",
		Lines: []content.Line{content.New("VERSION", "2.0"), content.New("PRODID", "-//iorepl//iorepl//EN"),
			content.New("METHOD", "PUBLISH")},
		Components: []*content.Component{fb},
	})
}

func utc(m freebusy.Minute) string { return m.Time().Format(utcForm) }

// addPeriods adds lines in the order of time (RFC 5546 section 3.3), each for some periods of one kind.
func addPeriods(fb *content.Component, t freebusy.Times) {
	type period struct {
		freebusy.Interval
		kind int
	}
	var all []period
	for k, intervals := range t.Of {
		for _, i := range intervals {
			all = append(all, period{i, k})
		}
	}
	slices.SortFunc(all, func(a, b period) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.kind, b.kind))
	})
	for len(all) > 0 {
		kind := all[0].kind
		var values []string
		for len(all) > 0 && all[0].kind == kind && len(values) < periodsPerLine {
			values = append(values, utc(all[0].Start)+"/"+utc(all[0].End))
			all = all[1:]
		}
		fb.Add(content.New("FREEBUSY", strings.Join(values, ","), "FBTYPE", types[kind]))
	}
}
