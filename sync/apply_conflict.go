package sync

import (
	"context"
	"fmt"

	"iorepl/plan"
)

// keep resolves a conflict by keeping both: the loser's content becomes an item of its own beside it, marked, so that a later
// run does not keep it twice; that item is replicated like any other; then the winner is copied over the loser.
func (a *apply) keep(ctx context.Context, p *pair, c *plan.Change) error {
	side, winner := c.Side, c.Side.Other()
	loser, from := *c.Replica, sideOf(p, c.Born.From)
	if from == side {
		loser = *c.Origin
	}
	over := *c
	over.Action = plan.Update
	if from == side {
		over.Action = plan.CopyBack
	}
	// A winner that cannot be copied leaves the loser where it is.
	if there, err := a.fetch(ctx, p, []*plan.Change{&over}); err != nil || len(there) == 0 {
		return err
	}
	folder := p.folders[c.Couple][side]
	read := p.at[side].Read(ctx, folder, []plan.Item{loser})[0]
	if read.Err != nil {
		a.done(c, read.Err)
		return nil
	}
	if err := incomplete(p, side, read.Payload); err != nil {
		a.done(c, err)
		return a.State.of(p.Digest).setRefused(c.Born.Identity.Digest(), loser.Version, err.Error())
	}
	kept := retitle(read.Payload, fmt.Sprintf("(%s, %s)", p.Org[side], when(loser)))
	kept.Content = ContentOf(kept)
	mark := plan.Stamp{Mark: plan.Mark{Kept: true, Pair: p.Digest, Replica: plan.ConflictOf(c.Born.Identity, c.Replica), Content: read.Payload.Content}.Encode()}
	made := p.at[side].Create(ctx, folder, []NewItem{{kept, mark}})[0]
	if made.Err != nil {
		a.done(c, made.Err)
		if IsRefused(made.Err) { // neither is lost, and both stay as they are until the loser changes
			return a.State.of(p.Digest).setRefused(c.Born.Identity.Digest(), loser.Version, made.Err.Error())
		}
		return nil
	}
	// What it says in the form of its store is what its replica is compared with.
	if read = p.at[side].Read(ctx, folder, []plan.Item{made.Item})[0]; read.Err != nil {
		a.done(c, read.Err)
		return nil
	}
	switch err := a.replicate(ctx, p, side, c.Couple, made.Item, read.Payload); {
	case IsRefused(err): // the loser is kept where it was written, and the winner need not wait for what never comes
		a.Log.Info("kept at one side only", "folder", c.Path, "item", kept.Name, "reason", err)
	case err != nil:
		a.done(c, err)
		return nil
	}
	if winner == from {
		if there := !p.folders[c.Source][side].Key.IsZero(); there && p.Follows(c.Source, c.Couple, c.Replica.Stamp, from) {
			over.Target = c.Source
		}
		return a.update(ctx, p, []*plan.Change{&over})
	}
	return a.copyBack(ctx, p, []*plan.Change{&over})
}

func when(it plan.Item) string {
	if it.Modified.IsZero() {
		return "earlier version"
	}
	return it.Modified.UTC().Format("2006-01-02 15:04:05 UTC")
}

// replicate makes the replica of an item that was just made or set free at side.
func (a *apply) replicate(ctx context.Context, p *pair, side plan.Side, couple int, item plan.Item, payload Payload) error {
	to := side.Other()
	folder := p.folders[couple][to]
	if folder.Key.IsZero() {
		return fmt.Errorf("its folder was not made at %s", p.Org[to])
	}
	c := plan.Change{Action: plan.Create, Side: to, Couple: couple, Source: couple, Target: couple, Origin: &item,
		Born: plan.Origin{Identity: plan.Identity{Born: p.Org[side], Key: item.Key}, From: p.Org[side], For: p.Org[to]}}
	payload.Version = item.Version
	res := WriteResult{Err: a.reduces(p, to, payload)}
	if res.Err == nil {
		results, err := a.makeReplicas(ctx, p, to, folder, []copied{{change: &c, payload: payload}})
		if err != nil {
			return err
		}
		res = results[0]
	}
	if IsRefused(res.Err) {
		if err := a.State.of(p.Digest).setRefused(c.Born.Identity.Digest(), item.Version, res.Err.Error()); err != nil {
			return err
		}
	}
	if res.Err != nil {
		return res.Err
	}
	return a.State.of(p.Digest).remember(c.Born.Identity.Digest(), plan.Remember(item, res.Item, p.home(couple, to)))
}

// revive makes an edited replica whose origin is gone an origin: its stamp goes first, so that any later run
// takes it for an item of its users, which it is.
func (a *apply) revive(ctx context.Context, p *pair, c *plan.Change) error {
	side := c.Side
	folder := p.folders[c.Couple][side]
	free := p.at[side].Update(ctx, folder, []ItemUpdate{{Item: *c.Replica, Stamp: plan.Stamp{Mark: c.Replica.Stamp.Mark}}})[0]
	if free.Err != nil {
		a.done(c, free.Err)
		return nil
	}
	if was, err := plan.ParseOrigin(c.Replica.Stamp.Origin); err == nil {
		if err := a.State.of(p.Digest).remember(was.Identity.Digest(), plan.Buried(*c.Replica)); err != nil {
			return err
		}
	}
	read := p.at[side].Read(ctx, folder, []plan.Item{free.Item})[0]
	if read.Err != nil {
		a.done(c, read.Err)
		return nil
	}
	a.done(c, a.replicate(ctx, p, side, c.Couple, free.Item, read.Payload))
	return nil
}
