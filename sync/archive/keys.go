package archive

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"iorepl/plan"
)

func rootKey() plan.Digest { return plan.Sum("folder", "") }

// assignKeys gives every folder its key, one of:
//
//   - the one written in .folder.json. Where two directories say the same, one is a copy that somebody made with its
//     companion files (cp -r); it is void, that is, it and its items belong to their users and have no stamps. The
//     original is the one that lies where it was written, else the one that the cache knows by its inode,
//     else the one whose parent is no copy, else the first by path.
//   - the one that the cache remembers for the inode, if the directory was renamed by hand.
//   - the one that the cache remembers for the path, if the directory was made anew.
//   - one derived from the path.
func (s *Store) assignKeys(nodes []*node) {
	known := s.loadAliases()
	byInode := map[[2]int64]alias{}
	byRel := map[string]alias{}
	for _, a := range known {
		if !a.Written { // a written key that is missing now went with its directory
			byRel[a.Rel] = a
		}
		if a.Birth != 0 {
			byInode[a.inode()] = a
		}
	}
	used := map[plan.Digest]bool{}
	for same := range slices.Values(sameKey(nodes)) {
		best, score := same[0], -1
		for _, n := range same {
			points := 0
			if n.rec.Path == n.rel {
				points += 4
			}
			if a, ok := byInode[inodeOf(n)]; ok && a.Key == n.rec.Key {
				points += 2
			}
			if n.parent == nil || !n.parent.void {
				points++
			}
			if points > score {
				best, score = n, points
			}
		}
		for _, n := range same {
			n.void = n != best
		}
		best.key = best.rec.Key
		used[best.key] = true
	}
	take := func(n *node, key plan.Digest) {
		if n.key.IsZero() && !key.IsZero() && !used[key] {
			n.key = key
			used[key] = true
		}
	}
	for _, n := range nodes {
		if a, ok := byInode[inodeOf(n)]; ok && n.birth != 0 {
			take(n, a.Key)
		}
	}
	for _, n := range nodes {
		take(n, byRel[n.rel].Key)
	}
	for _, n := range nodes {
		take(n, plan.Sum("folder", n.rel))
		for i := 2; n.key.IsZero(); i++ {
			take(n, plan.Sum("folder", n.rel, strconv.Itoa(i)))
		}
	}
	s.saveAliases(known, nodes)
}

// sameKey groups the nodes with a written key by that key, in the order of their first nodes.
func sameKey(nodes []*node) [][]*node {
	var groups [][]*node
	at := map[plan.Digest]int{}
	for _, n := range nodes {
		if n.rec.Key.IsZero() {
			continue
		}
		i, ok := at[n.rec.Key]
		if !ok {
			i = len(groups)
			at[n.rec.Key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], n)
	}
	return groups
}

// alias is what the cache remembers of a directory.
type alias struct {
	Rel     string      `json:"path"`
	Ino     uint64      `json:"inode"`
	Birth   int64       `json:"birth"`
	Key     plan.Digest `json:"key"`
	Written bool        `json:"written"` // in .folder.json
}

func (a alias) inode() [2]int64 { return [2]int64{int64(a.Ino), a.Birth} }

func inodeOf(n *node) [2]int64 { return [2]int64{int64(n.ino), n.birth} }

func (s *Store) loadAliases() []alias {
	if s.opts.Cache == "" {
		return nil
	}
	var known []alias
	b, err := os.ReadFile(filepath.Join(s.opts.Cache, "folders.json"))
	if err != nil || json.Unmarshal(b, &known) != nil {
		return nil
	}
	return known
}

func (s *Store) saveAliases(known []alias, nodes []*node) {
	if s.opts.Cache == "" {
		return
	}
	now := make([]alias, 0, len(nodes))
	for _, n := range nodes {
		now = append(now, alias{n.rel, n.ino, n.birth, n.key, !n.rec.Key.IsZero()})
	}
	slices.SortFunc(now, func(a, b alias) int { return strings.Compare(a.Rel, b.Rel) })
	if slices.Equal(known, now) {
		return
	}
	if b, err := json.Marshal(now); err == nil {
		s.writeCache(filepath.Join(s.opts.Cache, "folders.json"), b)
	}
}
