package plan

import (
	"strings"
	"testing"
	"time"
)

// TestServersThatLag: what a side whose servers lag behind each other shows otherwise than it was written a while ago is left alone, unless it is clearly newer.
func TestServersThatLag(t *testing.T) {
	two := Rules{TwoWay: true, Deletions: DeleteItems}
	written := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	before, after := written.Add(-time.Minute), written.Add(10*time.Minute)
	for _, c := range []struct {
		decision
		side  Side // which lags
		waits bool
	}{
		{decision{name: "replica gone", rules: two, origin: "o", want: Delete}, Subscriber, true},
		{decision{name: "replica gone, origin changed", rules: two, origin: "o2", want: Create}, Subscriber, true},
		{decision{name: "replica gone, and the other side lags", rules: two, origin: "o", want: Delete}, Publisher, false},
		{decision{name: "origin gone", rules: two, replica: "r", want: Delete}, Publisher, true},
		{decision{name: "origin gone, replica edited", rules: two, replica: "edited", want: Revive}, Publisher, true},
		{decision{name: "origin gone, and the other side lags", rules: two, replica: "r", want: Delete}, Subscriber, false},
		{decision{name: "older replica", rules: two, origin: "o", replica: "edited", replyAt: before, want: CopyBack}, Subscriber, true},
		{decision{name: "newer replica", rules: two, origin: "o", replica: "edited", replyAt: after, want: CopyBack}, Subscriber, false},
		{decision{name: "older origin", rules: two, origin: "x", originAt: before, replica: "r", want: Update}, Publisher, true},
		{decision{name: "newer origin", rules: two, origin: "x", originAt: after, replica: "r", want: Update}, Publisher, false},
		{decision{name: "newer origin, older replica", rules: two, origin: "x", originAt: after, replica: "y", replyAt: before, want: Keep}, Subscriber, true},
		{decision{name: "newer origin, replica as it was", rules: two, origin: "x", originAt: after, replica: "r", replyAt: before, want: Update}, Subscriber, false},
		{decision{name: "one-way", rules: Rules{Deletions: DeleteItems}, replica: "r", want: Delete}, Publisher, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for minutes, settled := range map[int]bool{-90: true, 0: false, 59: false, 60: true} {
				e := c.encounter()
				e.lags[c.side], e.memory.Since, e.now = true, written, written.Add(time.Duration(minutes)*time.Minute)
				got := e.decide()
				if waits := c.waits && !settled; got.act == waits || !waits && got.action != c.want || waits && !strings.Contains(got.why, "not show yet") {
					t.Errorf("after %d minutes: %+v", minutes, got)
				}
			}
			e := c.encounter()
			e.memory.Since, e.now = written, written
			if got := e.decide(); !got.act || got.action != c.want {
				t.Errorf("without a lag: %+v", got)
			}
		})
	}
}
