package ewstest

import (
	"strings"

	"iorepl/sync/ews/soap"
)

// rights are what the account may do in a folder.
func (c *call) rights(f *folder) Rights {
	switch {
	case !f.store.public && strings.EqualFold(f.store.owner, c.who.address):
		return Owner
	case f.store.public && (f.id == f.store.root):
		return FolderVisible
	default:
		return rightsOf(f.grants, c.who.address)
	}
}

// sees refuses a folder that the account may not see.
func (c *call) sees(f *folder) error {
	if c.rights(f)&(FolderVisible|FolderOwner) != 0 {
		return nil
	}
	return c.denied()
}

// denied is the refusal of a folder that must not be seen.
func (c *call) denied() error {
	if c.s.options.HideDenied && !c.grommunio() {
		return fail("ErrorItemNotFound")
	}
	return fail("ErrorAccessDenied")
}

// folder finds the folder that a t:FolderId or t:DistinguishedFolderId names, whether the account may see it or not. A folder that is not
// there is refused with missing.
func (c *call) folder(id *soap.Element, missing string) (*folder, error) {
	switch {
	case id.Is("DistinguishedFolderId"):
		return c.distinguished(id, missing)
	case id.Is("FolderId"):
	default:
		return nil, failAll("ErrorSchemaValidation")
	}
	if key := id.Attr("ChangeKey"); key != "" && !c.grommunio() {
		if _, err := changeOf(key); err != nil {
			return nil, err
		}
	}
	r, err := c.s.decode(id.Attr("Id"))
	switch {
	case err != nil:
		return nil, err
	case r.item != 0:
		return nil, fail("ErrorCannotUseItemIdForFolderId")
	}
	f := c.st.folders[r.folder]
	if f == nil || f.store.guid != r.store || f.deleted || c.tooEarly(f) {
		return nil, fail(missing)
	}
	return f, nil
}

// distinguished finds a folder by its well-known name.
func (c *call) distinguished(id *soap.Element, missing string) (*folder, error) {
	name, address := id.Attr("Id"), id.Value("Mailbox", "EmailAddress")
	if name == "publicfoldersroot" {
		switch {
		case address != "" && !c.grommunio():
			return nil, failAs("ErrorInvalidOperation", "It is not valid to specify a mailbox with the public folder root.")
		case c.who.mailbox == nil && !c.grommunio():
			return nil, fail("ErrorMissingEmailAddress")
		case c.grommunio() && address == "" && (c.op.name == "CreateFolder" || c.op.name == "CreateItem"):
			return nil, failAs("ErrorCannotFindUser", "E-3113: failed to get domain ID for 'replica@"+c.s.options.Domain+"'")
		}
		return c.st.folders[c.s.public.special[name]], nil
	}
	box := c.who.mailbox
	if address != "" {
		a := c.s.byAddress(address)
		if a == nil || a.mailbox == nil {
			return nil, fail("ErrorNonExistentMailbox")
		}
		box = a.mailbox
	}
	if box == nil {
		return nil, fail("ErrorMissingEmailAddress")
	}
	f := c.st.folders[box.special[name]]
	if f == nil {
		return nil, fail(missing)
	}
	return f, nil
}

// tooEarly reports whether the hierarchy mailbox that is asked does not know a new folder yet.
func (c *call) tooEarly(f *folder) bool {
	return f.late && !c.primary()
}

// primary reports whether the request goes to the primary hierarchy mailbox, where folders are made.
func (c *call) primary() bool {
	return c.s.boxGUID(c.header.Get("X-PublicFolderMailbox")) == c.s.boxOf("1")
}
