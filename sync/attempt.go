package sync

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"iorepl/plan"
)

// makeReplicas makes replicas in one folder. Where a server may make one later than it is looked for, the attempts are recorded before they
// begin, so that the next one has another number, and what comes of the first is told from a copy that users made.
func (a *apply) makeReplicas(ctx context.Context, p *pair, side plan.Side, folder plan.Folder, read []copied) ([]WriteResult, error) {
	_, lingers := As[Lingerer](p.at[side])
	items := make([]NewItem, len(read))
	tries := make([]attempt, len(read))
	for i, r := range read {
		c := *r.change
		tries[i] = attempt{c.Born.Identity.Digest(), a.attempts(p, c.Born.Identity.Digest()) + 1}
		c.Born.Attempt = tries[i].mark()
		items[i] = NewItem{r.payload, a.stamp(p, &c, r.payload.Version, r.payload.Content)}
	}
	create := func() []WriteResult { return p.at[side].Create(ctx, folder, items) }
	if !lingers {
		return create(), nil
	}
	return a.attempt(p, tries, create, func(err error) bool { return IsUnknown(err) || errors.Is(err, context.Canceled) })
}

// attempt does something that makes replicas, between two records of it. Those whose error leaves them open stay recorded.
func (a *apply) attempt(p *pair, tries []attempt, do func() []WriteResult, leavesOpen func(error) bool) ([]WriteResult, error) {
	state := a.State.of(p.Digest)
	record, err := state.begin(tries)
	if err != nil {
		return nil, err
	}
	results := do()
	var open []attempt
	for i, r := range results {
		switch {
		case r.Err == nil: // its stamp has the number
			a.setAttempts(p, attempt{identity: tries[i].identity})
		case leavesOpen(r.Err):
			open = append(open, tries[i])
			a.setAttempts(p, tries[i])
		}
	}
	return results, state.end(record, open)
}

func (a *apply) attempts(p *pair, identity plan.Digest) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return p.attempts[identity]
}

func (a *apply) setAttempts(p *pair, t attempt) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t.number == 0 {
		delete(p.attempts, t.identity)
		return
	}
	p.attempts[t.identity] = t.number
	a.doubted[t.identity] = true
}

// settleAttempts forgets attempts of which the plan saw what became: nothing is to be made for them any more.
func (a *apply) settleAttempts(i int) error {
	p := a.pairs[i]
	if a.pairFailed(p) {
		return nil
	}
	waiting := map[plan.Digest]bool{}
	if len(p.attempts) > 0 {
		for c := range a.plan.Changes.Of(plan.Create) {
			if c.Pair == i {
				waiting[c.Born.Identity.Digest()] = true
			}
		}
	}
	var open []attempt
	for identity, n := range p.attempts {
		if waiting[identity] || a.doubted[identity] {
			open = append(open, attempt{identity, n})
		}
	}
	return a.State.of(p.Digest).replaceAttempts(open)
}

// attempt is one to make a replica that ended, or may end, without anybody knowing how.
type attempt struct {
	identity plan.Digest
	number   int // from 1
}

// mark is the number that the stamp of what it makes has.
func (t attempt) mark() int { return min(t.number-1, plan.MaxAttempt) }

const attemptSize = len(plan.Digest{}) + 1

func encodeAttempts(all []attempt) []byte {
	b := make([]byte, 0, len(all)*attemptSize)
	for _, t := range all {
		b = append(append(b, t.identity[:]...), byte(min(t.number, plan.MaxAttempt)))
	}
	return b
}

// begin records attempts at once, and returns the key of the record.
func (p pairState) begin(all []attempt) (record []byte, err error) {
	err = p.now(func(tx *bbolt.Tx) error {
		b := bucket(tx, "pairs", p.pair, "attempts")
		if b == nil {
			return fmt.Errorf("no bucket for pair %s", p.pair)
		}
		n, err := b.NextSequence()
		if err != nil {
			return err
		}
		record = binary.BigEndian.AppendUint64(nil, n)
		return b.Put(record, encodeAttempts(all))
	})
	return record, err
}

// end leaves in a record what is open of it.
func (p pairState) end(record []byte, open []attempt) error {
	if len(open) == 0 {
		return p.write(record, nil, "pairs", p.pair, "attempts")
	}
	return p.write(record, encodeAttempts(open), "pairs", p.pair, "attempts")
}

// replaceAttempts makes open all that there is.
func (p pairState) replaceAttempts(open []attempt) error {
	if len(open) == 0 && len(p.allAttempts()) == 0 {
		return nil
	}
	return p.later(func(tx *bbolt.Tx) error {
		b := bucket(tx, "pairs", p.pair, "attempts")
		if b == nil {
			return fmt.Errorf("no bucket for pair %s", p.pair)
		}
		c := b.Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.First() {
			if err := c.Delete(); err != nil {
				return err
			}
		}
		if len(open) == 0 {
			return nil
		}
		return b.Put(make([]byte, 8), encodeAttempts(open))
	})
}

// allAttempts are those that are recorded, by identity: of several the last one's number.
func (p pairState) allAttempts() map[plan.Digest]int {
	all := map[plan.Digest]int{}
	p.look(func(b *bbolt.Bucket) error {
		return b.ForEach(func(_, v []byte) error {
			for ; len(v) >= attemptSize; v = v[attemptSize:] {
				identity := plan.Digest(v[:len(plan.Digest{})])
				all[identity] = max(all[identity], int(v[attemptSize-1]))
			}
			return nil
		})
	}, "pairs", p.pair, "attempts")
	return all
}
