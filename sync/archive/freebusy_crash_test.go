package archive_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan/freebusy"
	"iorepl/sync/archive"
)

// lines are who is in the directory with what, and how the users are called whose files make no sense.
func (c *calendars) lines() (all []string) {
	for _, m := range c.list() {
		s := c.Read(c.t.Context(), []freebusy.Message{m})[0]
		all = append(all, fmt.Sprint(m.Address, " ", s.Times.Of[freebusy.Busy], " ", s.Err, m.Problem))
	}
	slices.Sort(all)
	return all
}

// change makes, replaces and removes files, as far as that is still to do.
func (c *calendars) change() {
	for _, a := range []string{"new@x.example", "ann@x.example"} {
		_ = c.put(a, 2)
	}
	if m := c.of("gone@x.example"); m != nil {
		c.Delete(c.t.Context(), []freebusy.Message{*m})
	}
}

// TestFreeBusyKilledAnywhere ends a run before or after each call that changes the file system, or lets that call alone fail: each file is
// as it was or as it should be, and the next run ends as if nothing had happened.
func TestFreeBusyKilledAnywhere(t *testing.T) {
	template := filepath.Join(t.TempDir(), "template")
	c := newCalendars(t, template, archive.Options{})
	for _, a := range []string{"ann@x.example", "bob@x.example", "gone@x.example"} {
		must(t, c.put(a, 1))
	}
	old := c.lines()

	root := copyTree(t, template)
	calls := 0
	newCalendars(t, root, archive.Options{Hook: func(string, string) error {
		calls++
		return nil
	}}).change()
	c = newCalendars(t, root, archive.Options{})
	want, files := c.lines(), c.names()
	if cmp.Equal(old, want) || calls < 10 {
		t.Fatalf("%d calls, %q", calls, want)
	}

	for n := range calls {
		for _, once := range []bool{false, true} {
			at := fmt.Sprintf("call %d, once %v", n, once)
			root := copyTree(t, template)
			call := 0
			newCalendars(t, root, archive.Options{Hook: func(op, path string) error {
				call++
				if call == n+1 {
					at += ", " + op + " " + strings.TrimPrefix(path, root)
				}
				if call == n+1 || call > n && !once {
					return errKilled
				}
				return nil
			}}).change()
			c := newCalendars(t, root, archive.Options{})
			for _, line := range c.lines() {
				if !slices.Contains(old, line) && !slices.Contains(want, line) {
					t.Errorf("%s: neither old nor new: %s", at, line)
				}
			}
			c.change()
			must(t, c.put("bob@x.example", 1))
			if diff := cmp.Diff(want, c.lines()); diff != "" {
				t.Errorf("%s: once more (-want +got):\n%s", at, diff)
			}
			if diff := cmp.Diff(files, c.names()); diff != "" {
				t.Errorf("%s: files (-want +got):\n%s", at, diff)
			}
			must(t, os.RemoveAll(root))
		}
	}
}

func TestAFailingFreeBusyFileDoesNotStopTheOthers(t *testing.T) {
	c := newCalendars(t, t.TempDir(), archive.Options{Hook: func(op, path string) error {
		if op == "before:rename" && strings.Contains(path, "bob@") {
			return errKilled
		}
		return nil
	}})
	errs := c.Write(t.Context(), []freebusy.Entry{entry("ann@x.example", 1, nil), entry("bob@x.example", 1, nil), entry("zoe@x.example", 1, nil)})
	if errs[0] != nil || errs[1] == nil || errs[2] != nil {
		t.Errorf("got %v", errs)
	}
	if names := c.names(); !slices.Equal(names, []string{"ann@x.example.ifb", "zoe@x.example.ifb"}) {
		t.Errorf("there are %q", names)
	}
}
