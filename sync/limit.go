package sync

import (
	"context"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"iorepl/plan"
)

// Limit wraps a store so that at most connections calls are under way at a time, and items' contents flow, both ways
// together, at no more than bytesPerSecond; 0 is no limit for either.
func Limit(s Store, connections int, bytesPerSecond int64) Store {
	l := &limited{Store: s}
	if connections > 0 {
		l.calls = semaphore.NewWeighted(int64(connections))
	}
	if bytesPerSecond > 0 {
		l.bytes = rate.NewLimiter(rate.Limit(bytesPerSecond), int(max(bytesPerSecond, 1)))
	}
	if l.calls == nil && l.bytes == nil {
		return s
	}
	return l
}

type limited struct {
	Store
	calls *semaphore.Weighted
	bytes *rate.Limiter
}

// Unwrap is the store that is limited.
func (l *limited) Unwrap() Store { return l.Store }

// enter waits for a place among the calls and until n bytes may pass.
func (l *limited) enter(ctx context.Context, n int) (leave func(), err error) {
	if err := l.pass(ctx, n); err != nil {
		return nil, err
	}
	if l.calls == nil {
		return func() {}, nil
	}
	if err := l.calls.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { l.calls.Release(1) }, nil
}

// pass waits in steps, since a limiter refuses more than one second's worth at a time.
func (l *limited) pass(ctx context.Context, n int) error {
	if l.bytes == nil {
		return nil
	}
	for n > 0 {
		step := min(n, l.bytes.Burst())
		if err := l.bytes.WaitN(ctx, step); err != nil {
			return err
		}
		n -= step
	}
	return nil
}

func (l *limited) Folders(ctx context.Context) ([]plan.Folder, error) {
	leave, err := l.enter(ctx, 0)
	if err != nil {
		return nil, err
	}
	defer leave()
	return l.Store.Folders(ctx)
}

func (l *limited) List(ctx context.Context, folder plan.Folder, emit func([]plan.Item) error) error {
	leave, err := l.enter(ctx, 0)
	if err != nil {
		return err
	}
	defer leave()
	return l.Store.List(ctx, folder, emit)
}

func (l *limited) Read(ctx context.Context, folder plan.Folder, items []plan.Item) []ReadResult {
	n := 0
	for _, it := range items {
		n += int(it.Size)
	}
	leave, err := l.enter(ctx, n)
	if err != nil {
		return failed(items, func() ReadResult { return ReadResult{Err: err} })
	}
	defer leave()
	return l.Store.Read(ctx, folder, items)
}

func (l *limited) Create(ctx context.Context, folder plan.Folder, items []NewItem) []WriteResult {
	n := 0
	for _, it := range items {
		n += len(it.Data)
	}
	leave, err := l.enter(ctx, n)
	if err != nil {
		return failed(items, func() WriteResult { return WriteResult{Err: err} })
	}
	defer leave()
	return l.Store.Create(ctx, folder, items)
}

func (l *limited) Update(ctx context.Context, folder plan.Folder, items []ItemUpdate) []WriteResult {
	n := 0
	for _, it := range items {
		if it.Payload != nil {
			n += len(it.Payload.Data)
		}
	}
	leave, err := l.enter(ctx, n)
	if err != nil {
		return failed(items, func() WriteResult { return WriteResult{Err: err} })
	}
	defer leave()
	return l.Store.Update(ctx, folder, items)
}

func (l *limited) Move(ctx context.Context, from, to plan.Folder, items []ItemMove) []WriteResult {
	leave, err := l.enter(ctx, 0)
	if err != nil {
		return failed(items, func() WriteResult { return WriteResult{Err: err} })
	}
	defer leave()
	return l.Store.Move(ctx, from, to, items)
}

func (l *limited) Delete(ctx context.Context, folder plan.Folder, items []plan.Item) []error {
	leave, err := l.enter(ctx, 0)
	if err != nil {
		return failed(items, func() error { return err })
	}
	defer leave()
	return l.Store.Delete(ctx, folder, items)
}

func failed[I, R any](items []I, result func() R) []R {
	out := make([]R, len(items))
	for i := range out {
		out[i] = result()
	}
	return out
}
