package sync_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
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

// TestWhatIsTakenOverIsReadTogether: what items say is asked for many at a time.
func TestWhatIsTakenOverIsReadTogether(t *testing.T) {
	n := newNetwork(t, "a", "b")
	for name := range n.orgs {
		n.orgs[name] = memstore.New(name, memstore.Options{Counting: true})
	}
	n.session("a", "News", "b", "News", true)
	whole := n.sessions[0].Blocks[0]
	deeper := whole
	deeper.Path, deeper.Target = "News/Sub", func(string) string { return "News/Sub" }
	n.sessions[0].Blocks = []sync.Block{whole, deeper}
	n.post("a", "News", "other")
	for i := range 20 {
		n.post("a", "News/Sub", fmt.Sprint(i))
	}
	n.apply()
	n.sessions[0].Blocks = []sync.Block{whole}
	o := sync.Options{Organizations: map[string]sync.Store{}, Known: []string{"a", "b"}, Sessions: n.sessions, State: n.state, Now: time.Now(), Rand: func() string { return "marker" }, Adopt: true}
	reads := 0
	for name, org := range n.orgs {
		o.Organizations[name] = readCounter{org.Open(nil), &reads}
	}
	p, err := sync.New(o).Plan(t.Context())
	must(t, err)
	if over := p.Changes.Len(); over < 20 || reads != 2 {
		t.Errorf("%d reads for %d changes:\n%s", reads, over, text(p))
	}
}

// readCounter counts how often a store is asked for what items say.
type readCounter struct {
	sync.Store
	reads *int
}

func (c readCounter) Read(ctx context.Context, folder plan.Folder, items []plan.Item) []sync.ReadResult {
	*c.reads++
	return c.Store.Read(ctx, folder, items)
}
