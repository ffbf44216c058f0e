package plan

// Where folders will be after the plan: one follows its counterpart if that was renamed or moved, else it stays under its
// parent, which may move itself. So places are reckoned from the top down, for each side.

// How far want has come with one side of a couple.
const (
	begun = 1 + iota
	finished
)

func (m *folderMatcher) wantAll(order []int) {
	done := make([][2]int, len(m.Couples))
	for _, i := range order {
		m.want(i, Publisher, done)
		m.want(i, Subscriber, done)
	}
}

func (m *folderMatcher) depth(i int) int {
	d := 0
	for _, f := range m.Couples[i].Folder {
		if f != nil {
			d = max(d, len(Names(f.Path)))
		}
	}
	return d
}

// parentOf is the couple of the folder above the one at side, or -1.
func (m *folderMatcher) parentOf(i int, side Side) int {
	f := m.Couples[i].Folder[side]
	if f == nil || i == 0 {
		return -1
	}
	if c, ok := m.couple[side][m.byPath[side][Parent(f.Path)]]; ok {
		return c
	}
	return -1
}

// want computes the path that a couple's folder at side will have: where the folder of the other side is, if this one follows it or
// is to be made, else where it is now, whatever becomes of the folders above it.
func (m *folderMatcher) want(i int, side Side, done [][2]int) {
	if done[i][side] != 0 {
		return
	}
	done[i][side] = begun
	c := &m.Couples[i]
	follower, follows := m.follower(i)
	switch {
	case i == 0:
		c.Want[side] = m.Root[side]
	case c.tangled:
		c.Want[side] = c.Folder[side].Path
	case c.Folder[side] == nil, follows && follower == side && !c.taken[side]:
		m.above(i, m.parentOf(i, side.Other()), side, done)
		c.Want[side] = m.follow(i, side)
	default:
		m.above(i, m.parentOf(i, side), side, done)
		c.Want[side] = m.stay(i, side)
	}
	done[i][side] = finished
}

// above computes the path of the folder above. If that one waits for this one, they cannot both move.
func (m *folderMatcher) above(i, parent int, side Side, done [][2]int) {
	switch {
	case parent < 0:
	case done[parent][side] != begun:
		m.want(parent, side, done)
	default:
		m.tangle(i)
		m.tangle(parent)
		for j := range done {
			if !m.tangled && done[j][side] == begun {
				m.tangle(j)
			}
		}
	}
}

// stay is the path of a folder that keeps its name and parent, while its parent may move.
func (m *folderMatcher) stay(i int, side Side) string {
	f := m.Couples[i].Folder[side]
	if p := m.parentOf(i, side); p >= 0 {
		return Join(m.Couples[p].Want[side], Base(f.Path))
	}
	return f.Path
}

// follow is the path that corresponds to where the folder of the other side is.
func (m *folderMatcher) follow(i int, side Side) string {
	other := m.Couples[i].Folder[side.Other()]
	if other == nil {
		return ""
	}
	if p := m.parentOf(i, side.Other()); p >= 0 {
		return Join(m.Couples[p].Want[side], Base(other.Path))
	}
	return Under(m.Root[side], Relative(other.Path, m.Root[side.Other()]))
}

func (m *folderMatcher) parentKey(i int, side Side) Digest {
	f := m.Couples[i].Folder[side]
	if f == nil {
		return Digest{}
	}
	if p := m.byPath[side][Parent(f.Path)]; p != nil && i > 0 {
		return p.Key
	}
	return Digest{}
}

// moved says which folders of a couple were renamed, moved or changed in class since iorepl last wrote.
func (m *folderMatcher) moved(i int) (origin, replica bool) {
	c := &m.Couples[i]
	o, r := c.Folder[c.Origin], c.Folder[c.Origin.Other()]
	copied, err := ParseCopied(r.Stamp.Version)
	if st, named := m.stand(r.Stamp, c.Origin.Other()); st != ours || err != nil || named.Identity != m.identity(c.Origin, o.Key) {
		return false, false
	}
	return copied.Version != FolderVersion(o, m.parentKey(i, c.Origin)),
		copied.Content != FolderVersion(r, m.parentKey(i, c.Origin.Other()))
}

// follower is the side whose folder has to be renamed or moved after the other's.
func (m *folderMatcher) follower(i int) (Side, bool) {
	c := &m.Couples[i]
	if c.Folder[0] == nil || c.Folder[1] == nil {
		return 0, false
	}
	follower, ok := m.behind(i)
	if why, _ := m.Rules.folderOut(m.below(c.Folder[follower.Other()], follower.Other())); why != "" {
		return 0, false // it was moved to where a filter takes folders out
	}
	return follower, ok
}

// behind is the side whose folder is not where, or what, the other's is by now.
func (m *folderMatcher) behind(i int) (Side, bool) {
	c := &m.Couples[i]
	origin, replica := m.moved(i)
	switch {
	case origin && replica && m.Rules.TwoWay && m.Rules.Conflict == SubscriberWins:
		return Publisher, true
	case origin && replica && m.Rules.TwoWay:
		return Subscriber, true
	case origin:
		return c.Origin.Other(), true
	case replica && m.Rules.TwoWay:
		return c.Origin, true
	case replica && m.Rules.Restore:
		return c.Origin.Other(), true
	}
	return 0, false
}
