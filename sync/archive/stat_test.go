package archive

import (
	"testing"
	"time"
)

// TestOnlyFilesAtRestAreRemembered: a file that was written just before it was read may be written again without a trace
// in its times.
func TestOnlyFilesAtRestAreRemembered(t *testing.T) {
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	at := func(ago time.Duration) int64 { return now.Add(-ago).UnixNano() }
	for _, test := range []struct {
		mtime, ctime time.Duration
		want         bool
	}{
		{time.Hour, time.Hour, true},
		{time.Hour, time.Second, false},
		{time.Second, time.Hour, false},
		{-time.Hour, time.Hour, false}, // from the future
	} {
		st := fileStat{mtime: at(test.mtime), ctime: at(test.ctime)}
		if st.settled(now) != test.want {
			t.Errorf("written %v and changed %v ago: got %v", test.mtime, test.ctime, !test.want)
		}
	}
}
