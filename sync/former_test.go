package sync_test

import (
	"os"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/synctest"
)

// TestWhatAnotherConfigurationMadeIsNotDoubled changes the configuration between runs, so that replicas lie in the folders of another pair than the one
// that made them. Nothing is doubled, --adopt takes them over, and then edits arrive.
func TestWhatAnotherConfigurationMadeIsNotDoubled(t *testing.T) {
	oneWay, twoWay := synctest.Rules(), synctest.Rules()
	twoWay.TwoWay = true
	session := func(publisher, subscriber string, rules plan.Rules, folders ...string) sync.Session {
		s := sync.Session{Name: publisher + "-" + subscriber, Publisher: publisher, Subscribers: []string{subscriber}}
		for _, f := range folders {
			s.Blocks = append(s.Blocks, sync.Block{Path: f, Source: "x.hcl:1", Rules: rules, Target: func(string) string { return f }})
		}
		return s
	}
	for _, c := range []struct {
		name          string
		before, after []sync.Session
		from, to      string // an item edited at one is edited at the other
		meanwhile     func(w *synctest.World)
	}{
		{name: "a block is removed", from: "a", to: "b",
			before: []sync.Session{session("a", "b", oneWay, "News", "News/Sub")}, after: []sync.Session{session("a", "b", oneWay, "News")},
			meanwhile: func(w *synctest.World) {
				w.Put(t, "a", "News/Sub/two.eml", synctest.Message("Sub/two", "edited meanwhile"))
			}},
		{name: "a block of a two-way session is removed", from: "b", to: "a",
			before: []sync.Session{session("a", "b", twoWay, "News", "News/Sub")}, after: []sync.Session{session("a", "b", twoWay, "News")}},
		{name: "a block is added", from: "a", to: "b",
			before: []sync.Session{session("a", "b", oneWay, "News")}, after: []sync.Session{session("a", "b", oneWay, "News", "News/Sub")}},
		{name: "a block of a two-way session is added", from: "b", to: "a",
			before: []sync.Session{session("a", "b", twoWay, "News")}, after: []sync.Session{session("a", "b", twoWay, "News", "News/Sub")}},
		{name: "publisher and subscriber change places", from: "b", to: "a",
			before: []sync.Session{session("a", "b", twoWay, "News")}, after: []sync.Session{session("b", "a", twoWay, "News")}},
		{name: "a hub is left out", from: "a", to: "b",
			before: []sync.Session{session("a", "c", oneWay, "News"), session("c", "b", oneWay, "News")},
			after:  []sync.Session{session("a", "c", oneWay, "News"), session("a", "b", oneWay, "News")}},
		{name: "a hub is left out, and another one replicates there", from: "a", to: "b",
			before: []sync.Session{session("a", "c", oneWay, "News"), session("c", "b", oneWay, "News"), session("d", "b", oneWay, "Other")},
			after:  []sync.Session{session("a", "c", oneWay, "News"), session("a", "b", oneWay, "News"), session("d", "b", oneWay, "Other")}},
		{name: "a hub serves one partner, who serves the other", from: "b", to: "a",
			before: []sync.Session{session("c", "a", oneWay, "News"), session("c", "b", oneWay, "News")},
			after:  []sync.Session{session("c", "a", oneWay, "News"), session("a", "b", twoWay, "News")}},
		{name: "the publisher's folders and items have other keys", from: "a", to: "b",
			before: []sync.Session{session("a", "b", oneWay, "News")}, after: []sync.Session{session("a", "b", oneWay, "News")},
			meanwhile: func(w *synctest.World) {
				must(t, os.RemoveAll(w.Path("a")))
				w.Put(t, "a", "News/.folder.json", `{"key": "`+plan.Sum("another").String()+`"}`)
				w.Put(t, "a", "News/again.eml", synctest.Message("one", "text of one"))
				w.Put(t, "a", "News/Sub/again.eml", synctest.Message("Sub/two", "text of Sub/two"))
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := synctest.New(t, "a", "b", "c", "d")
			w.Sessions = c.before
			must(t, os.Mkdir(w.Path("d", "Other"), 0o755))
			for _, name := range []string{"one", "Sub/two"} {
				w.Put(t, c.before[0].Publisher, "News/"+name+".eml", synctest.Message(name, "text of "+name))
			}
			for range 3 {
				apply(t, w, synctest.Run{})
			}
			w.Sessions = c.after
			if c.meanwhile != nil {
				c.meanwhile(w)
			}
			count := func(when string) {
				t.Helper()
				for _, org := range []string{"a", "b"} {
					n := 0
					for file := range w.Tree(t, org) {
						if strings.HasSuffix(file, ".eml") {
							n++
						}
					}
					if n != 2 {
						t.Errorf("%s, %s has %d items: %v", when, org, n, w.Tree(t, org))
					}
				}
			}
			for range 2 {
				if _, _, err := w.Apply(synctest.Run{}); err != nil && !strings.Contains(err.Error(), "--adopt") {
					t.Fatal(err)
				}
			}
			count("without --adopt")
			apply(t, w, synctest.Run{Adopt: true})
			wantEmpty(t, w)
			count("with --adopt")
			edited := func(org string) (file string) {
				for f := range w.Tree(t, org) {
					if strings.HasPrefix(f, "News/Sub/") && strings.HasSuffix(f, ".eml") {
						file = f
					}
				}
				return file
			}
			text := synctest.Message("two", "another text")
			w.Put(t, c.from, edited(c.from), text)
			apply(t, w, synctest.Run{})
			wantEmpty(t, w)
			count("at last")
			if got := w.Tree(t, c.to)[edited(c.to)]; got != text {
				t.Errorf("the edit did not arrive: %q", got)
			}
		})
	}
}

// TestWhatIsTakenOverIsLinkedToNothingElse removes a block and uses --adopt, where further items say what the one says that is taken over.
func TestWhatIsTakenOverIsLinkedToNothingElse(t *testing.T) {
	same := synctest.Message("same", "the same text")
	for _, c := range []struct {
		name           string
		twoWay         bool
		before, change func(t *testing.T, w *synctest.World)
		want           map[string]string // at both
	}{
		{name: "one that users posted at the subscriber", twoWay: true,
			change: func(t *testing.T, w *synctest.World) { w.Put(t, "b", "News/Sub/posted.eml", same) },
			want:   map[string]string{"News/": "", "News/Sub/": "", "News/Sub/one.eml": same, "News/Sub/posted.eml": same}},
		{name: "a replica whose original is gone",
			before: func(t *testing.T, w *synctest.World) { w.Put(t, "a", "News/gone.eml", same) },
			change: func(t *testing.T, w *synctest.World) { must(t, os.Remove(w.Path("a", "News/gone.eml"))) },
			want:   map[string]string{"News/": "", "News/Sub/": "", "News/Sub/one.eml": same}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rules := synctest.Rules()
			rules.TwoWay, rules.Deletions = c.twoWay, plan.DeleteItems
			block := func(path string) sync.Block {
				return sync.Block{Path: path, Source: "x.hcl:1", Rules: rules, Target: func(string) string { return path }}
			}
			w := synctest.New(t, "a", "b")
			w.Sessions = []sync.Session{{Name: "s", Publisher: "a", Subscribers: []string{"b"}, Blocks: []sync.Block{block("News"), block("News/Sub")}}}
			w.Put(t, "a", "News/Sub/one.eml", same)
			if c.before != nil {
				c.before(t, w)
			}
			apply(t, w, synctest.Run{})
			apply(t, w, synctest.Run{})
			w.Sessions[0].Blocks = w.Sessions[0].Blocks[:1]
			c.change(t, w)
			_, _, err := w.Apply(synctest.Run{Adopt: true, Force: true})
			must(t, err)
			apply(t, w, synctest.Run{})
			wantEmpty(t, w)
			wantTree(t, w, "a", c.want)
			wantTree(t, w, "b", c.want)
		})
	}
}
