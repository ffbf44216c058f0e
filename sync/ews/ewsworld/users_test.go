package ewsworld

import (
	"fmt"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
)

// users are the people of a world. They work over the store contract with rights of their own, on servers as in directories.
type users struct {
	*world
	t testing.TB
}

func (u *users) must(err error) {
	u.t.Helper()
	if err != nil {
		u.t.Fatal(err)
	}
}

func (u *users) store(org string) sync.Store {
	u.t.Helper()
	s, err := u.orgs[org].hand()
	u.must(err)
	return s
}

func (u *users) folder(org, path string) plan.Folder {
	u.t.Helper()
	all, err := u.store(org).Folders(u.t.Context())
	u.must(err)
	for _, f := range all {
		if f.Path == path {
			return f
		}
	}
	u.t.Fatalf("there is no folder %q at %s", path, org)
	return plan.Folder{}
}

func (u *users) items(org string, f plan.Folder) (all []plan.Item) {
	u.t.Helper()
	u.must(u.store(org).List(u.t.Context(), f, func(page []plan.Item) error {
		all = append(all, page...)
		return nil
	}))
	return all
}

// find is the item with a name.
func (u *users) find(org, path, name string) (plan.Folder, plan.Item) {
	u.t.Helper()
	f := u.folder(org, path)
	for _, it := range u.items(org, f) {
		if strings.TrimSuffix(it.Name, ".eml") == name {
			return f, it
		}
	}
	u.t.Fatalf("there is no item %q in %q at %s: %+v", name, path, org, u.items(org, f))
	return f, plan.Item{}
}

func (u *users) mkdir(org, path, class string) {
	u.t.Helper()
	_, err := u.store(org).CreateFolder(u.t.Context(), u.folder(org, plan.Parent(path)), plan.Base(path), class, plan.Stamp{})
	u.must(err)
	if e, ok := u.orgs[org].(*exchange); ok {
		u.must(e.grant(path))
	}
}

func (u *users) rename(org, from, to string) {
	u.t.Helper()
	f := u.folder(org, from)
	wanted := f
	wanted.Path = to
	_, err := u.store(org).UpdateFolder(u.t.Context(), f, wanted)
	u.must(err)
}

// rmdir removes a folder with all in it.
func (u *users) rmdir(org, path string) {
	u.t.Helper()
	all, err := u.store(org).Folders(u.t.Context())
	u.must(err)
	for i := len(all) - 1; i >= 0; i-- {
		if !plan.Within(all[i].Path, path) {
			continue
		}
		for _, err := range u.store(org).Delete(u.t.Context(), all[i], u.items(org, all[i])) {
			u.must(err)
		}
		u.must(u.store(org).DeleteFolder(u.t.Context(), all[i]))
	}
}

func (u *users) put(org, path string, p sync.Payload) {
	u.t.Helper()
	u.must(u.store(org).Create(u.t.Context(), u.folder(org, path), []sync.NewItem{{Payload: p}})[0].Err)
}

func (u *users) edit(org, path, name string, p sync.Payload) {
	u.t.Helper()
	f, it := u.find(org, path, name)
	u.must(u.store(org).Update(u.t.Context(), f, []sync.ItemUpdate{{Item: it, Payload: &p, Stamp: it.Stamp}})[0].Err)
}

func (u *users) remove(org, path, name string) {
	u.t.Helper()
	f, it := u.find(org, path, name)
	u.must(u.store(org).Delete(u.t.Context(), f, []plan.Item{it})[0])
}

func (u *users) move(org, path, name, to string) {
	u.t.Helper()
	f, it := u.find(org, path, name)
	u.must(u.store(org).Move(u.t.Context(), f, u.folder(org, to), []sync.ItemMove{{Item: it, Stamp: it.Stamp}})[0].Err)
}

func lines(text string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimLeft(text, "\n"), "\n", "\r\n"))
}

// message is written as servers write it, so that a file of it is equal to what comes back.
func message(name, body string) sync.Payload {
	return sync.Payload{Class: "IPM.Note", Name: name, Format: sync.MIME, Properties: map[string]string{"0x0E06:SystemTime": "2026-11-02T09:00:00Z"}, Data: lines(fmt.Sprintf(`
From: Ada <ada@contoso.example>
To: Board <board@contoso.example>
Subject: %s
Date: Mon, 02 Nov 2026 09:00:00 +0000
Message-ID: <%s@contoso.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

%s
`, name, strings.ReplaceAll(name, " ", "."), body))}
}

// series is a weekly appointment of which one occurrence was moved and one deleted, which servers take in several calls.
func series(name, body string) sync.Payload {
	return sync.Payload{Class: "IPM.Appointment", Name: name, Format: sync.ICalendar, Data: lines(fmt.Sprintf(`
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:series@contoso.example
DTSTAMP:20260101T000000Z
DTSTART:20260302T090000Z
DTEND:20260302T100000Z
RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=8
EXDATE:20260309T090000Z
SUMMARY:%s
DESCRIPTION:%s
END:VEVENT
BEGIN:VEVENT
UID:series@contoso.example
RECURRENCE-ID:20260330T090000Z
DTSTART:20260330T140000Z
DTEND:20260330T150000Z
SUMMARY:%s\, in the afternoon
DESCRIPTION:%s
END:VEVENT
END:VCALENDAR
`, name, body, name, body))}
}

// card is a contact with two files, each of which takes a call of its own.
func card(name, note string) sync.Payload {
	return sync.Payload{Class: "IPM.Contact", Name: name, Format: sync.VCard, Data: lines(fmt.Sprintf(`
BEGIN:VCARD
VERSION:4.0
FN:%s
N:Lovelace;Ada;;;
NOTE:%s
X-ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain;X-FILENAME=one.txt:aGVsbG8=
X-ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain;X-FILENAME=two.txt:d29ybGQ=
END:VCARD
`, name, note))}
}
