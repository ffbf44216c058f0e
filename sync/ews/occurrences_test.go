package ews_test

import (
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
)

// series is a weekly appointment, ten times.
func series() *soap.Element {
	return soap.T("CalendarItem", soap.T("ItemClass", "IPM.Appointment"), soap.T("Subject", "weekly"), soap.T("Start", "2026-11-02T09:00:00Z"),
		soap.T("End", "2026-11-02T10:00:00Z"), soap.T("Recurrence",
			soap.T("WeeklyRecurrence", soap.T("Interval", "1"), soap.T("DaysOfWeek", "Monday")),
			soap.T("NumberedRecurrence", soap.T("StartDate", "2026-11-02Z"), soap.T("NumberOfOccurrences", "10"))))
}

// TestChangedOccurrencesReachTheReplica: what users do with single occurrences of an appointment that is replicated already arrives with the next
// run, on every server, also where the server does not count it as a change of the appointment; and a plan after that is empty.
func TestChangedOccurrencesReachTheReplica(t *testing.T) {
	if testing.Short() {
		t.Skip("a long one, left out of short runs")
	}
	for _, way := range [][2]string{{"2016", "grommunio"}, {"2010 SP2", "2016"}, {"2007 SP1", "2007 SP1"}, {"grommunio", "2010 SP2"}, {"grommunio", "grommunio"}} {
		t.Run(way[0]+" to "+way[1], func(t *testing.T) {
			c := newChain(t)
			c.server("a", ewstest.Options{Profile: profiles[way[0]]})
			c.server("b", ewstest.Options{Profile: profiles[way[1]]})
			c.remembers()
			c.folder("a", "Team", "IPF.Appointment")
			c.session("a", "Team", "b", "Team", nil)
			id := c.add("a", "Team", series())
			c.complete()
			c.quiet()
			occurrence := func(index int) string {
				id, err := c.user("a").OccurrenceID(id, index)
				c.must(err)
				return id
			}
			replica := func(has, lacks []string) {
				t.Helper()
				c.complete()
				all := c.read("b", "Team")
				if len(all) != 1 {
					t.Fatalf("the subscriber has %d items", len(all))
				}
				for _, p := range all {
					contains(t, string(p.Data), has...)
					for _, text := range lacks {
						if strings.Contains(string(p.Data), text) {
							t.Errorf("%q is still there:\n%s", text, p.Data)
						}
					}
				}
				c.quiet()
			}
			set := func(index int, uri string, value *soap.Element) {
				t.Helper()
				c.must(c.user("a").EditItem(occurrence(index), setField(uri, "CalendarItem", value)))
			}
			set(2, "item:Subject", soap.T("Subject", "this time only"))
			replica([]string{"SUMMARY:weekly", "SUMMARY:this time only", "RECURRENCE-ID"}, nil)
			c.must(c.user("a").DeleteItem(occurrence(4)))
			replica([]string{"SUMMARY:this time only", "EXDATE", "20261123T090000"}, nil)
			set(2, "calendar:Location", soap.T("Location", "upstairs"))
			replica([]string{"SUMMARY:this time only", "LOCATION:upstairs", "EXDATE"}, nil)
			set(2, "item:Subject", soap.T("Subject", "once more"))
			set(3, "item:Subject", soap.T("Subject", "another one"))
			replica([]string{"SUMMARY:once more", "SUMMARY:another one", "LOCATION:upstairs"}, []string{"this time only"})
			c.must(c.user("a").DeleteItem(occurrence(2)))
			replica([]string{"SUMMARY:another one", "20261109T090000", "20261123T090000"}, []string{"once more"})
		})
	}
}

// TestOccurrencesSurviveAnInterruption: an appointment whose exceptions could not all be made is finished by a later run.
func TestOccurrencesSurviveAnInterruption(t *testing.T) {
	if testing.Short() {
		t.Skip("a long one, left out of short runs")
	}
	for _, tt := range []struct {
		operation string
		skip      int
	}{{"UpdateItem", 0}, {"UpdateItem", 1}, {"DeleteItem", 0}} {
		for _, phase := range []ewstest.Phase{ewstest.Before, ewstest.Drop} {
			t.Run(tt.operation, func(t *testing.T) {
				c := newChain(t)
				c.server("a", modern)
				c.server("b", modern)
				c.folder("a", "Team", "IPF.Appointment")
				c.session("a", "Team", "b", "Team", func(r *plan.Rules) { r.Deletions = plan.DeleteItems })
				id := c.add("a", "Team", series())
				second, err := c.user("a").OccurrenceID(id, 2)
				c.must(err)
				fourth, err := c.user("a").OccurrenceID(id, 4)
				c.must(err)
				c.must(c.user("a").EditItem(second, setField("item:Subject", "CalendarItem", soap.T("Subject", "this time only"))))
				c.must(c.user("a").DeleteItem(fourth))
				c.servers["b"].Inject(ewstest.Fault{Operation: tt.operation, Skip: tt.skip, Action: ewstest.Cut{Phase: phase}})
				c.apply()
				c.settles()
				want, got := c.read("a", "Team"), c.read("b", "Team")
				if len(got) != 1 || string(got["weekly"].Data) != string(want["weekly"].Data) {
					t.Errorf("the subscriber has %d items\n%s", len(got), got["weekly"].Data)
				}
			})
		}
	}
}

// exceptional is an appointment on grommunio, of which one occurrence was edited, and whose listings are remembered.
func exceptional(t *testing.T) *chain {
	t.Helper()
	c := newChain(t)
	c.server("a", ewstest.Options{Profile: profiles["grommunio"]})
	c.server("b", modern)
	c.remembers()
	c.folder("a", "Team", "IPF.Appointment")
	c.session("a", "Team", "b", "Team", func(r *plan.Rules) { r.Deletions = plan.DeleteItems })
	id, err := c.user("a").OccurrenceID(c.add("a", "Team", series()), 2)
	c.must(err)
	c.must(c.user("a").EditItem(id, setField("item:Subject", "CalendarItem", soap.T("Subject", "this time only"))))
	return c
}

// TestAnOccurrenceThatCannotBeReadIsNoChange: on grommunio, whose appointments get their version from their occurrences. What may pass is an error of that
// run; what never will be readable changes nothing from run to run. Neither is taken for a change of the appointment.
func TestAnOccurrenceThatCannotBeReadIsNoChange(t *testing.T) {
	const master, exception = 0, 1 // requests of a listing, in their order
	for name, fail := range map[string]struct {
		skip    int
		action  ewstest.Action
		always  bool
		problem string
	}{
		"passing, of the occurrence":         {exception, ewstest.Fail{Code: "ErrorInternalServerTransientError"}, false, "ErrorInternalServerTransientError"},
		"passing, of the appointment":        {master, ewstest.Fail{Code: "ErrorInternalServerTransientError"}, false, "ErrorInternalServerTransientError"},
		"an unknown code, of the occurrence": {exception, ewstest.Fail{Code: "ErrorMadeUpTomorrow"}, false, "ErrorMadeUpTomorrow"},
		"denied, of the occurrence":          {exception, ewstest.Fail{Code: "ErrorAccessDenied"}, false, "ErrorAccessDenied"},
		"a fault, of the occurrence":         {exception, ewstest.Fail{Code: "ErrorInternalServerError", Whole: true}, true, "ErrorInternalServerError"},
		"a fault, of the appointment":        {master, ewstest.Fail{Code: "ErrorInternalServerError", Whole: true}, true, "ErrorInternalServerError"},
	} {
		t.Run(name, func(t *testing.T) {
			c := exceptional(t)
			c.complete()
			c.quiet()
			c.servers["b"].ClearLog()
			fault := ewstest.Fault{Operation: "GetItem", Skip: fail.skip, Action: fail.action}
			if fail.always {
				fault.Times = -1
			}
			c.post("a", "Team", "a note") // so that the folder is listed
			remove := c.servers["a"].Inject(fault)
			out := c.plan()
			remove()
			out.says(t, fail.problem)
			if n := out.plan.Changes.Count(plan.Update, plan.Renew, plan.Delete); n > 0 {
				t.Errorf("the appointment is taken for changed:\n%s", out.said())
			}
			c.complete()
			c.quiet()
			if n := len(c.servers["b"].Mutations("UpdateItem")); n > 0 {
				t.Errorf("%d needless updates", n)
			}
		})
	}
	for _, code := range []string{"ErrorItemCorrupt", "ErrorItemNotFound"} {
		t.Run(code, func(t *testing.T) {
			c := exceptional(t)
			c.complete()
			c.options["a"].Cache = ""
			n := 0 // every second request is for the occurrence
			defer c.servers["a"].Inject(ewstest.Fault{Operation: "GetItem", Times: -1, When: func(ewstest.Request) bool { n++; return n%2 == 0 },
				Action: ewstest.Fail{Code: code}})()
			list := func() (version plan.Digest) {
				s, err := ews.Open(t.Context(), *c.options["a"])
				c.must(err)
				defer s.Close()
				folders, err := s.Folders(t.Context())
				c.must(err)
				for _, f := range folders {
					if f.Path == "Team" {
						c.must(s.List(t.Context(), f, func(items []plan.Item) error {
							if len(items) != 1 || items[0].Problem != "" {
								t.Errorf("listed are %+v", items)
							}
							version = items[0].Version
							return nil
						}))
					}
				}
				return version
			}
			if first, second := list(), list(); first != second {
				t.Errorf("the version changes from run to run: %s, then %s", first, second)
			}
		})
	}
}
