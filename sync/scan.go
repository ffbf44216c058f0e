package sync

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	stdsync "sync"

	"golang.org/x/sync/errgroup"

	"iorepl/plan"
)

// Plan scans all organizations and decides what to do. It writes nothing to any of them. An error means that there is no
// plan; what concerns single folders or organizations is in the plan.
//
// What a plan deletes it has seen to be gone: if any listing came from memory, everything is listed anew, and planned again.
func (r *Run) Plan(ctx context.Context) (*plan.Plan, error) {
	p, err := r.compare(ctx)
	if err == nil && p.Deletes() && r.refresh() {
		r.pairs = nil
		clear(r.covers)
		clear(r.looked)
		return r.compare(ctx)
	}
	return p, err
}

// refresh has all organizations listed anew, and reports whether any listing was not.
func (r *Run) refresh() bool {
	remembered := false
	for _, s := range r.Organizations {
		if m, ok := As[Rememberer](s); ok && m.Refresh() {
			remembered = true
		}
	}
	return remembered
}

func (r *Run) compare(ctx context.Context) (*plan.Plan, error) {
	if err := r.walkAll(ctx); err != nil {
		return nil, err
	}
	r.resolve()
	p := &plan.Plan{Kin: r.kin(), Unseen: sortedKeys(r.unseen)}
	r.checkRoots(p)
	index := plan.NewIndex(r.crossroads())
	r.served = map[plan.Digest]*pair{}
	for _, pair := range r.pairs {
		r.served[pair.Digest] = pair
	}
	differs := make([]*plan.Differ, len(r.pairs))
	made := make([][]plan.Change, len(r.pairs))
	r.Progress.Phase("comparing", r.countFolders())
	defer r.Progress.Done()
	for i, pair := range r.pairs {
		p.Pairs = append(p.Pairs, pair.Pair)
		if pair.waiting {
			r.collect(p, i, &plan.Changes{}, []plan.Left{{Side: plan.Publisher, Path: pair.Root[plan.Publisher], Count: 1,
				Why: "not there yet: this run makes it, and the next one replicates it"}})
			continue
		}
		if len(pair.Failed) > 0 {
			pair.failed = true
			continue
		}
		r.wait(pair)
		if len(pair.Failed) > 0 {
			pair.failed = true
			continue
		}
		pair.Trusted = r.trusted(pair)
		r.checkMarkers(pair)
		changes, left := pair.CoupleFolders(plan.FolderInput{Folders: pair.members,
			Counterpart: r.State.of(pair.Digest).counterpart,
			Known: func(identity plan.Digest) bool {
				_, known := r.State.of(pair.Digest).folderID(identity)
				return known
			},
			Gone: func(side plan.Side, identity plan.Digest) bool { return r.isGone(ctx, pair, side, identity) },
			Kin:  p.Kin})
		made[i] = changes
		if pair.followed != "" {
			left = append(left, plan.Left{Side: plan.Subscriber, Path: pair.Root[plan.Subscriber], Why: fmt.Sprintf("%q is configured, and the folder is followed to where it is; "+
				"whoever wants it there moves it", pair.followed)})
		}
		r.collect(p, i, &plan.Changes{}, left)
		if pair.Rules.TwoWay && pair.Rules.Deletions != plan.NoDeletions {
			index.Watch(pair.Digest, pair.compared())
		}
	}
	for i, pair := range r.pairs {
		if pair.waiting || pair.failed {
			continue
		}
		differs[i] = plan.NewDiffer(pair.Pair, r.itemInput(ctx, pair, index))
		if err := r.scan(ctx, pair, differs[i]); err != nil {
			return nil, err
		}
	}
	r.noteUnlisted(index)
	for i, pair := range r.pairs {
		if differs[i] == nil {
			continue
		}
		changes, left := differs[i].Finish(!pair.failed)
		planned := made[i]
		for c := range changes.Of(plan.CreateFolder, plan.ReviveFolder) {
			planned = append(planned, *c)
		}
		lists, unmapped, err := r.permissions(ctx, pair, planned)
		if err != nil {
			return nil, err
		}
		if !pair.Skip {
			r.describeNew(ctx, pair, made[i], lists)
		}
		changes.Add(made[i]...)
		changes.Add(lists...)
		r.collect(p, i, changes, append(left, unmapped...))
	}
	if err := r.State.Err(); err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	p.Complete(func(org string) string {
		if s := r.Organizations[org]; s != nil {
			return s.Account()
		}
		return ""
	})
	return p, nil
}

func (r *Run) collect(p *plan.Plan, pair int, changes *plan.Changes, left []plan.Left) {
	if !r.pairs[pair].Skip {
		p.Collect(pair, changes, left)
	}
}

// checkRoots shuts a gate if an organization's root is not the one that was written to before.
func (r *Run) checkRoots(p *plan.Plan) {
	for _, org := range sortedKeys(r.walks) {
		before := r.State.rootKey(org)
		root, ok := r.walks[org].at("")
		if ok && !before.IsZero() && before != root.Key {
			p.Refused = append(p.Refused, plan.Refusal{Gate: plan.GateOtherOrganization, Session: org,
				Message: fmt.Sprintf("%s is not the organization that answered there before: its root folder has the key %s, and had %s", org, root.Key, before)})
		}
	}
}

// crossroads are the organizations to which more than one other one is replicated.
func (r *Run) crossroads() []string {
	from := map[string]map[string]bool{}
	add := func(to, source string) {
		if from[to] == nil {
			from[to] = map[string]bool{}
		}
		from[to][source] = true
	}
	for _, p := range r.pairs {
		add(p.Org[plan.Subscriber], p.Org[plan.Publisher])
		if p.Rules.TwoWay {
			add(p.Org[plan.Publisher], p.Org[plan.Subscriber])
		}
	}
	var out []string
	for _, to := range sortedKeys(from) {
		if len(from[to]) > 1 {
			out = append(out, to)
		}
	}
	return out
}

func (r *Run) countFolders() (n int) {
	for _, p := range r.pairs {
		n += len(p.members[0]) + len(p.members[1])
	}
	return n
}

func (r *Run) itemInput(ctx context.Context, p *pair, index *plan.Index) plan.ItemInput {
	state := r.State.of(p.Digest)
	p.attempts = state.allAttempts()
	proven := map[plan.Digest]bool{}
	for side := range 2 {
		for _, f := range p.members[side] { // what a filter took out was not listed, and is not gone
			proven[plan.Identity{Born: p.Org[side], Key: f.Key}.Digest()] = false
		}
		for i := range p.Couples {
			if f := p.Couples[i].Folder[side]; f != nil {
				proven[plan.Identity{Born: p.Org[side], Key: f.Key}.Digest()] = p.Couples[i].Items && f.Problem == ""
			}
		}
	}
	var hidden, late [2]bool
	for side, store := range p.at {
		hidden[side] = hides(store)
		_, late[side] = lags(store)
	}
	return plan.ItemInput{
		Now:      r.Now,
		Index:    index,
		Content:  func(side plan.Side, couples []int, items []*plan.Item) { r.readContents(ctx, p, side, couples, items) },
		Memory:   state.memory,
		Attempts: func(identity plan.Digest) int { return p.attempts[identity] },
		Refused:  state.refused,
		Sought: func(side plan.Side, origins map[plan.Digest]bool, everywhere bool) (map[plan.Digest]bool, error) {
			return r.sought(ctx, p, side, origins, everywhere)
		},
		Known:  func(org string) bool { return slices.Contains(r.Known, org) },
		Unseen: func(org string) bool { return r.unseen[org] != nil },
		Served: func(d plan.Digest) bool {
			o := r.served[d]
			return o != nil && (o.Session != p.Session || o.Org != p.Org)
		},
		Doubts: r.doubts(p),
		Hides:  hidden,
		Lags:   late,
		Proven: func(side plan.Side, folder plan.Digest) bool {
			known, ok := proven[folder]
			if !ok {
				known = r.isGone(ctx, p, side, folder)
				proven[folder] = known
			}
			return known
		},
	}
}

// kin is which folders are kept together by the stamps that are there.
func (r *Run) kin() *plan.Kin {
	var there []plan.Identity
	for _, p := range r.pairs {
		for side, folders := range p.members {
			for i := range folders {
				there = append(there, plan.Identity{Born: p.Org[side], Key: folders[i].Key})
			}
		}
	}
	kin := plan.NewKin(there...)
	for _, moved := range []bool{false, true} { // of folders with one stamp, the replica is the one that is where it was put, as it is for a pair
		for _, p := range r.pairs {
			for side, folders := range p.members {
				for i := range folders {
					f := &folders[i]
					o, err := plan.ParseOrigin(f.Stamp.Origin)
					if err == nil && o.Pair == p.Digest && o.For == p.Org[side] && r.moved(p, side, f) == moved {
						kin.Link(o.Identity, plan.Identity{Born: p.Org[side], Key: f.Key})
					}
				}
			}
		}
	}
	return kin
}

// compared are the identities of the folders whose items a pair looks at.
func (p *pair) compared() (all []plan.Identity) {
	for i := range p.Couples {
		for side, f := range p.Couples[i].Folder {
			if f != nil && p.Couples[i].Items {
				all = append(all, plan.Identity{Born: p.Org[side], Key: f.Key})
			}
		}
	}
	return all
}

// moved reports whether users moved a replica folder, or made it by copying one.
func (r *Run) moved(p *pair, side int, f *plan.Folder) bool {
	up, ok := r.walks[p.Org[side]].at(plan.Parent(f.Path))
	return f.Path != p.Root[side] && !(ok && plan.Unmoved(f, up.Key))
}

func (r *Run) walked(org string, identity plan.Digest) bool {
	return slices.ContainsFunc(r.walks[org].folders, func(f plan.Folder) bool {
		return plan.Identity{Born: org, Key: f.Key}.Digest() == identity
	})
}

// scan lists both folders of each couple and hands them to the differ.
func (r *Run) scan(ctx context.Context, p *pair, d *plan.Differ) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.Parallelism)
	var mu stdsync.Mutex
	p.folders, p.listed = make([][2]plan.Folder, len(p.Couples)), make([]bool, len(p.Couples))
	for i := range p.Couples {
		for side, f := range p.Couples[i].Folder {
			if f != nil {
				p.folders[i][side] = *f
			}
		}
		g.Go(Guard(func() error { return r.scanCouple(ctx, p, i, d, &mu) }))
	}
	return g.Wait()
}

func (r *Run) scanCouple(ctx context.Context, p *pair, couple int, d *plan.Differ, mu *stdsync.Mutex) error {
	items := listed{identity: d.Identity}
	defer items.close()
	var failed error
	for side, f := range p.Couples[couple].Folder {
		if f == nil {
			continue
		}
		r.Progress.Step(1)
		if !p.Couples[couple].Items {
			continue
		}
		if err := r.list(ctx, p.at[side], *f, func(page []plan.Item) error { return items.add(plan.Side(side), page) }); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failed = cmp.Or(failed, fmt.Errorf("listing %s: %w", plan.Place{Organization: p.Org[side], Path: f.Path}.Shown(), err))
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if failed != nil {
		p.failed = true
		p.Failed = append(p.Failed, failed.Error())
		slices.Sort(p.Failed)
		d.Unlisted(couple)
		return nil
	}
	p.listed[couple] = p.Couples[couple].Items
	return items.each(func(items [2][]plan.Item) {
		for range 2 { // a question is asked once: a second time the item is left as it is
			questions := d.Folder(couple, items)
			if len(questions) == 0 {
				return
			}
			r.answer(ctx, p, couple, items, questions)
		}
	})
}

func (r *Run) list(ctx context.Context, s Store, f plan.Folder, emit func([]plan.Item) error) error {
	if f.Problem != "" {
		return fmt.Errorf("%s", f.Problem)
	}
	return s.List(ctx, f, emit)
}

// readContents reads items, folder by folder and in batches, and sets their contents.
func (r *Run) readContents(ctx context.Context, p *pair, side plan.Side, couples []int, items []*plan.Item) {
	byCouple := map[int][]*plan.Item{}
	for i, c := range couples {
		byCouple[c] = append(byCouple[c], items[i])
	}
	for c := range p.Couples {
		for batch := range slices.Chunk(byCouple[c], batchItems) {
			ask := make([]plan.Item, len(batch))
			for i, it := range batch {
				ask[i] = *it
			}
			for i, res := range p.at[side].Read(ctx, p.folders[c][side], ask) {
				if res.Err == nil {
					batch[i].Content = res.Payload.Content
				}
			}
		}
	}
}

// answer reads the items whose content decides.
func (r *Run) answer(ctx context.Context, p *pair, couple int, items [2][]plan.Item, questions []plan.Question) {
	for side := range 2 {
		var ask []plan.Item
		var at []int
		for _, q := range questions {
			if int(q.Side) == side {
				ask, at = append(ask, items[side][q.Item]), append(at, q.Item)
			}
		}
		for start := 0; start < len(ask); start += batchItems {
			end := min(start+batchItems, len(ask))
			for i, res := range p.at[side].Read(ctx, p.folders[couple][side], ask[start:end]) {
				it := &items[side][at[start+i]]
				if res.Err != nil {
					it.Problem = res.Err.Error()
				} else {
					it.Content = res.Payload.Content
				}
			}
		}
	}
}
