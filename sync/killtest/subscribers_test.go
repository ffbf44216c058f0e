package killtest

import (
	"os"

	"iorepl/plan"
)

// What a subscriber's users do in two-way pairs.
var subscriberScenarios = []scenario{
	{
		name: "copy back", shapes: twoWays, setup: small,
		change: func(u *users) {
			u.post(u.last(), "News/one.eml", "edited there")
			u.post(u.last(), "News/Sub/three.eml", "edited there too")
		},
		does: []plan.Action{plan.CopyBack}, holds: map[string]int{"edited there": 2, "first": 0, "third": 0},
	},
	{
		name: "copy back twice", shapes: twoWays, setup: small,
		then:   []func(*users){func(u *users) { u.post(u.last(), "News/one.eml", "edited once") }},
		change: func(u *users) { u.post(u.last(), "News/one.eml", "edited again") },
		does:   []plan.Action{plan.CopyBack}, holds: map[string]int{"edited again": 1, "edited once": 0, "first": 0},
	},
	{
		name: "copy back, edited again after the kill", shapes: twoWays, setup: small,
		change: func(u *users) { u.post(u.last(), "News/one.eml", "edited once") },
		later:  func(u *users) { u.post(u.last(), "News/one.eml", "edited again") },
		does:   []plan.Action{plan.CopyBack}, holds: map[string]int{"edited again": 1, "edited once": 0, "first": 0},
	},
	{
		name: "update after copy back", shapes: twoWays, setup: small,
		then:   []func(*users){func(u *users) { u.post(u.last(), "News/one.eml", "edited there") }},
		change: func(u *users) { u.post("a", "News/one.eml", "edited here") },
		does:   []plan.Action{plan.Update}, holds: map[string]int{"edited here": 1, "edited there": 0, "first": 0},
	},
	{
		name: "copy back of another format", shapes: []*shape{twoWay}, setup: small,
		change: func(u *users) { u.rename("b", "News/meeting.ics", "News/meeting.ifb") },
		does:   []plan.Action{plan.CopyBack}, holds: map[string]int{"agenda": 1},
	},
	{
		name: "copy back of another class", shapes: twoWays, setup: small,
		change: func(u *users) { u.write(u.last(), "News/meeting.ics", task("a task now")) },
		does:   []plan.Action{plan.CopyBack}, holds: map[string]int{"a task now": 1, "agenda": 0},
	},
	{
		name: "equal edits", shapes: twoWays, setup: small,
		change: func(u *users) {
			u.post("a", "News/one.eml", "the same edit")
			b, err := os.ReadFile(u.Path("a", "News/one.eml"))
			u.must(err)
			u.write(u.next(), "News/one.eml", string(b))
		},
		does: []plan.Action{plan.Renew}, holds: map[string]int{"the same edit": 1},
	},
	{
		name: "item born at the subscriber", shapes: twoWays, setup: small,
		change: func(u *users) { u.post(u.last(), "News/theirs.eml", "born there") },
		does:   []plan.Action{plan.Create}, holds: map[string]int{"born there": 1},
	},
	{
		name: "folder born at the subscriber", shapes: []*shape{twoWay, twoWayHub}, setup: small,
		change: func(u *users) { u.post(u.last(), "News/Theirs/deep.eml", "born there") },
		does:   []plan.Action{plan.CreateFolder, plan.Create}, holds: map[string]int{"born there": 1},
	},
	{
		name: "item deleted by its replica's users", shapes: twoWays, setup: small,
		change: func(u *users) {
			u.remove(u.last(), "News/two.eml")
			u.remove(u.last(), "News/Sub/three.eml")
		},
		does: []plan.Action{plan.Delete}, holds: map[string]int{"second": 0, "third": 0, "first": 1},
	},
	{
		name: "folder deleted by its replica's users", shapes: []*shape{twoWay, twoWayHub}, setup: deep,
		change: func(u *users) { u.remove(u.last(), "News/Sub") },
		does:   []plan.Action{plan.Delete, plan.DeleteFolder}, holds: map[string]int{"third": 0, "fourth": 0, "first": 1},
	},
	{
		name: "folder renamed by its replica's users", shapes: twoWays, setup: deep, inode: true,
		change: func(u *users) {
			u.rename(u.last(), "News/Sub", "News/Renamed")
			u.post(u.last(), "News/Renamed/three.eml", "third edited")
		},
		does: []plan.Action{plan.MoveFolder, plan.CopyBack}, holds: map[string]int{"third edited": 1, "fourth": 1},
	},
	{
		name: "revival", shapes: twoWays, setup: small,
		change: func(u *users) {
			u.post(u.next(), "News/one.eml", "edited there")
			u.remove("a", "News/one.eml")
		},
		does: []plan.Action{plan.Revive}, holds: map[string]int{"edited there": 1, "first": 0},
	},
	{
		name: "revival of a folder", shapes: twoWays, setup: deep,
		change: func(u *users) {
			u.post(u.next(), "News/Sub/three.eml", "edited there")
			u.post(u.next(), "News/Sub/Deep/new.eml", "added there")
			u.remove("a", "News/Sub")
		},
		does:  []plan.Action{plan.ReviveFolder, plan.Revive, plan.Create, plan.Delete},
		holds: map[string]int{"edited there": 1, "added there": 1, "fourth": 0},
	},
	{
		name: "made again", shapes: twoWays, setup: small,
		change: func(u *users) {
			u.post("a", "News/one.eml", "edited here")
			u.remove(u.next(), "News/one.eml")
		},
		does: []plan.Action{plan.Create}, holds: map[string]int{"edited here": 1, "first": 0},
	},
	{
		name: "edits and deletions on both sides", shapes: twoWays, setup: small,
		change: func(u *users) {
			u.post("a", "News/one.eml", "edited here")
			u.post(u.last(), "News/two.eml", "edited there")
			u.remove("a", "News/Sub/three.eml")
			u.remove(u.last(), "News/meeting.ics")
			u.post(u.last(), "News/Sub/new.eml", "born there")
		},
		does:  []plan.Action{plan.Update, plan.CopyBack, plan.Delete, plan.Create},
		holds: map[string]int{"edited here": 1, "edited there": 1, "born there": 1, "third": 0, "agenda": 0},
	},
}
