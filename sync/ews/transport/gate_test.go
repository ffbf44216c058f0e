package transport

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestGateShrinksOncePerBurstAndGrowsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(8, time.Now, sleep)
		pass := func() int {
			t.Helper()
			epoch, err := g.pass(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return epoch
		}
		var burst []int
		for range 8 {
			burst = append(burst, pass())
		}
		begin := time.Now()
		for _, epoch := range burst {
			if got := g.throttled(epoch, 3*time.Second); got != 3*time.Second {
				t.Errorf("back-off of %v", got)
			}
			g.leave()
		}
		for range 4 {
			pass()
		}
		if waited := time.Since(begin); waited != 3*time.Second {
			t.Errorf("let in after %v", waited)
		}
		// The fifth has to wait for one of the four.
		in := make(chan struct{})
		go func() {
			pass()
			close(in)
		}()
		synctest.Wait()
		select {
		case <-in:
			t.Error("five at a time after eight were throttled")
		default:
		}
		g.leave()
		<-in

		g.throttled(g.epoch, time.Second)
		if g.limit != 2 {
			t.Errorf("limit %d after a second burst", g.limit)
		}
		for _, epoch := range burst {
			g.throttled(epoch, time.Second)
		}
		if g.limit != 2 {
			t.Errorf("limit %d after late answers to the first burst", g.limit)
		}
		for range growAfter * 2 {
			g.succeeded()
		}
		if g.limit != 3 {
			t.Errorf("limit %d after good answers", g.limit)
		}
		for range 1000 {
			g.succeeded()
		}
		if g.limit != 8 {
			t.Errorf("limit %d after many good answers", g.limit)
		}
		for range 20 {
			g.throttled(g.epoch, time.Second)
		}
		if g.limit != 1 {
			t.Errorf("limit %d after many bursts", g.limit)
		}
	})
}

func TestGateEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, time.Now, sleep)
		if _, err := g.pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			_, err := g.pass(ctx)
			ended <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-ended; err != context.Canceled {
			t.Errorf("got %v", err)
		}
		g.leave()
		if _, err := g.pass(t.Context()); err != nil {
			t.Errorf("nobody gets in any more: %v", err)
		}
	})
}
