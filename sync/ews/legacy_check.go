package ews

import (
	"context"
	"strings"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync"
)

// Rights in a group's folder: what is published is rewritten in place, whoever wrote it, and removed.
const (
	legacyRead  = plan.RightFolderVisible | plan.RightReadAny
	legacyWrite = legacyRead | plan.RightCreate | plan.RightEditAny | plan.RightDeleteAny
)

// Lacks says which rights the account lacks in a group's folder, as far as the server tells, with what grants them. It writes nothing.
func (l *LegacyFreeBusy) Lacks(ctx context.Context, group freebusy.Group, write bool) (string, error) {
	need := sync.Need{Folder: plan.Folder{ID: group.ID, Path: legacyPath(group.Name)}, Rights: legacyRead}
	if write {
		need.Rights = legacyWrite
	}
	allowed := l.s.Allowed(ctx, []sync.Need{need})[0]
	if allowed.Err != nil {
		return "", l.explain(allowed.Err, group.Name)
	}
	missing := need.Rights &^ allowed.Rights &^ allowed.Unknown
	if missing == 0 {
		return "", nil
	}
	return "the account lacks " + strings.ReplaceAll(missing.String(), "+", ", ") + "; " + l.grant(group.Name), nil
}
