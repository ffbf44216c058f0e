package plan

import (
	"cmp"
	"container/heap"
	"iter"
	"slices"
)

// creates are changes of one pair that make replicas of items without one. A first plan is full of them, and while they are decided about
// nothing else looks at them; so many of them are packed: in runs, of which each is sorted, and which are merged as they are read.
type creates struct {
	pair   *Pair
	index  int // of the pair in the plan
	limits packLimits
	packer *packer
	few    []Change // not packed
	runs   []*packed
	goes   map[target]int // how many of those that are packed go to a folder
}

// target is a couple's folder at a side.
type target struct {
	couple int
	side   Side
}

// newCreate is the change that makes a replica, at side to, of an item without one.
func (p *Pair) newCreate(s seen, to Side, why string) Change {
	return Change{Action: Create, Side: to, Path: p.Couples[s.couple].Want[to], Why: why, Name: s.item.Name, Couple: s.couple, Source: s.couple, Target: s.couple,
		Origin: s.item, Born: Origin{Identity: s.id, From: p.Org[to.Other()], For: p.Org[to]}}
}

func (c *creates) add(s seen, to Side, why string) {
	c.few = append(c.few, c.pair.newCreate(s, to, why))
	if len(c.few) >= c.limits.run {
		c.pack()
	}
}

// pack makes a run of those that are not packed.
func (c *creates) pack() {
	if len(c.few) == 0 {
		return
	}
	slices.SortFunc(c.few, func(a, b Change) int { return compareChanges(&a, &b) })
	run := &packed{packer: c.packer}
	for i := range c.few {
		ch := &c.few[i]
		s := seen{item: ch.Origin, couple: ch.Couple, id: ch.Born.Identity}
		b := appendText(append(c.packer.record[:0], byte(ch.Side)), ch.Why)
		c.packer.record = s.appendRecord(b)
		run.add(c.packer.record)
		c.goes[target{ch.Couple, ch.Side}]++
	}
	run.seal()
	c.runs = append(c.runs, run)
	clear(c.few)
	c.few = c.few[:0]
}

// rest takes out those that are not packed. If any are packed, they are too.
func (c *creates) rest() []Change {
	if len(c.runs) > 0 {
		c.pack()
	}
	few := c.few
	c.few, c.packer = nil, nil
	return few
}

func (c *creates) len() (n int) {
	for _, r := range c.runs {
		n += r.n
	}
	return n
}

// drop takes out of the runs what out says, which is asked once about each.
func (c *creates) drop(out func(*Change) bool) {
	with := &packer{size: c.limits.block}
	for i, r := range c.runs {
		dropped, some := make([]bool, 0, r.n), false
		for record := range r.all() {
			ch := c.parse(string(record))
			goes := out(ch)
			if dropped = append(dropped, goes); goes {
				some = true
				c.goes[target{ch.Couple, ch.Side}]--
			}
		}
		if !some {
			continue
		}
		keep := &packed{packer: with}
		n := 0
		for record := range r.all() {
			if !dropped[n] {
				keep.add(record)
			}
			n++
		}
		keep.seal()
		c.runs[i] = keep
	}
}

// all are the packed changes in order.
func (c *creates) all() iter.Seq[*Change] {
	return func(yield func(*Change) bool) {
		var h runHeap
		for i, r := range c.runs {
			m := merged{unpacker: r.unpack(), run: i}
			if m.advance(c) {
				h = append(h, m)
			}
		}
		heap.Init(&h)
		for len(h) > 0 {
			if !yield(h[0].change) {
				return
			}
			if h[0].advance(c) {
				heap.Fix(&h, 0)
			} else {
				heap.Pop(&h)
			}
		}
	}
}

// merged is a run while it is read.
type merged struct {
	*unpacker
	run    int
	change *Change
}

func (m *merged) advance(c *creates) bool {
	record, ok := m.next()
	if ok {
		m.change = c.parse(string(record))
	}
	return ok
}

func (c *creates) parse(record string) *Change {
	side := Side(record[0])
	why, rest, _ := cutText(record[1:])
	ch := c.pair.newCreate(parseSeen(rest), side, why)
	ch.Pair = c.index
	return &ch
}

// runHeap has the run with the next change on top.
type runHeap []merged

func (h runHeap) Len() int { return len(h) }
func (h runHeap) Less(i, j int) bool {
	return cmp.Or(compareChanges(h[i].change, h[j].change), cmp.Compare(h[i].run, h[j].run)) < 0
}
func (h runHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)   { *h = append(*h, x.(merged)) }
func (h *runHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
