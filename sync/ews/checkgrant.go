package ews

import (
	"fmt"
	"strings"
	"unicode"

	"iorepl/plan"
	"iorepl/sync/powershell"
)

// levels are the permission levels that a grant names, from the one with the fewest rights.
var levels = []struct {
	name   string
	rights plan.Rights
}{
	{"Reviewer", plan.RightReadAny | plan.RightFolderVisible},
	{"Editor", plan.RightReadAny | plan.RightFolderVisible | plan.RightCreate | plan.RightEditAny | plan.RightDeleteAny},
	{"PublishingEditor", plan.RightReadAny | plan.RightFolderVisible | plan.RightCreate | plan.RightEditAny | plan.RightDeleteAny | plan.RightCreateSubfolders},
}

// Grant says how an administrator gives the account rights on a folder: a command of the Exchange Management Shell, or where grommunio
// has its permission lists.
func (s *Store) Grant(path string, rights plan.Rights) string {
	access := "Owner"
	if rights&^(plan.RightFolderVisible|plan.RightCreateSubfolders) == 0 {
		access = strings.ReplaceAll(rights.String(), "+", ",") // no more than that on a folder that only has one made in it
	} else {
		for _, l := range levels {
			if rights&^l.rights == 0 {
				access = l.name
				break
			}
		}
	}
	if s.Server().Grommunio {
		return fmt.Sprintf("give %s the permission %s there, with all boxes of it ticked: in Outlook as an owner of the folder (Properties, Permissions), or in grommunio-admin",
			s.who(), access)
	}
	identity := `\` + strings.Join(plan.Names(path), `\`)
	return fmt.Sprintf("Add-PublicFolderClientPermission -Identity %s -User %s -AccessRights %s", quoted(identity), word(s.who()), access)
}

// word quotes an argument of PowerShell where it needs it.
func word(v string) string {
	if strings.ContainsFunc(v, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(`@.-_\`, r)
	}) {
		return quoted(v)
	}
	return v
}

// quoted quotes an argument of PowerShell, with double quotes where that is the same.
func quoted(v string) string {
	if strings.ContainsFunc(v, unicode.IsControl) || strings.ContainsAny(v, "\"$`\u201c\u201d\u201e") {
		return powershell.Quote(v)
	}
	return `"` + v + `"`
}
