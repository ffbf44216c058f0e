package transport

import (
	"context"
	stdsync "sync"
	"time"
)

// gate lets requests through: fewer at a time and later after a server said that it has too much to do, more again after it
// answered well for a while.
type gate struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
	most  int

	mu      stdsync.Mutex
	limit   int
	active  int
	good    int // answers since the limit last changed
	busy    int // throttled answers in a row
	epoch   int // counts the shrinkings, so that answers to requests of one burst shrink once
	until   time.Time
	waiting []chan struct{}
}

const (
	firstBackOff = 10 * time.Second
	maxBackOff   = 5 * time.Minute
	growAfter    = 10 // good answers for each request that may be under way
)

func newGate(most int, now func() time.Time, sleep func(context.Context, time.Duration) error) *gate {
	return &gate{now: now, sleep: sleep, most: most, limit: most}
}

// pass waits until a request may be sent. leave must be called after it with its epoch.
func (g *gate) pass(ctx context.Context) (epoch int, err error) {
	for {
		g.mu.Lock()
		wait := g.until.Sub(g.now())
		if wait <= 0 && g.active < g.limit {
			g.active++
			epoch = g.epoch
			g.mu.Unlock()
			return epoch, nil
		}
		if wait > 0 {
			g.mu.Unlock()
			if err := g.sleep(ctx, wait); err != nil {
				return 0, err
			}
			continue
		}
		turn := make(chan struct{})
		g.waiting = append(g.waiting, turn)
		g.mu.Unlock()
		select {
		case <-turn:
		case <-ctx.Done():
			g.wake() // whose turn it may have been
			return 0, context.Cause(ctx)
		}
	}
}

// leave ends a request that passed.
func (g *gate) leave() {
	g.mu.Lock()
	g.active--
	g.mu.Unlock()
	g.wake()
}

// wake lets those who wait look again.
func (g *gate) wake() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, turn := range g.waiting {
		close(turn)
	}
	g.waiting = nil
}

// succeeded counts a good answer.
func (g *gate) succeeded() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy = 0
	if g.good++; g.good >= growAfter*g.limit && g.limit < g.most {
		g.limit++
		g.good = 0
	}
}

// throttled halves what may be under way and keeps everybody waiting for as long as the server says; if it does not, for 10 s, and twice as
// long each further time. It returns that time.
func (g *gate) throttled(epoch int, backOff time.Duration) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.good = 0
	if epoch == g.epoch {
		g.epoch++
		g.limit = max(1, g.limit/2)
		g.busy++
	}
	if backOff <= 0 {
		backOff = min(firstBackOff<<min(max(g.busy-1, 0), 10), maxBackOff)
	}
	if until := g.now().Add(backOff); until.After(g.until) {
		g.until = until
	}
	return backOff
}
