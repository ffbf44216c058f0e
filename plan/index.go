package plan

// Index knows, for each organization that is written, which items born elsewhere are there, over all sessions of a
// run: an item that can come two ways comes once.
type Index struct {
	at map[string]map[Digest]string // organization, identity -> organization it was copied from
}

// NewIndex makes an index for the organizations that more than one other one is replicated to. For all others
// there is nothing to decide, and nothing is kept.
func NewIndex(organizations []string) *Index {
	x := &Index{at: map[string]map[Digest]string{}}
	for _, o := range organizations {
		x.at[o] = map[Digest]string{}
	}
	return x
}

func (x *Index) add(organization string, identity Digest, from string) {
	if at, ok := x.at[organization]; ok {
		if have, ok := at[identity]; !ok || from < have {
			at[identity] = from
		}
	}
}

// elsewhere says why an item need not be copied from an organization: it is there by another way.
func (x *Index) elsewhere(organization string, identity Digest, from string) string {
	if have, ok := x.at[organization][identity]; ok && have != from {
		return "is there already, from " + have
	}
	return ""
}

// arbitrate drops creates of one item in one organization by several ways: the direct way wins, else the smaller organization id.
func (p *Plan) arbitrate() {
	type place struct {
		organization string
		identity     Identity
	}
	best := map[place]string{}
	better := func(c *Change, than string) bool {
		return than != c.Born.Born && (c.Born.From == c.Born.Born || c.Born.From < than)
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Action != Create {
			continue
		}
		at := place{c.Born.For, c.Born.Identity}
		if have, ok := best[at]; !ok || better(c, have) {
			best[at] = c.Born.From
		}
	}
	kept := p.Changes[:0]
	for _, c := range p.Changes {
		if from := best[place{c.Born.For, c.Born.Identity}]; c.Action == Create && from != c.Born.From {
			pair := p.Pairs[c.Pair]
			side := c.Side.Other()
			p.Left = append(p.Left, Left{Pair: c.Pair, Side: side, Path: pair.Couples[c.Source].Want[side],
				Why: "comes there from " + from, Count: 1, Names: []string{c.Name}})
			continue
		}
		kept = append(kept, c)
	}
	p.Changes = kept
}
