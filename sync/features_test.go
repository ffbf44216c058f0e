package sync_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync/synctest"
)

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// oneWay is a world in which a's News goes to b's Copy, with the given items and after a first apply.
func oneWay(t *testing.T, rules plan.Rules, items ...string) *synctest.World {
	t.Helper()
	w := synctest.New(t, "a", "b")
	w.Session("s", "a", "News", "b", "Copy", rules)
	for _, it := range items {
		w.Put(t, "a", "News/"+it+".eml", synctest.Message(it, "text of "+it))
	}
	apply(t, w, synctest.Run{})
	wantEmpty(t, w)
	return w
}

func left(p *plan.Plan) string {
	var b strings.Builder
	for _, l := range p.Left {
		b.WriteString(strings.Join(l.Names, ",") + ": " + l.Why + "\n")
	}
	return b.String()
}

func TestWhatAFilterExcludesIsNeitherCopiedNorDeleted(t *testing.T) {
	rules := synctest.Rules()
	rules.Deletions = plan.DeleteItemsAndFolders
	for name, filter := range map[string]func(w *synctest.World, r *plan.Rules){
		"exclude": func(_ *synctest.World, r *plan.Rules) { r.Exclude = []string{"Old"} },
		"include": func(_ *synctest.World, r *plan.Rules) { r.Include = []string{"New"} },
		"size":    func(_ *synctest.World, r *plan.Rules) { r.MaxSize = 1000 },
		"classes": func(_ *synctest.World, r *plan.Rules) { r.Classes = []string{"IPM.Post*", "ipm.n?te"} },
		"age":     func(_ *synctest.World, r *plan.Rules) { r.ModifiedWithin = 24 * time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			w := synctest.New(t, "a", "b")
			w.Session("s", "a", "News", "b", "Copy", rules)
			big := synctest.Message("big", strings.Repeat("x", 2000))
			w.Put(t, "a", "News/New/kept.eml", synctest.Message("kept", ""))
			w.Put(t, "a", "News/Old/big.eml", big)
			w.Put(t, "a", "News/Old/card.vcf", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:"+strings.Repeat("y", 2000)+"\r\nEND:VCARD\r\n")
			old := time.Now().Add(-48 * time.Hour)
			must(t, os.Chtimes(w.Path("a", "News/Old/big.eml"), old, old), os.Chtimes(w.Path("a", "News/Old/card.vcf"), old, old))
			apply(t, w, synctest.Run{})
			before := w.Tree(t, "b")
			filter(w, &w.Sessions[0].Blocks[0].Rules)
			wantEmpty(t, w)
			if name == "classes" || name == "size" || name == "age" {
				must(t, os.Remove(w.Path("a", "News/Old/card.vcf"))) // gone, but its replica is filtered too
			} else {
				must(t, os.RemoveAll(w.Path("a", "News/Old")))
			}
			if name == "include" || name == "exclude" { // the folder is not in the pair any more, whatever became of it
				wantEmpty(t, w)
				wantTree(t, w, "b", before)
				return
			}
			wantEmpty(t, w)
			wantTree(t, w, "b", before)
			fresh := synctest.New(t, "a", "b")
			fresh.Sessions = w.Sessions
			fresh.Put(t, "a", "News/New/kept.eml", synctest.Message("kept", ""))
			fresh.Put(t, "a", "News/New/big.eml", big)
			must(t, os.Chtimes(fresh.Path("a", "News/New/big.eml"), old, old))
			apply(t, fresh, synctest.Run{})
			_, copied := fresh.Tree(t, "b")["Copy/New/big.eml"]
			if want := name == "classes"; copied != want {
				t.Errorf("big.eml copied: %v, want %v", copied, want)
			}
		})
	}
}

func TestAnIncludedFolderBringsTheFoldersAboveItWithoutTheirItems(t *testing.T) {
	rules := synctest.Rules()
	rules.Include = []string{"Projects/Alpha"}
	w := synctest.New(t, "a", "b")
	w.Session("s", "a", "", "b", "Copy", rules)
	for _, f := range []string{"top", "Projects/middle", "Projects/Alpha/wanted", "Projects/Alpha/Deep/wanted", "Projects/Beta/other"} {
		w.Put(t, "a", f+".eml", synctest.Message(f, ""))
	}
	apply(t, w, synctest.Run{})
	wantEmpty(t, w)
	wantTree(t, w, "b", map[string]string{"Copy/": "", "Copy/Projects/": "", "Copy/Projects/Alpha/": "", "Copy/Projects/Alpha/Deep/": "",
		"Copy/Projects/Alpha/wanted.eml":      synctest.Message("Projects/Alpha/wanted", ""),
		"Copy/Projects/Alpha/Deep/wanted.eml": synctest.Message("Projects/Alpha/Deep/wanted", "")})
}

func TestWithoutDeletionsReplicasStay(t *testing.T) {
	w := oneWay(t, synctest.Rules(), "one", "Sub/two")
	before := w.Tree(t, "b")
	must(t, os.RemoveAll(w.Path("a", "News/Sub")), os.Remove(w.Path("a", "News/one.eml")))
	p := apply(t, w, synctest.Run{})
	wantTree(t, w, "b", before)
	if !strings.Contains(left(p), `deletions = "none"`) {
		t.Errorf("left alone: %s", left(p))
	}
}

func TestDeletedReplicasGoToTheRecycleFolderWithoutAStamp(t *testing.T) {
	rules := synctest.Rules()
	rules.Deletions, rules.Recycle = plan.DeleteItems, "Bin/Replicas"
	w := oneWay(t, rules, "one", "two")
	must(t, os.Remove(w.Path("a", "News/one.eml")))
	apply(t, w, synctest.Run{})
	wantEmpty(t, w)
	tree := w.Tree(t, "b")
	if tree["Bin/Replicas/one.eml"] == "" || tree["Copy/one.eml"] != "" {
		t.Fatalf("after the deletion: %v", tree)
	}
	// What lies there belongs to its users: put back, it stays beside whatever is published.
	must(t, os.Rename(w.Path("b", "Bin/Replicas/one.eml"), w.Path("b", "Copy/one.eml")))
	p := apply(t, w, synctest.Run{})
	if !p.Empty() || !strings.Contains(left(p), "belongs to its users") {
		t.Errorf("%s", text(p))
	}
}

func TestRestoreUndoesEditsOfReplicas(t *testing.T) {
	for _, restore := range []bool{false, true} {
		rules := synctest.Rules()
		rules.Restore = restore
		w := oneWay(t, rules, "one")
		w.Put(t, "b", "Copy/one.eml", synctest.Message("one", "scribbled"))
		apply(t, w, synctest.Run{})
		wantEmpty(t, w)
		if got := strings.Contains(w.Tree(t, "b")["Copy/one.eml"], "scribbled"); got == restore {
			t.Errorf("restore = %v, and the edit is there: %v", restore, got)
		}
	}
}

func TestAFirstRunIntoUsersItemsNeedsAnAnswer(t *testing.T) {
	w := synctest.New(t, "a", "b")
	w.Session("s", "a", "News", "b", "News", synctest.Rules())
	for _, org := range []string{"a", "b"} {
		w.Put(t, org, "News/same.eml", synctest.Message("same", "text"))
		w.Put(t, org, "News/only "+org+".eml", synctest.Message(org, "text"))
	}
	if _, _, err := w.Apply(synctest.Run{}); err == nil || !strings.Contains(err.Error(), "first-run") {
		t.Fatalf("got %v", err)
	}
	p := apply(t, w, synctest.Run{Adopt: true})
	wantEmpty(t, w)
	if !strings.Contains(text(p), "~ same  adopt: same key") {
		t.Errorf("%s", text(p))
	}
	tree := w.Tree(t, "b")
	if len(tree) != 4 || tree["News/only a.eml"] == "" || tree["News/only b.eml"] == "" || tree["News/same.eml"] == "" {
		t.Errorf("after adopting: %v", tree)
	}
}

func TestTwoFoldersExchangeTheirNames(t *testing.T) {
	w := oneWay(t, synctest.Rules(), "One/1", "Two/2")
	must(t, os.Rename(w.Path("a", "News/One"), w.Path("a", "News/x")), os.Rename(w.Path("a", "News/Two"), w.Path("a", "News/One")),
		os.Rename(w.Path("a", "News/x"), w.Path("a", "News/Two")))
	apply(t, w, synctest.Run{})
	wantEmpty(t, w)
	tree := w.Tree(t, "b")
	if tree["Copy/One/2.eml"] == "" || tree["Copy/Two/1.eml"] == "" || len(tree) != 5 {
		t.Errorf("after the exchange: %v", tree)
	}
}

func TestATargetThatItsUsersRenamedIsStillTheTarget(t *testing.T) {
	w := oneWay(t, synctest.Rules(), "one", "Sub/two")
	must(t, os.Rename(w.Path("b", "Copy"), w.Path("b", "From our partner")), os.Rename(w.Path("b", "From our partner/Sub"), w.Path("b", "From our partner/Renamed")))
	w.Put(t, "a", "News/Sub/three.eml", synctest.Message("three", ""))
	apply(t, w, synctest.Run{})
	wantEmpty(t, w)
	tree := w.Tree(t, "b")
	if tree["From our partner/Renamed/three.eml"] == "" || len(tree) != 5 {
		t.Errorf("after renaming: %v", tree)
	}
}

func TestReplicasThatUsersMovedAreUpdatedWhereTheyAre(t *testing.T) {
	w := oneWay(t, synctest.Rules(), "one", "Sub/two")
	must(t, os.Rename(w.Path("b", "Copy/one.eml"), w.Path("b", "Copy/Sub/one.eml")))
	wantEmpty(t, w)
	w.Put(t, "a", "News/one.eml", synctest.Message("one", "edited"))
	apply(t, w, synctest.Run{})
	wantEmpty(t, w)
	tree := w.Tree(t, "b")
	if !strings.Contains(tree["Copy/Sub/one.eml"], "edited") || len(tree) != 4 {
		t.Errorf("after the edit: %v", tree)
	}
}

func TestWithoutItsStateNothingIsDoubledOrLost(t *testing.T) {
	for _, twoWay := range []bool{false, true} {
		rules := synctest.Rules()
		rules.TwoWay, rules.Deletions = twoWay, plan.DeleteItemsAndFolders
		w := oneWay(t, rules, "one", "Sub/two")
		before := w.Tree(t, "b")
		must(t, os.RemoveAll(filepath.Join(w.Dir, w.State)))
		apply(t, w, synctest.Run{})
		wantEmpty(t, w)
		wantTree(t, w, "b", before)
		w.Put(t, "a", "News/one.eml", synctest.Message("one", "edited"))
		apply(t, w, synctest.Run{})
		if got := w.Tree(t, "b")["Copy/one.eml"]; !strings.Contains(got, "edited") {
			t.Errorf("two-way %v: the edit did not arrive: %q", twoWay, got)
		}
	}
}

func TestARenamedOrganizationIsRefused(t *testing.T) {
	w := oneWay(t, synctest.Rules(), "one")
	must(t, os.Rename(w.Path("a"), w.Path("z")))
	w.Orgs, w.Sessions[0].Publisher = []string{"z", "b"}, "z"
	if _, _, err := w.Apply(synctest.Run{}); err == nil || !strings.Contains(err.Error(), "unknown-origins") || !strings.Contains(err.Error(), `such as "a"`) {
		t.Fatalf("got %v", err)
	}
}

func TestAStoppedRunSaysWhatIsLeftAndTheNextOneFinishes(t *testing.T) {
	w := synctest.New(t, "a", "b")
	w.Session("s", "a", "News", "b", "Copy", synctest.Rules())
	for _, it := range []string{"1", "2", "Sub/3"} {
		w.Put(t, "a", "News/"+it+".eml", synctest.Message(it, ""))
	}
	stop := make(chan struct{})
	close(stop)
	_, report, err := w.Apply(synctest.Run{Stop: stop})
	must(t, err)
	if report.Result != "interrupted" || report.Remaining == 0 || len(w.Tree(t, "b")) != 0 {
		t.Errorf("%+v %v", report, w.Tree(t, "b"))
	}
	apply(t, w, synctest.Run{})
	wantEmpty(t, w)
}

func TestOnePublisherHasSeveralSubscribers(t *testing.T) {
	w := synctest.New(t, "a", "b", "c")
	w.Session("s", "a", "News", "b", "Copy", synctest.Rules())
	w.Sessions[0].Subscribers = []string{"b", "c"}
	w.Put(t, "a", "News/one.eml", synctest.Message("one", ""))
	apply(t, w, synctest.Run{})
	wantEmpty(t, w)
	for _, org := range []string{"b", "c"} {
		wantTree(t, w, org, map[string]string{"Copy/": "", "Copy/one.eml": synctest.Message("one", "")})
	}
}

func TestWhatCannotBeReadKeepsItsReplicaAndTheRestGoesOn(t *testing.T) {
	rules := synctest.Rules()
	rules.Deletions = plan.DeleteItemsAndFolders
	w := oneWay(t, rules, "one", "two")
	must(t, os.Remove(w.Path("a", "News/one.eml")), os.Symlink("/etc/passwd", w.Path("a", "News/one.eml")))
	w.Put(t, "a", "News/three.eml", synctest.Message("three", ""))
	_, report, err := w.Apply(synctest.Run{})
	must(t, err)
	tree := w.Tree(t, "b")
	if report.Result != "partial" || tree["Copy/one.eml"] == "" || tree["Copy/three.eml"] == "" {
		t.Errorf("%s %v", report.Result, tree)
	}
	if report.Plan.Summary.Errors != 1 {
		t.Errorf("errors: %+v", report.Plan.Summary)
	}
}

func TestADamagedCompanionStopsDeletionsAndDoublesNothing(t *testing.T) {
	rules := synctest.Rules()
	rules.Deletions = plan.DeleteItemsAndFolders
	w := oneWay(t, rules, "one", "two", "Sub/three")
	log := w.Path("b", "Copy/.items.jsonl")
	b, err := os.ReadFile(log)
	must(t, err)
	must(t, os.WriteFile(log, append([]byte("garbage\n"), b...), 0o644), os.Remove(w.Path("a", "News/Sub/three.eml")))
	before := w.Tree(t, "b")
	_, report, err := w.Apply(synctest.Run{})
	must(t, err)
	if report.Result != "partial" || len(report.Plan.Errors) == 0 || !strings.Contains(report.Plan.Errors[0], ".items.jsonl") {
		t.Errorf("%+v", report)
	}
	wantTree(t, w, "b", before)
}

func TestAFolderMovedAboveItsParentIsFollowed(t *testing.T) {
	for _, twoWay := range []bool{false, true} {
		rules := synctest.Rules()
		rules.TwoWay = twoWay
		w := oneWay(t, rules, "Sub/1", "Sub/Deep/2")
		must(t, os.Rename(w.Path("a", "News/Sub/Deep"), w.Path("a", "News/Shallow")),
			os.Rename(w.Path("a", "News/Sub"), w.Path("a", "News/Shallow/Below")))
		apply(t, w, synctest.Run{})
		wantEmpty(t, w)
		tree := w.Tree(t, "b")
		if tree["Copy/Shallow/2.eml"] == "" || tree["Copy/Shallow/Below/1.eml"] == "" || len(tree) != 5 {
			t.Errorf("two-way %v: after the moves: %v", twoWay, tree)
		}
	}
}

func TestFoldersMovedIntoEachOtherOnOppositeSidesStay(t *testing.T) {
	rules := synctest.Rules()
	rules.TwoWay = true
	w := oneWay(t, rules, "One/1", "Two/2")
	must(t, os.Rename(w.Path("a", "News/One"), w.Path("a", "News/Two/One")), os.Rename(w.Path("b", "Copy/Two"), w.Path("b", "Copy/One/Two")))
	before := [2]map[string]string{w.Tree(t, "a"), w.Tree(t, "b")}
	_, report, err := w.Apply(synctest.Run{})
	must(t, err)
	if report.Result != "partial" {
		t.Errorf("%s", report.Result)
	}
	wantTree(t, w, "a", before[0])
	wantTree(t, w, "b", before[1])
}

func TestADeletedFolderOfAMeshIsGoneEverywhere(t *testing.T) {
	rules := synctest.Rules()
	rules.TwoWay, rules.Deletions = true, plan.DeleteItemsAndFolders
	w := synctest.New(t, "a", "b", "c")
	for _, pair := range []string{"ab", "ac", "bc"} {
		w.Session(pair, pair[:1], "News", pair[1:], "News", rules)
	}
	w.Put(t, "a", "News/one.eml", synctest.Message("one", "text"))
	w.Put(t, "a", "News/Sub/two.eml", synctest.Message("two", "text"))
	apply(t, w, synctest.Run{})
	apply(t, w, synctest.Run{})
	wantEmpty(t, w)
	must(t, os.RemoveAll(w.Path("c", "News/Sub")))
	apply(t, w, synctest.Run{Force: true})
	apply(t, w, synctest.Run{Force: true})
	wantEmpty(t, w)
	for _, org := range w.Orgs {
		wantTree(t, w, org, map[string]string{"News/": "", "News/one.eml": synctest.Message("one", "text")})
	}
}

func TestAFolderMovedBelowANewFolderOfItsNameIsFollowed(t *testing.T) {
	w := oneWay(t, synctest.Rules(), "Plans/1")
	must(t, os.Rename(w.Path("a", "News/Plans"), w.Path("a", "News/x")), os.Mkdir(w.Path("a", "News/Plans"), 0o755),
		os.Rename(w.Path("a", "News/x"), w.Path("a", "News/Plans/2025")))
	w.Put(t, "a", "News/Plans/2.eml", synctest.Message("2", ""))
	apply(t, w, synctest.Run{})
	wantEmpty(t, w)
	tree := w.Tree(t, "b")
	if tree["Copy/Plans/2025/1.eml"] == "" || tree["Copy/Plans/2.eml"] == "" || len(tree) != 5 {
		t.Errorf("after the move: %v", tree)
	}
}

func TestACopyOfAReplicaFolderIsNobodysReplica(t *testing.T) {
	rules := synctest.Rules()
	rules.TwoWay, rules.Deletions = true, plan.DeleteItemsAndFolders
	w := oneWay(t, rules, "Sub/one")
	must(t, os.CopyFS(w.Path("b", "Copy/Other"), os.DirFS(w.Path("b", "Copy/Sub"))))
	apply(t, w, synctest.Run{})
	tree := w.Tree(t, "b")
	if tree["Copy/Sub/one.eml"] == "" || tree["Copy/Other/one.eml"] == "" {
		t.Errorf("after copying the folder: %v", tree)
	}
}
