package plan

import (
	"iter"
	"slices"
)

// Changes are the changes of a plan, in its order once the plan is complete. Creates, of which a first plan is full, are packed where there
// are many, so that a million of them fit into memory. The zero Changes are none.
type Changes struct {
	plain  []Change   // those that are not packed
	packed []*creates // those that are, by pair
}

// Add adds changes of which nothing is packed.
func (c *Changes) Add(changes ...Change) { c.plain = append(c.plain, changes...) }

// collect adds those of a pair.
func (c *Changes) collect(pair int, of *Changes) {
	for i := range of.plain {
		of.plain[i].Pair = pair
	}
	c.plain = append(c.plain, of.plain...)
	for _, p := range of.packed {
		p.index = pair
		c.packed = append(c.packed, p)
	}
}

// Len is how many there are.
func (c *Changes) Len() int {
	n := len(c.plain)
	for _, p := range c.packed {
		n += p.len()
	}
	return n
}

// All are all changes. One that was given stays as it is when the next one comes.
func (c *Changes) All() iter.Seq[*Change] {
	return func(yield func(*Change) bool) {
		plain := c.plain
		for _, p := range c.packed {
			for ch := range p.all() {
				for len(plain) > 0 && compareChanges(&plain[0], ch) <= 0 {
					if !yield(&plain[0]) {
						return
					}
					plain = plain[1:]
				}
				if !yield(ch) {
					return
				}
			}
		}
		for i := range plain {
			if !yield(&plain[i]) {
				return
			}
		}
	}
}

// Of are the changes with certain actions, as All gives them.
func (c *Changes) Of(actions ...Action) iter.Seq[*Change] {
	from := c
	if !slices.Contains(actions, Create) {
		from = &Changes{plain: c.plain}
	}
	return func(yield func(*Change) bool) {
		for ch := range from.All() {
			if slices.Contains(actions, ch.Action) && !yield(ch) {
				return
			}
		}
	}
}

// Count is how many changes have certain actions.
func (c *Changes) Count(actions ...Action) (n int) {
	for i := range c.plain {
		if slices.Contains(actions, c.plain[i].Action) {
			n++
		}
	}
	if slices.Contains(actions, Create) {
		n += c.Len() - len(c.plain)
	}
	return n
}

func (c *Changes) count(s *Summary) {
	for i := range c.plain {
		s.add(c.plain[i].Action.Symbol(), 1)
	}
	s.add(Create.Symbol(), c.Len()-len(c.plain))
}

// Write reports whether any changes of a pair write at a side. The plan is complete.
func (c *Changes) Write(pair int, side Side) bool {
	for _, p := range c.packed {
		for at, n := range p.goes {
			if p.index == pair && at.side == side && n > 0 {
				return true
			}
		}
	}
	plain := c.ofPair(pair).plain
	for i := range plain {
		if plain[i].Side == side {
			return true
		}
	}
	return false
}

// ofPair are the changes of one pair.
func (c *Changes) ofPair(pair int) *Changes {
	first, _ := slices.BinarySearchFunc(c.plain, pair, func(ch Change, pair int) int { return ch.Pair - pair })
	end, _ := slices.BinarySearchFunc(c.plain, pair+1, func(ch Change, pair int) int { return ch.Pair - pair })
	of := &Changes{plain: c.plain[first:end]}
	for _, p := range c.packed {
		if p.index == pair {
			of.packed = append(of.packed, p)
		}
	}
	return of
}

// drop takes out what out says; packed says whether the packed ones are asked about, too. Each is asked about once.
func (c *Changes) drop(packed bool, out func(*Change) bool) {
	kept := c.plain[:0]
	for i := range c.plain {
		if !out(&c.plain[i]) {
			kept = append(kept, c.plain[i])
		}
	}
	clear(c.plain[len(kept):])
	c.plain = kept
	if packed {
		for _, p := range c.packed {
			p.drop(out)
		}
	}
}

func (c *Changes) sort() {
	slices.SortFunc(c.plain, func(a, b Change) int { return compareChanges(&a, &b) })
	slices.SortStableFunc(c.packed, func(a, b *creates) int { return a.index - b.index })
}
