package historytest

import (
	"slices"
	"strings"
	"time"

	"iorepl/plan"
	"iorepl/sync/memstore"
)

func (h *History) folderAt(org, path string) (plan.Folder, bool) {
	for _, f := range h.orgs[org].Folders() {
		if f.Path == path {
			return f, true
		}
	}
	return plan.Folder{}, false
}

// places are the folders in which an organization's users work: those of links, and now and then one outside.
func (h *History) places(org string, outside bool) (out []string) {
	for _, f := range h.orgs[org].Folders() {
		if f.Path == "" {
			continue
		}
		if h.linked(org, f.Path) || outside && !strings.HasPrefix(f.Path, "Bin of ") {
			out = append(out, f.Path)
		}
	}
	return out
}

// linked reports whether a folder belongs to a link.
func (h *History) linked(org, path string) bool {
	for i := range h.links {
		for side := range 2 {
			if l := &h.links[i]; l.org(side) == org && plan.Within(path, l.root(side)) {
				return true
			}
		}
	}
	return false
}

// inner are the linked folders below roots.
func (h *History) inner(org string) (out []string) {
	for _, p := range h.places(org, false) {
		if !h.isRoot(org, p) {
			out = append(out, p)
		}
	}
	return out
}

func (h *History) isRoot(org, path string) bool {
	for i := range h.links {
		for side := range 2 {
			if l := &h.links[i]; l.org(side) == org && plan.Within(l.root(side), path) {
				return true
			}
		}
	}
	return false
}

// act lets a user do something somewhere.
func (h *History) act() {
	org := pick(h, h.names)
	h.orgs[org].Tick(time.Duration(1+h.rand.IntN(9)) * time.Minute)
	if h.keen && h.chance(3) {
		h.grant(org)
		return
	}
	switch h.rand.IntN(22) {
	case 0, 1, 2, 3:
		h.post(org)
	case 4, 5, 6, 7, 8:
		h.edit(org)
	case 9:
		h.copy(org)
	case 10, 11:
		h.moveItem(org)
	case 12, 13, 14:
		h.delete(org)
	case 15:
		h.makeFolder(org)
	case 16, 17:
		h.moveFolder(org)
	case 18:
		h.deleteFolder(org)
	case 19:
		if h.chance(4) {
			h.copyFolder(org)
		} else {
			h.touch(org)
		}
	case 20, 21:
		h.grant(org)
	}
}

func (h *History) post(name string) {
	org := h.orgs[name]
	places := h.places(name, h.chance(8))
	if len(places) == 0 {
		return
	}
	t := h.newItem()
	class := "IPM.Post"
	if h.chance(4) {
		class = "IPM.Note"
	}
	path := pick(h, places)
	key, err := org.Post(path, message(t, class, h.chance(6)))
	h.must(err)
	h.wrote(org, key, t, plan.Stamp{})
	h.sites[t] = site{org: name, key: key, path: path}
	h.note("user of %s posts %v in /%s", name, t, path)
}

// some picks an item of an organization that is not in a recycle folder.
func (h *History) some(name string) (f memstore.Found, ok bool) {
	var all []memstore.Found
	for _, f := range h.orgs[name].All() {
		if !strings.HasPrefix(f.Path, "Bin of ") && h.usable(name, f) && tokenOf(f.Payload.Data) != (token{}) {
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return f, false
	}
	return pick(h, all), true
}

// usable reports whether users can work with an item: with a damaged file they cannot.
func (h *History) usable(name string, f memstore.Found) bool {
	_, ok := h.orgs[name].inMemory()
	return ok || f.Item.Problem == ""
}

func (h *History) edit(name string) {
	org := h.orgs[name]
	f, ok := h.some(name)
	if !ok {
		return
	}
	old := tokenOf(f.Payload.Data)
	t := h.newEdit(old.item)
	h.must(org.Edit(f.Item.Key, message(t, f.Payload.Class, len(f.Payload.Data) > bigItem && !h.chance(4))))
	h.gave(org, f.Item.Key, old)
	h.fresh[old.item] = true
	h.unfollowed(old.item)
	now := h.holding(org, t)
	if now.Item.Key != f.Item.Key {
		h.left(t.item, "edited, which made it another item")
	}
	h.wrote(org, now.Item.Key, t, now.Item.Stamp)
	at := site{org: name, key: now.Item.Key, path: f.Path, replica: f.Item.Stamp.Origin != "", over: old}
	if before, ok := h.sites[old]; ok && before.key == at.key && before.replica {
		at.over = before.over
	}
	h.sites[t] = at
	if h.void {
		h.disturb(t.item, "edited when nothing was remembered")
	}
	h.note("user of %s edits %v to %v in /%s", name, old, t, f.Path)
}

// holding is the item that holds what a user has just written.
func (h *History) holding(org *organization, t token) memstore.Found {
	all := org.All()
	i := slices.IndexFunc(all, func(f memstore.Found) bool { return tokenOf(f.Payload.Data) == t })
	if i < 0 {
		h.fail("the test itself: %v is not there", t)
	}
	return all[i]
}

func (h *History) touch(name string) {
	if f, ok := h.some(name); ok {
		h.must(h.orgs[name].Touch(f.Item.Key))
		h.touched[f.Item.Key] = true
		h.note("user of %s touches %v in /%s", name, tokenOf(f.Payload.Data), f.Path)
	}
}

func (h *History) copy(name string) {
	f, ok := h.some(name)
	if !ok {
		return
	}
	to := pick(h, append(h.places(name, h.chance(4)), f.Path))
	h.copyItem(name, f, to)
}

func (h *History) copyItem(name string, f memstore.Found, to string) {
	org, t := h.orgs[name], tokenOf(f.Payload.Data)
	key, err := org.Copy(f.Item.Key, to)
	h.must(err)
	h.wrote(org, key, t, f.Item.Stamp)
	h.copies[key] = true
	h.disturb(t.item, "copied")
	h.note("user of %s copies %v from /%s to /%s", name, t, f.Path, to)
}

func (h *History) moveItem(name string) {
	org := h.orgs[name]
	f, ok := h.some(name)
	if !ok {
		return
	}
	to := pick(h, append(h.places(name, h.chance(4)), f.Path))
	t := tokenOf(f.Payload.Data)
	key, err := org.Move(f.Item.Key, to)
	h.must(err)
	h.touched[f.Item.Key], h.touched[key] = true, true
	follows := h.follows(name, f, to) && h.holding(org, t).Item.Content == f.Item.Content
	if key != f.Item.Key {
		org.removed[f.Item.Key] = true
		h.copies[key] = h.copies[f.Item.Key]
		if s, ok := h.sites[t]; ok && s.org == name && s.key == f.Item.Key {
			s.key = key
			h.sites[t] = s
		}
	}
	switch {
	case follows:
		h.moved[t.item] = true
	case h.linked(name, f.Path) != h.linked(name, to) || to != f.Path:
		h.left(t.item, "moved")
	case key != f.Item.Key:
		h.left(t.item, "moved with a new key")
	}
	h.note("user of %s moves %v from /%s to /%s", name, t, f.Path, to)
}

func (h *History) delete(name string) {
	org := h.orgs[name]
	f, ok := h.some(name)
	if !ok {
		return
	}
	t := tokenOf(f.Payload.Data)
	h.must(org.Delete(f.Item.Key))
	h.deletedBy(org, f)
	h.note("user of %s deletes %v in /%s", name, t, f.Path)
}
