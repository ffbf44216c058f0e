package ewstest

import (
	"iorepl/sync/ews/soap"
)

// createAttachment is CreateAttachment (MS-OXWSATT 3.1.4.1).
func (c *call) createAttachment() (*soap.Element, error) {
	parent := c.req.Child("ParentItemId")
	id := &soap.Element{Space: soap.Types, Name: "ItemId"}
	if parent != nil {
		id.Attrs = parent.Attrs
	}
	all := within(c.req, "Attachments")
	if c.grommunio() {
		for _, e := range all {
			if e.Is("ItemAttachment") {
				return c.response(), nil
			}
		}
	}
	return c.each(all, "Attachments", func(e *soap.Element) ([]*soap.Element, error) {
		p, err := c.item(id)
		if err != nil {
			return nil, err
		}
		if err := c.mayEditItem(p); err != nil {
			return nil, err
		}
		item := p.r.item.Clone()
		n, err := item.AddAttachment(c.profile, e, c.now)
		if err != nil {
			return nil, err
		}
		if err := c.room(p.f, item.Size()); err != nil {
			return nil, err
		}
		r := c.put(p.f, p.r, item)
		made := c.attachmentID(p.f, r, 0, []int{n})
		answer := soap.T(e.Name, made)
		if c.grommunio() {
			answer.Add(e.Child("Name"), e.Child("Content"))
		} else {
			made.Attrs = append(made.Attrs, c.root(p.f, r)...)
		}
		return []*soap.Element{soap.M("Attachments", answer)}, nil
	})
}

// root says which item an attachment belongs to, and its new state.
func (c *call) root(f *folder, r *record) []soap.Attr {
	id := c.s.itemID("ItemId", f, r, 0)
	return []soap.Attr{{Name: "RootItemId", Value: id.Attr("Id")}, {Name: "RootItemChangeKey", Value: id.Attr("ChangeKey")}}
}

// attachment finds what a t:AttachmentId names.
func (c *call) attachment(id *soap.Element) (place, []int, error) {
	r, err := c.s.decode(id.Attr("Id"))
	if err != nil {
		return place{}, nil, failAs("ErrorInvalidAttachmentId", "The attachment Id is invalid.")
	}
	if len(r.attachments) == 0 {
		return place{}, nil, failAs("ErrorInvalidAttachmentId", "The attachment Id is invalid.")
	}
	p, err := c.item(soap.T("ItemId", soap.Attr{Name: "Id", Value: id.Attr("Id")}))
	return p, r.attachments, err
}

// getAttachment is GetAttachment (MS-OXWSATT 3.1.4.3).
func (c *call) getAttachment() (*soap.Element, error) {
	shape := c.req.Child("AttachmentShape")
	return c.each(within(c.req, "AttachmentIds"), "Attachments", func(id *soap.Element) ([]*soap.Element, error) {
		p, path, err := c.attachment(id)
		if err != nil {
			return nil, err
		}
		if err := c.mayReadItem(p); err != nil {
			return nil, err
		}
		item := p.r.item
		if p.occurrence != 0 {
			if item, err = item.Occurrence(p.occurrence); err != nil {
				return nil, err
			}
		}
		e, err := item.AttachmentAt(c.profile, path, shape, func(path []int) *soap.Element {
			return c.attachmentID(p.f, p.r, p.occurrence, path)
		})
		if err != nil {
			return nil, err
		}
		return []*soap.Element{soap.M("Attachments", e)}, nil
	})
}

// deleteAttachment is DeleteAttachment (MS-OXWSATT 3.1.4.2).
func (c *call) deleteAttachment() (*soap.Element, error) {
	return c.each(within(c.req, "AttachmentIds"), "", func(id *soap.Element) ([]*soap.Element, error) {
		p, path, err := c.attachment(id)
		if err != nil {
			return nil, err
		}
		if err := c.mayEditItem(p); err != nil {
			return nil, err
		}
		if len(path) != 1 || p.occurrence != 0 {
			return nil, failAs("ErrorCannotDeleteObject", "An attachment inside an attachment cannot be deleted.")
		}
		item := p.r.item.Clone()
		if err := item.RemoveAttachment(path[0], c.now); err != nil {
			return nil, err
		}
		r := c.put(p.f, p.r, item)
		return []*soap.Element{{Space: soap.Messages, Name: "RootItemId", Attrs: c.root(p.f, r)}}, nil
	})
}

// AddAttachment adds a t:FileAttachment or t:ItemAttachment to an item.
func (u *User) AddAttachment(id string, e *soap.Element) error {
	return u.item(id, func(c *call, p place) error {
		item := p.r.item.Clone()
		if _, err := item.AddAttachment(c.profile, e, c.now); err != nil {
			return err
		}
		c.put(p.f, p.r, item)
		return nil
	})
}
