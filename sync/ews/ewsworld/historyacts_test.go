package ewsworld

import (
	"strings"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
)

// act lets a user do something.
func (h *history) act(org string) {
	e := h.at(org)
	user := e.server.User(e.anna())
	var places []string
	for _, f := range e.server.Tree() {
		if plan.Within(f.Path, root) {
			places = append(places, f.Path)
		}
	}
	if len(places) == 0 {
		return
	}
	if h.rand.IntN(20) > 15 {
		h.actOnFolder(org, user, places)
		return
	}
	id, it, ok := h.some(org)
	switch n := h.rand.IntN(16); {
	case n < 5 || !ok:
		h.post(org, user, pick(h, places))
	case n < 11:
		h.edit(org, user, id, it)
	case n < 12:
		to := pick(h, places)
		_, err := user.CopyItem(id, to)
		h.must(err)
		h.gave(it.token, "copied")
		h.note("user of %s copies %v to /%s", org, it.token, to)
	case n < 13:
		to := pick(h, places)
		_, err := user.MoveItem(id, to)
		h.must(err)
		h.gave(it.token, "moved")
		h.note("user of %s moves %v from /%s to /%s", org, it.token, it.path, to)
	default:
		h.must(user.DeleteItem(id))
		h.gave(it.token, "deleted")
		h.note("user of %s deletes %v in /%s", org, it.token, it.path)
	}
}

func (h *history) actOnFolder(org string, user *ewstest.User, places []string) {
	path := pick(h, places)
	name := pick(h, []string{"Box", "Old", "Sub"})
	inside := func(why string) {
		for _, it := range h.picture(org) {
			if plan.Within(it.path, path) {
				h.gave(it.token, why)
			}
		}
		h.folders = true
	}
	switch n := h.rand.IntN(5); {
	case n < 2 || path == root:
		h.makeFolder(org, path, name)
	case n < 3:
		if user.RenameFolder(path, name) == nil {
			inside("folder renamed")
			h.note("user of %s renames folder /%s to %s", org, path, name)
		}
	case n < 4:
		to := pick(h, places)
		if !plan.Within(to, path) && to != plan.Parent(path) && user.MoveFolder(path, to) == nil {
			inside("folder moved")
			h.note("user of %s moves folder /%s to /%s", org, path, to)
		}
	default:
		inside("folder deleted")
		h.must(user.DeleteFolder(path))
		h.note("user of %s deletes folder /%s", org, path)
	}
}

func (h *history) makeFolder(org, parent, name string) {
	if strings.Count(parent, "/") > 2 {
		return
	}
	e := h.at(org)
	path := plan.Join(parent, name)
	if _, err := e.server.User(e.anna()).AddFolder(path, ""); err == nil {
		h.must(e.grant(path))
		h.note("user of %s makes folder /%s", org, path)
	}
}

// some picks an item of the pair.
func (h *history) some(org string) (id string, it seen, ok bool) {
	all := h.picture(org)
	var ids []string
	for _, f := range h.at(org).server.Tree() {
		items, err := h.at(org).server.Items(f.Path)
		h.must(err)
		for _, e := range items {
			if plan.Within(f.Path, root) && all[e.ID].token != (token{}) {
				ids = append(ids, e.ID)
			}
		}
	}
	if len(ids) == 0 {
		return "", it, false
	}
	id = pick(h, ids)
	return id, all[id], true
}

func (h *history) post(org string, user *ewstest.User, path string) {
	t := h.wrote(org, 0)
	_, err := user.AddItem(path, soap.T("Message", soap.T("ItemClass", "IPM.Note"), soap.T("Subject", t.String()),
		soap.T("Body", soap.Attr{Name: "BodyType", Value: "Text"}, t.String())))
	h.must(err)
	h.owed[org][t] = true
	h.note("user of %s posts %v in /%s", org, t, path)
}

func (h *history) edit(org string, user *ewstest.User, id string, it seen) {
	t := h.wrote(org, it.token.item)
	set := func(uri string, value *soap.Element) *soap.Element {
		return soap.T("SetItemField", soap.T("FieldURI", soap.Attr{Name: "FieldURI", Value: uri}), soap.T("Message", value))
	}
	h.must(user.EditItem(id, set("item:Subject", soap.T("Subject", t.String())),
		set("item:Body", soap.T("Body", soap.Attr{Name: "BodyType", Value: "Text"}, t.String()))))
	h.gave(it.token, "")
	if h.void {
		h.events[t.item] = append(h.events[t.item], "edited when nothing was remembered")
	}
	overruled := org == "b" && (!h.rules.TwoWay && it.replica || h.rules.Conflict == plan.PublisherWins)
	if !overruled { // users' edits of one-way replicas, and of what the publisher wins, may give way
		h.owed[org][t] = true
	}
	h.note("user of %s edits %v to %v in /%s", org, it.token, t, it.path)
}
