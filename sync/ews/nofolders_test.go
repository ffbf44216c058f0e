package ews_test

import (
	"testing"
	"time"

	"iorepl/sync"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
)

// TestAvailabilityNeedsNoPublicFolders: an organization without them can publish free/busy all the same.
func TestAvailabilityNeedsNoPublicFolders(t *testing.T) {
	server, o := newServer(t, ewstest.Options{Profile: ewstest.Exchange2016})
	hurry(&o)
	server.SetCalendar("ann@contoso.test", []ewstest.Event{{Start: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 3, 10, 30, 0, 0, time.UTC), BusyType: "Busy"}})
	server.Inject(ewstest.Fault{Operation: "GetFolder", Times: -1, Action: ewstest.Fail{Code: "ErrorNoPublicFolderReplicaAvailable"}})
	if s, err := ews.Open(t.Context(), o); err == nil {
		_ = s.Close()
		t.Fatal("an organization whose folders are needed was opened without them")
	}
	o.NoFolders = true
	s := openStore(t, o)
	defer s.Close()
	got := s.Availability().Ask(t.Context(), []string{"ann@contoso.test"}, minute("2026-11-01T00:00Z"), minute("2026-12-01T00:00Z"))[0]
	if want := times("2026-11-01T00:00Z", "2026-12-01T00:00Z", meeting, nil, nil); got.Err != nil || !got.Times.Equal(want) {
		t.Errorf("got %+v", got)
	}
	if _, err := s.Folders(t.Context()); !sync.IsGone(err) {
		t.Errorf("its folders: %v", err)
	}
	o.Transport.Password = "wrong"
	if s, err := ews.Open(t.Context(), o); err == nil {
		_ = s.Close()
		t.Error("a wrong password was taken for missing folders")
	}
}
