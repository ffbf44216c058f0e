package ewstest

import "iorepl/sync/ews/soap"

// deleteItem is DeleteItem (MS-OXWSCORE 3.1.4.3).
func (c *call) deleteItem() (*soap.Element, error) {
	kind := c.req.Attr("DeleteType")
	return c.each(within(c.req, "ItemIds"), "", func(id *soap.Element) ([]*soap.Element, error) {
		p, err := c.item(id)
		if err != nil {
			return nil, err
		}
		if c.grommunio() && id.Is("RecurringMasterItemId") {
			return nil, failAs("ErrorInvalidId", "E-3451: RecurringMasterItemId is not supported")
		}
		if err := c.mayDeleteItem(p); err != nil {
			return nil, err
		}
		element := p.r.item.ElementName(c.profile)
		switch {
		case c.grommunio():
		case element == "CalendarItem" && c.req.Attr("SendMeetingCancellations") == "":
			return nil, failAs("ErrorSendMeetingCancellationsRequired", "The SendMeetingCancellations attribute is required for calendar items.")
		case element == "Task" && c.req.Attr("AffectedTaskOccurrences") == "":
			return nil, failAs("ErrorAffectedTaskOccurrencesRequired", "The AffectedTaskOccurrences attribute is required for tasks.")
		}
		if kind == "MoveToDeletedItems" {
			if p.occurrence == 0 {
				return []*soap.Element{}, c.recycle(p)
			}
			if p.f.store.public {
				return nil, c.noDeletedItems()
			}
		}
		if p.occurrence != 0 {
			return []*soap.Element{}, c.deleteOccurrence(p)
		}
		c.remove(p.f, p.r, kind == "HardDelete")
		return []*soap.Element{}, nil
	})
}

// noDeletedItems is the refusal of MoveToDeletedItems in public folders.
func (c *call) noDeletedItems() error {
	if c.grommunio() {
		return fail("ErrorMoveCopyFailed")
	}
	return fail("ErrorCannotDeleteObject")
}

// recycle moves an item to Deleted Items.
func (c *call) recycle(p place) error {
	if p.f.store.public {
		return c.noDeletedItems()
	}
	bin := c.st.folders[p.f.store.special["deleteditems"]]
	if bin.id == p.f.id {
		c.remove(p.f, p.r, true)
		return nil
	}
	c.remove(p.f, p.r, true)
	c.add(bin, p.r.item, p.r.creator)
	return nil
}

// deleteOccurrence takes one occurrence out of a recurring appointment.
func (c *call) deleteOccurrence(p place) error {
	item := p.r.item.Clone()
	if err := item.DeleteOccurrence(p.occurrence, c.now); err != nil {
		return err
	}
	if c.grommunio() {
		c.putQuietly(p.f, p.r, item)
		return nil
	}
	c.put(p.f, p.r, item)
	return nil
}
