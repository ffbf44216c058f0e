package ews_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	model "iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
)

// calendars is a server whose users' calendars are asked for.
type calendars struct {
	*testing.T
	server *ewstest.Server
	asker  *ews.Availability
}

func newCalendars(t *testing.T, o ewstest.Options) *calendars {
	t.Helper()
	c := &calendars{T: t}
	var options ews.Options
	c.server, options = newServer(t, o)
	hurry(&options)
	s := openStore(t, options)
	t.Cleanup(func() { _ = s.Close() })
	c.asker = s.Availability()
	c.server.ClearLog()
	return c
}

// busy puts appointments into a calendar, each as "from/to".
func (c *calendars) busy(address string, status ewstest.BusyType, texts ...string) {
	var events []ewstest.Event
	for _, i := range between(texts...) {
		events = append(events, ewstest.Event{Start: i.Start.Time(), End: i.End.Time(), BusyType: status})
	}
	c.server.SetCalendar(address, events)
}

func (c *calendars) ask(from, to string, addresses ...string) []model.Slice {
	return c.asker.Ask(c.Context(), addresses, minute(from), minute(to))
}

// calls are the sizes of the requests so far.
func (c *calendars) calls() (users []int) {
	for _, r := range c.server.Log() {
		if r.Operation == "GetUserAvailability" {
			users = append(users, r.IDs)
		}
	}
	return users
}

func (c *calendars) same(s model.Slice, want model.Times) {
	c.Helper()
	if s.Err != nil || !s.Times.Equal(want) {
		c.Errorf("got %+v, want %+v", s, want)
	}
	if err := s.Times.Check(); err != nil {
		c.Error(err)
	}
}

const (
	anna = "anna@contoso.test"
	bob  = "bob@contoso.test"
)

func TestAvailabilityFromEveryServer(t *testing.T) {
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			c := newCalendars(t, ewstest.Options{Profile: profile})
			c.server.SetCalendar(anna, []ewstest.Event{
				{Start: minute("2026-11-03T09:00Z").Time(), End: minute("2026-11-03T10:00Z").Time().Add(29*time.Minute + 30*time.Second), BusyType: ewstest.Busy, Subject: "secret plan"},
				{Start: minute("2026-11-03T10:15Z").Time(), End: minute("2026-11-03T11:00Z").Time(), BusyType: ewstest.Busy},
				{Start: minute("2026-11-05T10:00Z").Time(), End: minute("2026-11-05T11:00Z").Time(), BusyType: ewstest.Tentative},
				{Start: minute("2026-11-06T10:00Z").Time(), End: minute("2026-11-06T11:00Z").Time(), BusyType: ewstest.Free},
				{Start: minute("2026-11-07T10:00Z").Time(), End: minute("2026-11-07T11:00Z").Time(), BusyType: ewstest.WorkingElsewhere},
				{Start: minute("2026-12-12T00:00Z").Time(), End: minute("2026-12-14T00:00Z").Time(), BusyType: ewstest.OOF}, // over the end of 42 days
				{Start: minute("2026-12-31T22:00Z").Time(), End: minute("2027-01-01T02:00Z").Time(), BusyType: ewstest.Busy},
				{Start: minute("2027-01-31T22:00Z").Time(), End: minute("2027-02-01T02:00Z").Time(), BusyType: ewstest.Busy},
			})
			c.busy(bob, ewstest.Busy)
			got := c.ask("2026-11-01T00:00Z", "2027-02-01T00:00Z", anna, bob)
			c.same(got[0], times("2026-11-01T00:00Z", "2027-02-01T00:00Z",
				between("2026-11-03T09:00Z/2026-11-03T11:00Z", "2026-12-31T22:00Z/2027-01-01T02:00Z", "2027-01-31T22:00Z/2027-02-01T00:00Z"),
				between("2026-11-05T10:00Z/2026-11-05T11:00Z"), between("2026-12-12T00:00Z/2026-12-14T00:00Z")))
			c.same(got[1], times("2026-11-01T00:00Z", "2027-02-01T00:00Z", nil, nil, nil))
			for _, s := range got {
				if len(s.Notes) > 0 {
					t.Error(s.Notes)
				}
			}
		})
	}
}

// TestAvailabilityReachesTheBytesOfTheMessage: an appointment's time, from a calendar of one organization to the folder of another.
func TestAvailabilityReachesTheBytesOfTheMessage(t *testing.T) {
	c := newCalendars(t, ewstest.Options{Profile: ewstest.Exchange2016})
	c.busy(anna, ewstest.Busy, "2026-11-03T09:00Z/2026-11-03T10:30Z", "2026-11-30T22:00Z/2026-12-01T02:00Z")
	s := c.ask("2026-11-01T00:00Z", "2027-02-01T00:00Z", anna)[0]
	if s.Err != nil {
		t.Fatal(s.Err)
	}
	l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2007SP1})
	l.write(l.entry("anna", s.Times))
	if got := l.property(l.entries()[0].ID, "0x6854", "BinaryArray"); got != "XA22DUiowKg=;AAB4AA==" {
		t.Errorf("the blocks are %s", got)
	}
}

func TestAvailabilityAsksOnceForAHundredUsersAndASlice(t *testing.T) {
	for name, c := range map[string]struct {
		o    ewstest.Options
		want string // of a first and a second time of 92 days
	}{
		"2007: 42 days":              {ewstest.Options{Profile: ewstest.Exchange2007SP1}, "[100 100 100 50 50 50] [100 100 100 50 50 50]"},
		"2016: 62 days":              {ewstest.Options{Profile: ewstest.Exchange2016}, "[100 100 50 50] [100 100 50 50]"},
		"2016, set to 42 days":       {ewstest.Options{Profile: ewstest.Exchange2016, AvailabilityDays: 42}, "[100 100 100 100 50 50 50] [100 100 100 50 50 50]"},
		"2010, set to less, 31 days": {ewstest.Options{Profile: ewstest.Exchange2010SP2, AvailabilityDays: 31}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c2 := newCalendars(t, c.o)
			var all []string
			for i := range 150 {
				all = append(all, fmt.Sprintf("user%d@contoso.test", i))
				c2.busy(all[i], ewstest.Busy, "2026-12-10T00:00Z/2026-12-20T00:00Z")
			}
			said := ""
			for range 2 {
				c2.server.ClearLog()
				for _, s := range c2.ask("2026-11-01T00:00Z", "2027-02-01T00:00Z", all...) {
					c2.same(s, times("2026-11-01T00:00Z", "2027-02-01T00:00Z", between("2026-12-10T00:00Z/2026-12-20T00:00Z"), nil, nil))
				}
				said += fmt.Sprint(c2.calls()) + " "
			}
			if said = strings.TrimSpace(said); c.want != "" && said != c.want {
				t.Errorf("calls for %s users, want %s", said, c.want)
			}
			if c.want == "" && len(c2.calls()) > 10 {
				t.Errorf("calls for %s users", said)
			}
		})
	}
}

func TestAvailabilityErrorsConcernOneUser(t *testing.T) {
	c := newCalendars(t, ewstest.Options{Profile: ewstest.Exchange2010SP2})
	c.busy(anna, ewstest.Busy, "2026-11-03T09:00Z/2026-11-03T10:30Z")
	c.server.SetCalendar("closed@contoso.test", nil)
	c.server.SetView("closed@contoso.test", ewstest.ViewNone)
	c.server.RefuseAvailability("old@contoso.test", "ErrorPublicFolderRequestProcessingFailed", "")
	c.server.RefuseAvailability("far@contoso.test", "ErrorProxyRequestProcessingFailed", "")
	got := c.ask("2026-11-01T00:00Z", "2027-02-01T00:00Z", "nobody@contoso.test", "closed@contoso.test", anna, "old@contoso.test", "far@contoso.test", "not an address")
	c.same(got[2], times("2026-11-01T00:00Z", "2027-02-01T00:00Z", meeting, nil, nil))
	for i, words := range map[int][]string{0: {"ErrorMailRecipientNotFound", "Get-Recipient USER"},
		1: {"ErrorNoFreeBusyAccess", `Get-MailboxFolderPermission 'USER:\Calendar'`},
		3: {"ErrorPublicFolderRequestProcessingFailed", "replica", "/public"}, 4: {"Get-AvailabilityAddressSpace"}, 5: {"not an SMTP address"}} {
		if got[i].Err == nil {
			t.Errorf("%d: no error", i)
			continue
		}
		contains(t, got[i].Err.Error(), words...)
	}
	if !sync.IsGone(got[0].Err) || !sync.IsDenied(got[1].Err) {
		t.Errorf("%v, %v", got[0].Err, got[1].Err)
	}
	// Whoever failed in one slice is not asked for in the next.
	if n := fmt.Sprint(c.calls()); n != "[5 1]" {
		t.Errorf("calls for %s users", n)
	}
}

func TestAvailabilityOfCrowdedCalendarsIsAskedInPieces(t *testing.T) {
	c := newCalendars(t, ewstest.Options{Profile: ewstest.Exchange2016})
	var events []ewstest.Event
	var want []model.Interval
	for i := range 2500 {
		i := model.Interval{Start: minute("2026-11-01T00:00Z") + model.Minute(i*50), End: minute("2026-11-01T00:00Z") + model.Minute(i*50+10)}
		events, want = append(events, ewstest.Event{Start: i.Start.Time(), End: i.End.Time(), BusyType: ewstest.Busy}), append(want, i)
	}
	c.server.SetCalendar(anna, events)
	c.busy(bob, ewstest.OOF, "2026-11-03T09:00Z/2026-11-03T10:30Z")
	got := c.ask("2026-11-01T00:00Z", "2027-02-01T00:00Z", anna, bob)
	c.same(got[0], times("2026-11-01T00:00Z", "2027-02-01T00:00Z", want, nil, nil))
	c.same(got[1], times("2026-11-01T00:00Z", "2027-02-01T00:00Z", nil, nil, meeting))
	if n := fmt.Sprint(c.calls()); n != "[2 1 1 2]" {
		t.Errorf("calls for %s users", n)
	}
}

func TestAvailabilityOfUsersOnOlderServersIsAskedInPieces(t *testing.T) {
	c := newCalendars(t, ewstest.Options{Profile: ewstest.Exchange2016})
	for _, user := range []string{anna, bob} {
		c.busy(user, ewstest.Busy, "2026-11-03T09:00Z/2026-11-03T10:30Z")
	}
	c.server.Inject(ewstest.Fault{Operation: "GetUserAvailability", Times: 1, Action: ewstest.Fail{Code: "ErrorTimeIntervalTooBig", Only: []int{0}}})
	for _, s := range c.ask("2026-11-01T00:00Z", "2027-01-01T00:00Z", anna, bob) {
		c.same(s, times("2026-11-01T00:00Z", "2027-01-01T00:00Z", meeting, nil, nil))
	}
	if n := fmt.Sprint(c.calls()); n != "[2 1 1]" {
		t.Errorf("calls for %s users", n)
	}
}

func TestAvailabilityThatComesTooLateIsAskedInPieces(t *testing.T) {
	c := newCalendars(t, ewstest.Options{Profile: ewstest.Exchange2010SP2})
	var all []string
	for i := range 8 {
		all = append(all, fmt.Sprintf("user%d@contoso.test", i))
		c.busy(all[i], ewstest.Busy, "2026-11-03T09:00Z/2026-11-03T10:30Z")
	}
	slow := func(r ewstest.Request) bool { return r.IDs > 2 }
	remove := c.server.Inject(ewstest.Fault{Operation: "GetUserAvailability", Times: -1, When: slow, Action: ewstest.Fail{Code: "ErrorTimeoutExpired", Whole: true}})
	for _, s := range c.ask("2026-11-01T00:00Z", "2026-12-01T00:00Z", all...) {
		c.same(s, times("2026-11-01T00:00Z", "2026-12-01T00:00Z", meeting, nil, nil))
	}
	remove()
	// The transport is patient with the first one alone.
	if n := fmt.Sprint(c.calls()); n != "[8 8 8 8 8 4 2 2 4 2 2]" {
		t.Errorf("calls for %s users", n)
	}
	c.server.ClearLog()
	defer c.server.Inject(ewstest.Fault{Operation: "GetUserAvailability", Times: -1, Action: ewstest.Fail{Code: "ErrorTimeoutExpired", Only: []int{0}}})()
	got := c.ask("2026-11-01T00:00Z", "2026-12-01T00:00Z", all...)
	for _, s := range got[1:] {
		c.same(s, times("2026-11-01T00:00Z", "2026-12-01T00:00Z", meeting, nil, nil))
	}
	if got[0].Err == nil || !strings.Contains(got[0].Err.Error(), "in time") {
		t.Errorf("got %+v", got[0])
	}
	if n := len(c.calls()); n > 5 {
		t.Errorf("%d calls", n)
	}
}

func TestAvailabilityOfABusyServerIsWaitedFor(t *testing.T) {
	c := newCalendars(t, ewstest.Options{Profile: ewstest.Exchange2010SP2})
	c.busy(anna, ewstest.Busy, "2026-11-03T09:00Z/2026-11-03T10:30Z")
	c.server.Inject(ewstest.Fault{Operation: "GetUserAvailability", Times: 3, Action: ewstest.Fail{Code: "ErrorServerBusy", Whole: true}})
	c.server.Inject(ewstest.Fault{Operation: "GetUserAvailability", Action: ewstest.Cut{Phase: ewstest.Inside}})
	c.server.Inject(ewstest.Fault{Operation: "GetUserAvailability", Action: ewstest.Fail{Code: "ErrorServerBusy", Only: []int{0}}})
	c.same(c.ask("2026-11-01T00:00Z", "2026-12-01T00:00Z", anna)[0], times("2026-11-01T00:00Z", "2026-12-01T00:00Z", meeting, nil, nil))
}

func TestAvailabilityOfOtherOrganizationsOfGrommunioIsNoData(t *testing.T) {
	c := newCalendars(t, ewstest.Options{Profile: ewstest.Grommunio})
	c.server.SetCalendar("carl@fabrikam.test", nil)
	c.server.SetCalendar(anna, nil)
	got := c.ask("2026-11-01T00:00Z", "2026-12-01T00:00Z", anna, "carl@fabrikam.test")
	c.same(got[0], times("2026-11-01T00:00Z", "2026-12-01T00:00Z", nil, nil, nil))
	if got[1].Err == nil || !strings.Contains(got[1].Err.Error(), "no data") {
		t.Errorf("got %+v", got[1])
	}
}

// TestAvailabilityAnswersFromTheFolder: the readers' side. What is written for a contact is what the organization's own Availability service
// says of it.
func TestAvailabilityAnswersFromTheFolder(t *testing.T) {
	for name, profile := range old {
		t.Run(name, func(t *testing.T) {
			l := newLegacy(t, ewstest.Options{Profile: profile})
			l.server.AddContact("Anna", "anna@fabrikam.test", dn("Anna"))
			l.server.AddAvailabilityAddressSpace("fabrikam.test")
			l.write(l.entry("Anna", times("2026-11-01T00:00Z", "2027-01-01T00:00Z", meeting, between("2026-11-04T09:00Z/2026-11-04T10:00Z"), between("2026-11-05T09:00Z/2026-11-06T10:00Z"))))
			s := l.store.Availability().Ask(t.Context(), []string{"anna@fabrikam.test"}, minute("2026-11-01T00:00Z"), minute("2026-12-01T00:00Z"))[0]
			if s.Err != nil || !slices.Equal(s.Times.Of[model.Busy], meeting) || len(s.Notes) != 1 {
				t.Errorf("got %+v", s)
			}
			contains(t, fmt.Sprint(s.Notes), "only merged free/busy")
		})
	}
}
