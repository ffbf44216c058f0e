package killtest

import (
	"testing"

	"iorepl/plan"
	"iorepl/sync/synctest"
)

// shape is who replicates to whom. Folder "News" of the first organization is where every scenario takes place;
// it has the same path everywhere.
type shape struct {
	name   string
	orgs   []string
	pairs  [][2]string // publisher and subscriber
	twoWay bool
	links  int // applies that a change needs to be everywhere
	stride int // of so many kill points one is tried, another one in each scenario, since there are so many
}

var (
	oneWay    = &shape{name: "one-way", orgs: []string{"a", "b"}, pairs: [][2]string{{"a", "b"}}, links: 1}
	twoWay    = &shape{name: "two-way", orgs: []string{"a", "b"}, pairs: [][2]string{{"a", "b"}}, twoWay: true, links: 1}
	hub       = &shape{name: "hub", orgs: []string{"a", "h", "b"}, pairs: [][2]string{{"a", "h"}, {"h", "b"}}, links: 2, stride: 2}
	twoWayHub = &shape{name: "two-way hub", orgs: []string{"a", "h", "b"}, pairs: [][2]string{{"a", "h"}, {"h", "b"}}, twoWay: true, links: 2, stride: 6}
	mesh      = &shape{name: "mesh", orgs: []string{"a", "b", "c"}, pairs: [][2]string{{"a", "b"}, {"a", "c"}, {"b", "c"}}, twoWay: true, links: 2, stride: 6}

	everyShape  = []*shape{oneWay, twoWay, hub, twoWayHub, mesh}
	twoWays     = []*shape{twoWay, twoWayHub, mesh}
	singlePairs = []*shape{oneWay, twoWay}
)

// next is the organization beside the first one, and last the one at the far end.
func (s *shape) next() string { return s.orgs[1] }
func (s *shape) last() string { return s.orgs[len(s.orgs)-1] }

// onlyRead are the organizations that no run may touch.
func (s *shape) onlyRead() []string {
	if s.twoWay {
		return nil
	}
	return s.orgs[:1]
}

func (s *shape) build(t testing.TB, rules func(*plan.Rules)) *synctest.World {
	t.Helper()
	w := synctest.New(t, s.orgs...)
	r := synctest.Rules()
	r.TwoWay, r.Deletions = s.twoWay, plan.DeleteItemsAndFolders
	if rules != nil {
		rules(&r)
	}
	for _, p := range s.pairs {
		w.Session(p[0]+p[1], p[0], "News", p[1], "News", r)
	}
	return w
}
