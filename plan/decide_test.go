package plan

import (
	"strings"
	"testing"
	"time"
)

// A case of the decision tables. Versions, contents and keys are named by single letters; the replica was made from
// version and content "o" and was itself "r" when iorepl last wrote.
type decision struct {
	name              string
	rules             Rules
	origin, replica   string // version; "" is gone
	originContent     string // default: the version's name
	replicaContent    string
	untrusted         bool
	forgotten         bool
	incomplete        bool
	mark              *Mark
	markRemembered    bool
	originAt, replyAt time.Time

	want    Action
	act     bool
	why     string // part of the reason
	unknown bool
	learn   bool
}

func d(s string) Digest {
	if s == "" {
		return Digest{}
	}
	return Sum(s)
}

func (c decision) encounter() encounter {
	e := encounter{rules: &c.rules, trusted: !c.untrusted, pair: d("pair"), from: Publisher}
	or := func(a, b string) string {
		switch a {
		case "":
			return b
		case "?":
			return ""
		}
		return a
	}
	if c.origin != "" {
		e.origin = &Item{Key: d("O"), Version: d(c.origin), Content: d(or(c.originContent, c.origin)), Modified: c.originAt}
		if c.mark != nil {
			e.origin.Stamp.Mark = c.mark.Encode()
		}
	}
	stamp := Copied{Version: d("o"), Content: d("o"), Home: d("home")}.Encode()
	if c.replica != "" {
		// A replica that nobody touched has its origin's content.
		content := c.replica
		if content == "r" {
			content = "o"
		}
		e.replica = &Item{Key: d("R"), Version: d(c.replica), Content: d(or(c.replicaContent, content)), Modified: c.replyAt}
		e.replica.Stamp = Stamp{Origin: "x", Version: stamp}
		if c.incomplete {
			e.replica.Stamp.Version = ""
		}
	}
	if !c.forgotten {
		e.memory = &Memory{Replica: d("R"), Origin: d("o"), Version: d("r"), Stamp: Sum(stamp), Mark: Sum("")}
		if c.markRemembered {
			e.memory.Mark = Sum(c.mark.Encode())
		}
	}
	return e
}

func TestDecisionTables(t *testing.T) {
	delete, none := Rules{Deletions: DeleteItems}, Rules{}
	two, twoDelete := Rules{TwoWay: true}, Rules{TwoWay: true, Deletions: DeleteItems}
	restore := Rules{Restore: true}
	noon := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	newest := Rules{TwoWay: true, Conflict: NewestWins}
	for _, c := range []decision{
		{name: "one-way, no replica", rules: none, origin: "o", want: Create, act: true, why: "new"},
		{name: "one-way, no replica although remembered", rules: delete, origin: "o", want: Create, act: true},
		{name: "one-way, same", rules: none, origin: "o", replica: "r"},
		{name: "one-way, replica edited", rules: none, origin: "o", replica: "edited"},
		{name: "one-way, replica edited, restore", rules: restore, origin: "o", replica: "edited", want: Update, act: true, why: "restored"},
		{name: "one-way, replica edited, restore, forgotten", rules: restore, origin: "o", replica: "edited", forgotten: true, want: Update, act: true},
		{name: "one-way, same, restore", rules: restore, origin: "o", replica: "r"},
		{name: "one-way, same, restore, forgotten", rules: restore, origin: "o", replica: "r", forgotten: true},
		{name: "one-way, restore without contents", rules: restore, origin: "o", replica: "r", replicaContent: "?", forgotten: true, unknown: true},
		{name: "one-way, touched", rules: none, origin: "o2", originContent: "o", replica: "r", want: Renew, act: true, why: "touched"},
		{name: "one-way, changed", rules: none, origin: "o2", replica: "r", want: Update, act: true, why: "changed"},
		{name: "one-way, perhaps changed", rules: none, origin: "o2", originContent: "?", replica: "r", unknown: true},
		{name: "one-way, incomplete", rules: none, origin: "o", replica: "r", incomplete: true, want: Update, act: true, why: "incomplete"},
		{name: "one-way, gone", rules: delete, replica: "r", want: Delete, act: true, why: "gone at the publisher"},
		{name: "one-way, gone and edited", rules: delete, replica: "edited", want: Delete, act: true},
		{name: "one-way, gone, no deletions", rules: none, replica: "r", why: `deletions = "none"`},

		{name: "two-way, same", rules: two, origin: "o", replica: "r"},
		{name: "two-way, origin changed", rules: two, origin: "o2", replica: "r", want: Update, act: true, why: "changed"},
		{name: "two-way, origin touched", rules: two, origin: "o2", originContent: "o", replica: "r", want: Renew, act: true},
		{name: "two-way, replica changed", rules: two, origin: "o", replica: "edited", want: CopyBack, act: true, why: "edited"},
		{name: "two-way, replica touched", rules: two, origin: "o", replica: "r2", replicaContent: "o", learn: true},
		{name: "two-way, origin changed, replica touched", rules: two, origin: "x", replica: "r2", replicaContent: "o", want: Update, act: true},
		{name: "two-way, origin touched, replica changed", rules: two, origin: "o2", originContent: "o", replica: "y", want: CopyBack, act: true},
		{name: "two-way, both changed alike", rules: two, origin: "x", replica: "x", want: Renew, act: true, why: "equal"},
		{name: "two-way, both changed", rules: two, origin: "x", replica: "y", want: Keep, act: true, why: "both"},
		{name: "two-way, both changed, publisher", rules: Rules{TwoWay: true, Conflict: PublisherWins}, origin: "x", replica: "y", want: Update, act: true, why: "publisher"},
		{name: "two-way, both changed, subscriber", rules: Rules{TwoWay: true, Conflict: SubscriberWins}, origin: "x", replica: "y", want: CopyBack, act: true, why: "subscriber"},
		{name: "two-way, origin newer", rules: newest, origin: "x", replica: "y", originAt: noon.Add(time.Hour), replyAt: noon, want: Update, act: true, why: "newest"},
		{name: "two-way, replica newer", rules: newest, origin: "x", replica: "y", originAt: noon, replyAt: noon.Add(time.Hour), want: CopyBack, act: true},
		{name: "two-way, five minutes apart", rules: newest, origin: "x", replica: "y", originAt: noon, replyAt: noon.Add(5 * time.Minute), want: Keep, act: true, why: "neither"},
		{name: "two-way, a time is missing", rules: newest, origin: "x", replica: "y", originAt: noon, want: Keep, act: true},
		{name: "two-way, incomplete", rules: two, origin: "o", replica: "y", incomplete: true, want: Update, act: true},

		{name: "two-way, origin gone", rules: twoDelete, replica: "r", want: Delete, act: true},
		{name: "two-way, origin gone, no deletions", rules: two, replica: "r", why: `deletions = "none"`},
		{name: "two-way, origin gone, replica edited", rules: twoDelete, replica: "edited", want: Revive, act: true, why: "edited"},
		{name: "two-way, replica gone", rules: twoDelete, origin: "o", want: Delete, act: true, why: "deleted by its users"},
		{name: "two-way, replica gone, no deletions", rules: two, origin: "o", why: "deleted by its users"},
		{name: "two-way, replica gone, origin changed", rules: twoDelete, origin: "o2", want: Create, act: true, why: "changed"},
		{name: "two-way, new", rules: twoDelete, origin: "o", forgotten: true, want: Create, act: true, why: "new"},

		{name: "void, equal and current", rules: two, origin: "o", replica: "r", untrusted: true, learn: true},
		{name: "void, equal, not current", rules: two, origin: "x", replica: "x", untrusted: true, want: Renew, act: true},
		{name: "void, different", rules: two, origin: "o2", replica: "r", untrusted: true, want: Keep, act: true, why: "nothing is remembered"},
		{name: "void, contents unknown", rules: two, origin: "o2", originContent: "?", replica: "r", untrusted: true, unknown: true},
		{name: "void, origin gone", rules: twoDelete, replica: "r", untrusted: true, why: "nothing is remembered"},
		{name: "void, replica gone", rules: twoDelete, origin: "o", untrusted: true, want: Create, act: true},
		{name: "forgotten, origin gone", rules: twoDelete, replica: "r", forgotten: true, why: "nothing is remembered"},

		{name: "killed after the create", rules: two, origin: "o", replica: "r", forgotten: true, learn: true},
		{name: "killed after the create, then replica edited", rules: two, origin: "o", replica: "edited", forgotten: true, want: CopyBack, act: true},
		{name: "killed after the create, then origin edited", rules: two, origin: "o2", replica: "r", forgotten: true, want: Update, act: true},
		{name: "killed after copying back", rules: two, origin: "x", replica: "e", replicaContent: "x",
			mark: &Mark{Pair: d("pair"), Replica: d("e"), Content: d("x")}, want: Renew, act: true},
		{name: "killed after copying back, then origin edited", rules: two, origin: "y", replica: "e",
			mark: &Mark{Pair: d("pair"), Replica: d("e"), Content: d("e")}, want: Update, act: true},
		{name: "a copied back edit is not remembered, and the origin was brought back", rules: two, origin: "n", originContent: "o", replica: "e",
			mark: &Mark{Pair: d("pair"), Replica: d("e"), Content: d("e")}, want: Update, act: true},
		{name: "killed after copying back, then replica edited", rules: two, origin: "x", replica: "f",
			mark: &Mark{Pair: d("pair"), Replica: d("e"), Content: d("x")}, want: CopyBack, act: true},
		{name: "an old mark is no excuse", rules: two, origin: "x", replica: "f", markRemembered: true,
			mark: &Mark{Pair: d("pair"), Replica: d("e"), Content: d("x")}, want: Keep, act: true},
		{name: "another pair's mark is no excuse", rules: two, origin: "x", replica: "f",
			mark: &Mark{Pair: d("elsewhere"), Replica: d("e"), Content: d("x")}, want: Keep, act: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := c.encounter()
			got := e.decide()
			if got.act != c.act || got.act && got.action != c.want || !strings.Contains(got.why, c.why) ||
				got.unknown != c.unknown || got.learn != c.learn || !c.act && c.why == "" && got.why != "" {
				t.Errorf("got %+v, want act %v %v because %q, unknown %v, learn %v", got, c.act, c.want, c.why, c.unknown, c.learn)
			}
		})
	}
}
