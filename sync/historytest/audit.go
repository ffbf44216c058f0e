package historytest

import (
	"slices"
	"strings"

	"iorepl/plan"
	"iorepl/sync/memstore"
)

// audit compares the organizations before and after an apply. What users did meanwhile is in h.touched.
func (h *History) audit(before map[string]picture, run *run) {
	after := h.picture()
	h.auditLists(before, after, run)
	defer h.adopted(before, after, run)
	for _, name := range h.names {
		b, a := before[name], after[name]
		for key, was := range b.items {
			if h.touched[key] {
				continue
			}
			is, ok := a.items[key]
			switch {
			case !ok || strings.HasPrefix(is.Path, "Bin of ") && !strings.HasPrefix(was.Path, "Bin of "):
				h.auditDeletion(name, was, b, run)
				if ok && !is.Item.Stamp.IsZero() {
					h.fail("%v in the recycle folder of %s still has a stamp", tokenOf(is.Payload.Data), name)
				}
				if r := h.recycler(name, was.Path); !ok && r != nil {
					h.fail("%v at %s was deleted although there is a recycle folder", tokenOf(was.Payload.Data), name)
				}
			default:
				h.auditChange(name, was, is, run)
			}
		}
		for key, was := range b.folders {
			if _, ok := a.folders[key]; !ok && !h.touched[key] {
				h.auditFolder(name, was)
			}
		}
		h.auditLoss(name, a)
	}
}

// adopted notes what the program has written. A copy is by that the replica, since its original is gone; an edited file is as it was written;
// and for the next organization of a chain, an item that was linked to an equal one is another one.
func (h *History) adopted(before, after map[string]picture, run *run) {
	for _, name := range h.names {
		for key, is := range after[name].items {
			was, ok := before[name].items[key]
			if !ok || h.touched[key] || was.Item.Stamp == is.Item.Stamp {
				continue
			}
			if run.adopt && len(h.links) > 1 && was.Item.Stamp.Origin == "" && is.Item.Stamp.Origin != "" {
				h.left(tokenOf(is.Payload.Data).item, "linked")
			}
			delete(h.copies, key)
			if d, ok := h.orgs[name].Organization.(*directory); ok {
				delete(d.edited, key)
			}
		}
	}
}

// recycler is the link whose recycle folder has to take what is deleted at a path, unless several may delete there.
func (h *History) recycler(org, path string) (recycler *link) {
	for i := range h.links {
		l := &h.links[i]
		if !l.writes(org, path) {
			continue
		}
		if l.rules.Recycle == "" || recycler != nil {
			return nil
		}
		recycler = l
	}
	return recycler
}

// auditDeletion: an item goes only where a link may delete, and only if users took its counterpart away or there are two of it.
func (h *History) auditDeletion(org string, was memstore.Found, before picture, run *run) {
	t := tokenOf(was.Payload.Data)
	for _, f := range before.items {
		if tokenOf(f.Payload.Data) == t && f.Item.Key != was.Item.Key && !was.Item.Stamp.IsZero() && f.Item.Stamp == was.Item.Stamp {
			return // made twice
		}
	}
	allowed := false
	for i := range h.links {
		l := &h.links[i]
		if l.writes(org, was.Path) && l.rules.Deletions != plan.NoDeletions && len(run.plan.Pairs[i].Failed) == 0 {
			allowed = allowed || l.rules.TwoWay || was.Item.Stamp.Origin != ""
		}
	}
	if !allowed {
		h.fail("%v was deleted at %s in /%s, which no rule allows, or although a listing had failed", t, org, was.Path)
	}
	if !h.missing[t.item] {
		h.fail("%v was deleted at %s in /%s, while nobody deleted or moved one of it", t, org, was.Path)
	}
}

// auditChange: content changes only where a link writes, only replicas and what replicas of a two-way link name, and only to
// other versions of the same item.
func (h *History) auditChange(org string, was, is memstore.Found, run *run) {
	old, now := tokenOf(was.Payload.Data), tokenOf(is.Payload.Data)
	restamped := was.Item.Stamp != is.Item.Stamp
	if string(was.Payload.Data) == string(is.Payload.Data) && !restamped && was.Path == is.Path {
		if !was.Payload.Modified.Equal(is.Payload.Modified) || was.Payload.Class != is.Payload.Class {
			h.fail("time or class of %v at %s changed", old, org)
		}
		return
	}
	allowed := false
	for i := range h.links {
		l := &h.links[i]
		if l.writes(org, was.Path) {
			allowed = allowed || l.rules.TwoWay || was.Item.Stamp.Origin != "" || run.adopt && old == now && was.Path == is.Path
		}
	}
	moved := was.Path != is.Path && was.Folder == is.Folder
	if !allowed && (old != now || restamped || !moved) {
		h.fail("%v at %s in /%s became %v in /%s, which no rule allows", old, org, was.Path, now, is.Path)
	}
	if old.item != now.item {
		h.fail("%v at %s in /%s was overwritten with another item, %v", old, org, was.Path, now)
	}
}

// auditFolder: only replicas of folders go, and only if users took a folder away somewhere.
func (h *History) auditFolder(org string, was plan.Folder) {
	if len(h.folders) == 0 {
		h.fail("folder /%s of %s was deleted, while nobody moved or deleted one", was.Path, org)
	}
	for i := range h.links {
		l := &h.links[i]
		if l.writes(org, was.Path) && l.rules.Deletions == plan.DeleteItemsAndFolders && (l.rules.TwoWay || was.Stamp.Origin != "") {
			return
		}
	}
	h.fail("folder /%s of %s was deleted, which no rule allows", was.Path, org)
}

// auditLoss: what users wrote is there, or a rule says why not.
func (h *History) auditLoss(name string, after picture) {
	org := h.orgs[name]
	have := map[token]int{}
	for _, f := range after.items {
		have[tokenOf(f.Payload.Data)]++
	}
	for _, f := range org.Deleted() {
		if !org.removed[f.Item.Key] { // by the program, so that it can be recovered
			have[tokenOf(f.Payload.Data)]++
		}
	}
	for t, n := range org.owed {
		for _, other := range h.names {
			if other != name {
				n -= h.orgs[other].given[t]
			}
		}
		if have[t] < n && !h.mayLose(name, t, after) {
			h.fail("%v, which a user of %s wrote, is lost: %d of %d are there", t, name, have[t], n)
		}
		if have[t] < n {
			org.owed[t] = have[t] // told once
		}
	}
}

// mayLose looks for the rule that permits a loss.
func (h *History) mayLose(org string, t token, after picture) bool {
	s, edited := h.sites[t]
	if !edited {
		return false
	}
	winner := tokenOf(after.items[s.key].Payload.Data)
	for i := range h.links {
		l := &h.links[i]
		if !l.writes(org, s.path) {
			continue
		}
		if !l.rules.TwoWay {
			mine := !h.copies[s.key] || h.void || h.alone(l, s.key, after)
			if s.replica && mine && (winner != t && winner != s.over || h.givesWay(l, s.over, t.item)) {
				return true
			}
			if s.org != org && only(after, l.to, t.item) {
				return true // a copy whose original is gone is the replica
			}
			continue
		}
		if h.overruled(l, org, s.over) || h.decidedElsewhere(l) || slices.Contains(h.events[t.item], "restored") || len(h.links) > 1 && h.carried(l, org, t) {
			return true
		}
		switch l.rules.Conflict {
		case plan.KeepBoth:
		case plan.PublisherWins:
			if l.sub == org {
				return true
			}
		case plan.SubscriberWins:
			if l.pub == org {
				return true
			}
		case plan.NewestWins:
			for _, f := range after.items {
				now := tokenOf(f.Payload.Data)
				over := h.sites[now].over // a user may have edited the winner by now
				if now.item == t.item && max(h.times[now], h.times[over])-h.times[t] > 5*60 {
					return true
				}
			}
		}
	}
	return false
}

// givesWay reports whether users' edits of a one-way replica give way to the publisher's item: to any with "restore", else if that is not what
// they edited over, or was another one before a backup brought it back.
func (h *History) givesWay(l *link, over token, item int) bool {
	return l.rules.Restore || h.changed(l.pub, over) || slices.Contains(h.events[item], "restored")
}

// only reports whether there is not more than one of an item below a path.
func only(p picture, path string, item int) bool {
	n := 0
	for _, f := range p.items {
		if tokenOf(f.Payload.Data).item == item && plan.Within(f.Path, path) {
			n++
		}
	}
	return n <= 1
}

// overruled reports whether what a two-way link brings to its other side is a one-way replica there, whose publisher has the last word.
func (h *History) overruled(two *link, org string, over token) bool {
	other := two.pub
	if other == org {
		other = two.sub
	}
	for i := range h.links {
		l := &h.links[i]
		if l.rules.TwoWay || l.sub != other {
			continue
		}
		there := h.changed(l.pub, token{item: over.item}) && (l.rules.Restore || h.changed(l.pub, over))
		if there || h.missing[over.item] && h.writers[over.item][l.pub] { // it had the last word, and is gone since
			return true
		}
	}
	return false
}

// carried reports whether the other side of a two-way link holds t.
func (h *History) carried(l *link, org string, t token) bool {
	for side := range 2 {
		if l.org(side) == org {
			continue
		}
		for _, f := range h.orgs[l.org(side)].All() {
			if tokenOf(f.Payload.Data) == t {
				return true
			}
		}
	}
	return false
}

// decidedElsewhere reports whether another two-way link, to which this one passes edits on, chooses one side of a conflict.
func (h *History) decidedElsewhere(l *link) bool {
	for i := range h.links {
		if o := &h.links[i]; o.session != l.session && o.rules.TwoWay && o.rules.Conflict != plan.KeepBoth {
			return true
		}
	}
	return false
}

// alone reports whether no other item of the link carries the stamp of the one with this key.
func (h *History) alone(l *link, key plan.Digest, after picture) bool {
	me := after.items[key]
	for _, f := range after.items {
		if f.Item.Key != key && f.Item.Stamp.Origin == me.Item.Stamp.Origin && plan.Within(f.Path, l.to) {
			return false
		}
	}
	return true
}

// changed reports whether an organization holds an item with another content than t.
func (h *History) changed(org string, t token) bool {
	for _, f := range h.orgs[org].All() {
		if now := tokenOf(f.Payload.Data); now.item == t.item && now != t {
			return true
		}
	}
	return false
}
