// Package sync makes plans and carries them out: it scans the organizations through their stores,
// lets package plan decide, checks the gates and applies. It promises that each replica is at any
// moment as it was, as it should be, or marked incomplete, and that nothing is written before every gate has passed.
//
// It shares its name with the standard library's sync, which is imported as stdsync wherever both are needed.
package sync

import (
	"context"
	"time"

	"iorepl/plan"
)

// Store reads and writes one organization. Every method may be called concurrently, but never two writes that touch
// the same folder's own properties at a time. Methods return errors that answer the predicates of this package
// (IsConflict, IsGone, ...); any other error may pass and stops deletions in the folder pair. Stores do their own
// waiting and retrying, as their server demands, before they return an error. No method changes anything unless
// its comment says so.
type Store interface {
	// Folders walks the whole hierarchy: the root first (Path ""), then parents before children, sorted by path.
	// It is complete or an error. A folder that exists but whose items may not be listed has Problem set; a folder whose
	// children may not be walked has Problem set as well, and nothing below it is returned.
	Folders(ctx context.Context) ([]plan.Folder, error)

	// Folder asks for one folder by id. IsGone(err) means that it does not exist any more, and nothing else does.
	Folder(ctx context.Context, id string) (plan.Folder, error)

	// List calls emit with the items of one folder, in pages, in any order, one call at a time. It returns nil only if
	// every item was emitted. An item that cannot be read is emitted with Problem set. A page belongs to emit. An error of
	// emit ends it and is returned.
	List(ctx context.Context, folder plan.Folder, emit func([]plan.Item) error) error

	// Read fetches items of one folder: one result for each, in order. An item whose version is not the
	// given one any more is IsConflict, one that vanished IsGone, one that is damaged beyond use IsRefused.
	Read(ctx context.Context, folder plan.Folder, items []plan.Item) []ReadResult

	// Create makes items with their stamps, each wholly or not at all, or, where the store needs several calls for one item, with
	// Stamp.Begun until all of it is there. It returns one result for each, in order. IsRefused: this item will never be taken (its
	// size, class or content). IsUnknown: the item may have been made all the same.
	Create(ctx context.Context, folder plan.Folder, items []NewItem) []WriteResult

	// Update changes items in place, keeping their key, if their version is still Item.Version, else IsConflict.
	// It either keeps the old state or has the new one with its stamp. One result for each, in order.
	Update(ctx context.Context, folder plan.Folder, items []ItemUpdate) []WriteResult

	// Move puts items into another folder of the same organization, keeping content, and the key where the organization does so, with the given stamps.
	// Versions are checked as in Update.
	Move(ctx context.Context, from, to plan.Folder, items []ItemMove) []WriteResult

	// Delete removes items if their version is still Item.Version, else IsConflict. Recoverably, as far as the store
	// can: a soft delete. An item that is gone already is a success. One result for each, in order.
	Delete(ctx context.Context, folder plan.Folder, items []plan.Item) []error

	// CreateFolder makes a folder below parent, with its stamp, and with the permissions that such a folder has
	// there without anything said. IsExists if there is one of that name.
	CreateFolder(ctx context.Context, parent plan.Folder, name, class string, stamp plan.Stamp) (plan.Folder, error)

	// UpdateFolder renames, moves, restamps or marks a folder, or sets its class: all fields of to but ID and Key are wanted values, the
	// class if it is not that of from; Path holds the wanted parent and name. It returns the folder as it is then.
	UpdateFolder(ctx context.Context, from, to plan.Folder) (plan.Folder, error)

	// DeleteFolder removes a folder that holds neither items nor folders, else IsConflict. A folder that is gone
	// already is a success.
	DeleteFolder(ctx context.Context, folder plan.Folder) error

	// Permissions reads a folder's permission list, sorted. IsDenied where the account may not see it.
	Permissions(ctx context.Context, folder plan.Folder) (plan.Permissions, error)

	// SetPermissions replaces a folder's permission list if it is still old, else IsConflict.
	SetPermissions(ctx context.Context, folder plan.Folder, old, new plan.Permissions) error

	// Account is the entry of permission lists under which the store itself acts, "" where it needs no rights.
	Account() string

	// Close releases what the store holds. It writes nothing to the organization.
	Close() error
}

// Rememberer is a store that may give listings from memory, where it believes that a folder has not changed.
type Rememberer interface {
	// Refresh has everything listed anew from now on. It reports whether a listing came from memory before.
	Refresh() bool

	// Settle has the state remembered in which the folders are that were written to, so that an older one is told from it (Folder.Rewound). It is
	// called when nothing more is written.
	Settle(ctx context.Context)

	// Accept takes folders that have become an older state of themselves (Folder.Rewound) as they are. It is called when every gate has passed.
	Accept()
}

// Lingerer is a store whose server may make an item after Create returned IsUnknown, or after the program ended.
type Lingerer interface {
	Lingers()
}

// Hider is a store that may say of a folder which the account may not see that it does not exist (IsGone).
type Hider interface {
	// Hides is asked when the folders have been walked.
	Hides() bool
}

// Lagger is a store of several servers, each of which may take up to plan.Settling to show what was written at another.
type Lagger interface {
	// Lags says what takes time: the tree of folders, and the items in them. It is asked when the folders have been walked.
	Lags() (folders, items bool)
}

// Remaker is a store that may move a replica by making it anew in the other folder and deleting the former one then.
type Remaker interface {
	// Remakes says whether it does. It asks nobody.
	Remakes() bool
}

// Reducer is a store that cannot hold every item whole.
type Reducer interface {
	// Reduces says what of an item it would not hold. It asks nobody.
	Reduces(Payload) []string
}

// Disinheritor is a store whose new folders may have other permissions than the folder above them.
type Disinheritor interface {
	// FirstPermissions is the list that a new folder has, sorted. ok is false where it is that of the folder above it.
	FirstPermissions() (first plan.Permissions, ok bool)
}

// As finds what else a store can do, or what it is, below what wraps it.
func As[T any](s Store) (ability T, ok bool) {
	for {
		if a, ok := s.(T); ok {
			return a, true
		}
		w, ok := s.(interface{ Unwrap() Store })
		if !ok {
			return ability, false
		}
		s = w.Unwrap()
	}
}

// Format names the open format of an item's content while it is carried from store to store.
type Format string

// The formats; each is also the extension of an item's file.
const (
	MIME      Format = "eml" // RFC 5322 with MIME: messages and posts
	ICalendar Format = "ics" // RFC 5545: appointments, tasks, notes (VJOURNAL)
	VCard     Format = "vcf" // RFC 6350: contacts and distribution lists
	FreeBusy  Format = "ifb" // RFC 5545 VFREEBUSY: published free/busy
)

// Payload is one item on its way from store to store.
type Payload struct {
	Class      string            // item class
	Name       string            // what a person calls it: subject or file name without extension
	Format     Format            // how to read Data
	Data       []byte            // never changed once it is in a Payload
	Modified   time.Time         // when the item was last modified
	Properties map[string]string // what the format cannot hold, by canonical property name
	Version    plan.Digest       // of the item that was read
	Content    plan.Digest       // see ContentOf
	Lost       []string          // what of the item the store that it was read from could not give
}

// ContentOf digests what a payload says, without its name, time or version.
func ContentOf(p Payload) plan.Digest {
	parts := [][]byte{[]byte(p.Class), []byte(p.Format), p.Data}
	for _, k := range sortedKeys(p.Properties) {
		parts = append(parts, []byte(k), []byte(p.Properties[k]))
	}
	return plan.SumBytes(parts...)
}

// ReadResult is an item's payload, or why there is none.
type ReadResult struct {
	Payload Payload
	Err     error
}

// NewItem is an item to be made.
type NewItem struct {
	Payload
	Stamp plan.Stamp
}

// ItemUpdate is a change of an existing item.
type ItemUpdate struct {
	Item    plan.Item // as it was planned against
	Payload *Payload  // new content; nil keeps content and class
	Stamp   plan.Stamp
}

// ItemMove is an item to be put into another folder.
type ItemMove struct {
	Item  plan.Item
	Stamp plan.Stamp
}

// WriteResult is the item as it is after a write, or why it was not written.
type WriteResult struct {
	Item plan.Item
	Lost []string // what of it the store cannot hold
	Err  error
}
