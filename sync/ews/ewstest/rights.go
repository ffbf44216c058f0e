package ewstest

import "strings"

// Rights are what an entry of a permission list allows (MS-OXCPERM 2.2.7, PidTagMemberRights).
type Rights uint32

// The single rights.
const (
	ReadItems        Rights = 0x001
	CreateItems      Rights = 0x002
	EditOwned        Rights = 0x008
	DeleteOwned      Rights = 0x010
	EditAll          Rights = 0x020
	DeleteAll        Rights = 0x040
	CreateSubFolders Rights = 0x080
	FolderOwner      Rights = 0x100
	FolderContact    Rights = 0x200
	FolderVisible    Rights = 0x400

	// Of calendars: to see when time is taken, and by what.
	FreeBusyTime    Rights = 0x0800
	FreeBusyDetails Rights = 0x1000
)

// The permission levels (MS-OXWSFOLD 2.2.5.3).
const (
	None             Rights = 0
	Contributor             = CreateItems | FolderVisible
	Reviewer                = ReadItems | FolderVisible
	NoneditingAuthor        = Reviewer | CreateItems | DeleteOwned
	Author                  = NoneditingAuthor | EditOwned
	PublishingAuthor        = Author | CreateSubFolders
	Editor                  = Author | EditAll | DeleteAll
	PublishingEditor        = Editor | CreateSubFolders
	Owner                   = PublishingEditor | FolderOwner | FolderContact
)

var levels = []struct {
	name   string
	rights Rights
}{
	{"None", None}, {"Owner", Owner}, {"PublishingEditor", PublishingEditor}, {"Editor", Editor},
	{"PublishingAuthor", PublishingAuthor}, {"Author", Author}, {"NoneditingAuthor", NoneditingAuthor},
	{"Reviewer", Reviewer}, {"Contributor", Contributor},
	{"FreeBusyTimeOnly", FreeBusyTime}, {"FreeBusyTimeAndSubjectAndLocation", FreeBusyTime | FreeBusyDetails},
}

// level names a set of rights; what is none of the levels is Custom.
func level(r Rights) string {
	for _, l := range levels {
		// An owner need not be the contact.
		if l.rights == r || l.name == "Owner" && l.rights == r|FolderContact {
			return l.name
		}
	}
	return "Custom"
}

func levelRights(name string) (Rights, bool) {
	for _, l := range levels {
		if l.name == name {
			return l.rights, true
		}
	}
	return 0, false
}

// String is the permission level.
func (r Rights) String() string { return level(r) }

// The entries of a permission list that are not users.
const (
	Default   = "Default"
	Anonymous = "Anonymous"
)

// Grant is an entry of a permission list.
type Grant struct {
	Who     string // Default, Anonymous, an SMTP address, or with Unknown a SID
	Rights  Rights
	Unknown bool // a user that does not exist any more
}

// rightsOf is what a list allows an address.
func rightsOf(grants []Grant, address string) Rights {
	var fallback Rights
	for _, g := range grants {
		switch {
		case g.Unknown:
		case strings.EqualFold(g.Who, address):
			return g.Rights
		case g.Who == Default:
			fallback = g.Rights
		}
	}
	return fallback
}
