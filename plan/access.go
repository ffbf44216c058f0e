package plan

import (
	"slices"
	"strings"
)

// DiffPermissions computes the list that a target folder should have, and what was left out because nobody
// is mapped to it. An entry of the target that the source does not ask for stays, unless iorepl granted it.
func DiffPermissions(r *Rules, source, target Permissions, granted []string) (wanted Permissions, unmapped []string) {
	wanted = slices.Clone(target)
	set := func(who string, rights Rights) {
		for i := range wanted {
			if strings.EqualFold(wanted[i].Who, who) {
				wanted[i].Rights = rights
				return
			}
		}
		wanted = append(wanted, Permission{Who: who, Rights: rights})
	}
	for _, p := range source {
		switch {
		case p.Who == Default || p.Who == Anonymous:
			set(p.Who, p.Rights)
		case r.Permissions != MappedPermissions:
		default:
			if who, ok := MapAddress(r.Map, p.Who); ok {
				set(who, p.Rights)
			} else {
				unmapped = append(unmapped, p.Who)
			}
		}
	}
	if r.Permissions == MappedPermissions {
		asked := r.Mapped(source)
		wanted = slices.DeleteFunc(wanted, func(p Permission) bool {
			return p.Who != Default && p.Who != Anonymous && slices.Contains(granted, p.Who) && !slices.Contains(asked, p.Who)
		})
	}
	return wanted.Sort(), unmapped
}

// Mapped lists the target addresses that the source's entries stand for.
func (r *Rules) Mapped(source Permissions) []string {
	var out []string
	for _, p := range source {
		if p.Who == Default || p.Who == Anonymous {
			continue
		}
		if who, ok := MapAddress(r.Map, p.Who); ok {
			out = append(out, who)
		}
	}
	return out
}

// MapAddress translates an address of the publisher: by its own entry in a map of addresses and domains, else by its domain's.
func MapAddress(m map[string]string, address string) (string, bool) {
	address = strings.ToLower(address)
	if to, ok := m[address]; ok {
		return to, true
	}
	user, domain, _ := strings.Cut(address, "@")
	if to, ok := m["@"+domain]; ok {
		return user + to, true
	}
	return "", false
}
