package mapi

import (
	"strings"

	"iorepl/sync/ews/soap"
)

var responses = []string{"Unknown", "Organizer", "Tentative", "Accept", "Decline", "NoResponseReceived"}

func readAttendees(element string, as recipientKind) func(*reading) *soap.Element {
	return func(r *reading) *soap.Element {
		e := soap.T(element)
		for _, to := range r.it.recipients {
			if to.as != as {
				continue
			}
			response := to.response
			if response == "" {
				response = "Unknown"
			}
			a := soap.T("Attendee", r.mailbox(to.mailbox), soap.T("ResponseType", response))
			if to.replied != 0 {
				a.Add(soap.T("LastResponseTime", r.time(to.replied)))
			}
			e.Add(a)
		}
		if len(e.Children) == 0 {
			return nil
		}
		return e
	}
}

func writeAttendees(as recipientKind) func(*change, *soap.Element) error {
	return func(c *change, e *soap.Element) error {
		c.it.recipients = c.it.without(as)
		return moreAttendees(as)(c, e)
	}
}

// moreAttendees adds t:Attendee elements. What they answered is kept as it was said.
func moreAttendees(as recipientKind) func(*change, *soap.Element) error {
	return func(c *change, e *soap.Element) error {
		all := c.it.recipients[:len(c.it.recipients):len(c.it.recipients)]
		for _, a := range e.All("Attendee") {
			m := a.Child("Mailbox")
			if m == nil {
				return schemaError("an Attendee without a Mailbox")
			}
			box, err := mailboxOf(m)
			if err != nil {
				return err
			}
			r := recipient{mailbox: box, as: as, response: a.Value("ResponseType")}
			if _, ok := number(responses, r.response); !ok && r.response != "" {
				return badValue("ResponseType")
			}
			if s := strings.TrimSpace(a.Value("LastResponseTime")); s != "" {
				t, ok := parseTime(s)
				if !ok {
					return badValue("LastResponseTime")
				}
				r.replied = filetimeOf(t)
			}
			all = append(all, r)
		}
		c.it.recipients = all
		return nil
	}
}
