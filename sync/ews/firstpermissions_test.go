package ews_test

import (
	"testing"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
)

// TestRightsOnANewFolderAreToldBeforeItIsMade: what the first plan says of them is so, what is to differ is set by the first run, and the plan after it is empty.
func TestRightsOnANewFolderAreToldBeforeItIsMade(t *testing.T) {
	for _, mode := range []plan.PermissionsMode{plan.NoPermissions, plan.DefaultAndAnonymous} {
		for name, profile := range profiles {
			t.Run(name+"/"+mode.String(), func(t *testing.T) {
				c := newChain(t)
				c.server("a", modern)
				c.server("b", ewstest.Options{Profile: profile})
				c.folder("a", "News", "IPF.Note")
				c.folder("a", "News/Old", "IPF.Note")
				c.folder("b", "Copies", "IPF.Note")
				for org, path := range map[string]string{"a": "News/Old", "b": "Copies"} {
					c.must(c.servers[org].SetPermission(path, ewstest.Default, ewstest.Reviewer))
				}
				c.session("a", "News/Old", "b", "Copies/Old", func(r *plan.Rules) { r.Permissions = mode })
				out := c.plan()
				for x := range out.plan.Document(false).Pairs[0].Changes.All() {
					if x.Action == plan.CreateFolder {
						told := "Default: Reviewer, Anonymous: None"
						if profile == ewstest.Grommunio && mode == plan.NoPermissions {
							told = "Default: None, Anonymous: None"
						}
						if x.Detail != told {
							t.Errorf("the plan says %q, want %q", x.Detail, told)
						}
					}
				}
				c.open = true // on grommunio, where nobody could read it, somebody has to say yes to that
				c.complete()
				c.open = false
				c.quiet()
				c.complete()
			})
		}
	}
}

// TestPermissionsOfAFolderOfTasksThatGrommunioHides: the owner is not told to get the role Owner.
func TestPermissionsOfAFolderOfTasksThatGrommunioHides(t *testing.T) {
	c := newChain(t)
	c.server("a", ewstest.Options{Profile: ewstest.Grommunio})
	c.server("b", modern)
	c.folder("a", "Work", "IPF.Task")
	c.session("a", "Work", "b", "Work", func(r *plan.Rules) { r.Permissions = plan.DefaultAndAnonymous })
	c.plan().says(t, "folder of tasks", `permissions = "none"`)
}
