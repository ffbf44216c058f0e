package historytest

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	stdsync "sync"
	"sync/atomic"
	"testing"
)

// number reads a number from the environment.
func number(t testing.TB, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// fastDir is a directory for states that need not outlast the test.
func fastDir(t testing.TB) string {
	t.Helper()
	if dir, err := os.MkdirTemp("/dev/shm", "histories"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		return dir
	}
	return t.TempDir()
}

// IOREPL_HISTORIES says how many histories are lived (300), IOREPL_SEED which one is the first (1) or, without the other, the only one,
// IOREPL_STEP how far the next one is (1), and IOREPL_FAILURES how many failures are told before the test gives up (3). With a seed of 7 and a
// step of 10, all of them have directories.
func TestHistories(t *testing.T) {
	first := number(t, "IOREPL_SEED", 1)
	step := number(t, "IOREPL_STEP", 1)
	count := number(t, "IOREPL_HISTORIES", 300)
	if os.Getenv("IOREPL_SEED") != "" && os.Getenv("IOREPL_HISTORIES") == "" {
		count = 1
	}
	t.Logf("%d histories from seed %d on", count, first)
	most := int64(number(t, "IOREPL_FAILURES", 3)) // so many are told
	dir := fastDir(t)
	var next atomic.Uint64
	var failed atomic.Int64
	var wg stdsync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for n := next.Add(1) - 1; n < count && failed.Load() < most; n = next.Add(1) - 1 {
				mine := filepath.Join(dir, strconv.FormatUint(n, 10))
				seed := first + n*step
				if problem := Live(t, seed, mine); problem != "" {
					failed.Add(1)
					t.Errorf("IOREPL_SEED=%d\n%s", seed, problem)
				}
				_ = os.RemoveAll(mine)
			}
		})
	}
	wg.Wait()
}
