package ewsworld

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"iorepl/plan"
)

// outcome is all that users can tell of a world, by organization and folder: what the items say, their classes, and what is a replica of
// something born elsewhere.
func outcome(t testing.TB, w *world) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, org := range names {
		for path, items := range contents(t, w, org, true) {
			out[org+":"+path] = items
		}
	}
	return out
}

// contents are the folders of an organization and what is in each. standing tells also whose it is.
func contents(t testing.TB, w *world, org string, standing bool) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	u := &users{w, t}
	s := u.store(org)
	folders, err := s.Folders(t.Context())
	u.must(err)
	for _, f := range folders {
		if !plan.Within(f.Path, root) {
			continue
		}
		all := []string{""}
		if standing {
			all = []string{f.Class + " " + standingOf(t, f.Stamp)}
		}
		items := u.items(org, f)
		for i, r := range s.Read(t.Context(), f, items) {
			u.must(r.Err)
			text := ""
			if standing {
				text = standingOf(t, items[i].Stamp) + "\n"
			}
			all = append(all, timed.ReplaceAllString(fmt.Sprintf("%s%s %s %v\n%s", text, r.Payload.Class, r.Payload.Format, r.Payload.Properties, r.Payload.Data), "TIME"))
		}
		slices.Sort(all[1:])
		out[f.Path] = all
	}
	return out
}

// timed is when the loser of a conflict was last written, which is not the same if a run was interrupted.
var timed = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`)

// standingOf is what a stamp says, without what differs from run to run.
func standingOf(t testing.TB, s plan.Stamp) string {
	t.Helper()
	if s.Origin == "" {
		return "of its users"
	}
	o, err := plan.ParseOrigin(s.Origin)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("replica from %s, born in %s, for %s", o.From, o.Born, o.For)
	if s.Version == "" {
		text += ", incomplete"
	}
	return text
}

// count is the number of an organization's items that say a text.
func count(t testing.TB, w *world, org, text string) (n int) {
	t.Helper()
	for _, items := range contents(t, w, org, false) {
		for _, it := range items {
			if strings.Contains(it, text) {
				n++
			}
		}
	}
	return n
}
