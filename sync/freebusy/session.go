package freebusy

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	stdsync "sync"
	"time"

	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/directory"
	"iorepl/sync/scratch"
)

// Where the times that a session publishes come from.
const (
	FromAvailability = "availability"  // the Availability service
	FromLegacyFolder = "legacy-folder" // the messages of SCHEDULE+ FREE BUSY
	FromFiles        = "ifb"           // an archive's .ifb files
)

// Session is one free_busy block of the configuration.
type Session struct {
	Name        string
	Place       string // file:line
	Publisher   string // organization id
	Subscribers []string
	Source      string            // FromAvailability, FromLegacyFolder or FromFiles
	AdminGroups []string          // names of administrative groups, or "/o=…/ou=…"; none: all
	Users       []string          // addresses and globs of them, lower case; none: all
	Exclude     []string          // the same
	Months      int               // how many are published, the current one included
	Deletions   bool              // messages of vanished users are removed
	Map         map[string]string // see plan.MapAddress
}

// Organization is what sessions need of one organization.
type Organization struct {
	ID           string
	Directory    func(context.Context, *scratch.DB) (*directory.Directory, error)
	Files        bool         // it keeps files by address, so that nobody needs a legacyExchangeDN
	Folder       Folder       // nil where it keeps no messages or files
	Availability Availability // nil where there is no such service
	Close        func() error // nil where nothing has to be closed
	Unopened     error        // why nothing can be asked of it, naming it; then all but ID is unset
}

// Options are the choices of one run.
type Options struct {
	Organizations map[string]*Organization
	Sessions      []Session
	Parallelism   int // batches at a time; at least 1
	Progress      sync.Progress
	Log           *slog.Logger
	Now           time.Time // decides which months are published, and is when messages say that they were published
}

// Run is one plan and what carrying it out needs. It is used once, and has to be closed. What grows with the number of users lies in
// temporary tables: in memory are a batch for each worker, and what changes.
type Run struct {
	Options
	parts   []*part
	scratch scratch.DB
	unseen  map[string]bool           // organizations of which something could not be looked at
	claims  *scratch.Table            // see claim
	users   map[string]*scratch.Table // by organization: the keys of all its users, once somebody asked

	mu          stdsync.Mutex
	notes       map[string]bool
	directories map[string]*opened
	listings    map[string]*listing
}

// opened is a directory, or why there is none.
type opened struct {
	*directory.Directory
	err error
}

// part is a part of the plan with the organizations that it is about.
type part struct {
	*freebusy.Part
	session    *Session
	publisher  *Organization
	subscriber *Organization
	users      *directory.Directory // of the publisher
	contacts   *directory.Directory // of the subscriber
	number     int                  // its place in Run.parts
	groups     map[string]freebusy.Group
	held       *listing       // of the subscriber
	published  *scratch.Table // key of a message in the publisher's listing, by the number of a recipient and another one
	passed     *scratch.Table // the keys of users whose times iorepl brought to the publisher, but for those that came from the subscriber
	candidates *scratch.Table // by number
	count      int            // of candidates
	open       int            // candidates whom nothing bars

	mu     stdsync.Mutex // guards Part while batches are compared, and failed
	failed bool          // a write failed and may not fail the next time: nothing is deleted
}

// New prepares a run.
func New(o Options) *Run {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Parallelism = max(o.Parallelism, 1)
	r := &Run{Options: o, unseen: map[string]bool{}, users: map[string]*scratch.Table{}, notes: map[string]bool{}, directories: map[string]*opened{}, listings: map[string]*listing{}}
	r.claims = r.scratch.Table()
	return r
}

// Close removes the temporary tables.
func (r *Run) Close() error { return r.scratch.Close() }

// Notes are what was put right or left out while planning, for people, sorted.
func (r *Run) Notes() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.notes))
}

// maxNotes bounds what a run says of data that it put right.
const maxNotes = 1000

func (r *Run) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.notes) < maxNotes {
		r.notes[text] = true
	}
}
