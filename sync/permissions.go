package sync

import (
	"context"
	"fmt"
	"slices"

	"iorepl/plan"
)

// permissions compares the permission lists of a pair's folders. They always travel from publisher to subscriber. A new folder whose
// list cannot be known has to wait: filled with what it inherits, it might show items to more people than may see them.
func (r *Run) permissions(ctx context.Context, p *pair, planned []plan.Change) (changes []plan.Change, left []plan.Left, err error) {
	if p.Rules.Permissions == plan.NoPermissions {
		return nil, nil, nil
	}
	made := map[int]plan.Side{}
	for _, c := range planned {
		if c.Action == plan.CreateFolder || c.Action == plan.ReviveFolder {
			made[c.Couple] = c.Side
		}
	}
	for i := range p.Couples {
		c := &p.Couples[i]
		side, ok := made[i]
		if c.Folder[plan.Publisher] == nil && !(ok && side == plan.Publisher) || c.Folder[plan.Subscriber] == nil && !(ok && side == plan.Subscriber) {
			continue
		}
		old, wanted, unmapped, err := r.wantedPermissions(ctx, p, i)
		if err != nil {
			if ctx.Err() != nil {
				return nil, nil, ctx.Err()
			}
			if c.Folder[plan.Subscriber] == nil {
				c.Waits = fmt.Sprintf("permissions: %v; it is not made, and nothing is copied into it, until they are known: let the account read them, "+
					"as validate --online says, or set permissions = \"none\"", err)
				continue
			}
			left = append(left, plan.Left{Side: plan.Subscriber, Path: c.Want[plan.Subscriber], Why: "permissions: " + err.Error(), Count: 1, Error: true})
			continue
		}
		if len(unmapped) > 0 {
			left = append(left, plan.Left{Side: plan.Publisher, Path: c.Want[plan.Publisher], Why: "permission entries that map has no address for",
				Count: len(unmapped), Names: unmapped})
		}
		if f := c.Folder[plan.Subscriber]; f != nil && slices.Equal(old, wanted) {
			p.lists = append(p.lists, list{f.Key, old})
		}
		if !slices.Equal(old, wanted) {
			changes = append(changes, plan.Change{Action: plan.SetPermissions, Side: plan.Subscriber, Path: c.Want[plan.Subscriber],
				Why: "differ from the publisher's", Detail: describeChange(old, wanted), Couple: i, Source: i, Target: i, Old: old, New: wanted})
		}
	}
	return changes, left, nil
}

func (r *Run) wantedPermissions(ctx context.Context, p *pair, couple int) (old, wanted plan.Permissions, unmapped []string, err error) {
	c := &p.Couples[couple]
	source, err := r.presentPermissions(ctx, p, couple, plan.Publisher)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("reading them at %s: %w", p.Org[plan.Publisher], err)
	}
	if old, err = r.presentPermissions(ctx, p, couple, plan.Subscriber); err != nil {
		return nil, nil, nil, fmt.Errorf("reading them at %s: %w", p.Org[plan.Subscriber], err)
	}
	var granted []string
	if f := c.Folder[plan.Subscriber]; f != nil {
		granted = r.State.of(p.Digest).granted(f.Key, old)
	}
	wanted, unmapped = plan.DiffPermissions(&p.Rules, source, old, granted)
	return old, wanted, unmapped, nil
}

// presentPermissions is the list of a couple's folder, or, where it is to be made, the one that it will have: that of the folder above it, unless the
// store says another.
func (r *Run) presentPermissions(ctx context.Context, p *pair, couple int, side plan.Side) (plan.Permissions, error) {
	f := p.Couples[couple].Folder[side]
	if s, ok := As[Disinheritor](p.at[side]); f == nil && ok {
		if first, ok := s.FirstPermissions(); ok {
			return first, nil
		}
	}
	for path := p.Couples[couple].Want[side]; f == nil; path = plan.Parent(path) {
		above := plan.Parent(path)
		for k := range p.Couples {
			if k != couple && path != "" && p.Couples[k].Want[side] == above && p.Couples[k].Folder[side] != nil {
				f = p.Couples[k].Folder[side]
				break
			}
		}
		if f != nil {
			break
		}
		if above, ok := r.walks[p.Org[side]].at(path); ok {
			f = &above
		} else if path == "" {
			return nil, fmt.Errorf("there is no root folder")
		}
	}
	return p.at[side].Permissions(ctx, *f)
}

// describeNew adds to each line of a new folder among those of a pair who will be able to read it, and warns where that is more than at the source.
func (r *Run) describeNew(ctx context.Context, pair *pair, changes, permissions []plan.Change) {
	for i := range changes {
		c := &changes[i]
		if c.Action != plan.CreateFolder && c.Action != plan.ReviveFolder {
			continue
		}
		rights, err := r.presentPermissions(ctx, pair, c.Couple, c.Side)
		if err != nil {
			c.Warning = "who may read it is not known: " + err.Error()
			continue
		}
		for _, s := range permissions {
			if s.Couple == c.Couple && s.Side == c.Side {
				rights = s.New
			}
		}
		c.Detail = describeRights(rights)
		source, err := pair.at[c.Side.Other()].Permissions(ctx, *pair.Couples[c.Couple].Folder[c.Side.Other()])
		if err != nil {
			continue // the source's list need not be readable to replicate items
		}
		for _, who := range []string{plan.Default, plan.Anonymous} {
			now, _ := rights.Of(who)
			if there, _ := source.Of(who); now.Wider(there) {
				c.Warning = fmt.Sprintf("wider than at %s, where it is %s", pair.Org[c.Side.Other()], describeRights(source))
			}
		}
	}
}

func describeRights(p plan.Permissions) string {
	d, _ := p.Of(plan.Default)
	a, _ := p.Of(plan.Anonymous)
	return fmt.Sprintf("Default: %s, Anonymous: %s", d, a)
}

func describeChange(old, wanted plan.Permissions) string {
	text := ""
	add := func(format string, args ...any) {
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf(format, args...)
	}
	for _, w := range wanted {
		if was, ok := old.Of(w.Who); !ok {
			add("%s: %s", w.Who, w.Rights)
		} else if was != w.Rights {
			add("%s: %s instead of %s", w.Who, w.Rights, was)
		}
	}
	for _, o := range old {
		if _, ok := wanted.Of(o.Who); !ok {
			add("%s: none instead of %s", o.Who, o.Rights)
		}
	}
	return text
}
