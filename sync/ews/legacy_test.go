package ews_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	model "iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
)

// old are the servers that have a free/busy folder.
var old = map[string]ewstest.Profile{"2007 SP1": ewstest.Exchange2007SP1, "2010 SP2": ewstest.Exchange2010SP2}

// legacy is an organization's free/busy folder with one administrative group, and the server.
type legacy struct {
	*testing.T
	server  *ewstest.Server
	options ews.Options
	store   *ews.Store
	folder  *ews.LegacyFreeBusy
	group   model.Group
}

const (
	groupName  = "/o=First Organization/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)"
	groupPath  = "NON_IPM_SUBTREE/SCHEDULE+ FREE BUSY/EX:%2Fo=First Organization%2Fou=Exchange Administrative Group (FYDIBOHF23SPDLT)"
	grantee    = "iorepl@contoso.test"
	busyFolder = "NON_IPM_SUBTREE/SCHEDULE+ FREE BUSY"
)

func newLegacy(t *testing.T, o ewstest.Options) *legacy {
	t.Helper()
	l := &legacy{T: t}
	l.server, l.options = newServer(t, o)
	hurry(&l.options)
	if err := l.server.SetPermission(groupPath, grantee, ewstest.Owner); err != nil {
		t.Fatal(err)
	}
	l.open()
	groups, err := l.folder.Groups(t.Context())
	if err != nil || len(groups) == 0 {
		t.Fatal(groups, err)
	}
	for _, g := range groups {
		if g.Name == groupName {
			l.group = g
		}
	}
	return l
}

// hurry lets waiting for a server take no time.
func hurry(o *ews.Options) {
	c := newClock()
	o.Transport.Now, o.Transport.Sleep = c.now, c.sleep
}

func (l *legacy) open() {
	l.Helper()
	l.store = openStore(l, l.options)
	l.Cleanup(func() { _ = l.store.Close() })
	l.folder = l.store.LegacyFreeBusy()
}

func dn(name string) string { return groupName + "/cn=Recipients/cn=" + name }

func minute(text string) model.Minute {
	t, err := time.Parse("2006-01-02T15:04Z", text)
	if err != nil {
		panic(err)
	}
	return model.MinuteOf(t)
}

// between are intervals, each as "from/to".
func between(texts ...string) (all []model.Interval) {
	for _, text := range texts {
		from, to, _ := strings.Cut(text, "/")
		all = append(all, model.Interval{Start: minute(from), End: minute(to)})
	}
	return all
}

func times(from, to string, busy, tentative, away []model.Interval) model.Times {
	return model.NewTimes(minute(from), minute(to), [model.Kinds][]model.Interval{busy, tentative, away})
}

// entry is what is written for a user.
func (l *legacy) entry(name string, t model.Times) model.Entry {
	return model.Entry{Group: l.group, DN: dn(name), Address: name + "@fabrikam.test", Times: t, Written: minute("2026-11-02T08:00Z"),
		Stamp: model.Stamp{Born: "fabrikam", From: "fabrikam", For: "contoso", User: model.UserKey(name + "@fabrikam.test"), Content: t.Digest(), Written: minute("2026-11-02T08:00Z")}}
}

func (l *legacy) write(entries ...model.Entry) {
	l.Helper()
	for i, err := range l.folder.Write(l.Context(), entries) {
		if err != nil {
			l.Fatalf("%s: %v", entries[i].DN, err)
		}
	}
}

func (l *legacy) list() (all []model.Message) {
	l.Helper()
	if err := l.folder.List(l.Context(), l.group, func(page []model.Message) error {
		all = append(all, page...)
		return nil
	}); err != nil {
		l.Fatal(err)
	}
	return all
}

// one is the only message there is.
func (l *legacy) one() model.Message {
	l.Helper()
	all := l.list()
	if len(all) != 1 {
		l.Fatalf("%d messages: %+v", len(all), all)
	}
	return all[0]
}

func (l *legacy) entries() []ewstest.Entry {
	l.Helper()
	all, err := l.server.Items(groupPath)
	if err != nil {
		l.Fatal(err)
	}
	return all
}

// property is what the server holds of a message, as EWS writes it; arrays with a semicolon between their values.
func (l *legacy) property(id, tag, kind string) string {
	l.Helper()
	it, err := l.server.Item(id)
	if err != nil {
		l.Fatal(err)
	}
	v, ok := it.Property(tagged(tag, kind))
	if !ok {
		return "none"
	}
	return v.String()
}

func tagged(tag, kind string) *soap.Element {
	return soap.T("ExtendedFieldURI", soap.Attr{Name: "PropertyTag", Value: tag}, soap.Attr{Name: "PropertyType", Value: kind})
}

func (l *legacy) count(operation string) int { return operations(l.server.Log())[operation] }

var meeting = between("2026-11-03T09:00Z/2026-11-03T10:30Z")

// november are three months with a meeting and a night shift over the month's end.
func november() model.Times {
	return times("2026-11-01T00:00Z", "2027-02-01T00:00Z", between("2026-11-03T09:00Z/2026-11-03T10:30Z", "2026-11-30T22:00Z/2026-12-01T02:00Z"), nil, nil)
}

func TestLegacyMessageHoldsWhatTheReferenceSays(t *testing.T) {
	for name, profile := range old {
		t.Run(name, func(t *testing.T) {
			l := newLegacy(t, ewstest.Options{Profile: profile})
			l.write(l.entry("Anna", november()))
			id := l.entries()[0].ID
			for _, c := range []struct{ tag, kind, want string }{
				{"0x684F", "IntegerArray", "32427;32428"}, {"0x6850", "BinaryArray", "XA22DUiowKg=;AAB4AA=="},
				{"0x6853", "IntegerArray", "32427;32428"}, {"0x6854", "BinaryArray", "XA22DUiowKg=;AAB4AA=="},
				{"0x6851", "IntegerArray", "none"}, {"0x6852", "BinaryArray", "none"}, {"0x6855", "IntegerArray", "none"}, {"0x6856", "BinaryArray", "none"},
				{"0x6847", "Integer", "223966080"}, {"0x6848", "Integer", "224098560"}, {"0x6868", "SystemTime", "2026-11-02T08:00:00Z"},
				{"0x6849", "String", dn("Anna")}, {"0x6841", "Integer", "0"}, {"0x0037", "String", "USER-/CN=RECIPIENTS/CN=ANNA"}, {"0x001A", "String", "IPM.Post"},
				{"0x6842", "Boolean", "none"}, {"0x6846", "Boolean", "none"}, {"0x686A", "Binary", "none"}, {"0x686C", "Binary", "none"},
			} {
				if got := l.property(id, c.tag, c.kind); got != c.want {
					t.Errorf("%s is %s, want %s", c.tag, got, c.want)
				}
			}
			m := l.one()
			e := l.entry("Anna", november())
			want := model.Message{Ref: m.Ref, Group: groupName, DN: dn("Anna"), Name: "USER-/CN=RECIPIENTS/CN=ANNA", Published: e.Written,
				Start: november().Start, End: november().End, Stamp: e.Stamp.Encode()}
			if diff := cmp.Diff(want, m); diff != "" {
				t.Errorf("listed (-want +got):\n%s", diff)
			}
			s := l.folder.Read(t.Context(), []model.Message{m})[0]
			if s.Err != nil || !s.Times.Equal(november()) || len(s.Notes) > 0 {
				t.Errorf("read %+v", s)
			}
			if n := l.count("CreateItem"); n != 1 {
				t.Errorf("%d requests make a message", n)
			}
		})
	}
}

func TestLegacyUpdateReplacesAllOfAMessage(t *testing.T) {
	for name, profile := range old {
		t.Run(name, func(t *testing.T) {
			l := newLegacy(t, ewstest.Options{Profile: profile})
			l.write(l.entry("anna", times("2026-11-01T00:00Z", "2027-02-01T00:00Z", meeting, between("2026-11-04T09:00Z/2026-11-04T10:00Z"), between("2026-12-24T00:00Z/2027-01-02T00:00Z"))))
			m := l.one()
			id := l.entries()[0].ID
			// Outlook's subjects are in upper case, those of other writers need not be.
			if err := l.server.User("anna@contoso.test").EditItem(id, setField("item:Subject", "PostItem", soap.T("Subject", "USER-/cn=Recipients/cn=Anna"))); err != nil {
				t.Fatal(err)
			}
			if errs := l.folder.Write(t.Context(), []model.Entry{{Message: &m, DN: dn("anna"), Times: november()}}); !sync.IsConflict(errs[0]) {
				t.Fatalf("what was rewritten meanwhile is replaced: %v", errs)
			}
			m = l.one()
			e := l.entry("anna", times("2026-12-01T00:00Z", "2027-03-01T00:00Z", nil, nil, between("2026-12-31T23:30Z/2027-01-01T00:30Z")))
			e.Message = &m
			l.write(e)
			if now := l.entries(); len(now) != 1 || now[0].ID != id || now[0].Subject != "USER-/CN=RECIPIENTS/CN=ANNA" {
				t.Errorf("not in place: %+v", now)
			}
			// 31 December 23:30 is minute 30*1440+23*60+30 = 44610 = 0xAE42, the month ends at 44640 = 0xAE60.
			for _, c := range []struct{ tag, kind, want string }{
				{"0x684F", "IntegerArray", "32428;32433"}, {"0x6850", "BinaryArray", "Qq5grg==;AAAeAA=="}, {"0x6851", "IntegerArray", "none"}, {"0x6852", "BinaryArray", "none"},
				{"0x6853", "IntegerArray", "none"}, {"0x6854", "BinaryArray", "none"}, {"0x6855", "IntegerArray", "32428;32433"},
			} {
				if got := l.property(id, c.tag, c.kind); got != c.want {
					t.Errorf("%s is %s, want %s", c.tag, got, c.want)
				}
			}
			if s := l.folder.Read(t.Context(), l.list())[0]; s.Err != nil || !s.Times.Equal(e.Times) {
				t.Errorf("read %+v, want %+v", s, e.Times)
			}
		})
	}
}

func TestLegacyTimesSurvive(t *testing.T) {
	l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2010SP2})
	for i, want := range []model.Times{
		times("2026-03-01T00:00Z", "2026-05-01T00:00Z", between("2026-03-29T00:30Z/2026-03-29T02:30Z"), nil, nil), // clocks go forward in Europe
		times("2026-10-01T00:00Z", "2026-12-01T00:00Z", between("2026-10-25T00:30Z/2026-10-25T02:30Z"), nil, nil), // and back
		times("2028-02-01T00:00Z", "2028-04-01T00:00Z", between("2028-02-29T23:00Z/2028-03-01T01:00Z"), nil, nil),
		times("2026-12-01T00:00Z", "2027-03-01T00:00Z", between("2026-12-31T22:00Z/2027-01-01T03:00Z"), between("2026-12-15T00:00Z/2027-02-15T00:00Z"), nil),
		times("2026-11-01T00:00Z", "2026-12-01T00:00Z", nil, nil, nil),
	} {
		e := l.entry(fmt.Sprintf("user%d", i), want)
		l.write(e)
		all := l.list()
		if s := l.folder.Read(t.Context(), all[len(all)-1:])[0]; s.Err != nil || !s.Times.Equal(want) {
			t.Errorf("wrote %+v\nread %+v", want, s)
		}
	}
}
