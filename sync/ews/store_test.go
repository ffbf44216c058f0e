package ews_test

import (
	"fmt"
	"os"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
	"iorepl/sync/storetest"
)

// schemas is where Microsoft's schemas are, beside the project.
const schemas = "../../../shared/ews-schemas"

var linter, _ = ewstest.NewLinter(schemas)

// TestMain checks in the end that every request kept to the schemas of the version that it was written for. Files are kept in memory
// where Linux offers it, since runs of few milliseconds would wait for a disk most of the time.
func TestMain(m *testing.M) {
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); os.Getenv("TMPDIR") == "" && err == nil && info.IsDir() {
		os.Setenv("TMPDIR", memory)
	}
	code := m.Run()
	if linter == nil {
		fmt.Println("requests were not checked against Microsoft's schemas: xmllint or", schemas, "is not there")
	} else {
		for _, err := range linter.Finish() {
			fmt.Println("FAIL: a request or an answer does not keep to the schema:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// clock goes on by a second each time that it is asked, so that nothing happens at the same time.
type clock struct {
	mu stdsync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(time.Second)
	return c.t
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)} }

// profiles are the servers that are imitated.
var profiles = map[string]ewstest.Profile{"2007 SP1": ewstest.Exchange2007SP1, "2010 SP2": ewstest.Exchange2010SP2,
	"2016": ewstest.Exchange2016, "grommunio": ewstest.Grommunio}

// newServer is a server with an owner of all public folders, iorepl, whose password is secret.
func newServer(t testing.TB, o ewstest.Options) (*ewstest.Server, ews.Options) {
	t.Helper()
	if o.Now == nil {
		o.Now = newClock().now
	}
	if o.Validate == nil && linter != nil {
		o.Validate = linter.Collect
	}
	s := ewstest.New(o)
	t.Cleanup(func() {
		for _, err := range s.Invalid() {
			t.Error(err)
		}
		s.Close()
	})
	s.AddUser("iorepl", "secret", "iorepl@contoso.test")
	if err := s.SetPermission("", "iorepl@contoso.test", ewstest.Owner); err != nil {
		t.Fatal(err)
	}
	url, err := s.Start(false)
	if err != nil {
		t.Fatal(err)
	}
	return s, ews.Options{Now: o.Now, FullScan: 24 * time.Hour, Transport: transport.Config{URL: url + "/EWS/Exchange.asmx", Username: `CONTOSO\iorepl`, Password: "secret"}}
}

func openStore(t testing.TB, o ews.Options) *ews.Store {
	t.Helper()
	s, err := ews.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStoreKeepsTheContract(t *testing.T) {
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Harness {
				server, o := newServer(t, ewstest.Options{Profile: profile})
				project, err := item.ParseProperty("PublicStrings/Project:String")
				if err != nil {
					t.Fatal(err)
				}
				o.Properties = []item.Property{project}
				s := openStore(t, o)
				return storetest.Harness{Store: s, ServerTimes: true, NewKeys: true, User: person{server.User("anna@contoso.test"), profile == ewstest.Grommunio},
					Lingers: profile == ewstest.Grommunio, NoInheritance: profile == ewstest.Grommunio,
					Formats: []sync.Format{sync.MIME, sync.ICalendar, sync.VCard},
					Reopen: func(t *testing.T) sync.Store {
						_ = s.Close()
						s = openStore(t, o)
						return s
					}}
			})
		})
	}
}

// person is a user of the organization.
type person struct {
	user      *ewstest.User
	grommunio bool
}

func (p person) check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func id(it plan.Item) string {
	id, _, _ := strings.Cut(it.ID, " ")
	return id
}

func (p person) Add(t *testing.T, folder plan.Folder, name string, data []byte) {
	_, err := p.user.AddItem(folder.Path, soap.T("Message", soap.T("MimeContent", data), soap.T("ItemClass", "IPM.Note")))
	p.check(t, err)
}

func (p person) Edit(t *testing.T, folder plan.Folder, it plan.Item, data []byte) {
	element := "Message"
	if it.Class == "IPM.Post" && !p.grommunio {
		element = "PostItem"
	}
	p.check(t, p.user.EditItem(id(it), soap.T("SetItemField", soap.T("FieldURI", soap.Attr{Name: "FieldURI", Value: "item:Subject"}),
		soap.T(element, soap.T("Subject", "edited by its users "+fmt.Sprint(len(data)))))))
}

func (p person) Copy(t *testing.T, folder plan.Folder, it plan.Item, to plan.Folder) {
	_, err := p.user.CopyItem(id(it), to.Path)
	p.check(t, err)
}

func (p person) Move(t *testing.T, folder plan.Folder, it plan.Item, to plan.Folder) {
	_, err := p.user.MoveItem(id(it), to.Path)
	p.check(t, err)
}

func (p person) Remove(t *testing.T, folder plan.Folder, it plan.Item) {
	p.check(t, p.user.DeleteItem(id(it)))
}
