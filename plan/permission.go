package plan

import (
	"fmt"
	"slices"
	"strings"
)

// Rights are what a permission entry allows on a folder: the bits of PidTagMemberRights (MS-OXCPERM section 2.2.7)
// that Exchange's roles are made of.
type Rights uint32

// The rights, with the values of MS-OXCPERM.
const (
	RightReadAny          Rights = 0x001
	RightCreate           Rights = 0x002
	RightEditOwned        Rights = 0x008
	RightDeleteOwned      Rights = 0x010
	RightEditAny          Rights = 0x020
	RightDeleteAny        Rights = 0x040
	RightCreateSubfolders Rights = 0x080
	RightFolderOwner      Rights = 0x100
	RightFolderContact    Rights = 0x200
	RightFolderVisible    Rights = 0x400
)

var rightNames = []struct {
	bit  Rights
	name string
}{
	{RightReadAny, "ReadItems"}, {RightCreate, "CreateItems"}, {RightEditOwned, "EditOwnedItems"}, {RightDeleteOwned, "DeleteOwnedItems"},
	{RightEditAny, "EditAllItems"}, {RightDeleteAny, "DeleteAllItems"}, {RightCreateSubfolders, "CreateSubfolders"},
	{RightFolderOwner, "FolderOwner"}, {RightFolderContact, "FolderContact"}, {RightFolderVisible, "FolderVisible"},
}

// roles are the permission levels of Add-PublicFolderClientPermission -AccessRights.
var roles = []struct {
	name   string
	rights Rights
}{
	{"None", 0},
	{"FolderVisible", RightFolderVisible},
	{"Contributor", RightCreate | RightFolderVisible},
	{"Reviewer", RightReadAny | RightFolderVisible},
	{"NonEditingAuthor", RightCreate | RightReadAny | RightDeleteOwned | RightFolderVisible},
	{"Author", RightCreate | RightReadAny | RightEditOwned | RightDeleteOwned | RightFolderVisible},
	{"PublishingAuthor", RightCreate | RightReadAny | RightEditOwned | RightDeleteOwned | RightCreateSubfolders | RightFolderVisible},
	{"Editor", RightCreate | RightReadAny | RightEditOwned | RightDeleteOwned | RightEditAny | RightDeleteAny | RightFolderVisible},
	{"PublishingEditor", RightCreate | RightReadAny | RightEditOwned | RightDeleteOwned | RightEditAny | RightDeleteAny | RightCreateSubfolders | RightFolderVisible},
	{"Owner", RightCreate | RightReadAny | RightEditOwned | RightDeleteOwned | RightEditAny | RightDeleteAny | RightCreateSubfolders | RightFolderOwner | RightFolderContact | RightFolderVisible},
}

// String is the role's name as Exchange's cmdlets spell it, or the single rights joined by "+".
func (r Rights) String() string {
	for _, role := range roles {
		if role.rights == r || role.rights == r&^RightFolderContact {
			return role.name
		}
	}
	var names []string
	for _, n := range rightNames {
		if r&n.bit != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, "+")
}

// ParseRights reads what String prints, in any case.
func ParseRights(s string) (Rights, error) {
	for _, role := range roles {
		if strings.EqualFold(role.name, s) {
			return role.rights, nil
		}
	}
	var r Rights
next:
	for _, part := range strings.Split(s, "+") {
		for _, n := range rightNames {
			if strings.EqualFold(n.name, strings.TrimSpace(part)) {
				r |= n.bit
				continue next
			}
		}
		return 0, fmt.Errorf("%q is neither a permission level such as Reviewer nor a right such as ReadItems; several rights are joined by +", part)
	}
	return r, nil
}

// MarshalText writes String.
func (r Rights) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what String prints.
func (r *Rights) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRights(string(b))
	return err
}

// Who names the two entries that every folder has; all others are primary SMTP addresses in lower case.
const (
	Default   = "Default"
	Anonymous = "Anonymous"
)

// Permission is one entry of a folder's permission list.
type Permission struct {
	Who    string `json:"who"`
	Rights Rights `json:"rights"`
}

// Permissions is a folder's list, sorted: Default, Anonymous, then addresses.
type Permissions []Permission

// Of returns the rights of who, and whether there is an entry.
func (p Permissions) Of(who string) (Rights, bool) {
	for _, e := range p {
		if strings.EqualFold(e.Who, who) {
			return e.Rights, true
		}
	}
	return 0, false
}

// Sort brings the list into its order, in place, and returns it.
func (p Permissions) Sort() Permissions {
	rank := func(who string) int {
		return slices.Index([]string{Anonymous, Default}, who) // 1, 0, and -1 for addresses
	}
	slices.SortFunc(p, func(a, b Permission) int {
		if c := rank(b.Who) - rank(a.Who); c != 0 {
			return c
		}
		return strings.Compare(a.Who, b.Who)
	})
	return p
}

// Wider reports whether r allows anything that than does not.
func (r Rights) Wider(than Rights) bool { return r&^than != 0 }
