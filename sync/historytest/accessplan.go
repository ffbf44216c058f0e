package historytest

import (
	"slices"

	"iorepl/plan"
)

// auditAccess looks whether a plan changes permission lists as the rule says, tells who is left out, and is refused where somebody would
// get more, or the program lose rights of its own, and only there.
func (h *History) auditAccess(before map[string]picture, p *plan.Plan) {
	for i := range h.links {
		l := &h.links[i]
		changes := map[int]*plan.Change{}
		shut := false
		for c := range p.Changes.Of(plan.SetPermissions) {
			if c.Pair == i {
				changes[c.Couple] = c
				shut = shut || h.dangerous(l, c)
				if c.Side != plan.Subscriber || l.rules.Permissions == plan.NoPermissions {
					h.fail("%s: a permission list is to be written that is not replicated:\n%s", l.session, text(p))
				}
			}
		}
		if is := refuses(p, l.session); is != shut {
			h.fail("%s: the gate for permissions is shut: %v, and should be: %v\n%s", l.session, is, shut, text(p))
		}
		for k := range p.Pairs[i].Couples {
			h.auditCouple(l, before, p, i, k, changes[k])
		}
		h.auditUnmapped(l, before, p, i)
	}
}

// dangerous reports whether a change has to be approved.
func (h *History) dangerous(l *link, c *plan.Change) bool {
	more := func(a, b plan.Permissions, who string) bool {
		x, _ := a.Of(who)
		y, _ := b.Of(who)
		return x&^y != 0
	}
	me := h.orgs[l.sub].account()
	return more(c.New, c.Old, plan.Default) || more(c.New, c.Old, plan.Anonymous) || me != "" && more(c.Old, c.New, me)
}

func refuses(p *plan.Plan, session string) bool {
	return slices.ContainsFunc(p.Refused, func(r plan.Refusal) bool { return r.Session == session && r.Gate == plan.GatePermissions })
}

// replicated reports whether the list of a couple's folder can be replicated: each side's is there and can be read, or is to be made.
func replicated(p *plan.Plan, pair, couple int) bool {
	for side, f := range p.Pairs[pair].Couples[couple].Folder {
		made := false
		for c := range p.Changes.Of(plan.CreateFolder, plan.ReviveFolder) {
			made = made || c.Pair == pair && c.Couple == couple && int(c.Side) == side
		}
		if f == nil && !made || f != nil && f.Problem != "" {
			return false
		}
	}
	return true
}

func (h *History) auditCouple(l *link, before map[string]picture, p *plan.Plan, pair, couple int, change *plan.Change) {
	c := &p.Pairs[pair].Couples[couple]
	if !replicated(p, pair, couple) {
		if change != nil {
			h.fail("%s: the list of /%s is to be written, which is not there:\n%s", l.session, change.Path, text(p))
		}
		return
	}
	if l.rules.Permissions == plan.NoPermissions {
		return
	}
	source, _ := h.listOf(before, p, pair, couple, plan.Publisher)
	was, key := h.listOf(before, p, pair, couple, plan.Subscriber)
	if source == nil || was == nil {
		return // it inherits from a folder that cannot be read
	}
	is := was
	if change != nil {
		if is = change.New; !slices.Equal(change.Old, was) {
			h.fail("%s: the list of /%s is %v, and the plan takes it for %v:\n%s", l.session, change.Path, was, change.Old, text(p))
		}
	}
	if wrong := h.amiss(l, l.sub, key, source, was, is); wrong != "" {
		h.fail("%s: the list of /%s was %v and is to be %v: %s\n%s", l.session, c.Want[plan.Subscriber], was, is, wrong, text(p))
	}
}

// listOf is the list of a couple's folder, or the one that it will begin with.
func (h *History) listOf(before map[string]picture, p *plan.Plan, pair, couple int, side plan.Side) (plan.Permissions, plan.Digest) {
	c, there := &p.Pairs[pair].Couples[couple], before[p.Pairs[pair].Org[side]]
	if f := c.Folder[side]; f != nil {
		return there.readable(f.Key), f.Key
	}
	above := ""
	if f := c.Folder[side.Other()]; f != nil {
		above = plan.Parent(f.Path)
	}
	for k := range p.Pairs[pair].Couples {
		if f := p.Pairs[pair].Couples[k].Folder[side.Other()]; couple > 0 && f != nil && f.Path == above {
			list, _ := h.listOf(before, p, pair, k, side)
			return list, plan.Digest{}
		}
	}
	return there.readable(there.deepest(plan.Parent(c.Want[side]))), plan.Digest{}
}

// readable is the list of a folder, nil if the account may not read it, or that of the folder above which it has.
func (p picture) readable(key plan.Digest) plan.Permissions {
	f := p.folders[key]
	for inherits := true; inherits; f = p.folders[p.deepest(plan.Parent(f.Path))] {
		if f.Problem != "" {
			return nil
		}
		inherits = p.inherits(f.Path)
	}
	return p.lists[key]
}

// deepest is the deepest folder that is there on a path.
func (p picture) deepest(path string) plan.Digest {
	for {
		for key, f := range p.folders {
			if f.Path == path {
				return key
			}
		}
		path = plan.Parent(path)
	}
}

// auditUnmapped: who cannot be mapped is named, and nobody else.
func (h *History) auditUnmapped(l *link, before map[string]picture, p *plan.Plan, pair int) {
	told := map[string][]string{}
	for _, left := range p.Left {
		if left.Pair == pair && left.Why == whyUnmapped {
			told[left.Path] = left.Names
			if left.Count != len(left.Names) {
				h.fail("%s: %d are left out of the list of /%s, and %v are named", l.session, left.Count, left.Path, left.Names)
			}
		}
	}
	for k := range p.Pairs[pair].Couples {
		path, there := p.Pairs[pair].Couples[k].Want[plan.Publisher], replicated(p, pair, k)
		source, _ := h.listOf(before, p, pair, k, plan.Publisher)
		if was, _ := h.listOf(before, p, pair, k, plan.Subscriber); was == nil {
			source = nil // not looked at
		}
		_, unmapped := l.asks(source)
		if names, ok := told[path]; (there || ok) && !slices.Equal(names, unmapped) {
			h.fail("%s: %v are left out of the list of /%s, and these are named: %v\n%s", l.session, unmapped, path, names, text(p))
		}
		delete(told, path)
	}
	if len(told) > 0 {
		h.fail("%s: these are named as left out, and are not: %v", l.session, told)
	}
}
