package sync

import (
	"context"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"

	"golang.org/x/sync/errgroup"

	"iorepl/plan"
)

// walk is one organization's hierarchy.
type walk struct {
	folders []plan.Folder // sorted by path, the root first
	byPath  map[string]int
}

func newWalk(folders []plan.Folder) *walk {
	slices.SortFunc(folders, func(a, b plan.Folder) int { return strings.Compare(a.Path, b.Path) })
	w := &walk{folders: folders, byPath: make(map[string]int, len(folders))}
	for i := range folders {
		w.byPath[folders[i].Path] = i
	}
	return w
}

func (w *walk) at(path string) (plan.Folder, bool) {
	i, ok := w.byPath[path]
	if !ok {
		return plan.Folder{}, false
	}
	return w.folders[i], true
}

// walk reads an organization's hierarchy.
func (r *Run) walk(ctx context.Context, organization string) (*walk, error) {
	folders, err := r.Organizations[organization].Folders(ctx)
	if err != nil {
		return nil, fmt.Errorf("walking the folders: %w", err)
	}
	return newWalk(folders), nil
}

// walkAll reads the hierarchies of all organizations. One that was unseen before is not asked again.
func (r *Run) walkAll(ctx context.Context) error {
	var g errgroup.Group
	var mu stdsync.Mutex
	orgs := map[string]bool{}
	for _, s := range r.Sessions {
		for _, org := range append([]string{s.Publisher}, s.Subscribers...) {
			if r.unseen[org] == nil {
				orgs[org] = true
			}
		}
	}
	walks := map[string]*walk{}
	for _, org := range sortedKeys(orgs) {
		g.Go(Guard(func() error {
			w, err := r.walk(ctx, org)
			if _, panicked := IsPanic(err); panicked || ctx.Err() != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				r.unseen[org] = fmt.Errorf("organization %s: %w", org, err)
			} else {
				walks[org] = w
			}
			return nil
		}))
	}
	if err := g.Wait(); err != nil {
		return err
	}
	r.walks = walks
	return nil
}

// resolve turns blocks into pairs, by the folders that are there.
func (r *Run) resolve() {
	for _, s := range r.Sessions {
		for _, sub := range s.Subscribers {
			r.pairs = append(r.pairs, r.resolveSession(&s, sub)...)
		}
	}
	for _, p := range r.pairs {
		p.Skip = r.Only != nil && !r.Only(p.Session, p.Root[plan.Publisher])
		r.fail(p)
	}
	for _, p := range r.pairs {
		if !p.missing || p.Unseen {
			continue
		}
		org, path := p.Org[plan.Publisher], p.Root[plan.Publisher]
		if p.waiting = r.willBeMade(org, path); p.waiting {
			continue
		}
		why := fmt.Sprintf("there is no folder %q at %s, or the account may not see it; check the path and the rights", path, org)
		if maker := r.failedMaker(org, path); maker != "" {
			why = fmt.Sprintf("there is no folder %q at %s yet: it comes from %s, which cannot be looked at", path, org, maker)
		}
		p.Failed = append(p.Failed, why)
	}
}

// willBeMade reports whether a folder that is not there is, or lies in, the target of another pair, as in a chain before its first run.
func (r *Run) willBeMade(org, path string) bool {
	return slices.ContainsFunc(r.pairs, func(p *pair) bool {
		return !p.missing && !p.Unseen && p.Org[plan.Subscriber] == org && plan.Within(path, p.Root[plan.Subscriber])
	})
}

func (r *Run) resolveSession(s *Session, subscriber string) []*pair {
	pub := r.walks[s.Publisher]
	type choice struct {
		block *Block
		found bool
	}
	chosen := map[string]choice{}
	better := func(b, than *Block) bool {
		return than.Pattern && (!b.Pattern || len(b.Path) > len(than.Path))
	}
	for i := range s.Blocks {
		b := &s.Blocks[i]
		if pub == nil { // what a pattern stands for is not known
			chosen[b.Path] = choice{b, true}
			continue
		}
		if !b.Pattern {
			_, found := pub.at(b.Path)
			chosen[b.Path] = choice{b, found}
			continue
		}
		for _, f := range pub.folders {
			if have, ok := chosen[f.Path]; b.Matches(f.Path) && (!ok || better(b, have.block)) {
				chosen[f.Path] = choice{b, true}
			}
		}
	}
	var pairs []*pair
	for _, path := range sortedKeys(chosen) {
		c := chosen[path]
		p := &pair{block: c.block, at: [2]Store{r.Organizations[s.Publisher], r.Organizations[subscriber]}, Pair: &plan.Pair{
			Session: s.Name, Source: c.block.Source, Rules: c.block.Rules, Adopt: r.Adopt,
			Org: [2]string{s.Publisher, subscriber}, Root: [2]string{path, c.block.Target(path)}}}
		p.missing = !c.found
		p.pattern = c.block.Pattern && pub == nil
		pairs = append(pairs, p)
	}
	for i := range s.Blocks {
		// Once, as many subscribers as there are.
		if b := &s.Blocks[i]; b.Pattern && subscriber == s.Subscribers[0] && !slices.ContainsFunc(pairs, func(p *pair) bool { return p.block == b }) {
			r.Log.Warn("no folder matches", "session", s.Name, "folder", b.Path, "organization", s.Publisher, "configuration", b.Source)
		}
	}
	if pub != nil && r.walks[subscriber] != nil {
		r.place(pairs, s.Publisher, subscriber)
	}
	return pairs
}

// place finds the subscriber's roots, by stamp before path, and shares the folders out to the pairs: each belongs to the
// deepest root above it.
func (r *Run) place(pairs []*pair, publisher, subscriber string) {
	orgs := [2]string{publisher, subscriber}
	configured := map[string]bool{}
	for _, p := range pairs {
		configured[p.Root[plan.Subscriber]] = true
	}
	replicas := slices.DeleteFunc(slices.Clone(r.walks[subscriber].folders), func(f plan.Folder) bool { return f.Stamp.IsZero() })
	for _, p := range pairs {
		root, found := r.walks[publisher].at(p.Root[plan.Publisher])
		if !found {
			continue
		}
		target, ok := r.walks[subscriber].at(p.Root[plan.Subscriber])
		if !ok || !isRoot(p, root, target) {
			for _, f := range replicas {
				if !configured[f.Path] && isRoot(p, root, f) {
					target, ok = f, true
					p.followed, p.Root[plan.Subscriber] = p.Root[plan.Subscriber], f.Path
					break
				}
			}
		}
		if ok {
			p.Digest = plan.PairOf(plan.Identity{Born: publisher, Key: root.Key}, plan.Identity{Born: subscriber, Key: target.Key})
			if p.First = !isRoot(p, root, target); p.First && target.Problem != "" && target.Stamp.IsZero() {
				p.Failed = append(p.Failed, fmt.Sprintf("%s cannot be read, so nothing tells which replicas lie below it: %s", plan.Place{Organization: subscriber, Path: target.Path}.Shown(), target.Problem))
			}
		} else {
			p.First = true
		}
	}
	for side, org := range orgs {
		for _, f := range r.walks[org].folders {
			if p := deepest(pairs, side, f.Path); p != nil && !p.outside(side, f.Path) {
				p.members[side] = append(p.members[side], f)
			}
		}
	}
}

// isRoot reports whether target carries the stamp of a pair's root. In a mesh, where one folder is the target of several
// pairs, one of them has stamped it, and both roots bear a marker for each of the others.
func isRoot(p *pair, root, target plan.Folder) bool {
	source := plan.Identity{Born: p.Org[plan.Publisher], Key: root.Key}
	digest := plan.PairOf(source, plan.Identity{Born: p.Org[plan.Subscriber], Key: target.Key})
	if p.Rules.TwoWay && markerOf(root, digest) != "" && markerOf(target, digest) != "" {
		return true
	}
	o, err := plan.ParseOrigin(target.Stamp.Origin)
	return err == nil && o.Identity == source && o.From == p.Org[plan.Publisher] && o.For == p.Org[plan.Subscriber] && o.Pair == digest
}

func deepest(pairs []*pair, side int, path string) (best *pair) {
	for _, p := range pairs {
		if plan.Within(path, p.Root[side]) && (best == nil || len(p.Root[side]) > len(best.Root[side])) {
			best = p
		}
	}
	return best
}

// outside reports whether a folder lies in the recycle folder, which is outside of all pairs.
func (p *pair) outside(side int, path string) bool {
	recycle := p.Rules.Recycle
	return side == int(plan.Subscriber) && recycle != "" && plan.Within(path, recycle)
}
