package plan

import (
	"fmt"
	"slices"
	"strings"
)

// Gate names a safety rule that is checked before the first write.
type Gate string

// The gates.
const (
	GateDeletions         Gate = "deletions"          // too many deletions
	GateUpdates           Gate = "updates"            // too many replicas updated
	GateEmptySide         Gate = "empty-side"         // one side is empty, the other would follow
	GateFirstRun          Gate = "first-run"          // a first run into a folder that holds users' items
	GateUnknownOrigins    Gate = "unknown-origins"    // all replicas name organizations that the configuration does not know
	GateOtherOrganization Gate = "other-organization" // another organization answers at the address
	GateRewound           Gate = "rewound"            // a folder is an older state of itself
	GateVanishedFolders   Gate = "vanished-folders"   // what users made would go because a folder of its replicas is not found
	GatePermissions       Gate = "permissions"        // our own rights would go, or Default or Anonymous get more
)

// Gates lists all gates.
func Gates() []Gate {
	return []Gate{GateDeletions, GateUpdates, GateEmptySide, GateFirstRun, GateUnknownOrigins, GateOtherOrganization, GateRewound, GateVanishedFolders, GatePermissions}
}

// Refusal is a gate that is shut, with the numbers that shut it.
type Refusal struct {
	Gate    Gate   `json:"gate"`
	Session string `json:"session"`
	Message string `json:"message"`
}

// alwaysPass is how many deletions or updates pass whatever their share.
const alwaysPass = 10

// Exceeds says whether n of total is over the limit. A limit in numbers is meant as it stands.
func (l Limit) Exceeds(n, total int) bool {
	if l.IsCount {
		return n > l.Count
	}
	return n > alwaysPass && float64(n)*100 > l.Percent*float64(total)
}

func (l Limit) String() string {
	if l.IsCount {
		return fmt.Sprint(l.Count)
	}
	return fmt.Sprintf("%g%%", l.Percent)
}

type tally struct {
	deletions, updates [2]int
	folders            [2]int // among the deletions
}

// check appends the gates that the plan shuts, per pair and per session. account is under which entry of permission
// lists the store of an organization acts.
func (p *Plan) check(account func(organization string) string) {
	tallies := make([]tally, len(p.Pairs))
	for c := range p.Changes.Of(Delete, DeleteFolder, Update, CopyBack, Keep, SetPermissions) {
		t := &tallies[c.Pair]
		switch c.Action {
		case Delete, DeleteFolder:
			t.deletions[c.Side]++
			t.folders[c.Side] += b2i(c.Action == DeleteFolder)
		case Update, CopyBack, Keep:
			t.updates[c.Side]++
		case SetPermissions:
			p.checkPermissions(c, account)
		}
	}
	type sum struct {
		tally
		counts Counts
		rules  Limits
		pairs  int
	}
	sessions := map[string]*sum{}
	var order []string
	for i, pair := range p.Pairs {
		if pair.Skip {
			continue
		}
		p.checkPair(pair, tallies[i])
		p.checkFirst(pair)
		s := sessions[pair.Session]
		if s == nil {
			s = &sum{rules: pair.Rules.Limits}
			sessions[pair.Session] = s
			order = append(order, pair.Session)
		}
		s.pairs++
		for side := range 2 {
			s.deletions[side] += tallies[i].deletions[side]
			s.updates[side] += tallies[i].updates[side]
			s.folders[side] += tallies[i].folders[side]
			s.counts.Replicas[side] += pair.Counts.Replicas[side]
			s.counts.Items[side] += pair.Counts.Items[side]
		}
		s.rules = widest(s.rules, pair.Rules.Limits)
	}
	for _, name := range order {
		if s := sessions[name]; s.pairs > 1 && !p.refuses(name) {
			p.checkLimits(name, "all folders of the session", s.tally, s.counts, s.rules)
		}
	}
	p.checkLost()
	p.checkTwins()
	slices.SortFunc(p.Refused, func(a, b Refusal) int {
		return strings.Compare(a.Session+"\x00"+string(a.Gate)+"\x00"+a.Message, b.Session+"\x00"+string(b.Gate)+"\x00"+b.Message)
	})
}

func (p *Plan) refuses(session string) bool {
	return slices.ContainsFunc(p.Refused, func(r Refusal) bool { return r.Session == session })
}

// widest is the limit that holds for a session whose folders have limits of their own.
func widest(a, b Limits) Limits {
	wider := func(a, b Limit) Limit {
		if a.IsCount != b.IsCount {
			return Limit{Percent: 100} // not comparable: each folder's own gate must do
		}
		if b.Percent > a.Percent || b.Count > a.Count {
			return b
		}
		return a
	}
	return Limits{Deletions: wider(a.Deletions, b.Deletions), Updates: wider(a.Updates, b.Updates)}
}

func (p *Plan) shut(g Gate, session, format string, args ...any) {
	p.Refused = append(p.Refused, Refusal{Gate: g, Session: session, Message: fmt.Sprintf(format, args...)})
}

func (pair *Pair) title() string {
	return fmt.Sprintf("%s:%s -> %s:%s", pair.Org[Publisher], quotePath(pair.Root[Publisher]), pair.Org[Subscriber], quotePath(pair.Root[Subscriber]))
}

func (p *Plan) checkLimits(session, where string, t tally, counts Counts, limits Limits) {
	for side := range 2 {
		// Deletions of users' items in a two-way pair count against what that side holds of both kinds.
		total := max(counts.Replicas[side], counts.Replicas[1-side])
		if n := t.deletions[side]; limits.Deletions.Exceeds(n, total) {
			folders := ""
			if t.folders[side] > 0 {
				folders = ", folders included"
			}
			p.shut(GateDeletions, session, "%s: %s at the %s%s, of %s; the limit is %s", where, count(n, "deletion"), Side(side), folders, count(total, "replicated item"), limits.Deletions)
		}
		if n := t.updates[side]; limits.Updates.Exceeds(n, total) {
			p.shut(GateUpdates, session, "%s: %s at the %s, of %s; the limit is %s", where, count(n, "update"), Side(side), count(total, "replicated item"), limits.Updates)
		}
	}
}

func (p *Plan) checkPair(pair *Pair, t tally) {
	p.checkLimits(pair.Session, pair.title(), t, pair.Counts, pair.Rules.Limits)
	n := &pair.Counts
	for side := range 2 {
		other := 1 - side
		if n.Items[side] == 0 && n.Replicas[other] > 0 && t.deletions[other] > 0 {
			p.shut(GateEmptySide, pair.Session, "%s: the %s is empty, while the %s holds %s of it; %s there would follow, folders included",
				pair.title(), Side(side), Side(other), count(n.Replicas[other], "replica"), count(t.deletions[other], "deletion"))
		} else if pair.Rules.TwoWay && n.Items[side] == 0 && t.deletions[other] > 0 {
			p.shut(GateEmptySide, pair.Session, "%s: the %s is empty; %s at the %s would follow, folders included",
				pair.title(), Side(side), count(t.deletions[other], "deletion"), Side(other))
		}
		if n.Stamped[side] > 0 && n.Strange[side] == n.Stamped[side] {
			p.shut(GateUnknownOrigins, pair.Session, "%s: all stamps at the %s (%d) name organizations that the configuration does not know, such as %q; was an id changed?",
				pair.title(), Side(side), n.Stamped[side], pair.stranger)
		}
	}
	for _, c := range pair.Couples {
		for side, f := range c.Folder {
			if f != nil && f.Rewound != "" {
				p.shut(GateRewound, pair.Session, "%s:%s is an older state of itself, as after a restored backup: %s", pair.Org[side], quotePath(f.Path), f.Rewound)
			}
			if n := c.vanished[side]; n > 0 {
				p.shut(GateVanishedFolders, pair.Session, "%s:%s: the folder of its replicas is not found at %s: users deleted it, or the account may not see it any more; %s of what users made would follow here",
					pair.Org[side], quotePath(f.Path), pair.Org[1-side], count(n, "deletion"))
			}
		}
	}
}

func (p *Plan) checkPermissions(c *Change, account func(string) string) {
	pair := p.Pairs[c.Pair]
	where := pair.Org[c.Side] + ":" + quotePath(c.Path)
	if me := account(pair.Org[c.Side]); me != "" {
		old, had := c.Old.Of(me)
		now, _ := c.New.Of(me)
		if had && old.Wider(now) {
			p.shut(GatePermissions, pair.Session, "%s: %s would lose rights of its own: %s instead of %s", where, me, now, old)
		}
	}
	for _, who := range []string{Default, Anonymous} {
		old, _ := c.Old.Of(who)
		if now, _ := c.New.Of(who); now.Wider(old) {
			p.shut(GatePermissions, pair.Session, "%s: %s would get %s instead of %s", where, who, now, old)
		}
	}
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
