package killtest

import (
	"time"

	"iorepl/plan"
)

// small is what most scenarios start with.
func small(u *users) {
	u.post("a", "News/one.eml", "first")
	u.post("a", "News/two.eml", "second")
	u.write("a", "News/meeting.ics", event("agenda"))
	u.post("a", "News/Sub/three.eml", "third")
}

// deep is small with a folder below a folder.
func deep(u *users) {
	small(u)
	u.post("a", "News/Sub/Deep/four.eml", "fourth")
}

// What is done to items at the publisher.
var itemScenarios = []scenario{
	{
		name: "first run", shapes: everyShape, first: true, change: deep,
		does: []plan.Action{plan.CreateFolder, plan.Create}, holds: map[string]int{"first": 1, "agenda": 1, "fourth": 1},
	},
	{
		name: "create", shapes: everyShape, setup: small,
		change: func(u *users) {
			u.post("a", "News/new.eml", "new text")
			u.write("a", "News/card.vcf", card("new card"))
			u.post("a", "News/Sub/new.eml", "new text below")
		},
		does: []plan.Action{plan.Create}, holds: map[string]int{"new text": 2, "new card": 1},
	},
	{
		name: "update", shapes: everyShape, setup: small,
		change: func(u *users) {
			u.post("a", "News/one.eml", "first edited")
			u.post("a", "News/two.eml", "second edited")
		},
		does: []plan.Action{plan.Update}, holds: map[string]int{"first edited": 1, "second edited": 1, "first": 1, "second": 1},
	},
	{
		name: "create, edited after the kill", shapes: []*shape{oneWay, twoWay, hub}, setup: small,
		change: func(u *users) { u.post("a", "News/new.eml", "new text") },
		later:  func(u *users) { u.post("a", "News/new.eml", "edited text") },
		does:   []plan.Action{plan.Create}, holds: map[string]int{"edited text": 1, "new text": 0},
	},
	{
		name: "update, edited again after the kill", shapes: []*shape{oneWay, twoWay, hub}, setup: small,
		change: func(u *users) { u.post("a", "News/one.eml", "edited once") },
		later:  func(u *users) { u.post("a", "News/one.eml", "edited again") },
		does:   []plan.Action{plan.Update}, holds: map[string]int{"edited again": 1, "edited once": 0, "first": 0},
	},
	{
		name: "replace by another class", shapes: everyShape, setup: small,
		change: func(u *users) { u.write("a", "News/meeting.ics", task("a task now")) },
		does:   []plan.Action{plan.Update}, holds: map[string]int{"a task now": 1, "agenda": 0},
	},
	{
		name: "replace by another format", shapes: everyShape, setup: small,
		change: func(u *users) {
			u.remove("a", "News/two.eml")
			u.write("a", "News/two.vcf", card("a card now"))
		},
		does: []plan.Action{plan.Create, plan.Delete}, holds: map[string]int{"a card now": 1, "second": 0},
	},
	{
		name: "delete", shapes: everyShape, setup: small,
		change: func(u *users) {
			u.remove("a", "News/two.eml")
			u.remove("a", "News/Sub/three.eml")
		},
		does: []plan.Action{plan.Delete}, holds: map[string]int{"second": 0, "third": 0, "first": 1},
	},
	{
		name: "recycle", shapes: singlePairs, setup: small,
		rules: func(r *plan.Rules) { r.Recycle = "Recycled/News" },
		change: func(u *users) {
			u.remove("a", "News/two.eml")
			u.remove("a", "News/Sub/three.eml")
		},
		does: []plan.Action{plan.Delete},
	},
	{
		name: "recycle into a folder that is there", shapes: singlePairs,
		rules: func(r *plan.Rules) { r.Recycle = "Recycled" },
		setup: func(u *users) {
			small(u)
			u.mkdir("b", "Recycled")
			u.post("b", "Recycled/two.eml", "an old one of that name")
		},
		change: func(u *users) { u.remove("a", "News/two.eml") },
		does:   []plan.Action{plan.Delete},
	},
	{
		name: "rename an item by hand", shapes: everyShape, setup: small,
		change: func(u *users) { u.rename("a", "News/one.eml", "News/uno.eml") },
		does:   []plan.Action{plan.Relink}, holds: map[string]int{"first": 1},
	},
	{
		name: "move an item by hand", shapes: everyShape, setup: small,
		change: func(u *users) { u.rename("a", "News/one.eml", "News/Sub/one.eml") },
		does:   []plan.Action{plan.Relink}, holds: map[string]int{"first": 1},
	},
	{
		name: "move and delete", shapes: everyShape, setup: deep,
		change: func(u *users) {
			u.rename("a", "News/Sub/three.eml", "News/three.eml")
			u.remove("a", "News/Sub/Deep/four.eml")
			u.post("a", "News/Sub/Deep/five.eml", "fifth")
		},
		does: []plan.Action{plan.Relink, plan.Delete, plan.Create}, holds: map[string]int{"third": 1, "fourth": 0, "fifth": 1},
	},
	{
		name: "move an item that keeps its key", shapes: twoWays, setup: small,
		then:   []func(*users){func(u *users) { u.post(u.last(), "News/one.eml", "first edited") }},
		change: func(u *users) { u.rename("a", "News/one.eml", "News/Sub/uno.eml") },
		does:   []plan.Action{plan.Move}, holds: map[string]int{"first edited": 1},
	},
	{
		name: "move and edit an item that keeps its key", shapes: twoWays, setup: small,
		then: []func(*users){func(u *users) { u.post(u.last(), "News/one.eml", "first edited") }},
		change: func(u *users) {
			u.rename("a", "News/one.eml", "News/Sub/one.eml")
			u.post(u.next(), "News/one.eml", "edited elsewhere")
		},
		holds: map[string]int{"edited elsewhere": 1, "first": 0},
	},
	{
		name: "restore", shapes: []*shape{oneWay, hub}, setup: small,
		rules:  func(r *plan.Rules) { r.Restore = true },
		change: func(u *users) { u.post("b", "News/one.eml", "scribbled") },
		does:   []plan.Action{plan.Update}, holds: map[string]int{"scribbled": 0, "first": 1},
	},
	{
		name: "update of a replica that users moved", shapes: []*shape{oneWay, hub}, apart: true, setup: small,
		then: []func(*users){func(u *users) { u.rename("b", "News/one.eml", "News/Sub/mine.eml") }},
		change: func(u *users) {
			u.post("a", "News/one.eml", "first edited")
			u.after(time.Hour).post("b", "News/Sub/own.eml", "the user's own")
		},
		does: []plan.Action{plan.Update}, holds: map[string]int{"first edited": 1},
	},
}
