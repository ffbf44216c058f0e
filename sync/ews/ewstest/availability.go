package ewstest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

// The limits of the Availability service (responsecode.md of Microsoft's EWS reference).
const (
	maxUsers    = 100  // ErrorMailboxDataArrayTooBig
	maxEvents   = 1000 // of a user: ErrorResultSetTooBig
	minInterval = 5    // ErrorInvalidMergedFreeBusyInterval
	maxInterval = 1440
)

// availability is what a GetUserAvailability asks of each user.
type availability struct {
	clock      zoneClock
	start, end time.Time
	interval   time.Duration
	merged     bool // digits
	events     bool // times and busy types
	details    bool // subjects and so on
	users      []*soap.Element
}

// getUserAvailability is GetUserAvailability (MS-OXWAVLS 3.1.4.1) without suggestions. Errors of the request are SOAP faults, those of a user
// stand in the user's place.
func (c *call) getUserAvailability() (*soap.Element, error) {
	q, err := c.availabilityQuery()
	if err != nil {
		return nil, err
	}
	c.entry.IDs = len(q.users)
	array := soap.M("FreeBusyResponseArray")
	for i, u := range q.users {
		view, err := c.one(i, u, func(u *soap.Element) ([]*soap.Element, error) {
			view, err := c.freeBusyOf(u.Child("Email"), q)
			return []*soap.Element{view}, err
		})
		m, err := c.messageCalled("ResponseMessage", nil, err)
		if err != nil {
			return nil, err
		}
		one := soap.M("FreeBusyResponse", m)
		switch {
		case m.Attr("ResponseClass") == "Success":
			one.Add(view...)
		case !c.grommunio():
			one.Add(soap.M("FreeBusyView", soap.T("FreeBusyViewType", "None")))
		}
		array.Add(one)
	}
	return soap.M("GetUserAvailabilityResponse", array), nil
}

// availabilityQuery reads and checks a request. grommunio checks little.
func (c *call) availabilityQuery() (*availability, error) {
	q := &availability{users: within(c.req, "MailboxDataArray"), interval: 30 * time.Minute}
	options := c.req.Child("FreeBusyViewOptions")
	switch {
	case options == nil && c.req.Child("SuggestionsViewOptions") == nil:
		return nil, failAll("ErrorInvalidFreeBusyViewType")
	case c.req.Child("SuggestionsViewOptions") != nil:
		return nil, failAllAs("ErrorInvalidOperation", "SuggestionsViewOptions is not imitated.")
	}
	var err error
	if q.clock, err = c.clock(); err != nil {
		return nil, err
	}
	var ok1, ok2 bool
	q.start, ok1 = moment(q.clock, options.Value("TimeWindow", "StartTime"))
	q.end, ok2 = moment(q.clock, options.Value("TimeWindow", "EndTime"))
	if !ok1 || !ok2 {
		return nil, invalid("The 'StartTime' or 'EndTime' element is invalid.")
	}
	if c.grommunio() {
		return q, nil
	}
	if err := q.checkWindow(c.s.options.AvailabilityDays); err != nil {
		return nil, err
	}
	if text := options.Value("MergedFreeBusyIntervalInMinutes"); text != "" {
		n, err := strconv.Atoi(text)
		switch {
		case err != nil:
			return nil, invalid("The 'MergedFreeBusyIntervalInMinutes' element is invalid.")
		case n < minInterval || n > maxInterval:
			return nil, failAll("ErrorInvalidMergedFreeBusyInterval")
		}
		q.interval = time.Duration(n) * time.Minute
	}
	return q, q.parseView(options.Value("RequestedView"))
}

// checkWindow refuses windows that are empty or too long, and too many users.
func (q *availability) checkWindow(days int) error {
	limit, length := time.Duration(days)*24*time.Hour, q.clock.Wall(q.end).Sub(q.clock.Wall(q.start))
	switch n := len(q.users); {
	case n == 0:
		return failAll("ErrorMailboxDataArrayEmpty")
	case n > maxUsers:
		return failAllAs("ErrorMailboxDataArrayTooBig", fmt.Sprintf("There are too many target users in the EmailAddress array. The allowed size = %d; the actual size = %d.", maxUsers, n))
	case !q.start.Before(q.end):
		return failAll("ErrorInvalidTimeInterval")
	case days > 0 && length > limit:
		actual := int((length + 24*time.Hour - 1) / (24 * time.Hour))
		return failAllAs("ErrorTimeIntervalTooBig", fmt.Sprintf("The requested time duration specified for FreeBusyViewOptions.TimeWindow is too long. "+
			"The allowed limit = %d days; the actual limit = %d days.", days, actual))
	}
	return nil
}

// parseView reads a list of views; each holds what the ones before it hold (t:FreeBusyViewType). None is for answers only.
func (q *availability) parseView(text string) error {
	for word := range strings.FieldsSeq(text) {
		switch word {
		case "None":
		case "MergedOnly":
			q.merged = true
		case "FreeBusy":
			q.events = true
		case "FreeBusyMerged":
			q.events, q.merged = true, true
		case "Detailed":
			q.events, q.details = true, true
		case "DetailedMerged":
			q.events, q.details, q.merged = true, true, true
		default:
			return invalid("The 'RequestedView' element is invalid - The value '" + text + "' is invalid according to its datatype.")
		}
	}
	if !q.events && !q.merged {
		return failAll("ErrorInvalidFreeBusyViewType")
	}
	return nil
}

// freeBusyOf answers for one user.
func (c *call) freeBusyOf(email *soap.Element, q *availability) (*soap.Element, error) {
	address := strings.ToLower(email.Value("Address"))
	plan := c.s.schedules[address]
	if plan == nil {
		plan = &schedule{}
	}
	if plan.refusal != nil {
		return nil, plan.refusal
	}
	who, known := c.s.recipient(address)
	hosted := plan.hosted || who.mailbox != nil
	switch {
	case c.grommunio() && !hosted:
		return nil, failAs("ErrorCannotFindUser", "cannot find user '"+address+"'")
	case c.grommunio():
		return c.ownView(address, who.mailbox, plan, q)
	case hosted:
		return c.calendarOf(address, who.mailbox, plan, q)
	case known:
		return c.legacyView(who, q)
	}
	return nil, failAs("ErrorMailRecipientNotFound", "Unable to resolve e-mail address <"+email.Value("Name")+">SMTP:"+email.Value("Address")+" to an Active Directory object.")
}
