package killtest

import "iorepl/plan"

// What is done to folders at the publisher.
var folderScenarios = []scenario{
	{
		name: "folder create", shapes: everyShape, setup: deep,
		change: func(u *users) {
			u.post("a", "News/New/inside.eml", "inside")
			u.mkdir("a", "News/New/Empty")
		},
		does: []plan.Action{plan.CreateFolder, plan.Create}, holds: map[string]int{"inside": 1},
	},
	{
		name: "folder rename", shapes: everyShape, setup: deep, inode: true,
		change: func(u *users) {
			u.rename("a", "News/Sub", "News/Renamed")
			u.post("a", "News/Renamed/three.eml", "third edited")
		},
		does: []plan.Action{plan.MoveFolder, plan.Update}, holds: map[string]int{"third": 1, "third edited": 1, "fourth": 1},
	},
	{
		name: "folder move", shapes: everyShape, setup: deep, inode: true,
		change: func(u *users) {
			u.rename("a", "News/Sub/Deep", "News/Shallow")
			u.mkdir("a", "News/New")
			u.rename("a", "News/Sub", "News/New/Below")
		},
		does: []plan.Action{plan.MoveFolder}, holds: map[string]int{"third": 1, "fourth": 1},
	},
	{
		name: "folders exchange names", shapes: everyShape, inode: true,
		setup: func(u *users) {
			deep(u)
			u.post("a", "News/Other/five.eml", "fifth")
		},
		change: func(u *users) {
			u.rename("a", "News/Sub", "News/Third")
			u.rename("a", "News/Other", "News/Sub")
			u.rename("a", "News/Third", "News/Other")
		},
		does: []plan.Action{plan.MoveFolder}, holds: map[string]int{"third": 1, "fifth": 1},
	},
	{
		name: "folder class", shapes: everyShape, setup: small,
		change: func(u *users) { u.folderFile("a", "News/Sub", map[string]any{"class": "IPF.Contact"}) },
		does:   []plan.Action{plan.MoveFolder},
	},
	{
		name: "folder delete", shapes: everyShape, setup: deep,
		change: func(u *users) { u.remove("a", "News/Sub") },
		does:   []plan.Action{plan.Delete, plan.DeleteFolder}, holds: map[string]int{"third": 0, "fourth": 0, "first": 1},
	},
	{
		name: "folder delete and create", shapes: everyShape, setup: deep, inode: true,
		change: func(u *users) {
			u.rename("a", "News/Sub/three.eml", "News/three.eml")
			u.remove("a", "News/Sub")
			u.post("a", "News/New/five.eml", "fifth")
		},
		does:  []plan.Action{plan.CreateFolder, plan.DeleteFolder, plan.Relink, plan.Delete},
		holds: map[string]int{"third": 1, "fourth": 0, "fifth": 1},
	},
	{
		name: "link of folders that are there", shapes: []*shape{oneWay, twoWay, hub, twoWayHub}, first: true, apart: true,
		setup: func(u *users) {
			deep(u)
			u.mkdir(u.last(), "News/Sub/Theirs")
		},
		does: []plan.Action{plan.LinkFolder, plan.Create}, holds: map[string]int{"first": 1, "third": 1},
	},
	{
		name: "link of folders that hold users' items", shapes: everyShape, first: true, apart: true, force: true,
		setup: func(u *users) {
			deep(u)
			u.post(u.last(), "News/one.eml", "their first")
			u.post(u.last(), "News/Sub/theirs.eml", "theirs")
		},
		does: []plan.Action{plan.LinkFolder, plan.Create}, holds: map[string]int{"fourth": 1},
	},
	{
		name: "adopt", shapes: everyShape, first: true, apart: true, adopt: true,
		setup: func(u *users) {
			deep(u)
			for _, org := range u.orgs[1:] {
				u.post(org, "News/one.eml", "first")
				u.write(org, "News/Sub/theirs.eml", "Subject: their own\r\n\r\nsurplus in "+org+"\r\n")
			}
			u.write(u.next(), "News/other name.ics", event("agenda"))
		},
		does: []plan.Action{plan.LinkFolder, plan.Adopt, plan.Create}, holds: map[string]int{"first": 1, "second": 1},
	},
}
