package ews_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
)

// longFolders is a server with two folders of 260 items each, and a store of it that may not wait.
func longFolders(t *testing.T, o ewstest.Options) (*ewstest.Server, *ews.Options) {
	t.Helper()
	server, options := newServer(t, o)
	hurry(&options)
	options.Transport.Waiting = func(_ time.Duration, why error) { t.Errorf("it waits: %v", why) }
	for _, path := range []string{"A", "B"} {
		addFolder(t, server, path)
		addItems(t, server, path, 260)
	}
	return server, &options
}

func addItems(t *testing.T, server *ewstest.Server, path string, n int) {
	t.Helper()
	if err := server.User("anna@contoso.test").AddItems(path, n, soap.T("Message", soap.T("ItemClass", "IPM.Note"), soap.T("Subject", "one of many"))); err != nil {
		t.Fatal(err)
	}
}

// listed are the ids of what is listed in the folders, one after the other.
func listed(t *testing.T, o ews.Options, paths ...string) (ids [][]string, err error) {
	t.Helper()
	store := openStore(t, o)
	defer store.Close()
	folders, err := store.Folders(t.Context())
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		folder := folders[slices.IndexFunc(folders, func(f plan.Folder) bool { return f.Path == path })]
		var these []string
		if err := store.List(t.Context(), folder, func(page []plan.Item) error {
			for _, it := range page {
				these = append(these, id(it))
			}
			return nil
		}); err != nil {
			return nil, err
		}
		ids = append(ids, these)
	}
	return ids, nil
}

// once checks that so many items are listed, none of them twice.
func once(t *testing.T, ids []string, want int) {
	t.Helper()
	all := slices.Clone(ids)
	slices.Sort(all)
	if n := len(slices.Compact(all)); len(ids) != want || n != want {
		t.Errorf("%d rows of %d items are listed, want %d", len(ids), n, want)
	}
}

// rowsAsked are how many rows the pages of listings were asked for, as "1000 500 250x3".
func rowsAsked(log []ewstest.Request, operation string) string {
	var words []string
	n := 0
	for i, r := range log {
		if r.Operation != operation {
			continue
		}
		n++
		if next := slices.IndexFunc(log[i+1:], func(r ewstest.Request) bool { return r.Operation == operation }); next >= 0 && log[i+1+next].Rows == r.Rows {
			continue
		}
		word := fmt.Sprint(r.Rows)
		if n > 1 {
			word += fmt.Sprint("x", n)
		}
		words, n = append(words, word), 0
	}
	return strings.Join(words, " ")
}

// TestPagesShrinkWhereAServerFailsAtLongOnes: at once, and later pages and folders begin with what worked.
func TestPagesShrinkWhereAServerFailsAtLongOnes(t *testing.T) {
	for name, tt := range map[string]struct {
		action ewstest.Action
		above  int
		want   string
	}{
		"policy":          {ewstest.Fail{Code: "ErrorExceededFindCountLimit"}, 100, "1000 500 250 125 62x10"},
		"policy, a fault": {ewstest.Fail{Code: "ErrorExceededFindCountLimit", Whole: true}, 100, "1000 500 250 125 62x10"},
		"time":            {ewstest.Fail{Code: "ErrorTimeoutExpired"}, 300, "1000 500 250x4"},
		"time, a fault":   {ewstest.Fail{Code: "ErrorTimeoutExpired", Whole: true}, 300, "1000 500 250x4"},
		"memory":          {ewstest.Fail{Code: "ErrorNotEnoughMemory", Whole: true}, 50, "1000 500 250 125 62 50x12"},
		"resources":       {ewstest.Fail{Code: "ErrorInternalServerError", Inner: "ErrorInsufficientResources"}, 600, "1000 500x2"},
		"a proxy's time":  {ewstest.Status{Code: http.StatusGatewayTimeout}, 600, "1000 500x2"},
		"no answer":       {ewstest.Hang{}, 600, "1000 500x2"},
	} {
		t.Run(name, func(t *testing.T) {
			server, o := longFolders(t, modern)
			if tt.action == (ewstest.Hang{}) {
				o.Transport.Timeout = 400 * time.Millisecond
			}
			server.Inject(ewstest.Fault{Operation: "FindItem", Times: -1, When: func(r ewstest.Request) bool { return r.Rows > tt.above }, Action: tt.action})
			ids, err := listed(t, *o, "A", "B")
			if err != nil {
				t.Fatal(err)
			}
			once(t, ids[0], 260)
			once(t, ids[1], 260)
			if got := rowsAsked(server.Log(), "FindItem"); got != tt.want {
				t.Errorf("pages of %s rows were asked for, want %s", got, tt.want)
			}
		})
	}
}

// TestPagesShrinkToWhatAPolicyAllows: for items and for folders, where a server does not cut pages by itself.
func TestPagesShrinkToWhatAPolicyAllows(t *testing.T) {
	server, o := longFolders(t, ewstest.Options{Profile: ewstest.Exchange2010SP2, PageCap: 150, WholePages: true})
	for i := range 200 {
		addFolder(t, server, fmt.Sprint("Folder ", i))
	}
	ids, err := listed(t, *o, "A", "B", "Folder 199")
	if err != nil {
		t.Fatal(err)
	}
	once(t, ids[0], 260)
	once(t, ids[1], 260)
	once(t, ids[2], 0)
	if got := rowsAsked(server.Log(), "FindFolder"); !strings.HasPrefix(got, "1000 500 250 125x") {
		t.Errorf("pages of %s folders were asked for", got)
	}
	if got := rowsAsked(server.Log(), "FindItem"); got != "125x7" {
		t.Errorf("pages of %s items were asked for", got)
	}
}

// TestPagesThatShrinkInTheMiddleOfAFolderMissNothing: also if items go away just then.
func TestPagesThatShrinkInTheMiddleOfAFolderMissNothing(t *testing.T) {
	for _, gone := range []int{0, 3} {
		t.Run(fmt.Sprint(gone, " items go"), func(t *testing.T) {
			server, o := longFolders(t, ewstest.Options{Profile: ewstest.Exchange2016, PageCap: 110})
			before, err := listed(t, *o, "A")
			if err != nil {
				t.Fatal(err)
			}
			server.ClearLog()
			server.Inject(ewstest.Fault{Operation: "FindItem", Skip: 1, Times: -1, When: func(r ewstest.Request) bool { return r.Rows > 100 },
				Action: ewstest.Fail{Code: "ErrorInsufficientResources", Whole: true}})
			server.Inject(ewstest.Fault{Operation: "FindItem", When: func(r ewstest.Request) bool {
				if r.Rows < 100 && gone > 0 {
					for _, first := range before[0][:gone] {
						if err := server.User("anna@contoso.test").DeleteItem(first); err != nil {
							t.Error(err)
						}
					}
					gone = 0
				}
				return false
			}, Action: ewstest.Page()})
			after, err := listed(t, *o, "A")
			if err != nil {
				t.Fatal(err)
			}
			once(t, after[0], 260)
			if got := rowsAsked(server.Log(), "FindItem"); !strings.HasPrefix(got, "1000x2 500 250 125 62x") {
				t.Errorf("pages of %s rows were asked for", got)
			}
		})
	}
}

// TestPagesShrinkOnlySoFar: a server that fails whatever it is asked for is waited for, and then named.
func TestPagesShrinkOnlySoFar(t *testing.T) {
	server, o := longFolders(t, modern)
	o.Transport.Waiting = nil
	server.Inject(ewstest.Fault{Operation: "FindItem", Times: -1, Action: ewstest.Fail{Code: "ErrorTimeoutExpired", Whole: true}})
	if _, err := listed(t, *o, "A"); err == nil || !strings.Contains(err.Error(), "ErrorTimeoutExpired") {
		t.Errorf("got %v", err)
	}
	if got := rowsAsked(server.Log(), "FindItem"); got != "1000 500 250 125 62 50x5" {
		t.Errorf("pages of %s rows were asked for", got)
	}
}

// TestLegacyLostAnswersDoubleNothingOnShortPages: what was made is found among the newest messages also where it is more than a page.
func TestLegacyLostAnswersDoubleNothingOnShortPages(t *testing.T) {
	l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2010SP2, PageCap: 40})
	l.server.Inject(ewstest.Fault{Operation: "CreateItem", Action: ewstest.Fail{Code: "ErrorTimeoutExpired", After: true, Whole: true}})
	l.write(l.many(100)...)
	if n := len(l.list()); n != 100 {
		t.Errorf("%d messages", n)
	}
}
