package hcl

import (
	"time"

	hashihcl "github.com/hashicorp/hcl/v2"

	"iorepl/plan"
)

// Config is a whole configuration without mistakes, with all defaults filled in.
type Config struct {
	Dir           string // directory of the configuration, absolute; relative paths in it are relative to it
	Settings      Settings
	Organizations []*Organization  // sorted by label
	PublicFolders []*PublicFolders // sorted by name
	FreeBusy      []*FreeBusy      // sorted by name
}

// Settings are what holds for all sessions.
type Settings struct {
	State    string        // directory of the state, absolute
	FullScan time.Duration // how old a listing may become before folders without a sign of change are listed again
}

// Organization is one Exchange organization, or something that stands for one. Either Archive or EWS is set.
type Organization struct {
	Label          string
	ID             string // what stamps call it
	Archive        *Archive
	EWS            *EWS
	Directory      *Directory // nil unless declared
	MaxConnections int
	MaxRate        int64 // bytes per second; 0: no limit
	Range          hashihcl.Range
}

// Archive is an organization in a directory.
type Archive struct {
	Path     string // absolute
	FreeBusy string // directory of .ifb files, absolute; default .free-busy in Path
}

// EWS is how to reach and log in to Exchange Web Services. All paths are absolute.
type EWS struct {
	URL               string // either URL or Autodiscover is set
	Autodiscover      string // an address of the organization, by which its server is found
	Username          string
	Password          Secret
	Auth              string // "ntlm", "basic" or "kerberos"
	Keytab            string // kerberos: either Keytab or TicketCache is set
	TicketCache       string
	CAFile            string
	CertificateSHA256 string // of the server's certificate, 64 lower-case hexadecimal digits
	ServerName        string // expected in the certificate instead of the host's name
	TLSLegacy         bool   // allow TLS 1.0 and the cipher suites of old Windows servers
	AllowPlainText    bool   // allow Basic without TLS
	Proxy             string // URL of an HTTP proxy
	Mailbox           string // address of the mailbox to open instead of the account's own
	Impersonate       string // address of the user to act as
	Recovery          string // "soft" (default): deleted items can be recovered for a while; "none"
	Timeout           time.Duration
}

// Directory is where an organization's users and contacts are looked up. Either LDAP or CSV is set.
type Directory struct {
	LDAP *LDAP
	CSV  *CSV
}

// LDAP is how to reach and search a directory such as Active Directory.
type LDAP struct {
	URL               string // ldap:// or ldaps://
	StartTLS          bool
	BaseDN            string
	Filter            string // an LDAP filter that narrows the search; "": none
	Username          string
	Password          Secret
	Auth              string // "simple" or "ntlm"
	CAFile            string
	CertificateSHA256 string
	ServerName        string
	TLSLegacy         bool
	AllowPlainText    bool // allow a password without TLS
	Timeout           time.Duration
}

// CSV is a file with recipients as Get-Recipient exports them.
type CSV struct {
	Path string // absolute
}

// PublicFolders is a session that replicates folders.
type PublicFolders struct {
	Name                 string
	Publisher            *Organization
	Subscribers          []*Organization // in the order of the configuration
	Folders              []*Folder       // in the order of the configuration
	Schedule, QuietHours []Window
	Range                hashihcl.Range
}

// Folder is one folder block: for each subscriber of its session, and for each publisher folder it matches, a pair.
//
// Path is the publisher folder, "" for the root, in plan's notation. Each `*` in it stands for any text within one
// name. In To a name is either literal or `*`, which takes over, in order, the names that the segments with a `*` matched:
// with Path "Projects/2025-*/Docs" and To "Partner/*", Projects/2025-Alpha/Docs goes to Partner/2025-Alpha.
//
// Where several blocks of a session cover a publisher folder, the one with the most names in Path decides. A block that
// lies below another one and says no `to` has the place in To that the other one would give it.
type Folder struct {
	Label string // Path as the configuration writes it
	Path  string
	To    string
	HasTo bool       // false: the same path
	Rules plan.Rules // with the defaults of the session and of the program
	Range hashihcl.Range
}

// FreeBusy is a session that publishes the free/busy times of users.
type FreeBusy struct {
	Name                 string
	Publisher            *Organization
	Subscribers          []*Organization // in the order of the configuration
	Source               string          // "availability", "legacy-folder", or "ifb" for an archive's files
	AdminGroups          []string        // empty: all
	Users, Exclude       []string        // globs of addresses, lower case; empty Users: all. Those of users_file are among them
	PublishMonths        int
	Deletions            plan.Deletions    // NoDeletions or DeleteItems
	Map                  map[string]string // as in plan.Rules
	Schedule, QuietHours []Window
	Range                hashihcl.Range
}
