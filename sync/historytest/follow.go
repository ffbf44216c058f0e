package historytest

import (
	"maps"
	"slices"

	"iorepl/plan"
	"iorepl/sync/memstore"
)

// follows reports whether the program has to find an item again that a user of a directory renames or moves, which makes it another item of
// the same content: it is the user's own and the only one of that content, and all links that publish it had its content at the last complete
// run, and publish its new place too. Where a replica is passed on, the next organization gets it anew: there, another item was born. In a
// two-way link, the other side has to tell from the listing that the replica was not edited.
func (h *History) follows(name string, f memstore.Found, to string) bool {
	item := tokenOf(f.Payload.Data).item
	if _, ok := h.orgs[name].inMemory(); ok || f.Item.Stamp.Origin != "" || h.fresh[item] || len(h.events[item]) > 0 {
		return false
	}
	for i := range h.links {
		l := &h.links[i]
		for side := range 2 {
			root := l.root(side)
			if l.org(side) != name || side == 1 && !l.rules.TwoWay || !plan.Within(f.Path, root) {
				continue
			}
			blind := l.rules.TwoWay && h.orgs[l.org(1-side)].counts()
			passedOn := slices.ContainsFunc(h.links, func(o link) bool {
				return o.session != l.session && (o.pub == l.org(1-side) || o.rules.TwoWay && o.sub == l.org(1-side))
			})
			out := blind || passedOn || !plan.Within(to, root) || len(h.folders) > 0 && len(l.rules.Exclude) > 0 || l.excludesItem(f)
			if out || l.excludesFolder(plan.Relative(f.Path, root)) || l.excludesFolder(plan.Relative(to, root)) {
				return false
			}
		}
	}
	return true
}

// unfollowed notes that an item that was renamed need not be found again, because something else happened to it as well.
func (o *oracle) unfollowed(item int) {
	if o.moved[item] {
		o.left(item, "renamed, and more")
	}
	delete(o.moved, item)
}

// unfollow notes that what was renamed and not replicated yet may not be found again.
func (h *History) unfollow() {
	for item := range maps.Clone(h.moved) {
		h.unfollowed(item)
	}
}
