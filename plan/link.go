package plan

import "slices"

// relink joins origins without replica to replicas without origin that were made from just that content: the origin was
// renamed or moved by hand, in a store where that gives it another key. Where a listing is not complete, the origin may still be there, and
// what says the same waits.
func (d *Differ) relink(alone pile, gone []seen, from Side, listed bool) (restAlone pile, restGone []seen) {
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
	var candidates []seen
	if len(byContent) > 0 {
		candidates, restAlone = d.candidates(alone, gone, byContent)
		d.readAll(candidates, from)
	} else {
		restAlone = alone
	}
	for _, s := range candidates {
		rs := byContent[s.item.Content]
		if s.item.Content.IsZero() || len(rs) == 0 {
			restAlone.few = append(restAlone.few, s)
			continue
		}
		r := rs[0]
		byContent[s.item.Content] = rs[1:]
		if !listed {
			d.leave(s.couple, from, s.item, "may be one that was renamed, in a listing that is not complete")
			restGone = append(restGone, r)
			continue
		}
		to := from.Other()
		ch := Change{Action: Relink, Side: to, Why: "renamed or moved at the " + from.String(), Name: r.item.Name,
			Couple: r.couple, Source: s.couple, Target: r.couple, Origin: s.item, Replica: r.item,
			Born: Origin{Identity: s.id, From: d.pair.Org[from], For: d.pair.Org[to]}}
		if d.pair.Follows(s.couple, r.couple, r.item.Stamp, from) {
			ch.Target = s.couple
		}
		d.changes = append(d.changes, ch)
	}
	d.settle(&restAlone)
	for _, digest := range sortedDigests(byContent) {
		restGone = append(restGone, byContent[digest]...)
	}
	slices.SortFunc(restGone, compareSeen)
	return restAlone, restGone
}

// candidates are the items that say, or may say, what replicas were made of, sorted, and those that do not. Of items whose content is not
// known, these are all if they are few, else those that are called so.
func (d *Differ) candidates(alone pile, gone []seen, byContent map[Digest][]seen) (candidates []seen, others pile) {
	type look struct{ class, name string }
	names := map[look]bool{}
	for _, r := range gone {
		names[look{r.item.Class, r.item.Name}] = true
	}
	all := alone.len() <= 4*len(gone)+64
	for part := range alone.each() {
		for _, s := range part {
			known := !s.item.Content.IsZero()
			if known && len(byContent[s.item.Content]) > 0 || !known && (all || names[look{s.item.Class, s.item.Name}]) {
				candidates = append(candidates, s)
			} else {
				others.few = append(others.few, s)
			}
		}
		d.settle(&others)
	}
	slices.SortFunc(candidates, compareSeen)
	return candidates, others
}

// adopt links items to equal ones that are there already, one to one: by key, then by content.
func (d *Differ) adopt(origins pile, from Side, listed bool) pile {
	if !d.pair.Adopt {
		return origins
	}
	to := from.Other()
	alone := origins.few
	slices.SortFunc(alone, compareSeen)
	candidates := d.users[to]
	if d.pair.Rules.TwoWay {
		candidates = d.unreplicated(to, listed)
	}
	candidates = slices.DeleteFunc(slices.Clone(candidates), func(s seen) bool { return s.item.Stamp.Origin != "" })
	candidates = append(candidates, d.former[to]...)
	slices.SortFunc(candidates, compareSeen)
	used := map[*Item]bool{}
	ways := []struct {
		why string
		of  func(*Item) Digest
	}{
		{"same key", func(it *Item) Digest { return it.Key }},
		{"equal content", func(it *Item) Digest { return it.Content }},
	}
	d.readAlike(alone, candidates, from)
	for _, way := range ways {
		alone = d.adoptBy(alone, candidates, from, listed, used, way.why, way.of)
	}
	d.noFormer(to, used)
	d.users[to] = slices.DeleteFunc(d.users[to], func(s seen) bool { return used[s.item] })
	for _, u := range d.users[to] {
		d.leave(u.couple, to, u.item, whyUsers)
	}
	return pile{few: alone}
}

// unreplicated are the items at a side of a two-way pair that have no replica at the other one, nor one that could not be listed.
func (d *Differ) unreplicated(side Side, listed bool) []seen {
	replicated := map[Digest]bool{}
	for _, r := range d.replicas[side.Other()].few {
		replicated[r.digest] = true
	}
	return slices.DeleteFunc(slices.Clone(d.sources[side].few), func(s seen) bool {
		_, out := d.filtered[s.digest]
		return out || replicated[s.digest] || d.matched[side].has(s.digest) || !listed && d.memory(s.digest) != nil
	})
}

// readAlike reads what may be equal: items of one class in one folder. What they are called may differ from store to store.
func (d *Differ) readAlike(alone, candidates []seen, from Side) {
	type look struct {
		couple int
		class  string
	}
	has := func(all []seen) map[look]bool {
		m := map[look]bool{}
		for _, s := range all {
			m[look{s.couple, s.item.Class}] = true
		}
		return m
	}
	of := func(all []seen, there map[look]bool) (out []seen) {
		for _, s := range all {
			if there[look{s.couple, s.item.Class}] {
				out = append(out, s)
			}
		}
		return out
	}
	mine, theirs := has(alone), has(candidates)
	d.readAll(of(alone, theirs), from)
	d.readAll(of(candidates, mine), from.Other())
}

func (d *Differ) adoptBy(alone, candidates []seen, from Side, listed bool, used map[*Item]bool, why string, of func(*Item) Digest) (rest []seen) {
	type place struct {
		couple int
		digest Digest
	}
	to := from.Other()
	at := map[place][]seen{}
	for _, u := range candidates {
		if digest := of(u.item); !digest.IsZero() && !used[u.item] {
			at[place{u.couple, digest}] = append(at[place{u.couple, digest}], u)
		}
	}
	for _, s := range alone {
		where := place{s.couple, of(s.item)}
		if us := at[where]; len(us) > 0 && !differ(s.item, us[0].item) && d.linkable(s, from, "", listed) {
			u := us[0]
			at[where], used[u.item], used[s.item] = us[1:], true, true
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
