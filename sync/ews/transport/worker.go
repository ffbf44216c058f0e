package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// worker holds one connection to the server, for one request at a time. NTLM authenticates connections, so the worker has to know when
// it gets a new one: its transport may dial only when it is told to.
type worker struct {
	pool      *Pool
	number    int
	transport *http.Transport
	mayDial   atomic.Bool
	current   atomic.Pointer[connection] // the last one that was dialed
	last      atomic.Int64               // when something last went over it
	written   atomic.Int64               // bytes that were written to connections, ever

	// What follows belongs to whoever has the worker.
	authenticated *connection // the handshake was done on it
	token         string      // to be sent with the next request, which completes a handshake
	certificate   *x509.Certificate
	heavy         bool // the last request on the connection had a large body
	used          time.Time
}

func newWorker(p *Pool, number int, config *tls.Config) *worker {
	w := &worker{pool: p, number: number}
	w.transport = &http.Transport{
		Proxy:                  p.proxy,
		DialContext:            w.dial,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    min(p.config.Timeout, 30*time.Second),
		MaxConnsPerHost:        1,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        60 * time.Second, // servers close after 120
		MaxResponseHeaderBytes: 256 << 10,
		// Not nil: no HTTP/2, which NTLM cannot use.
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
		OnProxyConnectResponse: refusedByProxy,
		WriteBufferSize:        64 << 10,
		ReadBufferSize:         64 << 10,
	}
	return w
}

func (w *worker) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if !w.mayDial.Load() {
		return nil, errMustDial
	}
	c, err := w.pool.config.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w.last.Store(time.Now().UnixNano())
	wrapped := &connection{Conn: c, worker: w}
	w.current.Store(wrapped)
	return wrapped, nil
}

// live reports whether the current connection is authenticated and, as far as is known, open.
func (w *worker) live() bool {
	c := w.current.Load()
	return c != nil && c == w.authenticated && !c.closed.Load()
}

// reset drops the connection.
func (w *worker) reset() {
	w.authenticated, w.token, w.heavy = nil, "", false
	w.transport.CloseIdleConnections()
	if c := w.current.Load(); c != nil {
		_ = c.Close()
	}
}
