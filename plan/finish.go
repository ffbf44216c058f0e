package plan

import (
	"cmp"
	"slices"
	"strings"
)

// Finish decides about what was not decided within a folder: items that moved, items without a replica, replicas
// without an origin, copies. listed says that every folder of the pair was listed whole, on both sides; without it nothing counts as
// gone. It returns the item changes of the pair and what is left alone.
func (d *Differ) Finish(listed bool) ([]Change, []Left) {
	for side := range d.matched {
		slices.SortFunc(d.matched[side], Digest.Compare)
	}
	d.finish(Publisher, listed)
	if d.pair.Rules.TwoWay {
		d.finish(Subscriber, listed)
	}
	for _, c := range d.conflicts {
		d.settle(c)
	}
	d.folders(listed)
	return d.changes, d.left
}

// finish works on the items at from and their replicas at the other side.
func (d *Differ) finish(from Side, listed bool) {
	to := from.Other()
	groups := map[Digest][]seen{}
	for _, r := range d.replicas[to] {
		groups[r.digest] = append(groups[r.digest], r)
	}
	sources := d.sources[from]
	slices.SortFunc(sources, compareSeen)
	var alone []seen
	done := map[Digest]bool{}
	for _, s := range sources {
		switch why, out := d.filtered[s.digest]; {
		case out:
			d.leave(s.couple, from, s.item, why)
		case done[s.digest] || d.matched[from].has(s.digest):
			d.leave(s.couple, from, s.item, whyCopy)
		default:
			done[s.digest] = true
			if r, ok := d.choose(groups[s.digest], to); ok && !listed && d.another(s, r) {
				d.leave(r.couple, to, r.item, whyUnseen)
			} else if ok {
				d.meet(s, r, from, [2][]Item{})
			} else if len(groups[s.digest]) == 0 {
				alone = append(alone, s)
			}
		}
	}
	var gone []seen
	for _, digest := range sortedDigests(groups) {
		rs := groups[digest]
		why, out := d.filtered[digest]
		switch {
		case out:
			for _, r := range rs {
				d.leave(r.couple, to, r.item, why)
			}
		case d.matched[from].has(digest):
			d.copies(rs, digest, from)
		case done[digest]:
		default:
			if r, ok := d.choose(rs, to); ok {
				gone = append(gone, r)
			}
		}
	}
	if listed {
		alone, gone = d.relink(alone, gone, from)
	}
	alone = d.adopt(alone, from)
	for _, r := range gone {
		d.orphan(r, from, listed)
	}
	for _, s := range alone {
		d.withoutReplica(s, from, listed)
	}
}

// choose picks the replica among items with one stamp: the one that state names. Where it cannot tell, equal
// contents in one folder are a create that happened twice, of which the older stays.
func (d *Differ) choose(rs []seen, side Side) (seen, bool) {
	if len(rs) < 2 {
		return first(rs)
	}
	if m := d.memory(rs[0].digest); m.buried() {
		for _, r := range rs {
			d.leave(r.couple, side, r.item, whyCopy)
		}
		return seen{}, false
	} else if m != nil {
		for i, r := range rs {
			if m.names(r.item) {
				for j, c := range rs {
					if j != i {
						d.leave(c.couple, side, c.item, whyCopy)
					}
				}
				return r, true
			}
		}
	}
	slices.SortFunc(rs, func(a, b seen) int {
		return cmp.Or(a.item.Modified.Compare(b.item.Modified), compareSeen(a, b))
	})
	for _, r := range rs {
		d.read(r, side)
	}
	for _, r := range rs[1:] {
		if r.couple != rs[0].couple || r.item.Content.IsZero() || r.item.Content != rs[0].item.Content || r.item.Stamp != rs[0].item.Stamp {
			for _, r := range rs {
				d.leaveError(r.couple, side, r.item, whyAmbiguous)
			}
			return seen{}, false
		}
	}
	for _, r := range rs[1:] {
		d.changes = append(d.changes, d.deletion(r, nil, side, WhyDoubled))
	}
	return rs[0], true
}

func first(rs []seen) (seen, bool) {
	if len(rs) == 0 {
		return seen{}, false
	}
	return rs[0], true
}

// copies deals with replicas elsewhere in the pair of an item whose replica was found in its own folder.
func (d *Differ) copies(rs []seen, digest Digest, from Side) {
	m := d.memory(digest)
	for _, r := range rs {
		if m != nil && !m.names(r.item) {
			d.leave(r.couple, from.Other(), r.item, whyCopy)
			continue
		}
		d.leaveError(r.couple, from.Other(), r.item, whyAmbiguous)
		d.takeBack(rs[0].id, from.Other())
	}
}

// takeBack drops what was decided about the replica at side of an identity, since another item may be the replica.
func (d *Differ) takeBack(id Identity, side Side) {
	d.changes = slices.DeleteFunc(d.changes, func(c Change) bool {
		decided := c.Replica != nil && !c.Action.OfFolder() && c.Born.Identity == id && c.Born.For == d.pair.Org[side]
		if decided {
			d.leaveError(c.Couple, c.Side, c.Replica, whyAmbiguous)
		}
		return decided
	})
	d.conflicts = slices.DeleteFunc(d.conflicts, func(c conflict) bool {
		decided := c.origin.id == id && c.from == side.Other()
		if decided {
			d.leaveError(c.replica.couple, side, c.replica.item, whyAmbiguous)
		}
		return decided
	})
}

// relink joins origins without replica to replicas without origin that were made from just that content: the origin was
// renamed or moved by hand, in a store where that gives it another key.
func (d *Differ) relink(alone, gone []seen, from Side) (restAlone, restGone []seen) {
	byContent := map[Digest][]seen{}
	for _, r := range gone {
		copied, err := ParseCopied(r.item.Stamp.Version)
		unedited := r.item.Content == copied.Content || !d.pair.Rules.TwoWay
		if err == nil && !copied.Content.IsZero() && unedited && (r.item.Stamp.Origin != "" && r.id.Born == d.pair.Org[from]) {
			byContent[copied.Content] = append(byContent[copied.Content], r)
		} else {
			restGone = append(restGone, r)
		}
	}
	for _, s := range alone {
		rs := byContent[s.item.Content]
		if s.item.Content.IsZero() || len(rs) == 0 {
			restAlone = append(restAlone, s)
			continue
		}
		r := rs[0]
		byContent[s.item.Content] = rs[1:]
		to := from.Other()
		ch := Change{Action: Relink, Side: to, Why: "renamed or moved at the " + from.String(), Name: r.item.Name,
			Couple: r.couple, Source: s.couple, Target: r.couple, Origin: s.item, Replica: r.item,
			Born: Origin{Identity: s.id, From: d.pair.Org[from], For: d.pair.Org[to]}}
		if d.pair.Follows(s.couple, r.couple, r.item.Stamp, from) {
			ch.Target = s.couple
		}
		d.changes = append(d.changes, ch)
	}
	for _, digest := range sortedDigests(byContent) {
		restGone = append(restGone, byContent[digest]...)
	}
	slices.SortFunc(restGone, compareSeen)
	return restAlone, restGone
}

// adopt links items to equal ones that are there already, one to one: by key, then by content.
func (d *Differ) adopt(alone []seen, from Side) []seen {
	if !d.pair.Adopt {
		return alone
	}
	to := from.Other()
	candidates := &d.users[to]
	if d.pair.Rules.TwoWay {
		candidates = &d.sources[to]
	}
	slices.SortFunc(*candidates, compareSeen)
	used := map[*Item]bool{}
	ways := []struct {
		why string
		of  func(*Item) Digest
	}{
		{"same key", func(it *Item) Digest { return it.Key }},
		{"equal content", func(it *Item) Digest { return it.Content }},
	}
	for _, way := range ways {
		alone = d.adoptBy(alone, *candidates, from, used, way.why, way.of)
	}
	*candidates = slices.DeleteFunc(*candidates, func(s seen) bool { return used[s.item] })
	for _, u := range d.users[to] {
		d.leave(u.couple, to, u.item, whyUsers)
	}
	return alone
}

func (d *Differ) adoptBy(alone, candidates []seen, from Side, used map[*Item]bool, why string, of func(*Item) Digest) (rest []seen) {
	type place struct {
		couple int
		digest Digest
	}
	to := from.Other()
	at := map[place][]seen{}
	for _, u := range candidates {
		if digest := of(u.item); !digest.IsZero() && !used[u.item] && u.item.Stamp.Origin == "" {
			at[place{u.couple, digest}] = append(at[place{u.couple, digest}], u)
		}
	}
	for _, s := range alone {
		where := place{s.couple, of(s.item)}
		if us := at[where]; len(us) > 0 && !differ(s.item, us[0].item) && d.in.Index.elsewhere(d.pair.Org[to], s.digest, d.pair.Org[from]) == "" {
			u := us[0]
			at[where], used[u.item] = us[1:], true
			d.changes = append(d.changes, Change{Action: Adopt, Side: to, Why: why, Name: u.item.Name,
				Couple: u.couple, Source: s.couple, Target: u.couple, Origin: s.item, Replica: u.item,
				Born: Origin{Identity: s.id, From: d.pair.Org[from], For: d.pair.Org[to]}})
			continue
		}
		rest = append(rest, s)
	}
	return rest
}

// differ reports whether two items are known to say different things.
func differ(a, b *Item) bool {
	return !a.Content.IsZero() && !b.Content.IsZero() && a.Content != b.Content
}

// orphan decides about a replica whose origin was not found.
func (d *Differ) orphan(r seen, from Side, listed bool) {
	to := from.Other()
	copied, _ := ParseCopied(r.item.Stamp.Version)
	switch {
	case !listed:
		d.leave(r.couple, to, r.item, "its origin was not found, in a listing that is not complete")
		return
	case r.item.Stamp.Version != "" && !d.in.Proven(from, copied.Home):
		d.leave(r.couple, to, r.item, "its origin's folder is no longer in the pair, and nothing proves that it is gone")
		return
	}
	e := encounter{rules: &d.pair.Rules, trusted: d.pair.Trusted, pair: d.pair.Digest, replica: r.item, from: from, memory: d.memory(r.digest)}
	if !d.pair.Rules.TwoWay && e.memory != nil && e.memory.Replica != r.item.Key {
		d.leave(r.couple, to, r.item, whyCopy) // the replica itself is gone
		return
	}
	v := e.decide()
	switch {
	case !v.act:
		d.leave(r.couple, to, r.item, v.why)
	case v.action == Revive:
		d.changes = append(d.changes, Change{Action: Revive, Side: to, Why: v.why, Name: r.item.Name, Couple: r.couple,
			Source: r.couple, Target: r.couple, Replica: r.item,
			Born: Origin{Identity: d.pair.identity(to, r.item.Key), From: d.pair.Org[to], For: d.pair.Org[from]}})
	default:
		d.changes = append(d.changes, d.deletion(r, nil, to, v.why))
	}
}

// withoutReplica decides about an item that has no replica in the pair.
func (d *Differ) withoutReplica(s seen, from Side, listed bool) {
	to := from.Other()
	if why := d.in.Index.elsewhere(d.pair.Org[to], s.digest, d.pair.Org[from]); why != "" {
		d.leave(s.couple, from, s.item, why)
		return
	}
	e := encounter{rules: &d.pair.Rules, trusted: d.pair.Trusted, pair: d.pair.Digest, origin: s.item, from: from}
	if d.pair.Rules.TwoWay {
		e.memory = d.memory(s.digest)
	}
	if e.memory != nil && e.trusted && !listed {
		d.leave(s.couple, from, s.item, "its replica was not found, in a listing that is not complete")
		return
	}
	v := e.decide()
	c := &d.pair.Couples[s.couple]
	switch {
	case !v.act:
		d.leave(s.couple, from, s.item, v.why)
	case v.action == Delete && c.Folder[to] == nil && !d.in.Proven(to, c.counterpart):
		d.leave(s.couple, from, s.item, "its replica's folder is no longer in the pair, and nothing proves that it is gone")
	case v.action == Delete:
		d.changes = append(d.changes, d.deletion(s, s.item, from, v.why))
	default:
		why := v.why
		if why == whyNew {
			why += " at the " + from.String()
		}
		d.refusedOr(Change{Action: Create, Side: to, Why: why, Name: s.item.Name, Couple: s.couple, Source: s.couple, Target: s.couple,
			Origin: s.item, Born: Origin{Identity: s.id, From: d.pair.Org[from], For: d.pair.Org[to]}}, s)
	}
}

// deletion deletes an item at side; origin is the item itself where it is an origin whose replica is gone.
func (d *Differ) deletion(s seen, origin *Item, side Side, why string) Change {
	c := Change{Action: Delete, Side: side, Why: why, Name: s.item.Name, Couple: s.couple, Source: s.couple, Target: s.couple,
		Born: Origin{Identity: s.id}}
	if origin != nil {
		c.Origin = origin
	} else {
		c.Replica = s.item
	}
	return c
}

// settle turns a conflict in which both are kept into a change. If a run died after it kept the loser, only the winner is still to be copied.
func (d *Differ) settle(c conflict) {
	p := d.pair
	to := c.from.Other()
	loser := c.replica
	if c.from == Subscriber {
		loser = c.origin
	}
	ch := Change{Action: Keep, Side: Subscriber, Why: c.why, Clash: true, Name: loser.item.Name, Couple: loser.couple, Source: c.origin.couple, Target: loser.couple,
		Origin: c.origin.item, Replica: c.replica.item,
		Born: Origin{Identity: c.origin.id, From: p.Org[c.from], For: p.Org[to]}}
	if c.from == Subscriber {
		ch.Source = c.replica.couple
	}
	if d.kept[loser.item.Version] {
		ch.Action, ch.Why = Update, c.why+"; the loser is kept already"
		if c.from == Subscriber {
			ch.Action = CopyBack
		}
	}
	d.changes = append(d.changes, ch)
}

// folders decides on folders whose counterpart is gone, now that it is known what happens to their items.
func (d *Differ) folders(listed bool) {
	p := d.pair
	needed := map[int]Side{} // folders to be made at a side because a folder or an item goes there
	for i := range p.Couples {
		for side := range p.Couples[i].Folder {
			c := &p.Couples[i]
			made := c.Folder[side] == nil && !c.Gone && !c.taken[side] && c.Origin != Side(side)
			moved := c.Folder[side] != nil && c.Folder[1-side] != nil && c.Folder[side].Path != c.Want[side]
			if made || moved {
				d.need(needed, c.Folder[1-side], Side(side))
			}
		}
	}
	d.dropTaken(needed)
	for _, ch := range d.changes {
		if ch.Action == Delete || ch.Target != ch.Couple {
			p.Couples[ch.Couple].leaving[ch.Side]++
		}
	}
	for i, ch := range d.changes {
		c := &p.Couples[ch.Target]
		side := ch.Side
		if ch.Action == Revive || ch.Action == Keep {
			side = side.Other()
		}
		if c.Gone && c.Folder[side] == nil && ch.Action != Delete {
			needed[ch.Target] = side
			d.changes[i].Path = c.Want[side]
		}
	}
	kept := map[string]bool{} // paths of folders that stay, by side
	order := make([]int, len(p.Couples))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { // deepest first
		return cmp.Compare(strings.Count(p.Couples[b].path(), "/"), strings.Count(p.Couples[a].path(), "/"))
	})
	for _, i := range order {
		c := &p.Couples[i]
		if !c.Gone {
			d.keepPaths(kept, c)
			continue
		}
		if side, ok := needed[i]; ok {
			d.reviveFolder(i, side, needed)
			d.keepPaths(kept, c)
			continue
		}
		d.dropFolder(i, listed, kept)
	}
}

func (c *Couple) path() string {
	for side, f := range c.Folder {
		if f != nil {
			return c.Want[side]
		}
	}
	return ""
}

func (d *Differ) keepPaths(kept map[string]bool, c *Couple) {
	for side, f := range c.Folder {
		if f != nil && c.Want[side] != "" {
			kept[Side(side).String()+" "+Parent(c.Want[side])] = true
		}
	}
}

// reviveFolder makes the counterpart of a folder again, and those above it.
func (d *Differ) reviveFolder(i int, side Side, needed map[int]Side) {
	p := d.pair
	c := &p.Couples[i]
	from := side.Other()
	f := c.Folder[from]
	action, why := CreateFolder, "its replica was deleted, but new items go there"
	if st, _ := p.stand(f.Stamp, from); st == ours {
		action, why = ReviveFolder, "its origin is gone, but items in it were edited or added"
		c.Origin = from
	}
	d.changes = append(d.changes, Change{Action: action, Side: side, Path: c.Want[side], Why: why, Couple: i, Source: i, Target: i,
		Born: Origin{Identity: p.identity(from, f.Key), From: p.Org[from], For: p.Org[side]}})
	d.need(needed, f, side)
}

// need adds the folder above f, which has no counterpart at side, to those that are made again.
func (d *Differ) need(needed map[int]Side, f *Folder, side Side) {
	for j := range d.pair.Couples {
		up := &d.pair.Couples[j]
		if at := up.Folder[side.Other()]; up.Gone && at != nil && up.Folder[side] == nil && !up.taken[side] && f.Path != at.Path && at.Path == Parent(f.Path) {
			if _, ok := needed[j]; !ok {
				needed[j] = side
				d.need(needed, at, side)
			}
		}
	}
}

// dropFolder deletes a folder whose counterpart is gone, if it may and if nothing stays in it.
func (d *Differ) dropFolder(i int, listed bool, kept map[string]bool) {
	p := d.pair
	c := &p.Couples[i]
	side := Publisher
	if c.Folder[Publisher] == nil {
		side = Subscriber
	}
	f := c.Folder[side]
	st, o := p.stand(f.Stamp, side)
	why := ""
	switch {
	case st != ours && !p.Rules.TwoWay:
		why = "folder of its users"
	case p.Rules.Deletions != DeleteItemsAndFolders:
		why = "folder gone at the " + side.Other().String() + "; deletions = \"" + p.Rules.Deletions.String() + "\""
	case c.Linked && st == ours:
		why = "folder gone at the " + side.Other().String() + "; it was there before the first run"
	case st == ours && !d.in.Proven(side.Other(), o.Identity.Digest()):
		why = "folder no longer in the pair at the " + side.Other().String() + ", and nothing proves that it is gone"
	case st != ours && !d.in.Proven(side.Other(), c.counterpart):
		why = "its replica is no longer in the pair, and nothing proves that it is gone"
	case !listed:
		why = "folder not found at the " + side.Other().String() + ", in a listing that is not complete"
	case c.count[side] > c.leaving[side] || c.blocked[side] || kept[side.String()+" "+c.Want[side]]:
		why = "folder gone at the " + side.Other().String() + "; it holds what stays"
	}
	if why != "" {
		d.keepPaths(kept, c)
		d.left = append(d.left, Left{Side: side, Path: c.Want[side], Why: why, Count: 1})
		return
	}
	d.changes = append(d.changes, Change{Action: DeleteFolder, Side: side, Path: c.Want[side], Why: "gone at the " + side.Other().String(),
		Couple: i, Source: i, Target: i})
}

func compareSeen(a, b seen) int {
	return cmp.Or(cmp.Compare(a.couple, b.couple), cmp.Compare(a.item.Name, b.item.Name), a.item.Key.Compare(b.item.Key), cmp.Compare(a.item.ID, b.item.ID))
}

func sortedDigests(m map[Digest][]seen) []Digest {
	out := make([]Digest, 0, len(m))
	for d := range m {
		out = append(out, d)
	}
	slices.SortFunc(out, Digest.Compare)
	return out
}

func sideText(format string, side Side) string {
	return strings.ReplaceAll(format, "%s", side.String())
}
