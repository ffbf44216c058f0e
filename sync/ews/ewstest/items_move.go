package ewstest

import "iorepl/sync/ews/soap"

// moveItem is MoveItem and copyItem is CopyItem (MS-OXWSCORE 3.1.4.7, 3.1.4.1).
func (c *call) moveItem() (*soap.Element, error) { return c.transfer(true) }
func (c *call) copyItem() (*soap.Element, error) { return c.transfer(false) }

func (c *call) transfer(move bool) (*soap.Element, error) {
	var target *soap.Element
	if t := c.req.Child("ToFolderId"); t != nil && len(t.Children) == 1 {
		target = t.Children[0]
	}
	return c.each(within(c.req, "ItemIds"), "Items", func(id *soap.Element) ([]*soap.Element, error) {
		to, err := c.folder(target, "ErrorToFolderNotFound")
		if err != nil {
			return nil, err
		}
		if c.rights(to)&CreateItems == 0 {
			return nil, fail("ErrorAccessDenied")
		}
		p, err := c.item(id)
		if err != nil {
			return nil, err
		}
		if err := c.mayReadItem(p); err != nil {
			return nil, err
		}
		if move {
			if err := c.mayDeleteItem(p); err != nil {
				return nil, err
			}
		}
		switch {
		case p.occurrence != 0:
			return nil, failAs("ErrorCalendarCannotMoveOrCopyOccurrence", "An occurrence cannot be moved or copied.")
		case c.grommunio() && p.f.store != to.store:
			return nil, failAs("ErrorCrossMailboxMoveCopy", "E-3184: cannot move or copy across stores")
		case c.grommunio() && move && p.f.store.public:
			return nil, failAs("ErrorMoveCopyFailed", "E-3183: failed to move item")
		}
		r, err := c.carry(p, to, move)
		if err != nil {
			return nil, err
		}
		// Between a mailbox and public folders the answer does not name the new item.
		if p.f.store.public != to.store.public || c.req.Value("ReturnNewItemIds") == "false" {
			return []*soap.Element{soap.M("Items")}, nil
		}
		return []*soap.Element{c.itemAnswer(to, r, 0)}, nil
	})
}

// carry moves or copies an item. Either way it gets a new id.
func (c *call) carry(p place, to *folder, move bool) (*record, error) {
	if err := c.room(to, p.r.item.Size()); err != nil && (!move || to.id != p.f.id) {
		return nil, err
	}
	if move {
		c.remove(p.f, p.r, true)
		return c.add(to, p.r.item, p.r.creator), nil
	}
	creator := c.who.address
	if c.grommunio() {
		creator = p.r.creator
	}
	return c.add(to, c.copied(p.r.item, c.now), creator), nil
}
