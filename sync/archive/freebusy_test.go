package archive_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/archive"
)

// calendars is a directory of free/busy files with what the tests ask of it again and again.
type calendars struct {
	t    testing.TB
	root string
	*archive.FreeBusy
}

func newCalendars(t testing.TB, root string, opts archive.Options) *calendars {
	t.Helper()
	f, err := archive.OpenFreeBusy(root, opts)
	must(t, err)
	t.Cleanup(func() { f.Close() })
	return &calendars{t, root, f}
}

// list are all messages, sorted by name.
func (c *calendars) list() (all []freebusy.Message) {
	c.t.Helper()
	must(c.t, c.List(c.t.Context(), freebusy.Group{}, func(page []freebusy.Message) error {
		all = append(all, page...)
		return nil
	}))
	slices.SortFunc(all, func(a, b freebusy.Message) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (c *calendars) of(address string) *freebusy.Message {
	for _, m := range c.list() {
		if m.Address == address {
			return &m
		}
	}
	return nil
}

// entry is what is written about somebody who is busy on a day of November 2026.
func entry(address string, day int, old *freebusy.Message) freebusy.Entry {
	at := func(day, hour int) freebusy.Minute {
		return freebusy.MinuteOf(time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC))
	}
	times := freebusy.NewTimes(at(1, 0), at(31, 0), [freebusy.Kinds][]freebusy.Interval{freebusy.Busy: {{Start: at(day, 9), End: at(day, 10)}}})
	return freebusy.Entry{Message: old, Address: address, Display: "Ann", Times: times, Written: at(1, 8),
		Stamp: freebusy.Stamp{Born: "a", From: "a", For: "b", User: freebusy.UserKey(address), Content: times.Digest(), Written: at(1, 8)}}
}

func (c *calendars) put(address string, day int) error {
	c.t.Helper()
	return c.Write(c.t.Context(), []freebusy.Entry{entry(address, day, c.of(address))})[0]
}

// names are all that is in the directory.
func (c *calendars) names() (all []string) {
	entries, err := os.ReadDir(c.root)
	if !errors.Is(err, os.ErrNotExist) {
		must(c.t, err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestFreeBusyFilesAreWhatWasWritten(t *testing.T) {
	c := newCalendars(t, filepath.Join(t.TempDir(), "fb"), archive.Options{})
	if c.list() != nil || c.names() != nil {
		t.Error("there is something before the first write")
	}
	for day := 1; day <= 2; day++ {
		must(t, c.put("ann@x.example", day))
		want := entry("ann@x.example", day, nil)
		m := c.of("ann@x.example")
		if m == nil || m.Name != "ann@x.example.ifb" || m.Published != want.Written || m.Start != want.Times.Start || m.End != want.Times.End || m.Stamp != want.Stamp.Encode() {
			t.Fatalf("listed as %+v", m)
		}
		if s := c.Read(t.Context(), []freebusy.Message{*m})[0]; s.Err != nil || !s.Times.Equal(want.Times) || s.Notes != nil {
			t.Errorf("read as %+v", s)
		}
	}
	if names := c.names(); !slices.Equal(names, []string{"ann@x.example.ifb"}) {
		t.Errorf("there are %q", names)
	}
	must(t, c.Delete(t.Context(), []freebusy.Message{*c.of("ann@x.example")})[0])
	if names := c.names(); names != nil {
		t.Errorf("there are %q", names)
	}
}

func TestFreeBusyOfOthersIsNotOverwritten(t *testing.T) {
	c := newCalendars(t, t.TempDir(), archive.Options{})
	must(t, c.put("ann@x.example", 1))
	old := *c.of("ann@x.example")
	if err := c.Write(t.Context(), []freebusy.Entry{entry("ann@x.example", 2, nil)})[0]; !sync.IsConflict(err) {
		t.Errorf("making it again: %v", err)
	}
	must(t, c.put("ann@x.example", 2))
	if err := c.Write(t.Context(), []freebusy.Entry{entry("ann@x.example", 3, &old)})[0]; !sync.IsConflict(err) {
		t.Errorf("replacing what was rewritten: %v", err)
	}
	if err := c.Delete(t.Context(), []freebusy.Message{old})[0]; !sync.IsConflict(err) {
		t.Errorf("deleting what was rewritten: %v", err)
	}
	if s := c.Read(t.Context(), []freebusy.Message{old})[0]; s.Err != nil || !s.Times.Equal(entry("", 2, nil).Times) {
		t.Errorf("reading what was rewritten: %+v", s)
	}
	must(t, os.Remove(filepath.Join(c.root, old.Name)))
	if s := c.Read(t.Context(), []freebusy.Message{old})[0]; !sync.IsGone(s.Err) {
		t.Errorf("reading what is gone: %v", s.Err)
	}
	if err := c.Write(t.Context(), []freebusy.Entry{entry("ann@x.example", 3, &old)})[0]; !sync.IsGone(err) {
		t.Errorf("replacing what is gone: %v", err)
	}
	if err := c.Delete(t.Context(), []freebusy.Message{old})[0]; err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
}

func TestFreeBusyOfAnyAddress(t *testing.T) {
	c := newCalendars(t, t.TempDir(), archive.Options{})
	addresses := []string{"con@x.example", "aux.b@x.example", "com1.x@x", "a/b@x.example", "../../etc@x.example", "a|b?@x.example", "o'neil@x.example", "100%@x.example", "%41@x.example",
		"trail@x.", ".lead@x.example", "zoe\u0308@x.example", "zo\u00EB.other@x.example", "\u65E5\u672C@x.example", "a\\b@x.example", "a:b@x.example", "a&b=c+d@x.example",
		strings.Repeat("long", 70) + "@x.example", strings.Repeat("long", 70) + "@y.example", "short@" + strings.Repeat("long.", 60) + "example"}
	for _, a := range addresses {
		for day := 1; day <= 2; day++ {
			if err := c.put(a, day); err != nil {
				t.Fatalf("%q: %v", a, err)
			}
		}
		m := c.of(a)
		if m == nil {
			t.Fatalf("%q is not found again: %q", a, c.names())
		}
		if s := c.Read(t.Context(), []freebusy.Message{*m})[0]; s.Err != nil || !s.Times.Equal(entry("", 2, nil).Times) {
			t.Errorf("%q: %+v", a, s)
		}
	}
	if got := len(c.names()); got != len(addresses) {
		t.Errorf("%d files: %q", got, c.names())
	}
	for _, n := range c.names() {
		base, _, _ := strings.Cut(n, ".")
		if strings.ContainsAny(n, `<>:"/\|?*`) || slices.Contains([]string{"con", "aux", "com1"}, base) || len(n) > 255 {
			t.Errorf("Windows refuses %q", n)
		}
	}
}

const handmade = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nMETHOD:PUBLISH\r\nBEGIN:VFREEBUSY\r\n%sDTSTART:20261101T000000Z\r\nDTEND:20261201T000000Z\r\n" +
	"FREEBUSY:20261102T090000Z/20261102T100000Z\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"

func TestFreeBusyFilesOfPeople(t *testing.T) {
	c := newCalendars(t, t.TempDir(), archive.Options{})
	outside := filepath.Join(t.TempDir(), "secret.ifb")
	write(t, outside, fmt.Sprintf(handmade, "ORGANIZER:mailto:secret@x.example\r\n"))
	for name, text := range map[string]string{
		"Ann@X.Example.VFB":    fmt.Sprintf(handmade, ""),
		"tomasz.ifb":           fmt.Sprintf(handmade, "ORGANIZER:mailto:Tomasz@X.example\r\n"),
		"mine@x.example.ifb":   fmt.Sprintf(handmade, "ORGANIZER:mailto:other@x.example\r\n"),
		"nobody.ifb":           fmt.Sprintf(handmade, ""),
		"broken@x.example.ifb": "BEGIN:VCALENDAR\r\nBEGIN:VFREE",
		"broken.ifb":           "BEGIN:VCALENDAR\r\nBEGIN:VFREE",
		"empty@x.example.ifb":  "",
		"notes.txt":            "ifb",
		".hidden@x.ifb":        fmt.Sprintf(handmade, ""),
		"x.ics":                fmt.Sprintf(handmade, ""),
	} {
		write(t, filepath.Join(c.root, name), text)
	}
	must(t, os.Mkdir(filepath.Join(c.root, "dir@x.example.ifb"), 0o755))
	huge, err := os.Create(filepath.Join(c.root, "huge@x.example.ifb"))
	must(t, err)
	must(t, huge.Truncate(100<<20))
	must(t, huge.Close())
	want := []string{
		"Ann@X.Example.VFB: ann@x.example", "broken.ifb: : *", "broken@x.example.ifb: broken@x.example", "dir@x.example.ifb: dir@x.example: *", "empty@x.example.ifb: empty@x.example",
		"huge@x.example.ifb: huge@x.example: *", "mine@x.example.ifb: mine@x.example", "nobody.ifb: : *", "tomasz.ifb: tomasz@x.example",
	}
	if runtime.GOOS != "windows" {
		must(t, os.Symlink(outside, filepath.Join(c.root, "link@x.example.ifb")))
		want = slices.Insert(want, 6, "link@x.example.ifb: link@x.example: *")
	}
	before := c.names()
	var got []string
	for _, m := range c.list() {
		line := m.Name + ": " + m.Address
		if m.Problem != "" {
			line += ": *"
			if !strings.Contains(m.Problem, m.Name) {
				t.Errorf("the problem of %s is %q", m.Name, m.Problem)
			}
		}
		got = append(got, line)
		s := c.Read(t.Context(), []freebusy.Message{m})[0]
		if bad := m.Problem != "" && m.Name != "nobody.ifb" || strings.HasPrefix(m.Name, "broken") || strings.HasPrefix(m.Name, "empty"); bad != (s.Err != nil) || bad && s.Times.End != 0 {
			t.Errorf("%s says %+v", m.Name, s)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	// What is under a user's name is replaced where it is; what is there and is no file of theirs stays.
	must(t, c.put("broken@x.example", 1))
	must(t, c.put("tomasz@x.example", 1))
	for _, a := range []string{"dir@x.example", "huge@x.example", "link@x.example"} {
		for _, old := range []*freebusy.Message{nil, c.of(a)} {
			if err := c.Write(t.Context(), []freebusy.Entry{entry(a, 1, old)})[0]; err == nil && (a != "link@x.example" || runtime.GOOS != "windows") {
				t.Errorf("%s was written", a)
			}
		}
	}
	if runtime.GOOS != "windows" {
		if data, err := os.ReadFile(outside); err != nil || !strings.Contains(string(data), "secret@") {
			t.Errorf("what the link leads to is now %q, %v", data, err)
		}
	}
	if diff := cmp.Diff(before, c.names()); diff != "" {
		t.Errorf("files (-before +after):\n%s", diff)
	}
}

func TestFreeBusyOfAPublisherIsNeverWritten(t *testing.T) {
	root := t.TempDir()
	must(t, newCalendars(t, root, archive.Options{}).put("ann@x.example", 1))
	write(t, filepath.Join(root, ".iorepl-tmp-0"), "left behind")
	c := newCalendars(t, root, archive.Options{ReadOnly: true, Hook: func(op, path string) error {
		t.Errorf("%s %s", op, path)
		return nil
	}})
	if err := c.put("ann@x.example", 2); !sync.IsDenied(err) {
		t.Errorf("write: %v", err)
	}
	if err := c.Delete(t.Context(), []freebusy.Message{*c.of("ann@x.example")})[0]; !sync.IsDenied(err) {
		t.Errorf("delete: %v", err)
	}
	missing := newCalendars(t, filepath.Join(root, "missing"), archive.Options{ReadOnly: true})
	if err := missing.put("ann@x.example", 2); !sync.IsDenied(err) || missing.names() != nil {
		t.Errorf("write: %v", err)
	}
}

// A plan lists and reads, and leaves even rubbish where it is.
func TestListingFreeBusyWritesNothing(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, ".iorepl-tmp-0"), "left behind")
	c := newCalendars(t, root, archive.Options{Hook: func(op, path string) error { return fmt.Errorf("%s %s", op, path) }})
	c.list()
	if len(c.names()) != 1 {
		t.Errorf("there are %q", c.names())
	}
	must(t, newCalendars(t, root, archive.Options{}).put("ann@x.example", 1))
	if names := c.names(); !slices.Equal(names, []string{"ann@x.example.ifb"}) {
		t.Errorf("after a write there are %q", names)
	}
}
