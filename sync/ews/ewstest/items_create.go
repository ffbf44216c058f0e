package ewstest

import (
	"slices"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// prepared is an item of a request, or why there is none.
type prepared struct {
	item *mapi.Item
	err  error
}

// prepareItems makes the items of a request before they have a place.
func (c *call) prepareItems() {
	c.made = nil
	for _, e := range within(c.req, "Items") {
		p := prepared{err: c.disposition(e.Name)}
		if p.err == nil {
			p.item, p.err = mapi.New(c.profile, e, c.now, c.author())
		}
		c.made = append(c.made, p)
	}
}

// createItem is CreateItem (MS-OXWSCORE 3.1.4.2). Items are saved; nothing is sent.
func (c *call) createItem() (*soap.Element, error) {
	for _, p := range c.made {
		if p.err != nil && refusalOf(p.err).Whole {
			return nil, p.err
		}
	}
	list := within(c.req, "Items")
	return c.each(list, "Items", func(e *soap.Element) ([]*soap.Element, error) {
		p := c.made[slices.Index(list, e)]
		if p.err != nil {
			return nil, p.err
		}
		f, err := c.saveFolder(e.Name)
		if err != nil {
			return nil, err
		}
		r, err := c.save(f, e.Name, p.item)
		if err != nil {
			return nil, err
		}
		answer := c.itemAnswer(f, r, 0)
		if n := r.item.AttachmentNumbers(); len(n) > 0 && c.has(rank2013) && !c.grommunio() {
			// From 2013 on the answer names the attachments that came with the item.
			list := soap.T("Attachments")
			for _, n := range n {
				list.Add(soap.T("FileAttachment", c.attachmentID(f, r, 0, []int{n})))
			}
			answer.Children[0].Add(list)
		}
		return []*soap.Element{answer}, nil
	})
}

// author is how the account is written as the author of an item.
func (c *call) author() string { return c.who.display + " <" + c.who.address + ">" }

// disposition demands the attributes that say whether to send.
func (c *call) disposition(element string) error {
	disposition, invitations := c.req.Attr("MessageDisposition"), c.req.Attr("SendMeetingInvitations")
	switch {
	case c.grommunio():
		return nil
	case element == "Message" && disposition == "":
		return failAs("ErrorMessageDispositionRequired", "The MessageDisposition attribute is required for messages.")
	case element == "CalendarItem" && invitations == "":
		return failAs("ErrorSendMeetingInvitationsRequired", "The SendMeetingInvitations attribute is required for calendar items.")
	case disposition != "" && disposition != "SaveOnly", invitations != "" && invitations != "SendToNone":
		return failAs("ErrorInvalidOperation", "Sending is not imitated: save only.")
	}
	return nil
}

// saveFolder is where CreateItem puts an element.
func (c *call) saveFolder(element string) (*folder, error) {
	var id *soap.Element
	if target := c.req.Child("SavedItemFolderId"); target != nil && len(target.Children) == 1 {
		id = target.Children[0]
	} else {
		name := "drafts"
		switch element {
		case "CalendarItem":
			name = "calendar"
		case "Contact", "DistributionList":
			name = "contacts"
		case "Task":
			name = "tasks"
		}
		id = soap.T("DistinguishedFolderId", soap.Attr{Name: "Id", Value: name})
	}
	f, err := c.folder(id, "ErrorSavedItemFolderNotFound")
	if err != nil {
		return nil, err
	}
	if err := c.routed(f, "ErrorSavedItemFolderNotFound"); err != nil {
		return nil, err
	}
	if c.rights(f)&CreateItems == 0 {
		return nil, fail("ErrorAccessDenied")
	}
	return f, nil
}

// save puts a made item into a folder that takes its kind.
func (c *call) save(f *folder, element string, item *mapi.Item) (*record, error) {
	switch {
	case c.grommunio():
	case element == "CalendarItem" && !f.isCalendar():
		return nil, fail("ErrorCannotCreateCalendarItemInNonCalendarFolder")
	case (element == "Contact" || element == "DistributionList") && !f.isContacts():
		return nil, fail("ErrorCannotCreateContactInNonContactFolder")
	case element == "Task" && !f.isTasks():
		return nil, fail("ErrorCannotCreateTaskInNonTaskFolder")
	}
	if err := c.room(f, item.Size()); err != nil {
		return nil, err
	}
	return c.add(f, item, c.who.address), nil
}
