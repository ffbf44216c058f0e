// Package ews is an organization in Exchange, 2007 SP1 to Subscription Edition, or in grommunio, reached over Exchange Web Services. It
// works on public folders with the rights of one account, and promises what the contract in package sync says, with
// two exceptions that such servers leave no choice about: an item that is moved gets another key, and when an item was last modified is said
// by the server.
package ews

import (
	"context"
	"fmt"
	"log/slog"
	stdsync "sync"
	"time"

	"iorepl/plan"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

// Options say how to reach an organization, and what of it to carry.
type Options struct {
	Transport    transport.Config
	Autodiscover string          // address by which Transport.URL is found; "" where that is set
	Mailbox      string          // address of the mailbox by which requests find their server, "" for the account's own
	HardDelete   bool            // deleted items cannot be recovered
	Properties   []item.Property // that travel beside what always does
	ReadOnly     bool            // every write is refused before it is sent
	NoFolders    bool            // nothing is asked of public folders, so that there need not be any

	Cache    string        // file that remembers listings, "" for none
	FullScan time.Duration // how old a remembered listing may be

	Log *slog.Logger
	Now func() time.Time
}

// Store is one organization. It answers sync.Store.
type Store struct {
	opts    Options
	client  *transport.Client
	account string

	mu      stdsync.Mutex
	root    *place            // nil if there are no public folders
	places  map[string]*place // folders that were seen, by id
	again   map[string]*place // what a second walk found, nil if there was none
	shorter int               // rows of a page, if the server fails at more; else 0
	routing *routing
	cache   *cache
	keys    keys
}

// place is what is known of a folder beside what the plan needs.
type place struct {
	folder  plan.Folder
	id      string
	parent  string // id of the folder above, "" for the root
	element string // what the server writes the folder as, such as CalendarFolder
	box     string // GUID of the public folder mailbox that holds its items, "" if there is none
	token   token
}

// Open logs in and finds the root of the public folders.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	logTo(o.Log, &o.Transport)
	s := &Store{opts: o, places: map[string]*place{}}
	var err error
	if s.routing, err = s.discover(ctx); err != nil {
		return nil, err
	}
	if s.client, err = transport.NewClient(s.opts.Transport); err != nil {
		return nil, err
	}
	if err := s.findRoot(ctx); err != nil && !(o.NoFolders && saidSo(err)) {
		_ = s.client.Close()
		return nil, err
	}
	s.account = s.findAccount(ctx)
	s.route()
	if s.cache, err = openCache(o.Cache, o.FullScan, o.Now); err != nil {
		_ = s.client.Close()
		return nil, fmt.Errorf("the listings that are remembered: %w", err)
	}
	return s, nil
}

// Server is what answers.
func (s *Store) Server() soap.Server {
	server, _ := s.client.Server()
	return server
}

// Account is the address by which permission lists name the account, "" if the server does not tell.
func (s *Store) Account() string { return s.account }

// Close ends the connections and writes what was learned into the cache.
func (s *Store) Close() error {
	err := s.cache.close()
	if e := s.client.Close(); err == nil {
		err = e
	}
	return err
}

func (s *Store) place(id string) *place {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.places[id]
}

func (s *Store) remember(p *place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places[p.id] = p
}

// Hides says that Exchange does not tell a folder without the right FolderVisible from one that does not exist. grommunio does.
func (s *Store) Hides() bool { return !s.grommunio() }

// Lags says that public folder databases of 2007 and 2010 replicate both in their own time, and the mailboxes of later versions the tree of folders.
// grommunio has one server for each domain.
func (s *Store) Lags() (folders, items bool) {
	server := s.Server()
	return !server.Grommunio, !server.Grommunio && server.Major < 15
}

// Lingers says that a request may still be carried out when its answer was lost.
func (s *Store) Lingers() {}
