package ewstest

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

// appointment is an Event as the Availability service finds it.
type appointment struct {
	Event
	id       string // hexadecimal entry id, "" for what is only imitated
	location string
	private  bool
	meeting  bool
	recurs   bool
	excepts  bool
	reminds  bool
}

// calendarOf is the view of a calendar of this organization. The owner sees everything.
func (c *call) calendarOf(address string, box *store, plan *schedule, q *availability) (*soap.Element, error) {
	see := plan.view
	if strings.EqualFold(address, c.who.address) {
		see = ViewDetailed
	}
	all := c.appointments(box, plan, q.start, q.end)
	switch {
	case see == ViewNone:
		return nil, fail("ErrorNoFreeBusyAccess")
	case len(all) > maxEvents:
		return nil, fail("ErrorResultSetTooBig")
	}
	name := "MergedOnly"
	if q.events && see != ViewMerged {
		name = "FreeBusy"
		if q.details && see == ViewDetailed {
			name = "Detailed"
		}
		if q.merged {
			name += "Merged"
		}
	}
	view := soap.M("FreeBusyView", soap.T("FreeBusyViewType", name))
	if strings.Contains(name, "Merged") {
		view.Add(soap.T("MergedFreeBusy", q.digits(all)))
	}
	if name != "MergedOnly" {
		view.Add(c.eventArray(all, q, strings.HasPrefix(name, "Detailed")), workingHours(c.req.Child("TimeZone")))
	}
	return view, nil
}

// ownView is grommunio's: no digits, no working hours, whatever view is asked for. Addresses of other organizations have an empty one.
func (c *call) ownView(address string, box *store, plan *schedule, q *availability) (*soap.Element, error) {
	if _, domain, _ := strings.Cut(address, "@"); !strings.EqualFold(domain, c.s.options.Domain) {
		plan, box = &schedule{}, nil
	}
	details := plan.view == ViewDetailed || strings.EqualFold(address, c.who.address)
	all := c.appointments(box, plan, q.start, q.end)
	name := "FreeBusy"
	switch {
	case plan.view == ViewNone:
		return nil, fail("ErrorFreeBusyGenerationFailed")
	case details || len(all) == 0:
		name = "Detailed"
	}
	return soap.M("FreeBusyView", soap.T("FreeBusyViewType", name), c.eventArray(all, q, details)), nil
}

// appointments are what a calendar holds within a window, by start.
func (c *call) appointments(box *store, plan *schedule, start, end time.Time) []appointment {
	var all []appointment
	for _, e := range plan.events {
		if e.Start.Before(end) && e.End.After(start) {
			all = append(all, appointment{Event: e})
		}
	}
	if f := c.calendarFolder(box); f != nil {
		for _, o := range occurrences(f, start, end) {
			all = append(all, appointmentOf(f, o))
		}
	}
	slices.SortStableFunc(all, func(a, b appointment) int { return a.Start.Compare(b.Start) })
	return all
}

func (c *call) calendarFolder(box *store) *folder {
	if box == nil {
		return nil
	}
	return c.st.folders[box.special["calendar"]]
}

// busyTypes are those of PidLidBusyStatus, by number.
var busyTypes = []BusyType{Free, Tentative, Busy, OOF, WorkingElsewhere}

// appointmentOf reads an item of a calendar folder.
func appointmentOf(f *folder, o occurrence) appointment {
	item := o.Item
	if item == nil {
		item = o.record.item
	}
	text := func(uri string) string {
		v, _ := item.Property(soap.T("FieldURI", soap.Attr{Name: "FieldURI", Value: uri}))
		return v.String()
	}
	flag := func(uri string) bool { return isTrue(text(uri)) }
	a := appointment{Event: Event{Start: o.Start, End: o.End, BusyType: NoData, Subject: text("item:Subject")}, location: text("calendar:Location"),
		id:      strings.ToUpper(hex.EncodeToString(itemEntry(f.store, f.id, o.record.id))),
		private: text("item:Sensitivity") == "2", meeting: flag("calendar:IsMeeting"), recurs: o.record.item.Recurring(), excepts: o.Exception,
		reminds: flag("item:ReminderIsSet")}
	if n, err := strconv.Atoi(text("calendar:LegacyFreeBusyStatus")); err == nil && n >= 0 && n < len(busyTypes) {
		a.BusyType = busyTypes[n]
	}
	return a
}

// eventArray is the t:CalendarEventArray. Each appointment is in it as a whole, even if the window ends within it.
func (c *call) eventArray(all []appointment, q *availability, details bool) *soap.Element {
	array := soap.T("CalendarEventArray")
	for _, a := range all {
		busy := a.BusyType
		if busy == WorkingElsewhere && c.rank < rank2013 {
			busy = Free
		}
		e := soap.T("CalendarEvent", soap.T("StartTime", c.timeOf(a.Start, q)), soap.T("EndTime", c.timeOf(a.End, q)), soap.T("BusyType", string(busy)))
		if details {
			d := soap.T("CalendarEventDetails")
			if a.id != "" && !a.private {
				d.Add(soap.T("ID", a.id))
			}
			d.Add(soap.T("Subject", a.Subject), soap.T("Location", a.location), soap.T("IsMeeting", boolText(a.meeting)), soap.T("IsRecurring", boolText(a.recurs)),
				soap.T("IsException", boolText(a.excepts)), soap.T("IsReminderSet", boolText(a.reminds)), soap.T("IsPrivate", boolText(a.private)))
			e.Add(d)
		}
		array.Add(e)
	}
	return array
}

// timeOf writes a time of an answer in the zone of the request: 2007 with its offset, later versions without. grommunio writes UTC.
func (c *call) timeOf(t time.Time, q *availability) string {
	switch c.profile {
	case Exchange2007SP1:
		return local(q.clock, t).Format("2006-01-02T15:04:05-07:00")
	case Grommunio:
		return t.UTC().Format("2006-01-02T15:04:05Z")
	default:
		return local(q.clock, t).Format("2006-01-02T15:04:05")
	}
}

// digit is a busy type in t:MergedFreeBusy. WorkingElsewhere shows as free.
func (b BusyType) digit() byte {
	switch b {
	case Tentative:
		return '1'
	case Busy:
		return '2'
	case OOF:
		return '3'
	case NoData:
		return '4'
	default:
		return '0'
	}
}

// digits is t:MergedFreeBusy: for each interval of the window, the last one begun too, the highest digit of what touches it.
func (q *availability) digits(all []appointment) string {
	n := int((q.end.Sub(q.start) + q.interval - 1) / q.interval)
	digits := []byte(strings.Repeat("0", n))
	for _, a := range all {
		for i := max(int(a.Start.Sub(q.start)/q.interval), 0); i < n; i++ {
			from := q.start.Add(time.Duration(i) * q.interval)
			if !from.Before(a.End) {
				break
			}
			if a.Start.Before(from.Add(q.interval)) {
				digits[i] = max(digits[i], a.BusyType.digit())
			}
		}
	}
	return string(digits)
}

// workingHours is Monday to Friday from eight to five, in the zone of the request or in UTC.
func workingHours(zone *soap.Element) *soap.Element {
	if zone == nil {
		change := []*soap.Element{soap.T("Bias", "0"), soap.T("Time", "00:00:00"), soap.T("DayOrder", "0"), soap.T("Month", "0"), soap.T("DayOfWeek", "Sunday")}
		zone = soap.T("TimeZone", soap.T("Bias", "0"), soap.T("StandardTime", change), soap.T("DaylightTime", change))
	}
	return soap.T("WorkingHours", zone, soap.T("WorkingPeriodArray", soap.T("WorkingPeriod", soap.T("DayOfWeek", "Monday Tuesday Wednesday Thursday Friday"),
		soap.T("StartTimeInMinutes", "480"), soap.T("EndTimeInMinutes", "1020"))))
}
