package ews

import (
	"context"
	"errors"

	"iorepl/sync/ews/item"
	"iorepl/sync/ews/soap"
)

// attachments fetches files and items one by one, since nothing bounds their size.
func (s *Store) attachments(ctx context.Context, p *place, ids []string) (files []*soap.Element, err error) {
	for _, id := range ids {
		e, err := s.attachment(ctx, p, id, true)
		if noMIME(err) {
			e, err = s.attachment(ctx, p, id, false)
		}
		if err != nil {
			return nil, err
		}
		if e != nil {
			files = append(files, e)
		}
	}
	return files, nil
}

func (s *Store) attachment(ctx context.Context, p *place, id string, mime bool) (*soap.Element, error) {
	messages, err := s.ask(ctx, p, 1, soap.M("GetAttachment", item.AttachmentShape(mime), soap.M("AttachmentIds", soap.T("AttachmentId", attr("Id", id)))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return nil, tooLarge(err)
	}
	return firstOf(messages[0].Child("Attachments")), nil
}

// noMIME reports whether a server can give an item, but no MIME of it.
func noMIME(err error) bool {
	var e *soap.Error
	return errors.As(err, &e) && item.NoMIME(e.Code)
}
