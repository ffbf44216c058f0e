package ewstest

import "iorepl/sync/ews/soap"

// getFolder is GetFolder (MS-OXWSFOLD 3.1.4.6).
func (c *call) getFolder() (*soap.Element, error) {
	sh, err := c.folderShape(c.req.Child("FolderShape"))
	if err != nil && refusalOf(err).Whole {
		return nil, err
	}
	return c.each(within(c.req, "FolderIds"), "Folders", func(id *soap.Element) ([]*soap.Element, error) {
		if err != nil {
			return nil, err
		}
		f, err := c.folder(id, "ErrorItemNotFound")
		if err != nil {
			if e := c.remembered(id, sh); e != nil {
				return []*soap.Element{soap.M("Folders", e)}, nil
			}
			return nil, err
		}
		if err := c.sees(f); err != nil {
			return nil, err
		}
		// Any hierarchy mailbox knows the root by its name.
		if err := c.routed(f, "ErrorFolderNotFound"); err != nil && id.Is("FolderId") {
			return nil, err
		}
		return []*soap.Element{soap.M("Folders", c.folderElement(f, sh, false))}, nil
	})
}

// remembered is what grommunio answers for a deleted folder: one deleted softly as if it were there, one that is gone
// without anything but its id.
func (c *call) remembered(id *soap.Element, sh folderShape) *soap.Element {
	if !c.grommunio() || !id.Is("FolderId") {
		return nil
	}
	r, err := c.s.decode(id.Attr("Id"))
	if err != nil || r.item != 0 || r.store != c.s.public.guid || r.folder > c.st.counter {
		return nil
	}
	f := c.st.folders[r.folder]
	if f == nil {
		return soap.T("Folder", soap.T("FolderId", soap.Attr{Name: "Id", Value: id.Attr("Id")}))
	}
	return c.folderElement(f, sh, false)
}

// findFolder is FindFolder (MS-OXWSFOLD 3.1.4.4).
func (c *call) findFolder() (*soap.Element, error) {
	sh, err := c.folderShape(c.req.Child("FolderShape"))
	if err != nil && refusalOf(err).Whole {
		return nil, err
	}
	var keep filter
	if err == nil {
		keep, err = c.folderFilter(c.req.Child("Restriction"))
	}
	return c.each(within(c.req, "ParentFolderIds"), "", func(id *soap.Element) ([]*soap.Element, error) {
		if err != nil {
			return nil, err
		}
		f, err := c.folder(id, c.missingParent())
		if err != nil {
			return nil, err
		}
		if err := c.sees(f); err != nil {
			return nil, err
		}
		return c.findIn(f, sh, keep)
	})
}

// missingParent is how a listing refuses a folder that is not there.
func (c *call) missingParent() string {
	if c.has(rank2013) {
		return "ErrorFolderNotFound"
	}
	return "ErrorItemNotFound"
}

func (c *call) findIn(top *folder, sh folderShape, keep filter) ([]*soap.Element, error) {
	deep, deleted := false, false
	switch c.req.Attr("Traversal") {
	case "Deep":
		if top.store.public && !c.grommunio() {
			return nil, fail("ErrorInvalidOperation")
		}
		deep = true
	case "SoftDeleted":
		deleted = true
	}
	var rows []*folder
	var walk func(*folder)
	walk = func(f *folder) {
		subs := c.st.below(f)
		if deleted {
			subs = c.st.deletedBelow(f)
		}
		for _, sub := range subs {
			if c.sees(sub) != nil || c.tooEarly(sub) {
				continue
			}
			if keep(folderView{c, sub}) {
				rows = append(rows, sub)
			}
			if deep {
				walk(sub)
			}
		}
	}
	walk(top)
	view := c.req.Child("IndexedPageFolderView")
	if view == nil {
		view = c.req.Child("FractionalPageFolderView")
	}
	p, err := c.pageOf(view, len(rows), c.s.options.PageCap)
	if err != nil {
		return nil, err
	}
	if c.s.options.WholePages {
		if err := c.tooManyRows(view, len(rows)); err != nil {
			return nil, err
		}
	}
	if p.to == p.from && c.grommunio() {
		return []*soap.Element{}, nil
	}
	list := soap.T("Folders")
	for _, f := range rows[p.from:p.to] {
		list.Add(c.folderElement(f, sh, true))
	}
	root := soap.M("RootFolder", list)
	root.Attrs = p.attrs
	return []*soap.Element{root}, nil
}

// deletedBelow are the folders below f that were deleted softly.
func (st *state) deletedBelow(f *folder) []*folder {
	var all []*folder
	for _, id := range f.children {
		if c := st.folders[id]; c != nil && c.deleted {
			all = append(all, c)
		}
	}
	return all
}
