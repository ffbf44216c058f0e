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

// TestRightsToSeeTimesStay: who may see no more of a calendar than when time is taken may see it still when somebody else's rights are set.
func TestRightsToSeeTimesStay(t *testing.T) {
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			c.server("a", modern)
			c.server("b", ewstest.Options{Profile: profile}).AddUser("anna", "secret", "anna@contoso.test")
			c.folder("a", "Fairs", "IPF.Appointment")
			c.folder("b", "Fairs", "IPF.Appointment")
			c.must(c.servers["a"].SetPermission("Fairs", ewstest.Default, ewstest.Reviewer))
			seen := ewstest.FreeBusyTime | ewstest.FreeBusyDetails
			c.must(c.servers["b"].SetPermission("Fairs", "anna@contoso.test", seen))
			c.must(c.servers["b"].SetPermission("Fairs", ewstest.Anonymous, ewstest.FreeBusyTime))
			c.session("a", "Fairs", "b", "Fairs", func(r *plan.Rules) { r.Permissions = plan.DefaultAndAnonymous })
			c.open = true
			c.complete()
			rights := map[string]ewstest.Rights{}
			grants, err := c.servers["b"].Permissions("Fairs")
			c.must(err)
			for _, g := range grants {
				rights[g.Who] = g.Rights
			}
			if rights[ewstest.Default] != ewstest.Reviewer || rights["anna@contoso.test"] != seen || rights[ewstest.Anonymous] != ewstest.FreeBusyTime {
				t.Errorf("the rights are %v", rights)
			}
		})
	}
}
