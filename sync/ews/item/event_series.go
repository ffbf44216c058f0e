package item

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/item/recur"
	"iorepl/sync/ews/item/zone"
)

// parseRule reads when the appointment recurs, and when it does not.
func (ev *event) parseRule(c *content.Component, times *times) error {
	rules := c.All("RRULE")
	switch {
	case len(rules) == 0:
		if has(c, "RDATE") {
			ev.notes = append(ev.notes, "the appointment happens on further dates (RDATE), which Exchange does not know")
		}
		return nil
	case len(rules) > 1:
		return fmt.Errorf("the appointment has %d recurrence rules", len(rules))
	}
	if has(c, "RDATE") {
		ev.notes = append(ev.notes, "the recurrence has further dates (RDATE), which Exchange does not know")
	}
	until := func(value string) (time.Time, error) {
		t, z, day, err := times.read(content.New("UNTIL", value, "TZID", ev.zone.IANA()))
		if err != nil || day || ev.allDay {
			return local(t, z), err
		}
		return local(t, ev.zone), nil
	}
	was := ev.clock()
	rule, notes, err := recur.Parse(rules[0].Value, was, until)
	if err != nil {
		return err
	}
	ev.rule, ev.notes = &rule, append(ev.notes, notes...)
	ev.shift(rule.Start.Sub(recur.Date(was)))
	for _, l := range c.All("EXDATE") {
		for part := range strings.SplitSeq(l.Value, ",") {
			one := l
			one.Value = part
			t, z, day, err := times.read(one)
			if err != nil {
				ev.notes = append(ev.notes, fmt.Sprintf("a deleted occurrence (EXDATE) is at no time: %q", part))
				continue
			}
			d := ev.occurrenceOf(t, z, day)
			if _, ok := rule.Index(d); ok && !slices.ContainsFunc(ev.deleted, d.Equal) {
				ev.deleted = append(ev.deleted, d)
			}
		}
	}
	slices.SortFunc(ev.deleted, time.Time.Compare)
	return nil
}

// shift moves the event by whole days of its clock.
func (ev *event) shift(by time.Duration) {
	if by == 0 {
		return
	}
	length := ev.end.Sub(ev.start)
	if ev.allDay {
		ev.start = ev.start.Add(by)
	} else {
		ev.start = instant(ev.clock().Add(by), ev.zone)
	}
	ev.end = ev.start.Add(length)
}

// occurrenceOf is the day of the occurrence that a time names.
func (ev *event) occurrenceOf(t time.Time, z zone.Zone, day bool) time.Time {
	if day || ev.allDay {
		return recur.Date(local(t, z))
	}
	return recur.Date(t.In(ev.zone.Location()))
}

func (ev *event) parseException(c *content.Component, times *times) error {
	x := exception{}
	if err := x.parseOne(c, times, ev); err != nil {
		return err
	}
	id, _ := c.Get("RECURRENCE-ID")
	if id.Has("RANGE", "THISANDFUTURE") {
		return fmt.Errorf("a change of the recurrence from one occurrence on is nothing that Exchange knows")
	}
	t, z, day, err := times.read(id)
	if err != nil {
		return err
	}
	x.day = ev.occurrenceOf(t, z, day)
	if ev.rule == nil {
		ev.notes = append(ev.notes, "an occurrence is changed although the appointment does not recur")
		return nil
	}
	if _, ok := ev.rule.Index(x.day); !ok {
		ev.notes = append(ev.notes, fmt.Sprintf("an occurrence is changed that is none of the recurrence: %s", x.day.Format(time.DateOnly)))
		return nil
	}
	if x.notes != nil {
		ev.notes = append(ev.notes, x.notes...)
	}
	if beside := content.Extra(x.more, x.components); beside != "" && beside != content.Extra(ev.more, ev.components) {
		ev.notes = append(ev.notes, fmt.Sprintf("the changed occurrence of %s says more than Exchange knows, and that is left out", x.day.Format(time.DateOnly)))
	}
	x.partOf(ev)
	ev.exceptions = append(ev.exceptions, x)
	return nil
}
