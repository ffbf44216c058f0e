package plan

import "fmt"

// Two folders cannot have one name. Where a folder would be made or renamed to a name that another one has and keeps, the
// other one keeps it: nothing is made or renamed, and what would go there is left alone and reported, until somebody renames one of the two.

const (
	whyTaken     = "another folder has its name"
	whyElsewhere = "another pair of this run makes it, and the next run goes on"
)

// settleNames takes back every place that is taken, and computes anew what follows from it, until all places differ.
func (m *folderMatcher) settleNames(order []int) {
	for range 2*len(order) + 2 { // each round takes back a place; the bound is for what nobody thought of
		if !m.untangle() && !m.clash(order) {
			return
		}
		m.wantAll(order)
	}
}

// untangle keeps folders where they are of which each was moved into the other, on opposite sides.
func (m *folderMatcher) untangle() bool {
	found := m.tangled
	m.tangled = false
	return found
}

// tangle keeps both folders of a couple where they are.
func (m *folderMatcher) tangle(i int) {
	if c := &m.Couples[i]; !c.tangled && c.Folder[0] != nil && c.Folder[1] != nil {
		c.tangled, c.taken, m.tangled = true, [2]bool{true, true}, true
	}
}

// clash marks the couples whose place at a side is another folder's, and reports whether there are new ones. Folders that stay where
// they are come first, then those that move, then those to be made, and last those that are made again only if an item needs them.
func (m *folderMatcher) clash(order []int) (found bool) {
	for side := range 2 {
		holds := map[string]bool{}
		for f := range m.out[side] {
			holds[f.Path] = true
		}
		for rank := range 4 {
			for _, i := range order {
				c := &m.Couples[i]
				if i == 0 || c.taken[side] && c.Folder[side] == nil || m.rank(i, Side(side)) != rank || c.Want[side] == "" {
					continue
				}
				if rank > 0 && (holds[c.Want[side]] || m.aboveTaken(i, Side(side))) {
					found = found || !c.taken[side]
					c.taken[side] = true
					continue
				}
				holds[c.Want[side]] = true
			}
		}
	}
	return found
}

// aboveTaken reports whether a folder to be made or moved goes below one that cannot be made.
func (m *folderMatcher) aboveTaken(i int, side Side) bool {
	up := m.parentOf(i, side.Other())
	return up >= 0 && m.Couples[up].Folder[side] == nil && m.Couples[up].taken[side]
}

func (m *folderMatcher) rank(i int, side Side) int {
	c := &m.Couples[i]
	follower, ok := m.follower(i)
	switch {
	case c.Folder[side] != nil && (!ok || follower != side || c.taken[side]):
		return 0
	case c.Folder[side] != nil:
		return 1
	case !c.Gone:
		return 2
	}
	return 3
}

// leaveTaken reports a folder change that another folder of that name prevents.
func (m *folderMatcher) leaveTaken(i int) {
	c := &m.Couples[i]
	for side := range 2 {
		if c.taken[side] && !(c.Folder[side] == nil && c.Gone) {
			m.left = append(m.left, Left{Side: Side(side), Path: m.follow(i, Side(side)), Why: "folder not made or renamed: " + whyTaken, Count: 1, Error: true})
		}
	}
}

// closed says why a folder cannot be made at a side, or ""; needed are those above other folders that are made.
func (d *Differ) closed(c *Couple, side Side, needed bool) string {
	switch {
	case c.Folder[side] != nil:
		return ""
	case c.taken[side]:
		return whyTaken
	case c.elsewhere[side]:
		return whyElsewhere
	case c.Gone && !needed && !c.counterpart.IsZero() && !d.in.Proven(side, c.counterpart):
		return "it is no longer in the pair, and nothing proves that it is gone"
	}
	return ""
}

// dropTaken takes back what would go into folders that cannot be made. needed are those that are made for folders below them.
func (d *Differ) dropTaken(needed map[int]Side) {
	changes := Changes{plain: d.changes, packed: []*creates{d.creates}}
	packed := false
	for at := range d.creates.goes {
		_, needed := needed[at.couple]
		packed = packed || d.closed(&d.pair.Couples[at.couple], at.side, needed) != ""
	}
	changes.drop(packed, func(ch *Change) bool {
		side := ch.Side
		if ch.Action == Revive || ch.Action == Keep {
			side = side.Other()
		}
		c := &d.pair.Couples[ch.Target]
		_, needed := needed[ch.Target]
		why := d.closed(c, side, needed)
		if why == "" || ch.Action == Delete {
			return false
		}
		it, at, couple := ch.Origin, ch.Side.Other(), ch.Source
		if it == nil {
			it, at, couple = ch.Replica, ch.Side, ch.Couple
		}
		d.leaveError(couple, at, it, fmt.Sprintf("its folder %q cannot be made: %s", c.Want[side], why))
		d.left[len(d.left)-1].Error = why != whyElsewhere
		return true
	})
	d.changes = changes.plain
}
