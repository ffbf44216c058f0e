package plan

import (
	"slices"
	"strings"
	"testing"
)

func TestGates(t *testing.T) {
	limits := DefaultLimits()
	changes := func(n int, a Action, side Side) (out []Change) {
		for range n {
			out = append(out, Change{Action: a, Side: side})
		}
		return out
	}
	for _, c := range []struct {
		name    string
		pair    Pair
		changes []Change
		want    []Gate
	}{
		{"ten deletions always pass", Pair{Counts: Counts{Items: [2]int{1, 11}, Replicas: [2]int{0, 11}}}, changes(10, Delete, Subscriber), nil},
		{"eleven of a hundred do not", Pair{Counts: Counts{Items: [2]int{89, 100}, Replicas: [2]int{0, 100}}}, changes(11, Delete, Subscriber), []Gate{GateDeletions}},
		{"eleven of 110 are ten per cent", Pair{Counts: Counts{Items: [2]int{99, 110}, Replicas: [2]int{0, 110}}}, changes(11, Delete, Subscriber), nil},
		{"folders are deletions", Pair{Counts: Counts{Items: [2]int{9, 20}, Replicas: [2]int{0, 20}}}, changes(11, DeleteFolder, Subscriber), []Gate{GateDeletions}},
		{"a limit in numbers is meant as it stands", Pair{Rules: Rules{Limits: Limits{Deletions: Limit{IsCount: true, Count: 3}, Updates: limits.Updates}},
			Counts: Counts{Items: [2]int{996, 1000}, Replicas: [2]int{0, 1000}}}, changes(4, Delete, Subscriber), []Gate{GateDeletions}},
		{"half may be updated", Pair{Counts: Counts{Items: [2]int{100, 100}, Replicas: [2]int{0, 100}}}, changes(50, Update, Subscriber), nil},
		{"more may not", Pair{Counts: Counts{Items: [2]int{100, 100}, Replicas: [2]int{0, 100}}}, changes(51, Update, Subscriber), []Gate{GateUpdates}},
		{"edits copied back are updates", Pair{Counts: Counts{Items: [2]int{100, 100}, Replicas: [2]int{0, 100}}}, changes(51, CopyBack, Publisher), []Gate{GateUpdates}},
		{"creates never count", Pair{Counts: Counts{Items: [2]int{1000, 0}}}, changes(1000, Create, Subscriber), nil},
		{"renewed stamps never count", Pair{Counts: Counts{Items: [2]int{100, 100}, Replicas: [2]int{0, 100}}}, changes(100, Renew, Subscriber), nil},
		{"an empty publisher deletes nothing unasked", Pair{Counts: Counts{Items: [2]int{0, 2}, Replicas: [2]int{0, 2}}}, changes(2, Delete, Subscriber), []Gate{GateEmptySide}},
		{"an empty publisher harms nobody without deletions", Pair{Counts: Counts{Items: [2]int{0, 2}, Replicas: [2]int{0, 2}}}, nil, nil},
		{"an empty subscriber deletes nothing unasked", Pair{Rules: Rules{TwoWay: true}, Counts: Counts{Items: [2]int{2, 0}}}, changes(2, Delete, Publisher), []Gate{GateEmptySide}},
		{"a first run meets users' items", Pair{First: true, Counts: Counts{Items: [2]int{1, 1}, Users: [2]int{1, 1}}}, nil, []Gate{GateFirstRun}},
		{"adopting is an answer to that", Pair{First: true, Adopt: true, Counts: Counts{Items: [2]int{1, 1}, Users: [2]int{1, 1}}}, nil, nil},
		{"a first run meets replicas of another pair", Pair{First: true, Counts: Counts{Items: [2]int{1, 1}, Foreign: [2]int{0, 1}}}, nil, []Gate{GateFirstRun}},
		{"adopting is no answer to that", Pair{First: true, Adopt: true, Counts: Counts{Items: [2]int{1, 1}, Foreign: [2]int{0, 1}}}, nil, []Gate{GateFirstRun}},
		{"a later run meets them", Pair{Counts: Counts{Items: [2]int{1, 1}, Foreign: [2]int{0, 1}}}, nil, nil},
		{"a folder has lost its stamp", Pair{Counts: Counts{Items: [2]int{1, 1}}, Couples: []Couple{{Folder: [2]*Folder{{}, {}}, again: true, users: [2]int{0, 1}, count: [2]int{1, 1}}}}, nil, []Gate{GateFirstRun}},
		{"it is adopted", Pair{Adopt: true, Counts: Counts{Items: [2]int{1, 1}}, Couples: []Couple{{Folder: [2]*Folder{{}, {}}, again: true, users: [2]int{0, 1}, count: [2]int{1, 1}}}}, nil, nil},
		{"it holds nothing", Pair{Counts: Counts{Items: [2]int{1, 1}}, Couples: []Couple{{Folder: [2]*Folder{{}, {}}, again: true, count: [2]int{1, 0}}}}, nil, nil},
		{"items have lost their stamps", Pair{Couples: []Couple{{Folder: [2]*Folder{{}, {}}}}, lost: map[loss]int{{0, Publisher, Sum("x")}: 1}},
			[]Change{{Action: Create, Side: Subscriber, Origin: &Item{Content: Sum("x")}}}, []Gate{GateFirstRun}},
		{"others are new", Pair{Couples: []Couple{{Folder: [2]*Folder{{}, {}}}}, lost: map[loss]int{{0, Publisher, Sum("x")}: 1}},
			[]Change{{Action: Create, Side: Subscriber, Origin: &Item{Content: Sum("y")}}}, nil},
		{"nothing to copy, nothing to ask", Pair{First: true, Counts: Counts{Items: [2]int{0, 1}, Users: [2]int{0, 1}}}, nil, nil},
		{"all origins are unknown", Pair{Counts: Counts{Items: [2]int{1, 2}, Stamped: [2]int{0, 2}, Strange: [2]int{0, 2}}}, nil, []Gate{GateUnknownOrigins}},
		{"one origin is known", Pair{Counts: Counts{Items: [2]int{1, 2}, Stamped: [2]int{0, 2}, Strange: [2]int{0, 1}}}, nil, nil},
		{"a folder went back", Pair{Couples: []Couple{{Folder: [2]*Folder{{Rewound: "on Monday"}, nil}}}}, nil, []Gate{GateRewound}},
		{"a folder of replicas is not found", Pair{Couples: []Couple{{Folder: [2]*Folder{{}, nil}, vanished: [2]int{1, 0}}}}, nil, []Gate{GateVanishedFolders}},
		{"Default gets more", Pair{}, []Change{{Action: SetPermissions, Side: Subscriber, Old: Permissions{{Default, 0}}, New: Permissions{{Default, RightReadAny}}}}, []Gate{GatePermissions}},
		{"Anonymous gets more", Pair{}, []Change{{Action: SetPermissions, Side: Subscriber, Old: nil, New: Permissions{{Anonymous, RightFolderVisible}}}}, []Gate{GatePermissions}},
		{"Default gets less", Pair{}, []Change{{Action: SetPermissions, Side: Subscriber, Old: Permissions{{Default, RightReadAny}}, New: Permissions{{Default, 0}}}}, nil},
		{"our own rights go", Pair{}, []Change{{Action: SetPermissions, Side: Subscriber, Old: Permissions{{"me@b", RightFolderOwner}}, New: nil}}, []Gate{GatePermissions}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.pair.Org = [2]string{"a", "b"}
			if c.pair.Rules.Limits == (Limits{}) {
				c.pair.Rules.Limits = limits
			}
			if c.pair.Couples == nil {
				c.pair.Couples = []Couple{{}}
			}
			p := &Plan{Pairs: []*Pair{&c.pair}, Changes: Changes{plain: c.changes}}
			p.check(func(org string) string { return "me@" + org })
			var got []Gate
			for _, r := range p.Refused {
				got = append(got, r.Gate)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("shut: %v, want %v", p.Refused, c.want)
			}
		})
	}
}

func TestRefusalsSayWhereAndHowMuch(t *testing.T) {
	pair := &Pair{Session: "s", Org: [2]string{"a", "b"}, Root: [2]string{"", "Copies"}, Rules: Rules{Limits: DefaultLimits()}, Couples: []Couple{{}},
		Counts: Counts{Items: [2]int{1, 40}, Replicas: [2]int{0, 40}}}
	changes := []Change{{Action: DeleteFolder, Side: Subscriber}, {Action: SetPermissions, Side: Subscriber, Path: "Copies/News", New: Permissions{{Default, RightReadAny}}}}
	for range 40 {
		changes = append(changes, Change{Action: Delete, Side: Subscriber})
	}
	p := &Plan{Pairs: []*Pair{pair}, Changes: Changes{plain: changes}}
	p.check(func(string) string { return "" })
	for i, want := range []string{"a:/ -> b:Copies: 41 deletions at the subscriber, folders included, of 40 replicated items; the limit is 10%", "b:Copies/News: Default would get "} {
		if i >= len(p.Refused) || !strings.HasPrefix(p.Refused[i].Message, want) {
			t.Errorf("no refusal %q: %v", want, p.Refused)
		}
	}
}

func TestASessionIsAsBoundAsItsFolders(t *testing.T) {
	var pairs []*Pair
	var changes []Change
	for i := range 20 { // each folder pair loses 10 of 50: no folder's gate shuts
		pairs = append(pairs, &Pair{Session: "s", Org: [2]string{"a", "b"}, Rules: Rules{Limits: DefaultLimits()},
			Couples: []Couple{{}}, Counts: Counts{Items: [2]int{40, 50}, Replicas: [2]int{0, 50}}})
		for range 10 {
			changes = append(changes, Change{Pair: i, Action: Delete, Side: Subscriber})
		}
	}
	p := &Plan{Pairs: pairs, Changes: Changes{plain: changes}}
	p.check(func(string) string { return "" })
	if len(p.Refused) != 1 || p.Refused[0].Gate != GateDeletions {
		t.Errorf("200 of 1,000 deletions over 20 folders: %v", p.Refused)
	}
}

func TestAnApprovalPassesAGateOnce(t *testing.T) {
	plan := func(version, refusal string, changes ...Change) *Plan {
		p := &Plan{Pairs: []*Pair{{Org: [2]string{"a", "b"}}}, Changes: Changes{plain: changes}}
		for i := range changes {
			changes[i].Origin = &Item{Key: Sum("key"), Version: Sum(version)}
		}
		if refusal != "" {
			p.Refused = []Refusal{{Gate: GateUpdates, Session: "s", Message: refusal}}
		}
		return p
	}
	for _, action := range []Action{Update, CopyBack, Keep} {
		first := plan("1", "1 update", Change{Action: action})
		if first.Digest(false) == plan("2", "1 update", Change{Action: action}).Digest(false) {
			t.Errorf("%s: another edit of the same item has the same digest", action)
		}
		if first.Digest(false) == plan("1", "2 updates", Change{Action: action}).Digest(false) {
			t.Errorf("%s: other numbers have the same digest", action)
		}
		if plan("1", "", Change{Action: action}).Digest(false) != plan("2", "", Change{Action: action}).Digest(false) {
			t.Errorf("%s: without a shut gate, an edit after the approval voids it", action)
		}
	}
	if plan("1", "1 update", Change{Action: Renew}).Digest(false) != plan("2", "1 update", Change{Action: Renew}).Digest(false) {
		t.Error("a stamp to be renewed needs approval")
	}
}

func TestAnEmptySideIsNotSaidToLoseMoreThanThereIs(t *testing.T) {
	p := &Plan{Pairs: []*Pair{{Org: [2]string{"a", "b"}, Counts: Counts{Items: [2]int{0, 6}, Replicas: [2]int{0, 6}}, Rules: Rules{Limits: DefaultLimits()}}}}
	p.checkPair(p.Pairs[0], tally{deletions: [2]int{0, 8}}) // 6 items in 2 folders
	if len(p.Refused) != 1 || !strings.Contains(p.Refused[0].Message, "holds 6 replicas of it; 8 deletions there would follow, folders included") {
		t.Errorf("got %+v", p.Refused)
	}
}

// TestATargetWithTheStampOfAnUnknownOrganizationAsks: a label was renamed, and all that would tell so by an item is hidden by a filter.
func TestATargetWithTheStampOfAnUnknownOrganizationAsks(t *testing.T) {
	for _, c := range []struct {
		name, stamped string
		first, shut   bool
	}{
		{"first run, for an organization of another name", "was-b", true, true},
		{"first run, for this one", "b", true, false},
		{"first run, no stamp", "", true, false},
		{"later", "was-b", false, false},
	} {
		target := &Folder{Key: Sum("g"), Path: "g"}
		p := &Pair{Org: [2]string{"a", "b"}, Digest: Sum("pair"), First: c.first, Couples: []Couple{{Folder: [2]*Folder{{Key: Sum("f")}, target}}}}
		if c.stamped != "" {
			target.Stamp.Origin = Origin{Identity: p.identity(Publisher, Sum("f")), From: "a", For: c.stamped, Pair: Sum("pair")}.Encode()
		}
		NewDiffer(p, ItemInput{Known: func(org string) bool { return org == "a" || org == "b" }})
		all := &Plan{Pairs: []*Pair{p}}
		all.check(func(string) string { return "" })
		if shut := len(all.Refused) == 1 && all.Refused[0].Gate == GateUnknownOrigins; shut != c.shut || len(all.Refused) > 1 {
			t.Errorf("%s: %+v", c.name, all.Refused)
		}
	}
}
