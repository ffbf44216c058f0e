package sync

import (
	"context"
	"slices"
	"strings"

	"iorepl/plan"
)

// Checker is a store that can tell what its account may do. Nothing of it writes.
type Checker interface {
	// About says which server answers and as whom it is asked, such as "Exchange 2016 (15.1.2507), as iorepl@contoso.example".
	About() string

	// Allowed tells what the account may do of what is needed: one answer for each, in order. Of other rights it may tell as well.
	Allowed(ctx context.Context, needs []Need) []Allowed

	// Grant says how an administrator gives the account rights on the folder at a path.
	Grant(path string, rights plan.Rights) string
}

// Allowed is what an account may do in a folder.
type Allowed struct {
	Rights  plan.Rights // that it has
	Unknown plan.Rights // that it may have or not: the server does not tell
	Why     string      // why the server does not tell
	List    bool        // it may read the permission list
	Err     error       // why nothing is known
}

// CheckerOf finds the Checker below what wraps a store; nil if there is none.
func CheckerOf(s Store) Checker {
	c, _ := As[Checker](s)
	return c
}

// Need is what sessions need to be allowed in a folder.
type Need struct {
	Folder   plan.Folder
	Rights   plan.Rights
	List     bool     // its permission list is read
	Sessions []string // "name (file:line)", sorted
}

// The rights that a session needs where it does something.
const (
	rightsToRead  = plan.RightFolderVisible | plan.RightReadAny
	rightsToWrite = rightsToRead | plan.RightCreate | plan.RightEditAny | plan.RightDeleteAny
	rightsToMake  = plan.RightFolderVisible | plan.RightCreateSubfolders // folders
)

// Needs is what sessions need, by organization, sorted by path, given the folders that were found in each. It holds for
// what would be done now and for what later changes at the publisher may make necessary. Of an organization without folders
// nothing is needed.
func Needs(sessions []Session, folders map[string][]plan.Folder) map[string][]Need {
	r := New(Options{Sessions: sessions})
	for _, s := range sessions {
		for _, org := range append([]string{s.Publisher}, s.Subscribers...) {
			r.walks[org] = newWalk(slices.Clone(folders[org]))
		}
	}
	r.resolve()
	n := needs{run: r, found: map[place]*Need{}}
	kin := r.kin()
	for _, p := range r.pairs {
		if p.missing {
			continue
		}
		p.CoupleFolders(plan.FolderInput{Folders: p.members, Counterpart: func(plan.Digest) plan.Digest { return plan.Digest{} }, Kin: kin})
		for i := range p.Couples {
			n.couple(p, i)
		}
		if to := p.Rules.Recycle; to != "" && p.Rules.Deletions != plan.NoDeletions {
			if f, ok := r.walks[p.Org[plan.Subscriber]].at(to); ok {
				n.add(p, plan.Subscriber, f, rightsToRead|plan.RightCreate, false)
			} else {
				n.below(p, plan.Subscriber, to)
			}
		}
	}
	return n.sorted()
}

type needs struct {
	run   *Run
	found map[place]*Need
}

// couple adds what is needed of a couple's folders.
func (n *needs) couple(p *pair, number int) {
	c := &p.Couples[number]
	for _, side := range []plan.Side{plan.Publisher, plan.Subscriber} {
		written := side == plan.Subscriber || p.Rules.TwoWay
		f := c.Folder[side]
		switch {
		case f == nil && written && !c.Gone:
			n.below(p, side, c.Want[side])
			continue
		case f == nil:
			continue
		}
		rights := plan.RightFolderVisible
		theirs := side == plan.Subscriber && !p.Rules.TwoWay && c.Folder[plan.Publisher] == nil && f.Stamp.IsZero()
		switch {
		case theirs: // it is only listed
			n.add(p, side, *f, rightsToRead, false)
			continue
		case c.Items && written:
			rights = rightsToWrite
		case c.Items:
			rights = rightsToRead
		}
		if written && p.Rules.Subfolders {
			rights |= rightsToMake
		}
		// Stamps, names, markers and permissions are the owner's to change.
		unstamped := side == c.Origin.Other() && f.Stamp.IsZero()
		permitted := side == plan.Subscriber && p.Rules.Permissions != plan.NoPermissions
		if written && (number > 0 || unstamped || permitted || p.Rules.TwoWay) {
			rights |= plan.RightFolderOwner
		}
		n.add(p, side, *f, rights, p.Rules.Permissions != plan.NoPermissions)
	}
}

// below adds what making a folder needs: it is made below the nearest one that is there, whose rights it gets.
func (n *needs) below(p *pair, side plan.Side, path string) {
	for path != "" {
		path = plan.Parent(path)
		if f, ok := n.run.walks[p.Org[side]].at(path); ok {
			n.add(p, side, f, rightsToMake, false)
			return
		}
	}
}

func (n *needs) add(p *pair, side plan.Side, f plan.Folder, rights plan.Rights, list bool) {
	at := place{p.Org[side], f.Path}
	need := n.found[at]
	if need == nil {
		need = &Need{Folder: f}
		n.found[at] = need
	}
	need.Rights |= rights
	need.List = need.List || list
	if s := p.Session + " (" + p.Source + ")"; !slices.Contains(need.Sessions, s) {
		need.Sessions = append(need.Sessions, s)
	}
}

func (n *needs) sorted() map[string][]Need {
	out := map[string][]Need{}
	for at, need := range n.found {
		slices.Sort(need.Sessions)
		out[at.organization] = append(out[at.organization], *need)
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b Need) int { return strings.Compare(a.Folder.Path, b.Folder.Path) })
	}
	return out
}
