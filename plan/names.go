package plan

import "fmt"

// Two folders cannot have one name. Where a folder would be made or renamed to a name that another one has and keeps, the
// other one keeps it: nothing is made or renamed, and what would go there is left alone and reported, until somebody renames one of the two.

const whyTaken = "another folder has its name"

// settleNames takes back every place that is taken, and computes anew what follows from it, until all places differ.
func (m *folderMatcher) settleNames(order []int) {
	for m.clash(order) {
		done := make([]bool, len(m.Couples))
		for _, i := range order {
			m.want(i, done)
		}
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
					c.taken[side], found = true, true
					continue
				}
				holds[c.Want[side]] = true
			}
		}
	}
	return found
}

// aboveTaken reports whether a folder to be made lies below one that cannot be made.
func (m *folderMatcher) aboveTaken(i int, side Side) bool {
	if m.Couples[i].Folder[side] != nil {
		return false
	}
	up := m.parentOf(i, side.Other())
	return up >= 0 && m.Couples[up].Folder[side] == nil && m.Couples[up].taken[side]
}

func (m *folderMatcher) rank(i int, side Side) int {
	c := &m.Couples[i]
	follower, ok := m.follower(i)
	switch {
	case c.Folder[side] != nil && (!ok || follower != side):
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

// dropTaken takes back what would go into folders that cannot be made.
func (d *Differ) dropTaken() {
	kept := d.changes[:0]
	for _, ch := range d.changes {
		side := ch.Side
		if ch.Action == Revive || ch.Action == Keep {
			side = side.Other()
		}
		if c := &d.pair.Couples[ch.Target]; ch.Action != Delete && c.Folder[side] == nil && c.taken[side] {
			it, at, couple := ch.Origin, ch.Side.Other(), ch.Source
			if it == nil {
				it, at, couple = ch.Replica, ch.Side, ch.Couple
			}
			d.leaveError(couple, at, it, fmt.Sprintf("its folder %q cannot be made: %s", c.Want[side], whyTaken))
			continue
		}
		kept = append(kept, ch)
	}
	d.changes = kept
}
