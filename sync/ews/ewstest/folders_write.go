package ewstest

import (
	"slices"
	"strings"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// createFolder is CreateFolder (MS-OXWSFOLD 3.1.4.2).
func (c *call) createFolder() (*soap.Element, error) {
	target := c.req.Child("ParentFolderId")
	var id *soap.Element
	if target != nil && len(target.Children) == 1 {
		id = target.Children[0]
	}
	return c.each(within(c.req, "Folders"), "Folders", func(e *soap.Element) ([]*soap.Element, error) {
		parent, err := c.folder(id, "ErrorParentFolderNotFound")
		if err != nil {
			return nil, err
		}
		if err := c.mayCreateFolder(parent); err != nil {
			return nil, err
		}
		f, err := c.makeFolder(parent, e)
		if err != nil {
			return nil, err
		}
		return []*soap.Element{soap.M("Folders", soap.T(f.element(), c.s.folderID("FolderId", f)))}, nil
	})
}

func (c *call) mayCreateFolder(parent *folder) error {
	r := c.rights(parent)
	need := CreateSubFolders
	if c.grommunio() {
		need = ^FolderVisible // any right at all suffices there
	}
	if r&need == 0 {
		return fail("ErrorAccessDenied")
	}
	return nil
}

// classOfElement is the folder class that an element stands for.
func classOfElement(name string) string {
	switch name {
	case "CalendarFolder":
		return "IPF.Appointment"
	case "ContactsFolder":
		return "IPF.Contact"
	case "TasksFolder":
		return "IPF.Task"
	default:
		return ""
	}
}

// makeFolder makes the folder that an element of CreateFolder describes.
func (c *call) makeFolder(parent *folder, e *soap.Element) (*folder, error) {
	name := e.Value("DisplayName")
	if name == "" {
		if c.grommunio() {
			return nil, failAs("ErrorFolderSave", "E-3200: failed to create folder")
		}
		return nil, failAs("ErrorFolderSave", "Folder save failed due to an invalid display name.")
	}
	if c.st.child(parent, name) != nil {
		return nil, fail("ErrorFolderExists")
	}
	class := e.Value("FolderClass")
	if want := classOfElement(e.Name); want != "" {
		if class != "" && !classIs(class, want) {
			return nil, failAs("ErrorInvalidFolderTypeForOperation", "The folder class does not fit the folder type.")
		}
		if class == "" {
			class = want
		}
	}
	if class == "" && c.grommunio() {
		class = "IPF.Note"
	}
	f := &folder{parent: parent.id, store: parent.store, name: name, class: class, created: c.now, modified: c.now, commit: c.now,
		creator: c.who.address, mailbox: parent.mailbox, properties: c.s.noProperties()}
	f.grants = c.inherited(parent)
	if set := e.Child("PermissionSet"); set != nil && !c.grommunio() {
		grants, err := c.grants(f, set)
		if err != nil {
			return nil, err
		}
		f.grants = grants
	}
	if err := c.setFolderProperties(f, e.All("ExtendedProperty")); err != nil {
		return nil, err
	}
	f.late = c.s.options.LateHierarchy && parent.store.public
	return c.st.addFolder(f), nil
}

// inherited is the permission list of a new folder: that of its parent and the creator as owner. On grommunio it is the creator alone.
func (c *call) inherited(parent *folder) []Grant {
	var all []Grant
	if c.grommunio() {
		all = []Grant{{Who: Default}, {Who: Anonymous}}
	} else {
		all = slices.DeleteFunc(slices.Clone(parent.grants), func(g Grant) bool { return strings.EqualFold(g.Who, c.who.address) })
	}
	if parent.store.public {
		all = append(all, Grant{Who: c.who.address, Rights: Owner})
	}
	return all
}

// setFolderProperties sets extended properties, some of which are the folder's own fields.
func (c *call) setFolderProperties(f *folder, all []*soap.Element) error {
	for _, p := range all {
		path := p.Child("ExtendedFieldURI")
		if path == nil {
			return failAll("ErrorSchemaValidation")
		}
		if err := mapi.CheckPath(c.profile, path, false); err != nil {
			return err
		}
		switch id := propertyID(path); id {
		case 0x3613:
			f.class = p.Value("Value")
			continue
		case 0x3001:
			if p.Value("Value") == "" {
				return failAs("ErrorFolderSave", "Folder save failed due to an invalid display name.")
			}
			f.name = p.Value("Value")
			continue
		case 0x3007, 0x3008, 0x3602, 0x3603, 0x360A, 0x65E0, 0x65E1, 0x65E2, 0x670A, 0x670B, 0x6698, 0x0FFF, 0x0FF9:
			return fail("ErrorInvalidPropertySet")
		}
		change := soap.T("SetItemField", path, soap.T("Message", p))
		if err := f.properties.Update(c.profile, []*soap.Element{change}, c.now, c.who.address); err != nil {
			return err
		}
	}
	return nil
}

// updateFolder is UpdateFolder (MS-OXWSFOLD 3.1.4.8).
func (c *call) updateFolder() (*soap.Element, error) {
	return c.each(within(c.req, "FolderChanges"), "Folders", func(change *soap.Element) ([]*soap.Element, error) {
		id := change.Child("FolderId")
		if id == nil {
			id = change.Child("DistinguishedFolderId")
		}
		f, err := c.folder(id, "ErrorFolderNotFound")
		if err != nil {
			return nil, err
		}
		need := FolderOwner
		if c.grommunio() {
			need = EditAll
		}
		if c.rights(f)&need == 0 {
			return nil, fail("ErrorAccessDenied")
		}
		if err := c.current(id.Attr("ChangeKey"), f.change, false); err != nil {
			return nil, err
		}
		// The changes of one folder are all done or none.
		draft := *f
		draft.properties = f.properties.Clone()
		draft.grants = slices.Clone(f.grants)
		for _, u := range within(change, "Updates") {
			if err := c.updateFolderField(&draft, u); err != nil {
				return nil, err
			}
		}
		if err := c.renamable(f, &draft); err != nil {
			return nil, err
		}
		f = c.st.edit(f.id)
		f.name, f.class, f.grants, f.properties = draft.name, draft.class, draft.grants, draft.properties
		c.touch(f)
		return []*soap.Element{soap.M("Folders", soap.T(f.element(), c.s.folderID("FolderId", f)))}, nil
	})
}

// touch gives a folder a new change key.
func (c *call) touch(f *folder) {
	f.change = c.st.next()
	f.modified = c.now
}

// renamable refuses a new name that is taken, or for a folder that keeps its name.
func (c *call) renamable(f, draft *folder) error {
	if draft.name == f.name {
		return nil
	}
	if f.isSpecial() {
		return failAs("ErrorCannotRenameDistinguishedFolder", "Distinguished folders cannot be renamed.")
	}
	if parent := c.st.folders[f.parent]; parent != nil {
		if other := c.st.child(parent, draft.name); other != nil && other.id != f.id {
			return fail("ErrorFolderExists")
		}
	}
	return nil
}

// updateFolderField does one t:SetFolderField, t:AppendToFolderField or t:DeleteFolderField.
func (c *call) updateFolderField(f *folder, u *soap.Element) error {
	if len(u.Children) == 0 {
		return failAll("ErrorSchemaValidation")
	}
	path := u.Children[0]
	if u.Is("AppendToFolderField") {
		if c.grommunio() {
			return nil
		}
		return failAs("ErrorInvalidPropertyAppend", "Append action is invalid for property.")
	}
	if path.Is("ExtendedFieldURI") {
		if u.Is("DeleteFolderField") {
			return f.properties.Update(c.profile, []*soap.Element{soap.T("DeleteItemField", path)}, c.now, c.who.address)
		}
		value := soleProperty(u.Children[1:])
		if value == nil {
			return fail("ErrorIncorrectUpdatePropertyCount")
		}
		return c.setFolderProperties(f, []*soap.Element{value})
	}
	if err := c.checkFolderField(path); err != nil {
		return err
	}
	if u.Is("DeleteFolderField") {
		return failAs("ErrorInvalidPropertyDelete", "Delete action is invalid for property.")
	}
	value := soleProperty(u.Children[1:])
	field := strings.TrimPrefix(path.Attr("FieldURI"), "folder:")
	switch {
	case value == nil:
		return fail("ErrorIncorrectUpdatePropertyCount")
	case value.Name != field:
		return failAs("ErrorUpdatePropertyMismatch", "The property path does not match the property that is set.")
	}
	switch field {
	case "DisplayName":
		if strings.TrimSpace(value.Text) == "" {
			return failAs("ErrorFolderSave", "Folder save failed due to an invalid display name.")
		}
		f.name = value.Text
	case "FolderClass":
		f.class = value.Text
	case "PermissionSet":
		grants, err := c.grants(f, value)
		if err != nil {
			return err
		}
		f.grants = grants
	default:
		return fail("ErrorInvalidPropertySet")
	}
	return nil
}

// soleProperty is the one property in the one object of a set action.
func soleProperty(objects []*soap.Element) *soap.Element {
	if len(objects) != 1 || len(objects[0].Children) != 1 {
		return nil
	}
	return objects[0].Children[0]
}

// current refuses a ChangeKey that is not that of change any more. Without one it refuses if it is required.
func (c *call) current(key string, change uint64, required bool) error {
	if c.grommunio() {
		return nil
	}
	if key == "" {
		if required {
			return fail("ErrorChangeKeyRequiredForWriteOperations")
		}
		return nil
	}
	n, err := changeOf(key)
	switch {
	case err != nil:
		return err
	case n != change:
		return fail("ErrorIrresolvableConflict")
	}
	return nil
}
