// Package plan decides what a run changes: which folders and items of two organizations belong together, what follows from comparing
// them, which gates that shuts, and how it is shown and approved. It is pure: it asks nobody, writes nothing and knows no clock; what
// was found at the organizations and what is remembered of earlier runs is handed to it.
//
// CoupleFolders matches the folders of a Pair, a Differ compares their items, and Plan.Complete puts the changes of all pairs in order
// and checks the gates. A Document is what people and programs read of it. The decisions stand as tables in decide.go.
package plan

import (
	"cmp"
	"fmt"
	"slices"
)

// Side is one of a pair's two organizations.
type Side int

// The sides; they index arrays of two.
const (
	Publisher Side = iota
	Subscriber
)

// Other is the opposite side.
func (s Side) Other() Side { return 1 - s }

func (s Side) String() string { return [...]string{"publisher", "subscriber"}[s] }

// Action is what a change does. The order is the order in which apply carries them out.
type Action int

// The actions. Those that end in Folder are about folders, SetPermissions is about a folder's list, all others about items.
const (
	CreateFolder   Action = iota // make a replica of a folder
	LinkFolder                   // stamp a folder that exists, so that it is found when it is renamed
	MoveFolder                   // rename or move it, or set its class, as was done at the other side
	RenewFolder                  // write its stamp again; nothing that users see changes
	ReviveFolder                 // its origin is gone but it is in use: it becomes an origin, replicated back
	Create                       // make a replica
	Adopt                        // stamp an equal item that was there before
	Update                       // replace the content
	Relink                       // its origin was renamed or moved by hand: same content under another key
	Move                         // put the replica where its origin went
	Renew                        // write its stamp again; nothing that users see changes
	CopyBack                     // copy a user's edit of the replica back to the origin
	Keep                         // a conflict: the loser's content becomes an item of its own
	Revive                       // the origin is gone, the replica was edited: it becomes an origin, replicated back
	SetPermissions               // replace the permission list
	Delete                       // delete the item
	DeleteFolder                 // delete the folder, which is empty by then
)

var actionNames = [...]string{"create-folder", "link-folder", "move-folder", "renew-folder", "revive-folder",
	"create", "adopt", "update", "relink", "move", "renew", "copy-back", "keep-both", "revive", "set-permissions", "delete", "delete-folder"}

func (a Action) String() string { return actionNames[a] }

// MarshalText makes an action a word in JSON.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *Action) UnmarshalText(b []byte) error {
	i := slices.Index(actionNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("unknown action %q", b)
	}
	*a = Action(i)
	return nil
}

// Symbol is the sign before a line of the plan.
func (a Action) Symbol() string {
	switch a {
	case CreateFolder, ReviveFolder, Create, Keep, Revive:
		return "+"
	case Delete, DeleteFolder:
		return "-"
	case LinkFolder, MoveFolder, RenewFolder, Adopt, Update, Relink, Move, Renew, CopyBack, SetPermissions:
		return "~"
	}
	panic("plan: action without a symbol: " + a.String())
}

// OfFolder reports whether the change is about a folder and not about an item.
func (a Action) OfFolder() bool {
	return a <= ReviveFolder || a == SetPermissions || a == DeleteFolder
}

// Change is one line of a plan, with all that carrying it out takes.
type Change struct {
	Pair    int    // index into Plan.Pairs
	Action  Action //
	Side    Side   // whose organization is written; for conflicts and revivals: the loser's, the replica's
	Path    string // the folder's path at that side, as it will be
	Name    string // the item's name; "" for folders
	Why     string // the reason, for people
	Clash   bool   // both sides changed: it was decided by `conflict`
	Detail  string // what follows from it: rights of a new folder, old path of a moved one
	Warning string // what the admin should look at

	Couple  int    // index into Pair.Couples: the folder's, or the one in whose folder at Side the item lies or goes
	Source  int    // the couple in whose folder at the other side the item lies that is copied
	Target  int    // Move, Relink: the couple whose folder at Side it goes to; else equal to Couple
	Origin  *Item  // item that the replica is a replica of, as planned against; nil: gone
	Replica *Item  // nil: none yet
	Born    Origin // what the replica's stamp will say, Pair left out
	Version Digest // of a folder: FolderVersion of the origin, as planned against; zero: as it is when the change is carried out
	Old     Permissions
	New     Permissions
}

// Left is what a plan leaves alone, counted: one entry for each folder and reason.
type Left struct {
	Pair  int
	Side  Side
	Path  string
	Why   string
	Count int      // 0: Why is a note that is about nothing that could be counted
	Names []string // the first few, sorted
	Error bool     // something is wrong with it, and the run is not a complete one

	Folders bool // Count is of folders and Names are their paths below Path, else of items
}

// maxNames is how many names a Left keeps.
const maxNames = 3

// Plan is what apply would do, in order, and what it would not. The planner fills Pairs, collects what was found of each, and
// calls Complete.
type Plan struct {
	Pairs   []*Pair
	Changes Changes
	Left    []Left
	Refused []Refusal // gates that are shut
	Kin     *Kin      // which folders of the pairs are kept together
	Unseen  []string  // ids of organizations that cannot be looked at, sorted
}

// Deletes reports whether the plan takes something for gone.
func (p *Plan) Deletes() bool { return p.Changes.Count(Delete, DeleteFolder, Revive, ReviveFolder) > 0 }

func compareChanges(a, b *Change) int {
	return cmp.Or(
		cmp.Compare(a.Pair, b.Pair), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Side, b.Side),
		cmp.Compare(b2i(!a.Action.OfFolder()), b2i(!b.Action.OfFolder())), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Name, b.Name),
		compareItems(a.Origin, b.Origin), compareItems(a.Replica, b.Replica))
}

func compareItems(a, b *Item) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return a.Key.Compare(b.Key)
}

func compareLeft(a, b Left) int {
	return cmp.Or(cmp.Compare(a.Pair, b.Pair), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Side, b.Side), cmp.Compare(a.Why, b.Why))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Sort brings the plan into its one order, whatever the order of scanning was.
func (p *Plan) Sort() {
	p.Changes.sort()
	p.Left = mergeLeft(p.Left)
}

// mergeLeft sorts entries and makes one of those for the same folder and reason.
func mergeLeft(left []Left) []Left {
	slices.SortFunc(left, compareLeft)
	merged := left[:0]
	for _, l := range left {
		if n := len(merged); n > 0 && compareLeft(merged[n-1], l) == 0 {
			m := &merged[n-1]
			m.Count += l.Count
			m.Error = m.Error || l.Error
			m.Names = append(slices.Clip(m.Names), l.Names...)
			slices.Sort(m.Names)
			m.Names = m.Names[:min(len(m.Names), maxNames)]
			continue
		}
		merged = append(merged, l)
	}
	return merged
}

// Collect adds what was found of a pair: its changes, in any order, and what is left alone.
func (p *Plan) Collect(pair int, changes *Changes, left []Left) {
	p.Changes.collect(pair, changes)
	for _, l := range left {
		l.Pair = pair
		p.Left = append(p.Left, l)
	}
}

// Complete makes a whole of what was found pair by pair: what has to wait is taken out, one item by one way, one order, and the gates.
// account is under which entry of permission lists the store of an organization acts, "" for none.
func (p *Plan) Complete(account func(organization string) string) {
	p.hold()
	p.arbitrate()
	for i := range p.Changes.plain { // those that are packed go where they were planned
		c := &p.Changes.plain[i]
		couples := p.Pairs[c.Pair].Couples
		if c.Path == "" {
			c.Path = couples[c.Target].Want[c.Side]
		}
		if c.Target != c.Couple && c.Detail == "" {
			c.Detail = "was in " + quotePath(couples[c.Couple].Want[c.Side])
		}
	}
	p.tellUnused()
	p.Sort()
	p.check(account)
}

// Empty reports whether apply would change nothing.
func (p *Plan) Empty() bool { return p.Changes.Len() == 0 }
