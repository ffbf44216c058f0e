package sync_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
	"iorepl/sync/synctest"
)

// TestNothingIsCopiedIntoAFolderWhosePermissionsAreNotKnown has a permission list that the account may not read, for a while.
func TestNothingIsCopiedIntoAFolderWhosePermissionsAreNotKnown(t *testing.T) {
	author, err := plan.ParseRights("Author")
	must(t, err)
	reviewer, err := plan.ParseRights("Reviewer")
	must(t, err)
	for _, c := range []struct {
		name   string
		mode   plan.PermissionsMode
		twoWay bool
		hidden func(org, path string) bool
		below  bool // what lies below is hidden, too
	}{
		{"of the publisher, mapped", plan.MappedPermissions, false, func(org, path string) bool { return org == "a" && path == "News/Secret" }, false},
		{"of the publisher, two-way", plan.DefaultAndAnonymous, true, func(org, path string) bool { return org == "a" && path == "News/Secret" }, false},
		{"that it would inherit", plan.DefaultAndAnonymous, false, func(org, path string) bool { return org == "b" }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
			rules := plan.Rules{Subfolders: true, Limits: plan.DefaultLimits(), Permissions: c.mode, TwoWay: c.twoWay, Deletions: plan.DeleteItemsAndFolders}
			state, err := sync.OpenState(t.TempDir())
			must(t, err)
			defer state.Close()
			step := func(hidden func(org, path string) bool) (*plan.Plan, *sync.Report) {
				t.Helper()
				hook := func(org string) memstore.Hook {
					return func(call memstore.Call) error {
						if call.Op == "Permissions" && hidden(org, call.Path) {
							return sync.Errorf(sync.Denied, "the account may not see it")
						}
						return nil
					}
				}
				run := pairOf(a.Open(hook("a")), b.Open(hook("b")), rules)
				run.State = state
				p, err := run.Plan(t.Context())
				must(t, err)
				report, err := run.Apply(t.Context(), p, nil)
				must(t, err)
				return p, report
			}
			post := func(path, name string) plan.Digest {
				t.Helper()
				key, err := a.Post(path, sync.Payload{Class: "IPM.Post", Name: name, Format: sync.MIME, Data: []byte("Subject: " + name + "\r\n\r\ntext")})
				must(t, err)
				return key
			}
			there := func() (paths []string) {
				for _, f := range b.Folders() {
					paths = append(paths, "/"+f.Path)
				}
				for _, f := range b.All() {
					paths = append(paths, f.Path+": "+f.Payload.Name)
				}
				slices.Sort(paths)
				return paths
			}
			want := func(paths ...string) {
				t.Helper()
				if slices.Sort(paths); !slices.Equal(there(), paths) {
					t.Errorf("the subscriber has %q, want %q", there(), paths)
				}
			}
			nobody := func(string, string) bool { return false }
			open := plan.Permissions{{Who: plan.Default, Rights: author}, {Who: plan.Anonymous}}
			must(t, a.AddFolder("", "News", "IPF.Note"), a.AddFolder("News", "Old", "IPF.Note"), b.AddFolder("", "News", "IPF.Note"), a.Grant("News", open), b.Grant("News", open))
			moves := post("News/Old", "moves")
			step(nobody)

			must(t, a.AddFolder("News", "Secret", "IPF.Note"), a.AddFolder("News/Secret", "Deep", "IPF.Note"))
			for _, path := range []string{"News/Secret", "News/Secret/Deep"} {
				must(t, a.Grant(path, plan.Permissions{{Who: plan.Default, Rights: reviewer}, {Who: plan.Anonymous}}))
			}
			post("News/Secret", "secret")
			post("News/Secret/Deep", "deep")
			post("News", "plain")
			_, err = a.Move(moves, "News/Secret")
			must(t, err, a.DeleteFolder("News/Old"))
			p, report := step(c.hidden)
			want("/", "/News", "/News/Old", "News/Old: moves", "News: plain")
			if report.Result != "partial" || len(report.Failed)+len(report.Skipped) > 0 {
				t.Errorf("the run is %s: %+v %+v", report.Result, report.Failed, report.Skipped)
			}
			if got := text(p); !strings.Contains(got, "the account may not see it; it is not made, and nothing is copied into it, until they are known: let the account read them") ||
				!c.below && !strings.Contains(got, "left alone: the folder above it is not made in this run") {
				t.Errorf("the plan does not say why:\n%s", got)
			}

			if _, report = step(nobody); report.Result != "complete" {
				t.Errorf("the next run is %s: %+v %+v", report.Result, report.Failed, report.Skipped)
			}
			want("/", "/News", "/News/Secret", "/News/Secret/Deep", "News/Secret/Deep: deep", "News/Secret: moves", "News/Secret: secret", "News: plain")
			lists := b.Open(nil)
			for _, f := range b.Folders() {
				list, err := lists.Permissions(t.Context(), f)
				must(t, err)
				if rights, _ := list.Of(plan.Default); strings.Contains(f.Path, "Secret") && rights != reviewer {
					t.Errorf("%s: Default is %s", f.Path, rights)
				}
			}
			if p, _ := step(nobody); !p.Empty() {
				t.Errorf("the plan after it is not empty:\n%s", text(p))
			}
		})
	}
}

// TestATargetWhosePermissionsAreNotKnownIsNotMade: nothing of the pair is.
func TestATargetWhosePermissionsAreNotKnownIsNotMade(t *testing.T) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	must(t, a.AddFolder("", "News", "IPF.Note"), a.AddFolder("News", "Sub", "IPF.Note"))
	_, err := a.Post("News/Sub", sync.Payload{Class: "IPM.Post", Name: "item", Format: sync.MIME, Data: []byte("Subject: item\r\n\r\ntext")})
	must(t, err)
	hook := func(call memstore.Call) error {
		if call.Op == "Permissions" && call.Path == "News" {
			return sync.Errorf(sync.Denied, "the account may not see it")
		}
		return nil
	}
	run := pairOf(a.Open(hook), b.Open(nil), plan.Rules{Subfolders: true, Limits: plan.DefaultLimits(), Permissions: plan.DefaultAndAnonymous})
	p, err := run.Plan(t.Context())
	must(t, err)
	if !p.Empty() || p.Document(false).Summary.Errors != 1 {
		t.Errorf("the plan:\n%s", text(p))
	}
}

// TestAFolderOfWhichOnlyTheNameCanBeReadIsNotMade: a link is no folder, and has to become one first.
func TestAFolderOfWhichOnlyTheNameCanBeReadIsNotMade(t *testing.T) {
	w := synctest.New(t, "a", "b")
	w.Session("s", "a", "N", "b", "N", synctest.Rules())
	w.Put(t, "a", "N/1.eml", synctest.Message("1", "text"))
	link := w.Path("a", "N/Sub")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Skip(err)
	}
	p, report, err := w.Apply(synctest.Run{})
	must(t, err)
	if doc := p.Document(false); report.Result != "partial" || doc.Summary.Errors != 1 || !strings.Contains(text(p), "folder  left alone: only its name can be read; it is not made until that is put right") {
		t.Errorf("the run is %s:\n%s", report.Result, text(p))
	}
	if _, err := os.Lstat(w.Path("b", "N/Sub")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
	must(t, os.Remove(link))
	w.Put(t, "a", "N/Sub/2.eml", synctest.Message("2", "text"))
	apply(t, w, synctest.Run{})
	wantTree(t, w, "b", w.Tree(t, "a"))
	wantEmpty(t, w)
}
