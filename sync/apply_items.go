package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"iorepl/plan"
)

// copied is a change whose source was read.
type copied struct {
	change  *plan.Change
	payload Payload
	replica plan.Item // where there is one
}

// fetch reads what a batch copies: the origins, or the replicas when edits go back.
func (a *apply) fetch(ctx context.Context, p *pair, batch []*plan.Change) (out []copied, err error) {
	first := batch[0]
	from := first.Side.Other()
	items := make([]plan.Item, len(batch))
	for i, c := range batch {
		items[i] = *c.Origin
		if c.Action == plan.CopyBack {
			items[i] = *c.Replica
		}
	}
	for i, res := range p.at[from].Read(ctx, p.folders[first.Source][from], items) {
		if res.Err != nil {
			why := fmt.Errorf("reading it at %s: %w", p.Org[from], res.Err)
			if IsRefused(why) {
				why = Errorf(Damaged, "reading it at %s: %v", p.Org[from], res.Err)
			}
			a.done(batch[i], why)
			continue
		}
		if lossy := a.reduces(p, first.Side, res.Payload); lossy != nil {
			err = errors.Join(err, a.refused(p, batch[i], lossy))
			continue
		}
		r := copied{change: batch[i], payload: res.Payload}
		if r.change.Replica != nil {
			r.replica = *r.change.Replica
		}
		out = append(out, r)
	}
	return out, err
}

// reduces says why an item does not go to a side of a two-way pair whose store would not hold all of it.
func (a *apply) reduces(p *pair, side plan.Side, payload Payload) error {
	if err := incomplete(p, side.Other(), payload); err != nil {
		return err
	}
	r, ok := As[Reducer](p.at[side])
	if !ok || !p.Rules.TwoWay {
		return nil
	}
	lost := r.Reduces(payload)
	if len(lost) == 0 {
		return nil
	}
	return Errorf(Refused, "%s cannot hold all of it (%s), and in a two-way pair its copy would take that from the original", p.Org[side], strings.Join(lost, ", "))
}

// incomplete says why an item of which a side's store did not give all does not go to the other side of a two-way pair.
func incomplete(p *pair, side plan.Side, payload Payload) error {
	if len(payload.Lost) == 0 || !p.Rules.TwoWay {
		return nil
	}
	return Errorf(Refused, "%s does not give all of it (%s), and in a two-way pair its copy would take that from the original", p.Org[side], strings.Join(payload.Lost, ", "))
}

// stamp is what a replica carries that is equal to an origin of this version and content.
func (a *apply) stamp(p *pair, c *plan.Change, version, content plan.Digest) plan.Stamp {
	born := c.Born
	born.Pair = p.Digest
	origin := sideOf(p, born.From)
	couple := c.Source
	if c.Action == plan.CopyBack {
		couple = c.Couple
	}
	home := plan.Identity{Born: born.From, Key: p.folders[couple][origin].Key}
	if c.Replica != nil {
		if was, err := plan.ParseOrigin(c.Replica.Stamp.Origin); err == nil && was.Identity == born.Identity {
			born.Attempt = was.Attempt
		}
	}
	s := plan.Stamp{Origin: born.Encode(), Version: plan.Copied{Version: version, Content: content, Home: home.Digest()}.Encode()}
	if c.Replica != nil {
		s.Mark = c.Replica.Stamp.Mark
	}
	return s
}

func sideOf(p *pair, org string) plan.Side {
	if p.Org[plan.Publisher] == org {
		return plan.Publisher
	}
	return plan.Subscriber
}

func (a *apply) create(ctx context.Context, p *pair, batch []*plan.Change) error {
	first := batch[0]
	read, err := a.fetch(ctx, p, batch)
	if err != nil || len(read) == 0 {
		return err
	}
	folder := p.folders[first.Couple][first.Side]
	if folder.Key.IsZero() {
		for _, r := range read {
			a.done(r.change, fmt.Errorf("its folder %q was not made", first.Path))
		}
		return nil
	}
	results, err := a.makeReplicas(ctx, p, first.Side, folder, read)
	for i, res := range results {
		if e := a.wrote(p, read[i], res); e != nil {
			return e
		}
	}
	return err
}

// wrote records a replica that was written from an origin: in the report and in the state.
func (a *apply) wrote(p *pair, r copied, res WriteResult) error {
	c := r.change
	if res.Err != nil {
		return a.refusedOrDone(p, c, res.Err)
	}
	origin := *c.Origin
	origin.Version = r.payload.Version
	a.done(c, nil)
	a.report.reduce(c, p.Org[c.Side], slices.Concat(r.payload.Lost, res.Lost))
	return a.State.of(p.Digest).remember(c.Born.Identity.Digest(), plan.Remember(origin, res.Item, p.home(c.Target, c.Side)))
}

// refusedOrDone remembers what a target will never take, so that it is not tried again until it changes.
func (a *apply) refusedOrDone(p *pair, c *plan.Change, err error) error {
	if !IsRefused(err) {
		a.done(c, err)
		return nil
	}
	return a.refused(p, c, err)
}

func (a *apply) refused(p *pair, c *plan.Change, err error) error {
	a.done(c, err)
	switch {
	case c.Origin == nil:
		return nil
	case c.Action == plan.CopyBack: // what is refused is the replica
		replica := plan.Identity{Born: p.Org[c.Side.Other()], Key: c.Replica.Key}
		return a.State.of(p.Digest).setRefused(replica.Digest(), c.Replica.Version, err.Error())
	}
	return a.State.of(p.Digest).setRefused(c.Born.Identity.Digest(), c.Origin.Version, err.Error())
}

func (a *apply) update(ctx context.Context, p *pair, batch []*plan.Change) error {
	first := batch[0]
	read, err := a.fetch(ctx, p, batch)
	if err != nil || len(read) == 0 {
		return err
	}
	folder := p.folders[first.Target][first.Side]
	if first.Target != first.Couple {
		if read, err = a.follow(ctx, p, read); err != nil || len(read) == 0 {
			return err
		}
	}
	updates := make([]ItemUpdate, len(read))
	for i, r := range read {
		updates[i] = ItemUpdate{Item: r.replica, Payload: &read[i].payload, Stamp: a.stamp(p, r.change, r.payload.Version, r.payload.Content)}
	}
	for i, res := range p.at[first.Side].Update(ctx, folder, updates) {
		if err := a.wrote(p, read[i], res); err != nil {
			return err
		}
	}
	return nil
}

// current is the stamp of a replica that says the same as its origin.
func (a *apply) current(p *pair, c *plan.Change) plan.Stamp {
	content := c.Origin.Content
	if content.IsZero() {
		if was, err := plan.ParseCopied(c.Replica.Stamp.Version); err == nil {
			content = was.Content
		}
	}
	return a.stamp(p, c, c.Origin.Version, content)
}

// restamp writes nothing but stamps.
func (a *apply) restamp(ctx context.Context, p *pair, batch []*plan.Change) error {
	first := batch[0]
	if first.Target != first.Couple {
		return a.move(ctx, p, batch)
	}
	updates := make([]ItemUpdate, len(batch))
	for i, c := range batch {
		updates[i] = ItemUpdate{Item: *c.Replica, Stamp: a.current(p, c)}
	}
	for i, res := range p.at[first.Side].Update(ctx, p.folders[first.Couple][first.Side], updates) {
		if err := a.relinked(p, batch[i], res); err != nil {
			return err
		}
	}
	return nil
}

func (a *apply) relinked(p *pair, c *plan.Change, res WriteResult) error {
	a.done(c, res.Err)
	if res.Err != nil {
		return nil
	}
	state := a.State.of(p.Digest)
	if was, err := plan.ParseOrigin(c.Replica.Stamp.Origin); err == nil && was.Identity != c.Born.Identity {
		if err := state.remember(was.Identity.Digest(), plan.Buried(*c.Replica)); err != nil {
			return err
		}
	}
	return state.remember(c.Born.Identity.Digest(), plan.Remember(*c.Origin, res.Item, p.home(c.Target, c.Side)))
}

// copyBack writes users' edits of replicas to the origins, which then carry a mark, and renews the replicas' stamps.
func (a *apply) copyBack(ctx context.Context, p *pair, batch []*plan.Change) error {
	first := batch[0]
	read, err := a.fetch(ctx, p, batch)
	if err != nil || len(read) == 0 {
		return err
	}
	updates := make([]ItemUpdate, len(read))
	for i, r := range read {
		stamp := r.change.Origin.Stamp
		stamp.Mark = plan.Mark{Pair: p.Digest, Replica: r.payload.Version, Content: r.payload.Content}.Encode()
		updates[i] = ItemUpdate{Item: *r.change.Origin, Payload: &read[i].payload, Stamp: stamp}
	}
	for i, res := range p.at[first.Side].Update(ctx, p.folders[first.Couple][first.Side], updates) {
		c := read[i].change
		if res.Err != nil {
			if err := a.refusedOrDone(p, c, res.Err); err != nil {
				return err
			}
			continue
		}
		origin := res.Item
		renewed, couple, err := a.renewReplica(ctx, p, c, a.stamp(p, c, origin.Version, read[i].payload.Content))
		if err != nil {
			return err
		}
		a.done(c, renewed.Err)
		if renewed.Err != nil {
			continue
		}
		if err := a.State.of(p.Digest).remember(c.Born.Identity.Digest(), plan.Remember(origin, renewed.Item, p.home(couple, c.Side.Other()))); err != nil {
			return err
		}
	}
	return nil
}

// delete removes items, or puts them into the recycle folder, without a stamp.
func (a *apply) delete(ctx context.Context, p *pair, batch []*plan.Change) error {
	first := batch[0]
	if a.pairFailed(p) {
		for _, c := range batch {
			a.done(c, Errorf(Conflict, "not deleted, since something else in the folder pair failed"))
		}
		return nil
	}
	store, folder := p.at[first.Side], p.folders[first.Couple][first.Side]
	items := make([]plan.Item, len(batch))
	for i, c := range batch {
		if c.Replica != nil {
			items[i] = *c.Replica
		} else {
			items[i] = *c.Origin
		}
	}
	errs := make([]error, len(batch))
	if p.Rules.Recycle != "" && first.Side == plan.Subscriber {
		bin, err := a.bin(ctx, p)
		if err != nil {
			return fmt.Errorf("opening the recycle folder %q: %w", p.Rules.Recycle, err)
		}
		moves := make([]ItemMove, len(items))
		for i, it := range items {
			moves[i] = ItemMove{Item: it}
		}
		for i, res := range store.Move(ctx, folder, bin, moves) {
			errs[i] = res.Err
		}
	} else {
		errs = store.Delete(ctx, folder, items)
	}
	for i, c := range batch {
		a.done(c, errs[i])
		if errs[i] != nil || c.Why == plan.WhyDoubled || c.Why == plan.WhyBegun {
			continue
		}
		if c.Replica != nil {
			// Copies of it that its users made must not be taken for it now.
			if err := a.State.of(p.Digest).remember(c.Born.Identity.Digest(), plan.Buried(*c.Replica)); err != nil {
				return err
			}
			continue
		}
		if err := a.State.of(p.Digest).forget(c.Born.Identity.Digest()); err != nil {
			return err
		}
	}
	return nil
}

// bin finds or makes the recycle folder.
func (a *apply) bin(ctx context.Context, p *pair) (plan.Folder, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ensure(ctx, p.at[plan.Subscriber], p.Org[plan.Subscriber], p.Rules.Recycle)
}
