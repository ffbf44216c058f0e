package sync_test

import (
	"errors"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

func TestAHubServesThePartnersThatAnswer(t *testing.T) {
	n := newNetwork(t, "hub", "north", "south", "west")
	for _, partner := range []string{"north", "south", "west"} {
		n.session(partner, "Team", "hub", "From/"+partner, false)
		n.session("hub", "News", partner, "News", false)
		n.post(partner, "Team", partner+" 1")
	}
	n.post("hub", "News", "news 1")
	n.apply()
	n.post("hub", "News", "news 2")
	n.post("south", "Team", "south 2")
	n.post("north", "Team", "north 2")
	p := n.apply("north")
	n.want("hub", "From/north: north 1", "From/south: south 1", "From/south: south 2", "From/west: west 1", "News: news 1", "News: news 2")
	n.want("south", "News: news 1", "News: news 2", "Team: south 1", "Team: south 2")
	n.want("north", "News: news 1", "Team: north 1", "Team: north 2")
	doc := p.Document(false)
	if len(doc.Errors) != 2 || !strings.Contains(doc.Errors[0], "north:Team -> hub:From/north: organization north: connection refused; nothing of this folder pair is changed; put that right, and check it with validate --online") {
		t.Errorf("the errors are %q", doc.Errors)
	}
	n.apply()
	n.want("north", "News: news 1", "News: news 2", "Team: north 1", "Team: north 2")
	if _, p := n.plan(); !p.Empty() {
		t.Errorf("the plan is not empty:\n%s", text(p))
	}
}

func TestAnOrganizationThatCannotBeWalkedIsAskedOnce(t *testing.T) {
	n := newNetwork(t, "a", "b", "c")
	n.session("a", "Team", "b", "Team", false)
	n.session("a", "Team", "c", "Team", false)
	n.post("a", "Team", "one")
	walks := 0
	run := sync.New(sync.Options{Sessions: n.sessions, Known: []string{"a", "b", "c"}, Organizations: map[string]sync.Store{"a": n.orgs["a"].Open(nil), "c": n.orgs["c"].Open(nil),
		"b": n.orgs["b"].Open(func(c memstore.Call) error { walks++; return errors.New("the password was tried once") })}})
	p, err := run.Plan(t.Context())
	must(t, err)
	report, err := run.Apply(t.Context(), p, nil)
	must(t, err)
	if walks != 1 || report.Result != "partial" || report.Done != 2 {
		t.Errorf("b was asked %d times, and the run is %s: %d done", walks, report.Result, report.Done)
	}
	if got := text(p); !strings.Contains(got, "organization b: walking the folders: the password was tried once") {
		t.Errorf("the plan does not say why:\n%s", got)
	}
}

func TestWhatAPatternMeansIsNotKnownOfAnUnseenPublisher(t *testing.T) {
	n := newNetwork(t, "a", "b", "c")
	n.session("a", "Team/*", "b", "From A/*", false)
	n.sessions[0].Blocks[0].Pattern = true
	n.sessions[0].Blocks[0].Matches = func(path string) bool { return plan.Parent(path) == "Team" }
	n.session("c", "Team", "b", "From C", false)
	n.post("c", "Team", "one")
	p := n.apply("a")
	n.want("b", "From C: one")
	if got := text(p); !strings.Contains(got, "a:Team/* -> b:From A/*: organization a: connection refused") {
		t.Errorf("the plan does not say what fails:\n%s", got)
	}
}

// TestWhatMayHaveComeFromTheUnseenIsNotDoubled: fabrikam's items came to the subscriber from one organization, and then a second way opens.
func TestWhatMayHaveComeFromTheUnseenIsNotDoubled(t *testing.T) {
	n := newNetwork(t, "born", "x", "p", "s")
	n.session("born", "Team", "x", "Team", false)
	n.session("x", "Team", "s", "From X", false)
	n.post("born", "Team", "item")
	n.apply()
	n.apply()
	n.session("born", "Team", "p", "Team", false)
	n.session("p", "Team", "s", "From P", false)
	n.apply("x", "s")
	n.post("p", "Team", "own")
	p := n.apply("x")
	n.want("s", "From X: item", "From P: own")
	if got := text(p); !strings.Contains(got, "item  left alone: may be there already, from x, which cannot be looked at") {
		t.Errorf("the plan does not say why:\n%s", got)
	}
	n.apply()
	n.want("s", "From X: item", "From P: own")
}

func TestTheLongerWayIsNotTakenWhileTheShorterOneIsUnseen(t *testing.T) {
	n := newNetwork(t, "x", "p", "s")
	n.session("x", "Team", "p", "Team", false)
	n.session("x", "Team", "s", "Team", false)
	n.session("p", "Team", "s", "Team", false)
	n.post("x", "Team", "item")
	n.apply("s")
	p := n.apply("x")
	n.want("s")
	if got := text(p); !strings.Contains(got, "item  left alone: comes there from x, which cannot be looked at") {
		t.Errorf("the plan does not say why:\n%s", got)
	}
	n.apply()
	n.want("s", "Team: item")
}

func TestWhatTheUnseenWouldMakeAgainIsNotDeleted(t *testing.T) {
	for _, twoWay := range []bool{false, true} {
		n := newNetwork(t, "x", "h", "s")
		n.session("x", "Team", "h", "Team", false)
		n.session("h", "Team", "s", "Team", twoWay)
		n.post("x", "Team", "item")
		n.post("x", "Team", "other")
		n.apply()
		n.apply()
		n.post("h", "Team", "own")
		n.apply()
		at, gone := "h", "own"
		if twoWay { // deleted at the subscriber, what came from x stays at the hub
			at = "s"
		}
		for _, f := range n.orgs[at].All() {
			if f.Payload.Name == gone || f.Payload.Name == "item" {
				must(t, n.orgs[at].Delete(f.Item.Key))
			}
		}
		p := n.apply("x")
		n.want(map[string]string{"h": "s", "s": "h"}[at], "Team: item", "Team: other")
		if got := text(p); !strings.Contains(got, "and comes from x, which cannot be looked at") {
			t.Errorf("the plan does not say why:\n%s", got)
		}
	}
}

func TestAMeshGoesOnButForItsFolders(t *testing.T) {
	n := newNetwork(t, "a", "b", "c")
	n.session("a", "Team", "b", "Team", true)
	n.session("a", "Team", "c", "Team", true)
	n.session("b", "Team", "c", "Team", true)
	n.post("a", "Team", "a 1")
	n.post("c", "Team", "c 1")
	must(t, n.orgs["b"].AddFolder("", "Team", "IPF.Note"))
	n.apply()
	n.post("c", "Team/Of C", "deep")
	for range 3 {
		n.apply()
	}
	n.post("a", "Team", "a 2")
	n.post("b", "Team/Of C", "b 2")
	n.post("a", "Team/New", "waits")
	p := n.apply("c")
	n.want("a", "Team: a 1", "Team: a 2", "Team: c 1", "Team/Of C: deep", "Team/Of C: b 2", "Team/New: waits")
	n.want("b", "Team: a 1", "Team: a 2", "Team: c 1", "Team/Of C: deep", "Team/Of C: b 2")
	if got := text(p); !strings.Contains(got, "waits  left alone: waits for c, which cannot be looked at: it may keep other folders together") {
		t.Errorf("the plan does not say why:\n%s", got)
	}
	for range 3 {
		n.apply()
	}
	for org := range n.orgs {
		n.want(org, "Team: a 1", "Team: a 2", "Team: c 1", "Team/Of C: deep", "Team/Of C: b 2", "Team/New: waits")
	}
	if _, p := n.plan(); !p.Empty() {
		t.Errorf("the plan is not empty:\n%s", text(p))
	}
}

// TestFoldersInOnePlaceOfAMeshAreNotTakenForEachOtherWithoutProof: c's stamps and the state, which could tell, are not there.
func TestFoldersInOnePlaceOfAMeshAreNotTakenForEachOtherWithoutProof(t *testing.T) {
	n := newNetwork(t, "a", "b", "c")
	n.session("a", "Team", "b", "Team", true)
	n.session("a", "Team", "c", "Team", true)
	n.session("b", "Team", "c", "Team", true)
	n.post("a", "Team", "one")
	n.apply()
	n.post("c", "Team/Of C", "deep")
	for range 3 {
		n.apply()
	}
	n.forget()
	n.post("b", "Team/Of C", "new")
	n.apply("c")
	n.want("a", "Team: one", "Team/Of C: deep")
	for range 3 {
		n.apply()
	}
	n.want("a", "Team: one", "Team/Of C: deep", "Team/Of C: new")
}

// TestAStarIsNoMesh: two partners that replicate with each other as well do not wait for a third one, which only the hub knows.
func TestAStarIsNoMesh(t *testing.T) {
	n := newNetwork(t, "hub", "a", "b", "x")
	n.session("hub", "Team", "a", "Team", true)
	n.session("hub", "Team", "b", "Team", true)
	n.session("a", "Team", "b", "Team", true)
	n.session("hub", "Team", "x", "Team", true)
	n.post("hub", "Team", "one")
	for range 3 {
		n.apply()
	}
	n.post("a", "Team/New", "new")
	n.apply("x")
	n.want("b", "Team: one", "Team/New: new")
}

func TestTheDigestTellsThatAnOrganizationIsUnseen(t *testing.T) {
	n := newNetwork(t, "a", "b", "c")
	n.session("a", "Team", "b", "Team", false)
	n.session("a", "Team", "c", "Team", false)
	n.post("a", "Team", "one")
	n.apply()
	n.post("a", "Team", "two") // which a digest that is not strict does not cover
	digests := map[plan.Digest]string{}
	for _, down := range []string{"", "a", "b", "c"} {
		_, p := n.plan(down)
		if same, ok := digests[p.Digest(false)]; ok {
			t.Errorf("with %q and with %q down the plans have one digest", same, down)
		}
		digests[p.Digest(false)] = down
	}
}
