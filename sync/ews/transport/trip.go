package transport

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// Request is what a pool sends, by POST, to its URL.
type Request struct {
	Header     http.Header
	Body       Body // nil is empty
	Idempotent bool // sending it twice does no harm
	Last       bool // close the connection after it
}

// trip is one request and the head of its answer.
type trip struct {
	response *http.Response
	complete bool // all of the request left, so the server may have acted on it
	reused   bool // it went over a connection that had served before
	worker   *worker
	stop     func()
	exchange *Exchange // nil without a wire log
	sent     *traced
}

// roundTrip sends one request. If dial is not set, it goes over the current connection or fails with errMustDial.
func (w *worker) roundTrip(ctx context.Context, r *Request, authorization string, dial bool) (*trip, error) {
	t := &trip{worker: w}
	watched, stop := w.watch(ctx)
	t.stop = stop
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(watched, &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) { t.reused = i.Reused },
	}), http.MethodPost, w.pool.url.String(), http.NoBody)
	if err != nil {
		stop()
		return t, err
	}
	for name, values := range r.Header {
		request.Header[name] = values
	}
	request.Header.Set("User-Agent", w.pool.config.UserAgent)
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	var size int64
	var all atomic.Bool
	if r.Body != nil && r.Body.Size() > 0 {
		size = r.Body.Size()
		request.ContentLength = size
		request.Close = r.Last
		// The transport reads it again only if nothing of it was written.
		request.GetBody = func() (io.ReadCloser, error) {
			all.Store(false)
			c := &counted{Reader: r.Body.Reader(), left: size, all: &all}
			if w.pool.config.Trace != nil {
				t.sent = &traced{Reader: c.Reader}
				c.Reader = t.sent
			}
			return c, nil
		}
		request.Body, _ = request.GetBody()
	}
	if w.pool.config.Trace != nil {
		t.exchange = &Exchange{Connection: w.number, Begin: w.pool.config.Now(), Method: request.Method, URL: request.URL.Redacted(),
			RequestHeader: publicHeader(request.Header), RequestSize: size}
	}
	before := w.written.Load()
	w.mayDial.Store(dial)
	t.response, err = w.transport.RoundTrip(request)
	w.mayDial.Store(false)
	w.used = time.Now()
	if err != nil {
		t.complete = (size == 0 || all.Load()) && w.written.Load()-before > size
		if cause := context.Cause(watched); cause != nil {
			err = cause
		}
		t.end(nil, 0, err)
		return t, err
	}
	t.complete = true
	if tls := t.response.TLS; tls != nil && len(tls.PeerCertificates) > 0 {
		w.certificate = tls.PeerCertificates[0]
	}
	t.response.Body = &answerBody{ReadCloser: t.response.Body, trip: t, limit: w.pool.config.MaxAnswer, watched: watched}
	return t, nil
}

// end stops the watch and writes the wire log.
func (t *trip) end(answer []byte, size int64, err error) {
	t.stop()
	e := t.exchange
	if e == nil {
		return
	}
	t.exchange = nil
	e.End, e.Err, e.Answer, e.AnswerSize = t.worker.pool.config.Now(), err, answer, size
	if t.response != nil {
		e.Status, e.AnswerHeader = t.response.StatusCode, publicHeader(t.response.Header)
	}
	if t.sent != nil {
		e.Request = t.sent.copied()
	}
	t.worker.pool.config.Trace(*e)
}

// counted is a body that knows whether all of it was read.
type counted struct {
	io.Reader
	left int64
	all  *atomic.Bool
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.left -= int64(n); c.left <= 0 {
		c.all.Store(true)
	}
	return n, err
}

func (c *counted) Close() error { return nil }
