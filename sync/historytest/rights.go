package historytest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"iorepl/plan"
)

// What permission lists are to be, read from the configuration alone. Lists travel from publisher to subscriber only, in two-way links
// too. The rights of Default, of Anonymous and, by map, of others are those of the publisher's folder. Whoever else is in the target's
// list stays there, unless the program let him in. A new folder begins with the list of the folder above it, which makes that list its own.

// claim says whose an entry of a target's list is that the publisher does not ask for.
type claim int

const (
	theirs  claim = iota // the target's own: it stays
	granted              // the program's: it goes
	doubted              // the program's, which may have forgotten it, or which users have changed since: it may do either
)

// spot is one entry of one folder's list.
type spot struct {
	org string
	key plan.Digest
	who string
}

// rights are what the oracle knows of permission lists.
type rights struct {
	claims    map[spot]claim
	ever      map[spot]bool // entries that the program made at some time
	lost      bool          // what the program remembers was lost or replaced at some time
	concealed bool          // the account may not do all that it has to
	keen      bool          // users change lists often
	meddled   bool          // users changed lists or folders during the apply under way
}

const whyUnmapped = "permission entries that map has no address for"

// asks is what a link wants in a target's list, and whom it has no address for.
func (l *link) asks(source plan.Permissions) (asked map[string]plan.Rights, unmapped []string) {
	asked = map[string]plan.Rights{}
	for _, e := range source {
		user, domain, isAddress := strings.Cut(e.Who, "@")
		switch {
		case l.rules.Permissions == plan.NoPermissions:
		case !isAddress:
			asked[e.Who] = e.Rights
		case l.rules.Permissions == plan.DefaultAndAnonymous:
		case l.rules.Map[e.Who] != "":
			asked[l.rules.Map[e.Who]] = e.Rights
		case l.rules.Map["@"+domain] != "":
			asked[user+l.rules.Map["@"+domain]] = e.Rights
		default:
			unmapped = append(unmapped, e.Who)
		}
	}
	return asked, unmapped
}

// amiss says what is wrong with a target's list that was another one before; "" is nothing.
func (h *History) amiss(l *link, org string, key plan.Digest, source, was, is plan.Permissions) string {
	asked, _ := l.asks(source)
	for _, who := range slices.Sorted(maps.Keys(asked)) {
		if now, ok := is.Of(who); !ok || now != asked[who] {
			return fmt.Sprintf("%s has %s and is to have %s", who, now, asked[who])
		}
	}
	for _, e := range is {
		before, had := was.Of(e.Who)
		switch _, ok := asked[e.Who]; {
		case ok:
		case !had || before != e.Rights:
			return fmt.Sprintf("nobody asked to give %s to %s", e.Rights, e.Who)
		case l.rules.Permissions == plan.MappedPermissions && h.claims[spot{org, key, e.Who}] == granted:
			return fmt.Sprintf("%s still has %s, which the program gave and the publisher does not ask for any more", e.Who, e.Rights)
		}
	}
	for _, e := range was {
		if _, ok := is.Of(e.Who); !ok && (l.rules.Permissions != plan.MappedPermissions || h.claims[spot{org, key, e.Who}] == theirs) {
			return fmt.Sprintf("%s lost %s, which is not the program's to take", e.Who, e.Rights)
		}
	}
	return ""
}

// regranted notes that users changed the list of a folder.
func (h *History) regranted(org string, key plan.Digest, was, is plan.Permissions) {
	h.meddled = true
	for _, e := range append(slices.Clone(was), is...) {
		at := spot{org, key, e.Who}
		before, had := was.Of(e.Who)
		now, has := is.Of(e.Who)
		switch {
		case !has && h.claims[at] != theirs:
			h.claims[at] = doubted // until the program has seen that it is not there
		case !has:
			delete(h.claims, at)
		case !had && h.lost && h.ever[at]:
			h.claims[at] = doubted
		case had && before != now && h.claims[at] == granted:
			h.claims[at] = doubted
		}
	}
}

// seen notes that the program has looked at the lists of a complete run: what is not in them is not its own any more, whoever grants it again.
func (h *History) seen(p *plan.Plan) {
	for i := range h.links {
		l := &h.links[i]
		lists := h.lists(l.sub)
		for k := range p.Pairs[i].Couples {
			f := p.Pairs[i].Couples[k].Folder[plan.Subscriber]
			if f == nil || l.rules.Permissions == plan.NoPermissions || !replicated(p, i, k) {
				continue
			}
			for at := range h.claims {
				if _, ok := lists[f.Key].Of(at.who); at.org == l.sub && at.key == f.Key && !ok {
					delete(h.claims, at)
				}
			}
		}
	}
}

// forgotten notes that what the program remembers of its grants may not hold any more.
func (h *History) forgotten() {
	h.lost = true
	lists := map[string]map[plan.Digest]plan.Permissions{}
	for _, name := range h.names {
		lists[name] = h.lists(name)
	}
	for at := range h.ever {
		if _, ok := lists[at.org][at.key].Of(at.who); ok {
			h.claims[at] = doubted
		}
	}
}

// granted notes what the program gave.
func (h *History) granted(l *link, key plan.Digest, source, was, is plan.Permissions) {
	asked, _ := l.asks(source)
	for who, now := range asked {
		at := spot{l.sub, key, who}
		if before, had := was.Of(who); !had || before != now {
			h.claims[at], h.ever[at] = granted, true
		}
	}
	for _, e := range was {
		if _, ok := is.Of(e.Who); !ok {
			delete(h.claims, spot{l.sub, key, e.Who})
		}
	}
}

// doubt notes that an entry may be the program's or its users', who worked at the same time.
func (h *History) doubt(org string, key plan.Digest, was, is plan.Permissions) {
	for _, e := range is {
		at := spot{org, key, e.Who}
		if before, had := was.Of(e.Who); !had || before != e.Rights || h.claims[at] == granted {
			h.claims[at], h.ever[at] = doubted, true
		}
	}
}
