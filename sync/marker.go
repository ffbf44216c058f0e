package sync

import (
	"context"
	"strings"

	"iorepl/plan"
)

// A marker is a random text that every apply puts on both root folders of a two-way pair and into the state. As long as
// all three agree, neither side and not the state was replaced by an older copy of itself. A root folder that
// belongs to several pairs carries a marker for each: "PAIR=TEXT", separated by spaces.

func markerOf(f plan.Folder, pair plan.Digest) string {
	for _, m := range strings.Fields(f.Marker) {
		if text, ok := strings.CutPrefix(m, pair.String()+"="); ok {
			return text
		}
	}
	return ""
}

func withMarker(old string, pair plan.Digest, text string) string {
	var out []string
	for _, m := range strings.Fields(old) {
		if !strings.HasPrefix(m, pair.String()+"=") {
			out = append(out, m)
		}
	}
	return strings.Join(append(out, pair.String()+"="+text), " ")
}

// renewMarker puts a new marker on both roots. It is announced in the state first, so that a run that dies in
// between is not taken for a restored backup.
func (r *Run) renewMarker(ctx context.Context, p *pair) error {
	if !p.Rules.TwoWay || r.State == nil {
		return nil
	}
	state := r.State.of(p.Digest)
	// Only two texts are known at a time, so what an interrupted run announced is finished before another is announced.
	if current, next := state.markers(); next != "" && next != current {
		if err := r.putMarker(ctx, p, next); err != nil {
			return err
		}
	}
	text := r.Rand()
	if err := state.setMarker("next", text); err != nil {
		return err
	}
	return r.putMarker(ctx, p, text)
}

// putMarker puts an announced marker on both roots, and makes it the one that counts.
func (r *Run) putMarker(ctx context.Context, p *pair, text string) error {
	for side := range 2 {
		f := p.folders[0][side]
		to := f
		to.Marker = withMarker(f.Marker, p.Digest, text)
		f, err := p.at[side].UpdateFolder(ctx, f, to)
		if err != nil {
			return err
		}
		r.folderChanged(p.Org[side], f)
	}
	return r.State.of(p.Digest).setMarker("marker", text)
}
