package transport

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// connection is a TCP connection that knows whether it is closed and when something last went over it.
type connection struct {
	net.Conn
	closed atomic.Bool
	worker *worker
}

func (c *connection) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.worker.last.Store(time.Now().UnixNano())
	}
	if err != nil {
		c.closed.Store(true)
	}
	return n, err
}

func (c *connection) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if n > 0 {
		c.worker.last.Store(time.Now().UnixNano())
		c.worker.written.Add(int64(n))
	}
	return n, err
}

func (c *connection) Close() error {
	c.closed.Store(true)
	return c.Conn.Close()
}

var (
	errMustDial = errors.New("the authenticated connection is gone")
	errSilent   = errors.New("no answer in time")
)

// maxTimeouts bounds a whole exchange in units of Config.Timeout, against a server that sends a byte now and then for ever.
const maxTimeouts = 20

// watch cancels ctx with errSilent once nothing has gone over the worker's connection for the timeout.
func (w *worker) watch(ctx context.Context) (context.Context, func()) {
	timeout := w.pool.config.Timeout
	ctx, cancel := context.WithCancelCause(ctx)
	begin := time.Now()
	w.last.Store(begin.UnixNano())
	var timer *time.Timer
	armed := make(chan struct{})
	timer = time.AfterFunc(timeout, func() {
		<-armed
		quiet := time.Since(time.Unix(0, w.last.Load()))
		if quiet >= timeout || time.Since(begin) > maxTimeouts*timeout {
			cancel(errSilent)
			return
		}
		timer.Reset(timeout - quiet)
	})
	close(armed)
	return ctx, func() {
		timer.Stop()
		cancel(context.Canceled)
	}
}
