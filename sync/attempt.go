package sync

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"

	"iorepl/plan"
)

// makeReplicas makes replicas in one folder. Where a server may make one later than it is looked for, the attempt is recorded before it
// begins, so that the next one has another number, and what comes of the first is told from a copy that users made.
func (a *apply) makeReplicas(ctx context.Context, p *pair, side plan.Side, folder plan.Folder, read []copied) ([]WriteResult, error) {
	state := a.State.of(p.Digest)
	_, lingers := As[Lingerer](p.at[side])
	items := make([]NewItem, len(read))
	before := make([]int, len(read))
	for i, r := range read {
		identity := r.change.Born.Identity.Digest()
		c := *r.change
		before[i] = state.attempts(identity)
		c.Born.Attempt = min(before[i], plan.MaxAttempt)
		items[i] = NewItem{r.payload, a.stamp(p, &c, r.payload.Version, r.payload.Content)}
		if lingers {
			if err := state.setAttempts(identity, before[i]+1); err != nil {
				return nil, err
			}
		}
	}
	if lingers {
		if err := state.flush(); err != nil {
			return nil, err
		}
	}
	results := p.at[side].Create(ctx, folder, items)
	for i, r := range read {
		attempts := before[i]
		switch err := results[i].Err; {
		case !lingers:
			continue
		case IsUnknown(err) || errors.Is(err, context.Canceled):
			a.doubt(r.change.Born.Identity.Digest())
			continue
		case err == nil: // its stamp has the number
			attempts = 0
		}
		if err := state.setAttempts(r.change.Born.Identity.Digest(), attempts); err != nil {
			return results, err
		}
	}
	return results, nil
}

func (a *apply) doubt(identity plan.Digest) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.doubted[identity] = true
}

// settleAttempts forgets attempts of which the plan saw what became: nothing is to be made for them any more.
func (a *apply) settleAttempts(i int) error {
	p := a.pairs[i]
	state := a.State.of(p.Digest)
	if err := state.flush(); err != nil {
		return err
	}
	open := state.allAttempts()
	if len(open) == 0 || a.pairFailed(p) {
		return nil
	}
	for c := range a.plan.Changes.Of(plan.Create) {
		if c.Pair == i {
			delete(open, c.Born.Identity.Digest())
		}
	}
	for identity := range open {
		if a.doubted[identity] {
			continue
		}
		if err := state.setAttempts(identity, 0); err != nil {
			return err
		}
	}
	return nil
}

// attempts is how many attempts to make a replica ended without anybody knowing how.
func (p pairState) attempts(identity plan.Digest) int {
	if b := p.read(identity[:], "pairs", p.pair, "attempts"); len(b) == 1 {
		return int(b[0])
	}
	return 0
}

func (p pairState) setAttempts(identity plan.Digest, n int) error {
	if n == 0 {
		return p.write(identity[:], nil, "pairs", p.pair, "attempts")
	}
	return p.write(identity[:], []byte{byte(min(n, plan.MaxAttempt))}, "pairs", p.pair, "attempts")
}

// allAttempts are the identities with attempts that are written.
func (p pairState) allAttempts() map[plan.Digest]bool {
	all := map[plan.Digest]bool{}
	p.look(func(b *bbolt.Bucket) error {
		return b.ForEach(func(k, _ []byte) error {
			if len(k) == len(plan.Digest{}) {
				all[plan.Digest(k)] = true
			}
			return nil
		})
	}, "pairs", p.pair, "attempts")
	return all
}
