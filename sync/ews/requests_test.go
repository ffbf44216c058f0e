package ews_test

import (
	"path/filepath"
	"testing"

	"iorepl/sync"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
	"iorepl/sync/synctest"
)

// pairOfServers are a publisher with folders of messages, and an empty subscriber. run plans and applies between them, and says how
// many requests that took of each.
func pairOfServers(t *testing.T, folders, items int, o ewstest.Options) (run func() (changes int, asked [2][]ewstest.Request)) {
	dir := t.TempDir()
	var servers [2]*ewstest.Server
	var options [2]ews.Options
	o.Validate = func(string, []byte) error { return nil } // other tests send the same
	o.Now = newClock().now
	for side := range servers {
		servers[side], options[side] = newServer(t, o)
		options[side].Cache = filepath.Join(dir, []string{"cache-a", "cache-b"}[side])
		options[side].ReadOnly = side == 0
		addFolder(t, servers[side], benchRoot)
	}
	message := soap.T("Message", soap.T("MimeContent", []byte(synctest.Message("Figures", "See the table."))), soap.T("ItemClass", "IPM.Note"))
	user := servers[0].User("anna@contoso.test")
	for i := range folders {
		path := benchRoot + "/Folder " + string(rune('A'+i%26)) + string(rune('A'+i/26))
		addFolder(t, servers[0], path)
		if err := user.AddItems(path, items/folders, message); err != nil {
			t.Fatal(err)
		}
	}
	return func() (int, [2][]ewstest.Request) {
		t.Helper()
		state, err := sync.OpenState(filepath.Join(dir, "state"))
		if err != nil {
			t.Fatal(err)
		}
		defer state.Close()
		for _, s := range servers {
			s.ClearLog()
		}
		stores := map[string]sync.Store{}
		for side, id := range []string{"a", "b"} {
			s := openStore(t, options[side])
			defer s.Close()
			stores[id] = s
		}
		r := sync.New(sync.Options{Organizations: stores, Known: []string{"a", "b"}, Parallelism: 2, State: state, Now: options[0].Now(),
			Sessions: []sync.Session{{Name: "s", Publisher: "a", Subscribers: []string{"b"}, Blocks: []sync.Block{{Path: benchRoot, Source: "s.hcl:1",
				Rules: synctest.Rules(), Target: func(path string) string { return path }}}}}})
		p, err := r.Plan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if p.Changes.Len() > 0 {
			if report, err := r.Apply(t.Context(), p, nil); err != nil || len(report.Failed) > 0 || report.Done != p.Changes.Len() {
				t.Fatalf("%v %+v", err, report)
			}
		}
		return p.Changes.Len(), [2][]ewstest.Request{servers[0].Log(), servers[1].Log()}
	}
}

// addFolder makes a folder that the account owns, also where a new folder has nothing from the one above.
func addFolder(t *testing.T, s *ewstest.Server, path string) {
	t.Helper()
	if _, err := s.User("anna@contoso.test").AddFolder(path, "IPF.Note"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetPermission(path, "iorepl@contoso.test", ewstest.Owner); err != nil {
		t.Fatal(err)
	}
}

// operations counts requests by what they ask for.
func operations(log []ewstest.Request) map[string]int {
	n := map[string]int{}
	for _, r := range log {
		n[r.Operation]++
	}
	return n
}

// around is how many requests a run may need besides those that its size asks for: to open a store and to walk the folders.
const around = 10

func TestCopiesTakeFewRequests(t *testing.T) {
	const items = 400
	run := pairOfServers(t, 1, items, ewstest.Options{Profile: ewstest.Exchange2016})
	changes, asked := run()
	if changes < items {
		t.Fatalf("%d changes", changes)
	}
	if reads, writes := count(asked[0]); reads > items/40+around || writes > 0 {
		t.Errorf("%d requests read %d items, %d write: %v", reads, items, writes, operations(asked[0]))
	}
	if reads, writes := count(asked[1]); writes > items/20+around || reads > items/40+around {
		t.Errorf("%d requests write %d items, %d confirm that: %v", writes, items, reads, operations(asked[1]))
	}
}

func TestPlansOfUnchangedFoldersTakeFewRequests(t *testing.T) {
	const folders = 50
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			run := pairOfServers(t, folders, folders, ewstest.Options{Profile: profile})
			if changes, _ := run(); changes < 2*folders {
				t.Fatalf("%d changes", changes)
			}
			changes, asked := run()
			for side, log := range asked {
				n := operations(log)
				// What was not written to was remembered when it was first listed.
				if changes > 0 || side == 1 && n["FindItem"] < folders || n["GetItem"] > 0 || len(log) > folders*12/10+around {
					t.Errorf("side %d: %d changes, %d requests list %d folders: %v", side, changes, len(log), folders, n)
				}
			}
			// What was listed is remembered now.
			changes, asked = run()
			for side, log := range asked {
				n := operations(log)
				if changes > 0 || n["FindItem"] > 0 || n["GetItem"] > 0 || len(log) > around {
					t.Errorf("side %d: %d changes, %d requests find %d folders unchanged: %v", side, changes, len(log), folders, n)
				}
			}
		})
	}
}
