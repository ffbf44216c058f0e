package ews

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/mail"
	"slices"
	"strings"

	"iorepl/plan"
	"iorepl/sync/ews/transport"
)

// Exchange 2013 and later keep public folders in mailboxes: one that every account has its hierarchy from, and for each
// folder one that holds its items, which PR_REPLICA_LIST (0x6698) names by GUID. Requests find them by HTTP headers: by the address that
// Autodiscover knows for the GUID. Without Autodiscover the GUIDs that folders name serve for both.

// routing are the headers of one organization. The zero value adds none.
type routing struct {
	on     bool
	domain string // behind the GUIDs of mailboxes
	anchor string // X-AnchorMailbox of requests about the hierarchy, "" to use its box
	box    string // X-PublicFolderMailbox of requests about the hierarchy, "" while it is unknown
	boxes  addresses
}

func (r *routing) active() bool { return r != nil && r.on }

func (r *routing) hierarchy() http.Header {
	switch {
	case r.box == "" && r.anchor == "":
		return nil
	case r.box == "":
		return http.Header{"X-AnchorMailbox": {r.anchor}}
	}
	anchor := r.anchor
	if anchor == "" {
		anchor = r.box
	}
	return http.Header{"X-AnchorMailbox": {anchor}, "X-PublicFolderMailbox": {r.box}}
}

func (r *routing) content(ctx context.Context, box string) http.Header {
	if box == "" || r.domain == "" {
		return r.hierarchy()
	}
	address := r.boxes.of(ctx, box+"@"+r.domain)
	return http.Header{"X-AnchorMailbox": {address}, "X-PublicFolderMailbox": {address}}
}

// discover finds the server by Autodiscover, if the configuration leaves that to it.
func (s *Store) discover(ctx context.Context) (*routing, error) {
	r := &routing{anchor: s.opts.Mailbox, domain: domainOf(s.opts.Mailbox, s.opts.Transport.Impersonate, s.opts.Transport.Username)}
	if s.opts.Autodiscover == "" {
		return r, nil
	}
	found, err := transport.Discover(ctx, s.opts.Autodiscover, s.opts.Transport)
	if err != nil {
		return nil, fmt.Errorf("autodiscover of %s: %w", s.opts.Autodiscover, err)
	}
	if s.opts.Transport.URL = found.EWS(); s.opts.Transport.URL == "" {
		return nil, fmt.Errorf("autodiscover of %s: %s knows the mailbox, but names no address of EWS: set url", s.opts.Autodiscover, found.Endpoint)
	}
	r.domain = domainOf(found.PublicFolderInformation, s.opts.Autodiscover)
	if r.box = found.InternalRPCClientServer; found.PublicFolderInformation != "" {
		r.anchor = found.PublicFolderInformation
	}
	r.boxes.log, r.boxes.ask = s.opts.Log, func(ctx context.Context, mailbox string) (string, error) {
		return transport.DiscoverAddress(ctx, found.Endpoint, mailbox, s.opts.Transport)
	}
	return r, nil
}

func domainOf(addresses ...string) string {
	for _, a := range addresses {
		if m, err := mail.ParseAddress(a); err == nil {
			return m.Address[strings.LastIndexByte(m.Address, '@')+1:]
		}
	}
	return ""
}

// route turns the headers on where the server wants them. Who the account is tells the domain that belongs to mailboxes' GUIDs.
func (s *Store) route() {
	if server := s.Server(); server.Major < 15 || server.Grommunio {
		return
	}
	s.routing.on = true
	if s.routing.domain == "" {
		s.routing.domain = domainOf(s.account)
	}
	if s.routing.box == "" && s.root != nil && s.root.box != "" && s.routing.domain != "" {
		s.routing.box = s.root.box + "@" + s.routing.domain
	}
}

// boxOf is the GUID that a folder's PR_REPLICA_LIST holds: ASCII, behind base64, and a zero byte. "" if it has none.
func boxOf(value string) string {
	b, err := base64.StdEncoding.DecodeString(value)
	if err != nil || len(b) < 36 {
		return ""
	}
	guid := string(b[:36])
	for i, c := range guid {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", c) {
			return ""
		}
	}
	return guid
}

// reroute asks anew which mailbox holds the items of a folder. The hierarchy tells, which is asked for the folders beside it: asking for the folder
// itself leads to the mailbox that does not hold it any more.
func (s *Store) reroute(ctx context.Context, p *place) error {
	known := s.place(p.parent)
	if known == nil {
		return nil
	}
	above := &place{id: known.id, folder: plan.Folder{Path: known.folder.Path}} // others read what is known, and a refusal marks this
	beside, err := s.findFolders(ctx, []*place{above})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fresh := range beside {
		if fresh.id == p.id {
			p.box = fresh.box
		}
	}
	return nil
}

// readdress asks anew by which address the mailbox is reached that holds the items of a folder.
func (s *Store) readdress(ctx context.Context, p *place) {
	s.mu.Lock()
	box := p.box
	s.mu.Unlock()
	if box != "" && s.routing.domain != "" {
		s.routing.boxes.renew(ctx, box+"@"+s.routing.domain)
	}
}

// boxes are the mailboxes that hold folders' items, as far as they were seen, with a folder's own and that of the folder above it first.
func (s *Store) boxes(id, parentID string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []string{""}
	add := func(p *place) {
		if p != nil && !slices.Contains(all, p.box) {
			all = append(all, p.box)
		}
	}
	add(s.places[id])
	add(s.places[parentID])
	for _, p := range s.places {
		add(p)
	}
	return all[1:]
}
