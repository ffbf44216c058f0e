package plan

import (
	"cmp"
	"slices"
)

// Folders are matched by identity first, then by path. What a rename is measured against is the replica's
// stamp: Copied.Version digests name, parent and class of the origin, Copied.Content those of the replica,
// both as they were when iorepl last wrote. So a rename at the origin is followed, and a replica that its
// users renamed is still the replica.

// FolderInput is what CoupleFolders needs beside the pair.
type FolderInput struct {
	Folders [2][]Folder // of each side's part of the pair, root first, sorted by path

	// Counterpart is the identity of the folder that, as state remembers, corresponded to one; zero if none did.
	Counterpart func(identity Digest) Digest

	// Gone asks whether a folder that the walk did not show is really gone. nil: nothing is.
	Gone func(side Side, identity Digest) bool

	// Known tells whether state remembers a folder from an earlier run of the pair. nil: none.
	Known func(identity Digest) bool

	Kin *Kin // of all pairs of the run; nil: no folder has more than one counterpart
}

// FolderVersion digests what a rename, a move or a change of class changes. The stamp of a replica folder holds that of its
// origin as Copied.Version and its own as Copied.Content.
func FolderVersion(f *Folder, parent Digest) Digest {
	return Sum("folder", Base(f.Path), string(parent[:]), f.Class)
}

// Unmoved reports whether a replica folder below one with the key parent is as its stamp says that it was written.
func Unmoved(f *Folder, parent Digest) bool {
	copied, err := ParseCopied(f.Stamp.Version)
	return err == nil && copied.Content == FolderVersion(f, parent)
}

type folderMatcher struct {
	*Pair
	in      FolderInput
	byPath  [2]map[string]*Folder
	byKey   [2]map[Digest]*Folder // by identity digest
	couple  [2]map[*Folder]int
	out     [2]map[*Folder]string // why they are filtered
	place   [2]map[*Folder]string // paths below the root by which filters judge
	tangled bool                  // some couple was found to be tangled
	changes []Change
	left    []Left
}

// CoupleFolders matches the folders of both sides and returns the folder changes, but for deletions and
// revivals, which depend on items (see Differ.Finish). It fills p.Couples; couple 0 is the two roots.
func (p *Pair) CoupleFolders(in FolderInput) ([]Change, []Left) {
	m := &folderMatcher{Pair: p, in: in}
	if p.Rules.TwoWay {
		p.kin = in.Kin
	}
	for side := range m.byPath {
		m.byPath[side] = map[string]*Folder{}
		m.byKey[side] = map[Digest]*Folder{}
		m.couple[side] = map[*Folder]int{}
		m.out[side] = map[*Folder]string{}
		m.place[side] = map[*Folder]string{}
		for i := range in.Folders[side] {
			f := &in.Folders[side][i]
			m.byPath[side][f.Path] = f
			m.byKey[side][p.identity(Side(side), f.Key).Digest()] = f
		}
	}
	m.roots()
	m.filter()
	m.leaveFiltered()
	m.useGlobs()
	m.matchByKey()
	m.matchByKin()
	m.matchByPath()
	m.single()
	m.plan()
	return m.changes, m.left
}

func (m *folderMatcher) root(side Side) *Folder {
	if len(m.in.Folders[side]) > 0 && m.in.Folders[side][0].Path == m.Root[side] {
		return &m.in.Folders[side][0]
	}
	return nil
}

func (m *folderMatcher) roots() {
	c := Couple{Folder: [2]*Folder{m.root(Publisher), m.root(Subscriber)}, Linked: true}
	_, c.Items = m.Rules.folderOut("")
	m.add(c)
}

func (m *folderMatcher) add(c Couple) {
	for side, f := range c.Folder {
		if f != nil {
			m.couple[side][f] = len(m.Couples)
		}
	}
	m.Couples = append(m.Couples, c)
}

// originOf finds the folder of the other side that f is a replica of, or nil.
func (m *folderMatcher) originOf(f *Folder, side Side) *Folder {
	if st, o := m.stand(f.Stamp, side); st == ours {
		return m.byKey[side.Other()][o.Identity.Digest()]
	}
	return nil
}

func (m *folderMatcher) matchByKey() {
	for side := range m.in.Folders {
		unmoved := map[*Folder]*Folder{} // by origin
		for i := range m.in.Folders[side] {
			f := &m.in.Folders[side][i]
			if o := m.originOf(f, Side(side)); o != nil && unmoved[o] == nil && m.unmoved(f, Side(side)) {
				unmoved[o] = f
			}
		}
		for i := range m.in.Folders[side] {
			f := &m.in.Folders[side][i]
			if m.taken(f, Side(side)) {
				continue
			}
			o := m.originOf(f, Side(side))
			if o == nil || m.taken(o, Side(1-side)) || unmoved[o] != nil && unmoved[o] != f || m.hides(o, f, Side(side)) || m.strays(o, f, Side(side)) {
				continue // a second replica of one folder is a copy that users made
			}
			c := Couple{Origin: Side(1 - side)}
			c.Folder[side], c.Folder[1-side] = f, o
			_, org := m.stand(f.Stamp, Side(side))
			c.Linked = org.Linked
			m.add(c)
		}
	}
}

// hides reports whether state remembers another replica of o than f, at side, which the walk does not show and which is not gone:
// the account may not see it, and f is a copy.
func (m *folderMatcher) hides(o, f *Folder, side Side) bool {
	if !m.Rules.TwoWay || !m.Trusted || m.in.Gone == nil {
		return false
	}
	known := m.in.Counterpart(m.identity(side.Other(), o.Key).Digest())
	return !known.IsZero() && known != m.identity(side, f.Key).Digest() && m.byKey[side][known] == nil && !m.in.Gone(side, known)
}

// strays reports whether another folder than f, at side, is kept together with o by other pairs.
func (m *folderMatcher) strays(o, f *Folder, side Side) bool {
	if m.kin == nil {
		return false
	}
	there, ok := m.kin.at(m.identity(side.Other(), o.Key), m.Org[side])
	g := m.byKey[side][there.Digest()]
	return ok && g != nil && g != f && m.originOf(g, side) != o
}

// unseen reports whether a publisher folder that a replica names may be there all the same: the account does not see it.
func (m *folderMatcher) unseen(origin Identity) bool {
	return m.Rules.TwoWay && m.Trusted && m.in.Gone != nil && m.byKey[Publisher][origin.Digest()] == nil && !m.in.Gone(Publisher, origin.Digest())
}

// unmoved reports whether a replica is where it was when its stamp was written. A copy that users made, whose stamp says the same,
// has another name or parent.
func (m *folderMatcher) unmoved(f *Folder, side Side) bool {
	up := m.byPath[side][Parent(f.Path)]
	return up != nil && Unmoved(f, up.Key)
}

// matchByKin couples, in a mesh, folders that other pairs keep together.
func (m *folderMatcher) matchByKin() {
	if m.kin == nil {
		return
	}
	tops := map[Identity]*Folder{}
	for i := range m.in.Folders[Publisher] {
		if f := &m.in.Folders[Publisher][i]; !m.taken(f, Publisher) {
			tops[m.kin.top(m.identity(Publisher, f.Key))] = f
		}
	}
	for i := range m.in.Folders[Subscriber] {
		g := &m.in.Folders[Subscriber][i]
		f := tops[m.kin.top(m.identity(Subscriber, g.Key))]
		if f != nil && !m.taken(g, Subscriber) && !m.taken(f, Publisher) {
			m.add(Couple{Folder: [2]*Folder{f, g}, Linked: true})
		}
	}
}

func (m *folderMatcher) taken(f *Folder, side Side) bool {
	_, coupled := m.couple[side][f]
	return coupled || m.out[side][f] != ""
}

// matchByPath couples what has the same place on both sides; parents come before children.
func (m *folderMatcher) matchByPath() {
	for i := range m.in.Folders[Publisher] {
		f := &m.in.Folders[Publisher][i]
		if m.taken(f, Publisher) {
			continue
		}
		pc, ok := m.couple[Publisher][m.byPath[Publisher][Parent(f.Path)]]
		if !ok || m.Couples[pc].Folder[Subscriber] == nil {
			continue
		}
		g := m.byPath[Subscriber][Join(m.Couples[pc].Folder[Subscriber].Path, Base(f.Path))]
		if g == nil || m.taken(g, Subscriber) {
			continue
		}
		st, org := m.stand(g.Stamp, Subscriber)
		if st == newer || st == ours && m.unseen(org.Identity) || !m.sure(f, g) {
			continue
		}
		m.add(Couple{Folder: [2]*Folder{f, g}, Linked: st != ours || org.Linked})
	}
}

// sure reports whether two folders in one place belong together. Where an organization of a mesh is not seen, whose stamps may tell that one
// of them belongs to another folder, state has to say so.
func (m *folderMatcher) sure(f, g *Folder) bool {
	return m.Waits == "" || m.Trusted && m.in.Counterpart(m.identity(Publisher, f.Key).Digest()) == m.identity(Subscriber, g.Key).Digest()
}

// single adds the folders that have no counterpart.
func (m *folderMatcher) single() {
	for side := range m.in.Folders {
		for i := range m.in.Folders[side] {
			f := &m.in.Folders[side][i]
			if m.taken(f, Side(side)) {
				continue
			}
			c := Couple{Origin: Side(side)}
			c.Folder[side] = f
			st, o := m.stand(f.Stamp, Side(side))
			switch {
			case st == ours:
				c.Origin, c.Gone, c.Linked = Side(1-side), true, o.Linked
				c.counterpart = m.present(f, Side(side), o.Identity.Digest())
			case side == int(Subscriber) && !m.Rules.TwoWay:
				c.Gone = true // users' folder in a one-way target: only replicas that they moved into it matter
				c.Linked = true
			case m.Rules.TwoWay && m.Trusted:
				c.counterpart = m.in.Counterpart(m.identity(Side(side), f.Key).Digest())
				c.Gone = !c.counterpart.IsZero()
			}
			m.add(c)
		}
	}
	for i := range m.Couples[1:] {
		c := &m.Couples[i+1]
		side := c.Origin
		if c.Folder[side] == nil {
			side = side.Other()
		}
		_, c.Items = m.Rules.folderOut(m.place[side][c.Folder[side]])
	}
}

// present is the folder that f corresponds to: the one that its stamp names, or, once that is gone, the one that state remembers. What was linked
// to a replica in its origin's place carries the stamp itself.
func (m *folderMatcher) present(f *Folder, side Side, stamped Digest) Digest {
	if !m.Rules.TwoWay || !m.Trusted || m.in.Gone == nil {
		return stamped
	}
	known := m.in.Counterpart(m.identity(side, f.Key).Digest())
	if known.IsZero() || known == stamped || !m.in.Gone(side.Other(), stamped) {
		return stamped
	}
	return known
}

// plan compares coupled folders and decides on names, parents first.
func (m *folderMatcher) plan() {
	order := make([]int, len(m.Couples))
	for i := range order {
		order[i] = i
	}
	// A couple's wanted path depends on its parents' on both sides, whose own origin may be either side.
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(m.depth(a), m.depth(b))
	})
	m.wantAll(order)
	m.settleNames(order)
	for _, i := range order {
		m.leaveTaken(i)
		m.change(i)
	}
}

// change appends what has to be done to the folders of a couple.
func (m *folderMatcher) change(i int) {
	c := &m.Couples[i]
	origin, replica := c.Folder[c.Origin], c.Folder[c.Origin.Other()]
	side := c.Origin.Other()
	ch := Change{Couple: i, Source: i, Target: i}
	ch.Born = Origin{From: m.Org[c.Origin], For: m.Org[side], Linked: c.Linked}
	switch {
	case origin == nil, replica == nil && c.Gone:
		return // decided when it is known whether an item needs it
	case replica == nil && c.taken[side]:
		return
	case replica == nil && i > 0 && (m.aboveElsewhere(i, side) || m.comesElsewhere(c, c.Origin)):
		c.elsewhere[side] = true
		return
	case replica == nil:
		// A root is never deleted, and a run that dies before its stamp is written cannot know who made it.
		ch.Action, ch.Side, ch.Why, ch.Born.Linked = CreateFolder, side, whyNew, i == 0
		if origin.classUnknown() && side == Subscriber {
			c.Waits = whyUnlisted
		}
	default:
		ch.Action, ch.Side, ch.Why = m.compare(i)
		if ch.Why == "" {
			return
		}
		origin = c.Folder[c.Origin]
		c.again = ch.Action == LinkFolder && i > 0 && m.in.Known != nil && c.Folder[ch.Side].Stamp.Origin == "" &&
			m.in.Known(m.identity(c.Origin, origin.Key).Digest())
		ch.Born.From, ch.Born.For = m.Org[c.Origin], m.Org[c.Origin.Other()]
	}
	ch.Born.Identity = m.identity(c.Origin, origin.Key)
	ch.Version = FolderVersion(origin, m.parentKey(i, c.Origin))
	ch.Path = c.Want[ch.Side]
	if ch.Action == MoveFolder {
		c.moves[ch.Side] = true
		if f := c.Folder[ch.Side]; f.Path != ch.Path {
			ch.Detail = "was " + quotePath(f.Path)
		} else {
			ch.Detail = "class " + c.Folder[ch.Side.Other()].Class
		}
	}
	m.changes = append(m.changes, ch)
}

// aboveElsewhere reports whether a folder goes below one that another pair of the run makes.
func (m *folderMatcher) aboveElsewhere(i int, side Side) bool {
	up := m.parentOf(i, side.Other())
	return up >= 0 && m.Couples[up].Folder[side] == nil && m.Couples[up].elsewhere[side]
}

func quotePath(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// compare decides about two folders that are there; an empty reason means that nothing is to be done.
func (m *folderMatcher) compare(i int) (Action, Side, string) {
	c := &m.Couples[i]
	side := c.Origin.Other()
	origin, replica := c.Folder[c.Origin], c.Folder[side]
	st, o := m.stand(replica.Stamp, side)
	if replica.Stamp.Origin == "" && replica.Problem != "" {
		return 0, 0, "" // it may be stamped
	}
	if st != ours || o.Identity != m.identity(c.Origin, origin.Key) {
		return m.link(i)
	}
	if replica.Stamp.Version == "" {
		return RenewFolder, side, whyIncomplete
	}
	follower, ok := m.follower(i)
	if !ok || i == 0 || c.taken[follower] {
		return 0, 0, ""
	}
	if m.aboveElsewhere(i, follower) {
		return 0, 0, ""
	}
	f, leader := c.Folder[follower], c.Folder[follower.Other()]
	if f.Path == c.Want[follower] && (f.classUnknown() || leader.classUnknown()) {
		return 0, 0, "" // what can be compared is the same
	}
	if f.Path == c.Want[follower] && f.Class == leader.Class {
		if originMoved, _ := m.moved(i); originMoved || m.Rules.TwoWay {
			return RenewFolder, side, whyEqual
		}
		return 0, 0, ""
	}
	return MoveFolder, follower, "renamed or moved at the " + follower.Other().String()
}

// link stamps the folders of a couple that were there before, unless they are kept together by other pairs. In a mesh a folder has one stamp,
// and several pairs that would write it.
func (m *folderMatcher) link(i int) (Action, Side, string) {
	c := &m.Couples[i]
	const why = "first run, it was there before"
	side := c.Origin.Other()
	if m.kin == nil {
		return LinkFolder, side, why
	}
	origin, replica := m.identity(c.Origin, c.Folder[c.Origin].Key), m.identity(side, c.Folder[side].Key)
	switch {
	case m.kin.Link(origin, replica):
		return LinkFolder, side, why
	case i == 0 && m.First:
		return LinkFolder, side, why // without it nothing tells that the pair ever ran
	case m.kin.Link(replica, origin):
		c.Origin = side
		return LinkFolder, side.Other(), why
	}
	return 0, 0, ""
}
