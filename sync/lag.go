package sync

import (
	"context"

	"iorepl/plan"
)

func lagsFolders(s Store) bool {
	l, ok := As[Lagger](s)
	if !ok {
		return false
	}
	folders, _ := l.Lags()
	return folders
}

func hides(s Store) bool {
	h, ok := As[Hider](s)
	return ok && h.Hides()
}

func lagsItems(s Store) bool {
	l, ok := As[Lagger](s)
	if !ok {
		return false
	}
	_, items := l.Lags()
	return items
}

// isGone asks for a folder that the walk did not show, by the id that state remembers. One that another server may not
// show yet is not gone.
func (r *Run) isGone(ctx context.Context, p *pair, side plan.Side, identity plan.Digest) bool {
	state := r.State.of(p.Digest)
	id, ok := state.folderID(identity)
	if !ok || lagsFolders(p.at[side]) && !plan.Settled(state.seenSince(identity), r.Now) {
		return false
	}
	f, err := p.at[side].Folder(ctx, id)
	if err == nil {
		return plan.Identity{Born: p.Org[side], Key: f.Key}.Digest() != identity && !r.walked(p.Org[side], identity)
	}
	if !IsGone(err) {
		r.Log.Warn("asking for a folder", "organization", p.Org[side], "error", err)
	}
	return IsGone(err)
}
