package item

import (
	"strconv"
	"strings"
	"time"

	"iorepl/sync"
	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/item/recur"
	"iorepl/sync/ews/soap"
)

// task is a task. Its days are at midnight in UTC.
type task struct {
	base
	uid                   string // "" if nobody named it
	start, due, completed time.Time
	status                string // TaskStatusType
	percent               float64
	reminder              time.Time // zero if there is none
	rule                  *recur.Rule
}

func readTask(src Source, extra []Property) (*task, error) {
	t := &task{}
	e := src.Item
	t.read(e, src.Attachments, Task, extra)
	day := func(name string) time.Time {
		if at, ok := parseTime(e.Value(name)); ok {
			return dayOf(at)
		}
		return time.Time{}
	}
	t.start, t.due, t.completed = day("StartDate"), day("DueDate"), day("CompleteDate")
	t.status = e.Value("Status")
	t.percent, _ = strconv.ParseFloat(e.Value("PercentComplete"), 64)
	if boolAt(e, "ReminderIsSet") {
		t.reminder = timeAt(e, "ReminderDueBy")
	}
	if r := e.Child("Recurrence"); r != nil {
		rule, err := recur.FromElement(r)
		if err != nil {
			return nil, err
		}
		t.rule = &rule
	}
	t.takeUID()
	t.normalize()
	return t, nil
}

// takeUID takes the name that a file gave the task from what goes along.
func (t *task) takeUID() {
	for i, l := range t.more {
		if l.Name == "UID" {
			t.uid = l.Text()
			t.more = append(t.more[:i:i], t.more[i+1:]...)
			return
		}
	}
}

// normalize makes status, percentage and completion agree, as servers do (MS-OXOTASK 2.2.2.2).
func (t *task) normalize() {
	switch {
	case t.status == "Completed" || t.percent >= 100 || !t.completed.IsZero():
		t.status, t.percent = "Completed", 100
	case t.status == "WaitingOnOthers" || t.status == "Deferred":
	case t.percent > 0:
		t.status = "InProgress"
	case t.status != "InProgress":
		t.status = "NotStarted"
	}
	if !t.due.IsZero() && t.start.After(t.due) {
		t.start = t.due
	}
}

// taskStatus are the values of STATUS (RFC 5545 section 3.8.1.11).
var taskStatus = map[string]string{"NotStarted": "NEEDS-ACTION", "InProgress": "IN-PROCESS", "Completed": "COMPLETED",
	"WaitingOnOthers": "NEEDS-ACTION", "Deferred": "NEEDS-ACTION"}

func (t *task) payload() sync.Payload {
	return sync.Payload{Class: t.class, Name: t.subject, Format: sync.ICalendar, Data: t.encode(), Properties: t.properties}
}

func (t *task) encode() []byte {
	c := &content.Component{Name: "VTODO"}
	day := func(name string, at time.Time) {
		if !at.IsZero() {
			c.Add(content.New(name, at.Format(dateForm), "VALUE", "DATE"))
		}
	}
	c.Add(stamped)
	day("DTSTART", t.start)
	day("DUE", t.due)
	if t.rule != nil {
		value := t.rule.String()
		if !t.rule.End.IsZero() && t.rule.Count == 0 {
			value += ";UNTIL=" + t.rule.End.Format(dateForm)
		}
		c.Add(content.New("RRULE", value))
		if !t.rule.Start.Equal(t.first()) {
			c.Add(content.New("X-IOREPL-RECURS-FROM", t.rule.Start.Format(dateForm)))
		}
		if t.rule.Again {
			c.Add(content.New("X-IOREPL-REGENERATES", "TRUE"))
		}
	}
	t.put(c)
	c.Add(content.New("STATUS", taskStatus[t.status]))
	if t.status == "WaitingOnOthers" || t.status == "Deferred" {
		c.Add(content.New("X-IOREPL-STATUS", t.status))
	}
	if t.percent > 0 {
		c.Add(content.New("PERCENT-COMPLETE", strconv.FormatFloat(t.percent, 'g', -1, 64)))
	}
	if !t.completed.IsZero() {
		c.Add(content.New("COMPLETED", t.completed.Format(utcForm)))
	}
	t.putRest(c)
	if !t.reminder.IsZero() {
		c.Components = append(c.Components, alarm(content.New("TRIGGER", t.reminder.Format(utcForm), "VALUE", "DATE-TIME")))
	}
	c.Components = append(c.Components, t.components...)
	return named(c, t.uid)
}

// first is the day that a recurrence counts from if nothing else is said.
func (t *task) first() time.Time {
	if !t.start.IsZero() {
		return t.start
	}
	return t.due
}

// named is a file with one component, under its name or one that follows from what it says.
func named(c *content.Component, uid string) []byte {
	if uid == "" {
		uid = derivedUID(c)
	}
	c.Lines = append([]content.Line{content.New("UID", content.Escape(uid))}, c.Lines...)
	file := calendar()
	file.Components = append(file.Components, c)
	return content.Encode(file)
}

// ownUID is the name of a component, "" if it follows from what the component says.
func ownUID(uid string) string {
	if strings.HasPrefix(uid, "iorepl-") {
		return ""
	}
	return uid
}

func (t *task) write(s soap.Server) (Writing, error) {
	f, notes := t.fields(s)
	w := Writing{Create: f.create("Task"), Notes: notes}
	var more []string
	w.Attachments, more = attachments(t.files, s)
	w.Notes = append(w.Notes, more...)
	return w, nil
}

func (t *task) fields(s soap.Server) (f fields, notes []string) {
	b := t.base
	if t.uid != "" {
		b.more = append(b.more[:len(b.more):len(b.more)], content.New("UID", content.Escape(t.uid)))
	}
	f, notes = b.fields(s)
	day := func(name string, at time.Time) {
		if !at.IsZero() {
			f.put("task:"+name, soap.T(name, formatTime(at)))
		}
	}
	day("StartDate", t.start)
	day("DueDate", t.due)
	if t.status == "Completed" && !t.completed.IsZero() {
		day("CompleteDate", t.completed)
	} else if t.percent > 0 && t.status != "Completed" {
		f.put("task:PercentComplete", soap.T("PercentComplete", strconv.FormatFloat(t.percent, 'g', -1, 64)))
	}
	f.put("task:Status", soap.T("Status", t.status))
	f.put("item:ReminderIsSet", soap.T("ReminderIsSet", strconv.FormatBool(!t.reminder.IsZero())))
	if !t.reminder.IsZero() {
		f.put("item:ReminderDueBy", soap.T("ReminderDueBy", formatTime(t.reminder)))
	}
	if t.rule != nil {
		f.put("task:Recurrence", t.rule.Element(s.Version))
	}
	return f, notes
}
