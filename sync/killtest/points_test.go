package killtest

import (
	"flag"
	"strings"
	"sync/atomic"
	"testing"

	"iorepl/sync/synctest"
)

// every makes the tests stop runs before and after every write, fsyncs too, and kill each second run as well. Without it,
// what leaves the files as another point leaves them is left out: death before a write is death after the one
// before it, and only a loss of power tells an fsync that was made from one that was not.
var every = flag.Bool("every", false, "try every kill point, also those that leave the same files")

// sampled is the share of kill points that are tried under -short.
const sampled = 5

// step is how far apart the kill points are that are tried.
func (s *shape) step() int {
	if *every {
		return 1
	}
	step := max(s.stride, 1)
	if testing.Short() {
		step *= sampled
	}
	return step
}

// kill is synctest.Kill for the writes that count.
func kill(n int, after bool) (func(op, path string) error, func() int) {
	hook, writes := synctest.Kill(n, after)
	if *every {
		return hook, writes
	}
	var dead atomic.Bool
	return func(op, path string) error {
		if strings.HasSuffix(op, ":fsync") && !dead.Load() {
			return nil
		}
		err := hook(op, path)
		if err != nil {
			dead.Store(true)
		}
		return err
	}, writes
}
