package ewstest

import "iorepl/sync/ews/soap"

// getItem is GetItem (MS-OXWSCORE 3.1.4.4).
func (c *call) getItem() (*soap.Element, error) {
	shape := c.req.Child("ItemShape")
	bad := c.checkShape(shape)
	if bad != nil && refusalOf(bad).Whole {
		return nil, bad
	}
	return c.each(within(c.req, "ItemIds"), "Items", func(id *soap.Element) ([]*soap.Element, error) {
		if bad != nil {
			return nil, bad
		}
		p, err := c.item(id)
		if err != nil {
			return nil, err
		}
		if err := c.mayReadItem(p); err != nil {
			return nil, err
		}
		e, err := c.itemElement(p.f, p.r, p.occurrence, shape, false)
		if err != nil {
			return nil, err
		}
		return []*soap.Element{soap.M("Items", e)}, nil
	})
}

// itemAnswer is the m:Items that says which item a write made or changed.
func (c *call) itemAnswer(f *folder, r *record, occurrence int) *soap.Element {
	e := soap.T(r.item.ElementName(c.profile), c.s.itemID("ItemId", f, r, occurrence))
	return soap.M("Items", e)
}
