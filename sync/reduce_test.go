package sync_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// narrow is a store that cannot hold files.
type narrow struct{ sync.Store }

func (narrow) Reduces(p sync.Payload) []string {
	if bytes.Contains(p.Data, []byte("file")) {
		return []string{"loses files"}
	}
	return nil
}

// TestInATwoWayPairNothingGoesWhereItCannotBeHeldWhole: an edit of its copy would take the rest from the original.
func TestInATwoWayPairNothingGoesWhereItCannotBeHeldWhole(t *testing.T) {
	for _, twoWay := range []bool{false, true} {
		a, b := memstore.New("a", memstore.Options{}).Open(nil), memstore.New("b", memstore.Options{}).Open(nil)
		_, _ = newsOf(t, a, "text", "text and a file")
		run := pairOf(a, sync.Limit(narrow{b}, 1, 0), plan.Rules{Subfolders: true, Limits: plan.DefaultLimits(), TwoWay: twoWay})
		p, err := run.Plan(t.Context())
		must(t, err)
		report, err := run.Apply(t.Context(), p, nil)
		must(t, err)
		var refused []string
		for _, o := range report.Refused {
			refused = append(refused, o.Reason)
		}
		if twoWay != (len(refused) == 1) || twoWay != strings.Contains(strings.Join(refused, ""), "loses files") {
			t.Errorf("two-way %v: refused: %q", twoWay, refused)
		}
		folders, err := b.Folders(t.Context())
		must(t, err)
		news := folders[slices.IndexFunc(folders, func(f plan.Folder) bool { return f.Path == "News" })]
		n := 0
		must(t, b.List(t.Context(), news, func(items []plan.Item) error { n += len(items); return nil }))
		if want := map[bool]int{false: 2, true: 1}[twoWay]; n != want {
			t.Errorf("two-way %v: %d items arrived, want %d", twoWay, n, want)
		}
	}
}

// blurred is a store that cannot give all of an item with a file.
type blurred struct{ sync.Store }

func (b blurred) Read(ctx context.Context, folder plan.Folder, items []plan.Item) []sync.ReadResult {
	results := b.Store.Read(ctx, folder, items)
	for i := range results {
		if bytes.Contains(results[i].Payload.Data, []byte("file")) {
			results[i].Payload.Lost = []string{"blurs files"}
		}
	}
	return results
}

// TestWhatAStoreDoesNotGiveIsReported: the rest travels, but not in a two-way pair, where an edit of it would come back.
func TestWhatAStoreDoesNotGiveIsReported(t *testing.T) {
	for _, twoWay := range []bool{false, true} {
		a, b := memstore.New("a", memstore.Options{}).Open(nil), memstore.New("b", memstore.Options{}).Open(nil)
		_, _ = newsOf(t, a, "text", "text and a file")
		run := pairOf(sync.Limit(blurred{a}, 1, 0), b, plan.Rules{Subfolders: true, Limits: plan.DefaultLimits(), TwoWay: twoWay})
		p, err := run.Plan(t.Context())
		must(t, err)
		report, err := run.Apply(t.Context(), p, nil)
		must(t, err)
		outcomes := report.Reduced
		if twoWay {
			outcomes = report.Refused
		}
		if len(report.Reduced)+len(report.Refused) != 1 || len(outcomes) != 1 || !strings.Contains(outcomes[0].Reason, "blurs files") {
			t.Errorf("two-way %v: reduced: %+v, refused: %+v", twoWay, report.Reduced, report.Refused)
		}
	}
}
