package ewstest

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// guidOf makes a GUID out of a name, the same each time.
func guidOf(parts ...string) [16]byte {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	h[6] = h[6]&0x0f | 0x40
	h[8] = h[8]&0x3f | 0x80
	return [16]byte(h[:16])
}

// guidText writes a GUID.
func guidText(g [16]byte) string {
	h := hex.EncodeToString(g[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// plantPublic makes the public folders: a top that nobody sees, and below it the two subtrees. Before 2013 NON_IPM_SUBTREE holds the
// free/busy folders, one for each administrative group.
func (s *Server) plantPublic() {
	pub := &store{guid: guidOf("public", s.options.Organization, s.options.Domain), public: true, special: map[string]uint64{}}
	s.public = pub
	top := s.plant(pub, 0, "", "")
	pub.root = top.id
	ipm := s.plant(pub, top.id, "IPM_SUBTREE", "")
	if s.options.Profile == Exchange2016 {
		ipm.mailbox = s.boxOf("1")
	}
	pub.special["publicfoldersroot"] = ipm.id
	non := s.plant(pub, top.id, "NON_IPM_SUBTREE", "")
	s.plant(pub, non.id, "EFORMS REGISTRY", "")
	if s.options.Profile == Exchange2007SP1 || s.options.Profile == Exchange2010SP2 {
		s.plant(pub, non.id, "OFFLINE ADDRESS BOOK", "")
		busy := s.plant(pub, non.id, "SCHEDULE+ FREE BUSY", "")
		for _, group := range s.options.AdminGroups {
			s.plantGroup(busy, group)
		}
	}
}

// plantMailbox makes a mailbox with the folders that each has.
func (s *Server) plantMailbox(address string) *store {
	st := &store{guid: guidOf("mailbox", s.options.Organization, address), owner: address, special: map[string]uint64{}}
	root := s.plant(st, 0, "Root", "")
	st.root = root.id
	st.special["root"] = root.id
	top := s.plant(st, root.id, "Top of Information Store", "")
	st.special["msgfolderroot"] = top.id
	for _, d := range []struct{ id, name, class string }{
		{"calendar", "Calendar", "IPF.Appointment"}, {"contacts", "Contacts", "IPF.Contact"},
		{"deleteditems", "Deleted Items", "IPF.Note"}, {"drafts", "Drafts", "IPF.Note"}, {"inbox", "Inbox", "IPF.Note"},
		{"journal", "Journal", "IPF.Journal"}, {"junkemail", "Junk Email", "IPF.Note"}, {"notes", "Notes", "IPF.StickyNote"},
		{"outbox", "Outbox", "IPF.Note"}, {"sentitems", "Sent Items", "IPF.Note"}, {"tasks", "Tasks", "IPF.Task"},
	} {
		st.special[d.id] = s.plant(st, top.id, d.name, d.class).id
	}
	st.special["searchfolders"] = s.plant(st, root.id, "Finder", "").id
	s.plant(st, root.id, "Common Views", "")
	return st
}

// plant makes a folder that nobody asked for.
func (s *Server) plant(st *store, parent uint64, name, class string) *folder {
	now := s.now()
	f := &folder{parent: parent, store: st, name: name, class: class, created: now, modified: now, commit: now,
		properties: s.noProperties(), grants: []Grant{{Default, Author, false}, {Anonymous, None, false}}}
	if st.public {
		if p := s.state.folders[parent]; p != nil {
			f.mailbox = p.mailbox
		}
	} else {
		f.grants = []Grant{{Default, None, false}, {Anonymous, None, false}}
	}
	return s.state.addFolder(f)
}

// noProperties is what a folder without extended properties has.
func (s *Server) noProperties() *mapi.Item {
	it, err := mapi.New(Exchange2016, soap.T("Message"), s.now(), "")
	if err != nil {
		panic("ewstest: an empty message is refused: " + err.Error())
	}
	return it
}
