package ewstest

import "strings"

// SetContentMailbox lets another public folder mailbox hold the content of a folder (2013 and later). The mailbox is named by a word that
// its GUID is made of; folders made below it later inherit it.
func (s *Server) SetContentMailbox(path, mailbox string) error {
	return s.User("").folder(path, func(c *call, f *folder) error {
		c.st.edit(f.id).mailbox = s.boxOf(mailbox)
		return nil
	})
}

// boxOf is the GUID of a public folder mailbox.
func (s *Server) boxOf(mailbox string) string {
	return guidText(guidOf("public folder mailbox "+mailbox, s.options.Organization, s.options.Domain))
}

// boxGUID is the GUID of a public folder mailbox that is called by GUID@domain or by its SMTP address.
func (s *Server) boxGUID(address string) string {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	if _, guid, ok := strings.Cut(local, "pf-"); ok {
		return guid
	}
	return local
}

// boxAddress is the SMTP address of a public folder mailbox.
func (s *Server) boxAddress(guid string) string {
	prefix, _ := s.boxPrefix.Load().(string)
	return prefix + "pf-" + guid + "@" + s.options.Domain
}

// RenameMailboxes gives all public folder mailboxes other addresses, which begin with a prefix.
func (s *Server) RenameMailboxes(prefix string) { s.boxPrefix.Store(prefix) }

// hierarchyBox is the mailbox that Autodiscover gives accounts for the hierarchy of the public folders, "" before 2013. It is the primary one,
// which knows of new folders first, unless LateHierarchy wants another.
func (s *Server) hierarchyBox() string {
	switch {
	case s.options.Profile != Exchange2016:
		return ""
	case s.options.LateHierarchy:
		return s.boxOf("2")
	default:
		return s.boxOf("1")
	}
}
