package ews

import (
	"context"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// The folders on the way to the free/busy messages. The first is beside the root of the public folders, below the folder that the root is in,
// and each administrative group has a folder in the last that is called "EX:" and the group's legacyExchangeDN (MS-OXOPFFB 3.1.4.1.2.2).
const (
	nonIPMSubtree   = "NON_IPM_SUBTREE"
	scheduleFolder  = "SCHEDULE+ FREE BUSY"
	groupPrefix     = "EX:"
	legacyMajor2013 = 15 // and later: without these folders
)

// LegacyFreeBusy is the folder SCHEDULE+ FREE BUSY of Exchange 2007 and 2010, with one message for each user. It answers
// iorepl/sync/freebusy.Folder. Ref of its messages is an id with the change key of the version that was seen.
type LegacyFreeBusy struct {
	s *Store

	mu     stdsync.Mutex
	groups []freebusy.Group // nil until they were found
}

// LegacyFreeBusy is the organization's free/busy folder. It asks for nothing yet.
func (s *Store) LegacyFreeBusy() *LegacyFreeBusy { return &LegacyFreeBusy{s: s} }

// Groups are the folders of the administrative groups, sorted by name. They are looked for once. Where there is no such folder the
// error is IsGone and says why: Exchange 2013 and later have none, which is not even asked for.
func (l *LegacyFreeBusy) Groups(ctx context.Context) ([]freebusy.Group, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.groups == nil {
		groups, err := l.find(ctx)
		if err != nil {
			return nil, err
		}
		l.groups = groups
	}
	return slices.Clone(l.groups), nil
}

func (l *LegacyFreeBusy) find(ctx context.Context) ([]freebusy.Group, error) {
	if server := l.s.Server(); server.Major >= legacyMajor2013 && !server.Grommunio {
		return nil, l.missing()
	}
	top, err := l.above(ctx)
	if err != nil {
		return nil, l.explain(err, "")
	}
	for _, name := range []string{nonIPMSubtree, scheduleFolder} {
		below, err := l.below(ctx, top)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(below, func(p *place) bool { return strings.EqualFold(plan.Base(p.folder.Path), name) })
		if at < 0 {
			return nil, l.missing()
		}
		top = below[at]
	}
	below, err := l.below(ctx, top)
	if err != nil {
		return nil, err
	}
	var groups []freebusy.Group
	for _, p := range below {
		name := plan.Base(p.folder.Path)
		if len(name) <= len(groupPrefix) || !strings.EqualFold(name[:len(groupPrefix)], groupPrefix) {
			continue
		}
		g := freebusy.Group{Name: name[len(groupPrefix):], ID: p.id}
		if p.folder.Problem != "" {
			g.Problem = "the account may not read this folder; " + l.grant(g.Name)
		}
		groups = append(groups, g)
	}
	if len(groups) == 0 {
		return nil, sync.Errorf(sync.Gone, "the folder %s holds no folder of an administrative group (EX:/o=…/ou=…) that the account sees; look at %s, and %s",
			scheduleFolder, "Get-PublicFolder "+legacyIdentity("")+" -Recurse", l.grant(""))
	}
	slices.SortFunc(groups, func(a, b freebusy.Group) int { return strings.Compare(a.Name, b.Name) })
	return groups, nil
}

// above is the folder that the root of the public folders is in.
func (l *LegacyFreeBusy) above(ctx context.Context) (*place, error) {
	messages, err := l.s.ask(ctx, nil, 1, soap.M("GetFolder", soap.M("FolderShape", soap.T("BaseShape", "IdOnly"), soap.T("AdditionalProperties", field("folder:ParentFolderId"))),
		soap.M("FolderIds", soap.T("DistinguishedFolderId", attr("Id", "publicfoldersroot")))))
	if err == nil {
		err = errorOf(messages[0])
	}
	if err != nil {
		return nil, fmt.Errorf("asking where the root of the public folders is: %w", err)
	}
	id := firstOf(messages[0].Child("Folders")).Child("ParentFolderId").Attr("Id")
	if id == "" {
		return nil, sync.Errorf(sync.Gone, "the server does not say which folder the root of the public folders is in")
	}
	return &place{id: id}, nil
}

func (l *LegacyFreeBusy) below(ctx context.Context, p *place) ([]*place, error) {
	below, err := l.s.findFolders(ctx, []*place{p})
	if err != nil {
		return nil, l.explain(err, "")
	}
	if p.folder.Problem != "" && len(below) == 0 {
		return nil, sync.Errorf(sync.Denied, "folder %q: %s; %s", p.folder.Path, p.folder.Problem, l.grant(""))
	}
	return below, nil
}

// placeOf is a group's folder for requests.
func placeOf(g freebusy.Group) *place {
	return &place{id: g.ID, folder: plan.Folder{ID: g.ID, Key: plan.Sum("folder", g.ID), Path: legacyPath(g.Name)}}
}

// splitDN cuts a user's legacyExchangeDN before its first /cn: the administrative group is in front, the user behind it.
func splitDN(dn string) (group, user string, ok bool) {
	i := strings.Index(strings.ToLower(dn), "/cn=")
	if i <= 0 || len(strings.ToLower(dn)) != len(dn) {
		return "", "", false
	}
	return dn[:i], dn[i:], true
}
