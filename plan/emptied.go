package plan

import (
	"cmp"
	"slices"
	"strings"
)

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
	for i := range p.Couples {
		c := &p.Couples[i]
		for side, f := range c.Folder {
			to := Side(side).Other()
			_, above := needed[i]
			wanted := f != nil && c.Gone && c.Folder[to] == nil && d.goesTo(i, to) && d.closed(c, to, above) == ""
			if wanted && p.comesElsewhere(c, Side(side)) {
				c.elsewhere[to] = true
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
	for at, n := range d.creates.goes {
		if c := &p.Couples[at.couple]; n > 0 && c.Gone && c.Folder[at.side] == nil {
			needed[at.couple] = at.side
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

// goesTo reports whether an item goes to a couple's folder at a side.
func (d *Differ) goesTo(couple int, side Side) bool {
	return d.creates.goes[target{couple, side}] > 0 || slices.ContainsFunc(d.changes, func(ch Change) bool {
		to := ch.Side
		if ch.Action == Revive || ch.Action == Keep {
			to = to.Other()
		}
		return ch.Target == couple && to == side && ch.Action != Delete
	})
}

func (c *Couple) path() string {
	for side, f := range c.Folder {
		if f != nil {
			return c.Want[side]
		}
	}
	return ""
}

// keepPaths keeps the folders above those of a couple, where they go, and where they stay because other pairs keep them together with others.
func (d *Differ) keepPaths(kept map[string]bool, c *Couple) {
	for side, f := range c.Folder {
		if f == nil || c.Want[side] == "" {
			continue
		}
		kept[Side(side).String()+" "+Parent(c.Want[side])] = true
		if f.Path == c.Want[side] || c.moves[side] {
			continue
		}
		for _, up := range d.pair.Couples {
			if at := up.Folder[side]; at != nil && at.Path == Parent(f.Path) {
				kept[Side(side).String()+" "+up.Want[side]] = true
			}
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
	case st == ours && d.shows(side.Other(), o.Identity.Digest()):
		why = "copy of a replica folder, made by its users"
	case p.Rules.Deletions != DeleteItemsAndFolders:
		why = "folder gone at the " + side.Other().String() + "; deletions = \"" + p.Rules.Deletions.String() + "\""
	case c.Linked && st == ours:
		why = "folder gone at the " + side.Other().String() + "; it was there before the first run"
	case st == ours && !d.in.Proven(side.Other(), c.counterpart):
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
	if st != ours && d.in.Hides[side.Other()] {
		c.vanished[side]++
	}
	d.changes = append(d.changes, Change{Action: DeleteFolder, Side: side, Path: c.Want[side], Why: "gone at the " + side.Other().String(),
		Couple: i, Source: i, Target: i})
}

// shows reports whether a folder, by identity, is among those of the pair at a side.
func (d *Differ) shows(side Side, folder Digest) bool {
	if d.shown[side] == nil { // it is asked for each item that is gone
		d.shown[side] = map[Digest]bool{}
		for i := range d.pair.Couples {
			if f := d.pair.Couples[i].Folder[side]; f != nil {
				d.shown[side][d.pair.identity(side, f.Key).Digest()] = true
			}
		}
	}
	return d.shown[side][folder]
}
