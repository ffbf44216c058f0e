package plan

// An item that a server made after the program had given it up, or that another server of the organization did not have yet when it was listed,
// appears beside the one that was made since. The number in its stamp is smaller, or its key is that of the former replica of the same version, and nobody has
// touched it: it is one of ours too many. So is what a run made that was to move the replica and died before it deleted the old one. All others that
// carry the stamp of the replica are copies that users made.

// beside decides about an item with the stamp of a replica that state names. Items are those of the couple, if they are at hand.
func (d *Differ) beside(replica, other seen, from Side, items [2][]Item) {
	to := from.Other()
	m := d.memory(replica.digest)
	former := attempt(other.item) < attempt(replica.item) ||
		m != nil && m.Former == other.item.Key && other.item.Stamp.Version == replica.item.Stamp.Version
	// A replica that was to be made anew in another folder has the number of the last attempt.
	n := attempt(other.item)
	remade := n > attempt(replica.item) && n == d.in.Attempts(replica.digest)-1
	if (former && replica.couple == other.couple || remade) && (other.item.Stamp.Version == "" || d.untouched(replica, other, from, items)) {
		d.changes = append(d.changes, d.deletion(other, nil, to, WhyDoubled))
		return
	}
	d.leave(other.couple, to, other.item, whyCopy)
}

// untouched reports whether an item says what was written with its stamp, or, of a store that keeps less, what the replica says.
func (d *Differ) untouched(replica, other seen, from Side, items [2][]Item) bool {
	to := from.Other()
	if items[to] == nil {
		d.readAll([]seen{replica, other}, to)
	} else {
		d.question(replica, to, items)
		d.question(other, to, items)
	}
	wrote, err := ParseCopied(other.item.Stamp.Version)
	content := other.item.Content
	return err == nil && !content.IsZero() && (content == wrote.Content || content == replica.item.Content)
}

// begun decides about an item that was to keep the loser of a conflict, and is not whole. As long as there is a conflict, its loser is kept again.
func (d *Differ) begun(couple int, side Side, it *Item, m Mark) {
	if m.Pair != d.pair.Digest {
		d.leave(couple, side, it, whyUnderway)
		return
	}
	d.changes = append(d.changes, d.deletion(seen{item: it, couple: couple, id: d.pair.identity(side, it.Key)}.keep(), nil, side, WhyBegun))
}

// attempt is the number in an item's stamp.
func attempt(it *Item) int {
	o, err := ParseOrigin(it.Stamp.Origin)
	if err != nil {
		return 0
	}
	return o.Attempt
}

// sameStamp reports whether stamps differ in the number of the attempt at most.
func sameStamp(a, b Stamp) bool {
	if a.Origin != b.Origin {
		x, errX := ParseOrigin(a.Origin)
		y, errY := ParseOrigin(b.Origin)
		x.Attempt, y.Attempt = 0, 0
		if errX != nil || errY != nil || x != y {
			return false
		}
	}
	return a.Version == b.Version && a.Mark == b.Mark
}
