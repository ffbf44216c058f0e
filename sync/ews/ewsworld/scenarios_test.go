package ewsworld

import "iorepl/plan"

// small is what scenarios start with.
func small(u *users) {
	u.put("a", root, message("one", "first text"))
	u.put("a", root, message("two", "second text"))
	u.mkdir("a", root+"/Sub", "")
	u.put("a", root+"/Sub", message("three", "third text"))
	u.mkdir("a", people, "IPF.Contact")
	u.put("a", people, card("Ada Lovelace", "a note"))
}

// There are no contacts or appointments but in folders of their own.
const (
	people = root + "/People"
	dates  = root + "/Dates"
)

// made are folders with an item that takes several requests in each.
func made(u *users) {
	u.mkdir("a", people, "IPF.Contact")
	u.put("a", people, card("Ada Lovelace", "a note"))
	u.mkdir("a", dates, "IPF.Appointment")
	u.put("a", dates, series("Planning", "agenda"))
}

var scenarios = []scenario{
	{
		name: "create", setup: small,
		change: func(u *users) {
			u.put("a", root, message("new", "new text"))
			u.put("a", root, message("other", "other text"))
			u.put("a", root+"/Sub", message("below", "text below"))
		},
		does: []plan.Action{plan.Create}, holds: map[string]int{"new text": 1, "other text": 1, "text below": 1},
	},
	{
		name: "create what takes several requests", files: true, setup: made,
		change: func(u *users) {
			u.put("a", people, card("Grace Hopper", "new note"))
			u.put("a", dates, series("Replanning", "new dates"))
		},
		does: []plan.Action{plan.Create}, holds: map[string]int{"new note": 1, "new dates": 1},
	},
	{
		name: "edit", setup: small,
		change: func(u *users) {
			u.edit("a", root, "one", message("one", "first edited"))
			u.edit("a", root+"/Sub", "three", message("three", "third edited"))
		},
		does: []plan.Action{plan.Update}, holds: map[string]int{"first edited": 1, "third edited": 1, "first text": 0, "third text": 0},
	},
	{
		name: "edit what takes several requests", files: true, setup: made,
		change: func(u *users) {
			u.edit("a", people, "Ada Lovelace", card("Ada Lovelace", "an edited note"))
			u.edit("a", dates, "Planning", series("Planning", "other plans"))
		},
		does: []plan.Action{plan.Update}, holds: map[string]int{"an edited note": 1, "other plans": 1, "agenda": 0},
	},
	{
		name: "delete", setup: small,
		change: func(u *users) {
			u.remove("a", root, "two")
			u.remove("a", root+"/Sub", "three")
		},
		does: []plan.Action{plan.Delete}, holds: map[string]int{"first text": 1, "second text": 0, "third text": 0},
	},
	{
		name: "move an item", setup: small,
		change: func(u *users) { u.move("a", root, "one", root+"/Sub") },
		holds:  map[string]int{"first text": 1},
	},
	{
		name: "move and edit an item", setup: small,
		change: func(u *users) {
			u.move("a", root, "one", root+"/Sub")
			u.edit("a", root+"/Sub", "one", message("one", "first edited"))
		},
		holds: map[string]int{"first text": 0, "first edited": 1},
	},
	{
		name: "move an item while its replica is edited", twoWay: true, setup: small,
		change: func(u *users) {
			u.move("a", root, "one", root+"/Sub")
			u.edit("b", root, "one", message("one", "first edited"))
		},
		holds: map[string]int{"first edited": 1},
	},
	{
		name: "folder create", files: true, setup: small,
		change: func(u *users) {
			u.mkdir("a", root+"/New", "IPF.Contact")
			u.mkdir("a", root+"/New/Below", "")
			u.put("a", root+"/New", card("Grace Hopper", "new note"))
			u.put("a", root+"/New/Below", message("inside", "inside text"))
		},
		does: []plan.Action{plan.CreateFolder, plan.Create}, holds: map[string]int{"new note": 1, "inside text": 1},
	},
	{
		name: "folder rename", setup: small,
		change: func(u *users) {
			u.rename("a", root+"/Sub", root+"/Renamed")
			u.edit("a", root+"/Renamed", "three", message("three", "third edited"))
		},
		does: []plan.Action{plan.MoveFolder, plan.Update}, holds: map[string]int{"third text": 0, "third edited": 1},
	},
	{
		name: "folder move",
		setup: func(u *users) {
			small(u)
			u.mkdir("a", root+"/Sub/Deep", "")
			u.put("a", root+"/Sub/Deep", message("four", "fourth text"))
		},
		change: func(u *users) {
			u.rename("a", root+"/Sub/Deep", root+"/Shallow")
			u.mkdir("a", root+"/New", "")
			u.rename("a", root+"/Sub", root+"/New/Below")
		},
		does: []plan.Action{plan.MoveFolder}, holds: map[string]int{"third text": 1, "fourth text": 1},
	},
	{
		name: "folders exchange names",
		setup: func(u *users) {
			small(u)
			u.mkdir("a", root+"/Other", "")
			u.put("a", root+"/Other", message("five", "fifth text"))
		},
		change: func(u *users) {
			u.rename("a", root+"/Sub", root+"/Third")
			u.rename("a", root+"/Other", root+"/Sub")
			u.rename("a", root+"/Third", root+"/Other")
		},
		does: []plan.Action{plan.MoveFolder}, holds: map[string]int{"third text": 1, "fifth text": 1},
	},
	{
		name: "folder delete", setup: small,
		change: func(u *users) { u.rmdir("a", root+"/Sub") },
		does:   []plan.Action{plan.Delete, plan.DeleteFolder}, holds: map[string]int{"third text": 0, "first text": 1},
	},
	{
		name: "edit at the subscriber", twoWay: true, setup: small,
		change: func(u *users) {
			u.edit("b", root, "one", message("one", "first edited"))
			u.put("b", root, message("late", "born there"))
		},
		does: []plan.Action{plan.CopyBack, plan.Create}, holds: map[string]int{"first edited": 1, "first text": 0, "born there": 1},
	},
	{
		name: "conflict, both kept", twoWay: true, setup: small,
		change: func(u *users) {
			u.edit("a", root, "one", message("one", "edited here"))
			u.edit("b", root, "one", message("one", "edited there"))
		},
		does: []plan.Action{plan.Keep}, holds: map[string]int{"edited here": 1, "edited there": 1},
	},
	{
		name: "conflict, both kept, of an item that takes several requests", twoWay: true, files: true, setup: small,
		change: func(u *users) {
			u.edit("a", people, "Ada Lovelace", card("Ada Lovelace", "edited here"))
			u.edit("b", people, "Ada Lovelace", card("Ada Lovelace", "edited there"))
		},
		does: []plan.Action{plan.Keep}, holds: map[string]int{"edited here": 1, "edited there": 1},
	},
	{
		name: "edit and delete", twoWay: true, setup: small,
		change: func(u *users) {
			u.remove("a", root, "one")
			u.edit("b", root, "one", message("one", "edited there"))
			u.remove("b", root, "two")
		},
		does: []plan.Action{plan.Revive, plan.Delete}, holds: map[string]int{"edited there": 1, "second text": 0},
	},
}
