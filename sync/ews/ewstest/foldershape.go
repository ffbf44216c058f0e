package ewstest

import (
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// folderFields are the FieldURIs of folders that are understood, with the rank of the first version that has each.
var folderFields = map[string]int{
	"folder:FolderId": rank2007, "folder:ParentFolderId": rank2007, "folder:DisplayName": rank2007, "folder:UnreadCount": rank2007,
	"folder:TotalCount": rank2007, "folder:ChildFolderCount": rank2007, "folder:FolderClass": rank2007,
	"folder:SearchParameters": rank2007, "folder:ManagedFolderInformation": rank2007, "folder:EffectiveRights": rank2007,
	"folder:PermissionSet": rank2007SP1, "folder:SharingEffectiveRights": rank2010, "folder:DistinguishedFolderId": rank2013,
	"folder:PolicyTag": rank2013, "folder:ArchiveTag": rank2013, "folder:ReplicaList": rank2016,
}

// folderShape is a read m:FolderShape.
type folderShape struct {
	fields   map[string]bool
	extended []*soap.Element
	all      bool
}

func (c *call) folderShape(e *soap.Element) (folderShape, error) {
	sh := folderShape{fields: map[string]bool{"FolderId": true}}
	add := func(names ...string) {
		for _, n := range names {
			sh.fields[n] = true
		}
	}
	switch e.Value("BaseShape") {
	case "IdOnly":
	case "Default":
		add("DisplayName", "UnreadCount", "TotalCount", "ChildFolderCount")
	case "AllProperties":
		sh.all = true
		add("ParentFolderId", "FolderClass", "DisplayName", "TotalCount", "ChildFolderCount", "EffectiveRights", "UnreadCount",
			"SharingEffectiveRights")
		// From 2013 on permissions have to be asked for.
		if !c.has(rank2013) {
			add("PermissionSet")
		}
		if c.has(rank2013) {
			add("DistinguishedFolderId")
		}
	}
	if a := e.Child("AdditionalProperties"); a != nil {
		for _, p := range a.Children {
			switch {
			case p.Is("FieldURI"):
				if err := c.checkFolderField(p); err != nil {
					return sh, err
				}
				add(strings.TrimPrefix(p.Attr("FieldURI"), "folder:"))
			case p.Is("ExtendedFieldURI"):
				if err := mapi.CheckPath(c.profile, p, false); err != nil {
					return sh, err
				}
				sh.extended = append(sh.extended, p)
			default:
				return sh, failAll("ErrorInvalidRequest")
			}
		}
	}
	return sh, nil
}

// checkFolderField refuses a FieldURI that the version does not have for folders.
func (c *call) checkFolderField(p *soap.Element) error {
	uri := p.Attr("FieldURI")
	rank, ok := folderFields[uri]
	switch {
	case !ok && !strings.HasPrefix(uri, "folder:") && mapi.CheckPath(c.profile, p, false) == nil:
		// A field of items is known but makes no sense here.
		return fail("ErrorInvalidPropertyForOperation")
	case !ok || rank > newest(c.profile):
		return failAllAs("ErrorSchemaValidation", "The request failed schema validation: The 'FieldURI' attribute is invalid - The value '"+uri+
			"' is invalid according to its datatype 'http://schemas.microsoft.com/exchange/services/2006/types:UnindexedFieldURIType' - The Enumeration constraint failed.")
	case rank > c.rank:
		return fail("ErrorInvalidPropertyRequest")
	}
	return nil
}

// folderElement writes a folder. In a listing of public folders AllProperties has no counts.
func (c *call) folderElement(f *folder, sh folderShape, listing bool) *soap.Element {
	e := soap.T(f.element(), c.s.folderID("FolderId", f))
	has := func(name string) bool { return sh.fields[name] }
	if has("ParentFolderId") && f.parent != 0 {
		e.Add(c.parentFolderID(f))
	}
	if has("FolderClass") && f.class != "" {
		e.Add(soap.T("FolderClass", f.class))
	}
	if has("DisplayName") {
		e.Add(soap.T("DisplayName", f.name))
	}
	counts := !listing || !sh.all || !f.store.public || c.grommunio()
	if has("TotalCount") && counts {
		n := len(f.items)
		if c.grommunio() && !listing && f.store.public {
			n = 0
		}
		e.Add(soap.T("TotalCount", strconv.Itoa(n)))
	}
	if has("ChildFolderCount") {
		e.Add(soap.T("ChildFolderCount", strconv.Itoa(c.childCount(f))))
	}
	extended := c.folderProperties(f, sh.extended)
	if !c.grommunio() {
		e.Add(extended...)
	}
	if has("EffectiveRights") {
		e.Add(c.folderEffectiveRights(f))
	}
	if has("DistinguishedFolderId") {
		for name, id := range f.store.special {
			if id == f.id {
				e.Add(soap.T("DistinguishedFolderId", name))
			}
		}
	}
	if has("ReplicaList") && f.mailbox != "" {
		e.Add(soap.T("ReplicaList", soap.T("String", f.mailbox)))
	}
	if has("PermissionSet") && !(c.grommunio() && f.isTasks()) {
		e.Add(c.permissionSet(f))
	}
	if has("UnreadCount") && (f.element() == "Folder" || f.isTasks()) && counts {
		e.Add(soap.T("UnreadCount", "0"))
	}
	if c.grommunio() {
		// It writes extended properties behind what should follow them.
		e.Add(extended...)
	}
	return e
}

// childCount is how many folders the account sees below f.
func (c *call) childCount(f *folder) int {
	n := 0
	for _, sub := range c.st.below(f) {
		if c.sees(sub) == nil && !c.tooEarly(sub) {
			n++
		}
		if c.grommunio() {
			n += c.childCount(sub)
		}
	}
	return n
}

// parentFolderID is the ParentFolderId. That of a top-level public folder leads to the subtree of its content mailbox, which is not
// the folder that it was found in.
func (c *call) parentFolderID(f *folder) *soap.Element {
	parent := f.parent
	if f.store.public && parent == f.store.special["publicfoldersroot"] && !c.grommunio() && !c.s.options.OneSubtree {
		parent = 1<<40 + f.store.root
	}
	return c.s.parentID(f.store, parent)
}

func (c *call) folderEffectiveRights(f *folder) *soap.Element {
	r := c.rights(f)
	own := r&FolderOwner != 0
	return c.effectiveRights(own, r&CreateItems != 0, r&CreateSubFolders != 0, own && !f.isSpecial(), own, r&ReadItems != 0)
}

func (c *call) effectiveRights(associated, contents, hierarchy, del, modify, read bool) *soap.Element {
	e := soap.T("EffectiveRights", soap.T("CreateAssociated", boolText(associated)), soap.T("CreateContents", boolText(contents)),
		soap.T("CreateHierarchy", boolText(hierarchy)), soap.T("Delete", boolText(del)), soap.T("Modify", boolText(modify)),
		soap.T("Read", boolText(read)))
	if c.has(rank2013) && !c.grommunio() {
		e.Add(soap.T("ViewPrivateItems", "true"))
	}
	return e
}

// isSpecial reports whether the folder has a well-known name.
func (f *folder) isSpecial() bool {
	for _, id := range f.store.special {
		if id == f.id {
			return true
		}
	}
	return f.id == f.store.root
}

// folderProperties are the t:ExtendedProperty elements that a folder has of those asked for.
func (c *call) folderProperties(f *folder, paths []*soap.Element) []*soap.Element {
	if len(paths) == 0 {
		return nil
	}
	view := f.properties.In(mapi.Surroundings{Property: func(t mapi.Tag) (mapi.Value, bool) { return c.folderProperty(f, t) }})
	shape := soap.M("ItemShape", soap.T("BaseShape", "IdOnly"), soap.T("AdditionalProperties", paths))
	e, err := view.Element(c.profile, soap.T("ItemId"), shape, false, nil)
	if err != nil {
		return nil
	}
	return e.All("ExtendedProperty")
}

// folderProperty is a property that the server computes or keeps apart.
func (c *call) folderProperty(f *folder, t mapi.Tag) (mapi.Value, bool) {
	if t.Set != "" {
		return mapi.Value{}, false
	}
	none := func() (mapi.Value, bool) { return mapi.Value{}, false }
	switch t.ID {
	case 0x0FFF:
		return mapi.Binary(folderEntry(f.store, f.id)), true
	case 0x0FF9:
		return mapi.Binary(sourceKey(f.store, f.id)), true
	case 0x65E0:
		if c.grommunio() {
			return none()
		}
		return mapi.Binary(sourceKey(f.store, f.id)), true
	case 0x65E1:
		if c.grommunio() || f.parent == 0 {
			return none()
		}
		return mapi.Binary(sourceKey(f.store, f.parent)), true
	case 0x65E2:
		return mapi.Binary(sourceKey(f.store, f.change)), true
	case 0x670A:
		return mapi.Time(f.commit), true
	case 0x670B:
		return mapi.Integer(f.deletions), true
	case 0x3001:
		return mapi.String(f.name), true
	case 0x3007:
		return mapi.Time(f.created), true
	case 0x3008:
		return mapi.Time(f.modified), true
	case 0x3602:
		return mapi.Integer(int32(len(f.items))), true
	case 0x3603:
		return mapi.Integer(0), true
	case 0x360A:
		return mapi.Boolean(c.childCount(f) > 0), true
	case 0x3613:
		if f.class == "" {
			return none()
		}
		return mapi.String(f.class), true
	case 0x3617:
		return mapi.Integer(int32(len(f.associated))), true
	case 0x6698:
		// Only public folder mailboxes tell theirs (2013 and later).
		if f.mailbox == "" || c.profile != Exchange2016 {
			return none()
		}
		return mapi.Binary([]byte(f.mailbox + "\x00")), true
	}
	return none()
}

// tokenStep is what a change token moves by at least: the precision in which the profile writes times. With CoarseTokens it only follows
// the clock.
func (s *Server) tokenStep() time.Duration {
	switch {
	case s.options.CoarseTokens:
		return 0
	case s.options.Profile == Grommunio:
		return 100 * time.Nanosecond
	default:
		return time.Second
	}
}

// propertyID is the property id of a t:ExtendedFieldURI with a PropertyTag, 0 for others.
func propertyID(path *soap.Element) uint32 {
	n, err := strconv.ParseUint(path.Attr("PropertyTag"), 0, 16)
	if err != nil {
		return 0
	}
	return uint32(n)
}
