package ews_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	model "iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
)

// put makes a message as another program does.
func (l *legacy) put(subject string, properties ...*soap.Element) string {
	l.Helper()
	id, err := l.server.User("anna@contoso.test").AddItem(groupPath, soap.T("PostItem", soap.T("ItemClass", "IPM.Post"), soap.T("Subject", subject), properties))
	if err != nil {
		l.Fatal(err)
	}
	return id
}

func extended(tag, kind string, values ...string) *soap.Element {
	e := soap.T("ExtendedProperty", tagged(tag, kind))
	if !strings.HasSuffix(kind, "Array") {
		return soap.T("ExtendedProperty", tagged(tag, kind), soap.T("Value", values[0]))
	}
	list := soap.T("Values")
	for _, v := range values {
		list.Add(soap.T("Value", v))
	}
	e.Add(list)
	return e
}

// published is a range from November 2026 to January 2027.
func published() []*soap.Element {
	return []*soap.Element{extended("0x6847", "Integer", "223966080"), extended("0x6848", "Integer", "224098560")}
}

func TestLegacyOddMessagesAreToldApart(t *testing.T) {
	l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2010SP2})
	l.put("Out of office assistant")
	l.put("USER-nobody")
	l.put("user-/cn=Recipients/cn=lower", append(published(), extended("0x6849", "String", dn("Lower")))...)
	l.put("USER-/CN=RECIPIENTS/CN=MOVED", append(published(), extended("0x6849", "String", dn("Other")))...)
	l.put("USER-/CN=RECIPIENTS/CN=OUTLOOK", append(published(), extended("0x6853", "IntegerArray", "32427"), extended("0x6854", "BinaryArray", "XA22DUio9AA="))...)
	l.put("USER-/CN=RECIPIENTS/CN=ODD", append(published(), extended("0x6853", "IntegerArray", "32427"), extended("0x6854", "BinaryArray", "XA22"))...)
	l.put("USER-/CN=RECIPIENTS/CN=UNEQUAL", append(published(), extended("0x6853", "IntegerArray", "32427", "32428"), extended("0x6854", "BinaryArray", "XA22DQ=="))...)
	l.put("USER-/CN=RECIPIENTS/CN=NEVER")
	l.put("USER-/CN=RECIPIENTS/CN=" + strings.Repeat("LONG", 80))
	all := l.list()
	for i, want := range []struct{ dn, problem string }{{"", "no user"}, {"", "no user"}, {dn("Lower"), ""}, {groupName + "/CN=RECIPIENTS/CN=MOVED", ""},
		{groupName + "/CN=RECIPIENTS/CN=OUTLOOK", ""}, {groupName + "/CN=RECIPIENTS/CN=ODD", ""}, {groupName + "/CN=RECIPIENTS/CN=UNEQUAL", ""},
		{groupName + "/CN=RECIPIENTS/CN=NEVER", ""}, {"", "too long"}} {
		if m := all[i]; m.DN != want.dn || (m.Problem == "") != (want.problem == "") || !strings.Contains(m.Problem, want.problem) {
			t.Errorf("message %q is of %q (%s)", m.Name, m.DN, m.Problem)
		}
	}
	got := l.folder.Read(t.Context(), all[2:8])
	if got[0].Err != nil || len(got[0].Times.Of[model.Busy]) != 0 {
		t.Errorf("without intervals: %+v", got[0])
	}
	// The second block ends before it starts.
	for i, word := range map[int]string{2: "before it starts", 3: "blocks of four", 4: "2 months, but the blocks of 1", 5: "for what time it is published"} {
		if !sync.IsRefused(got[i].Err) || !strings.Contains(got[i].Err.Error(), word) {
			t.Errorf("%s: %v", all[2+i].Name, got[i].Err)
		}
	}
	// What changed after it was listed is read as it is now, and not deleted; what vanished is told apart.
	if err := l.server.User("anna@contoso.test").EditItem(l.entries()[2].ID, setField("item:Subject", "PostItem", soap.T("Subject", "USER-/CN=RECIPIENTS/CN=LOWER"))); err != nil {
		t.Fatal(err)
	}
	if err := l.server.User("anna@contoso.test").DeleteItem(l.entries()[3].ID); err != nil {
		t.Fatal(err)
	}
	got = l.folder.Read(t.Context(), all[2:4])
	if got[0].Err != nil || !sync.IsGone(got[1].Err) {
		t.Errorf("rewritten: %v, deleted: %v", got[0].Err, got[1].Err)
	}
	errs := l.folder.Delete(t.Context(), all[1:4])
	if errs[0] != nil || !sync.IsConflict(errs[1]) || errs[2] != nil || len(l.entries()) != 7 {
		t.Errorf("deleting: %v, %d messages are left", errs, len(l.entries()))
	}
}

// many are so many entries, of which no two say the same.
func (l *legacy) many(n int) (all []model.Entry) {
	for i := range n {
		start := meeting[0].Start + model.Minute(i)
		all = append(all, l.entry(fmt.Sprintf("user%03d", i), times("2026-11-01T00:00Z", "2027-02-01T00:00Z", []model.Interval{{Start: start, End: start + 30}}, nil, nil)))
	}
	return all
}

func TestLegacyTakesFewRequests(t *testing.T) {
	l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2010SP2, Validate: func(string, []byte) error { return nil }})
	entries := l.many(500)
	l.write(entries...)
	if n := l.count("CreateItem"); n != 5 {
		t.Errorf("%d requests make 500 messages", n)
	}
	l.server.ClearLog()
	all := l.list()
	for i, s := range l.folder.Read(t.Context(), all) {
		if s.Err != nil || !s.Times.Equal(entries[i].Times) {
			t.Fatalf("%+v", s)
		}
	}
	if n, all := l.count("GetItem"), len(l.server.Log()); n != 1 || all != 2 {
		t.Errorf("%d requests read 500 messages, %d list them", n, all-n)
	}
	l.server.ClearLog()
	for i := range entries {
		entries[i].Message = &all[i]
	}
	l.write(entries...)
	if n := l.count("UpdateItem"); n != 5 || len(l.server.Log()) != 5 {
		t.Errorf("%v requests replace 500 messages", operations(l.server.Log()))
	}
	all = l.list()
	l.server.ClearLog()
	if errs := l.folder.Delete(t.Context(), all); slices.ContainsFunc(errs, func(err error) bool { return err != nil }) || len(l.entries()) > 0 {
		t.Fatal(errs)
	}
	if n := len(l.server.Log()); n != 10 {
		t.Errorf("%d requests delete 500 messages", n)
	}
}

func TestLegacyListsPages(t *testing.T) {
	l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2010SP2, PageCap: 40})
	l.write(l.many(100)...)
	seen := map[string]bool{}
	for _, m := range l.list() {
		if seen[m.DN] {
			t.Errorf("%s is listed twice", m.DN)
		}
		seen[m.DN] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d are listed", len(seen))
	}
}

func TestLegacyLostAnswersDoubleNothing(t *testing.T) {
	for name, profile := range old {
		for phase, known := range map[ewstest.Phase]bool{ewstest.Before: false, ewstest.Drop: true, ewstest.Inside: true} {
			t.Run(fmt.Sprint(name, " ", phase), func(t *testing.T) {
				l := newLegacy(t, ewstest.Options{Profile: profile})
				l.put("USER-/CN=RECIPIENTS/CN=USER001") // of somebody else: without the stamp it does not count
				entries := l.many(3)
				l.server.Inject(ewstest.Fault{Operation: "CreateItem", Action: ewstest.Cut{Phase: phase}})
				for i, err := range l.folder.Write(t.Context(), entries) {
					if known && err != nil || !known && !sync.IsUnknown(err) {
						t.Errorf("%d: %v", i, err)
					}
				}
				if n := l.count("CreateItem"); n != 1 {
					t.Errorf("it was sent %d times", n)
				}
				if !known {
					return
				}
				all := l.list()[1:]
				if len(all) != 3 {
					t.Fatalf("%d messages", len(all))
				}
				for i := range all {
					entries[i].Message, entries[i].Stamp.Written = &all[i], entries[i].Stamp.Written+1
				}
				l.server.Inject(ewstest.Fault{Operation: "UpdateItem", Action: ewstest.Cut{Phase: phase}})
				for i, err := range l.folder.Write(t.Context(), entries) {
					if err != nil {
						t.Errorf("%d: %v", i, err)
					}
				}
			})
		}
	}
}

func TestLegacyUpdateWhoseEffectIsNotSeenIsUnknown(t *testing.T) {
	l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2010SP2})
	e := l.entry("anna", november())
	l.write(e)
	m := l.one()
	e.Message, e.Stamp.Written = &m, e.Stamp.Written+1
	l.server.Inject(ewstest.Fault{Operation: "UpdateItem", Action: ewstest.Late{}})
	if err := l.folder.Write(t.Context(), []model.Entry{e})[0]; !sync.IsUnknown(err) {
		t.Errorf("got %v", err)
	}
	if l.server.Release() != 1 || l.one().Stamp != e.Stamp.Encode() || len(l.entries()) != 1 {
		t.Error("the effect does not come")
	}
}

func TestLegacyOneBadMessageDoesNotStopTheOthers(t *testing.T) {
	for name, profile := range old {
		t.Run(name, func(t *testing.T) {
			l := newLegacy(t, ewstest.Options{Profile: profile})
			entries := l.many(4)
			entries[1].DN = "/o=Elsewhere/ou=Site/cn=Recipients/cn=x"
			entries[2].DN = "nonsense"
			l.server.Inject(ewstest.Fault{Operation: "CreateItem", Action: ewstest.Fail{Code: "ErrorQuotaExceeded", Only: []int{1}}})
			errs := l.folder.Write(t.Context(), entries)
			if errs[0] != nil || !sync.IsRefused(errs[1]) || !sync.IsRefused(errs[2]) || errs[3] == nil {
				t.Fatal(errs)
			}
			contains(t, fmt.Sprint(errs), "belongs into folder EX:/o=Elsewhere/ou=Site", "is not the legacyExchangeDN", "quota")
			// A server that refuses a request as a whole gets it in parts.
			l.server.Inject(ewstest.Fault{Operation: "CreateItem", Times: 2, Action: ewstest.Fail{Code: "ErrorSchemaValidation", Whole: true}})
			more := l.many(5)[1:]
			if errs := l.folder.Write(t.Context(), more); slices.ContainsFunc(errs, func(err error) bool { return err != nil }) {
				t.Error(errs)
			}
			if n := len(l.entries()); n != 5 {
				t.Errorf("%d messages", n)
			}
		})
	}
}

func TestLegacyBusyServerIsWaitedFor(t *testing.T) {
	l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2010SP2})
	for _, operation := range []string{"CreateItem", "FindItem", "GetItem"} {
		l.server.Inject(ewstest.Fault{Operation: operation, Action: ewstest.Fail{Code: "ErrorServerBusy", Whole: true}})
	}
	l.server.Inject(ewstest.Fault{Operation: "CreateItem", Action: ewstest.Fail{Code: "ErrorServerBusy", Only: []int{1, 2}}})
	l.server.Inject(ewstest.Fault{Operation: "GetItem", Action: ewstest.Fail{Code: "ErrorServerBusy", Only: []int{0}}})
	l.write(l.many(4)...)
	if got := l.folder.Read(t.Context(), l.list()); len(got) != 4 || slices.ContainsFunc(got, func(s model.Slice) bool { return s.Err != nil }) {
		t.Errorf("%+v", got)
	}
	if n := len(l.entries()); n != 4 {
		t.Errorf("%d messages", n)
	}
}

func TestLegacyAnswersThatAreTooBigAreHalved(t *testing.T) {
	l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2010SP2})
	l.write(l.many(8)...)
	all := l.list()
	l.server.ClearLog()
	l.server.Inject(ewstest.Fault{Operation: "GetItem", Times: -1, When: func(r ewstest.Request) bool { return r.IDs > 2 }, Action: ewstest.Fail{Code: "ErrorRequestStreamTooBig", Whole: true}})
	if got := l.folder.Read(t.Context(), all); slices.ContainsFunc(got, func(s model.Slice) bool { return s.Err != nil }) {
		t.Errorf("%+v", got)
	}
	if n := l.count("GetItem"); n != 1+2+4 {
		t.Errorf("%d requests", n)
	}
}

func TestLegacyErrorsNameTheNextStep(t *testing.T) {
	for name, c := range map[string]struct {
		operation, code string
		says            []string
	}{
		"list without rights":  {"FindItem", "ErrorAccessDenied", []string{`Add-PublicFolderClientPermission -Identity "\NON_IPM_SUBTREE\SCHEDULE+ FREE BUSY\EX:` + groupName + `"`, "-AccessRights Owner"}},
		"no replica":           {"FindItem", "ErrorNoPublicFolderReplicaAvailable", []string{"replica", `Set-PublicFolder "\NON_IPM_SUBTREE\SCHEDULE+ FREE BUSY\EX:` + groupName + `" -Replicas`}},
		"write without rights": {"CreateItem", "ErrorCreateItemAccessDenied", []string{"Add-PublicFolderClientPermission", "-AccessRights Owner"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2007SP1})
			l.server.Inject(ewstest.Fault{Operation: c.operation, Times: -1, Action: ewstest.Fail{Code: c.code}})
			var err error
			if c.operation == "FindItem" {
				err = l.folder.List(t.Context(), l.group, func([]model.Message) error { return nil })
			} else {
				err = l.folder.Write(t.Context(), l.many(1))[0]
			}
			if err == nil {
				t.Fatal("it works")
			}
			contains(t, err.Error(), append(c.says, c.code)...)
		})
	}
}

func TestLegacyFolderThatOnlyPublishesIsNotWritten(t *testing.T) {
	l := newLegacy(t, ewstest.Options{Profile: ewstest.Exchange2010SP2})
	l.write(l.many(1)...)
	l.options.ReadOnly = true
	l.open()
	l.server.ClearLog()
	e := l.many(2)
	m := l.one()
	e[0].Message = &m
	for _, err := range append(l.folder.Write(t.Context(), e), l.folder.Delete(t.Context(), []model.Message{m})...) {
		if !sync.IsDenied(err) {
			t.Errorf("got %v", err)
		}
	}
	if n := len(l.server.Mutations("")); n != 0 {
		t.Errorf("%d requests to change something", n)
	}
}
