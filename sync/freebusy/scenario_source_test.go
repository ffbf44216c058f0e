package freebusy_test

import (
	"errors"
	"time"

	"iorepl/plan/freebusy"
	busy "iorepl/sync/freebusy"
)

// ask sets what the Availability service of contoso says of ann.
func ask(w *world, s freebusy.Slice) { w.org("contoso").answers["ann@contoso.example"] = s }

// sources is about whose times are taken, and what is done if there are none.
func sources() []scenario {
	later := whole(on(11, 13, 9, 10))
	newer := fabrikam + "ANN-CONTOSO-EXAMPLE 2026-11-13T09:00Z contoso>contoso>fabrikam"
	return []scenario{
		{name: "availability", world: func(w *world) { ann(w, busy.FromAvailability) }, want: []string{created}, after: []string{annThere}},
		{name: "changed", world: func(w *world) {
			user, _ := published(w, busy.FromAvailability)
			w.org("contoso").publish(user, later)
		}, want: []string{"~ Ann <ann@contoso.example>: changed at the publisher"}, after: []string{newer}},
		{name: "unchanged", world: func(w *world) { published(w, busy.FromAvailability) }, after: []string{annThere}},
		{name: "unknown", world: func(w *world) {
			ann(w, busy.FromAvailability)
			ask(w, freebusy.Slice{Err: lasting("no such user")})
		}, want: []string{"= ann@contoso.example: nothing is known of their times: no such user"}},
		{name: "stale", world: func(w *world) {
			published(w, busy.FromAvailability)
			ask(w, freebusy.Slice{Err: lasting("no such user")})
		}, want: []string{"= ann@contoso.example: stale: fabrikam keeps what it has: no such user"}, after: []string{annThere}},
		{name: "stale for now", world: func(w *world) {
			published(w, busy.FromAvailability)
			w.sessions[0].Deletions = true
			ask(w, freebusy.Slice{Err: errors.New("timeout")})
		}, want: []string{"! ann@contoso.example: stale: fabrikam keeps what it has: timeout"}, after: []string{annThere}},
		{name: "published long ago", world: func(w *world) {
			user, _ := published(w, busy.FromLegacyFolder)
			w.org("contoso").publish(user, freebusy.NewTimes(on(1, 1, 0, 1).Start, on(2, 1, 0, 1).Start, [freebusy.Kinds][]freebusy.Interval{}))
		}, want: []string{"= ann@contoso.example: stale: fabrikam keeps what it has: what is published is about 2026-01-01 to 2026-02-01 only"}, after: []string{annThere}},
		{name: "published for the far future", world: func(w *world) {
			user, _ := ann(w, busy.FromLegacyFolder)
			w.org("contoso").publish(user, freebusy.NewTimes(on(240, 1, 0, 1).Start, on(241, 1, 0, 1).Start, [freebusy.Kinds][]freebusy.Interval{}))
		}, want: []string{"= ann@contoso.example: nothing is known of their times: what is published is about 2045-12-01 to 2046-01-01 only"}},
		{name: "published nothing", world: func(w *world) {
			ann(w, busy.FromLegacyFolder)
			clear(w.org("contoso").folder.messages)
		}, want: []string{"= ann@contoso.example: has published nothing at contoso"}},
		{name: "published nothing any more", world: func(w *world) {
			published(w, busy.FromLegacyFolder)
			clear(w.org("contoso").folder.messages)
			w.sessions[0].Deletions = true
		}, want: []string{"= ann@contoso.example: stale: fabrikam keeps what it has, and there is nothing published any more at contoso"}, after: []string{annThere}},
		{name: "two messages for one user", world: func(w *world) {
			user, _ := ann(w, busy.FromLegacyFolder)
			m := *w.org("contoso").publish(user, later)
			m.Published, m.times = m.Published-100, meeting
			w.org("contoso").folder.add(m)
		}, want: []string{"+ Ann <ann@contoso.example>: new at the publisher", "= ann@contoso.example: there is an older message of the same user at contoso, which does not count"},
			after: []string{newer}},
		{name: "under a former DN", world: func(w *world) {
			user, _ := ann(w, busy.FromLegacyFolder)
			user.x500, user.dn = []string{user.dn}, "/o=contoso/ou=New/cn=ann"
		}, want: []string{created}, after: []string{annThere}},
		{name: "the former DN of somebody else", world: func(w *world) {
			user, _ := ann(w, busy.FromLegacyFolder)
			aaron := w.org("contoso").mailbox("aaron") // comes first
			aaron.x500 = []string{user.dn}
			w.org("fabrikam").contact("aaron@contoso.example")
		}, want: []string{created, "= aaron@contoso.example: has published nothing at contoso"}, after: []string{annThere}},
		{name: "a DN that two have", world: func(w *world) {
			user, _ := ann(w, busy.FromLegacyFolder)
			bob := w.org("contoso").mailbox("bob")
			bob.dn = user.dn
			w.org("fabrikam").contact("bob@contoso.example")
		}, want: []string{"= ann@contoso.example, bob@contoso.example: has published nothing at contoso",
			"= USER-/CN=RECIPIENTS/CN=ANN-CONTOSO-EXAMPLE: the directory of contoso knows several of this name, so that it cannot be told whose times they are"}},
		{name: "a subject of nobody", world: func(w *world) {
			ann(w, busy.FromLegacyFolder)
			m := w.org("contoso").publish(&person{addresses: []string{"x"}, dn: "/o=contoso/ou=Main/cn=x"}, whole())
			m.Name, m.DN, m.Problem = "Hello", "", "its subject is that of no user"
			w.org("contoso").publish(&person{addresses: []string{"y"}, dn: "/o=contoso/ou=Main/cn=gone"}, whole())
		}, want: []string{created, "= Hello: its subject is that of no user", "= USER-/CN=GONE: the directory of contoso knows nobody of this name"}, after: []string{annThere}},
		{name: "a damaged message", world: func(w *world) {
			user, _ := published(w, busy.FromLegacyFolder)
			w.org("contoso").publish(user, later).err = lasting("odd blocks")
		}, want: []string{"= ann@contoso.example: stale: fabrikam keeps what it has: odd blocks"}, after: []string{annThere}},
		{name: "a folder of the publisher that cannot be read", world: func(w *world) {
			published(w, busy.FromLegacyFolder)
			w.sessions[0].Deletions = true
			w.org("contoso").folder.groups["/o=contoso/ou=A"] = ""
			w.org("contoso").publish(&person{addresses: []string{"x"}, dn: "/o=contoso/ou=A/cn=x"}, whole())
			w.org("contoso").folder.groups["/o=contoso/ou=Main"] = "no right"
		}, want: []string{"! organization contoso: /o=contoso/ou=Main: no right"}, after: []string{annThere}},
		{name: "the next month", world: func(w *world) {
			published(w, busy.FromAvailability)
			w.now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
		}, want: []string{"~ Ann <ann@contoso.example>: other months are published"}, after: []string{fabrikam + "ANN-CONTOSO-EXAMPLE free contoso>contoso>fabrikam"}},
		{name: "the last minute of a month", world: func(w *world) {
			published(w, busy.FromAvailability)
			w.now = time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC)
		}, after: []string{annThere}},
	}
}

// repeat adds what a create made whose answer was lost, some minutes before.
func repeat(o *org, before freebusy.Minute) *message {
	m := *o.folder.messages[1]
	s, _ := freebusy.ParseStamp(m.Stamp)
	s.Written -= before
	m.Published, m.Stamp = s.Written, s.Encode()
	return o.folder.add(m)
}

// vanishing is about what is at the subscriber already.
func vanishing() []scenario {
	const left = `= ann@contoso.example: left behind by a user or contact that is gone; deletions = "items" would remove it`
	// others keep the publisher from being empty.
	others := func(w *world) { w.org("contoso").mailbox("zoe").kind = "RoomMailbox" }
	zoe := "= zoe@contoso.example: no contact there has their address; iorepl contacts prints what to create"
	return []scenario{
		{name: "the original tool's message", world: func(w *world) {
			_, contact := ann(w, busy.FromLegacyFolder)
			w.org("fabrikam").publish(contact, whole(on(11, 20, 1, 2)))
		}, want: []string{"~ Ann <ann@contoso.example>: takes over a message that iorepl did not write"}, after: []string{annThere}},
		{name: "somebody else wrote the message", world: func(w *world) {
			_, contact := published(w, busy.FromLegacyFolder)
			w.org("fabrikam").publish(contact, whole(on(11, 20, 1, 2)))
		}, want: []string{"~ Ann <ann@contoso.example>: somebody else wrote the message"}, after: []string{annThere}},
		{name: "a newer stamp", world: func(w *world) {
			published(w, busy.FromLegacyFolder)
			for _, m := range w.org("fabrikam").folder.messages {
				m.Stamp = "2;whatever"
			}
		}, want: []string{"= ann@contoso.example: the message at fabrikam: it was written by a newer version of iorepl"}, after: []string{fabrikam + "ANN-CONTOSO-EXAMPLE 2026-11-12T09:00Z nobody"}},
		{name: "a repeated create", world: func(w *world) {
			published(w, busy.FromLegacyFolder)
			repeat(w.org("fabrikam"), 5)
		}, want: []string{"- USER-/CN=RECIPIENTS/CN=ANN-CONTOSO-EXAMPLE: there are two; the one published last stays"}, after: []string{annThere}},
		{name: "doubles of others", world: func(w *world) {
			_, contact := published(w, busy.FromLegacyFolder)
			f := w.org("fabrikam")
			for _, p := range []*person{contact, f.mailbox("local")} {
				m := *f.publish(&person{addresses: []string{"x"}, dn: p.dn + "x"}, whole())
				m.DN, m.Name, m.Published = p.dn, subject(p.dn), m.Published-500
				f.folder.add(m)
				f.folder.add(m)
				delete(f.folder.messages, m.id)
			}
		}, want: []string{"= USER-/CN=RECIPIENTS/CN=ANN-CONTOSO-EXAMPLE, USER-/CN=RECIPIENTS/CN=ANN-CONTOSO-EXAMPLE: there are two messages for one user, and iorepl did not write the older one"},
			after: []string{annThere, fabrikam + "ANN-CONTOSO-EXAMPLE free nobody", fabrikam + "ANN-CONTOSO-EXAMPLE free nobody",
				fabrikam + "LOCAL-FABRIKAM-EXAMPLE free nobody", fabrikam + "LOCAL-FABRIKAM-EXAMPLE free nobody"}},
		{name: "doubles while the publisher does not answer", world: func(w *world) {
			published(w, busy.FromLegacyFolder)
			repeat(w.org("fabrikam"), 5)
			w.org("contoso").folder.fault = func(p point) error {
				if p.op == "list" && p.when == "after" {
					return errors.New("timeout")
				}
				return nil
			}
		}, want: []string{"! organization contoso: timeout"}, after: []string{annThere, annThere}},
		{name: "the user is gone", world: func(w *world) {
			user, _ := published(w, busy.FromLegacyFolder)
			others(w)
			w.org("contoso").remove(user)
			clear(w.org("contoso").folder.messages)
		}, want: []string{left, zoe}, after: []string{annThere}},
		{name: "the user is gone and goes there", world: func(w *world) {
			user, _ := published(w, busy.FromLegacyFolder)
			others(w)
			w.org("contoso").remove(user)
			clear(w.org("contoso").folder.messages)
			w.sessions[0].Deletions = true
		}, want: []string{"- ann@contoso.example: the user is gone at the publisher", zoe}},
		{name: "the user's row is damaged", world: func(w *world) {
			user, _ := published(w, busy.FromLegacyFolder)
			others(w)
			w.org("contoso").remove(user)
			w.org("contoso").damaged = "Ann \"the\" one,UserMailbox,ann@contoso.example,,\n"
			clear(w.org("contoso").folder.messages)
			w.sessions[0].Deletions = true
		}, want: []string{"= ann@contoso.example: looks left behind, and stays: the directory of contoso has rows that cannot be read (1), and the one that is missing may be among them; correct them", zoe},
			after: []string{annThere}},
		{name: "the contact's row is damaged", world: func(w *world) {
			_, contact := published(w, busy.FromLegacyFolder)
			w.org("fabrikam").remove(contact)
			w.org("fabrikam").damaged = "Ann, contoso,MailContact,ann@contoso.example,x,y\n"
			w.sessions[0].Deletions = true
		}, want: []string{"= USER-/CN=RECIPIENTS/CN=ANN-CONTOSO-EXAMPLE: looks left behind, and stays: the directory of fabrikam has rows that cannot be read (1), and the one that is missing may be among them; correct them",
			"= ann@contoso.example: no contact there has their address; iorepl contacts prints what to create"},
			after: []string{annThere}},
		{name: "of two sessions one keeps", world: func(w *world) {
			user, _ := published(w, busy.FromLegacyFolder)
			others(w)
			w.org("contoso").remove(user)
			clear(w.org("contoso").folder.messages)
			w.sessions[0].Deletions, w.sessions[0].Users = true, []string{"a*"}
			w.session(busy.FromLegacyFolder, "contoso", "fabrikam").Users = []string{"b*"}
		}, want: []string{"contoso>fabrikam: " + left}, after: []string{annThere}},
		{name: "two sessions between two organizations", world: func(w *world) {
			published(w, busy.FromLegacyFolder)
			others(w)
			w.sessions[0].Users = []string{"a*"}
			w.sessions[0].Deletions = true
			s := w.session(busy.FromAvailability, "contoso", "fabrikam")
			s.Users, s.Deletions = []string{"b*"}, true
		}, after: []string{annThere}},
		{name: "the contact is gone", world: func(w *world) {
			_, contact := published(w, busy.FromLegacyFolder)
			w.org("fabrikam").remove(contact)
			w.sessions[0].Deletions = true
		}, want: []string{"- USER-/CN=RECIPIENTS/CN=ANN-CONTOSO-EXAMPLE: no contact has this name any more",
			"= ann@contoso.example: no contact there has their address; iorepl contacts prints what to create"}},
		{name: "the contact has another DN", world: func(w *world) {
			_, contact := published(w, busy.FromLegacyFolder)
			contact.dn, contact.x500 = "/o=fabrikam/ou=Main/cn=new", []string{contact.dn}
			w.sessions[0].Deletions = true
		}, want: []string{created, "= ann@contoso.example: nobody is published under this name any more; the message stays as it is"},
			after: []string{"/O=FABRIKAM/OU=MAIN/CN=NEW 2026-11-12T09:00Z contoso>contoso>fabrikam", annThere}},
		{name: "the contact became a mailbox", world: func(w *world) {
			_, contact := published(w, busy.FromLegacyFolder)
			contact.kind = "UserMailbox"
			w.sessions[0].Deletions = true
		}, want: []string{"= ann@contoso.example: has a mailbox there, which publishes by itself"}, after: []string{annThere}},
		{name: "the contact was merged into a mailbox", world: func(w *world) {
			_, contact := published(w, busy.FromLegacyFolder)
			w.org("fabrikam").remove(contact)
			local := w.org("fabrikam").mailbox("local")
			local.x500, local.addresses = []string{contact.dn}, append(local.addresses, "ann@contoso.example")
			w.sessions[0].Deletions = true
		}, want: []string{"= local@fabrikam.example: has a mailbox in fabrikam now, which publishes by itself",
			"= ann@contoso.example: has a mailbox there, which publishes by itself"}, after: []string{annThere}},
		{name: "not selected any more", world: func(w *world) {
			published(w, busy.FromLegacyFolder)
			w.sessions[0].Exclude = []string{"ann@*"}
			w.sessions[0].Deletions = true
		}, want: []string{"= ann@contoso.example: nobody is published under this name any more; the message stays as it is"}, after: []string{annThere}},
	}
}
