package ewstest

import (
	"slices"

	"iorepl/sync/ews/soap"
)

// moveFolder is MoveFolder (MS-OXWSFOLD 3.1.4.7).
func (c *call) moveFolder() (*soap.Element, error) {
	return c.toFolder(func(f, to *folder) (*folder, error) {
		if c.rights(f)&FolderOwner == 0 && !c.grommunio() {
			return nil, fail("ErrorAccessDenied")
		}
		if f.isSpecial() {
			if f.store.public {
				return nil, fail("ErrorOperationNotAllowedWithPublicFolderRoot")
			}
			return nil, failAs("ErrorMoveDistinguishedFolder", "Distinguished folders cannot be moved.")
		}
		if err := c.moveTo(f, to); err != nil {
			return nil, err
		}
		return c.st.folders[f.id], nil
	})
}

// moveTo puts a folder below another one. Its id stays.
func (c *call) moveTo(f, to *folder) error {
	if f.store != to.store || c.st.within(to, f) || c.st.child(to, f.name) != nil {
		return fail("ErrorMoveCopyFailed")
	}
	f = c.st.edit(f.id)
	c.st.unlink(f)
	c.st.link(f, to.id)
	c.touch(f)
	return nil
}

// copyFolder is CopyFolder (MS-OXWSFOLD 3.1.4.1), which 2013 and later refuse for public folders.
func (c *call) copyFolder() (*soap.Element, error) {
	answer, err := c.toFolder(func(f, to *folder) (*folder, error) {
		switch {
		case f.store.public && c.has(rank2013) && !c.grommunio():
			return nil, fail("ErrorInvalidOperation")
		case c.rights(f)&ReadItems == 0:
			return nil, fail("ErrorAccessDenied")
		case f.isSpecial() && f.store.public:
			return nil, fail("ErrorOperationNotAllowedWithPublicFolderRoot")
		case f.store != to.store || c.st.within(to, f) || c.st.child(to, f.name) != nil:
			return nil, fail("ErrorMoveCopyFailed")
		}
		return c.copyTo(f, to), nil
	})
	if err == nil && c.grommunio() {
		for _, m := range answer.Child("ResponseMessages").Children {
			m.Name = "x"
		}
	}
	return answer, err
}

// copyTo copies a folder with all in it.
func (c *call) copyTo(f, to *folder) *folder {
	n := c.st.addFolder(&folder{parent: to.id, store: to.store, name: f.name, class: f.class, created: c.now, modified: c.now, commit: c.now,
		creator: c.who.address, mailbox: to.mailbox, properties: f.properties.Clone(), grants: slices.Clone(f.grants)})
	for _, r := range f.items {
		c.add(n, c.copied(r.item, c.now), r.creator)
	}
	for _, r := range f.associated {
		c.add(n, c.copied(r.item, c.now), r.creator)
	}
	for _, sub := range c.st.below(f) {
		if sub.id != n.id {
			c.copyTo(sub, c.st.folders[n.id])
		}
	}
	return c.st.folders[n.id]
}

// toFolder answers an operation with m:ToFolderId and m:FolderIds.
func (c *call) toFolder(do func(f, to *folder) (*folder, error)) (*soap.Element, error) {
	var target *soap.Element
	if t := c.req.Child("ToFolderId"); t != nil && len(t.Children) == 1 {
		target = t.Children[0]
	}
	return c.each(within(c.req, "FolderIds"), "Folders", func(id *soap.Element) ([]*soap.Element, error) {
		to, err := c.folder(target, "ErrorToFolderNotFound")
		if err != nil {
			return nil, err
		}
		if err := c.mayCreateFolder(to); err != nil {
			return nil, err
		}
		f, err := c.folder(id, "ErrorItemNotFound")
		if err != nil {
			return nil, err
		}
		if err := c.sees(f); err != nil {
			return nil, err
		}
		n, err := do(f, to)
		if err != nil {
			return nil, err
		}
		return []*soap.Element{soap.M("Folders", soap.T(n.element(), c.s.folderID("FolderId", n)))}, nil
	})
}
