package plan

import "time"

// Rules are the choices that the configuration makes for one folder pair.
type Rules struct {
	TwoWay         bool
	Subfolders     bool
	Deletions      Deletions
	Permissions    PermissionsMode
	Conflict       Conflict
	Restore        bool              // one-way: undo what users changed in replicas
	Recycle        string            // path of the folder at the subscriber that takes deleted replicas; "": the store's own way
	Include        []string          // globs of folder paths below the pair's root; empty: all
	Exclude        []string          // globs of folder paths below the pair's root
	Classes        []string          // globs of item classes; empty: all
	MaxSize        int64             // bytes; 0: no limit
	ModifiedWithin time.Duration     // 0: any age
	Properties     []string          // named properties that travel too
	Map            map[string]string // addresses ("a@x") and domains ("@x") of the publisher to those of the subscriber, lower case
	Limits         Limits
}

// Deletions says what may be deleted at the target.
type Deletions int

// The values of `deletions`.
const (
	NoDeletions Deletions = iota
	DeleteItems
	DeleteItemsAndFolders
)

// PermissionsMode says which permission entries travel.
type PermissionsMode int

// The values of `permissions`.
const (
	NoPermissions PermissionsMode = iota
	DefaultAndAnonymous
	MappedPermissions
)

// Conflict says who wins where both sides of a two-way pair changed.
type Conflict int

// The values of `conflict`.
const (
	KeepBoth Conflict = iota
	PublisherWins
	SubscriberWins
	NewestWins
)

var (
	deletionNames    = []string{"none", "items", "items-and-folders"}
	permissionsNames = []string{"none", "default-and-anonymous", "mapped"}
	conflictNames    = []string{"keep-both", "publisher", "subscriber", "newest"}
)

// DeletionNames, PermissionsNames and ConflictNames are the words of the configuration, indexed by value.
func DeletionNames() []string { return deletionNames }

// PermissionsNames: see DeletionNames.
func PermissionsNames() []string { return permissionsNames }

// ConflictNames: see DeletionNames.
func ConflictNames() []string { return conflictNames }

func (d Deletions) String() string       { return deletionNames[d] }
func (p PermissionsMode) String() string { return permissionsNames[p] }
func (c Conflict) String() string        { return conflictNames[c] }

// Limit is a share of the replicas or a number of them.
type Limit struct {
	Percent float64 // 0 to 100, used where Percent is set
	Count   int
	IsCount bool
}

// Limits are the bounds that the gates for deletions and updates check.
type Limits struct {
	Deletions Limit
	Updates   Limit
}

// DefaultLimits are what holds where the configuration says nothing: 10% deletions, 50% updates.
func DefaultLimits() Limits {
	return Limits{Deletions: Limit{Percent: 10}, Updates: Limit{Percent: 50}}
}
