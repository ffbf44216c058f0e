package mapi

import (
	"strconv"

	"iorepl/sync/ews/soap"
)

// readAttachments lists the attachments without their content.
func readAttachments(r *reading) *soap.Element {
	if len(r.it.attachments) == 0 {
		return nil
	}
	e := soap.T("Attachments")
	for i := range r.it.attachments {
		a := &r.it.attachments[i]
		var id *soap.Element
		if r.attachmentID != nil {
			id = r.attachmentID(a.number)
		}
		e.Add(a.element(r.p, id))
	}
	return e
}

// element is what is said of an attachment without its content.
func (a *attachment) element(p Profile, id *soap.Element) *soap.Element {
	e := soap.T("FileAttachment", id)
	if a.item != nil {
		e.Name = "ItemAttachment"
	}
	add := func(name, value string) {
		if value != "" {
			e.Add(soap.T(name, value))
		}
	}
	e.Add(soap.T("Name", a.name))
	add("ContentType", a.contentType)
	add("ContentId", a.contentID)
	add("ContentLocation", a.location)
	if p != Exchange2007SP1 {
		add("Size", strconv.Itoa(a.size()))
		add("LastModifiedTime", timeText(a.modified.time(), 0))
		add("IsInline", strconv.FormatBool(a.inline))
		if a.item == nil {
			add("IsContactPhoto", strconv.FormatBool(a.photo))
		}
	}
	return e
}

// Attachment is attachment n as GetAttachment writes it, without AttachmentId. With mime, an item attachment has its MimeContent.
func (it *Item) Attachment(p Profile, n int, mime ...bool) (*soap.Element, error) {
	shape := soap.M("AttachmentShape")
	if len(mime) > 0 && mime[0] {
		shape.Add(soap.T("IncludeMimeContent", "true"))
	}
	return it.AttachmentAt(p, []int{n}, shape, nil)
}

// AttachmentAt is like Attachment, for an attachment in attachments: path holds the numbers from outside in. AttachmentID
// makes the AttachmentId of such a path; it may be nil. M is the m:AttachmentShape or nil.
func (it *Item) AttachmentAt(p Profile, path []int, m *soap.Element, attachmentID func(path []int) *soap.Element) (*soap.Element, error) {
	var a *attachment
	for i, n := range path {
		if a = it.attachment(n); a == nil || a.item == nil && i < len(path)-1 {
			return nil, refuse("ErrorItemNotFound", "The attachment does not exist.")
		}
		if i < len(path)-1 {
			it = a.item
		}
	}
	if a == nil {
		return nil, refuse("ErrorInvalidAttachmentId", "The attachment id is empty.")
	}
	var id *soap.Element
	if attachmentID != nil {
		id = attachmentID(path)
	}
	e := a.element(p, id)
	if a.item == nil {
		e.Add(soap.T("Content", a.content))
		return e, nil
	}
	s, err := a.item.shape(p, m, false)
	if err != nil {
		return nil, err
	}
	if p == Exchange2007SP1 && s.mime && !canWriteMIME(p, formOf(p, a.item.Class())) {
		return nil, refuse("ErrorUnsupportedMimeConversion", "Items of the class %s have no MIME content here.", a.item.Class())
	}
	s.base = "AllProperties"
	if s.bodyType == "" {
		s.bodyType = "Best"
	}
	inner, err := a.item.write(p, nil, s, false, func(n int) *soap.Element {
		if attachmentID == nil {
			return nil
		}
		return attachmentID(append(append([]int(nil), path...), n))
	})
	if err != nil {
		return nil, err
	}
	switch {
	case p == Grommunio:
		inner.Name = "Item"
	case inner.Name == "DistributionList": // the schema has no place for one
		inner.Name = "Item"
		inner.Children = only(inner.Children, itemFields)
	}
	e.Add(inner)
	return e, nil
}

// only are the elements that are of these fields.
func only(all []*soap.Element, fields []*field) []*soap.Element {
	var kept []*soap.Element
	for _, e := range all {
		for _, f := range fields {
			if f.name == e.Name {
				kept = append(kept, e)
				break
			}
		}
	}
	return kept
}
