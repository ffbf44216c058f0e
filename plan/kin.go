package plan

import "maps"

// Kin knows which folders of a run are kept together, over all pairs: in a mesh a folder has several counterparts and one stamp, so
// that the stamps of the folders that belong together form a tree. A link that would close a circle, or bring two folders of one
// organization together, would have folders follow each other for ever.
type Kin struct {
	up      map[Identity]Identity            // towards the folder that stands for the tree
	members map[Identity]map[string]Identity // who is in the tree, by organization; without a key: a folder that this run makes
	replica map[Identity]bool                // folders whose stamp names another one that is there
	there   map[Identity]bool                // folders that are there: what a stamp names may be gone
}

// NewKin makes a Kin of folders that are there, of which nothing else is known.
func NewKin(there ...Identity) *Kin {
	k := &Kin{up: map[Identity]Identity{}, members: map[Identity]map[string]Identity{}, replica: map[Identity]bool{}, there: map[Identity]bool{}}
	for _, f := range there {
		k.there[f] = true
	}
	return k
}

func (k *Kin) top(f Identity) Identity {
	for {
		up, ok := k.up[f]
		if !ok {
			return f
		}
		f = up
	}
}

func (k *Kin) organizations(top Identity) map[string]Identity {
	if k.members[top] == nil {
		k.members[top] = map[string]Identity{}
		if k.there[top] {
			k.members[top][top.Born] = top
		}
	}
	return k.members[top]
}

// Link notes that replica is kept with origin, by its stamp or by a change that will stamp it, even if origin is gone: it may have other
// replicas. It reports whether that may be.
func (k *Kin) Link(origin, replica Identity) bool {
	a, b := k.top(origin), k.top(replica)
	if a == b || k.replica[replica] {
		return false
	}
	into, from := k.organizations(a), k.organizations(b)
	for org := range from {
		if _, ok := into[org]; ok {
			return false
		}
	}
	maps.Copy(into, from)
	delete(k.members, b)
	k.up[b] = a
	k.replica[replica] = k.there[origin]
	return true
}

// at is a folder's counterpart in an organization; it has no key if this run makes it.
func (k *Kin) at(f Identity, organization string) (Identity, bool) {
	c, ok := k.organizations(k.top(f))[organization]
	return c, ok
}

// claim notes that the run makes a folder's counterpart in an organization.
func (k *Kin) claim(f Identity, organization string) {
	k.organizations(k.top(f))[organization] = Identity{Born: organization}
}
