package historytest

import (
	"slices"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// settle runs until there is nothing left to do, and then looks whether all is where it belongs.
func (h *History) settle() {
	var out outcome
	for range len(h.links) + 3 {
		out = (&run{h: h, force: true}).do(false)
		if out.plan.Empty() {
			break
		}
		out = (&run{h: h, force: true}).do(true)
	}
	if stuck(out.report) {
		h.note("folders that wait for each other's names in more than one way wait for somebody to rename one")
		return
	}
	if !out.plan.Empty() {
		h.fail("the plan does not become empty:\n%s", text(out.plan))
	}
	h.note("the last plan:\n%s", text(out.plan))
	for i := range h.links {
		h.converged(&h.links[i], leftAlone(out.plan, i), wrong(out.plan, i))
		h.accessSettled(&h.links[i])
	}
	for _, name := range h.names {
		h.doubles(name)
	}
}

// stuck reports whether folders could not be made or moved because others have their names.
func stuck(r *sync.Report) bool {
	return r != nil && slices.ContainsFunc(r.Failed, func(o sync.Outcome) bool { return o.Action == plan.CreateFolder || o.Action == plan.MoveFolder })
}

// leftAlone counts what the plan leaves alone in a pair, but for what filters and ownership explain.
func leftAlone(p *plan.Plan, pair int) (n int) {
	for _, l := range p.Left {
		if l.Pair == pair && !strings.HasPrefix(l.Why, "filtered by") && l.Why != "belongs to its users" && l.Why != whyUnmapped {
			n += l.Count
		}
	}
	return n
}

// wrong reports whether the plan calls something of a pair an error. In a mesh what one pair cannot bring comes by no other.
func wrong(p *plan.Plan, pair int) bool {
	mesh := len(p.Pairs) > 2 && !slices.ContainsFunc(p.Pairs, func(p *plan.Pair) bool { return !p.Rules.TwoWay })
	return slices.ContainsFunc(p.Left, func(l plan.Left) bool { return (l.Pair == pair || mesh) && l.Error })
}

// eligible are the items of a link's side by item number; those that a filter takes out anywhere are left out everywhere.
func (h *History) eligible(l *link, side int, replicasOnly bool, out map[int]bool) map[int][]memstore.Found {
	items := map[int][]memstore.Found{}
	for _, f := range h.orgs[l.org(side)].All() {
		t := tokenOf(f.Payload.Data)
		if !plan.Within(f.Path, l.root(side)) || t.item == 0 {
			continue
		}
		relative := plan.Relative(f.Path, l.root(side))
		// Where folders were renamed, a folder of any name may be the replica of an excluded one.
		renamed := len(h.folders) > 0 && len(l.rules.Exclude) > 0 && relative != ""
		if l.excludesFolder(relative) || renamed || l.excludesItem(f) {
			out[t.item] = true
		}
		if limit := h.orgs[l.org(1-side)].limit(); limit > 0 && len(f.Payload.Data) > limit {
			out[t.item] = true
		}
		if !replicasOnly || f.Item.Stamp.Origin != "" {
			items[t.item] = append(items[t.item], f)
		}
	}
	return items
}

// converged: both sides of a link have the same, but for as much as was reported as left alone.
func (h *History) converged(l *link, tolerance int, wrong bool) {
	out := map[int]bool{}
	pub, sub := h.eligible(l, 0, false, out), h.eligible(l, 1, !l.rules.TwoWay, out)
	different := 0
	for item := 1; item <= len(h.edits); item++ {
		if out[item] {
			continue
		}
		p, s := pub[item], sub[item]
		quiet := !wrong && len(h.events[item]) == 0 && len(h.writers[item]) == 1
		if quiet && (len(p) != len(s) || len(p) > 1) && !(len(p) == 0 && h.elsewhere(item, l)) {
			h.fail("%s: item %d, which nobody copied, moved or deleted, is %d times at %s and %d times at %s", l.session, item, len(p), l.pub, len(s), l.sub)
		}
		if quiet && len(p) == 1 && len(s) == 1 {
			h.sameItem(l, p[0], s[0])
		}
		different += h.difference(l, p, s)
	}
	if different > 2*tolerance { // an item that is left alone may differ from its counterpart, and so count twice
		h.fail("%s: the sides differ in %d items, and %d are reported as left alone", l.session, different, tolerance)
	}
}

// elsewhere reports whether an item was born outside of what the link publishes.
func (h *History) elsewhere(item int, l *link) bool {
	return !l.rules.TwoWay && !h.writers[item][l.pub]
}

// difference counts the items of one number that have no counterpart. Edits of one-way replicas count as the item itself.
func (h *History) difference(l *link, p, s []memstore.Found) int {
	count := map[token]int{}
	key := func(f memstore.Found) token {
		t := tokenOf(f.Payload.Data)
		if !l.rules.TwoWay {
			t.edit = 0
		}
		return t
	}
	for _, f := range p {
		count[key(f)]++
	}
	for _, f := range s {
		count[key(f)]--
	}
	n := 0
	for _, c := range count {
		n += max(c, -c)
	}
	return n
}

// sameItem: an item that only one side's users wrote says the same on both sides, at the same time and, if no folder was moved, in the same place.
func (h *History) sameItem(l *link, p, s memstore.Found) {
	pt, st := tokenOf(p.Payload.Data), tokenOf(s.Payload.Data)
	if at, ok := h.sites[st]; ok && pt != st && !l.rules.TwoWay && at.org == l.sub && !l.rules.Restore {
		return // edited at the replica, which stays until the publisher changes
	}
	if h.comesBetween(l, p) && h.comesBetween(l, s) {
		return // both came from a third organization, and the filters of those links decide about each
	}
	if h.stopped(l, p) || h.stopped(l, s) {
		return // an item comes by one way, and what that one's filters take out is left alone
	}
	if pt != st {
		h.fail("%s: %v at %s is %v at %s", l.session, pt, l.pub, st, l.sub)
	}
	if !p.Payload.Modified.Equal(s.Payload.Modified) || p.Payload.Class != s.Payload.Class || string(p.Payload.Data) != string(s.Payload.Data) {
		h.fail("%s: %v has another time, class or text at %s", l.session, pt, l.sub)
	}
	if len(h.folders) == 0 && plan.Relative(p.Path, l.from) != plan.Relative(s.Path, l.to) {
		h.fail("%s: %v is in /%s at %s and in /%s at %s", l.session, pt, p.Path, l.pub, s.Path, l.sub)
	}
}

// comesBetween reports whether an item is the replica of one that is at neither side of the link.
func (h *History) comesBetween(l *link, f memstore.Found) bool {
	o, err := plan.ParseOrigin(f.Item.Stamp.Origin)
	return err == nil && o.From != l.pub && o.From != l.sub
}

// stopped reports whether an item came from a third organization, and the filters of that link, which were changed since, take it out.
func (h *History) stopped(l *link, f memstore.Found) bool {
	if !h.comesBetween(l, f) {
		return false
	}
	o, err := plan.ParseOrigin(f.Item.Stamp.Origin)
	return err == nil && slices.ContainsFunc(h.links, func(way link) bool {
		for side := range 2 {
			if way.org(side) == o.For && way.org(1-side) == o.From && (way.excludesItem(f) || way.excludesFolder(plan.Relative(f.Path, way.root(side)))) {
				return true
			}
		}
		return false
	})
}

// doubles: of an item that nobody copied, moved or deleted there is one in an organization.
func (h *History) doubles(name string) {
	count := map[int]int{}
	for _, f := range h.orgs[name].All() {
		count[tokenOf(f.Payload.Data).item]++
	}
	for item, n := range count {
		into := 0
		for i := range h.links {
			if h.links[i].sub == name {
				into++
			}
		}
		if item != 0 && n > 1 && len(h.events[item]) == 0 && len(h.writers[item]) == 1 && into <= 1 {
			h.fail("item %d, which nobody copied, moved or deleted, is %d times at %s", item, n, name)
		}
	}
}
