package memstore

import (
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/storetest"
)

func TestKeepsTheContract(t *testing.T) {
	for name, o := range map[string]Options{"by content": {}, "counting": {Counting: true, NewKeys: true}} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(*testing.T) storetest.Harness {
				org := New("contoso", o)
				return storetest.Harness{Store: org.Open(nil), Exact: true, CasePairs: true, User: user{org},
					Reopen: func(*testing.T) sync.Store { return org.Snapshot().Open(nil) }}
			})
		})
	}
}

// user acts for the suite.
type user struct{ org *Organization }

func (u user) check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (u user) Add(t *testing.T, f plan.Folder, name string, data []byte) {
	_, err := u.org.Post(f.Path, sync.Payload{Class: "IPM.Post", Name: name, Format: sync.MIME, Data: data})
	u.check(t, err)
}

func (u user) Edit(t *testing.T, _ plan.Folder, it plan.Item, data []byte) {
	u.check(t, u.org.Edit(it.Key, sync.Payload{Class: it.Class, Name: it.Name, Format: sync.MIME, Data: data}))
}

func (u user) Copy(t *testing.T, _ plan.Folder, it plan.Item, to plan.Folder) {
	_, err := u.org.Copy(it.Key, to.Path)
	u.check(t, err)
}

func (u user) Move(t *testing.T, _ plan.Folder, it plan.Item, to plan.Folder) {
	_, err := u.org.Move(it.Key, to.Path)
	u.check(t, err)
}

func (u user) Remove(t *testing.T, _ plan.Folder, it plan.Item) { u.check(t, u.org.Delete(it.Key)) }
