package ews_test

import (
	"fmt"
	"testing"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
)

// TestWhatUsersDoMeanwhileIsRespected: what changes between the plan and its execution, or while a folder is listed, is skipped or an error; a later run
// ends as if nothing had been in the way.
func TestWhatUsersDoMeanwhileIsRespected(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(c *chain, ids map[string]string)
	}{
		{"an origin is deleted", func(c *chain, ids map[string]string) { c.must(c.user("a").DeleteItem(ids["new"])) }},
		{"an origin is changed", func(c *chain, ids map[string]string) { c.retitle("a", ids["new"], "newer") }},
		{"an edited origin is deleted", func(c *chain, ids map[string]string) { c.must(c.user("a").DeleteItem(ids["edited"])) }},
		{"an origin is moved", func(c *chain, ids map[string]string) {
			_, err := c.user("a").MoveItem(ids["new"], "News/Old")
			c.must(err)
		}},
		{"the publisher's folder is renamed", func(c *chain, _ map[string]string) { c.must(c.user("a").RenameFolder("News/Old", "Older")) }},
		{"the publisher's folder is deleted", func(c *chain, _ map[string]string) { c.must(c.user("a").DeleteFolder("News/Old")) }},
		{"the publisher's folder is moved", func(c *chain, _ map[string]string) {
			c.folder("a", "News/Other", "IPF.Note")
			c.must(c.user("a").MoveFolder("News/Old", "News/Other"))
		}},
		{"a new folder is deleted", func(c *chain, _ map[string]string) { c.must(c.user("a").DeleteFolder("News/Fresh")) }},
		{"a replica is deleted", func(c *chain, _ map[string]string) {
			c.must(c.user("b").DeleteItem(c.id("b", "Copies/News", "edited")))
		}},
		{"the subscriber's folder is renamed", func(c *chain, _ map[string]string) { c.must(c.user("b").RenameFolder("Copies/News/Old", "Gamla")) }},
		{"the subscriber's folder is deleted", func(c *chain, _ map[string]string) { c.must(c.user("b").DeleteFolder("Copies/News/Old")) }},
		{"the subscriber's folder is moved", func(c *chain, _ map[string]string) {
			c.folder("b", "Copies/News/Other", "IPF.Note")
			c.must(c.user("b").MoveFolder("Copies/News/Old", "Copies/News/Other"))
		}},
		{"the subscriber's root is deleted", func(c *chain, _ map[string]string) { c.must(c.user("b").DeleteFolder("Copies/News")) }},
		{"a folder of that name is made", func(c *chain, _ map[string]string) { c.folder("b", "Copies/News/Fresh", "IPF.Note") }},
	} {
		for name, profile := range map[string]ewstest.Profile{"2016": ewstest.Exchange2016, "grommunio": ewstest.Grommunio} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				o := ewstest.Options{Profile: profile}
				c := news(t, o, o, func(r *plan.Rules) { r.Deletions = plan.DeleteItemsAndFolders })
				c.folder("a", "News/Old", "IPF.Note")
				c.post("a", "News/Old", "past")
				ids := map[string]string{"edited": c.post("a", "News", "edited"), "gone": c.post("a", "News", "gone")}
				c.complete()
				c.retitle("a", ids["edited"], "edited")
				c.must(c.user("a").DeleteItem(ids["gone"]))
				ids["new"] = c.post("a", "News", "new")
				c.post("a", "News/Old", "also new")
				c.folder("a", "News/Fresh", "IPF.Note")
				c.post("a", "News/Fresh", "freshest")
				c.between = func() { tt.do(c, ids) }
				out := c.apply()
				if out.err != nil {
					t.Errorf("the run ends: %v\n%s", out.err, out.said())
				}
				c.between = nil
				for range 4 {
					if out = c.apply(); out.err != nil && out.err != errGate {
						t.Fatalf("a later run fails:\n%s", out.said())
					}
					if out.plan.Changes.Len() == 0 {
						break
					}
				}
				if out.plan.Changes.Len() > 0 {
					t.Errorf("later runs do not come to an end:\n%s", out.said())
				}
				var origins, replicas []string
				for _, all := range c.below("a", "News") {
					origins = append(origins, all...)
				}
				for _, all := range c.below("b", "Copies/News") {
					replicas = append(replicas, all...)
				}
				if d := unordered(origins, replicas); d != "" {
					t.Errorf("-publisher +subscriber\n%s\n%s", d, out.said())
				}
			})
		}
	}
}

// TestFolderThatGoesWhileItIsReadIsNotEmpty: a folder that vanishes between two pages or before its items are read is an error and no reason to delete.
func TestFolderThatGoesWhileItIsReadIsNotEmpty(t *testing.T) {
	for _, operation := range []string{"FindItem", "GetItem"} {
		t.Run(operation, func(t *testing.T) {
			c := news(t, modern, modern, func(r *plan.Rules) { r.Deletions = plan.DeleteItemsAndFolders })
			c.folder("a", "News/Old", "IPF.Note")
			c.post("a", "News/Old", "past")
			c.complete()
			c.post("a", "News/Old", "new")
			c.post("a", "News", "four")
			gone := false
			c.servers["a"].Inject(ewstest.Fault{Operation: operation, When: func(ewstest.Request) bool {
				if !gone {
					gone = true
					c.must(c.user("a").MoveFolder("News/Old", ""))
				}
				return false
			}})
			out := c.apply()
			if out.err != nil {
				t.Fatalf("the run ends: %v\n%s", out.err, out.said())
			}
			if got := c.subjects("b", "Copies/News/Old"); len(got) == 0 {
				t.Error("the replica was deleted")
			}
			c.must(c.user("a").MoveFolder("Old", "News"))
			c.settles()
			c.same("a", "News", "b", "Copies/News")
		})
	}
}

// TestListingThatMovesUnderneathIsComplete: items that come and go between two pages make no other item seem missing.
func TestListingThatMovesUnderneathIsComplete(t *testing.T) {
	c := news(t, modern, modern, func(r *plan.Rules) { r.Deletions = plan.DeleteItems })
	for _, name := range []string{"d", "e", "f"} {
		c.post("a", "News", name)
	}
	c.complete()
	pages := 0
	c.servers["a"].Inject(ewstest.Fault{Operation: "FindItem", Times: -1, Action: ewstest.Partial{Rows: 2}, When: func(ewstest.Request) bool {
		if pages++; pages == 2 {
			c.must(c.user("a").DeleteItem(c.id("a", "News", "one")))
			c.must(c.user("a").DeleteItem(c.id("a", "News", "two")))
		}
		return true
	}})
	c.apply()
	for _, name := range []string{"three", "d", "e", "f"} {
		c.id("b", "Copies/News", name)
	}
	c.settles()
	c.same("a", "News", "b", "Copies/News")
}

// TestReplicaThatMovesWhileFoldersAreListedIsTheReplica: between two listings it is in neither folder. It is not made again, and its origin stays.
func TestReplicaThatMovesWhileFoldersAreListedIsTheReplica(t *testing.T) {
	for name, profile := range map[string]ewstest.Profile{"2016": ewstest.Exchange2016, "grommunio": ewstest.Grommunio} {
		for _, twoWay := range []bool{false, true} {
			for _, way := range [][2]string{{"", "/Old"}, {"/Old", ""}} {
				t.Run(fmt.Sprint(name, " ", twoWay, way), func(t *testing.T) {
					o := ewstest.Options{Profile: profile}
					c := news(t, o, o, func(r *plan.Rules) { r.TwoWay, r.Deletions = twoWay, plan.DeleteItems })
					c.folder("a", "News/Old", "IPF.Note")
					c.post("a", "News/Old", "past")
					c.settles()
					id := c.id("b", "Copies/News"+way[0], map[string]string{"": "two", "/Old": "past"}[way[0]])
					listings := 0
					c.servers["b"].Inject(ewstest.Fault{Operation: "FindItem", Times: -1, When: func(ewstest.Request) bool {
						if listings++; listings == 2 { // one folder of the two is listed
							_, err := c.user("b").CopyItem(id, "Copies/News"+way[1])
							c.must(err)
							c.must(c.user("b").DeleteItem(id))
						}
						return false
					}})
					c.settles()
					var origins, replicas []string
					for _, all := range c.below("a", "News") {
						origins = append(origins, all...)
					}
					for _, all := range c.below("b", "Copies/News") {
						replicas = append(replicas, all...)
					}
					for _, got := range [][]string{origins, replicas} {
						if d := unordered([]string{"one", "two", "three", "past"}, got); d != "" {
							t.Errorf("-want +got\n%s", d)
						}
					}
				})
			}
		}
	}
}

// TestWalkThatMovesUnderneathIsComplete: a folder that is moved away between two pages of a walk makes no other folder seem gone.
func TestWalkThatMovesUnderneathIsComplete(t *testing.T) {
	for name, profile := range map[string]ewstest.Profile{"2016": ewstest.Exchange2016, "grommunio": ewstest.Grommunio} {
		for at := 3; at <= 6; at++ {
			t.Run(fmt.Sprint(name, " ", at), func(t *testing.T) {
				o := ewstest.Options{Profile: profile, PageCap: 2}
				c := news(t, o, o, func(r *plan.Rules) { r.Deletions = plan.DeleteItemsAndFolders })
				for _, folder := range []string{"A", "B", "C", "D", "E"} {
					c.folder("a", "News/"+folder, "IPF.Note")
					c.post("a", "News/"+folder, "in "+folder)
				}
				c.settles()
				pages := 0
				c.servers["a"].Inject(ewstest.Fault{Operation: "FindFolder", Times: -1, When: func(ewstest.Request) bool {
					if pages++; pages == at {
						c.must(c.user("a").MoveFolder("News/A", ""))
					}
					return false
				}})
				out := c.apply()
				for _, folder := range []string{"B", "C", "D", "E"} {
					if got := c.subjects("b", "Copies/News/"+folder); len(got) != 1 {
						t.Errorf("%s holds %q\n%s", folder, got, out.said())
					}
				}
				c.settles()
			})
		}
	}
}

// TestFolderThatMovesDuringTheWalkIsNotGone: it is in no level of the walk.
func TestFolderThatMovesDuringTheWalkIsNotGone(t *testing.T) {
	for name, profile := range map[string]ewstest.Profile{"2016": ewstest.Exchange2016, "grommunio": ewstest.Grommunio} {
		for at := 2; at <= 4; at++ {
			t.Run(fmt.Sprint(name, " ", at), func(t *testing.T) {
				o := ewstest.Options{Profile: profile}
				c := news(t, o, o, func(r *plan.Rules) { r.Deletions = plan.DeleteItemsAndFolders })
				c.folder("a", "News/Deep", "IPF.Note")
				c.folder("a", "News/Deep/Old", "IPF.Note")
				c.post("a", "News/Deep/Old", "past")
				c.settles()
				walks := 0
				c.servers["a"].Inject(ewstest.Fault{Operation: "FindFolder", Times: -1, When: func(ewstest.Request) bool {
					if walks++; walks == at {
						c.must(c.user("a").MoveFolder("News/Deep/Old", "News"))
					}
					return false
				}})
				out := c.apply()
				var all []string
				for _, names := range c.below("b", "Copies/News") {
					all = append(all, names...)
				}
				if d := unordered([]string{"one", "two", "three", "past"}, all); d != "" {
					t.Errorf("-want +got\n%s\n%s", d, out.said())
				}
				c.settles()
				c.holds("b", "Copies/News/Old", "past")
			})
		}
	}
}

// TestReplicaThatMovesToAnotherPairWhileFoldersAreListedIsNotDeleted: it is in no folder of either pair, and its origin stays.
func TestReplicaThatMovesToAnotherPairWhileFoldersAreListedIsNotDeleted(t *testing.T) {
	for _, way := range [][2]string{{"News", "Else"}, {"Else", "News"}} {
		t.Run(way[0], func(t *testing.T) {
			rules := func(r *plan.Rules) { r.TwoWay, r.Deletions = true, plan.DeleteItems }
			c := news(t, modern, modern, rules)
			c.folder("a", "Else", "IPF.Note")
			c.post("a", "Else", "past")
			c.post("a", "Else", "also past")
			c.session("a", "Else", "b", "Copies/Else", rules)
			c.sessions[1].Name = "else"
			c.settles()
			subject := map[string]string{"News": "two", "Else": "past"}[way[0]]
			id := c.id("b", "Copies/"+way[0], subject)
			listings := 0
			c.servers["b"].Inject(ewstest.Fault{Operation: "FindItem", Times: -1, When: func(ewstest.Request) bool {
				if listings++; listings == 2 {
					_, err := c.user("b").MoveItem(id, "Copies/"+way[1])
					c.must(err)
				}
				return false
			}})
			c.apply()
			c.id("a", way[0], subject)
			c.settles()
			c.id("a", way[0], subject)
			c.id("b", "Copies/"+way[1], subject)
		})
	}
}
