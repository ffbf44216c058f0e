package ews

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	stdsync "sync"
	"time"

	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

// What one call of GetUserAvailability may ask for. Exchange 2007 and 2010 take 42 days, later ones 62, and administrators can change that
// (maximumQueryIntervalDays), so the longer time is tried once.
const (
	availabilityUsers = 100
	availabilityDays  = 42
	longerDays        = 62
	minutesADay       = freebusy.Minute(24 * 60)

	// mergedMinutes is how long a digit of merged free/busy lasts. Servers take five or six minutes at least; most appointments start
	// and end at a quarter of an hour.
	mergedMinutes = freebusy.Minute(15)

	// maxSplits bounds how often what did not come in time is asked for in smaller parts: a site that is down is slow for everybody.
	maxSplits = 3
)

// Availability is the organization's Availability service, which knows users' calendars whether or not they publish free/busy. It answers
// iorepl/sync/freebusy.Availability.
type Availability struct {
	s *Store

	mu    stdsync.Mutex
	tried bool            // whether more than availabilityDays were asked for
	days  freebusy.Minute // how many days one call asks for
	users int             // how many users one call asks for
}

// Availability is the organization's Availability service. It asks for nothing yet.
func (s *Store) Availability() *Availability {
	return &Availability{s: s, days: availabilityDays, users: availabilityUsers}
}

// Ask asks when users are not free, in calls for at most 100 users and 42 days, or 62 once the server has accepted that, and fewer where it says
// that it is too much. The times of several calls are joined; if one of them fails for a user, that user's result is its error.
//
// Working elsewhere is not busy. Of users of whom the service knows only merged free/busy, times have the precision of a quarter
// of an hour, and a note says so. Where it says "no data" at the beginning or the end of the time that was asked for, the times' range is the rest, with a note;
// where it says so in between or everywhere, the result is an error: no data is not free.
func (a *Availability) Ask(ctx context.Context, addresses []string, start, end freebusy.Minute) []freebusy.Slice {
	users := make([]*asked, len(addresses))
	var valid []*asked
	for i, address := range addresses {
		users[i] = &asked{address: address}
		if err := checkAddress(address); err != nil {
			users[i].err = err
		} else if start < end {
			valid = append(valid, users[i])
		}
	}
	// Whole days, since the service refuses times that are shorter than a digit lasts.
	from, to := start-floorMod(start, minutesADay), end+floorMod(-end, minutesADay)
	for len(valid) > 0 {
		n := min(a.mostUsers(), len(valid))
		part := valid[:n]
		valid = valid[n:]
		for at := from; at < to && len(part) > 0; {
			stop := min(to, at+a.mostDays(to-at)*minutesADay)
			a.window(ctx, part, at, stop, 0)
			part = unfailed(part)
			at = stop
		}
	}
	out := make([]freebusy.Slice, len(users))
	for i, u := range users {
		out[i] = u.slice(start, end)
	}
	return out
}

func floorMod(a, b freebusy.Minute) freebusy.Minute { return (a%b + b) % b }

func unfailed(users []*asked) (good []*asked) {
	for _, u := range users {
		if u.err == nil {
			good = append(good, u)
		}
	}
	return good
}

// checkAddress refuses what could make a server refuse a whole call.
func checkAddress(address string) error {
	name, domain, _ := strings.Cut(address, "@")
	if name == "" || domain == "" || strings.ContainsAny(domain, "@") || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '<' || r == '>' || r == ',' || r == ';' }) {
		return sync.Errorf(sync.Refused, "%q is not an SMTP address", address)
	}
	return nil
}

func (a *Availability) mostUsers() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.users
}

// mostDays is how many days to ask for at once, of a time of so many minutes.
func (a *Availability) mostDays(of freebusy.Minute) freebusy.Minute {
	server := a.s.Server()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.tried && server.Major > 8 && a.days == availabilityDays && of > availabilityDays*minutesADay {
		a.tried = true
		return longerDays
	}
	return a.days
}

// accepted takes note that the server took so much.
func (a *Availability) accepted(days freebusy.Minute) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if days > availabilityDays && a.days == availabilityDays {
		a.days = longerDays
	}
}

// tooLong takes note that the server did not take so many days, and gives how many to ask for instead.
func (a *Availability) tooLong(days freebusy.Minute) freebusy.Minute {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tried = true
	less := days / 2
	if days > availabilityDays {
		less = availabilityDays
	}
	a.days = min(a.days, max(less, 1))
	return max(less, 1)
}

// tooMany takes note that the server did not take so many users.
func (a *Availability) tooMany(users int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.users = max(min(a.users, users/2), 1)
}

// call asks once. patient: what fails in a way that may pass is tried a few times before that is believed.
func (a *Availability) call(ctx context.Context, users []*asked, from, to freebusy.Minute, patient bool) ([]*soap.Element, error) {
	list := soap.M("MailboxDataArray")
	for _, u := range users {
		list.Add(soap.T("MailboxData", soap.T("Email", soap.T("Address", u.address)), soap.T("AttendeeType", "Required"), soap.T("ExcludeConflicts", "false")))
	}
	body := soap.M("GetUserAvailabilityRequest", utcZone(), list, soap.T("FreeBusyViewOptions",
		soap.T("TimeWindow", soap.T("StartTime", windowTime(from)), soap.T("EndTime", windowTime(to))),
		soap.T("MergedFreeBusyIntervalInMinutes", strconv.Itoa(int(mergedMinutes))), soap.T("RequestedView", "FreeBusy")))
	var header http.Header
	if a.s.opts.Mailbox != "" {
		header = http.Header{"X-AnchorMailbox": {a.s.opts.Mailbox}}
	}
	// Nothing of it has changed since 2010.
	version := min(a.s.version(), soap.Exchange2010SP2)
	answer, err := a.s.client.Call(ctx, transport.Call{Version: version, Body: body, HTTPHeader: header, Idempotent: patient})
	var lost *transport.LostError
	if errors.As(err, &lost) {
		err = lost.Err // nothing was to be done
	}
	if err != nil {
		return nil, kind(err)
	}
	return answer.Body.Child("FreeBusyResponseArray").All("FreeBusyResponse"), nil
}

func windowTime(m freebusy.Minute) string { return m.Time().Format("2006-01-02T15:04:05") }

// utcZone is UTC: times without a zone are in it, in the request as in the answer.
func utcZone() *soap.Element {
	change := func(name string) *soap.Element {
		return soap.T(name, soap.T("Bias", "0"), soap.T("Time", "00:00:00"), soap.T("DayOrder", "0"), soap.T("Month", "0"), soap.T("DayOfWeek", time.Sunday.String()))
	}
	return soap.T("TimeZone", soap.T("Bias", "0"), change("StandardTime"), change("DaylightTime"))
}
