package ews

import (
	"context"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/soap"
)

// updateRequest changes one item or occurrence. 2007 wants every attribute that could matter.
func updateRequest(conflict string, id *soap.Element, changes []*soap.Element) *soap.Element {
	return updates(conflict, soap.T("ItemChange", id, soap.T("Updates", changes)))
}

func updates(conflict string, changes ...*soap.Element) *soap.Element {
	return soap.M("UpdateItem", attr("MessageDisposition", "SaveOnly"), attr("ConflictResolution", conflict),
		attr("SendMeetingInvitationsOrCancellations", "SendToNone"), soap.M("ItemChanges", changes))
}

// update changes an item and returns where it is then. checked: only if it is still in the version that ref names.
func (s *Store) update(ctx context.Context, p *place, ref string, checked bool, changes []*soap.Element) (string, error) {
	id, conflict := itemID(ref), "AlwaysOverwrite"
	if checked {
		id, conflict = exactID(ref), "NeverOverwrite"
	} else if fresh, errs := s.fetch(ctx, p, []string{ref}); errs[0] == nil {
		id = exactID(fresh[0].ID) // a change key is wanted even where it does not count
	}
	messages, err := s.change(ctx, p, 1, updateRequest(conflict, id, changes))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return "", err
	}
	return written(messages[0], ref), nil
}

func written(m *soap.Element, ref string) string {
	id := firstOf(m.Child("Items")).Child("ItemId")
	if id.Attr("Id") == "" {
		return ref
	}
	return itemRef(id.Attr("Id"), id.Attr("ChangeKey"))
}

// Update changes items in place. What one call does is one call, and then the server compares versions; where it does not do that, and
// where it takes several calls, the item is read again just before.
func (s *Store) Update(ctx context.Context, folder plan.Folder, items []sync.ItemUpdate) []sync.WriteResult {
	out := make([]sync.WriteResult, len(items))
	p, err := s.known(ctx, folder)
	if err != nil {
		for i := range out {
			out[i].Err = err
		}
		return out
	}
	all := make([]int, len(items))
	for i := range all {
		all[i] = i
	}
	size := func(i int) int64 {
		if items[i].Payload == nil {
			return 0
		}
		return int64(len(items[i].Payload.Data))
	}
	for part := range bounded(all, writeItems, writeBytes, size) {
		s.updatePart(ctx, p, items, part, out)
	}
	return out
}

// updatePart compares versions, finds out how each item is changed, and sends in one request what takes one.
func (s *Store) updatePart(ctx context.Context, p *place, items []sync.ItemUpdate, part []int, out []sync.WriteResult) {
	planned := make([]plan.Item, len(part))
	for n, i := range part {
		planned[n] = items[i].Item
	}
	errs := s.current(ctx, p, planned)
	contents := s.old(ctx, p, items, part, errs)
	server := s.Server()
	var once []*writing
	var changes []*soap.Element
	for n, i := range part {
		u := items[i]
		w := &writing{at: i, ref: u.Item.ID}
		var fields []*soap.Element
		whole := true
		if errs[n] == nil && u.Payload != nil {
			fields, whole, errs[n] = item.Update(*u.Payload, contents[n], server)
			if errs[n] != nil {
				errs[n] = sync.Errorf(sync.Refused, "%w", errs[n])
			} else if how, err := item.Write(*u.Payload, server); err == nil {
				w.how.Notes = how.Notes
			}
		}
		switch {
		case errs[n] != nil:
			out[i].Err = errs[n]
		case whole:
			once = append(once, w)
			changes = append(changes, soap.T("ItemChange", exactID(u.Item.ID), soap.T("Updates", fields, item.StampChanges(u.Stamp))))
		case item.KindOf(u.Payload.Class) != item.KindOf(contents[n].Class):
			out[i] = s.replace(ctx, p, u)
		default:
			out[i] = s.rewrite(ctx, p, u, contents[n])
		}
	}
	s.updateOnce(ctx, p, once, changes, out)
	for _, w := range once {
		refused := sync.IsRefused(out[w.at].Err) || isCode(out[w.at].Err, "ErrorObjectTypeChanged")
		if u := items[w.at]; refused && u.Payload != nil && u.Item.Stamp.Origin != "" {
			// It may be the change that the server does not take, and not what the item becomes by it: MIME does not go into documents.
			if made := s.replace(ctx, p, u); !sync.IsRefused(made.Err) {
				out[w.at] = made
			}
		}
		out[w.at].Lost = w.how.Notes
	}
}

// old reads the contents that are to be replaced.
func (s *Store) old(ctx context.Context, p *place, items []sync.ItemUpdate, part []int, errs []error) []sync.Payload {
	contents := make([]sync.Payload, len(part))
	var ask []plan.Item
	var at []int
	for n, i := range part {
		if items[i].Payload != nil && errs[n] == nil {
			ask, at = append(ask, items[i].Item), append(at, n)
		}
	}
	if len(ask) == 0 {
		return contents
	}
	for k, r := range s.Read(ctx, p.folder, ask) {
		contents[at[k]], errs[at[k]] = r.Payload, r.Err
	}
	return contents
}

func (s *Store) updateOnce(ctx context.Context, p *place, once []*writing, changes []*soap.Element, out []sync.WriteResult) {
	if len(once) == 0 {
		return
	}
	messages, err := s.changeEach(ctx, p, len(once), func(which []int) *soap.Element {
		var these []*soap.Element
		for _, i := range which {
			these = append(these, changes[i])
		}
		return updates("NeverOverwrite", these...)
	})
	if tooMuch(err) && len(once) > 1 {
		half := len(once) / 2
		s.updateOnce(ctx, p, once[:half], changes[:half], out)
		s.updateOnce(ctx, p, once[half:], changes[half:], out)
		return
	}
	if fault(err) && !sync.IsUnknown(err) {
		err = sync.Errorf(sync.Refused, "%w", err)
	}
	var made []*writing
	for i, w := range once {
		if out[w.at].Err = err; err != nil {
			continue
		}
		if out[w.at].Err = errorOf(messages[i]); out[w.at].Err == nil {
			w.ref = written(messages[i], w.ref)
			made = append(made, w)
		}
	}
	s.confirm(ctx, p, made, out)
}

// rewrite changes an item in several calls. A replica is incomplete meanwhile, so that a run that dies is followed by one that
// finishes it. A users' item has its new stamp last, so that then the edit that was half copied is seen as one of its users.
func (s *Store) rewrite(ctx context.Context, p *place, u sync.ItemUpdate, old sync.Payload) (out sync.WriteResult) {
	server := s.Server()
	how, err := item.Write(*u.Payload, server)
	if err != nil {
		return sync.WriteResult{Err: sync.Errorf(sync.Refused, "%w", err)}
	}
	fields, err := item.Rewrite(*u.Payload, old, server)
	if err != nil {
		return sync.WriteResult{Err: sync.Errorf(sync.Refused, "%w", err)}
	}
	during := u.Item.Stamp
	during.Version = ""
	if during.Origin == "" {
		during = u.Item.Stamp
	}
	ref, err := s.update(ctx, p, u.Item.ID, true, append(fields, item.StampChanges(during)...))
	if err == nil {
		err = s.dropAttachments(ctx, p, ref)
	}
	if err == nil {
		err = s.addAttachments(ctx, p, ref, how.Attachments)
	}
	if err == nil {
		err = s.changeOccurrences(ctx, p, ref, how)
	}
	if err == nil {
		ref, err = s.update(ctx, p, ref, false, item.StampChanges(u.Stamp))
	}
	if err != nil {
		return sync.WriteResult{Err: err}
	}
	items, errs := s.look(ctx, p, []string{ref})
	return sync.WriteResult{Item: items[0], Lost: how.Notes, Err: unconfirmed(errs[0])}
}

// replace makes a replica anew that became an item of another kind, which no server changes in place: the new one complete, then the old
// one deleted. A users' item is left as it is.
func (s *Store) replace(ctx context.Context, p *place, u sync.ItemUpdate) sync.WriteResult {
	if u.Item.Stamp.Origin == "" {
		return sync.WriteResult{Err: sync.Errorf(sync.Refused, "an item of class %s cannot become one of class %s without being replaced, and it belongs to its users",
			u.Item.Class, u.Payload.Class)}
	}
	made := s.Create(ctx, p.folder, []sync.NewItem{{Payload: *u.Payload, Stamp: u.Stamp}})[0]
	if made.Err == nil {
		made.Err = s.Delete(ctx, p.folder, []plan.Item{u.Item})[0]
	}
	return made
}

func (s *Store) dropAttachments(ctx context.Context, p *place, ref string) error {
	messages, err := s.ask(ctx, p, 1, soap.M("GetItem", soap.M("ItemShape", soap.T("BaseShape", "IdOnly"),
		soap.T("AdditionalProperties", field("item:Attachments"))), soap.M("ItemIds", itemID(ref))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return err
	}
	list := firstOf(messages[0].Child("Items")).Child("Attachments")
	if list == nil || len(list.Children) == 0 {
		return nil
	}
	ids := soap.M("AttachmentIds")
	for _, a := range list.Children {
		ids.Add(soap.T("AttachmentId", attr("Id", a.Child("AttachmentId").Attr("Id"))))
	}
	messages, err = s.change(ctx, p, len(ids.Children), soap.M("DeleteAttachment", ids))
	for i := 0; err == nil && i < len(messages); i++ {
		err = errorOf(messages[i])
	}
	return err
}
