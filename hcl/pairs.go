package hcl

import (
	"fmt"
	"slices"
	"strings"

	hashihcl "github.com/hashicorp/hcl/v2"
)

// side is what a pair of folders takes in at one organization.
type side struct {
	*declaredFolder
	org    *Organization // where the region is
	other  *Organization // the pair's other side
	path   string
	target bool
	region region
}

// describe names a side's block and place.
func (s side) describe() string {
	return fmt.Sprintf("folder %q of session %q (%s)", shown(s.Path), s.session.Name, at(s.Range))
}

// shown is a path as the configuration writes it.
func shown(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// pair is a folder block with one of the subscribers.
type pair struct{ publisher, subscriber side }

// checkFolders reports pairs that would get into each other's way.
func (l *loader) checkFolders() {
	l.checkRepeated()
	var pairs []pair
	for _, f := range l.declared {
		if !f.sound || f.session.Publisher == nil {
			continue
		}
		atPublisher, atSubscriber := l.regions(f)
		for _, o := range f.session.Subscribers {
			pairs = append(pairs, pair{
				publisher:  side{f, f.session.Publisher, o, f.Path, f.Rules.TwoWay, atPublisher},
				subscriber: side{f, o, f.session.Publisher, f.Target(f.Path), true, atSubscriber},
			})
		}
	}
	l.checkTargets(pairs)
	l.checkRecycle(pairs)
	l.checkLoops(pairs)
}

// checkRepeated reports blocks of one session with the same path.
func (l *loader) checkRepeated() {
	type key struct {
		session *PublicFolders
		path    string
	}
	first := map[key]*declaredFolder{}
	for _, f := range l.declared {
		k := key{f.session, strings.ToLower(f.Path)}
		if !f.sound {
			continue
		}
		if other := first[k]; other != nil {
			l.fail(f.Range, "Folder given twice", "There is a block for %q in this session already (%s). Make one of the two.", shown(f.Path), at(other.Range))
			f.sound = false // one mistake is enough
			continue
		}
		first[k] = f
	}
}

// regions are what a block takes in on both sides, without what deeper blocks that keep their place take out.
func (l *loader) regions(f *declaredFolder) (publisher, subscriber region) {
	publisher, subscriber = regionOf(f.Path, f.Rules.Subfolders), regionOf(f.Target(f.Path), f.Rules.Subfolders)
	for _, g := range l.declared {
		if g.session != f.session || !g.sound || !below(g, f) {
			continue
		}
		if inner := folded(g.Target(g.Path)); slices.Equal(inner, folded(f.Target(g.Path))) {
			publisher.holes = append(publisher.holes, g.names)
			subscriber.holes = append(subscriber.holes, inner)
		}
	}
	return publisher, subscriber
}

// below reports whether all that inner names lies below what outer names, or is one of the folders that the wildcards of outer name.
func below(inner, outer *declaredFolder) bool {
	return covers(outer.names, inner.names) && !covers(inner.names, outer.names)
}

// byDepth sorts outer blocks before the ones below them.
func byDepth(folders []*declaredFolder) []*declaredFolder {
	return slices.SortedStableFunc(slices.Values(folders), func(a, b *declaredFolder) int { return len(a.names) - len(b.names) })
}

// outerBlock is the innermost block that f lies below, or nil.
func outerBlock(f *declaredFolder, folders []*declaredFolder) (outer *declaredFolder) {
	for _, g := range folders {
		if g.sound && below(f, g) && (outer == nil || len(g.names) > len(outer.names)) {
			outer = g
		}
	}
	return outer
}

// checkTargets reports pairs that write to the same folders. Two-way pairs of different organizations may share a folder:
// that is how a mesh is made.
func (l *loader) checkTargets(pairs []pair) {
	targets := map[*Organization][]side{}
	reported := map[[2]*Folder]bool{}
	for _, p := range pairs {
		for _, s := range []side{p.subscriber, p.publisher} {
			if !s.target {
				continue
			}
			for _, t := range targets[s.org] {
				mesh := s.Rules.TwoWay && t.Rules.TwoWay && s.region.same(t.region) && s.other != t.other
				if !s.region.overlaps(t.region) || mesh || reported[[2]*Folder{t.Folder, s.Folder}] {
					continue
				}
				reported[[2]*Folder{t.Folder, s.Folder}] = true
				l.overlap(s, t)
				break
			}
			targets[s.org] = append(targets[s.org], s)
		}
	}
}

func (l *loader) overlap(s, t side) {
	if s.region.same(t.region) {
		l.fail(s.Range, "Two folder pairs with one target", "This and %s both write to %q in organization %q. Give one of them another place with to, or join them.",
			t.describe(), shown(s.path), s.org.Label)
		return
	}
	l.fail(s.Range, "Two folder pairs with nested targets", "In organization %q this writes to %q and %s to %q, so that folders would belong to both. "+
		"Give one of them another place with to, or make it a deeper folder block of the same session, without to.", s.org.Label, shown(s.path), t.describe(), shown(t.path))
}

// checkRecycle reports recycle folders that lie in a pair, where what was put there would be replicated, or deleted again.
func (l *loader) checkRecycle(pairs []pair) {
	reported := map[hashihcl.Range]bool{}
	for _, p := range pairs {
		f := p.subscriber
		if f.Rules.Recycle == "" {
			continue
		}
		said := f.around
		if f.section.has("recycle") {
			said = f.section
		}
		recycle, place := regionOf(f.Rules.Recycle, true), said.at("recycle")
		for _, q := range pairs {
			for _, s := range []side{q.publisher, q.subscriber} {
				if s.org != f.org || reported[place] || !s.region.overlaps(recycle) {
					continue
				}
				reported[place] = true
				l.fail(place, "Recycle folder inside a pair", "In organization %q the folder %q for deleted replicas and %q of %s overlap. Name a folder outside of all pairs.",
					f.org.Label, f.Rules.Recycle, shown(s.path), s.describe())
			}
		}
	}
}

// checkLoops reports one-way pairs along which items would come back to where they started.
func (l *loader) checkLoops(pairs []pair) {
	var oneWay []pair
	for _, p := range pairs {
		if !p.publisher.Rules.TwoWay {
			oneWay = append(oneWay, p)
		}
	}
	next := make([][]int, len(oneWay))
	for i, p := range oneWay {
		for j, q := range oneWay {
			if p.subscriber.org == q.publisher.org && p.subscriber.region.overlaps(q.publisher.region) {
				next[i] = append(next[i], j)
			}
		}
	}
	inLoop := make([]bool, len(oneWay))
	for i := range oneWay {
		if inLoop[i] {
			continue
		}
		loop := shortestLoop(i, next)
		if loop == nil {
			continue
		}
		for _, j := range loop {
			inLoop[j] = true
		}
		l.loop(oneWay, loop)
	}
}

// shortestLoop returns the nodes of a shortest way from a node back to it, starting with it, or nil.
func shortestLoop(start int, next [][]int) []int {
	from := map[int]int{}
	queue := []int{start}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, j := range next[i] {
			if j == start {
				way := []int{i}
				for i != start {
					i = from[i]
					way = append([]int{i}, way...)
				}
				return way
			}
			if _, seen := from[j]; !seen {
				from[j] = i
				queue = append(queue, j)
			}
		}
	}
	return nil
}

func (l *loader) loop(pairs []pair, loop []int) {
	var way []string
	var last hashihcl.Range
	for _, i := range loop {
		p := pairs[i]
		way = append(way, fmt.Sprintf("%s:%s to %s:%s (%s)", p.publisher.org.Label, shown(p.publisher.path), p.subscriber.org.Label, shown(p.subscriber.path), at(p.publisher.Range)))
		last = p.publisher.Range
	}
	l.fail(last, "One-way pairs in a loop", "Items would go round: %s. Leave one of them out, or make it one pair with direction = \"two-way\".", strings.Join(way, ", then "))
}
