package historytest

import (
	"fmt"

	"iorepl/plan"
	"iorepl/sync/memstore"
)

// build makes the organizations and the links between them.
func (h *History) build() {
	add := func(pub, sub string, twoWay bool) {
		l := link{session: fmt.Sprintf("%s-%s", pub, sub), pub: pub, sub: sub, from: "Team", to: "Team"}
		l.rules = h.rules(twoWay)
		if recycle := "Bin of " + pub; !twoWay && h.chance(4) {
			l.rules.Recycle = recycle
		}
		h.links = append(h.links, l)
	}
	switch shape := h.rand.IntN(12); shape {
	case 0, 1, 2:
		h.organizations("a", "b")
		add("a", "b", false)
	case 3, 4, 5:
		h.organizations("a", "b")
		add("a", "b", true)
	case 6: // hub or chain, one-way
		h.organizations("a", "h", "b")
		add("a", "h", false)
		add("h", "b", false)
	case 7: // hub, two-way
		h.organizations("a", "h", "b")
		add("a", "h", true)
		add("h", "b", true)
	case 8: // mixed chain
		h.organizations("a", "h", "b")
		add("a", "h", h.chance(2))
		add("h", "b", h.chance(2))
	case 9: // two publishers, one subscriber
		h.organizations("a", "b", "s")
		add("a", "s", false)
		add("b", "s", false)
		h.links[0].to, h.links[1].to = "From/A", "From/B"
	case 10: // one publisher, several subscribers
		h.organizations("a", "b", "c")
		add("a", "b", false)
		add("a", "c", h.chance(3))
	case 11: // mesh of three
		h.organizations("a", "b", "c")
		add("a", "b", true)
		add("a", "c", true)
		add("b", "c", true)
	}
}

func (h *History) organizations(names ...string) {
	h.names = names
	for _, n := range names {
		o := memstore.Options{Counting: h.chance(2), NewKeys: h.chance(2)}
		if h.chance(8) {
			o.MaxItem = 600
		}
		h.orgs[n] = &organization{Organization: memstore.New(n, o), ledger: newLedger(), name: n}
		h.note("organization %s: %+v", n, o)
	}
}

func (h *History) rules(twoWay bool) plan.Rules {
	r := plan.Rules{TwoWay: twoWay, Subfolders: !h.chance(10), Limits: plan.DefaultLimits()}
	r.Deletions = plan.Deletions(h.rand.IntN(3))
	if twoWay {
		r.Conflict = plan.Conflict(h.rand.IntN(4))
	} else {
		r.Restore = h.chance(4)
	}
	h.filters(&r)
	return r
}

// filters sets what the configuration takes out.
func (h *History) filters(r *plan.Rules) {
	r.Exclude, r.Classes, r.MaxSize = nil, nil, 0
	if h.chance(5) {
		r.Exclude = []string{"Drafts"}
	}
	if h.chance(6) {
		r.Classes = []string{"IPM.Post*"}
	}
	if h.chance(6) {
		r.MaxSize = bigItem - 100
	}
}

// excluded is the oracle's own reading of the filters that filters sets.
func (l *link) excludesFolder(relative string) bool {
	names := plan.Names(relative)
	if !l.rules.Subfolders && len(names) > 0 {
		return true
	}
	return len(l.rules.Exclude) > 0 && len(names) > 0 && names[0] == "Drafts"
}

func (l *link) excludesItem(f memstore.Found) bool {
	return len(l.rules.Classes) > 0 && f.Payload.Class != "IPM.Post" || l.rules.MaxSize > 0 && len(f.Payload.Data) > int(l.rules.MaxSize)
}

// sides are the link's two organizations and root folders.
func (l *link) org(side int) string  { return [...]string{l.pub, l.sub}[side] }
func (l *link) root(side int) string { return [...]string{l.from, l.to}[side] }

// writes reports whether the link may write into an organization's folder.
func (l *link) writes(org, path string) bool {
	for side := range 2 {
		if l.org(side) == org && (side == 1 || l.rules.TwoWay) && plan.Within(path, l.root(side)) {
			return true
		}
	}
	return false
}
