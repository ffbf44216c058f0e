package ewstest

import (
	"slices"

	"iorepl/sync/ews/soap"
)

// deleteFolder is DeleteFolder (MS-OXWSFOLD 3.1.4.3). Exchange deletes a folder with all in it; grommunio refuses one that is not empty,
// and asks for no right.
func (c *call) deleteFolder() (*soap.Element, error) {
	ids := within(c.req, "FolderIds")
	if c.grommunio() && slices.ContainsFunc(ids, func(e *soap.Element) bool { return e.Is("DistinguishedFolderId") }) {
		return c.response(), nil
	}
	return c.each(ids, "", func(id *soap.Element) ([]*soap.Element, error) {
		f, err := c.folder(id, "ErrorItemNotFound")
		if err != nil {
			return nil, err
		}
		if f.isSpecial() {
			if f.store.public {
				return nil, fail("ErrorOperationNotAllowedWithPublicFolderRoot")
			}
			return nil, fail("ErrorDeleteDistinguishedFolder")
		}
		if !c.grommunio() {
			if err := c.sees(f); err != nil {
				return nil, err
			}
			if c.rights(f)&FolderOwner == 0 {
				return nil, fail("ErrorAccessDenied")
			}
		}
		kind := c.req.Attr("DeleteType")
		switch {
		case kind == "MoveToDeletedItems" && f.store.public:
			return nil, fail("ErrorMoveCopyFailed")
		case c.grommunio() && (len(f.items) > 0 || len(c.st.below(f)) > 0):
			return nil, failAs("ErrorCannotDeleteObject", "E-3165: failed to delete folder")
		case kind == "MoveToDeletedItems":
			return []*soap.Element{}, c.moveTo(f, c.st.folders[f.store.special["deleteditems"]])
		case kind == "SoftDelete":
			c.st.edit(f.id).deleted = true
			c.st.edit(f.parent)
		default:
			c.st.dropFolder(f.id)
		}
		return []*soap.Element{}, nil
	})
}

// emptyFolder is EmptyFolder (MS-OXWSFOLD 3.1.4.5), which 2013 and later refuse for public folders.
func (c *call) emptyFolder() (*soap.Element, error) {
	kind, all := c.req.Attr("DeleteType"), isTrue(c.req.Attr("DeleteSubFolders"))
	if c.grommunio() && kind == "MoveToDeletedItems" {
		return nil, failAllAs("ErrorInvalidOperation", "E-3181: MoveToDeletedItems is not supported for EmptyFolder")
	}
	return c.each(within(c.req, "FolderIds"), "", func(id *soap.Element) ([]*soap.Element, error) {
		f, err := c.folder(id, "ErrorItemNotFound")
		if err != nil {
			return nil, err
		}
		if err := c.sees(f); err != nil {
			return nil, err
		}
		switch {
		case f.store.public && c.has(rank2013) && !c.grommunio():
			return nil, fail("ErrorInvalidOperation")
		case f.store.public && kind == "MoveToDeletedItems":
			return nil, fail("ErrorMoveCopyFailed")
		case c.rights(f)&DeleteAll == 0, all && c.rights(f)&FolderOwner == 0 && !c.grommunio():
			return nil, fail("ErrorAccessDenied")
		}
		for _, r := range slices.Clone(f.items) {
			c.remove(c.st.folders[f.id], r, kind != "SoftDelete")
		}
		if all {
			for _, sub := range c.st.below(f) {
				c.st.dropFolder(sub.id)
			}
		}
		return []*soap.Element{}, nil
	})
}
