package sync_test

import (
	"context"
	"errors"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
)

// blocking is a store whose listings wait, so that a test sees how many are under way.
type blocking struct {
	sync.Store
	entered chan struct{}
	release chan struct{}
}

func (b *blocking) List(context.Context, plan.Folder, func([]plan.Item) error) error {
	b.entered <- struct{}{}
	<-b.release
	return nil
}

func (b *blocking) Read(_ context.Context, _ plan.Folder, items []plan.Item) []sync.ReadResult {
	return make([]sync.ReadResult, len(items))
}

func TestNoMoreCallsThanConnections(t *testing.T) {
	b := &blocking{entered: make(chan struct{}, 10), release: make(chan struct{})}
	s := sync.Limit(b, 2, 0)
	done := make(chan error)
	for range 5 {
		go func() { done <- s.List(context.Background(), plan.Folder{}, nil) }()
	}
	<-b.entered
	<-b.entered
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.List(ctx, plan.Folder{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a third call was let in: %v", err)
	}
	close(b.release)
	for range 5 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestMoreThanTheRateWaits(t *testing.T) {
	s := sync.Limit(&blocking{}, 0, 1000)
	ctx, cancel := context.WithCancel(context.Background())
	if res := s.Read(ctx, plan.Folder{}, []plan.Item{{Size: 1000}}); res[0].Err != nil {
		t.Fatal(res[0].Err)
	}
	cancel() // the first second's worth is used up: what comes now has to wait, and is told that it need not any more
	if res := s.Read(ctx, plan.Folder{}, []plan.Item{{Size: 1 << 30}}); !errors.Is(res[0].Err, context.Canceled) {
		t.Errorf("1 GB passed at 1 kB/s: %v", res[0].Err)
	}
}
