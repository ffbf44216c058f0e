package hcl

import (
	"errors"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"iorepl/plan"
)

func (l *loader) freeBusy(b *hclsyntax.Block) *FreeBusy {
	s := l.section(b)
	f := &FreeBusy{Name: b.Labels[0], PublishMonths: 3, Range: b.DefRange()}
	l.sessionName(b)
	f.Publisher, f.Subscribers = s.organizations()
	f.Schedule, f.QuietHours = s.windows()

	s.word("source", []string{"availability", "legacy-folder", "ifb"}, &f.Source)
	list(s, "admin_groups", func(g string) (string, error) {
		if strings.TrimSpace(g) == "" {
			return "", errors.New("a group has a name")
		}
		return g, nil
	}, &f.AdminGroups)
	list(s, "users", parseUserGlob, &f.Users)
	list(s, "exclude", parseUserGlob, &f.Exclude)
	s.usersFile(&f.Users)
	s.int("publish_months", 1, 36, &f.PublishMonths)
	s.addressMap(&f.Map)
	choice(s, "deletions", plan.DeletionNames()[:plan.DeleteItems+1], &f.Deletions)

	if p := f.Publisher; p != nil && !s.failed["source"] {
		archive := p.Archive != nil
		switch {
		case f.Source == "" && archive:
			f.Source = "ifb"
		case f.Source == "":
			f.Source = "availability"
		case archive && f.Source != "ifb":
			l.fail(s.at("source"), "Combination that cannot work", "Organization %q is an archive, whose free/busy times are .ifb files. Remove source, or write source = \"ifb\".", p.Label)
		case p.EWS != nil && f.Source == "ifb":
			l.fail(s.at("source"), "Combination that cannot work", "Organization %q is an Exchange server. Write source = \"availability\" or \"legacy-folder\".", p.Label)
		}
	}
	members := f.Subscribers
	if f.Publisher != nil {
		members = append([]*Organization{f.Publisher}, members...)
	}
	for _, o := range members {
		if o.Directory == nil {
			l.fail(s.def, "Organization without a directory", "Free/busy times are matched to users by a directory, and organization %q (%s) has none. "+
				"Add to it: directory { csv { path = \"recipients.csv\" } }, or one with ldap { … }.", o.Label, at(o.Range))
		}
	}
	return f
}

// parseUserGlob accepts patterns of addresses.
func parseUserGlob(s string) (string, error) {
	if strings.ContainsAny(s, " \t/") {
		return "", errors.New("it is not a pattern of addresses")
	}
	return parseGlob(strings.ToLower(s))
}
