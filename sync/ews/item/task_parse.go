package item

import (
	"strconv"
	"strings"
	"time"

	"iorepl/sync"
	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/item/recur"
)

// parseTask reads a file with a task.
func parseTask(p sync.Payload) (*task, error) {
	components, zones, around, notes, err := parseCalendar(p, "VTODO", "task")
	if err != nil {
		return nil, err
	}
	if len(components) > 1 {
		return nil, &severalError{len(components), "tasks"}
	}
	c := components[0]
	times := newTimes(zones, around)
	t := &task{}
	t.class, t.properties, t.notes = p.Class, p.Properties, notes
	seen := map[string]bool{}
	day := func(l content.Line) time.Time {
		at, z, isDay, err := times.read(l)
		switch {
		case err != nil:
			t.notes = append(t.notes, err.Error())
			return time.Time{}
		case isDay:
			return at
		}
		return recur.Date(local(at, z))
	}
	var length time.Duration
	for _, l := range c.Lines {
		switch l.Name {
		case "UID":
			t.uid = ownUID(l.Text())
		case "DTSTART":
			t.start = day(l)
		case "DUE":
			t.due = day(l)
		case "DURATION":
			length, _ = parseCalendarDuration(l.Value)
		case "COMPLETED":
			t.completed = day(l)
		case "PERCENT-COMPLETE":
			t.percent, _ = strconv.ParseFloat(strings.TrimSpace(l.Value), 64)
			t.percent = min(max(t.percent, 0), 100)
		case "STATUS", "X-IOREPL-STATUS":
			t.parseStatus(l)
		case "RRULE", "X-IOREPL-REGENERATES", "X-IOREPL-RECURS-FROM":
		default:
			t.take(l, seen)
		}
	}
	if t.due.IsZero() && !t.start.IsZero() && length > 0 {
		t.due = recur.Date(t.start.Add(length))
	}
	for _, a := range c.Components {
		l, ok := a.Get("TRIGGER")
		if at, _, isDay, err := times.read(l); a.Name == "VALARM" && ok && err == nil && !isDay && t.reminder.IsZero() {
			t.reminder = at
		} else {
			t.components = append(t.components, a)
		}
	}
	t.normalize()
	if t.status == "Completed" && t.completed.IsZero() { // a server would take today
		for _, at := range []time.Time{p.Modified, t.due, t.start} {
			if t.completed.IsZero() && !at.IsZero() && inRange(at) == nil {
				t.completed = recur.Date(at.UTC())
			}
		}
	}
	if err := t.parseRule(c, times); err != nil {
		return nil, err
	}
	t.notes = append(t.notes, times.notes...)
	return t, nil
}

func (t *task) parseStatus(l content.Line) {
	switch v := strings.ToUpper(strings.TrimSpace(l.Value)); {
	case l.Name == "X-IOREPL-STATUS":
		if s := strings.TrimSpace(l.Value); s == "WaitingOnOthers" || s == "Deferred" {
			t.status = s
		}
	case v == "COMPLETED":
		t.status = "Completed"
	case v == "IN-PROCESS":
		t.status = "InProgress"
	case v == "CANCELLED":
		t.status = "Deferred"
		t.notes = append(t.notes, "the task is cancelled, which Exchange does not know; it becomes deferred")
	}
}

func (t *task) parseRule(c *content.Component, times *times) error {
	l, ok := c.Get("RRULE")
	if !ok {
		return nil
	}
	start := t.first()
	if from, ok := c.Get("X-IOREPL-RECURS-FROM"); ok {
		if d, _, _, err := times.read(from); err == nil {
			start = d
		}
	}
	if start.IsZero() {
		t.notes = append(t.notes, "the task recurs, but begins on no day")
		t.more = append(t.more, l)
		return nil
	}
	rule, notes, err := recur.Parse(l.Value, start, func(value string) (time.Time, error) {
		at, z, _, err := times.read(content.New("UNTIL", value))
		return recur.Date(local(at, z)), err
	})
	if err != nil {
		return err
	}
	if rule.Again = strings.EqualFold(c.Text("X-IOREPL-REGENERATES"), "TRUE"); rule.Again {
		rule = recur.Rule{Pattern: rule.Pattern, Interval: rule.Interval, Again: true, Start: start, End: rule.End, Count: rule.Count}
		notes = nil
	}
	t.rule, t.notes = &rule, append(t.notes, notes...)
	return nil
}
