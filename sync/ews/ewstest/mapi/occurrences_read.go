package mapi

import (
	"strconv"
	"time"

	"iorepl/sync/ews/soap"
)

func readRecurrence(r *reading) *soap.Element {
	if r.it.series == nil {
		return nil
	}
	return r.it.series.rule.element(r.p, r.it.zone())
}

func writeRecurrence(c *change, e *soap.Element) error {
	rule, err := parseRecurrence(c.p, e, false)
	if err != nil {
		return err
	}
	c.rule, c.ruleSet = rule, true
	return nil
}

func clearRecurrence(c *change) { c.rule, c.ruleSet = nil, true }

// occurrenceInfo is a t:OccurrenceInfoType; nil where nobody makes ids of occurrences.
func (r *reading) occurrenceInfo(name string, x Occurrence) *soap.Element {
	if r.it.around.Occurrence == nil {
		return nil
	}
	id := r.it.around.Occurrence(x.Index)
	if id == nil {
		return nil
	}
	return soap.T(name, id, soap.T("Start", timeText(x.Start, 0)), soap.T("End", timeText(x.End, 0)), soap.T("OriginalStart", timeText(x.OriginalStart, 0)))
}

func readFirst(r *reading) *soap.Element {
	if r.it.series == nil {
		return nil
	}
	for i, t := range r.it.slots() {
		if !r.it.series.isDeleted(i) {
			return r.occurrenceInfo("FirstOccurrence", occurrenceOf(r.it.at(i, t)))
		}
	}
	return nil
}

// readLast: a recurrence without end has no last occurrence.
func readLast(r *reading) *soap.Element {
	if r.it.series == nil || r.it.series.rule.end.IsZero() && r.it.series.rule.count == 0 {
		return nil
	}
	last, at := 0, time.Time{}
	for i, t := range r.it.slots() {
		if !r.it.series.isDeleted(i) {
			last, at = i, t
		}
	}
	return r.occurrenceInfo("LastOccurrence", occurrenceOf(r.it.at(last, at)))
}

func readModified(r *reading) *soap.Element {
	if r.it.series == nil {
		return nil
	}
	e := soap.T("ModifiedOccurrences")
	for _, x := range r.it.Exceptions() {
		e.Add(r.occurrenceInfo("Occurrence", x))
	}
	if len(e.Children) == 0 {
		return nil
	}
	return e
}

func readDeleted(r *reading) *soap.Element {
	if r.it.series == nil || len(r.it.series.deleted) == 0 {
		return nil
	}
	e := soap.T("DeletedOccurrences")
	last := r.it.series.deleted[len(r.it.series.deleted)-1]
	for i, t := range r.it.slots() {
		if i > last {
			break
		}
		if r.it.series.isDeleted(i) {
			e.Add(soap.T("DeletedOccurrence", soap.T("Start", timeText(t, 0))))
		}
	}
	return e
}

func readCalendarType(r *reading) *soap.Element {
	s := "Single"
	switch {
	case r.it.series != nil:
		s = "RecurringMaster"
	case r.it.instance != nil && r.it.instance.exception:
		s = "Exception"
	case r.it.instance != nil:
		s = "Occurrence"
	}
	return soap.T("CalendarItemType", s)
}

func readIsRecurring(r *reading) *soap.Element {
	return soap.T("IsRecurring", strconv.FormatBool(r.it.series != nil || r.it.instance != nil))
}

func readOriginalStart(r *reading) *soap.Element {
	if r.it.instance == nil {
		return nil
	}
	return soap.T("OriginalStart", r.time(r.it.instance.original))
}

func readRecurrenceID(r *reading) *soap.Element {
	if r.it.instance == nil {
		return nil
	}
	return soap.T("RecurrenceId", r.time(r.it.instance.original))
}
