package plan

// Index knows, for each organization that is written, which items born elsewhere are there, over all sessions of a
// run: an item that can come two ways comes once.
type Index struct {
	at     map[string]map[Digest]string // organization, identity -> organization it was copied from
	direct map[string]map[Digest]string // organization, identity -> organization where it was born, which is replicated to this one

	watched map[Digest]map[Identity]bool // folders whose items pairs compare, by the pairs' digests
	strays  map[[2]Digest]bool           // pair, identity: replicas of watched pairs that lie in folders of others
	partial map[string]bool              // organizations of which folders could not be listed
}

// NewIndex makes an index for the organizations that more than one other one is replicated to. For all others
// there is nothing to decide, and nothing is kept.
func NewIndex(organizations []string) *Index {
	x := &Index{at: map[string]map[Digest]string{}, direct: map[string]map[Digest]string{}, watched: map[Digest]map[Identity]bool{}, strays: map[[2]Digest]bool{},
		partial: map[string]bool{}}
	for _, o := range organizations {
		x.at[o], x.direct[o] = map[Digest]string{}, map[Digest]string{}
	}
	return x
}

// offer notes that an item can come to an organization from where it was born.
func (x *Index) offer(organization string, identity Digest, born string) {
	if direct, ok := x.direct[organization]; ok {
		direct[identity] = born
	}
}

// Watch has the index note which replicas of a pair lie in other folders than those whose items it compares, and are seen there by another pair: who
// moves one there does not delete it.
func (x *Index) Watch(pair Digest, folders []Identity) {
	x.watched[pair] = make(map[Identity]bool, len(folders))
	for _, f := range folders {
		x.watched[pair][f] = true
	}
}

// stray notes a replica that was found in a folder of another pair.
func (x *Index) stray(pair, identity Digest, folder Identity) {
	if folders, ok := x.watched[pair]; ok && !folders[folder] {
		x.strays[[2]Digest{pair, identity}] = true
	}
}

// Unlisted notes that folders of an organization could not be listed, in which strays may lie.
func (x *Index) Unlisted(organization string) { x.partial[organization] = true }

// covers reports whether the index knows what is in an organization.
func (x *Index) covers(organization string) bool {
	_, ok := x.at[organization]
	return ok
}

func (x *Index) add(organization string, identity Digest, from string) {
	if at, ok := x.at[organization]; ok {
		if have, ok := at[identity]; !ok || from < have {
			at[identity] = from
		}
	}
}

// elsewhere says why an item is not to be copied from an organization: it is there by another way, or that way alone
// knows whether it has to be: its users may have deleted it, or its origin was renamed. A way that is former does not count, "" for none.
func (x *Index) elsewhere(organization string, identity Digest, from, former string) string {
	if born, ok := x.direct[organization][identity]; ok && born != from {
		return "comes there from " + born
	}
	if have, ok := x.at[organization][identity]; ok && have != from && have != former {
		return "is there already, from " + have
	}
	return ""
}

// arbitrate drops creates of one item in one organization by several ways: the direct way wins, else the smaller organization
// id. Of what the plan deletes or links to another item, nothing is created either, and an item is linked to one other.
func (p *Plan) arbitrate() {
	type place struct {
		organization string
		identity     Identity
	}
	best := map[place]string{} // in organizations to which several others are replicated
	crossed := p.crossed()
	better := func(c *Change, than string) bool {
		return than != c.Born.Born && (c.Born.From == c.Born.Born || c.Born.From < than)
	}
	creates := &Changes{}
	if len(crossed) > 0 {
		creates = &p.Changes
	}
	for c := range creates.Of(Create) {
		if !crossed[c.Born.For] {
			continue
		}
		at := place{c.Born.For, c.Born.Identity}
		if have, ok := best[at]; !ok || better(c, have) {
			best[at] = c.Born.From
		}
	}
	gone, linked := p.deletedAndLinked()
	p.Changes.drop(len(best)+len(gone)+len(linked) > 0, func(c *Change) bool {
		switch {
		case c.Action == Create && (gone[Identity{c.Born.From, c.Origin.Key}] || linked[Identity{c.Born.From, c.Origin.Key}] != ""):
			return true
		case c.Action == Adopt && linked[Identity{c.Born.For, c.Replica.Key}] != c.Born.From:
			return true
		case p.sourceGoes(c, gone):
			return true
		}
		if from, ok := best[place{c.Born.For, c.Born.Identity}]; ok && c.Action == Create && from != c.Born.From {
			side := c.Side.Other()
			p.Left = append(p.Left, Left{Pair: c.Pair, Side: side, Path: p.Pairs[c.Pair].Couples[c.Source].Want[side],
				Why: "comes there from " + from, Count: 1, Names: []string{c.Name}})
			return true
		}
		return false
	})
	made := map[folderMade]bool{}
	for c := range p.Changes.Of(CreateFolder, ReviveFolder) {
		made[folderMade{c.Pair, target{c.Couple, c.Side}}] = true
	}
	p.Changes.drop(false, func(c *Change) bool { return c.Action == SetPermissions && !p.both(c, made) })
}

// folderMade is a folder that a plan makes.
type folderMade struct {
	pair int
	at   target
}

// crossed are the organizations in which the plan makes replicas of items of more than one other.
func (p *Plan) crossed() map[string]bool {
	from, crossed := map[string]string{}, map[string]bool{}
	note := func(to, source string) {
		if have, ok := from[to]; ok && have != source {
			crossed[to] = true
		}
		from[to] = source
	}
	for i := range p.Changes.plain {
		if c := &p.Changes.plain[i]; c.Action == Create {
			note(c.Born.For, c.Born.From)
		}
	}
	for _, c := range p.Changes.packed {
		for at := range c.goes {
			note(c.pair.Org[at.side], c.pair.Org[at.side.Other()])
		}
	}
	return crossed
}

// both reports whether both folders of a change of permissions are there, or are made.
func (p *Plan) both(c *Change, made map[folderMade]bool) bool {
	for side, f := range p.Pairs[c.Pair].Couples[c.Couple].Folder {
		if f == nil && !made[folderMade{c.Pair, target{c.Couple, Side(side)}}] {
			return false
		}
	}
	return true
}

// sourceGoes reports whether a folder would be made after one that another pair deletes.
func (p *Plan) sourceGoes(c *Change, gone map[Identity]bool) bool {
	if c.Action != CreateFolder && c.Action != ReviveFolder {
		return false
	}
	pair, from := p.Pairs[c.Pair], c.Side.Other()
	f := pair.Couples[c.Couple].Folder[from]
	if f == nil {
		return false
	}
	id := pair.identity(from, f.Key)
	if gone[id] || p.Kin == nil || c.Why != whyNew { // what items need is made all the same
		return gone[id]
	}
	for _, kin := range p.Kin.organizations(p.Kin.top(id)) {
		if gone[kin] {
			return true
		}
	}
	return false
}

// deletedAndLinked are the items and folders that the plan deletes, and the organizations to whose items it links some, by
// organization and their own keys.
func (p *Plan) deletedAndLinked() (gone map[Identity]bool, linked map[Identity]string) {
	gone, linked = map[Identity]bool{}, map[Identity]string{}
	for c := range p.Changes.Of(DeleteFolder, Delete, Adopt) {
		switch c.Action {
		case DeleteFolder:
			pair := p.Pairs[c.Pair]
			gone[pair.identity(c.Side, pair.Couples[c.Couple].Folder[c.Side].Key)] = true
		case Delete:
			it := c.Replica
			if it == nil {
				it = c.Origin
			}
			gone[Identity{p.Pairs[c.Pair].Org[c.Side], it.Key}] = true
		case Adopt:
			at := Identity{c.Born.For, c.Replica.Key}
			if have, ok := linked[at]; !ok || c.Born.From < have {
				linked[at] = c.Born.From
			}
		}
	}
	return gone, linked
}
