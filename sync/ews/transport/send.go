package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	heavyBody  = 48 << 10         // see heavy
	freshAfter = 30 * time.Second // idle time after which a request that may be sent only once gets a new connection
	maxRedials = 3
)

// send logs in where needed, sends a request and returns the answer. What it repeats is what had no effect: requests that did not
// leave, or that were answered with 401. A request that is idempotent is also repeated, once, where a kept connection turned out to
// be dead, or answered 400 after a large body: grommunio does not find the end of such bodies and takes the next request for garbage.
func (w *worker) send(ctx context.Context, r *Request) (*http.Response, error) {
	p := w.pool
	if !r.Idempotent && !w.used.IsZero() && time.Since(w.used) > freshAfter {
		// The server may be just about to close it, and then the answer would be lost.
		w.reset()
	}
	again, retried := false, false
	for redials := 0; ; {
		if err := w.enter(ctx, again && p.config.Auth != authNTLM); err != nil {
			return nil, err
		}
		authorization, err := w.authorization()
		if err != nil {
			return nil, p.stop(p.authError(err.Error()))
		}
		t, err := w.roundTrip(ctx, r, authorization, w.mayDialFor())
		switch {
		case errors.Is(err, errMustDial) && redials < maxRedials:
			redials++
			w.authenticated = nil
			continue
		case err != nil:
			w.reset()
			if !retried && t.reused && (r.Idempotent || !t.complete) && ctx.Err() == nil && !errors.Is(err, errSilent) {
				retried = true
				continue
			}
			err = p.failure(err)
			if known := (*ConnectionError)(nil); !t.complete && r.Body != nil && r.Body.Size() >= largeRequest && errors.As(err, &known) {
				known.What += fmt.Sprintf("; perhaps it does not take a request of %d bytes", r.Body.Size())
			}
			if t.complete && !r.Idempotent {
				err = &LostError{err}
			}
			return nil, err
		case t.response.StatusCode == http.StatusUnauthorized:
			t.response.Body.Close()
			announced := schemes(t.response.Header)
			switch {
			case p.config.Username == "" && p.kerberos == nil:
				return nil, p.stop(p.authError("it offers "+schemeNames(announced), "set username and password"))
			case again || p.config.Auth == authNTLM && authorization != "":
				return nil, p.stop(p.refused(announced))
			}
			again = true
			w.authenticated = nil
			p.learn(func(p *Pool) {
				if p.scheme == schemeNone {
					p.scheme = ""
				}
			})
			continue
		case t.response.StatusCode == http.StatusBadRequest && w.heavy && t.reused && r.Idempotent && !retried:
			t.response.Body.Close()
			w.reset()
			retried = true
			continue
		}
		w.heavy = r.Body != nil && r.Body.Size() >= heavyBody
		return t.response, nil
	}
}

// mayDialFor reports whether a request may go over a new connection as it is.
func (w *worker) mayDialFor() bool {
	if w.pool.config.Auth != authNTLM || w.pool.config.Username == "" {
		return true
	}
	scheme, _, _, _ := w.pool.state()
	return scheme == schemeNone
}
