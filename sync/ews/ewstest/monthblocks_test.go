package ewstest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestMonthBlocks has the examples of MS-OXOPFFB's months, and random times.
func TestMonthBlocks(t *testing.T) {
	months, blocks := encodeMonths([]span{{at("2026-11-30 22:00"), at("2026-12-01 02:00")}, {at("2026-11-03 09:00"), at("2026-11-03 10:30")}})
	if got := fmt.Sprintf("%v %x", months, blocks); got != "[32427 32428] [5c0db60d48a8c0a8 00007800]" {
		t.Errorf("got %s", got)
	}
	touching := []span{{at("2026-11-01 01:00"), at("2026-11-01 02:00")}, {at("2026-11-01 00:00"), at("2026-11-01 01:00")}, {at("2026-11-01 00:30"), at("2026-11-01 00:40")}}
	if got := fmt.Sprint(union(touching)); got != fmt.Sprint([]span{{at("2026-11-01 00:00"), at("2026-11-01 02:00")}}) {
		t.Errorf("times that touch are %s", got)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var spans []span
		busy := map[int]bool{}
		for range random.IntN(20) {
			start, length := random.IntN(120*24*60), 1+random.IntN(5000)
			spans = append(spans, span{at("2026-11-10 00:00").Add(time.Duration(start) * time.Minute), at("2026-11-10 00:00").Add(time.Duration(start+length) * time.Minute)})
			for m := range length {
				busy[start+m] = true
			}
		}
		n := 0
		for _, s := range union(spans) {
			for at, end := int(s.start.Sub(at("2026-11-10 00:00"))/time.Minute), int(s.end.Sub(at("2026-11-10 00:00"))/time.Minute); at < end; at++ {
				if !busy[at] {
					t.Fatalf("%v has %v, which is not in it", spans, s)
				}
				n++
			}
		}
		if n != len(busy) {
			t.Fatalf("%v has %d minutes, want %d", spans, n, len(busy))
		}
	}
}
