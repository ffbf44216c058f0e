package plan

// A replica that users move while the folders of a pair are listed, out of one that is still to be listed and into one that was, is in none of the
// listings. So what is remembered to have a replica is not made again, and not deleted for its replica's sake, before the folders were looked
// through once more.

const whyOverlooked = "its replica was moved while the folders were listed; looked at again by the next run"

// absent is an item without a replica, and what is to be done about it unless the replica turns up.
type absent struct {
	seen
	verdict verdict
	home    Digest // the folder in which the replica was; of a deletion
}

// hadReplica reports whether state knows a replica of an item that iorepl did not delete itself.
func (d *Differ) hadReplica(s seen) bool {
	m := d.memory(s.digest)
	return m != nil && !m.buried()
}

// lookAgain decides about the items that are remembered to have a replica at a side.
func (d *Differ) lookAgain(from Side) {
	if len(d.absent) == 0 {
		return
	}
	to := from.Other()
	wanted, deletes := map[Digest]bool{}, false
	for _, a := range d.absent {
		wanted[a.digest] = true
		deletes = deletes || a.verdict.action == Delete
	}
	// What was moved to another pair is made again, but not deleted for that.
	found, err := d.in.Sought(to, wanted, deletes)
	for _, a := range d.absent {
		switch {
		case err != nil:
			d.leaveError(a.couple, from, a.item, "its replica was not found, and looking for it once more failed: "+err.Error())
		case found[a.digest]:
			d.leave(a.couple, from, a.item, whyOverlooked)
		default:
			d.miss(a, from)
		}
	}
	d.absent = nil
}

// miss makes the change that an item without a replica calls for.
func (d *Differ) miss(a absent, from Side) {
	to, why := from.Other(), a.verdict.why
	if a.verdict.action == Delete {
		if d.in.Hides[to] && !d.shows(to, a.home) {
			d.pair.Couples[a.couple].vanished[from]++
		}
		d.changes = append(d.changes, d.deletion(a.seen, a.item, from, why))
		return
	}
	if why == whyNew {
		why += " at the " + from.String()
	}
	d.creates.add(a.seen, to, why)
}
