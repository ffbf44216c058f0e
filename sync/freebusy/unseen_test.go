package freebusy_test

import (
	"slices"
	"testing"

	busy "iorepl/sync/freebusy"
)

// TestTheOthersGoOnWhileOneIsUnseen: of whom the unseen publishes nothing changes, be it that others could pass on what they have.
func TestTheOthersGoOnWhileOneIsUnseen(t *testing.T) {
	w := newWorld(t)
	user := w.org("contoso").mailbox("ann")
	w.org("contoso").publish(user, whole(on(11, 20, 9, 10), on(12, 20, 9, 10)))
	w.session(busy.FromLegacyFolder, "contoso", "fabrikam", "hub").Deletions = true
	w.session(busy.FromLegacyFolder, "hub", "fabrikam").Deletions = true
	w.session(busy.FromLegacyFolder, "fabrikam", "hub").Deletions = true
	for _, id := range []string{"fabrikam", "hub"} {
		w.org(id).contact("ann@contoso.example")
	}
	w.settle()
	bob := w.org("hub").mailbox("bob")
	w.org("hub").publish(bob, whole(on(12, 1, 9, 10)))
	w.org("fabrikam").contact("bob@hub.example")
	w.org("contoso").down = true
	w.now = w.now.AddDate(0, 1, 0) // other months are published, which the unseen does not keep up with
	for run, want := range [][]string{
		{"hub>fabrikam: + Bob <bob@hub.example>: new at the publisher"},
		nil,
		nil,
	} {
		lines, report := w.apply()
		if report.Result != "partial" || !slices.Equal(changes(lines), want) {
			t.Errorf("run %d is %s: %q", run, report.Result, lines)
		}
		for _, line := range []string{
			"contoso>hub: ! organization contoso: connection refused; nothing of this session is changed; put that right, and check it with validate --online",
			"hub>fabrikam: = ann@contoso.example: come to fabrikam from contoso, which cannot be looked at",
		} {
			if !slices.Contains(lines, line) {
				t.Errorf("run %d does not say %q, but %q", run, line, lines)
			}
		}
	}
	w.org("contoso").down = false
	w.settle()
	if _, report := w.apply(); report.Result != "complete" {
		t.Errorf("in the end the run is %s", report.Result)
	}
}

// TestWhatPassedTheUnseenIsNotTakenForGone: its user's times are not at the hub any more, and come there again.
func TestWhatPassedTheUnseenIsNotTakenForGone(t *testing.T) {
	w := newWorld(t)
	relayed(w)
	w.org("hub").mailbox("hubert")
	w.sessions[0].Deletions, w.sessions[1].Deletions = true, true
	clear(w.org("hub").folder.messages)
	w.org("contoso").down = true
	lines, _ := w.apply()
	if got := changes(lines); len(got) > 0 {
		t.Errorf("got %q", got)
	}
	w.org("contoso").down = false
	w.settle()
	if got := w.org("fabrikam").held(); len(got) != 1 {
		t.Errorf("fabrikam holds %q", got)
	}
}

// TestTheDigestTellsThatASessionIsUnseen: what is approved without it is less.
func TestTheDigestTellsThatASessionIsUnseen(t *testing.T) {
	w := newWorld(t)
	w.session(busy.FromLegacyFolder, "contoso", "fabrikam")
	_, p, _ := w.plan()
	w.org("contoso").down = true
	if _, without, _ := w.plan(); without.Digest(false) == p.Digest(false) {
		t.Error("the digests are the same")
	}
}
