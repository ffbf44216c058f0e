package plan

// What must not be made yet is held back: folders of which nothing but the name can be read, or of which the permissions are not known, and, in
// a mesh of which an organization is not seen, all changes of folders, because that one's stamps may tell that they are there already. What
// would go into a folder that is not made waits with it, and so does what would be deleted because it moved there.

const (
	whyAboveWaits = "the folder above it is not made in this run"
	whyUnlisted   = "only its name can be read; it is not made until that is put right"
	whyFolderNot  = "its folder is not made in this run"
	whyStays      = "stays until the folders that wait are made"
)

// hold takes out of the plan what has to wait.
func (p *Plan) hold() {
	some := false
	waits := make([]bool, len(p.Pairs))
	for i, pair := range p.Pairs {
		waits[i] = pair.Waits != "" || pair.waitBelow()
		some = some || waits[i]
	}
	p.Changes.drop(some, func(c *Change) bool {
		if !waits[c.Pair] {
			return false
		}
		left, held := p.Pairs[c.Pair].held(c)
		if held && left.Why != "" {
			left.Pair, left.Count = c.Pair, 1
			if c.Name != "" {
				left.Names = []string{c.Name}
			}
			p.Left = append(p.Left, left)
		}
		return held
	})
}

// waitBelow has all folders wait that would be made below one that waits. It reports whether any folder waits.
func (p *Pair) waitBelow() (some bool) {
	var paths []string
	for i := range p.Couples {
		if c := &p.Couples[i]; c.Waits != "" {
			paths = append(paths, c.Want[Subscriber])
		}
	}
	for i := range p.Couples {
		c := &p.Couples[i]
		if c.Waits == "" && c.Folder[Subscriber] == nil && withinAny(c.Want[Subscriber], paths) {
			c.Waits = whyAboveWaits
		}
	}
	return len(paths) > 0
}

func withinAny(path string, above []string) bool {
	for _, a := range above {
		if Within(path, a) {
			return true
		}
	}
	return false
}

// held reports whether a change has to wait, and what to say of it, which is nothing if users would not see the change.
func (p *Pair) held(c *Change) (Left, bool) {
	of, to := &p.Couples[c.Target], c.Side
	if c.Action == Revive || c.Action == Keep {
		to = to.Other()
	}
	switch c.Action {
	case SetPermissions, Delete:
		return Left{}, false
	case LinkFolder, RenewFolder:
		return Left{}, p.Waits != ""
	case CreateFolder, ReviveFolder, MoveFolder, DeleteFolder:
		path := c.Path
		if path == "" {
			path = of.Want[c.Side]
		}
		left := Left{Side: c.Side, Path: path, Why: p.Waits, Error: p.Waits != ""}
		switch {
		case p.Waits != "":
		case c.Side != Subscriber:
			return left, false
		case c.Action == DeleteFolder:
			left.Why = whyStays
		case c.Action == MoveFolder:
			if p.belowWaiting(path) {
				left.Why = whyAboveWaits
			}
		default:
			left.Why = of.Waits
			left.Error = of.Waits != "" && of.Waits != whyAboveWaits && of.Waits != whyUnlisted // of which the listing speaks
		}
		return left, left.Why != ""
	}
	if of.Folder[to] != nil || p.Waits == "" && (to != Subscriber || of.Waits == "") {
		return Left{}, false
	}
	left := Left{Side: c.Side, Path: p.Couples[c.Couple].Want[c.Side], Why: whyFolderNot}
	if c.Replica == nil {
		left.Side, left.Path = c.Side.Other(), p.Couples[c.Source].Want[c.Side.Other()]
	}
	if p.Waits != "" {
		left.Why, left.Error = p.Waits, true
	}
	return left, true
}

func (p *Pair) belowWaiting(path string) bool {
	for i := range p.Couples {
		if c := &p.Couples[i]; c.Waits != "" && Within(path, c.Want[Subscriber]) {
			return true
		}
	}
	return false
}
