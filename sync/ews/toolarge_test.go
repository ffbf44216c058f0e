package ews_test

import (
	"slices"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
)

// TestAnItemThatNoAnswerHoldsIsRefused: it does not keep its neighbours from being read, and is not tried for ever.
func TestAnItemThatNoAnswerHoldsIsRefused(t *testing.T) {
	server, o := newServer(t, ewstest.Options{Profile: ewstest.Exchange2016})
	o.Transport.MaxAnswer = 200_000
	hurry(&o)
	user := server.User("iorepl@contoso.test")
	if _, err := user.AddFolder("News", "IPF.Note"); err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{"small", "large", "small too"} {
		text := "A text."
		if subject == "large" {
			text = strings.Repeat("A long text. ", 30_000)
		}
		if _, err := user.AddItem("News", soap.T("PostItem", soap.T("ItemClass", "IPM.Post"), soap.T("Subject", subject),
			soap.T("Body", soap.Attr{Name: "BodyType", Value: "Text"}, text))); err != nil {
			t.Fatal(err)
		}
	}
	store := openStore(t, o)
	defer store.Close()
	folders, err := store.Folders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	folder := folders[slices.IndexFunc(folders, func(f plan.Folder) bool { return f.Path == "News" })]
	var items []plan.Item
	if err := store.List(t.Context(), folder, func(page []plan.Item) error { items = append(items, page...); return nil }); err != nil {
		t.Fatal(err)
	}
	for i, r := range store.Read(t.Context(), folder, items) {
		switch {
		case items[i].Name == "large" && (!sync.IsRefused(r.Err) || !strings.Contains(r.Err.Error(), "max_size")):
			t.Errorf("%s: got %v", items[i].Name, r.Err)
		case items[i].Name != "large" && r.Err != nil:
			t.Errorf("%s: got %v", items[i].Name, r.Err)
		}
	}
}
