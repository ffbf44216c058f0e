// Package storetest is one suite of tests that every store passes: each sentence of the contract in package sync is
// tried on it. A store's own tests call Run with a Harness that opens an empty organization.
package storetest

import (
	"fmt"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
)

// Harness is an organization with nothing in it, for one test.
type Harness struct {
	Store sync.Store

	// Reopen closes the store and opens the same organization again; nil: it cannot be done.
	Reopen func(t *testing.T) sync.Store

	// User acts as a person of the organization, past the store; nil: it cannot be done.
	User User

	// Exact says that Read gives the bytes that Create took, for items of all formats. Where it is false, a store
	// may write them in its own way, as long as content digests are stable from one Read to the next.
	Exact bool

	// ServerTimes says that the organization itself says when an item was last modified, so that Payload.Modified is lost.
	ServerTimes bool

	// NewKeys says that an item gets another key when it is moved.
	NewKeys bool

	// Lingers says that what was deleted can still be read for a while, by its id.
	Lingers bool

	// NoInheritance says that a new folder does not have its parent's permissions.
	NoInheritance bool

	// CasePairs says that two folders of one parent may differ in the case of their names alone.
	CasePairs bool

	// Formats are the formats of which items are made; empty: all.
	Formats []sync.Format
}

// User does what people do with their own programs. Items and folders are those of the last listing.
type User interface {
	Add(t *testing.T, folder plan.Folder, name string, data []byte)
	Edit(t *testing.T, folder plan.Folder, item plan.Item, data []byte)
	Copy(t *testing.T, folder plan.Folder, item plan.Item, to plan.Folder)
	Move(t *testing.T, folder plan.Folder, item plan.Item, to plan.Folder)
	Remove(t *testing.T, folder plan.Folder, item plan.Item)
}

// Run tries a store. open is called for each test.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s *suite)
	}{
		{"root", testRoot},
		{"items travel whole", testItems},
		{"items change in place", testUpdate},
		{"writes against another version are conflicts", testConflicts},
		{"what is gone is gone", testGone},
		{"deleting", testDelete},
		{"moving", testMove},
		{"listings have pages and end when told", testPages},
		{"one bad item does not stop the others", testRefused},
		{"sizes", testSizes},
		{"names of items", testItemNames},
		{"folders", testFolders},
		{"folders change", testUpdateFolder},
		{"folders are deleted when they are empty", testDeleteFolder},
		{"names of folders", testFolderNames},
		{"permissions", testPermissions},
		{"people", testUser},
		{"many at once", testConcurrent},
		{"a context that ended", testCancelled},
		{"all is kept", testReopen},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := open(t)
			s := &suite{Harness: h}
			if len(s.Formats) == 0 {
				s.Formats = []sync.Format{sync.MIME, sync.ICalendar, sync.VCard, sync.FreeBusy}
			}
			t.Cleanup(func() {
				if err := s.Store.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			test.run(t, s)
		})
	}
}

// suite is a harness with what all tests need.
type suite struct{ Harness }

var modified = time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)

// stamp is a stamp that differs for each n.
func stamp(n int) plan.Stamp {
	key := plan.Sum("storetest", fmt.Sprint(n))
	o := plan.Origin{Identity: plan.Identity{Born: "contoso", Key: key}, From: "contoso", For: "fabrikam", Pair: plan.Sum("pair")}
	return plan.Stamp{Origin: o.Encode(), Version: plan.Copied{Version: key, Content: key}.Encode()}
}

// message is a payload that differs for each n.
func message(n int) sync.Payload { return payload(sync.MIME, n) }

func payload(f sync.Format, n int) sync.Payload {
	p := sync.Payload{Format: f, Name: fmt.Sprintf("Item %d", n), Modified: modified.Add(time.Duration(n) * time.Minute)}
	switch f {
	case sync.MIME:
		p.Class = "IPM.Post"
		p.Data = fmt.Appendf(nil, "From: anna@contoso.example\r\nSubject: Item %d\r\nDate: Sat, 14 Mar 2026 15:09:26 +0000\r\n"+
			"Message-ID: <%d@contoso.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello %d\r\n", n, n, n)
	case sync.ICalendar:
		p.Class = "IPM.Appointment"
		p.Data = fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//storetest//EN\r\nBEGIN:VEVENT\r\nUID:%d@contoso.example\r\n"+
			"DTSTAMP:20260314T150926Z\r\nDTSTART:20260401T100000Z\r\nDTEND:20260401T110000Z\r\nSUMMARY:Item %d\r\n"+
			"END:VEVENT\r\nEND:VCALENDAR\r\n", n, n)
	case sync.VCard:
		p.Class = "IPM.Contact"
		p.Data = fmt.Appendf(nil, "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Item %d\r\nEMAIL:%d@contoso.example\r\nEND:VCARD\r\n", n, n)
	case sync.FreeBusy:
		p.Class = "IPM.Microsoft.ScheduleData.FreeBusy"
		p.Data = fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//storetest//EN\r\nBEGIN:VFREEBUSY\r\nUID:%d\r\n"+
			"DTSTAMP:20260314T150926Z\r\nDTSTART:20260401T000000Z\r\nDTEND:20260501T000000Z\r\n"+
			"FREEBUSY;FBTYPE=BUSY:20260401T100000Z/20260401T110000Z\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n", n)
	}
	return p
}

func (s *suite) folders(t *testing.T) map[string]plan.Folder {
	t.Helper()
	list, err := s.Store.Folders(t.Context())
	if err != nil {
		t.Fatalf("Folders: %v", err)
	}
	m := map[string]plan.Folder{}
	for _, f := range list {
		if _, ok := m[f.Path]; ok {
			t.Fatalf("Folders: two have the path %q", f.Path)
		}
		m[f.Path] = f
	}
	return m
}

func (s *suite) root(t *testing.T) plan.Folder {
	t.Helper()
	f, ok := s.folders(t)[""]
	if !ok {
		t.Fatal("Folders: there is no root")
	}
	return f
}

func (s *suite) makeFolder(t *testing.T, parent plan.Folder, name string) plan.Folder {
	t.Helper()
	f, err := s.Store.CreateFolder(t.Context(), parent, name, "IPF.Note", plan.Stamp{})
	if err != nil {
		t.Fatalf("CreateFolder %q below %q: %v", name, parent.Path, err)
	}
	return f
}

func (s *suite) list(t *testing.T, f plan.Folder) map[plan.Digest]plan.Item {
	t.Helper()
	m := map[plan.Digest]plan.Item{}
	err := s.Store.List(t.Context(), f, func(items []plan.Item) error {
		for _, it := range items {
			if old, ok := m[it.Key]; ok {
				t.Errorf("List %q: items %q and %q have one key", f.Path, old.Name, it.Name)
			}
			m[it.Key] = it
		}
		return nil
	})
	if err != nil {
		t.Fatalf("List %q: %v", f.Path, err)
	}
	return m
}

func (s *suite) create(t *testing.T, f plan.Folder, items ...sync.NewItem) []plan.Item {
	t.Helper()
	var made []plan.Item
	for i, r := range s.Store.Create(t.Context(), f, items) {
		if r.Err != nil {
			t.Fatalf("Create %q: %v", items[i].Name, r.Err)
		}
		made = append(made, r.Item)
	}
	if len(made) != len(items) {
		t.Fatalf("Create: %d results for %d items", len(made), len(items))
	}
	return made
}

func (s *suite) read(t *testing.T, f plan.Folder, it plan.Item) sync.Payload {
	t.Helper()
	r := s.Store.Read(t.Context(), f, []plan.Item{it})
	if len(r) != 1 || r[0].Err != nil {
		t.Fatalf("Read %q: %+v", it.Name, r)
	}
	return r[0].Payload
}

// same compares what a listing says of an item with what a write said.
func same(t *testing.T, what string, got, want plan.Item) {
	t.Helper()
	if got.ID != want.ID || got.Key != want.Key || got.Version != want.Version || got.Class != want.Class || got.Stamp != want.Stamp ||
		got.Name != want.Name || !got.Modified.Equal(want.Modified) || got.Problem != want.Problem {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// listed is the item of that key, as the listing has it.
func (s *suite) listed(t *testing.T, f plan.Folder, it plan.Item) plan.Item {
	t.Helper()
	got, ok := s.list(t, f)[it.Key]
	if !ok {
		t.Fatalf("List %q: item %q (%v) is missing", f.Path, it.Name, it.Key)
	}
	return got
}
