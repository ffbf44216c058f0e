package ews

import (
	"context"
	"fmt"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/soap"
)

// Delete removes items that are still what was planned against: servers do not compare versions here, so they are read just before.
func (s *Store) Delete(ctx context.Context, folder plan.Folder, items []plan.Item) []error {
	errs := make([]error, len(items))
	p, err := s.known(ctx, folder)
	if err != nil {
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	at := 0
	_ = chunks(items, batchItems, func(part []plan.Item) error {
		s.deletePart(ctx, p, part, errs[at:at+len(part)])
		at += len(part)
		return nil
	})
	return errs
}

func (s *Store) deletePart(ctx context.Context, p *place, items []plan.Item, errs []error) {
	copy(errs, s.current(ctx, p, items))
	var at []int
	for i := range items {
		if sync.IsGone(errs[i]) {
			errs[i] = nil
		} else if errs[i] == nil {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return
	}
	how := "SoftDelete"
	if s.opts.HardDelete {
		how = "HardDelete"
	}
	messages, err := s.changeEach(ctx, p, len(at), func(which []int) *soap.Element {
		ids := soap.M("ItemIds")
		for _, n := range which {
			ids.Add(exactID(items[at[n]].ID))
		}
		return soap.M("DeleteItem", attr("DeleteType", how), attr("SendMeetingCancellations", "SendToNone"),
			attr("AffectedTaskOccurrences", "AllOccurrences"), ids)
	})
	for n, i := range at {
		if errs[i] = err; err == nil {
			errs[i] = errorOf(messages[n])
		}
		if sync.IsGone(errs[i]) {
			errs[i] = nil
		}
	}
}

// Move puts items into another folder, first with their old stamps: a run that dies in between finds a replica that was moved.
// The items have other ids and keys then.
func (s *Store) Move(ctx context.Context, from, to plan.Folder, items []sync.ItemMove) []sync.WriteResult {
	out := make([]sync.WriteResult, len(items))
	p, err := s.known(ctx, from)
	var q *place
	if err == nil {
		q, err = s.known(ctx, to)
	}
	if err != nil {
		for i := range out {
			out[i].Err = err
		}
		return out
	}
	planned := make([]plan.Item, len(items))
	for i := range items {
		planned[i] = items[i].Item
	}
	errs := s.current(ctx, p, planned)
	for i := range items {
		if out[i].Err = errs[i]; errs[i] == nil {
			out[i] = s.moveOne(ctx, p, q, items[i])
		}
	}
	return out
}

func (s *Store) moveOne(ctx context.Context, p, q *place, m sync.ItemMove) sync.WriteResult {
	if s.grommunio() && p.id != q.id && m.Item.Stamp.Origin != "" && m.Stamp.Origin != "" {
		read := s.Read(ctx, p.folder, []plan.Item{m.Item})[0]
		switch {
		case read.Err != nil:
			return sync.WriteResult{Err: read.Err}
		case len(s.Reduces(read.Payload)) == 0: // what can be copied only is, below
			return s.moveReplica(ctx, p, q, m, read.Payload)
		}
	}
	ref := m.Item.ID
	var err error
	if p.id != q.id {
		if ref, err = s.carry(ctx, p, q, "MoveItem", ref); err != nil && s.grommunio() && !sync.IsUnknown(err) {
			// It cannot move within the public store, but copy.
			if ref, err = s.carry(ctx, p, q, "CopyItem", m.Item.ID); err == nil {
				err = s.Delete(ctx, p.folder, []plan.Item{m.Item})[0]
			}
		}
		if !s.grommunio() && m.Item.Stamp.Origin != "" && m.Stamp.Origin != "" && (isCode(err, "ErrorMoveCopyFailed") || isCode(err, "ErrorCrossMailboxMoveCopy")) {
			// Folders of 2013 and later may be in different mailboxes.
			if read := s.Read(ctx, p.folder, []plan.Item{m.Item})[0]; read.Err == nil && len(s.Reduces(read.Payload)) == 0 {
				return s.moveReplica(ctx, p, q, m, read.Payload)
			}
		}
	}
	if err == nil {
		ref, err = s.update(ctx, q, ref, false, item.StampChanges(m.Stamp))
	}
	if err != nil {
		return sync.WriteResult{Err: err}
	}
	items, errs := s.look(ctx, q, []string{ref})
	return sync.WriteResult{Item: items[0], Err: unconfirmed(errs[0])}
}

// moveReplica makes a replica anew in another folder, for servers that move nothing: the new one with its stamp, then the old one deleted. What a
// run leaves that dies between the two is told apart by the numbers in the stamps, unlike a copy, which is stamped after it is made.
func (s *Store) moveReplica(ctx context.Context, p, q *place, m sync.ItemMove, payload sync.Payload) sync.WriteResult {
	made := s.Create(ctx, q.folder, []sync.NewItem{{Payload: payload, Stamp: m.Stamp}})[0]
	if made.Err == nil {
		made.Err = s.Delete(ctx, p.folder, []plan.Item{m.Item})[0]
	}
	return made
}

// Remakes reports whether the server may move nothing, as grommunio, or nothing between mailboxes, as 2013 and later.
func (s *Store) Remakes() bool { return s.grommunio() || s.Server().Major >= legacyMajor2013 }

func (s *Store) grommunio() bool {
	server := s.Server()
	return server.Grommunio
}

// carry moves or copies an item and returns where it is then.
func (s *Store) carry(ctx context.Context, p, q *place, operation, ref string) (string, error) {
	s.cache.forget(q.folder.Key)
	messages, err := s.change(ctx, p, 1, soap.M(operation, soap.M("ToFolderId", folderID(q.id)), soap.M("ItemIds", itemID(ref))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return "", err
	}
	id := firstOf(messages[0].Child("Items")).Child("ItemId")
	if id.Attr("Id") == "" {
		return "", sync.Errorf(sync.Unknown, "%s: the server does not say where the item is now", operation)
	}
	return itemRef(id.Attr("Id"), id.Attr("ChangeKey")), nil
}

// DeleteFolder removes a folder that holds nothing. Servers differ in what they say of one that does, so it is looked at first.
func (s *Store) DeleteFolder(ctx context.Context, folder plan.Folder) error {
	p, err := s.known(ctx, folder)
	if sync.IsGone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if p.id == s.root.id {
		return fmt.Errorf("the root of the public folders is not deleted")
	}
	below, err := s.findFolders(ctx, []*place{p})
	if sync.IsGone(err) {
		return nil
	}
	if err == nil && len(below) > 0 {
		err = sync.Errorf(sync.Conflict, "folder %q holds %d folders", folder.Path, len(below))
	}
	if err != nil {
		return err
	}
	pg, err := s.page(ctx, p, 0)
	if err == nil && pg.rows > 0 {
		err = sync.Errorf(sync.Conflict, "folder %q holds items", folder.Path)
	}
	if err != nil {
		return err
	}
	how := "SoftDelete"
	if s.opts.HardDelete {
		how = "HardDelete"
	}
	messages, err := s.changeFolder(ctx, soap.M("DeleteFolder", attr("DeleteType", how), soap.M("FolderIds", folderID(p.id))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err == nil || sync.IsGone(err) {
		s.mu.Lock()
		delete(s.places, p.id)
		delete(s.again, p.id)
		s.mu.Unlock()
		return nil
	}
	return err
}
