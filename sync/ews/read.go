package ews

import (
	"context"
	"errors"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

// Bounds of what one request carries of items' contents.
const (
	readItems = 64
	readBytes = 8 << 20
)

// Read fetches items by kind, since each kind is asked for in another shape, and then what lies beside them: attachments and modified
// occurrences.
func (s *Store) Read(ctx context.Context, folder plan.Folder, items []plan.Item) []sync.ReadResult {
	out := make([]sync.ReadResult, len(items))
	p, err := s.known(ctx, folder)
	if err != nil {
		for i := range out {
			out[i].Err = err
		}
		return out
	}
	kinds := map[item.Kind][]int{}
	var order []item.Kind
	for i := range items {
		k := item.KindOf(items[i].Class)
		if kinds[k] == nil {
			order = append(order, k)
		}
		kinds[k] = append(kinds[k], i)
	}
	for _, k := range order {
		for part := range bounded(kinds[k], readItems, readBytes, func(i int) int64 { return items[i].Size }) {
			s.readPart(ctx, p, k, items, part, true, out)
		}
	}
	return out
}

// bounded yields parts of all, each of at most count elements and bytes, but of one at least.
func bounded[T any](all []T, count int, bytes int64, size func(T) int64) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(all) > 0 {
			n, sum := 1, size(all[0])
			for n < len(all) && n < count && sum+size(all[n]) <= bytes {
				sum += size(all[n])
				n++
			}
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// readPart reads what one request is to carry. With mime, items of which the server gives no MIME are read a second time without.
func (s *Store) readPart(ctx context.Context, p *place, k item.Kind, items []plan.Item, part []int, mime bool, out []sync.ReadResult) {
	server := s.Server()
	shape := item.Shape(k, server, s.opts.Properties, mime)
	withListFields(shape)
	messages, err := s.askEach(ctx, p, len(part), func(which []int) *soap.Element {
		ids := soap.M("ItemIds")
		for _, n := range which {
			ids.Add(itemID(items[part[n]].ID))
		}
		return soap.M("GetItem", shape, ids)
	})
	if (tooBig(err) || spoiled(err)) && len(part) > 1 {
		s.readPart(ctx, p, k, items, part[:len(part)/2], mime, out)
		s.readPart(ctx, p, k, items, part[len(part)/2:], mime, out)
		return
	}
	var plain []int
	for n, i := range part {
		if err != nil {
			out[i].Err = tooLarge(err)
		} else {
			out[i] = s.readOne(ctx, p, k, items[i], messages[n])
			messages[n] = nil // what it holds may be large
		}
		if mime && item.HasMIME(k) && noMIME(out[i].Err) {
			plain = append(plain, i)
		}
	}
	if len(plain) > 0 {
		s.readPart(ctx, p, k, items, plain, false, out)
	}
}

// withListFields adds to a shape what the version of an item is told by.
func withListFields(shape *soap.Element) {
	fields := shape.Child("AdditionalProperties")
	if fields == nil {
		fields = soap.T("AdditionalProperties")
		shape.Add(fields)
	}
	have := map[string]bool{}
	for _, f := range fields.Children {
		have[f.Attr("FieldURI")+f.Attr("PropertyTag")+f.Attr("PropertyName")] = true
	}
	for _, f := range listShape().Child("AdditionalProperties").Children {
		if name := f.Attr("FieldURI") + f.Attr("PropertyTag") + f.Attr("PropertyName"); !have[name] {
			fields.Add(f)
		}
	}
}

// readOne makes a payload of an item and what is fetched beside it.
func (s *Store) readOne(ctx context.Context, p *place, k item.Kind, it plan.Item, m *soap.Element) (out sync.ReadResult) {
	if out.Err = errorOf(m); out.Err != nil {
		return out
	}
	e := firstOf(m.Child("Items"))
	if e == nil {
		out.Err = sync.Errorf(sync.Gone, "there is no such item")
		return out
	}
	now, err := readItem(e)
	if err == nil {
		one := []plan.Item{now}
		if e := s.addOccurrences(ctx, p, one, func(_ int, e error) { err = e }); e != nil {
			err = e
		}
		now = one[0]
	}
	if err != nil {
		out.Err = err
		return out
	}
	if now.Version != it.Version {
		out.Err = changed(it)
		return out
	}
	server := s.Server()
	source := item.Source{Item: e}
	attachments, occurrences := item.Needs(e)
	if source.Attachments, out.Err = s.attachments(ctx, p, attachments); out.Err != nil {
		return out
	}
	for _, id := range occurrences {
		o, files, err := s.occurrence(ctx, p, k, id)
		if err != nil {
			out.Err = err
			return out
		}
		source.Occurrences = append(source.Occurrences, o)
		source.OccurrenceAttachments = append(source.OccurrenceAttachments, files)
	}
	if out.Payload, out.Err = item.Payload(source, server, s.opts.Properties); out.Err != nil {
		out.Err = sync.Errorf(sync.Refused, "%w", out.Err)
		return out
	}
	out.Payload.Version, out.Payload.Modified = now.Version, now.Modified
	return out
}

func (s *Store) occurrence(ctx context.Context, p *place, k item.Kind, id string) (e *soap.Element, files []*soap.Element, err error) {
	server := s.Server()
	messages, err := s.ask(ctx, p, 1, soap.M("GetItem", item.Shape(k, server, s.opts.Properties, true), soap.M("ItemIds", itemID(id))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return nil, nil, err
	}
	if e = firstOf(messages[0].Child("Items")); e == nil {
		return nil, nil, sync.Errorf(sync.Conflict, "an occurrence of the appointment vanished meanwhile")
	}
	ids, _ := item.Needs(e)
	files, err = s.attachments(ctx, p, ids)
	return e, files, err
}

// tooBig reports whether less in one request may work.
func tooBig(err error) bool {
	var limit *soap.LimitError
	return soap.IsTooMuch(err) || transport.IsTooLarge(err) || errors.As(err, &limit)
}

// spoiled reports whether one item may have made the server fail at a whole request: it calls the request wrong, or itself broken.
func spoiled(err error) bool {
	return fault(err) || isCode(err, "ErrorInternalServerError")
}

// tooLarge is the error of one item, or of a part of one, that is more than an answer may hold: it does not shrink until somebody changes it.
func tooLarge(err error) error {
	var limit *soap.LimitError
	if !errors.As(err, &limit) {
		return err
	}
	return sync.Errorf(sync.Refused, "%w: such an item does not travel; max_size leaves it out", err)
}

// isCode reports whether a server gave that response code.
func isCode(err error, code string) bool {
	var e *soap.Error
	return errors.As(err, &e) && e.Code == code
}
