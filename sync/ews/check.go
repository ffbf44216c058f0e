package ews

import (
	"cmp"
	"context"
	"fmt"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// What an account may do is said in three places, none of which says all: a folder's EffectiveRights, which leave out what may be done to the
// items of others; its permission list, which most servers show to its owners alone; and the EffectiveRights of an item, which hold for
// that item.

// About says which server answers, and as whom it is asked.
func (s *Store) About() string { return fmt.Sprintf("%s, as %s", s.Server(), s.who()) }

// who is the account for people.
func (s *Store) who() string {
	return cmp.Or(s.account, s.opts.Transport.Username, "the account of the ticket")
}

// Rights that the three places tell about.
const (
	toldByFolder = plan.RightFolderVisible | plan.RightReadAny | plan.RightCreate | plan.RightCreateSubfolders | plan.RightFolderOwner
	toldByItem   = plan.RightEditAny | plan.RightDeleteAny
)

// Allowed tells what the account may do in folders. It looks at items only where folders do not tell what is needed.
func (s *Store) Allowed(ctx context.Context, needs []sync.Need) []sync.Allowed {
	out := make([]sync.Allowed, len(needs))
	at := 0
	_ = chunks(needs, batchFolders, func(part []sync.Need) error {
		s.allowedByFolder(ctx, part, out[at:at+len(part)])
		at += len(part)
		return nil // what failed is in out
	})
	for i, n := range needs {
		if out[i].Err == nil && out[i].Unknown&n.Rights != 0 {
			s.allowedByItem(ctx, n.Folder, &out[i])
		}
	}
	return out
}

func (s *Store) askRights(ctx context.Context, needs []sync.Need, fields ...*soap.Element) ([]*soap.Element, error) {
	return s.askEach(ctx, nil, len(needs), func(which []int) *soap.Element {
		ids := soap.M("FolderIds")
		for _, i := range which {
			ids.Add(folderID(needs[i].Folder.ID))
		}
		return soap.M("GetFolder", soap.M("FolderShape", soap.T("BaseShape", "IdOnly"), soap.T("AdditionalProperties", fields)), ids)
	})
}

// allowedByFolder reads EffectiveRights and permission lists.
func (s *Store) allowedByFolder(ctx context.Context, needs []sync.Need, out []sync.Allowed) {
	messages, err := s.askRights(ctx, needs, field("folder:EffectiveRights"), field("folder:PermissionSet"))
	for i := range needs {
		var m *soap.Element
		e := err
		if e == nil {
			m = messages[i]
			e = errorOf(m)
		}
		if sync.IsDenied(e) {
			// It may be the list alone that is refused.
			var again []*soap.Element
			if again, e = s.askRights(ctx, needs[i:i+1], field("folder:EffectiveRights")); e == nil {
				m = again[0]
				e = errorOf(m)
			}
		}
		switch {
		case sync.IsDenied(e): // nothing at all is allowed
		case e != nil:
			out[i].Err = e
		default:
			out[i] = s.readAllowed(firstOf(m.Child("Folders")))
		}
	}
}

// readAllowed reads what the server says of a folder. Whether the account may change and delete the items of others is in the permission list,
// if that is shown and has an entry for it: the account may be in groups, so others' entries tell nothing.
func (s *Store) readAllowed(folder *soap.Element) (a sync.Allowed) {
	a.Rights = plan.RightFolderVisible
	effective := folder.Child("EffectiveRights")
	if effective == nil {
		a.Unknown = toldByFolder &^ a.Rights
	}
	for name, right := range map[string]plan.Rights{"Read": plan.RightReadAny, "CreateContents": plan.RightCreate,
		"CreateHierarchy": plan.RightCreateSubfolders, "Modify": plan.RightFolderOwner} {
		if isYes(effective.Value(name)) {
			a.Rights |= right
		}
	}
	a.Unknown |= toldByItem
	set := folder.Child("PermissionSet")
	a.List = set != nil
	if a.List {
		list, _ := readPermissions(set)
		if own, ok := list.Of(s.account); ok {
			a.Rights |= own
			a.Unknown = 0
		}
	}
	if s.Server().Grommunio && a.Rights&plan.RightEditAny != 0 {
		a.Rights |= plan.RightFolderOwner // it lets who may edit all items change the folder as well
	}
	a.Unknown &^= a.Rights
	return a
}

func isYes(v string) bool { return v == "true" || v == "1" }

// allowedByItem looks at what may be done to one item, whichever comes first.
func (s *Store) allowedByItem(ctx context.Context, folder plan.Folder, a *sync.Allowed) {
	const untold = "neither the folder nor its permission list tells it, and "
	id, p, err := s.anyItem(ctx, folder)
	switch {
	case err != nil:
		a.Why = untold + "listing its items fails: " + err.Error()
		return
	case id == "":
		a.Why = untold + "it holds no item to look at"
		return
	}
	messages, err := s.ask(ctx, p, 1, soap.M("GetItem", soap.M("ItemShape", soap.T("BaseShape", "IdOnly"),
		soap.T("AdditionalProperties", field("item:EffectiveRights"))), soap.M("ItemIds", soap.T("ItemId", attr("Id", id)))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		a.Why = untold + "reading an item fails: " + err.Error()
		return
	}
	effective := firstOf(messages[0].Child("Items")).Child("EffectiveRights")
	a.Why = untold + "no item does"
	for name, right := range map[string]plan.Rights{"Modify": plan.RightEditAny, "Delete": plan.RightDeleteAny} {
		if v := effective.Value(name); v != "" {
			a.Unknown &^= right
			if isYes(v) {
				a.Rights |= right
			}
		}
	}
}

// anyItem is the id of an item in a folder, "" if there is none.
func (s *Store) anyItem(ctx context.Context, folder plan.Folder) (string, *place, error) {
	p, err := s.known(ctx, folder)
	if err != nil {
		return "", nil, err
	}
	messages, err := s.ask(ctx, p, 1, soap.M("FindItem", attr("Traversal", "Shallow"), soap.M("ItemShape", soap.T("BaseShape", "IdOnly")),
		soap.M("IndexedPageItemView", attr("MaxEntriesReturned", "1"), attr("Offset", "0"), attr("BasePoint", "Beginning")),
		soap.M("ParentFolderIds", folderID(p.id))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return "", nil, err
	}
	return firstOf(messages[0].Child("RootFolder", "Items")).Child("ItemId").Attr("Id"), p, nil
}
