package ews

import (
	"context"
	"errors"
	"fmt"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/soap"
)

// Bounds of what one request carries of items to be written. Exchange 2007 takes 13 MB in all, of which base64 needs a third.
const (
	writeItems = 64
	writeBytes = 4 << 20
)

// writing is one item on its way.
type writing struct {
	at    int // in the caller's slice
	new   sync.NewItem
	how   item.Writing
	ref   string // id and change key, once it is made
	steps bool   // one call does not make it whole
}

// begun is the stamp with which an item is made.
func (w *writing) begun() plan.Stamp {
	if w.steps {
		return w.new.Stamp.Begun()
	}
	return w.new.Stamp
}

// Create makes items, those that one call makes whole with their stamp, the others with a stamp that calls them incomplete until
// all of them is there.
func (s *Store) Create(ctx context.Context, folder plan.Folder, items []sync.NewItem) []sync.WriteResult {
	out := make([]sync.WriteResult, len(items))
	p, err := s.known(ctx, folder)
	if err != nil {
		for i := range out {
			out[i].Err = err
		}
		return out
	}
	server := s.Server()
	var writings []*writing
	for i := range items {
		how, err := item.Write(items[i].Payload, server)
		if err != nil {
			out[i].Err = sync.Errorf(sync.Refused, "%w", err)
			continue
		}
		writings = append(writings, &writing{at: i, new: items[i], how: how,
			steps: len(how.Attachments)+len(how.Deleted)+len(how.Modified) > 0})
	}
	for part := range bounded(writings, writeItems, writeBytes, func(w *writing) int64 { return int64(len(w.new.Data)) }) {
		s.createPart(ctx, p, part, out)
	}
	for _, w := range writings {
		out[w.at].Lost = w.how.Notes
	}
	return out
}

// Reduces says what of an item the server cannot hold.
func (s *Store) Reduces(p sync.Payload) []string {
	how, err := item.Write(p, s.Server())
	if err != nil {
		return nil // Create says so
	}
	return how.Notes
}

func (s *Store) createPart(ctx context.Context, p *place, part []*writing, out []sync.WriteResult) {
	if len(part) == 0 {
		return
	}
	messages, err := s.changeEach(ctx, p, len(part), func(which []int) *soap.Element {
		list := soap.M("Items")
		for _, i := range which {
			list.Add(item.WithStamp(part[i].how.Create, part[i].begun()))
		}
		return soap.M("CreateItem", attr("MessageDisposition", "SaveOnly"), attr("SendMeetingInvitations", "SendToNone"),
			soap.M("SavedItemFolderId", folderID(p.id)), list)
	})
	switch {
	case sync.IsUnknown(err):
		missing := s.lookUp(ctx, p, part, err, out)
		if n := len(missing); n > 0 && len(part) > 1 && answered(err) {
			// The server said that something is wrong with all of it, so nothing of it is still to come.
			s.createPart(ctx, p, missing[:(n+1)/2], out)
			s.createPart(ctx, p, missing[(n+1)/2:], out)
		}
		return
	case tooMuch(err) && len(part) > 1:
		// One item can make a server refuse the whole request.
		s.createPart(ctx, p, part[:len(part)/2], out)
		s.createPart(ctx, p, part[len(part)/2:], out)
		return
	case fault(err):
		out[part[0].at].Err = sync.Errorf(sync.Refused, "%w", err)
		return
	}
	var made []*writing
	for i, w := range part {
		res := &out[w.at]
		if res.Err = err; err != nil {
			continue
		}
		if res.Err = errorOf(messages[i]); res.Err != nil {
			continue
		}
		id := firstOf(messages[i].Child("Items")).Child("ItemId")
		if id.Attr("Id") == "" {
			res.Err = sync.Errorf(sync.Unknown, "the server did not say what it made")
			continue
		}
		w.ref = itemRef(id.Attr("Id"), id.Attr("ChangeKey"))
		switch res.Err = s.complete(ctx, p, w); {
		case res.Err == nil:
			made = append(made, w)
		case sync.IsRefused(res.Err):
			s.withdraw(ctx, p, w.ref)
		}
	}
	s.confirm(ctx, p, made, out)
}

// withdraw removes what was made of an item that is not taken as a whole, and would otherwise stay incomplete for ever. Without success a later
// run finds it by its stamp.
func (s *Store) withdraw(ctx context.Context, p *place, ref string) {
	messages, err := s.change(ctx, p, 1, soap.M("DeleteItem", attr("DeleteType", "HardDelete"), attr("SendMeetingCancellations", "SendToNone"),
		attr("AffectedTaskOccurrences", "AllOccurrences"), soap.M("ItemIds", itemID(ref))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		s.opts.Log.Warn("what was made of an item that the server does not take stays", "folder", p.folder.Path, "error", err)
	}
}

// answered reports whether a request whose effect is not certain was answered, by a fault.
func answered(err error) bool {
	var e *soap.Error
	return errors.As(err, &e) && e.Whole
}

// fault reports whether the server calls the request as a whole wrong.
func fault(err error) bool {
	var e *soap.Error
	return errors.As(err, &e) && e.Whole && (e.Class == soap.Fault || e.Class == soap.Unknown || e.Class == soap.Permanent)
}

// complete does what remains to be done for an item that one call did not make whole.
func (s *Store) complete(ctx context.Context, p *place, w *writing) error {
	if !w.steps {
		return nil
	}
	if err := s.addAttachments(ctx, p, w.ref, w.how.Attachments); err != nil {
		return err
	}
	if err := s.changeOccurrences(ctx, p, w.ref, w.how); err != nil {
		return err
	}
	ref, err := s.update(ctx, p, w.ref, false, item.StampChanges(w.new.Stamp))
	if err == nil {
		w.ref = ref
	}
	return err
}

// addAttachments sends one file a request, since nothing bounds their size.
func (s *Store) addAttachments(ctx context.Context, p *place, ref string, files []*soap.Element) error {
	for _, f := range files {
		messages, err := s.change(ctx, p, 1, soap.M("CreateAttachment", soap.M("ParentItemId", itemID(ref).Attrs[0]), soap.M("Attachments", f)))
		if err == nil {
			err = errorOf(messages[0])
		}
		if err != nil {
			return fmt.Errorf("attaching a file: %w", err)
		}
	}
	return nil
}

// changeOccurrences changes occurrences before it deletes others, since a deletion does not renumber, but a server that
// has lost count refuses earlier that way.
func (s *Store) changeOccurrences(ctx context.Context, p *place, ref string, how item.Writing) error {
	if len(how.Modified)+len(how.Deleted) == 0 {
		return nil
	}
	fresh, errs := s.fetch(ctx, p, []string{ref})
	if errs[0] != nil {
		return errs[0]
	}
	id, changeKey := splitRef(fresh[0].ID) // any change key does, but one is wanted
	occurrence := func(index int) *soap.Element {
		return soap.T("OccurrenceItemId", attr("RecurringMasterId", id), attr("ChangeKey", changeKey), attr("InstanceIndex", fmt.Sprint(index)))
	}
	for _, o := range how.Modified {
		messages, err := s.change(ctx, p, 1, updateRequest("AlwaysOverwrite", occurrence(o.Index), o.Updates))
		if err == nil {
			err = errorOf(messages[0])
		}
		if err != nil {
			return fmt.Errorf("changing occurrence %d: %w", o.Index, err)
		}
		if made := firstOf(messages[0].Child("Items")).Child("ItemId").Attr("Id"); made != "" {
			if err := s.addAttachments(ctx, p, made, o.Attachments); err != nil {
				return err
			}
		}
	}
	for _, index := range how.Deleted {
		messages, err := s.change(ctx, p, 1, soap.M("DeleteItem", attr("DeleteType", "HardDelete"), attr("SendMeetingCancellations", "SendToNone"),
			attr("AffectedTaskOccurrences", "SpecifiedOccurrenceOnly"), soap.M("ItemIds", occurrence(index))))
		if err == nil {
			err = errorOf(messages[0])
		}
		if gone := (*soap.Error)(nil); errors.As(err, &gone) && gone.Code == "ErrorCalendarOccurrenceIsDeletedFromRecurrence" {
			continue // the server kept that exception when the recurrence was written anew
		}
		if err != nil {
			return fmt.Errorf("deleting occurrence %d: %w", index, err)
		}
	}
	return nil
}

// confirm reads what was made as a listing will show it.
func (s *Store) confirm(ctx context.Context, p *place, made []*writing, out []sync.WriteResult) {
	refs := make([]string, len(made))
	for i, w := range made {
		refs[i] = w.ref
	}
	items, errs := s.look(ctx, p, refs)
	for i, w := range made {
		out[w.at] = sync.WriteResult{Item: items[i], Err: unconfirmed(errs[i])}
	}
}

func unconfirmed(err error) error {
	if err == nil {
		return nil
	}
	return sync.Errorf(sync.Unknown, "it was written, and reading it again failed: %w", err)
}

// lookUp finds out which items of a request were made whose answer was lost: by their stamps, in a fresh listing. What is not
// there may still appear, so it is not sent again in this run; it is returned.
func (s *Store) lookUp(ctx context.Context, p *place, part []*writing, lost error, out []sync.WriteResult) (missing []*writing) {
	found := map[plan.Stamp]plan.Item{}
	err := s.List(ctx, p.folder, func(items []plan.Item) error {
		for _, it := range items {
			if !it.Stamp.IsZero() {
				found[it.Stamp] = it
			}
		}
		return nil
	})
	var made []*writing
	for _, w := range part {
		want := w.begun()
		it, ok := found[want]
		switch {
		case err != nil || want.IsZero():
			out[w.at].Err = lost
		case !ok:
			out[w.at].Err = lost
			missing = append(missing, w)
		case w.steps:
			w.ref = it.ID
			if out[w.at].Err = s.complete(ctx, p, w); out[w.at].Err == nil {
				made = append(made, w)
			}
		default:
			out[w.at] = sync.WriteResult{Item: it}
		}
	}
	s.confirm(ctx, p, made, out)
	return missing
}
