package freebusy_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan/freebusy"
	"iorepl/sync"
	busy "iorepl/sync/freebusy"
)

// scenario is a state of the world, what a plan says of it, and what there is afterwards.
type scenario struct {
	name  string
	world func(w *world)
	want  []string // lines of the plan
	after []string // messages of fabrikam: key, first busy time, stamp's way
	again []string // lines of the next plan that are changes; a complete apply leaves none
}

const (
	fabrikam = "/O=FABRIKAM/OU=MAIN/CN=RECIPIENTS/CN="
	annThere = fabrikam + "ANN-CONTOSO-EXAMPLE 2026-11-12T09:00Z contoso>contoso>fabrikam"
	created  = "+ Ann <ann@contoso.example>: new at the publisher"
)

var meeting = whole(on(11, 12, 9, 10))

// ann is a user of contoso with a contact in fabrikam.
func ann(w *world, source string) (user, contact *person) {
	c, f := w.org("contoso"), w.org("fabrikam")
	w.session(source, "contoso", "fabrikam")
	user = c.mailbox("ann")
	c.publish(user, meeting)
	return user, f.contact("ann@contoso.example")
}

// published is ann after an apply.
func published(w *world, source string) (user, contact *person) {
	user, contact = ann(w, source)
	w.apply()
	w.now = w.now.Add(time.Hour)
	return user, contact
}

// held are the messages of an organization.
func (o *org) held() (all []string) {
	for _, m := range o.folder.messages {
		first, way := "free", "nobody"
		if b := m.times.Of[freebusy.Busy]; len(b) > 0 {
			first = b[0].Start.String()
		}
		if s, err := freebusy.ParseStamp(m.Stamp); err == nil {
			way = strings.Join(slices.DeleteFunc([]string{s.Born, s.Via, s.From, s.For}, func(s string) bool { return s == "" }), ">")
		}
		all = append(all, fmt.Sprint(m.Key(), " ", first, " ", way))
	}
	slices.Sort(all)
	return all
}

// changes are the lines that are none of what is left alone or wrong.
func changes(lines []string) (all []string) {
	for _, l := range lines {
		if _, behind, ok := strings.Cut(l, ": "); strings.ContainsAny(l[:1], "+~-") || ok && strings.ContainsAny(behind[:1], "+~-") {
			all = append(all, l)
		}
	}
	return all
}

func scenarios() []scenario { return slices.Concat(matching(), sources(), vanishing(), ways()) }

func TestScenarios(t *testing.T) {
	names := map[string]bool{}
	for _, s := range scenarios() {
		if names[s.name] {
			t.Errorf("two scenarios are called %q", s.name)
		}
		names[s.name] = true
		t.Run(s.name, func(t *testing.T) {
			w := newWorld(t)
			s.world(w)
			before := w.state()
			_, _, d := w.plan()
			if diff := cmp.Diff(before, w.state()); diff != "" {
				t.Errorf("a plan writes (-before +after):\n%s", diff)
			}
			lines := shown(d)
			if diff := cmp.Diff(s.want, lines); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
			if _, report := w.apply(); report.Done != len(changes(lines)) {
				t.Errorf("%+v", report)
			}
			if diff := cmp.Diff(s.after, w.org("fabrikam").held()); diff != "" {
				t.Errorf("at fabrikam (-want +got):\n%s", diff)
			}
			_, _, d = w.plan()
			if diff := cmp.Diff(s.again, changes(shown(d))); diff != "" {
				t.Errorf("the next plan (-want +got):\n%s", diff)
			}
		})
	}
}

// errKilled is what everything answers after the program was killed.
var errKilled = errors.New("killed")

// TestKilledAtEachWrite interrupts an apply before or after each write, and looks whether the next one ends in the same place.
func TestKilledAtEachWrite(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			whole := newWorld(t)
			s.world(whole)
			whole.settle()
			want := whole.state()
			for n := 1; ; n++ {
				w := newWorld(t)
				s.world(w)
				if !killed(w, n, func() {
					w.apply()
				}) {
					return
				}
				w.settle()
				if diff := cmp.Diff(want, w.state()); diff != "" {
					t.Errorf("killed at point %d (-unkilled +killed):\n%s", n, diff)
				}
			}
		})
	}
}

// killed does something in which from the n-th point of a write on nothing works, and reports whether there were as many.
func killed(w *world, n int, do func()) bool {
	dead := false
	for _, o := range w.orgs {
		before := o.folder.fault
		o.folder.fault = func(p point) error {
			if p.op == "write" || p.op == "delete" {
				n--
			}
			if dead = dead || n <= 0; dead {
				return errKilled
			}
			if before != nil {
				return before(p)
			}
			return nil
		}
		defer func() { o.folder.fault = before }()
	}
	do()
	return dead
}

// matching is about who is whom.
func matching() []scenario {
	return []scenario{
		{name: "new", world: func(w *world) { ann(w, busy.FromLegacyFolder) }, want: []string{created}, after: []string{annThere}},
		{name: "no contact", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			w.org("fabrikam").remove(contact)
		}, want: []string{"= ann@contoso.example: no contact there has their address; iorepl contacts prints what to create"}},
		{name: "a mailbox there", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			contact.kind = "UserMailbox"
			w.org("fabrikam").publish(contact, whole(on(11, 20, 1, 2)))
		}, want: []string{"= ann@contoso.example: has a mailbox there, which publishes by itself"}, after: []string{fabrikam + "ANN-CONTOSO-EXAMPLE 2026-11-20T01:00Z nobody"}},
		{name: "a group there", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			contact.kind = "MailUniversalDistributionGroup"
		}, want: []string{"= ann@contoso.example: what has their address there is neither a contact nor a mail user"}},
		{name: "a mail user there", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			contact.kind = "MailUser"
		}, want: []string{created}, after: []string{annThere}},
		{name: "two there", world: func(w *world) {
			ann(w, busy.FromLegacyFolder)
			other := w.org("fabrikam").contact("other@contoso.example")
			other.addresses = append(other.addresses, "ann@contoso.example")
		}, want: []string{"= ann@contoso.example: more than one recipient there has their address"}},
		{name: "the DN of a mailbox", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			bob := w.org("fabrikam").mailbox("bob")
			bob.dn = strings.ToUpper(contact.dn)
			w.org("fabrikam").publish(bob, whole(on(11, 20, 1, 2)))
		}, want: []string{"= ann@contoso.example: another recipient there has the legacyExchangeDN of their contact, so that its message would be both of theirs"},
			after: []string{fabrikam + "ANN-CONTOSO-EXAMPLE 2026-11-20T01:00Z nobody"}},
		{name: "no DN", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			contact.dn = ""
		}, want: []string{"= ann@contoso.example: their contact there has no legacyExchangeDN, which Exchange gives when it is mail-enabled (Enable-MailContact, Update-Recipient)"}},
		{name: "External DN", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			contact.dn = "/o=fabrikam/ou=External (FYDIBOHF25SPDLT)/cn=Recipients/cn=ann"
			w.org("fabrikam").folder.groups["/o=fabrikam/ou=External (FYDIBOHF25SPDLT)"] = ""
		}, want: []string{"= ann@contoso.example: their contact's legacyExchangeDN lies under ou=External (FYDIBOHF25SPDLT): Exchange asks the other organization about such a contact, and never the folder"}},
		{name: "no folder of the group", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			contact.dn = "/o=fabrikam/ou=Other/cn=ann"
		}, want: []string{"= ann@contoso.example: there is no folder EX:/o=fabrikam/ou=Other there, under which their contact's free/busy would be looked up; make the contact in an administrative group that has one"}},
		{name: "a folder that cannot be read", world: func(w *world) {
			ann(w, busy.FromLegacyFolder)
			w.org("fabrikam").folder.groups["/o=fabrikam/ou=Main"] = "no right"
		}, want: []string{"= ann@contoso.example: EX:/o=fabrikam/ou=Main: no right"}},
		{name: "a group in another case", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			contact.dn = "/O=Fabrikam/OU=main/cn=ann"
			w.org("fabrikam").folder.groups = map[string]string{"/O=Fabrikam/OU=main": ""}
		}, want: []string{created}, after: []string{"/O=FABRIKAM/OU=MAIN/CN=ANN 2026-11-12T09:00Z contoso>contoso>fabrikam"}},
		{name: "by a secondary address", world: func(w *world) {
			user, contact := ann(w, busy.FromLegacyFolder)
			user.addresses = []string{"ann.new@contoso.example", "ann@contoso.example"}
			contact.addresses = []string{"x@fabrikam.example", "ann@contoso.example"}
		}, want: []string{"+ Ann <ann.new@contoso.example>: new at the publisher"}, after: []string{annThere}},
		{name: "by the map", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			contact.addresses = []string{"ann@partner.example"}
			w.sessions[0].Map = map[string]string{"@contoso.example": "@partner.example"}
		}, want: []string{created}, after: []string{annThere}},
		{name: "several users, one contact", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			w.org("contoso").publish(w.org("contoso").mailbox("bob"), whole())
			contact.addresses = append(contact.addresses, "bob@contoso.example")
		}, want: []string{"= ann@contoso.example, bob@contoso.example: the same contact of fabrikam stands for several users; give each a contact of their own"}},
		{name: "selected", world: func(w *world) {
			ann(w, busy.FromLegacyFolder)
			for _, name := range []string{"bob", "eve", "zoe"} {
				w.org("contoso").publish(w.org("contoso").mailbox(name), whole())
				w.org("fabrikam").contact(name + "@contoso.example")
			}
			w.sessions[0].Users = []string{"*@contoso.example", "nobody@contoso.example"}
			w.sessions[0].Exclude = []string{"b*@contoso.example", "eve@contoso.example", "z?e@*"}
		}, want: []string{created, "= nobody@contoso.example: is asked for, but has no mailbox in the directory of contoso"}, after: []string{annThere}},
		{name: "a slash in an address", world: func(w *world) {
			ann(w, busy.FromLegacyFolder)
			w.org("contoso").publish(w.org("contoso").mailbox("x/y"), whole())
			w.org("fabrikam").contact("x/y@contoso.example")
			w.sessions[0].Exclude = []string{"x*@contoso.example"}
		}, want: []string{created}, after: []string{annThere}},
		{name: "administrative groups", world: func(w *world) {
			user, _ := ann(w, busy.FromLegacyFolder)
			bob := w.org("contoso").mailbox("bob")
			bob.dn = "/o=contoso/ou=Other/cn=bob"
			w.org("contoso").folder.groups["/o=contoso/ou=Other"] = "no right"
			w.org("fabrikam").contact("bob@contoso.example")
			w.sessions[0].AdminGroups = []string{"main"}
			_ = user
		}, want: []string{created}, after: []string{annThere}},
		{name: "files", world: func(w *world) {
			w.org("contoso").folder.files, w.org("fabrikam").folder.files = true, true
			_, contact := ann(w, busy.FromFiles)
			contact.dn = ""
		}, want: []string{created}, after: []string{"ann@contoso.example 2026-11-12T09:00Z contoso>contoso>fabrikam"}},
		{name: "a file that cannot be read", world: func(w *world) {
			w.org("fabrikam").folder.files = true
			_, contact := ann(w, busy.FromLegacyFolder)
			w.org("fabrikam").publish(contact, whole()).Problem = "no right"
		}, want: []string{"= ann@contoso.example: the message at fabrikam: no right"}, after: []string{"ann@contoso.example free nobody"}},
	}
}

// passing are errors that may be gone the next time, lasting those that will not.
func lasting(text string) error { return sync.Errorf(sync.Refused, "%s", text) }
