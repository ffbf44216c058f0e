package sync_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync/synctest"
)

// lose removes files whose slash-separated paths match a pattern.
func lose(t *testing.T, w *synctest.World, org string, pattern string) {
	t.Helper()
	match, n := regexp.MustCompile("^"+pattern+"$"), 0
	err := filepath.WalkDir(w.Path(org), func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(w.Path(org), path)
		if err == nil && !d.IsDir() && match.MatchString(filepath.ToSlash(rel)) {
			n++
			return os.Remove(path)
		}
		return err
	})
	if err != nil || n == 0 {
		t.Fatalf("%d files removed: %v", n, err)
	}
}

// TestWhatLiesBesideTheItemsIsLostAndNothingDoubles: files that hold stamps are lost at one side. What is new in another folder goes on where one
// file is missing, and no run adds or takes an item where they are; --adopt, after the named step, links all items again.
func TestWhatLiesBesideTheItemsIsLostAndNothingDoubles(t *testing.T) {
	const log, record, both = `\.items\.jsonl`, `\.folder\.json`, `\.(items\.jsonl|folder\.json)`
	for _, test := range []struct {
		name, org, lose string
		says            string // the path in the error; "" where a gate shuts
		zero            string // record whose count an administrator sets to 0
		also            string // further files that an administrator removes
		rest            bool   // other folders of the pair go on
		oneWay          bool
		state           bool // is lost too
	}{
		{name: "log", org: "b", lose: "N/" + log, says: "N/.items.jsonl", zero: "N/.folder.json", rest: true, oneWay: true},
		{name: "log below", org: "b", lose: "N/Sub/" + log, says: "N/Sub/.items.jsonl", zero: "N/Sub/.folder.json", rest: true, oneWay: true},
		{name: "record", org: "b", lose: "N/" + record, says: "N/.folder.json", also: "N/(.*/)?" + both, oneWay: true},
		{name: "record below", org: "b", lose: "N/Sub/" + record, says: "N/Sub/.folder.json", also: "N/Sub/" + log, rest: true, oneWay: true},
		{name: "both below", org: "b", lose: "N/Sub/" + both, oneWay: true},
		{name: "both at the root", org: "b", lose: "N/" + both, also: "N/(.*/)?" + both, oneWay: true},
		{name: "everything hidden", org: "b", lose: "(.*/)?" + both, oneWay: true},
		{name: "log of the publisher", org: "a", lose: "N/Sub/" + log, says: "N/Sub/.items.jsonl", zero: "N/Sub/.folder.json", rest: true},
		{name: "both of the publisher", org: "a", lose: "N/Sub/" + both},
		{name: "both at the publisher's root", org: "a", lose: "N/" + both},
		{name: "everything hidden at the publisher", org: "a", lose: "(.*/)?" + both},
		{name: "both at the publisher's root, and the state", org: "a", lose: "N/" + both, state: true},
		{name: "both at the subscriber's root, and the state", org: "b", lose: "N/" + both, also: "N/(.*/)?" + both, state: true},
		{name: "everything hidden at the publisher, and the state", org: "a", lose: "(.*/)?" + both, state: true},
	} {
		for _, twoWay := range []bool{true, false} {
			if !twoWay && !test.oneWay {
				continue
			}
			for _, deletions := range []plan.Deletions{plan.NoDeletions, plan.DeleteItemsAndFolders} {
				t.Run(test.name, func(t *testing.T) {
					rules := synctest.Rules()
					rules.TwoWay, rules.Deletions = twoWay, deletions
					w := synctest.New(t, "a", "b")
					w.Session("s", "a", "N", "b", "N", rules)
					for _, name := range []string{"1", "2", "Sub/3", "Sub/4", "Other/5"} {
						w.Put(t, "a", "N/"+name+".eml", synctest.Message(name, "text"))
					}
					apply(t, w, synctest.Run{})
					if twoWay {
						w.Put(t, "b", "N/u.eml", synctest.Message("u", "text"))
						w.Put(t, "b", "N/Sub/v.eml", synctest.Message("v", "text"))
						apply(t, w, synctest.Run{})
					}
					was := w.Tree(t, test.org)
					lose(t, w, test.org, test.lose)
					if test.state {
						w.State = "a new one"
					}
					w.Put(t, "a", "N/Other/6.eml", synctest.Message("6", "text"))
					wanted := func(with bool) {
						t.Helper()
						for _, org := range []string{"a", "b"} {
							want := maps.Clone(was)
							if org == "a" || with {
								want["N/Other/6.eml"] = synctest.Message("6", "text")
							}
							wantTree(t, w, org, want)
						}
					}
					for range 2 {
						p, report, err := w.Apply(synctest.Run{})
						switch {
						case test.says == "":
							if !errors.Is(err, synctest.ErrRefused) || slices.ContainsFunc(p.Refused, func(r plan.Refusal) bool { return r.Gate != plan.GateFirstRun }) {
								t.Fatalf("no gate shuts: %v\n%s", err, text(p))
							}
						case err != nil || report.Result != "partial" || len(p.Pairs[0].Failed) != 1 || !strings.Contains(p.Pairs[0].Failed[0], w.Path(test.org, filepath.FromSlash(test.says))):
							t.Fatalf("%v, %+v\n%s", err, report, text(p))
						}
						wanted(test.rest)
					}
					if test.zero != "" {
						file := w.Path(test.org, filepath.FromSlash(test.zero))
						data, err := os.ReadFile(file)
						if err != nil {
							t.Fatal(err)
						}
						w.Put(t, test.org, test.zero, regexp.MustCompile(`"items": \d+`).ReplaceAllString(string(data), `"items": 0`))
					}
					if test.also != "" {
						lose(t, w, test.org, test.also)
					}
					apply(t, w, synctest.Run{Adopt: true})
					wanted(true)
					wantEmpty(t, w)
				})
			}
		}
	}
}

// TestALogLostInAChainReachesNobody: the middle of a chain loses the log of a folder, and is published by a configuration of its own, which
// knows nothing of where its items came from.
func TestALogLostInAChainReachesNobody(t *testing.T) {
	for _, deletions := range []plan.Deletions{plan.NoDeletions, plan.DeleteItemsAndFolders} {
		rules := synctest.Rules()
		rules.Deletions = deletions
		w := synctest.New(t, "a", "b", "c")
		w.Session("s", "a", "N", "b", "N", rules)
		for _, name := range []string{"1", "Sub/3", "Sub/4"} {
			w.Put(t, "a", "N/"+name+".eml", synctest.Message(name, "text"))
		}
		apply(t, w, synctest.Run{})
		w.Sessions, w.State = nil, "state of another"
		w.Session("next", "b", "N", "c", "N", rules)
		apply(t, w, synctest.Run{})
		was := w.Tree(t, "c")
		lose(t, w, "b", `N/Sub/\.items\.jsonl`)
		if p, report, err := w.Apply(synctest.Run{}); err != nil || report.Result != "partial" {
			t.Fatalf("%v\n%s", err, text(p))
		}
		wantTree(t, w, "c", was)
	}
}
