package historytest

import (
	"slices"

	"iorepl/plan"
)

// auditLists compares the lists before and after an apply: only targets' change, and only as the rule says. What a calm run planned is done.
func (h *History) auditLists(before, after map[string]picture, r *run) {
	for _, name := range h.names {
		for key, is := range after[name].lists {
			was := h.listBefore(before[name], after[name], key)
			f := after[name].folders[key]
			if h.orgs[name].inherits(f.Path) {
				if up := after[name].lists[after[name].deepest(plan.Parent(f.Path))]; !slices.Equal(up, is) {
					h.fail("/%s at %s has no list of its own, and %v, while the folder above has %v", f.Path, name, is, up)
				}
				continue
			}
			if h.meddled {
				h.doubt(name, key, was, is)
			} else if !slices.Equal(was, is) {
				h.auditList(before, name, f, was, is, r)
			}
		}
	}
	for c := range r.plan.Changes.All() {
		if r.mode != calm || h.concealed || c.Action != plan.SetPermissions {
			continue
		}
		l := &h.links[c.Pair]
		for key, f := range after[l.sub].folders {
			to := r.plan.Pairs[c.Pair].Couples[c.Couple].Folder[plan.Subscriber]
			_, hidden := before[l.sub].folders[key]
			mine := to != nil && to.Key == key || to == nil && f.Path == c.Path && !hidden
			if is := after[l.sub].lists[key]; mine && !slices.Equal(is, c.New) {
				h.fail("%s: the list of /%s was to be %v and is %v, although nothing stood in its way", l.session, f.Path, c.New, is)
			}
		}
	}
}

// listBefore is the list that a folder had, or that it began with.
func (h *History) listBefore(before, after picture, key plan.Digest) plan.Permissions {
	if was, ok := before.lists[key]; ok {
		return was
	}
	above := plan.Parent(after.folders[key].Path)
	for up, f := range after.folders {
		if f.Path == above {
			return h.listBefore(before, after, up)
		}
	}
	return nil
}

// auditList judges one list that an apply has changed.
func (h *History) auditList(before map[string]picture, org string, f plan.Folder, was, is plan.Permissions, r *run) {
	for i := range h.links {
		l := &h.links[i]
		if l.sub != org || l.rules.Permissions == plan.NoPermissions {
			continue
		}
		for k := range r.plan.Pairs[i].Couples {
			c := &r.plan.Pairs[i].Couples[k]
			if !replicated(r.plan, i, k) || !l.isTarget(c, f) {
				continue
			}
			source, _ := h.listOf(before, r.plan, i, k, plan.Publisher)
			if wrong := h.amiss(l, org, f.Key, source, was, is); wrong != "" {
				h.fail("%s: the list of /%s was %v and became %v: %s", l.session, f.Path, was, is, wrong)
			}
			h.note("  the list of /%s at %s is now %v", f.Path, org, is)
			h.granted(l, f.Key, source, was, is)
			return
		}
	}
	h.fail("the list of /%s at %s was %v and became %v, and nobody asked for that", f.Path, org, was, is)
}

// isTarget reports whether a folder is a couple's target, or was made as that. Another link may have moved it in the same run.
func (l *link) isTarget(c *plan.Couple, f plan.Folder) bool {
	if to := c.Folder[plan.Subscriber]; to != nil {
		return to.Key == f.Key
	}
	o, err := plan.ParseOrigin(f.Stamp.Origin)
	return f.Path == c.Want[plan.Subscriber] || err == nil && o.Identity == plan.Identity{Born: l.pub, Key: c.Folder[plan.Publisher].Key}
}

// accessSettled: at the end each target's list is what the rule makes of it, found by its path alone where nobody moved folders.
func (h *History) accessSettled(l *link) {
	if l.rules.Permissions == plan.NoPermissions || len(h.folders) > 0 {
		return
	}
	sources, targets := h.lists(l.pub), h.lists(l.sub)
	for _, f := range h.orgs[l.pub].Folders() {
		relative := plan.Relative(f.Path, l.from)
		if !plan.Within(f.Path, l.from) || l.excludesFolder(relative) {
			continue
		}
		g, ok := h.folderAt(l.sub, plan.Under(l.to, relative))
		if !ok {
			h.fail("%s: there is no folder for the list of /%s", l.session, f.Path)
		}
		if wrong := h.amiss(l, l.sub, g.Key, sources[f.Key], targets[g.Key], targets[g.Key]); wrong != "" {
			h.fail("%s: the list of /%s is %v, and that of /%s %v: %s", l.session, f.Path, sources[f.Key], g.Path, targets[g.Key], wrong)
		}
	}
}
