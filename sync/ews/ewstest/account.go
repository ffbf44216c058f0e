package ewstest

import (
	"slices"
	"strconv"
	"strings"
)

// account is somebody who can log in.
type account struct {
	name, password string
	address        string // SMTP
	display        string
	mailbox        *store // nil without one
	group          string // "/o=…/ou=…" of the legacyExchangeDN
	impersonates   bool
}

// AddUser adds an account with a mailbox. Name is the logon name without a domain.
func (s *Server) AddUser(name, password, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.addAccount(name, password, address)
	a.mailbox = s.plantMailbox(a.address)
}

// AddMailUser adds an account without a mailbox: it can log in, but has no public folders either.
func (s *Server) AddMailUser(name, password, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addAccount(name, password, address)
}

func (s *Server) addAccount(name, password, address string) *account {
	a := &account{name: name, password: password, address: strings.ToLower(address), display: name, group: s.groupDN(s.options.AdminGroups[0])}
	s.accounts = append(s.accounts, a)
	return a
}

// AllowImpersonation lets an account act for any other.
func (s *Server) AllowImpersonation(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.byAddress(address); a != nil {
		a.impersonates = true
	}
}

// RemoveUser removes an account; entries of permission lists for it become unknown ones.
func (s *Server) RemoveUser(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts = slices.DeleteFunc(s.accounts, func(a *account) bool { return strings.EqualFold(a.address, address) })
	for id, f := range s.state.folders {
		for i, g := range f.grants {
			if strings.EqualFold(g.Who, address) {
				s.state.edit(id).grants[i] = Grant{Who: sidOf(address), Rights: g.Rights, Unknown: true}
			}
		}
	}
}

// sidOf is the security identifier of an account.
func sidOf(address string) string {
	g := guidOf("sid", strings.ToLower(address))
	return "S-1-5-21-" + decimal(g[0:4]) + "-" + decimal(g[4:8]) + "-" + decimal(g[8:12]) + "-" + decimal(g[14:16])
}

func (s *Server) byAddress(address string) *account {
	for _, a := range s.accounts {
		if strings.EqualFold(a.address, address) {
			return a
		}
	}
	return nil
}

func (s *Server) byName(name string) *account {
	for _, a := range s.accounts {
		if strings.EqualFold(a.name, name) {
			return a
		}
	}
	return nil
}

// legacyDN is the legacyExchangeDN of an account.
func (s *Server) legacyDN(a *account) string {
	return a.group + "/cn=Recipients/cn=" + a.name
}

func decimal(b []byte) string {
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return strconv.FormatUint(n, 10)
}
