package mapi

import (
	"strconv"

	"iorepl/sync/ews/soap"
)

// The bits of PidTagMessageFlags (MS-OXCMSG 2.2.1.6).
const (
	flagRead        = 0x01
	flagUnmodified  = 0x02
	flagSubmitted   = 0x04
	flagUnsent      = 0x08
	flagAttachments = 0x10
	flagFromMe      = 0x20
	flagAssociated  = 0x40
	flagResend      = 0x80
)

func readFlag(bit int32) func(*reading) *soap.Element {
	return func(r *reading) *soap.Element {
		return soap.T(r.field.name, strconv.FormatBool(r.it.integer(pFlags)&bit != 0))
	}
}

func valueFlag(bit int32) func(*Item) any {
	return func(it *Item) any { return it.integer(pFlags)&bit != 0 }
}

func writeRead(c *change, e *soap.Element) error {
	read, ok := parseBool(e.Text)
	if !ok {
		return badValue(e.Name)
	}
	c.setRead(read)
	return nil
}

func (c *change) setRead(read bool) {
	f := c.it.integer(pFlags)
	if read {
		f |= flagRead
	} else {
		f &^= flagRead
	}
	c.it.props.set(pFlags, f)
	c.read = true
}

// setFlags takes what a client may say of PidTagMessageFlags: everything but computed bits at creation, only whether it is
// read later on.
func (c *change) setFlags(f int32) {
	c.setRead(f&flagRead != 0)
	if !c.creating {
		return
	}
	c.flagged = true
	c.it.props.set(pFlags, f&^(flagAttachments|flagFromMe|flagAssociated))
}

// readFollowUp writes the flag of 2013 and later: PidTagFlagStatus and the dates behind it.
func readFollowUp(r *reading) *soap.Element {
	status := r.it.integer(pFlagStatus)
	e := soap.T("Flag", soap.T("FlagStatus", name(flagStates, status)))
	if status == 2 {
		if t, ok := r.it.props.get(pTaskStart).(filetime); ok {
			e.Add(soap.T("StartDate", r.time(t)))
		}
		if t, ok := r.it.props.get(pTaskDue).(filetime); ok {
			e.Add(soap.T("DueDate", r.time(t)))
		}
	}
	if t, ok := r.it.props.get(pFlagCompleted).(filetime); ok && status == 1 {
		e.Add(soap.T("CompleteDate", r.time(t)))
	}
	return e
}

func writeFollowUp(c *change, e *soap.Element) error {
	status, ok := number(flagStates, e.Value("FlagStatus"))
	if !ok {
		return badValue("FlagStatus")
	}
	clearFollowUp(c)
	c.it.props.set(pFlagStatus, status)
	if status == 2 && c.it.text(pFlagRequest) == "" {
		c.it.props.set(pFlagRequest, "Follow up")
	}
	for _, d := range []struct {
		name string
		key  key
	}{{"StartDate", pTaskStart}, {"DueDate", pTaskDue}, {"CompleteDate", pFlagCompleted}} {
		s := e.Value(d.name)
		if s == "" {
			continue
		}
		t, ok := parseTime(s)
		if !ok {
			return badValue(d.name)
		}
		c.it.props.set(d.key, filetimeOf(t))
	}
	if status == 1 && c.it.props.get(pFlagCompleted) == nil {
		c.it.props.set(pFlagCompleted, filetimeOf(c.now))
	}
	return nil
}

func clearFollowUp(c *change) {
	for _, k := range []key{pFlagStatus, pFlagRequest, pFlagCompleted, pTaskStart, pTaskDue} {
		c.it.props.delete(k)
	}
}

// name is the name of an enumeration's number; an unknown number has the first name.
func name(names []string, n int32) string {
	if n < 0 || int(n) >= len(names) {
		n = 0
	}
	return names[n]
}

func number(names []string, s string) (int32, bool) {
	for i, n := range names {
		if n == s {
			return int32(i), true
		}
	}
	return 0, false
}
