package ews

import (
	"context"
	"fmt"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/soap"
)

// folderElements are what a folder of some class is written as; all others are a t:Folder.
var folderElements = []struct{ class, element string }{
	{"IPF.Appointment", "CalendarFolder"}, {"IPF.Contact", "ContactsFolder"}, {"IPF.Task", "TasksFolder"},
}

func folderElement(class string) string {
	for _, f := range folderElements {
		if class == f.class || len(class) > len(f.class) && class[:len(f.class)+1] == f.class+"." {
			return f.element
		}
	}
	return "Folder"
}

// changeFolder sends a request that changes the hierarchy. A mailbox that was asked to do so and does not know the folder yet has done
// nothing; the one that holds the root is where new folders are known first.
func (s *Store) changeFolder(ctx context.Context, body *soap.Element) ([]*soap.Element, error) {
	messages, err := s.change(ctx, nil, 1, body)
	if s.routing.active() && (sync.IsGone(err) || err == nil && sync.IsGone(errorOf(messages[0]))) {
		return s.change(ctx, s.root, 1, body)
	}
	return messages, err
}

// CreateFolder makes a folder, stamped from the beginning.
func (s *Store) CreateFolder(ctx context.Context, parent plan.Folder, name, class string, stamp plan.Stamp) (plan.Folder, error) {
	p, err := s.known(ctx, parent)
	if err != nil {
		return plan.Folder{}, err
	}
	e := soap.T(folderElement(class))
	if class != "" {
		e.Add(soap.T("FolderClass", class))
	}
	e.Add(soap.T("DisplayName", name))
	e.Add(item.Stamp(stamp)...)
	messages, err := s.changeFolder(ctx, soap.M("CreateFolder", soap.M("ParentFolderId", folderID(p.id)), soap.M("Folders", e)))
	if sync.IsUnknown(err) {
		if made, e := s.madeMeanwhile(ctx, p, name, stamp); e == nil {
			return made, nil
		}
	}
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return plan.Folder{}, fmt.Errorf("making folder %q below %q: %w", name, parent.Path, err)
	}
	id := firstOf(messages[0].Child("Folders")).Child("FolderId").Attr("Id")
	made, err := s.getFolder(ctx, id, p.id)
	if err != nil {
		return plan.Folder{}, sync.Errorf(sync.Unknown, "folder %q was made, and asking for it failed: %w", name, err)
	}
	s.remember(made)
	return made.folder, nil
}

// madeMeanwhile looks for a folder whose making was not answered.
func (s *Store) madeMeanwhile(ctx context.Context, parent *place, name string, stamp plan.Stamp) (plan.Folder, error) {
	below, err := s.findFolders(ctx, []*place{parent})
	if err != nil {
		return plan.Folder{}, err
	}
	for _, p := range below {
		if plan.Base(p.folder.Path) == name && p.folder.Stamp == stamp {
			s.remember(p)
			return p.folder, nil
		}
	}
	return plan.Folder{}, sync.Errorf(sync.Gone, "there is no folder %q", name)
}

// UpdateFolder moves a folder, if its parent changes, and then sets everything else in one request.
func (s *Store) UpdateFolder(ctx context.Context, from, to plan.Folder) (plan.Folder, error) {
	p, err := s.known(ctx, from)
	if err != nil {
		return plan.Folder{}, err
	}
	parentID := p.parent
	if parent := plan.Parent(to.Path); p.id != s.root.id && parent != plan.Parent(from.Path) {
		above, ok := s.placeAt(parent)
		if !ok {
			return plan.Folder{}, fmt.Errorf("there is no folder %q", parent)
		}
		if plan.Within(parent, from.Path) {
			return plan.Folder{}, fmt.Errorf("folder %q cannot be moved into itself", from.Path)
		}
		below, err := s.findFolders(ctx, []*place{above})
		if err != nil {
			return plan.Folder{}, err
		}
		for _, b := range below {
			if strings.EqualFold(plan.Base(b.folder.Path), plan.Base(to.Path)) {
				return plan.Folder{}, sync.Errorf(sync.Exists, "there is a folder %q below %q", plan.Base(to.Path), parent)
			}
		}
		if err := s.moveFolder(ctx, p, above); err != nil {
			return plan.Folder{}, fmt.Errorf("moving folder %q: %w", from.Path, err)
		}
		parentID = above.id
	}
	var changes []*soap.Element
	set := func(path, value *soap.Element) {
		changes = append(changes, soap.T("SetFolderField", path, soap.T(p.element, value)))
	}
	if name := plan.Base(to.Path); p.id != s.root.id && name != plan.Base(from.Path) {
		set(field("folder:DisplayName"), soap.T("DisplayName", name))
	}
	if to.Class != from.Class {
		set(field("folder:FolderClass"), soap.T("FolderClass", to.Class))
	}
	switch {
	case to.Marker == from.Marker:
	case to.Marker == "":
		changes = append(changes, soap.T("DeleteFolderField", markerPath()))
	default:
		set(markerPath(), soap.T("ExtendedProperty", markerPath(), soap.T("Value", to.Marker)))
	}
	if to.Stamp != from.Stamp {
		changes = append(changes, item.FolderStampChanges(p.element, to.Stamp)...)
	}
	if len(changes) > 0 {
		messages, err := s.changeFolder(ctx, soap.M("UpdateFolder", soap.M("FolderChanges", soap.T("FolderChange", folderID(p.id), soap.T("Updates", changes)))))
		if err == nil {
			err = errorOf(messages[0])
		}
		if err != nil {
			return plan.Folder{}, fmt.Errorf("changing folder %q: %w", from.Path, err)
		}
	}
	now, err := s.getFolder(ctx, p.id, parentID)
	if err != nil {
		return plan.Folder{}, err
	}
	s.remember(now)
	return now.folder, nil
}

func (s *Store) moveFolder(ctx context.Context, p, to *place) error {
	messages, err := s.changeFolder(ctx, soap.M("MoveFolder", soap.M("ToFolderId", folderID(to.id)), soap.M("FolderIds", folderID(p.id))))
	if err == nil {
		err = errorOf(messages[0])
	}
	return err
}

func (s *Store) placeAt(path string) (*place, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.places {
		if p.folder.Path == path {
			return p, true
		}
	}
	return nil, false
}
