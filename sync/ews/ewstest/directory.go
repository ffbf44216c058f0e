package ewstest

import (
	"cmp"
	"slices"
	"strings"
)

// recipient is an entry of the organization's directory.
type recipient struct {
	name    string // display name
	address string // SMTP, in lower case
	dn      string // legacyExchangeDN, "" for none
	contact bool   // not somebody who can log in
	mailbox *store // nil without one, or if only its calendar is imitated
}

// AddContact adds a mail contact: an entry of the directory that stands for somebody elsewhere. Without a legacyExchangeDN nobody can find
// free/busy for it. A second contact with an address takes the place of the first.
func (s *Server) AddContact(name, address, legacyDN string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	address = strings.ToLower(address)
	s.contacts[address] = &recipient{name: name, address: address, dn: legacyDN, contact: true}
}

// RemoveContact takes a contact out of the directory.
func (s *Server) RemoveContact(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.contacts, strings.ToLower(address))
}

// AddUserIn is AddUser for a mailbox that was made in an administrative group of this organization. The group is named as in AddGroup.
func (s *Server) AddUserIn(group, name, password, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.addAccount(name, password, address)
	a.group = s.groupDN(group)
	a.mailbox = s.plantMailbox(a.address)
}

// LegacyDN is the legacyExchangeDN of an account or contact, "" if there is none.
func (s *Server) LegacyDN(address string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, _ := s.recipient(address)
	return r.dn
}

// recipient finds an entry of the directory by its address.
func (s *Server) recipient(address string) (recipient, bool) {
	address = strings.ToLower(address)
	if c := s.contacts[address]; c != nil {
		return *c, true
	}
	if a := s.byAddress(address); a != nil {
		return s.recipientOf(a), true
	}
	return recipient{}, false
}

func (s *Server) recipientOf(a *account) recipient {
	return recipient{name: a.display, address: a.address, dn: s.legacyDN(a), mailbox: a.mailbox}
}

// recipients are the entries of the directory that match, by address.
func (s *Server) recipients(match func(recipient) bool) []recipient {
	var all []recipient
	add := func(r recipient) {
		if match(r) {
			all = append(all, r)
		}
	}
	for _, a := range s.accounts {
		add(s.recipientOf(a))
	}
	for _, c := range s.contacts {
		add(*c)
	}
	slices.SortFunc(all, func(a, b recipient) int { return cmp.Compare(a.address, b.address) })
	return all
}
