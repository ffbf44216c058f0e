package plan

import "slices"

// filter takes folders out on both sides: those that the rules exclude, and the replicas of those.
func (m *folderMatcher) filter() {
	for side := range m.in.Folders {
		for i := range m.in.Folders[side] {
			f := &m.in.Folders[side][i]
			m.place[side][f] = Relative(f.Path, m.Root[side])
			if why, _ := m.Rules.folderOut(m.place[side][f]); why != "" {
				m.out[side][f] = why
			}
		}
	}
	for range 2 { // what is found out of one side's folders matters for the other's
		for side := range m.in.Folders {
			for i := range m.in.Folders[side] {
				m.filterReplica(&m.in.Folders[side][i], Side(side))
			}
		}
	}
}

// filterReplica judges a replica by where its origin is, and what lies below a replica by where that would put it: a rename at the
// origin may take it into the pair, and then all that lies below comes along.
func (m *folderMatcher) filterReplica(f *Folder, side Side) {
	o := m.originOf(f, side)
	if o != nil {
		m.place[side][f] = m.place[side.Other()][o]
	} else {
		m.place[side][f] = m.below(f, side)
	}
	switch {
	case o != nil && m.out[side.Other()][o] != "":
		m.out[side][f] = m.out[side.Other()][o]
	case o != nil:
		delete(m.out[side], f) // its users may have put it where a filter would take it out
	case m.outAbove(f, side) != "":
		m.out[side][f] = m.outAbove(f, side) // below the replica of a folder that is filtered
	case m.out[side][f] != "":
		if why, _ := m.Rules.folderOut(m.place[side][f]); why == "" {
			delete(m.out[side], f)
		}
	}
}

// outAbove is why the folder above f is filtered, or "".
func (m *folderMatcher) outAbove(f *Folder, side Side) string {
	if f.Path == m.Root[side] {
		return ""
	}
	return m.out[side][m.byPath[side][Parent(f.Path)]]
}

// below is the path by which filters judge a folder because of the one that it lies in.
func (m *folderMatcher) below(f *Folder, side Side) string {
	if up := m.byPath[side][Parent(f.Path)]; up != nil && f.Path != m.Root[side] {
		return Join(m.place[side][up], Base(f.Path))
	}
	return Relative(f.Path, m.Root[side])
}

// leaveFiltered counts, for each reason, the folders that filters take out, and those that are in the pair without their items. Of a side that
// does not publish, these are the replicas.
func (m *folderMatcher) leaveFiltered() {
	for side := range m.in.Folders {
		var left []Left
		for i := range m.in.Folders[side] {
			f := &m.in.Folders[side][i]
			publishes := side == int(Publisher) || m.Rules.TwoWay
			why := m.out[side][f]
			if _, items := m.Rules.folderOut(m.place[side][f]); why == "" && !items && publishes {
				why = whyOnTheWay
			}
			if why == "" {
				continue
			}
			if st, _ := m.stand(f.Stamp, Side(side)); !publishes && st != ours {
				continue
			}
			at := slices.IndexFunc(left, func(l Left) bool { return l.Why == why })
			if at < 0 {
				at = len(left)
				left = append(left, Left{Side: Side(side), Path: m.Root[side], Why: why, Folders: true})
			}
			l := &left[at]
			if l.Count++; len(l.Names) < maxNames && (why == whyOnTheWay || m.outAbove(f, Side(side)) != why) {
				l.Names = append(l.Names, quotePath(Relative(f.Path, m.Root[side])))
			}
		}
		m.left = append(m.left, left...)
	}
}
