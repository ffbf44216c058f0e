package historytest

import (
	"strings"

	"iorepl/plan"
)

var folderNames = []string{"Box", "Drafts", "Old", "Sub"}

func (h *History) makeFolder(name string) {
	places := h.places(name, false)
	if len(places) == 0 {
		return
	}
	parent := pick(h, places)
	if strings.Count(parent, "/") > 2 {
		return
	}
	n := pick(h, folderNames)
	if h.orgs[name].AddFolder(parent, n, "IPF.Note") == nil {
		h.meddled = true
		h.note("user of %s makes folder /%s/%s", name, parent, n)
	}
}

func (h *History) moveFolder(name string) {
	from := h.inner(name)
	if len(from) == 0 {
		return
	}
	path := pick(h, from)
	to := plan.Join(pick(h, append(h.places(name, h.chance(5)), plan.Parent(path), plan.Parent(path))), pick(h, folderNames))
	if to == path || h.orgs[name].MoveFolder(path, to) != nil {
		return
	}
	for _, f := range h.orgs[name].All() {
		if plan.Within(f.Path, to) {
			h.touched[f.Item.Key] = true
			h.left(tokenOf(f.Payload.Data).item, "folder moved")
		}
	}
	h.folderMoved(name)
	h.note("user of %s moves folder /%s to /%s", name, path, to)
}

func (h *History) deleteFolder(name string) {
	from := h.inner(name)
	if len(from) == 0 {
		return
	}
	path := pick(h, from)
	for _, f := range h.orgs[name].All() {
		if plan.Within(f.Path, path) {
			h.deletedBy(h.orgs[name], f)
		}
	}
	for _, f := range h.orgs[name].Folders() {
		if plan.Within(f.Path, path) {
			h.touched[f.Key] = true
		}
	}
	h.must(h.orgs[name].DeleteFolder(path))
	h.folderMoved(name)
	again := ""
	if h.chance(3) && h.orgs[name].AddFolder(plan.Parent(path), plan.Base(path), "IPF.Note") == nil {
		again = " and makes it again"
	}
	h.note("user of %s deletes folder /%s%s", name, path, again)
}

func (h *History) copyFolder(name string) {
	from := h.inner(name)
	if len(from) == 0 {
		return
	}
	path := pick(h, from)
	to := plan.Join(pick(h, h.places(name, h.chance(4))), pick(h, folderNames))
	before := map[plan.Digest]bool{}
	for _, f := range h.orgs[name].All() {
		before[f.Item.Key] = true
	}
	if h.orgs[name].CopyFolder(path, to) != nil {
		return
	}
	h.folderMoved(name)
	for _, f := range h.orgs[name].All() {
		if !before[f.Item.Key] {
			t := tokenOf(f.Payload.Data)
			h.wrote(h.orgs[name], f.Item.Key, t, f.Item.Stamp)
			h.copies[f.Item.Key] = true
			h.disturb(t.item, "copied")
		}
	}
	h.note("user of %s copies folder /%s to /%s", name, path, to)
}
