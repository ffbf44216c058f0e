package historytest

import (
	"slices"
	"strings"

	"iorepl/plan"
)

// guest is mapped to nobody.
const guest = "guest@elsewhere.example"

func address(who, org string) string { return who + "@" + org + ".example" }

// account is the entry of permission lists under which the program acts in an organization.
func account(org string) string { return address("iorepl", org) }

// permit chooses which links carry permission lists, and gives the program an account of its own. Where two links have one target, one of
// them carries lists, as their publishers need not agree.
func (h *History) permit() {
	for i := range h.links {
		l := &h.links[i]
		if !slices.ContainsFunc(h.links[:i], func(o link) bool { return o.sub == l.sub && o.to == l.to }) {
			h.repermit(l)
		}
	}
	h.keen = h.chance(4)
	for _, name := range h.names {
		if m, ok := h.orgs[name].inMemory(); ok && h.chance(2) {
			m.Account = account(name)
		}
	}
}

// repermit chooses what a link does with permissions.
func (h *History) repermit(l *link) {
	l.rules.Permissions, l.rules.Map = plan.PermissionsMode(h.rand.IntN(3)), nil
	if l.rules.Permissions != plan.MappedPermissions {
		return
	}
	if h.chance(2) { // everybody, and one by an address of its own
		l.rules.Map = map[string]string{"@" + l.pub + ".example": "@" + l.sub + ".example", address("boss", l.pub): address("boss-of-"+l.pub, l.sub)}
	} else { // one, and nobody else
		l.rules.Map = map[string]string{address("ann", l.pub): address("anna", l.sub)}
	}
}

// lists are the permission lists of an organization, by folder.
func (h *History) lists(name string) map[plan.Digest]plan.Permissions {
	lists, err := h.orgs[name].lists()
	h.must(err)
	return lists
}

var roles = []string{"None", "Reviewer", "Author", "Editor", "Owner"}

// grant lets a user who owns a folder say who may use it.
func (h *History) grant(name string) {
	places := h.places(name, h.chance(8))
	if len(places) == 0 {
		return
	}
	path := pick(h, places)
	if h.keen {
		path = places[0] // the same list again and again, so that it has a history of its own
	}
	folder, _ := h.folderAt(name, path)
	if _, ok := h.orgs[name].inMemory(); !ok && folder.Problem != "" {
		return // whoever wants to write the list has to repair it first
	}
	before := h.lists(name)
	list := slices.Clone(before[folder.Key])
	whoever := []string{plan.Default, plan.Anonymous, guest, account(name)}
	for _, who := range []string{"ann", "anna", "bob", "boss", "boss-of-" + h.names[0]} {
		whoever = append(whoever, address(who, name))
	}
	for range 1 + h.rand.IntN(3) {
		who := pick(h, whoever)
		list = slices.DeleteFunc(list, func(p plan.Permission) bool { return p.Who == who })
		if rights, err := plan.ParseRights(pick(h, roles)); !strings.Contains(who, "@") || !h.chance(3) {
			h.must(err)
			list = append(list, plan.Permission{Who: who, Rights: rights})
		}
	}
	h.must(h.orgs[name].Grant(path, list.Sort()))
	for key, now := range h.lists(name) { // folders below may have no list of their own
		h.regranted(name, key, before[key], now)
	}
	h.note("user of %s grants on /%s: %v", name, path, list)
}
