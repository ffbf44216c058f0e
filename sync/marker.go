package sync

import (
	"context"
	"fmt"
	"strings"
	"time"

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

// trusted reports whether both roots of a two-way pair carry the marker that state expects, so that neither side, nor the
// state itself, is an older copy.
func (r *Run) trusted(p *pair) bool {
	if !p.Rules.TwoWay || p.Digest.IsZero() || r.State == nil {
		return false
	}
	current, next := r.State.of(p.Digest).markers()
	for side := range 2 {
		root, ok := r.walks[p.Org[side]].at(p.Root[side])
		if m := markerOf(root, p.Digest); !ok || m == "" || m != current && m != next {
			return false
		}
	}
	return true
}

// checkMarkers notes the roots that do not carry the marker that was put there a while ago, where servers lag behind each other: to take them for
// restored backups would be to make again what merely does not show yet.
func (r *Run) checkMarkers(p *pair) {
	if p.Trusted || !p.Rules.TwoWay || p.Digest.IsZero() || r.State == nil {
		return
	}
	state := r.State.of(p.Digest)
	current, next := state.markers()
	written := state.marked()
	if current == "" || plan.Settled(written, r.Now) {
		return
	}
	for side := range 2 {
		if late, _ := lags(p.at[side]); !late || len(p.members[side]) == 0 {
			continue
		}
		if root := &p.members[side][0]; root.Rewound == "" {
			if m := markerOf(*root, p.Digest); m != current && m != next {
				root.Rewound = fmt.Sprintf("it does not carry the mark of the run at %s, as if a server answered that has not caught up, which passes within an hour",
					written.Format(time.DateTime))
			}
		}
	}
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
