package ewstest

import (
	"reflect"
	"testing"
)

func TestIDsCarryWhatTheyName(t *testing.T) {
	for _, p := range []Profile{Exchange2016, Grommunio} {
		s := New(Options{Profile: p})
		s.AddUser("anna", "x", "anna@contoso.test")
		for _, st := range []*store{s.public, s.accounts[0].mailbox} {
			for _, r := range []ref{{folder: 7}, {folder: 7, item: 0x0101020304}, {folder: 1, item: 2, occurrence: 300}, {folder: 1, item: 2, attachments: []int{0, 5, 70000}},
				{folder: 1, item: 2, occurrence: 1, attachments: []int{1}}} {
				r.store = st.guid
				id := s.encode(st, r)
				got, err := s.decode(id)
				if err != nil || !reflect.DeepEqual(got, r) {
					t.Errorf("%s: %+v came back from %s as %+v, %v", p, r, id, got, err)
				}
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	s := New(Options{Profile: Exchange2016})
	f.Add(s.encode(s.public, ref{folder: 7, item: 9}))
	f.Add("AQEA")
	f.Fuzz(func(t *testing.T, id string) {
		if r, err := s.decode(id); err == nil && r.folder == 0 && r.item == 0 && len(r.attachments) > 255 {
			t.Errorf("%s is read as %+v", id, r)
		}
	})
}
