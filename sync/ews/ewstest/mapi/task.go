package mapi

import (
	"math"
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

const (
	taskNotStarted = 0
	taskInProgress = 1
	taskDone       = 2
)

// readPercent: the property counts from 0 to 1, the element to 100 (MS-OXWSTASK 2.2.4.5).
func readPercent(r *reading) *soap.Element {
	return soap.T("PercentComplete", strconv.FormatFloat(valuePercent(r.it).(float64), 'g', -1, 64))
}

func valuePercent(it *Item) any {
	f, _ := it.props.get(pTaskPercent).(float64)
	return math.Round(f*1e6) / 1e4
}

func writePercent(c *change, e *soap.Element) error {
	f, err := strconv.ParseFloat(strings.TrimSpace(e.Text), 64)
	if err != nil {
		return badValue("PercentComplete")
	}
	if f < 0 || f > 100 || math.IsNaN(f) {
		return refuse("ErrorInvalidPercentCompleteValue", "Task percent complete must be between 0 and 100.")
	}
	c.percent = true
	c.it.props.set(pTaskPercent, f/100)
	return nil
}

func clearPercent(c *change) { _ = c.setProperty(pTaskPercent, 0.0) }

func writeTaskStatus(c *change, e *soap.Element) error {
	n, ok := number(taskStates, strings.TrimSpace(e.Text))
	if !ok {
		return badValue("Status")
	}
	return c.setProperty(pTaskStatus, n)
}

func clearTaskStatus(c *change) { _ = c.setProperty(pTaskStatus, int32(taskNotStarted)) }

// writeCompleteDate: a task that has such a date is complete (MS-OXWSTASK 2.2.4.5). It lies not in the future, and is a day.
func writeCompleteDate(c *change, e *soap.Element) error {
	t, ok := parseTime(e.Text)
	if !ok {
		return badValue("CompleteDate")
	}
	if t.After(c.now.Add(24 * time.Hour)) {
		return refuse("ErrorInvalidCompleteDate", "A task's CompleteDate cannot be in the future.")
	}
	c.it.props.set(pTaskCompleted, filetimeOf(t.Truncate(24*time.Hour)))
	return c.setProperty(pTaskStatus, int32(taskDone))
}

func clearCompleteDate(c *change) {
	c.it.props.delete(pTaskCompleted)
	if c.it.integer(pTaskStatus) == taskDone {
		clearTaskStatus(c)
	}
}

// finishTask brings status, percentage and completion together, the one that was set deciding.
func (c *change) finishTask() {
	it := c.it
	status := it.integer(pTaskStatus)
	percent, _ := it.props.get(pTaskPercent).(float64)
	switch {
	case c.state && status == taskDone, c.percent && percent >= 1:
		status, percent = taskDone, 1
	case c.state && status == taskNotStarted && !c.percent:
		percent = 0
	case c.percent && !c.state && percent > 0 && status == taskNotStarted:
		status = taskInProgress
	case c.percent && !c.state && percent == 0 && status != taskNotStarted, c.percent && percent < 1 && status == taskDone:
		status = taskNotStarted
		if percent > 0 {
			status = taskInProgress
		}
	case c.state && status != taskDone && percent >= 1:
		percent = 0
	}
	it.props.set(pTaskStatus, status)
	it.props.set(pTaskPercent, percent)
	it.props.set(pTaskComplete, status == taskDone)
	if status != taskDone {
		it.props.delete(pTaskCompleted)
	} else if it.props.get(pTaskCompleted) == nil {
		it.props.set(pTaskCompleted, filetimeOf(c.now.UTC().Truncate(24*time.Hour)))
	}
	if it.props.get(pTaskOwner) == nil {
		it.props.set(pTaskOwner, c.who.name)
	}
	it.props.set(pTaskVersion, it.integer(pTaskVersion)+1)
}

func readStatusDescription(r *reading) *soap.Element {
	text := [...]string{"Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"}
	n := r.it.integer(pTaskStatus)
	if n < 0 || int(n) >= len(text) {
		n = 0
	}
	return soap.T("StatusDescription", text[n])
}

func readDelegation(*reading) *soap.Element { return soap.T("DelegationState", "NoMatch") }

func readTaskRecurrence(r *reading) *soap.Element {
	rule, ok := r.it.props.get(keptKey("task:Recurrence")).(*recurrence)
	if !ok {
		return nil
	}
	return rule.element(r.p, nil)
}

func writeTaskRecurrence(c *change, e *soap.Element) error {
	rule, err := parseRecurrence(c.p, e, true)
	if err != nil {
		return err
	}
	c.it.props.set(keptKey("task:Recurrence"), rule)
	c.it.props.set(pTaskRecurring, true)
	return nil
}

func clearTaskRecurrence(c *change) {
	c.it.props.delete(keptKey("task:Recurrence"))
	c.it.props.delete(pTaskRecurring)
}
