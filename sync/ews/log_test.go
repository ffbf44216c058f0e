package ews_test

import (
	"log/slog"
	"strings"
	"testing"

	"iorepl/sync/ews"
)

// TestTheDebugLogNamesOperations: who reads it beside the server's own log can tell one exchange from another.
func TestTheDebugLogNamesOperations(t *testing.T) {
	_, o := newServer(t, modern)
	var log strings.Builder
	o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	store, err := ews.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Folders(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	contains(t, log.String(), "level=DEBUG msg=exchange method=POST", `operation="" status=401`, "operation=GetFolder status=200", "operation=FindFolder status=200")
}
