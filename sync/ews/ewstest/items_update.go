package ewstest

import (
	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// updateItem is UpdateItem (MS-OXWSCORE 3.1.4.9).
func (c *call) updateItem() (*soap.Element, error) {
	return c.each(within(c.req, "ItemChanges"), "Items", func(change *soap.Element) ([]*soap.Element, error) {
		if len(change.Children) != 2 {
			return nil, failAll("ErrorSchemaValidation")
		}
		p, err := c.item(change.Children[0])
		if err != nil {
			return nil, err
		}
		if c.grommunio() && change.Children[0].Is("RecurringMasterItemId") {
			return nil, failAs("ErrorInvalidId", "E-3450: RecurringMasterItemId is not supported")
		}
		if err := c.mayEditItem(p); err != nil {
			return nil, err
		}
		if err := c.updateDisposition(p.r.item); err != nil {
			return nil, err
		}
		if err := c.conflict(p); err != nil {
			return nil, err
		}
		r, err := c.update(p, within(change, "Updates"))
		if err != nil {
			return nil, err
		}
		return []*soap.Element{c.itemAnswer(p.f, r, p.occurrence), soap.M("ConflictResults", soap.T("Count", "0"))}, nil
	})
}

// updateDisposition demands the attributes that say whether to send.
func (c *call) updateDisposition(item *mapi.Item) error {
	element := item.ElementName(c.profile)
	disposition, invitations := c.req.Attr("MessageDisposition"), c.req.Attr("SendMeetingInvitationsOrCancellations")
	switch {
	case c.grommunio():
		return nil
	case element == "Message" && disposition == "":
		return failAs("ErrorMessageDispositionRequired", "The MessageDisposition attribute is required for messages.")
	case element == "CalendarItem" && invitations == "":
		return failAs("ErrorSendMeetingInvitationsOrCancellationsRequired",
			"The SendMeetingInvitationsOrCancellations attribute is required for calendar items.")
	case disposition != "" && disposition != "SaveOnly", invitations != "" && invitations != "SendToNone":
		return failAs("ErrorInvalidOperation", "Sending is not imitated: save only.")
	}
	return nil
}

// conflict refuses an update that was made for another state of the item. A change key is needed even to overwrite.
func (c *call) conflict(p place) error {
	if p.id.Is("RecurringMasterItemId") && p.id.Attr("ChangeKey") == "" {
		return nil
	}
	err := c.current(p.id.Attr("ChangeKey"), p.r.change, true)
	if err != nil && refusalOf(err).Code == "ErrorIrresolvableConflict" && c.req.Attr("ConflictResolution") != "NeverOverwrite" {
		return nil
	}
	return err
}

// update changes an item, or an occurrence of it, and gives its new state.
func (c *call) update(p place, changes []*soap.Element) (*record, error) {
	item := p.r.item.Clone()
	var err error
	if p.occurrence != 0 {
		err = item.UpdateOccurrence(c.profile, p.occurrence, changes, c.now, c.author())
	} else {
		err = item.Update(c.profile, changes, c.now, c.author())
	}
	if err != nil {
		return nil, err
	}
	if err := c.room(p.f, item.Size()); err != nil && item.Size() > p.r.item.Size() {
		return nil, err
	}
	if p.occurrence != 0 && c.grommunio() {
		return c.putQuietly(p.f, p.r, item), nil
	}
	return c.put(p.f, p.r, item), nil
}

// putQuietly is put without a new change key: grommunio does not count occurrences as changes of their master.
func (c *call) putQuietly(f *folder, r *record, item *mapi.Item) *record {
	n := c.put(f, r, item)
	n.change = r.change
	return n
}
