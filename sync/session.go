package sync

import (
	"log/slog"
	"time"

	"iorepl/plan"
)

// Session is one public_folders block of the configuration: what is replicated from where to where.
type Session struct {
	Name        string
	Publisher   string   // organization id
	Subscribers []string // organization ids
	Blocks      []Block
}

// Block is one folder block of a session.
type Block struct {
	Path    string                        // publisher path; with Pattern a glob
	Pattern bool                          // Path has wildcards
	Matches func(publisher string) bool   // whether a concrete publisher path is meant; used with Pattern
	Target  func(publisher string) string // subscriber path of a concrete publisher path
	Source  string                        // "file:line"
	Rules   plan.Rules
}

// Options are the choices of one run.
type Options struct {
	Organizations map[string]Store // opened stores by organization id
	Unopened      map[string]error // why organizations of the sessions could not be opened; the errors name them
	Known         []string         // ids of all organizations of the configuration
	Sessions      []Session
	Only          func(session, publisherPath string) bool // nil: everything; narrows what is changed, not what is looked at. The path may be a pattern
	Adopt         bool
	Strict        bool   // the digest of reports covers every change
	Parallelism   int    // concurrent requests to each organization; at least 1
	State         *State // nil: nothing is remembered
	Progress      Progress
	Log           *slog.Logger
	Now           time.Time     // when the run begins
	Rand          func() string // makes markers
}

// Progress is told how far a run is. Methods may be called concurrently.
type Progress interface {
	// Phase starts a phase of total steps; a total below zero is not known.
	Phase(name string, total int)
	// Step counts steps as done.
	Step(n int)
	// Done ends the last phase.
	Done()
}

type noProgress struct{}

func (noProgress) Phase(string, int) {}
func (noProgress) Step(int)          {}
func (noProgress) Done()             {}

// Run is one plan and what carrying it out needs. It is used once.
type Run struct {
	Options
	pairs  []*pair
	walks  map[string]*walk               // by organization
	served map[plan.Digest]*pair          // by digest
	unseen map[string]error               // by organization: why it could not be opened or walked
	made   map[place]bool                 // folders that this run has made
	covers map[place]bool                 // see covered
	looked map[string]map[uint64]struct{} // marks of the replicas that a second look at an organization found, see sought
}

// place is a folder's path in an organization.
type place struct{ organization, path string }

// pair is a plan.Pair with the folders it is about.
type pair struct {
	*plan.Pair
	block    *Block
	at       [2]Store
	members  [2][]plan.Folder
	folders  [][2]plan.Folder    // by couple and side, as they are now; a zero Key means not there
	listed   []bool              // by couple: whether the folders were listed
	attempts map[plan.Digest]int // to make replicas, of which nobody knows how they ended, by identity
	lists    []list              // of target folders, where they need no change
	followed string              // the configured path of the subscriber's root, if that lies elsewhere by now
	missing  bool                // the publisher's root is not there
	pattern  bool                // the roots are patterns, since the publisher is unseen
	waiting  bool                // it is missing, but this run makes it: there is nothing to replicate yet
	failed   bool                // a listing or a write failed in a way that may pass: nothing is deleted
}

// home is the identity of a couple's folder at a side, as it is now.
func (p *pair) home(couple int, side plan.Side) plan.Digest {
	return plan.Identity{Born: p.Org[side], Key: p.folders[couple][side].Key}.Digest()
}

// New prepares a run.
func New(o Options) *Run {
	if o.Progress == nil {
		o.Progress = noProgress{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Parallelism = max(o.Parallelism, 1)
	if o.State != nil {
		began := time.Now()
		o.State.clock = func() time.Time { return o.Now.Add(time.Since(began)) }
	}
	r := &Run{Options: o, walks: map[string]*walk{}, unseen: map[string]error{}, made: map[place]bool{}, covers: map[place]bool{}, looked: map[string]map[uint64]struct{}{}}
	for _, s := range o.Sessions {
		for _, org := range append([]string{s.Publisher}, s.Subscribers...) {
			if err := o.Unopened[org]; err != nil {
				r.unseen[org] = err
			}
		}
	}
	return r
}
