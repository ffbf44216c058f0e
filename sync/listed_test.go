package sync

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan"
)

// TestLargeFoldersAreComparedInParts: what was listed comes back whole, each item once, and items of an identity together.
func TestLargeFoldersAreComparedInParts(t *testing.T) {
	identity := func(_ plan.Side, it *plan.Item) plan.Digest { return plan.Sum(it.Name) }
	for _, n := range []int{0, 5, fewItems + 5} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			l := listed{identity: identity}
			defer l.close()
			want, got := map[plan.Digest]plan.Item{}, map[plan.Digest]plan.Item{}
			for side := range 2 {
				for i := 0; i < n/2; i += 100 {
					var page []plan.Item
					for k := i; k < min(i+100, n/2); k++ {
						it := plan.Item{ID: fmt.Sprint("id ", side, k), Key: plan.Sum(fmt.Sprint(side, " ", k)), Version: plan.Sum("v"), Class: "IPM.Note",
							Name: fmt.Sprint("item ", k), Size: int64(k), Stamp: plan.Stamp{Origin: "o", Version: "v", Mark: "m"}, Problem: "none"}
						if k%2 == 0 {
							it.Content = plan.Sum("c")
							it.Modified = time.Date(1601+k%3000, 1, 2, 3, 4, 5, k, time.UTC)
						}
						page = append(page, it)
						want[it.Key] = it
					}
					if err := l.add(plan.Side(side), page); err != nil {
						t.Fatal(err)
					}
				}
			}
			parts, seen := 0, map[plan.Digest]int{}
			err := l.each(func(items [2][]plan.Item) {
				parts++
				for side, all := range items {
					for _, it := range all {
						if _, double := got[it.Key]; double {
							t.Errorf("%s came twice", it.ID)
						}
						got[it.Key] = it
						d := identity(plan.Side(side), &it)
						if before, ok := seen[d]; ok && before != parts {
							t.Errorf("%s is in another part than its counterpart", it.Name)
						}
						seen[d] = parts
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			if large := n > fewItems; large != (parts > 1) {
				t.Errorf("%d items in %d parts", n, parts)
			}
		})
	}
}
