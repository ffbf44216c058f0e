package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	stdsync "sync"
)

// Pool is a set of connections to one server, made when they are needed. Its methods can be called concurrently.
type Pool struct {
	config   Config
	url      *url.URL
	proxy    func(*http.Request) (*url.URL, error)
	kerberos *kerberos
	free     chan struct{} // holds one for each worker that is in use
	entrance chan struct{} // holds one while a handshake is under way, so that a wrong password is tried once

	mu      stdsync.Mutex
	idle    []*worker // the last one was used last
	made    int
	stopped error  // authentication failed: nothing more is sent
	scheme  string // that the server wants, "" while unknown
	proven  bool   // the credentials worked
	piggy   bool   // the end of a handshake goes with a request; see handshake
}

// New makes a pool and finds every mistake that shows without a connection.
func New(c Config) (*Pool, error) {
	c = c.withDefaults()
	u, err := c.check()
	if err != nil {
		return nil, err
	}
	p := &Pool{config: c, url: u, free: make(chan struct{}, c.MaxConnections), entrance: make(chan struct{}, 1)}
	if _, err := c.tlsConfig(u.Hostname()); err != nil {
		return nil, err
	}
	if p.proxy, err = c.proxy(); err != nil {
		return nil, err
	}
	if c.Auth == authKerberos {
		if p.kerberos, err = newKerberos(c, u.Hostname()); err != nil {
			return nil, fmt.Errorf("kerberos: %w", err)
		}
	}
	return p, nil
}

func (c Config) proxy() (func(*http.Request) (*url.URL, error), error) {
	switch c.Proxy {
	case "":
		return http.ProxyFromEnvironment, nil
	case "direct":
		return nil, nil
	}
	u, err := url.Parse(c.Proxy)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && !strings.HasPrefix(u.Scheme, "socks5") {
		return nil, fmt.Errorf("proxy %q is not one of http://HOST:PORT", redact(c.Proxy))
	}
	return http.ProxyURL(u), nil
}

// Close closes the connections that are not in use.
func (p *Pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.idle {
		w.reset()
	}
	p.idle = nil
	return nil
}

// Do sends a request and returns the answer, whatever its status, but for 401: then the handshake is done again, once, and the second
// time the pool stops, for good: every call returns that error. A redirect is an answer like others. The answer's body must be closed.
//
// The request is sent once more if the first time it did not leave, or if it is idempotent and the kept connection turned
// out to be dead. IsLost(err) tells that it may have had an effect although there is no answer.
func (p *Pool) Do(ctx context.Context, r *Request) (*http.Response, error) {
	select {
	case p.free <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	w, err := p.take()
	if err != nil {
		<-p.free
		return nil, err
	}
	response, err := w.send(ctx, r)
	if err != nil {
		p.give(w)
		return nil, err
	}
	response.Body = &leased{answerBody: response.Body.(*answerBody), back: func() { p.give(w) }}
	return response, nil
}

// leased gives the worker back once the answer is read.
type leased struct {
	*answerBody
	back func()
}

func (l *leased) Close() error {
	if l.closed {
		return nil
	}
	defer l.back()
	return l.answerBody.Close()
}

func (p *Pool) take() (*worker, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped != nil {
		return nil, p.stopped
	}
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return w, nil
	}
	// Checked by New.
	config, err := p.config.tlsConfig(p.url.Hostname())
	if err != nil {
		return nil, err
	}
	p.made++
	return newWorker(p, p.made, config), nil
}

func (p *Pool) give(w *worker) {
	p.mu.Lock()
	p.idle = append(p.idle, w)
	p.mu.Unlock()
	<-p.free
}

// stop ends the use of the pool with the error that every later call gets.
func (p *Pool) stop(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped == nil {
		p.stopped = err
	}
	return p.stopped
}

// state is what is known of authentication.
func (p *Pool) state() (scheme string, proven, piggy bool, stopped error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.scheme, p.proven, p.piggy, p.stopped
}

func (p *Pool) learn(change func(*Pool)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// IsStopped reports whether an error is final for the whole run: the server does not accept the account.
func IsStopped(err error) bool {
	var e *AuthError
	return errors.As(err, &e)
}
