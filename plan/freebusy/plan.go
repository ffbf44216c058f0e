package freebusy

import (
	"fmt"

	"iorepl/plan"
)

// Plan is what an apply would do in all free_busy sessions.
type Plan struct {
	Parts   []*Part
	Refused []plan.Refusal // gates that are shut
}

// Complete sorts the plan and checks its gates.
func (p *Plan) Complete() {
	p.Refused = nil
	for _, part := range p.Parts {
		part.Sort()
		part.check(p)
	}
}

// check shuts the gates that deletions can trip. What is written under a contact's name is replaced every few days by design, so there
// is no gate on updates.
func (p *Part) check(all *Plan) {
	n := 0
	for _, c := range p.Changes {
		if c.Action == plan.Delete {
			n++
		}
	}
	title := p.Publisher + " -> " + p.Subscriber
	limit := plan.DefaultLimits().Deletions
	if limit.Exceeds(n, p.Ours) {
		all.Refused = append(all.Refused, plan.Refusal{Gate: plan.GateDeletions, Session: p.Session,
			Message: fmt.Sprintf("%s: %d deletions, of %d messages that came from there; the limit is %s", title, n, p.Ours, limit)})
	}
	if n > 0 && p.Users == 0 {
		all.Refused = append(all.Refused, plan.Refusal{Gate: plan.GateEmptySide, Session: p.Session,
			Message: fmt.Sprintf("%s: the publisher has no users, and %d messages would be deleted at the subscriber", title, n)})
	}
}

// Changes is how many changes there are.
func (p *Plan) Changes() (n int) {
	for _, part := range p.Parts {
		n += len(part.Changes)
	}
	return n
}

// Digest stands for what has to be approved: the configuration, which sessions cannot be looked at, and the deletions; strict covers every change.
func (p *Plan) Digest(strict bool) plan.Digest {
	var parts []string
	for _, part := range p.Parts {
		parts = append(parts, "free_busy", part.Session, part.Publisher, part.Subscriber, part.Source, fmt.Sprint(part.Deletions), part.Rules)
		if len(part.Failed) > 0 {
			parts = append(parts, "cannot be looked at")
		}
		for _, c := range part.Changes {
			if strict || c.Action == plan.Delete {
				parts = append(parts, c.Action.String(), c.User.Address, c.Content.String(), c.ref())
			}
		}
	}
	return plan.Sum(parts...)
}

// AddTo puts the plan into a document.
func (p *Plan) AddTo(d *plan.Document, strict bool) {
	var sessions []plan.DocFreeBusy
	for _, part := range p.Parts {
		sessions = append(sessions, part.document())
	}
	d.AddFreeBusy(sessions, p.Refused, p.Digest(strict))
}

func (p *Part) document() plan.DocFreeBusy {
	d := plan.DocFreeBusy{Session: p.Session, Source: p.Place, From: p.Source, Publisher: p.Publisher, Subscriber: p.Subscriber,
		Start: p.Start.day(), End: p.End.day(), Errors: p.Failed}
	for i := range p.Changes {
		d.Changes = append(d.Changes, p.Changes[i].Document(p.Subscriber))
	}
	for _, l := range p.Left {
		d.LeftAlone = append(d.LeftAlone, plan.DocLeft{Place: plan.Place{Organization: p.Subscriber}, Why: l.Why, Count: l.Count, Names: l.Names, Error: l.Error})
	}
	return d
}

// Document is the change as a document shows it.
func (c *Change) Document(subscriber string) plan.DocChange {
	return plan.DocChange{Symbol: c.Action.Symbol(), Action: c.Action, Place: plan.Place{Organization: subscriber}, Item: c.User.String(), FreeBusy: true,
		Why: c.Why, Detail: monthsText(c.Months)}
}
