package freebusy_test

import (
	"testing"
	"time"

	busy "iorepl/sync/freebusy"
)

// relay is ann, who is published to hub and from there to fabrikam.
func relay(w *world) (user *person) {
	user = w.org("contoso").mailbox("ann")
	w.session(busy.FromAvailability, "contoso", "hub")
	w.session(busy.FromLegacyFolder, "hub", "fabrikam")
	w.org("contoso").publish(user, meeting)
	w.org("hub").contact("ann@contoso.example")
	w.org("fabrikam").contact("ann@contoso.example")
	return user
}

// relayed is ann after as many applies as there are links.
func relayed(w *world) (user *person) {
	user = relay(w)
	w.apply()
	w.apply()
	w.now = w.now.Add(time.Hour)
	return user
}

// ways is about more than two organizations.
func ways() []scenario {
	const through = fabrikam + "ANN-CONTOSO-EXAMPLE 2026-11-12T09:00Z contoso>hub>fabrikam"
	contact := "Contact ann@contoso.example <ann@contoso.example>"
	return []scenario{
		{name: "a chain", world: func(w *world) {
			relay(w)
			w.apply()
		}, want: []string{"hub>fabrikam: + " + contact + ": new at the publisher"}, after: []string{through}},
		{name: "a chain where both move", world: func(w *world) {
			user := relayed(w)
			w.org("contoso").publish(user, whole(on(11, 13, 9, 10)))
			w.apply("contoso-hub")
			w.now = w.now.Add(time.Hour)
			w.org("contoso").publish(user, whole(on(11, 14, 9, 10)))
		}, want: []string{"contoso>hub: ~ Ann <ann@contoso.example>: changed at the publisher", "hub>fabrikam: ~ " + contact + ": changed at the publisher"},
			after: []string{fabrikam + "ANN-CONTOSO-EXAMPLE 2026-11-14T09:00Z contoso>hub>fabrikam"}},
		{name: "never back", world: func(w *world) {
			published(w, busy.FromLegacyFolder)
			w.session(busy.FromLegacyFolder, "fabrikam", "contoso")
		}, want: []string{"fabrikam>contoso: = ann@contoso.example: came from contoso itself"}, after: []string{annThere}},
		{name: "a contact whose times somebody else brought", world: func(w *world) {
			relay(w)
			w.org("hub").publish(w.org("hub").people[0], whole())
		}, want: []string{"contoso>hub: ~ Ann <ann@contoso.example>: takes over a message that iorepl did not write",
			"hub>fabrikam: = ann@contoso.example: is a contact of hub, whose times iorepl did not bring there"},
			again: []string{"hub>fabrikam: + " + contact + ": new at the publisher"}},
		{name: "a contact whose times somebody else changed", world: func(w *world) {
			relayed(w)
			w.org("hub").publish(w.org("hub").people[0], whole())
		}, want: []string{"contoso>hub: ~ Ann <ann@contoso.example>: somebody else wrote the message",
			"hub>fabrikam: = ann@contoso.example: is a contact of hub, whose times iorepl did not bring there",
			"hub>fabrikam: = ann@contoso.example: nobody is published under this name any more; the message stays as it is"}, after: []string{through},
			again: nil},
		{name: "a contact that became a mailbox", world: func(w *world) {
			relayed(w)
			w.org("hub").people[0].kind = "UserMailbox"
			w.sessions[1].Deletions = true
		}, want: []string{"contoso>hub: = ann@contoso.example: has a mailbox there, which publishes by itself",
			"hub>fabrikam: = ann@contoso.example: stale: fabrikam keeps what it has, and there is nothing published any more at hub",
			"hub>fabrikam: = ann@contoso.example: what there is at hub came there when they had no mailbox, and is not published as theirs"}, after: []string{through}},
		{name: "two messages of one relayed user", world: func(w *world) {
			relayed(w)
			hub := w.org("hub")
			m := repeat(hub, 1)
			m.DN, m.Name = "/o=hub/ou=Main/cn=former", "USER-/CN=FORMER"
			hub.people[0].x500 = []string{m.DN}
		}, want: []string{"contoso>hub: = ann@contoso.example: nobody is published under this name any more; the message stays as it is",
			"hub>fabrikam: = ann@contoso.example: there is an older message of the same user at hub, which does not count"}, after: []string{through}},
		{name: "the direct way wins", world: func(w *world) {
			relayed(w)
			w.session(busy.FromAvailability, "contoso", "fabrikam")
		}, want: []string{"hub>fabrikam: = ann@contoso.example: session contoso-fabrikam publishes them there, from contoso",
			"contoso>fabrikam: ~ Ann <ann@contoso.example>: comes by another way"}, after: []string{annThere}},
		{name: "the direct way is that of another run", world: func(w *world) {
			relayed(w)
			w.session(busy.FromAvailability, "contoso", "fabrikam")
			w.apply()
			w.sessions = w.sessions[:2]
			w.org("contoso").publish(w.org("contoso").people[0], whole(on(11, 13, 9, 10)))
			w.apply()
		}, want: []string{"hub>fabrikam: = ann@contoso.example: they come to fabrikam from contoso, which is the shorter way"}, after: []string{annThere}},
		{name: "the direct way was given up", world: func(w *world) {
			relayed(w)
			w.session(busy.FromAvailability, "contoso", "fabrikam")
			w.apply()
			w.sessions = w.sessions[:2]
			w.now = time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
			w.apply()
		}, want: nil, after: []string{fabrikam + "ANN-CONTOSO-EXAMPLE free contoso>hub>fabrikam"}},
		{name: "a user gone behind a hub", world: func(w *world) {
			user := relayed(w)
			w.org("contoso").mailbox("zoe")
			w.org("contoso").remove(user)
			w.org("hub").mailbox("hubert")
			w.sessions[0].Deletions, w.sessions[1].Deletions = true, true
			w.apply()
		}, want: []string{"contoso>hub: = zoe@contoso.example: no contact there has their address; iorepl contacts prints what to create",
			"hub>fabrikam: - ann@contoso.example: the user is gone at the publisher",
			"hub>fabrikam: = hubert@hub.example: no contact there has their address; iorepl contacts prints what to create"}},
		{name: "a hub of which only a group is asked", world: func(w *world) {
			relayed(w)
			w.sessions[1].Deletions, w.sessions[1].AdminGroups = true, []string{"Other"}
		}, want: []string{"hub>fabrikam: = ann@contoso.example: nobody is published under this name any more; the message stays as it is"}, after: []string{through}},
		{name: "a way moves while the other ends", world: func(w *world) {
			relayed(w)
			w.org("hub").mailbox("hubert")
			w.sessions[0].Deletions, w.sessions[1].Deletions = true, true
			clear(w.org("hub").folder.messages)
			w.session(busy.FromAvailability, "contoso", "fabrikam")
			w.sessions = w.sessions[1:]
		}, want: []string{"hub>fabrikam: = hubert@hub.example: no contact there has their address; iorepl contacts prints what to create",
			"contoso>fabrikam: ~ Ann <ann@contoso.example>: comes by another way"},
			after: []string{annThere}},
	}
}

// TestAUserGoneInAMesh looks whether organizations that give to each other keep alive what none of them gets from its home any more.
func TestAUserGoneInAMesh(t *testing.T) {
	for _, days := range []int{0, 30} {
		w := newWorld(t)
		user := w.org("contoso").mailbox("ann")
		w.org("contoso").mailbox("zoe")
		w.org("contoso").publish(user, meeting)
		w.session(busy.FromLegacyFolder, "contoso", "fabrikam", "hub").Deletions = true
		w.session(busy.FromLegacyFolder, "hub", "fabrikam").Deletions = true
		w.session(busy.FromLegacyFolder, "fabrikam", "hub").Deletions = true
		for _, id := range []string{"fabrikam", "hub"} {
			w.org(id).contact("ann@contoso.example")
			w.org(id).mailbox("local")
		}
		w.settle()
		w.org("contoso").remove(user)
		w.now = w.now.AddDate(0, 0, days)
		w.settle()
		if got := append(w.org("fabrikam").held(), w.org("hub").held()...); len(got) > 0 {
			t.Errorf("after %d days there is %q", days, got)
		}
	}
}

// What an organization holds as a subscriber says nothing about what it publishes from some of its administrative groups.
func TestGroupsThatAreNotPublishedAreNotReadEither(t *testing.T) {
	w := newWorld(t)
	w.session(busy.FromLegacyFolder, "b", "a")
	w.session(busy.FromLegacyFolder, "a", "b").AdminGroups = []string{"Main"}
	a := w.org("a")
	a.folder.groups["/o=a/ou=Other"] = ""
	a.publish(&person{addresses: []string{"x@a.example"}, dn: "/o=a/ou=Other/cn=Recipients/cn=x"}, whole())
	if _, _, d := w.plan(); len(shown(d)) != 0 {
		t.Errorf("got %q", shown(d))
	}
}
