package sync

import (
	"context"
	"fmt"

	"iorepl/plan"
)

// follow moves replicas to where their origins went, and returns those that are there. It comes before they are
// updated: a stamp that names the new home on a replica in the old one is a replica that its users moved back.
func (a *apply) follow(ctx context.Context, p *pair, read []copied) (there []copied, err error) {
	first := read[0].change
	from, to := p.folders[first.Couple][first.Side], p.folders[first.Target][first.Side]
	if to.Key.IsZero() {
		for _, r := range read {
			a.done(r.change, fmt.Errorf("its folder %q was not made", first.Path))
		}
		return nil, nil
	}
	moves := make([]ItemMove, len(read))
	for i, r := range read {
		moves[i] = ItemMove{Item: r.replica, Stamp: r.replica.Stamp}
	}
	results, err := a.moveReplicas(ctx, p, first.Side, from, to, moves)
	for i, res := range results {
		if res.Err != nil {
			a.done(read[i].change, res.Err)
			continue
		}
		c := *read[i].change
		c.Replica = &res.Item
		read[i].change, read[i].replica = &c, res.Item
		there = append(there, read[i])
	}
	return there, err
}

func (a *apply) move(ctx context.Context, p *pair, batch []*plan.Change) error {
	first := batch[0]
	from, to := p.folders[first.Couple][first.Side], p.folders[first.Target][first.Side]
	if to.Key.IsZero() {
		for _, c := range batch {
			a.done(c, fmt.Errorf("its folder %q was not made", first.Path))
		}
		return nil
	}
	moves := make([]ItemMove, len(batch))
	for i, c := range batch {
		moves[i] = ItemMove{Item: *c.Replica, Stamp: a.current(p, c)}
	}
	results, err := a.moveReplicas(ctx, p, first.Side, from, to, moves)
	for i, res := range results {
		if e := a.relinked(p, batch[i], res); e != nil {
			return e
		}
	}
	return err
}

// renewReplica gives a replica that was copied back its new stamp, and, if its origin was moved as well, its place. It returns the couple
// in whose folder it is then.
func (a *apply) renewReplica(ctx context.Context, p *pair, c *plan.Change, stamp plan.Stamp) (res WriteResult, couple int, err error) {
	side := c.Side.Other()
	from, to := p.folders[c.Source][side], p.folders[c.Couple][side]
	if p.Follows(c.Couple, c.Source, c.Replica.Stamp, c.Side) && !to.Key.IsZero() {
		results, err := a.moveReplicas(ctx, p, side, from, to, []ItemMove{{Item: *c.Replica, Stamp: stamp}})
		if err != nil && results == nil {
			return WriteResult{}, 0, err
		}
		return results[0], c.Couple, err
	}
	return p.at[side].Update(ctx, from, []ItemUpdate{{Item: *c.Replica, Stamp: stamp}})[0], c.Source, nil
}

// moveReplicas moves replicas. Where they are made anew for that, the attempts are recorded before they begin, as those to make replicas are: of
// the two that an interrupted run leaves, the number tells which one was to become the replica.
func (a *apply) moveReplicas(ctx context.Context, p *pair, side plan.Side, from, to plan.Folder, moves []ItemMove) ([]WriteResult, error) {
	move := func() []WriteResult { return p.at[side].Move(ctx, from, to, moves) }
	if r, ok := As[Remaker](p.at[side]); !ok || !r.Remakes() {
		return move(), nil
	}
	tries := make([]attempt, len(moves))
	for i := range moves {
		o, err := plan.ParseOrigin(moves[i].Stamp.Origin)
		if err != nil {
			return nil, fmt.Errorf("moving a replica: %w", err)
		}
		identity := o.Identity.Digest()
		tries[i] = attempt{identity, max(a.attempts(p, identity), o.Attempt+1) + 1}
		o.Attempt = tries[i].mark()
		moves[i].Stamp.Origin = o.Encode()
	}
	return a.attempt(p, tries, move, func(error) bool { return true }) // the former one may be left
}
