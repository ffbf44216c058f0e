package historytest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// backup is a snapshot of an organization, or of a state, that may come back.
type backup struct {
	org    string
	back   func()
	ledger *ledger
	state  string
	copy   string // of the state's directory
}

// round is some work of users, one disturbance or none, and one run.
func (h *History) round() {
	for range h.rand.IntN(6) {
		h.act()
	}
	h.now = h.now.Add(time.Hour)
	undo, down := func() {}, ""
	switch h.rand.IntN(16) {
	case 0:
		h.save()
	case 1:
		h.saveState()
	case 2, 3:
		h.restore()
	case 4:
		h.state = pick(h, []string{"state", "state", "state-2"})
		h.forgetful()
		h.note("now with %s", h.state)
	case 5:
		h.refilter()
	case 6:
		undo = h.conceal(pick(h, h.names))
	case 7:
		undo = h.spoil(pick(h, h.names))
	case 8:
		h.renamed()
	case 9:
		h.swapped()
	case 10:
		h.repermit(&h.links[0])
		h.note("new permissions: %s", &h.links[0])
	case 11:
		down = pick(h, h.names)
		h.note("%s is down", down)
	}
	r := &run{h: h, down: down, adopt: h.chance(12), force: h.chance(2)}
	if h.chance(2) {
		r.mode, r.steps = mode(1+h.rand.IntN(4)), 1+h.rand.IntN(12)
		if r.mode == killed {
			r.steps *= h.stride()
		}
	}
	out := r.do(true)
	if out.refused {
		h.note("refused: %v", out.plan.Refused)
	}
	if r.mode == calm && out.whole() {
		h.seen(out.plan)
		h.empties(r.adopt)
		h.void = false
		clear(h.fresh)
		clear(h.moved)
	}
	undo()
}

// stride is how many steps of a file system there are to one of a server.
func (h *History) stride() int {
	for _, name := range h.names {
		if _, ok := h.orgs[name].inMemory(); !ok {
			return 6
		}
	}
	return 1
}

// empties: after a complete apply the plan is empty, along a chain after as many applies as links.
func (h *History) empties(adopt bool) {
	for n := 1; ; n++ {
		next := &run{h: h, adopt: adopt, force: true}
		out := next.do(false)
		if out.plan.Empty() {
			return
		}
		if n >= h.length() {
			h.fail("after %d complete applies the plan is not empty:\n%s", n, text(out.plan))
		}
		next = &run{h: h, adopt: adopt, force: true}
		if out = next.do(true); !out.whole() {
			return
		}
	}
}

// length is how many applies an edit may take. In a chain of two-way links it travels as many links as there are, and then the marks that
// it left are writes of their own where versions count them; where restore undoes what a two-way link brought, it travels back as well.
func (h *History) length() int {
	n := len(h.links)
	if n == 1 {
		return 1
	}
	for i := range h.links {
		if h.links[i].rules.Restore {
			return 2*n + 1
		}
	}
	return n + 2
}

// save makes a backup of an organization.
func (h *History) save() {
	name := pick(h, h.names)
	h.backups = append(h.backups, backup{org: name, back: h.orgs[name].snapshot(), ledger: h.orgs[name].ledger.clone()})
	h.note("backup of %s", name)
}

// forgetful notes that what the program remembers does not hold any more: until the next complete run, two sides that differ are a conflict.
func (h *History) forgetful() {
	h.void = true
	h.forgotten()
	h.unfollow()
	first := map[int]token{}
	for _, name := range h.names {
		for _, f := range h.orgs[name].All() {
			t := tokenOf(f.Payload.Data)
			if other, ok := first[t.item]; ok && other != t {
				h.disturb(t.item, "differed when nothing was remembered")
			}
			first[t.item] = t
		}
	}
}

func (h *History) saveState() {
	to := filepath.Join(h.dir, fmt.Sprintf("backup %d of %s", len(h.backups), h.state))
	if copyTree(filepath.Join(h.dir, h.state), to, true) == nil {
		h.backups = append(h.backups, backup{state: h.state, copy: to})
		h.note("backup of %s", h.state)
	}
}

// restore brings a backup back, or loses the state.
func (h *History) restore() {
	if len(h.backups) == 0 || h.chance(6) {
		h.must(os.RemoveAll(filepath.Join(h.dir, h.state)))
		h.forgetful()
		h.note("%s is lost", h.state)
		return
	}
	b := pick(h, h.backups)
	if b.copy != "" {
		h.must(os.RemoveAll(filepath.Join(h.dir, b.state)))
		h.must(copyTree(b.copy, filepath.Join(h.dir, b.state), true))
		h.forgetful()
		h.note("%s is restored", b.state)
		return
	}
	org := h.orgs[b.org]
	now := map[plan.Digest]memstore.Found{}
	for _, f := range org.All() {
		now[f.Item.Key] = f
	}
	b.back()
	given := org.given // what users gave up once they do not ask back
	org.ledger = b.ledger.clone()
	org.given = given
	then := map[plan.Digest]bool{}
	for _, f := range org.All() {
		then[f.Item.Key] = true
		if was, ok := now[f.Item.Key]; !ok || was.Path != f.Path || was.Item.Stamp.Origin != f.Item.Stamp.Origin {
			h.left(tokenOf(f.Payload.Data).item, "restored")
		} else if tokenOf(was.Payload.Data) != tokenOf(f.Payload.Data) {
			h.disturb(tokenOf(f.Payload.Data).item, "restored")
		}
	}
	for key, f := range now {
		if !then[key] {
			h.left(tokenOf(f.Payload.Data).item, "restored")
		}
	}
	h.folderMoved(b.org)
	h.forgetful()
	h.note("%s is restored", b.org)
}

// refilter changes the configuration.
func (h *History) refilter() {
	l := &h.links[h.rand.IntN(len(h.links))]
	h.unfollow()
	h.filters(&l.rules)
	h.note("new filters: %s", l)
}

// renamed plans under another id of an organization: a gate shuts, or nothing would be made twice.
func (h *History) renamed() {
	name := pick(h, h.names)
	r := &run{h: h, rename: func(id string) string {
		if id == name {
			return id + "-renamed"
		}
		return id
	}}
	out := r.do(false)
	if out.err != nil || len(out.plan.Refused) > 0 {
		return
	}
	for c := range out.plan.Changes.Of(plan.Create) {
		l := &h.links[c.Pair]
		t := token{}
		for _, f := range h.orgs[l.org(int(c.Side.Other()))].All() {
			if f.Item.Key == c.Origin.Key {
				t = tokenOf(f.Payload.Data)
			}
		}
		for _, f := range h.orgs[l.org(int(c.Side))].All() {
			if tokenOf(f.Payload.Data).item == t.item && len(h.events[t.item]) == 0 && plan.Within(f.Path, l.root(int(c.Side))) {
				h.fail("with %s renamed, %v would be made twice:\n%s", name, t, text(out.plan))
			}
		}
	}
}

// swapped plans against an empty organization behind the address of one that was written to: a gate shuts.
func (h *History) swapped() {
	name := pick(h, h.names)
	state, err := sync.OpenState(filepath.Join(h.dir, h.state))
	h.must(err)
	known := state.Knows(name)
	h.must(state.Close())
	if !known {
		return
	}
	was, ok := h.orgs[name].inMemory()
	if !ok {
		return // the root of every directory has one key
	}
	h.orgs[name].Organization = memstore.New(name+" elsewhere", memstore.Options{})
	out := (&run{h: h}).do(false)
	h.orgs[name].Organization = was
	if out.err == nil && !strings.Contains(fmt.Sprint(out.plan.Refused), string(plan.GateOtherOrganization)) {
		h.fail("another organization answers for %s, and no gate shuts:\n%s", name, text(out.plan))
	}
}
