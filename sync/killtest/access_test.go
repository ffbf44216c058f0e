package killtest

import "iorepl/plan"

func permissions(u *users, path string, list map[string]string) {
	u.t.Helper()
	u.folderFile("a", path, map[string]any{"permissions": list})
}

func mapped(r *plan.Rules) {
	r.Permissions = plan.MappedPermissions
	r.Map = map[string]string{"@contoso.example": "@fabrikam.example", "boss@contoso.example": "chef@fabrikam.example",
		"@fabrikam.example": "@litware.example"}
}

// What is done to permission lists at the publisher.
var accessScenarios = []scenario{
	{
		name: "permissions default and anonymous", shapes: everyShape, setup: small,
		rules: func(r *plan.Rules) { r.Permissions = plan.DefaultAndAnonymous },
		change: func(u *users) {
			permissions(u, "News", map[string]string{"Default": "Reviewer", "ada@contoso.example": "Owner"})
			permissions(u, "News/Sub", map[string]string{"Default": "None"})
		},
		does: []plan.Action{plan.SetPermissions},
	},
	{
		name: "permissions mapped", shapes: everyShape,
		rules: mapped,
		setup: func(u *users) {
			small(u)
			permissions(u, "News", map[string]string{"Default": "Reviewer", "ada@contoso.example": "Owner", "eve@contoso.example": "Author"})
		},
		change: func(u *users) {
			permissions(u, "News", map[string]string{"Default": "Reviewer", "boss@contoso.example": "Editor", "ada@contoso.example": "Author"})
			permissions(u, "News/Sub", map[string]string{"Default": "None", "boss@contoso.example": "Owner"})
		},
		does: []plan.Action{plan.SetPermissions},
	},
	{
		name: "permissions on the first run", shapes: everyShape, first: true,
		rules: mapped,
		setup: func(u *users) {
			small(u)
			permissions(u, "News", map[string]string{"Default": "Reviewer", "ada@contoso.example": "Owner"})
			permissions(u, "News/Sub", map[string]string{"Default": "None", "ada@contoso.example": "Reviewer"})
		},
		does: []plan.Action{plan.CreateFolder, plan.SetPermissions, plan.Create},
	},
}
