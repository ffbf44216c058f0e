package historytest

import (
	"slices"

	"iorepl/plan"
	"iorepl/sync/memstore"
)

// conceal takes a right away from the program's account for a while.
func (h *History) conceal(name string) (restore func()) {
	from := h.inner(name)
	if d, ok := h.orgs[name].Organization.(*directory); len(from) == 0 || ok && d.copied {
		return func() {} // of two directories with one record, the other one counts while one cannot be read
	}
	path := pick(h, from)
	_, inMemory := h.orgs[name].inMemory()
	visible := inMemory && h.chance(2)
	folder, _ := h.folderAt(name, path)
	h.must(h.orgs[name].Rights(path, visible, false))
	h.concealed = true
	h.unfollow() // nothing is gone while something cannot be seen, so that what was renamed is taken for new
	for _, f := range h.orgs[name].All() {
		if !visible && plan.Within(f.Path, path) { // a one-way replica that is out of sight is made again
			h.disturb(tokenOf(f.Payload.Data).item, "hidden")
		}
	}
	h.note("account at %s may not %s /%s", name, map[bool]string{true: "read", false: "see"}[visible], path)
	return func() {
		h.concealed = false
		for _, f := range h.orgs[name].Folders() {
			if f.Key == folder.Key || !inMemory && f.Problem != "" {
				h.must(h.orgs[name].Rights(f.Path, true, true))
				h.note("account at %s may use /%s again", name, f.Path)
			}
		}
	}
}

// spoil makes an item unreadable for a while.
func (h *History) spoil(name string) (restore func()) {
	f, ok := h.some(name)
	if !ok {
		return func() {}
	}
	h.must(h.orgs[name].Spoil(f.Item.Key, "it is damaged"))
	item := tokenOf(f.Payload.Data).item
	h.unfollowed(item) // by what could it be told?
	if !slices.ContainsFunc(h.orgs[name].All(), func(o memstore.Found) bool { return o.Item.Key == f.Item.Key }) {
		h.left(item, "one that cannot be read, nor told which it is")
	}
	h.note("%v at %s in /%s cannot be read", tokenOf(f.Payload.Data), name, f.Path)
	return func() {
		_ = h.orgs[name].Spoil(f.Item.Key, "") // it may be gone by now
		h.note("%v at %s can be read again", tokenOf(f.Payload.Data), name)
	}
}
