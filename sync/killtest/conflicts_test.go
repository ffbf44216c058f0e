package killtest

import (
	"time"

	"iorepl/plan"
)

// conflict edits an item on both sides of the first pair, the subscriber's later by some time.
func conflict(file string, by time.Duration) func(*users) {
	return func(u *users) {
		u.after(48*time.Hour).post("a", file, "edited here")
		u.after(by).post(u.next(), file, "edited there")
	}
}

// bornThere makes an item whose origin is at the subscriber.
var bornThere = []func(*users){func(u *users) { u.post(u.next(), "News/late.eml", "born there") }}

func decidedBy(c plan.Conflict) func(*plan.Rules) { return func(r *plan.Rules) { r.Conflict = c } }

var (
	both  = map[string]int{"edited here": 1, "edited there": 1}
	here  = map[string]int{"edited here": 1, "edited there": 0}
	there = map[string]int{"edited here": 0, "edited there": 1}
)

// Both sides of a two-way pair edit one item.
var conflictScenarios = []scenario{
	{
		name: "conflict keep-both", shapes: twoWays, setup: small, rules: decidedBy(plan.KeepBoth),
		change: conflict("News/one.eml", time.Minute), does: []plan.Action{plan.Keep}, holds: both,
	},
	{
		name: "conflict keep-both, origin at the subscriber", shapes: twoWays, setup: small, then: bornThere, rules: decidedBy(plan.KeepBoth),
		change: conflict("News/late.eml", time.Minute), does: []plan.Action{plan.Keep}, holds: both,
	},
	{
		name: "conflict keep-both over a deletion of a folder's replica", shapes: []*shape{twoWay}, setup: small, rules: decidedBy(plan.KeepBoth),
		change: func(u *users) {
			conflict("News/one.eml", time.Minute)(u)
			u.remove("b", "News/Sub")
		},
		does: []plan.Action{plan.Keep, plan.DeleteFolder}, holds: both,
	},
	{
		name: "conflict publisher", shapes: twoWays, setup: small, rules: decidedBy(plan.PublisherWins),
		change: conflict("News/one.eml", time.Minute), does: []plan.Action{plan.Update}, holds: here,
	},
	{
		name: "conflict publisher, origin at the subscriber", shapes: twoWays, setup: small, then: bornThere, rules: decidedBy(plan.PublisherWins),
		change: conflict("News/late.eml", time.Minute), does: []plan.Action{plan.CopyBack}, holds: here,
	},
	{
		name: "conflict subscriber", shapes: twoWays, setup: small, rules: decidedBy(plan.SubscriberWins),
		change: conflict("News/one.eml", time.Minute), does: []plan.Action{plan.CopyBack}, holds: there,
	},
	{
		name: "conflict subscriber, origin at the subscriber", shapes: twoWays, setup: small, then: bornThere, rules: decidedBy(plan.SubscriberWins),
		change: conflict("News/late.eml", time.Minute), does: []plan.Action{plan.Update}, holds: there,
	},
	{
		name: "conflict newest, the subscriber's", shapes: twoWays, setup: small, rules: decidedBy(plan.NewestWins),
		change: conflict("News/one.eml", time.Hour), does: []plan.Action{plan.CopyBack}, holds: there,
	},
	{
		name: "conflict newest, the publisher's", shapes: twoWays, setup: small, rules: decidedBy(plan.NewestWins),
		change: conflict("News/one.eml", -time.Hour), does: []plan.Action{plan.Update}, holds: here,
	},
	{
		name: "conflict newest, neither", shapes: twoWays, setup: small, rules: decidedBy(plan.NewestWins),
		change: conflict("News/one.eml", time.Minute), does: []plan.Action{plan.Keep}, holds: both,
	},
	{
		name: "conflict newest, neither, origin at the subscriber", shapes: twoWays, setup: small, then: bornThere, rules: decidedBy(plan.NewestWins),
		change: conflict("News/late.eml", time.Minute), does: []plan.Action{plan.Keep}, holds: both,
	},
}
