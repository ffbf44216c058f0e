package ewstest

import (
	"fmt"
	"strings"
)

// freeBusyRoot is the path of the folder that holds one folder for each administrative group. Only 2007 and 2010 have it.
const freeBusyRoot = "NON_IPM_SUBTREE/SCHEDULE+ FREE BUSY"

// AddGroup makes the free/busy folder of an administrative group, as there is one for each of Options.AdminGroups: everybody is Editor in it
// (KB Q155916). The group is a name, or "/o=…/ou=…" as a whole. The path that it gives leads to the folder: for SetPermission, Items and
// the methods of User.
func (s *Server) AddGroup(group string) (path string, err error) {
	return act(s.User(""), func(c *call) (string, error) {
		parent, err := c.path(freeBusyRoot)
		if err != nil {
			return "", err
		}
		if c.st.child(parent, "EX:"+s.groupDN(group)) != nil {
			return "", fmt.Errorf("there is an administrative group %q already", group)
		}
		s.plantGroup(parent, group)
		return s.GroupFolder(group), nil
	})
}

// RemoveGroup removes the free/busy folder of an administrative group with all in it. Accounts keep their legacyExchangeDNs.
func (s *Server) RemoveGroup(group string) error {
	return s.User("").DeleteFolder(s.GroupFolder(group))
}

// GroupFolder is the path of an administrative group's free/busy folder, whether there is one or not.
func (s *Server) GroupFolder(group string) string {
	return freeBusyRoot + "/" + strings.ReplaceAll("EX:"+s.groupDN(group), "/", "%2F")
}

// groupDN is "/o=…/ou=…" of an administrative group.
func (s *Server) groupDN(group string) string {
	if strings.HasPrefix(group, "/") {
		return group
	}
	return "/o=" + s.options.Organization + "/ou=" + group
}

// plantGroup makes the folder of an administrative group.
func (s *Server) plantGroup(parent *folder, group string) {
	f := s.plant(s.public, parent.id, "EX:"+s.groupDN(group), "IPF.Note")
	f.grants = []Grant{{Default, Editor, false}, {Anonymous, None, false}}
}
