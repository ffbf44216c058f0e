package sync

import (
	"context"

	"iorepl/plan"
)

// lags says what of a store takes a while to show, see Lagger.
func lags(s Store) (folders, items bool) {
	if l, ok := As[Lagger](s); ok {
		return l.Lags()
	}
	return false, false
}

// hides reports whether a store may call a folder gone that is hidden, see Hider.
func hides(s Store) bool {
	h, ok := As[Hider](s)
	return ok && h.Hides()
}

// isGone asks for a folder that the walk did not show, by the id that state remembers. One that another server may not
// show yet is not gone.
func (r *Run) isGone(ctx context.Context, p *pair, side plan.Side, identity plan.Digest) bool {
	state := r.State.of(p.Digest)
	id, ok := state.folderID(identity)
	late, _ := lags(p.at[side])
	if !ok || late && !plan.Settled(state.seenSince(identity), r.Now) {
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
