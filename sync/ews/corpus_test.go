package ews_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
)

// corpus holds mail, calendars and contacts of real people, some of it damaged; it is not part of the project.
const corpus = "../../../shared/corpus"

// TestRealItemsTravelFromServerToServer: from a directory over two servers to a directory. An item that a server does not take whole is reported
// with the reason.
func TestRealItemsTravelFromServerToServer(t *testing.T) {
	if testing.Short() {
		t.Skip("a long one, left out of short runs")
	}
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("there is no %s beside the project", corpus)
	}
	kinds := map[string]string{"calendar": "IPF.Appointment", "contacts": "IPF.Contact"}
	for _, name := range []string{"2010 SP2", "2007 SP1", "grommunio"} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			c.directory("source")
			c.directory("target")
			c.must(os.CopyFS(c.archives["source"], os.DirFS(corpus)))
			for dir, class := range kinds {
				c.must(os.WriteFile(filepath.Join(c.archives["source"], dir, ".folder.json"), []byte(`{"class": "`+class+`"}`), 0o644))
			}
			c.server("a", ewstest.Options{Profile: ewstest.Exchange2016})
			c.server("b", ewstest.Options{Profile: profiles[name]})
			c.session("source", "", "a", "Real", nil)
			c.session("a", "Real", "b", "Real", nil)
			c.session("b", "Real", "target", "Real", nil)
			refused := map[string]string{}
			for range 3 {
				out := c.apply()
				if out.err != nil {
					t.Fatal(out.err)
				}
				for _, list := range [][]sync.Outcome{out.report.Refused, out.report.Reduced, out.report.Failed, out.report.Skipped} {
					for _, r := range list {
						refused[r.Organization+" "+r.Item] += r.Reason
					}
				}
			}
			c.quiet()
			tally := map[string]int{}
			for _, step := range [][2]string{{"source", "a"}, {"a", "b"}, {"b", "target"}} {
				before, after := c.canonical(step[0]), c.canonical(step[1])
				for text, n := range before {
					tally[step[0]] += n.count
					if after[text].count < n.count {
						told := ""
						for who, why := range refused {
							if strings.HasPrefix(who, step[1]+" ") && strings.HasSuffix(who, " "+n.name) {
								told = why
							}
						}
						if told == "" {
							t.Errorf("%s does not travel whole from %s to %s, and nothing is told", n.name, step[0], step[1])
						} else {
							t.Logf("%s to %s: %s", n.name, step[1], told)
						}
					}
				}
			}
			if tally["source"] < 60 {
				t.Errorf("the source has only %d items", tally["source"])
			}
		})
	}
}

// counted are equal items.
type counted struct {
	name  string
	count int
}

// canonical are all items of an organization below Real by what they say.
func (c *chain) canonical(org string) map[string]counted {
	c.Helper()
	ctx := context.Background()
	var s sync.Store
	var err error
	if dir, ok := c.archives[org]; ok {
		s, err = archive.Open(dir, archive.Options{})
	} else {
		s, err = ews.Open(ctx, *c.options[org])
	}
	c.must(err)
	defer s.Close()
	folders, err := s.Folders(ctx)
	c.must(err)
	all := map[string]counted{}
	for _, f := range folders {
		if f.Class == "" && f.Path == "" && org != "source" {
			continue
		}
		c.must(s.List(ctx, f, func(items []plan.Item) error {
			for i, r := range s.Read(ctx, f, items) {
				if r.Err != nil {
					c.Errorf("%s:/%s %s: %v", org, f.Path, items[i].Name, r.Err)
					continue
				}
				text := strings.Join(said(r.Payload), "\n")
				n := all[text]
				all[text] = counted{r.Payload.Name, n.count + 1}
			}
			return nil
		}))
	}
	return all
}
