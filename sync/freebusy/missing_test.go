package freebusy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan/freebusy"
	busy "iorepl/sync/freebusy"
	"iorepl/sync/freebusy/contacts"
)

func TestMissingContacts(t *testing.T) {
	w := newWorld(t)
	_, contact := ann(w, busy.FromAvailability)
	w.sessions[0].Users = []string{"*@contoso.example"}
	w.sessions[0].Exclude = []string{"eve@*"}
	w.sessions[0].Map = map[string]string{"@contoso.example": "@partner.example"}
	contact.dn = ""
	c, f := w.org("contoso"), w.org("fabrikam")
	for _, name := range []string{"zoe", "bob", "eve", "al\u202Eec"} {
		c.mailbox(name)
	}
	c.contact("somebody@litware.example")
	c.mailbox("two")
	f.contact("two@contoso.example")
	f.contact("x@fabrikam.example").addresses = []string{"x@fabrikam.example", "two@contoso.example"}
	w.session(busy.FromAvailability, "contoso", "fabrikam").Users = []string{"bob@contoso.example"}
	w.sessions[1].Map = w.sessions[0].Map
	r := w.run()
	got, err := r.Missing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []contacts.Contact{{Organization: "fabrikam", Name: "Bob", Address: "bob@partner.example"}, {Organization: "fabrikam", Name: "Zoe", Address: "zoe@partner.example"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	notes := strings.Join(r.Notes(), "\n")
	for _, part := range []string{"their contact there has no legacyExchangeDN", "two@contoso.example: more than one recipient there has their address", `has characters that nobody sees`} {
		if !strings.Contains(notes, part) {
			t.Errorf("no note says %q:\n%s", part, notes)
		}
	}
	if strings.ContainsRune(notes, '\u202E') {
		t.Errorf("a note turns the text around: %q", notes)
	}
	f.directory = errors.New("no answer")
	if all, err := w.run().Missing(t.Context()); all != nil || err == nil || err.Error() != "directory of fabrikam: no answer" {
		t.Error(all, err)
	}
	w.session(busy.FromAvailability, "contoso", "litware").Users = []string{"bob@*"}
	all, err := w.run().Missing(t.Context())
	if err == nil || err.Error() != "directory of fabrikam: no answer" || len(all) != 1 || all[0].Organization != "litware" || all[0].Address != "bob@contoso.example" {
		t.Errorf("%v, and %v", all, err)
	}
}

func TestMissingContactsOfWhomAHubPassesOn(t *testing.T) {
	for name, c := range map[string]struct {
		world func(w *world)
		want  []string
	}{
		"one hub": {want: []string{"fabrikam ann@contoso.example"}},
		"two hubs": {world: func(w *world) {
			w.session(busy.FromFiles, "fabrikam", "litware")
			w.org("fabrikam").contact("ann@contoso.example")
		}, want: []string{"litware ann@contoso.example"}},
		"the hub asks the Availability service": {world: func(w *world) { w.sessions[1].Source = busy.FromAvailability }},
		"it is not selected":                    {world: func(w *world) { w.sessions[1].Users = []string{"*@hub.example"} }},
		"no contact at the hub":                 {world: func(w *world) { w.org("hub").people = nil }, want: []string{"hub ann@contoso.example"}},
		"never back, nor around": {world: func(w *world) {
			w.session(busy.FromFiles, "hub", "contoso")
			w.session(busy.FromFiles, "fabrikam", "hub")
		}, want: []string{"fabrikam ann@contoso.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			relay(w)
			w.org("fabrikam").people = nil
			if c.world != nil {
				c.world(w)
			}
			all, err := w.run().Missing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, contact := range all {
				got = append(got, contact.Organization+" "+contact.Address)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
		})
	}
}

func findings(w *world) (all []string) {
	for _, f := range w.run().Check(w.t.Context()) {
		text := f.Text
		if f.Wrong {
			text = "! " + text
		}
		all = append(all, text)
	}
	return all
}

func TestCheck(t *testing.T) {
	const way = "free_busy contoso-fabrikam, contoso -> fabrikam: "
	t.Run("before the first run", func(t *testing.T) {
		w := newWorld(t)
		ann(w, busy.FromLegacyFolder)
		w.org("contoso").mailbox("bob")
		want := []string{way + "2 users, published: 1", way + "1 user left alone: no contact there has their address; iorepl contacts prints what to create",
			way + "nobody who is busy was published yet, so that the Availability service of fabrikam could not be compared"}
		if diff := cmp.Diff(want, findings(w)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("shown as published", func(t *testing.T) {
		w := newWorld(t)
		_, contact := published(w, busy.FromLegacyFolder)
		w.org("fabrikam").answers[contact.addresses[0]] = freebusy.Slice{Times: meeting}
		want := []string{way + "1 user, published: 1", way + "the Availability service of fabrikam shows ann@contoso.example as published"}
		if diff := cmp.Diff(want, findings(w)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("shown as free", func(t *testing.T) {
		w := newWorld(t)
		_, contact := published(w, busy.FromLegacyFolder)
		w.org("fabrikam").answers[contact.addresses[0]] = freebusy.Slice{Times: whole()}
		got := findings(w)
		if len(got) != 2 || !strings.HasPrefix(got[1], "! "+way+"the Availability service of fabrikam shows ann@contoso.example as free from 2026-11-12T09:00Z to 2026-11-12T10:00Z") {
			t.Errorf("%q", got)
		}
	})
	t.Run("shown as free in a later month", func(t *testing.T) {
		w := newWorld(t)
		user, contact := ann(w, busy.FromLegacyFolder)
		w.org("contoso").publish(user, whole(on(12, 3, 9, 10)))
		w.settle()
		w.org("fabrikam").answers[contact.addresses[0]] = freebusy.Slice{Times: whole()}
		got := findings(w)
		if len(got) != 2 || !strings.HasPrefix(got[1], "! "+way+"the Availability service of fabrikam shows ann@contoso.example as free from 2026-12-03T09:00Z") {
			t.Errorf("%q", got)
		}
	})
	t.Run("without data where it is busy", func(t *testing.T) {
		w := newWorld(t)
		_, contact := published(w, busy.FromLegacyFolder)
		w.org("fabrikam").answers[contact.addresses[0]] = freebusy.Slice{Times: freebusy.Times{Start: on(11, 1, 0, 1).Start, End: on(11, 12, 0, 1).Start}}
		got := findings(w)
		if len(got) != 2 || !strings.HasPrefix(got[1], "! "+way+"the Availability service of fabrikam knows nothing about ann@contoso.example from 2026-11-12T09:00Z") {
			t.Errorf("%q", got)
		}
	})
	t.Run("not shown", func(t *testing.T) {
		w := newWorld(t)
		published(w, busy.FromLegacyFolder)
		got := findings(w)
		if len(got) != 2 || !strings.Contains(got[1], "does not show what was published about ann@contoso.example") || !strings.Contains(got[1], "-ForestName contoso.example") {
			t.Errorf("%q", got)
		}
	})
	t.Run("a shorter way", func(t *testing.T) {
		w := newWorld(t)
		user := relayed(w)
		w.org("contoso").publish(user, meeting)
		w.session(busy.FromLegacyFolder, "contoso", "fabrikam")
		got := findings(w)
		const long = "free_busy hub-fabrikam, hub -> fabrikam: "
		for _, want := range []string{way + "1 user, published: 1", long + "0 users, published: 0",
			long + "1 user left alone: session contoso-fabrikam publishes them there, from contoso"} {
			if !slices.Contains(got, want) {
				t.Errorf("no finding %q:\n%s", want, strings.Join(got, "\n"))
			}
		}
	})
	t.Run("by way of a hub", func(t *testing.T) {
		w := newWorld(t)
		relayed(w)
		want := "free_busy hub-fabrikam, hub -> fabrikam: 0 users, published: 1, 1 of them of other organizations"
		if got := findings(w); !slices.Contains(got, want) {
			t.Errorf("no finding %q:\n%s", want, strings.Join(got, "\n"))
		}
	})
	t.Run("a directory that does not answer", func(t *testing.T) {
		w := newWorld(t)
		ann(w, busy.FromLegacyFolder)
		w.org("contoso").directory = errors.New("no answer")
		if diff := cmp.Diff([]string{"! " + way + "directory of contoso: no answer"}, findings(w)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a user whose times nobody may see", func(t *testing.T) {
		w := newWorld(t)
		ann(w, busy.FromAvailability)
		ask(w, freebusy.Slice{Err: errors.New("no access")})
		w.org("contoso").publish(w.org("contoso").mailbox("bob"), meeting)
		w.org("fabrikam").contact("bob@contoso.example")
		if got := findings(w); len(got) != 3 || got[1] != way+"the times of 1 of 2 users cannot be read at contoso, as a trial: no access" {
			t.Errorf("%q", got)
		}
	})
	t.Run("a source that does not answer", func(t *testing.T) {
		w := newWorld(t)
		ann(w, busy.FromAvailability)
		ask(w, freebusy.Slice{Err: errors.New("no answer")})
		if got := findings(w); len(got) != 3 || !strings.HasPrefix(got[1], "! "+way+"reading the times of ann@contoso.example at contoso, as a trial: no answer") {
			t.Errorf("%q", got)
		}
	})
}

// TestALackOfDNsIsToldWhereOneIsNeeded: who keeps files, or is only asked for availability, needs none.
func TestALackOfDNsIsToldWhereOneIsNeeded(t *testing.T) {
	const want = "directory of fabrikam: fabrikam.csv: LegacyExchangeDN is empty in all rows"
	for name, c := range map[string]struct {
		world func(w *world)
		told  bool
	}{
		"subscriber in Exchange":  {func(w *world) { w.session(busy.FromAvailability, "contoso", "fabrikam") }, true},
		"publisher's folder":      {func(w *world) { w.session(busy.FromLegacyFolder, "fabrikam", "contoso") }, true},
		"administrative groups":   {func(w *world) { w.session(busy.FromAvailability, "fabrikam", "contoso").AdminGroups = []string{"Main"} }, true},
		"publisher that is asked": {func(w *world) { w.session(busy.FromAvailability, "fabrikam", "contoso") }, false},
		"subscriber that keeps files": {func(w *world) {
			w.session(busy.FromAvailability, "contoso", "fabrikam")
			w.org("fabrikam").folder.files = true
		}, false},
		"publisher that keeps files": {func(w *world) {
			w.session(busy.FromFiles, "fabrikam", "contoso")
			w.org("fabrikam").folder.files = true
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.world(w)
			w.org("contoso").mailbox("ann")
			w.org("fabrikam").mailbox("bob").dn = ""
			r, _, _ := w.plan()
			if got := strings.Contains(strings.Join(r.Notes(), "\n"), want); got != c.told {
				t.Errorf("told %v, want %v: %q", got, c.told, r.Notes())
			}
		})
	}
}
