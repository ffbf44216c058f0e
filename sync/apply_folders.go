package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"iorepl/plan"
)

// folderStage carries out folder changes one by one, in the plan's order. A rename whose new name is still taken by a
// folder that is to be renamed too waits; if all that is left waits, they exchange names, and one steps aside.
func (a *apply) folderStage(ctx context.Context, changes []*plan.Change) error {
	if changes[0].Action == plan.DeleteFolder {
		return a.deleteFolders(ctx, changes)
	}
	var aside *plan.Change
	stepped := map[*plan.Change]bool{}
	for len(changes) > 0 {
		var waiting []*plan.Change
		for _, c := range changes {
			if a.stopped(ctx) {
				return ctx.Err()
			}
			switch {
			case c == aside:
				stepped[c] = true
				if err := a.changeFolder(ctx, c, true); err != nil {
					a.done(c, err)
					continue
				}
				waiting = append(waiting, c)
			case a.taken(c):
				waiting = append(waiting, c)
			default:
				a.done(c, a.changeFolder(ctx, c, false))
			}
		}
		if aside != nil {
			aside = nil // what waited for it may go on now
		} else if len(waiting) == len(changes) {
			if aside = a.nextAside(waiting, stepped); aside == nil {
				for _, c := range waiting {
					a.done(c, Errorf(Exists, "there is another folder %q", c.Path))
				}
				return nil
			}
		}
		changes = waiting
	}
	return nil
}

// steppedAside is added to the name of a folder whose own new name is not free yet.
const steppedAside = " (being renamed)"

// taken reports whether a change has to wait: another folder has the name that it gives, or that of the one above it, or the folder that it
// moves lies where the one above it is to be.
func (a *apply) taken(c *plan.Change) bool {
	p := a.pairs[c.Pair]
	f, ok := a.walks[p.Org[c.Side]].at(c.Path)
	self := p.folders[c.Couple][c.Side]
	switch c.Action {
	case plan.CreateFolder:
		return ok && !a.made[place{p.Org[c.Side], c.Path}] || a.replaced(p, c.Side, plan.Parent(c.Path))
	case plan.MoveFolder:
		return ok && f.Key != self.Key || plan.Within(plan.Parent(c.Path), self.Path) || a.replaced(p, c.Side, plan.Parent(c.Path))
	}
	return false
}

// replaced reports whether the folder at a path is to make room for another one of the pair.
func (a *apply) replaced(p *pair, side plan.Side, path string) bool {
	f, ok := a.walks[p.Org[side]].at(path)
	if !ok || a.made[place{p.Org[side], path}] {
		return false
	}
	wanted := false
	for i := range p.Couples {
		if p.Couples[i].Want[side] == path {
			if p.folders[i][side].Key == f.Key {
				return false
			}
			wanted = true
		}
	}
	return wanted
}

// nextAside is a waiting rename that another waiting change waits for, and that has not stepped aside yet; nil if there is none.
func (a *apply) nextAside(waiting []*plan.Change, stepped map[*plan.Change]bool) *plan.Change {
	for _, c := range waiting {
		p := a.pairs[c.Pair]
		self := p.folders[c.Couple][c.Side]
		blocker, _ := a.walks[p.Org[c.Side]].at(c.Path)
		for _, b := range waiting {
			if stepped[c] || strings.HasSuffix(self.Path, steppedAside) || b == c || c.Action != plan.MoveFolder || a.pairs[b.Pair] != p || b.Side != c.Side {
				continue
			}
			if p.folders[b.Couple][b.Side].Key == blocker.Key && !blocker.Key.IsZero() || b.Action == plan.CreateFolder && b.Path == self.Path {
				return c
			}
		}
	}
	return nil
}

func (a *apply) changeFolder(ctx context.Context, c *plan.Change, aside bool) error {
	p := a.pairs[c.Pair]
	switch c.Action {
	case plan.CreateFolder:
		return a.createFolder(ctx, p, c)
	case plan.ReviveFolder:
		// First the old stamp goes: a folder without one is made at the other side by any later run.
		from := c.Side.Other()
		f := p.folders[c.Couple][from]
		to := f
		to.Stamp = plan.Stamp{}
		f, err := p.at[from].UpdateFolder(ctx, f, to)
		if err != nil {
			return err
		}
		a.folderChanged(p.Org[from], f)
		return a.createFolder(ctx, p, c)
	}
	side := c.Side
	f := p.folders[c.Couple][side]
	to := f
	to.Path = c.Path
	if aside {
		to.Path = plan.Join(plan.Parent(f.Path), plan.Base(f.Path)+steppedAside)
	}
	if c.Action == plan.MoveFolder && !aside {
		to.Class = f.ClassAfter(&p.folders[c.Couple][side.Other()])
	}
	replica := p.Couples[c.Couple].Origin.Other()
	if side == replica && !aside {
		a.stampFolder(p, c, &to)
	}
	f, err := p.at[side].UpdateFolder(ctx, f, to)
	if err != nil {
		return err
	}
	if err := a.moved(ctx, p, side, f, c.Action == plan.MoveFolder); err != nil || side == replica || aside {
		return err
	}
	// The users' own folder was renamed after its replica: the replica's stamp follows.
	g := p.folders[c.Couple][replica]
	to = g
	a.stampFolder(p, c, &to)
	if g, err = p.at[replica].UpdateFolder(ctx, g, to); err == nil {
		a.folderChanged(p.Org[replica], g)
	}
	return err
}

// stampFolder gives a folder the stamp of a replica whose name, parent and class are as in to.
func (a *apply) stampFolder(p *pair, c *plan.Change, to *plan.Folder) {
	side := p.Couples[c.Couple].Origin.Other()
	if c.Action == plan.CreateFolder || c.Action == plan.ReviveFolder {
		side = c.Side
	}
	born := c.Born
	born.Pair = p.Digest
	version := c.Version
	if version.IsZero() || c.Side != side {
		// The change itself writes the origin. One that another pair has written meanwhile is as it was planned
		// against: what happened to it since then is for the next run.
		origin := p.folders[c.Couple][side.Other()]
		version = plan.FolderVersion(&origin, a.parentKey(p, side.Other(), c.Couple, origin.Path))
	}
	to.Stamp.Origin = born.Encode()
	to.Stamp.Version = plan.Copied{
		Version: version,
		Content: plan.FolderVersion(to, a.parentKey(p, side, c.Couple, to.Path)),
	}.Encode()
}

func (a *apply) parentKey(p *pair, side plan.Side, couple int, path string) plan.Digest {
	if couple == 0 {
		return plan.Digest{}
	}
	f, _ := a.walks[p.Org[side]].at(plan.Parent(path))
	return f.Key
}

func (a *apply) createFolder(ctx context.Context, p *pair, c *plan.Change) error {
	store, org := p.at[c.Side], p.Org[c.Side]
	if _, found := a.walks[org].at(plan.Parent(c.Path)); !found && c.Couple > 0 {
		return fmt.Errorf("the folder above it, %q, was not made", plan.Parent(c.Path))
	}
	parent, err := a.ensure(ctx, store, org, plan.Parent(c.Path))
	if err != nil {
		return err
	}
	class := p.folders[c.Couple][c.Side.Other()].Class
	want := plan.Folder{Path: c.Path, Class: class}
	if c.Couple > 0 {
		a.stampFolder(p, c, &want)
	}
	// What another pair of this run has made is used as it is: it is that one's replica, and the next run finds it by its path.
	f, there := a.walks[org].at(c.Path)
	if there = there && a.made[place{org, c.Path}]; !there {
		if f, err = store.CreateFolder(ctx, parent, plan.Base(c.Path), class, want.Stamp); err != nil {
			return err
		}
		a.folderAdded(org, f)
	}
	p.folders[c.Couple][c.Side] = f
	if c.Couple > 0 {
		return nil
	}
	// The stamps of a pair contain the key of its root, which is known only now.
	source := p.folders[0][plan.Publisher]
	p.Digest = plan.PairOf(plan.Identity{Born: p.Org[plan.Publisher], Key: source.Key}, plan.Identity{Born: org, Key: f.Key})
	// A server that was restored may give a key again, and what is remembered of a pair of those keys is of an earlier one.
	if err := a.State.of(p.Digest).forgetAll(); err != nil {
		return err
	}
	if there {
		return a.renewMarker(ctx, p)
	}
	to := f
	a.stampFolder(p, c, &to)
	if f, err = store.UpdateFolder(ctx, f, to); err != nil {
		return err
	}
	a.folderChanged(org, f)
	return a.renewMarker(ctx, p)
}

// ensure makes the folders above a target; they belong to nobody's replication.
func (a *apply) ensure(ctx context.Context, store Store, org, path string) (plan.Folder, error) {
	if f, ok := a.walks[org].at(path); ok {
		return f, nil
	}
	if path == "" {
		return plan.Folder{}, fmt.Errorf("%s has no root folder", org)
	}
	parent, err := a.ensure(ctx, store, org, plan.Parent(path))
	if err != nil {
		return plan.Folder{}, err
	}
	f, err := store.CreateFolder(ctx, parent, plan.Base(path), "", plan.Stamp{})
	if err == nil {
		a.folderAdded(org, f)
	}
	return f, err
}

// moved takes note of a renamed folder, and of the folders below it, whose paths and ids may have changed with it.
func (a *apply) moved(ctx context.Context, p *pair, side plan.Side, f plan.Folder, renamed bool) error {
	if !renamed {
		a.folderChanged(p.Org[side], f)
		return nil
	}
	w, err := a.walk(ctx, p.Org[side])
	if err != nil {
		return err
	}
	a.walks[p.Org[side]] = w
	for _, f := range w.folders {
		a.folderChanged(p.Org[side], f)
	}
	return nil
}

func (r *Run) folderAdded(org string, f plan.Folder) {
	w := r.walks[org]
	w.byPath[f.Path] = len(w.folders)
	w.folders = append(w.folders, f)
	r.made[place{org, f.Path}] = true
}

// folderChanged brings everything that knows a folder up to date.
func (r *Run) folderChanged(org string, f plan.Folder) {
	w := r.walks[org]
	if i, ok := w.byPath[f.Path]; ok {
		w.folders[i] = f
	}
	for _, p := range r.pairs {
		for side := range 2 {
			if p.Org[side] != org {
				continue
			}
			for i := range p.folders {
				if p.folders[i][side].Key == f.Key {
					p.folders[i][side] = f
				}
			}
		}
	}
}

// deleteFolders removes emptied folders, deepest first, after a fresh look into each.
func (a *apply) deleteFolders(ctx context.Context, changes []*plan.Change) error {
	for i := len(changes) - 1; i >= 0; i-- {
		c := changes[i]
		if a.stopped(ctx) {
			return ctx.Err()
		}
		a.done(c, a.deleteFolder(ctx, a.pairs[c.Pair], c))
	}
	return nil
}

func (a *apply) deleteFolder(ctx context.Context, p *pair, c *plan.Change) error {
	if a.pairFailed(p) {
		return Errorf(Conflict, "not deleted, since something else in the folder pair failed")
	}
	f := p.folders[c.Couple][c.Side]
	items := 0
	if err := a.list(ctx, p.at[c.Side], f, func(page []plan.Item) error { items += len(page); return nil }); err != nil {
		return err
	}
	if items > 0 {
		return Errorf(Conflict, "the folder holds %d items by now", items)
	}
	if err := p.at[c.Side].DeleteFolder(ctx, f); err != nil {
		return err
	}
	p.folders[c.Couple][c.Side] = plan.Folder{}
	return a.State.of(p.Digest).setCounterpart(plan.Identity{Born: p.Org[c.Side], Key: f.Key}.Digest(), plan.Digest{})
}

func (a *apply) setPermissions(ctx context.Context, c *plan.Change) error {
	p := a.pairs[c.Pair]
	f := p.folders[c.Couple][c.Side]
	if f.Key.IsZero() {
		return Errorf(Gone, "the folder is not there")
	}
	state := a.State.of(p.Digest)
	before := state.granted(f.Key, c.Old)
	var granted []string
	var granting plan.Permissions
	for _, e := range c.New {
		was, had := c.Old.Of(e.Who)
		fresh := !had || was != e.Rights
		if fresh {
			granting = append(granting, e)
		}
		if fresh || slices.Contains(before, e.Who) {
			granted = append(granted, e.Who)
		}
	}
	// What is granted is remembered before it is, so that a run that dies knows what is ours to take away.
	if state.State != nil {
		if err := state.setGranted(f.Key, before, granting); err != nil {
			return err
		}
		if err := a.State.flush(); err != nil {
			return err
		}
	}
	err := p.at[c.Side].SetPermissions(ctx, f, c.Old, c.New)
	switch {
	case err == nil:
		return state.setGranted(f.Key, granted, nil)
	case IsConflict(err) || IsDenied(err) || IsRefused(err): // it did not happen
		return errors.Join(err, state.setGranted(f.Key, before, nil))
	}
	return err
}
