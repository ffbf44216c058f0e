package ewsworld

import (
	"slices"
	"testing"

	"iorepl/sync/ews/ewstest"
)

// An account that may only read is enough to publish one-way, whatever users do, and nothing else is tried with it.
func TestPublisherNeedsNoMoreThanReviewer(t *testing.T) {
	for i, a := range kinds {
		for n, s := range scenarios {
			sh := shape{a: a, b: kinds[(i+n)%len(kinds)]}
			if !s.fits(sh) {
				continue
			}
			t.Run(a.name+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				tr := newTrial(t, &s, sh)
				tr.untouched(t)
				published := tr.orgs["a"].(*exchange)
				asked := slices.ContainsFunc(published.server.Log(), func(r ewstest.Request) bool { return r.Account == published.account })
				if !asked || published.rights != ewstest.Reviewer {
					t.Errorf("the account has rights %v, and asked for something: %v", published.rights, asked)
				}
			})
		}
	}
}
