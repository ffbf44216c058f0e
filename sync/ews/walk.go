package ews

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/soap"
)

// sourceKey is PR_SOURCE_KEY, which is one and the same for a folder or an item in all replicas of an organization.
func sourceKey() *soap.Element {
	return soap.T("ExtendedFieldURI", attr("PropertyTag", "0x65E0"), attr("PropertyType", "Binary"))
}

// markerPath is where the roots of two-way pairs have their marker.
func markerPath() *soap.Element {
	return soap.T("ExtendedFieldURI", attr("DistinguishedPropertySetId", "PublicStrings"), attr("PropertyName", "iorepl-marker"), attr("PropertyType", "String"))
}

// folderShape asks for all that is wanted of a folder. Public folders give no counts where all properties are asked for.
func (s *Store) folderShape() *soap.Element {
	fields := soap.T("AdditionalProperties", field("folder:DisplayName"), field("folder:FolderClass"), field("folder:EffectiveRights"),
		sourceKey(), markerPath(), item.StampPaths())
	if server, known := s.client.Server(); !known || server.Major >= 15 && !server.Grommunio {
		fields.Add(soap.T("ExtendedFieldURI", attr("PropertyTag", "0x6698"), attr("PropertyType", "Binary")))
	}
	return soap.M("FolderShape", soap.T("BaseShape", "IdOnly"), fields)
}

func folderID(id string) *soap.Element { return soap.T("FolderId", attr("Id", id)) }

// findRoot asks for the root, by the only name that public folders have in advance. Everything else goes by its id.
func (s *Store) findRoot(ctx context.Context) error {
	ask := soap.M("GetFolder", s.folderShape(), soap.M("FolderIds", soap.T("DistinguishedFolderId", attr("Id", "publicfoldersroot"))))
	messages, err := s.ask(ctx, nil, 1, ask)
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return fmt.Errorf("opening the public folders: %w%s", err, hint(err))
	}
	p, err := s.readPlace(firstOf(messages[0].Child("Folders")), "", nil)
	if err != nil {
		return err
	}
	p.folder.Path = ""
	s.root = p
	s.remember(p)
	return nil
}

// saidSo reports whether an error is what the server said, and not that it cannot be asked.
func saidSo(err error) bool {
	var e *soap.Error
	return errors.As(err, &e)
}

// hint is what an administrator can do about an error that public folders cannot be opened with.
func hint(err error) string {
	var e *soap.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Code {
	case "ErrorNonExistentMailbox", "ErrorMissingEmailAddress", "ErrorMissingInformationEmailAddress":
		return "; the account needs a mailbox in this organization"
	case "ErrorImpersonateUserDenied", "ErrorImpersonationDenied", "ErrorImpersonationFailed":
		return "; let the account act for others: New-ManagementRoleAssignment -Role ApplicationImpersonation -User ACCOUNT" +
			" (2007: Add-ADPermission -ExtendedRights ms-Exch-EPI-Impersonation, ms-Exch-EPI-May-Impersonate)"
	case "ErrorNoPublicFolderReplicaAvailable", "ErrorNoPublicFolderServerAvailable":
		return "; there are no public folders, or none that the account's mailbox database leads to"
	case "ErrorAccessDenied":
		return "; give the account the right FolderVisible on the root: Add-PublicFolderClientPermission \\ -User ACCOUNT -AccessRights FolderVisible"
	}
	return ""
}

func firstOf(e *soap.Element) *soap.Element {
	if e == nil || len(e.Children) == 0 {
		return nil
	}
	return e.Children[0]
}

// readPlace reads what the server says of a folder below parent, nil for the root.
func (s *Store) readPlace(e *soap.Element, parentID string, parent *plan.Folder) (*place, error) {
	id := ""
	if e != nil {
		id = e.Child("FolderId").Attr("Id")
	}
	if id == "" || e.Child("FolderId").Attr("ChangeKey") == "" && e.Child("DisplayName") == nil {
		// grommunio answers with an empty folder for one that is gone for good.
		return nil, sync.Errorf(sync.Gone, "there is no such folder")
	}
	p := &place{id: id, parent: parentID, element: e.Name}
	p.folder = plan.Folder{ID: id, Class: classOf(e), Stamp: item.ReadStamp(e), Key: plan.Sum("folder", id)}
	for _, x := range e.All("ExtendedProperty") {
		switch path := x.Child("ExtendedFieldURI"); {
		case isTag(path, "0x65e0"):
			p.folder.Key = plan.Sum("folder", x.Value("Value"))
		case isTag(path, "0x6698"):
			p.box = boxOf(x.Value("Value"))
		case path.Attr("PropertyName") == "iorepl-marker":
			p.folder.Marker = x.Value("Value")
		}
	}
	if parent != nil {
		p.folder.Path = plan.Join(parent.Path, nameOf(e))
	}
	if r := e.Child("EffectiveRights"); r != nil && r.Value("Read") == "false" {
		p.folder.Problem = "the account may not read this folder; give it the role Reviewer or more: Add-PublicFolderClientPermission"
	}
	return p, nil
}

// classOf is a folder's class. One without a class is for messages, as servers that give every folder a class say of it.
func classOf(e *soap.Element) string {
	if class := e.Value("FolderClass"); class != "" {
		return class
	}
	return "IPF.Note"
}

// nameOf is a folder's name, which may begin and end with spaces.
func nameOf(e *soap.Element) string {
	if name := e.Child("DisplayName"); name != nil {
		return name.Text
	}
	return ""
}

// Folders walks the hierarchy level by level, since public folders take no deep traversal, and ParentFolderId does not tell where a
// folder is.
func (s *Store) Folders(ctx context.Context) ([]plan.Folder, error) {
	all, places, err := s.walk(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.readTokens(ctx, all); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.places, s.again = places, nil
	s.mu.Unlock()
	folders := make([]plan.Folder, len(all))
	for i, p := range all {
		folders[i] = p.folder
	}
	slices.SortFunc(folders, func(a, b plan.Folder) int { return strings.Compare(a.Path, b.Path) })
	return folders, nil
}

// walk finds all folders, and gives them by their ids as well.
func (s *Store) walk(ctx context.Context) (all []*place, places map[string]*place, err error) {
	if s.root == nil {
		return nil, nil, sync.Errorf(sync.Gone, "the organization has no public folders")
	}
	root, err := s.getFolder(ctx, s.root.id, "")
	if err != nil {
		return nil, nil, fmt.Errorf("the root of the public folders: %w", err)
	}
	root.folder.Path = ""
	places = map[string]*place{root.id: root}
	all = []*place{root}
	for level := []*place{root}; len(level) > 0; {
		var next []*place
		err := chunks(level, batchFolders, func(parents []*place) error {
			found, err := s.findFolders(ctx, parents)
			next = append(next, found...)
			return err
		})
		if err != nil {
			return nil, nil, err
		}
		for _, p := range next {
			if places[p.id] != nil {
				return nil, nil, fmt.Errorf("folder %q is listed twice: the hierarchy changes while it is read", p.folder.Path)
			}
			places[p.id] = p
		}
		all = append(all, next...)
		level = next
	}
	return all, places, nil
}

// Folder asks for one folder.
func (s *Store) Folder(ctx context.Context, id string) (plan.Folder, error) {
	known := s.place(id)
	parentID := ""
	if known != nil {
		parentID = known.parent
	}
	p, err := s.getFolder(ctx, id, parentID)
	if err != nil {
		return plan.Folder{}, err
	}
	if known == nil && s.Server().Grommunio {
		// It still shows what was deleted, while a walk does not.
		if there, err := s.there(ctx, id); err != nil {
			return plan.Folder{}, err
		} else if !there {
			return plan.Folder{}, sync.Errorf(sync.Gone, "folder %q was deleted", p.folder.Path)
		}
	}
	if id == s.root.id {
		p.folder.Path = ""
	}
	s.remember(p)
	return p.folder, nil
}

// there reports whether a second walk finds a folder: one that is moved during a walk may be missed by it.
func (s *Store) there(ctx context.Context, id string) (bool, error) {
	s.mu.Lock()
	again := s.again
	s.mu.Unlock()
	if again == nil {
		var err error
		if _, again, err = s.walk(ctx); err != nil {
			return false, err
		}
		s.mu.Lock()
		s.again = again
		s.mu.Unlock()
	}
	return again[id] != nil, nil
}

// getFolder asks for a folder by id, and finds its path by the folder that it was below when it was last seen. A mailbox that does not
// hold its items may say that there is none: then it is gone only if all mailboxes say so.
func (s *Store) getFolder(ctx context.Context, id, parentID string) (*place, error) {
	p, err := s.getFolderFrom(ctx, s.place(id), id, parentID)
	if !sync.IsGone(err) || !s.routing.active() {
		return p, err
	}
	for _, box := range s.boxes(id, parentID) {
		if p, e := s.getFolderFrom(ctx, &place{id: id, box: box}, id, parentID); !sync.IsGone(e) {
			return p, e
		}
	}
	return p, err
}

// getFolderFrom asks whatever holds the items of at, or the hierarchy where that is nil.
func (s *Store) getFolderFrom(ctx context.Context, at *place, id, parentID string) (*place, error) {
	messages, err := s.ask(ctx, at, 1, soap.M("GetFolder", s.folderShape(), soap.M("FolderIds", folderID(id))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return nil, err
	}
	var above *plan.Folder
	if p := s.place(parentID); p != nil {
		above = &p.folder
	}
	e := firstOf(messages[0].Child("Folders"))
	p, err := s.readPlace(e, parentID, above)
	if err != nil {
		return nil, err
	}
	if above == nil && s.root != nil && id != s.root.id {
		p.folder.Path = plan.Join("", nameOf(e))
	}
	return p, nil
}
