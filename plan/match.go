package plan

import "slices"

// match decides about the sources at from whose replica lies in the same couple, and keeps the others for Finish.
func (d *Differ) match(couple int, from Side, sources, replicas []seen, items [2][]Item) {
	to := from.Other()
	byID := make(map[Digest]int32, len(replicas))
	twice := map[Digest]bool{}
	for i, r := range replicas {
		if _, ok := byID[r.digest]; ok {
			twice[r.digest] = true
		}
		byID[r.digest] = int32(i)
	}
	used := make([]bool, len(replicas))
	once := map[Digest]bool{}
	for _, s := range sources {
		if once[s.digest] { // two items with one identity: the second is a copy of a replica that came from elsewhere
			d.leave(couple, from, s.item, whyCopy)
			continue
		}
		if s.item.Stamp.Origin != "" {
			once[s.digest] = true
		}
		at, ok := byID[s.digest]
		i := int(at)
		if twice[s.digest] && d.stays(s) {
			i, ok = d.remembered(s, replicas, used, from, items)
		}
		if !ok || !d.stays(s) || d.another(s, replicas[i]) {
			d.sources[from].few = append(d.sources[from].few, s.keep())
			continue
		}
		used[i] = true
		d.matched[from] = append(d.matched[from], s.digest)
		d.meet(s, replicas[i], from, items)
	}
	for i, r := range replicas {
		if !used[i] {
			d.replicas[to].few = append(d.replicas[to].few, r.keep())
		}
	}
}

// remembered picks the replica of s that state names among several with its stamp; the others are copies. Where it names none,
// contents have to tell, in Finish.
func (d *Differ) remembered(s seen, replicas []seen, used []bool, from Side, items [2][]Item) (int, bool) {
	m := d.memory(s.digest)
	found := slices.IndexFunc(replicas, func(r seen) bool { return r.id == s.id && m.names(r.item) })
	for i, r := range replicas {
		switch {
		case r.id != s.id || i == found:
		case found < 0:
			d.ask(s, r, from, items)
		default:
			used[i] = true
			d.beside(replicas[found], r, from, items)
		}
	}
	return found, found >= 0
}

// another reports whether state names another item than r as the replica of s: it may be in another folder, and r a copy. Where
// nothing is to be written it does not matter, and state is not asked.
func (d *Differ) another(s, r seen) bool {
	if rules := &d.pair.Rules; !rules.TwoWay && !rules.Restore && d.in.Attempts(s.digest) == 0 {
		if copied, err := ParseCopied(r.item.Stamp.Version); err == nil && copied.Version == s.item.Version {
			return false
		}
	}
	m := d.memory(s.digest)
	return m != nil && !m.buried() && m.Replica != r.item.Key
}

// memory is what state remembers of an identity, unless it is void.
func (d *Differ) memory(identity Digest) *Memory {
	if d.pair.Rules.TwoWay && !d.pair.Trusted {
		return nil
	}
	return d.in.Memory(identity)
}

// stays reports whether an item may be decided about in its folder: not if a filter or an unreadable twin speaks of it.
func (d *Differ) stays(s seen) bool {
	_, out := d.filtered[s.digest]
	return !out
}

// meet decides about a source and its replica.
func (d *Differ) meet(s, r seen, from Side, items [2][]Item) {
	p := d.pair
	e := encounter{rules: &p.Rules, trusted: p.Trusted, pair: p.Digest, origin: s.item, replica: r.item, from: from,
		home: p.folderIdentity(r.couple, from.Other()), lags: d.in.Lags, now: d.in.Now}
	if p.Rules.TwoWay || p.Rules.Restore {
		e.memory = d.memory(s.digest)
	}
	v := e.decide()
	if v.unknown && items[from] == nil {
		// They were matched after their folders were left.
		d.read(s, from)
		d.read(r, from.Other())
		e.blind = true
		if v = e.decide(); v.unknown {
			if v = do(Update, whyChanged); p.Rules.TwoWay {
				v = leave("moved or copied within the pair, and which side changed is not known")
			}
		}
	}
	if v.unknown {
		d.ask(s, r, from, items)
		return
	}
	d.record(&e, v, s, r)
}

// read finds out what an item says that was kept of a folder left long ago.
func (d *Differ) read(s seen, side Side) {
	d.readAll([]seen{s}, side)
}

// readAll finds out what items say whose listing does not.
func (d *Differ) readAll(all []seen, side Side) {
	var couples []int
	var items []*Item
	for _, s := range all {
		if s.item.Content.IsZero() {
			couples, items = append(couples, s.couple), append(items, s.item)
		}
	}
	if len(items) > 0 && d.in.Content != nil {
		d.in.Content(side, couples, items)
	}
}

func (d *Differ) ask(s, r seen, from Side, items [2][]Item) {
	d.question(s, from, items)
	d.question(r, from.Other(), items)
}

// question has an item at side read, unless it is known what it says.
func (d *Differ) question(s seen, side Side, items [2][]Item) {
	if !s.item.Content.IsZero() {
		return
	}
	for i := range items[side] {
		if q := (Question{side, i}); &items[side][i] == s.item && !slices.Contains(d.questions, q) {
			d.questions = append(d.questions, q)
		}
	}
}

// record turns a verdict on two items into a change.
func (d *Differ) record(e *encounter, v verdict, s, r seen) {
	p := d.pair
	to := e.from.Other()
	follows := p.Follows(s.couple, r.couple, r.item.Stamp, e.from)
	if (v.learn || !v.act && v.why != whyUnsettled && d.in.Attempts(s.digest) > 0) && !follows { // a replica that is moved is remembered as the move leaves it
		p.Learn = append(p.Learn, Learned{s.digest, Remember(*s.item, *r.item, e.home)})
	}
	if !v.act && v.why == "" && s.couple == r.couple {
		return
	}
	s, r = s.keep(), r.keep()
	ch := Change{Action: v.action, Side: to, Why: v.why, Clash: v.clash, Name: r.item.Name, Couple: r.couple, Source: s.couple, Target: r.couple,
		Origin: s.item, Replica: r.item, Born: Origin{Identity: s.id, From: p.Org[e.from], For: p.Org[to]}}
	if follows {
		ch.Target = s.couple
		if !v.act && v.why == "" || v.action == Renew {
			ch.Action, ch.Why, v.act = Move, "moved at the "+e.from.String(), true
		}
	}
	switch {
	case !v.act && v.why != "":
		d.leave(r.couple, to, r.item, v.why)
	case !v.act:
	case v.action == Keep:
		d.conflicts = append(d.conflicts, conflict{s, r, e.from, v.why})
	default:
		if v.action == CopyBack {
			ch.Side, ch.Name, ch.Couple, ch.Source = e.from, s.item.Name, s.couple, r.couple
			ch.Target = s.couple
		}
		d.refusedOr(ch, s, r)
	}
}

// refusedOr appends a change, unless its target refused what it copies for good.
func (d *Differ) refusedOr(ch Change, s, r seen) {
	if d.takes(ch, s, r) {
		d.changes = append(d.changes, ch)
	}
}

// takes reports whether a change may be carried out: it is left alone if its target refused for good what it copies. Of a conflict in a pair that
// is not trusted that has to be remembered, or else the next run takes the stamp's word for what was never settled.
func (d *Differ) takes(ch Change, s, r seen) bool {
	source, home := s, ch.Side
	switch ch.Action {
	case Update:
	case CopyBack: // it is the replica that is refused
		source, home = r, ch.Side.Other()
		source.digest = d.pair.identity(home, r.item.Key).Digest()
	default:
		return true
	}
	if !d.refused(source, ch.Side) {
		return true
	}
	if p := d.pair; ch.Clash && !p.Trusted {
		p.Learn = append(p.Learn, Learned{s.digest, Unsettled(*r.item, p.folderIdentity(r.couple, home))})
	}
	return false
}

// refused reports whether the organization at a side refused this version of an item for good; it is left alone then.
func (d *Differ) refused(s seen, to Side) bool {
	v, why := d.in.Refused(s.digest)
	if why == "" || v != s.item.Version {
		return false
	}
	d.leave(s.couple, to.Other(), s.item, "refused by the target: "+why)
	return true
}

// Follows reports whether a replica in one couple's folder has to go to another couple's because its origin, which is at
// from, was moved there. A replica that its own users moved stays where it is.
func (p *Pair) Follows(origin, replica int, stamp Stamp, from Side) bool {
	if origin == replica {
		return false
	}
	copied, err := ParseCopied(stamp.Version)
	if err != nil || copied.Home == p.folderIdentity(origin, from) {
		return false
	}
	was := p.folderIdentity(replica, from)
	return was.IsZero() || was == copied.Home
}
