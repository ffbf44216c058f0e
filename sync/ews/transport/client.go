package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	stdsync "sync"
	"time"

	"iorepl/sync/ews/soap"
)

// Client asks a server by SOAP. It does the waiting and repeating that a server demands. Its methods can be called concurrently.
type Client struct {
	pool *Pool
	gate *gate

	mu      stdsync.Mutex
	ceiling soap.Version // requests are not written for more
	server  soap.Server
	known   bool // server is
	reached bool // EWS answered, ever
}

// Call is one request.
type Call struct {
	Version    soap.Version // what Body is written for
	Body       *soap.Element
	SOAPHeader []*soap.Element // besides RequestServerVersion and ExchangeImpersonation
	HTTPHeader http.Header     // for routing
	Idempotent bool            // doing it twice does no harm
	Divisible  bool            // the caller asks for less where IsTooMuch says that this may help
}

// NewClient makes a client; like New it does not connect.
func NewClient(c Config) (*Client, error) {
	p, err := New(c)
	if err != nil {
		return nil, err
	}
	return &Client{pool: p, gate: newGate(p.config.MaxConnections, p.config.Now, p.config.Sleep), ceiling: soap.Exchange2016}, nil
}

// Close closes the connections that are not in use.
func (c *Client) Close() error { return c.pool.Close() }

// Server is what the last answer said of the server; ok is false before the first one.
func (c *Client) Server() (s soap.Server, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server, c.known
}

// Call sends a request and decodes the answer. A SOAP fault is a *soap.Error; what single response messages say is for the caller to read.
//
// A request that the server was too busy for is sent again when it says so, until Config.Patience is used up. One that is idempotent is also
// repeated, a few times, when it failed in a way that may pass; if each of its response messages says that the server is busy, it counts as one that
// the server was too busy for. One that is divisible is not repeated where IsTooMuch says that a smaller one may work. Others are repeated
// only where they certainly had no effect; IsLost(err) tells where that is not certain. A server that does not know the version gets the
// request once more for the one below, and so do all later ones.
func (c *Client) Call(ctx context.Context, r Call) (*soap.Answer, error) {
	var begin time.Time // of the first failure
	for pauses := 0; ; {
		answer, next, wait, err := c.once(ctx, r)
		switch {
		case next == done || next == afterPause && pauses == maxPauses:
			return answer, err
		case next == atOnce:
			continue
		case next == afterPause:
			wait = firstPause << (2 * pauses)
			pauses++
		}
		now := c.pool.config.Now()
		if begin.IsZero() {
			begin = now
		}
		if now.Add(wait).Sub(begin) > c.pool.config.Patience {
			return answer, fmt.Errorf("no longer waiting after %v: %w", now.Sub(begin).Round(time.Second), err)
		}
		if c.pool.config.Waiting != nil {
			c.pool.config.Waiting(wait, err)
		}
		if next == afterPause {
			if err := c.pool.config.Sleep(ctx, wait); err != nil {
				return nil, err
			}
		}
	}
}

// next is what happens after an attempt.
type next int

const (
	done       next = iota // nothing: its outcome counts
	atOnce                 // another one
	afterPause             // another one, somewhat later
	whenLetIn              // another one, as soon as the gate lets it pass
)

const (
	maxPauses  = 4
	firstPause = time.Second // the next ones are four times as long each
)

// once is one attempt. wait is how long the gate is closed, if that is next.
func (c *Client) once(ctx context.Context, r Call) (answer *soap.Answer, then next, wait time.Duration, err error) {
	epoch, err := c.gate.pass(ctx)
	if err != nil {
		return nil, done, 0, err
	}
	defer c.gate.leave()
	version := c.version(r.Version)
	message := soap.Request{Version: version, Impersonate: c.pool.config.Impersonate, Header: r.SOAPHeader, Body: r.Body}.Envelope().Message()
	answer, err = c.exchange(ctx, r, message)
	switch {
	case err == nil && (!someBusy(answer) || r.Divisible && IsTooMuch(allBusy(answer))):
		c.gate.succeeded()
		return answer, done, 0, nil
	case err == nil:
		wait = c.gate.throttled(epoch, backOffOf(answer))
		if err := allBusy(answer); err != nil && r.Idempotent {
			return answer, whenLetIn, wait, err
		}
		// Some of it was done, so what to repeat is for the caller to say.
		return answer, done, 0, nil
	case ctx.Err() != nil || IsLost(err) || r.Divisible && IsTooMuch(err):
		return nil, done, 0, err
	case c.isBusy(err):
		return nil, whenLetIn, c.gate.throttled(epoch, backOffIn(err)), err
	case soap.ClassOf(err) == soap.TooNew && c.lower(version):
		return nil, atOnce, 0, err
	case !r.Idempotent && mayBeDone(err):
		return nil, done, 0, &LostError{err}
	case c.mayPass(err):
		return nil, afterPause, 0, err
	}
	return nil, done, 0, err
}

// version is what to write a request for.
func (c *Client) version(wanted soap.Version) soap.Version {
	c.mu.Lock()
	defer c.mu.Unlock()
	return min(wanted, c.ceiling)
}

// lower takes a version that the server does not know for too high. It returns false if there is none below.
func (c *Client) lower(refused soap.Version) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if refused == soap.Exchange2007SP1 {
		return false
	}
	c.ceiling = min(c.ceiling, refused-1)
	return true
}

// exchange is one HTTP request and what is made of its answer.
func (c *Client) exchange(ctx context.Context, r Call, m *soap.Message) (*soap.Answer, error) {
	header := http.Header{"Content-Type": {"text/xml; charset=utf-8"}, "Accept": {"text/xml"}}
	for name, values := range r.HTTPHeader {
		header[http.CanonicalHeaderKey(name)] = values
	}
	server, known := c.Server()
	// See heavyBody: grommunio takes what follows a large body on the same connection for garbage.
	last := known && server.Grommunio && m.Size() >= heavyBody
	response, err := c.pool.Do(ctx, &Request{Header: header, Body: m, Idempotent: r.Idempotent, Last: last})
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if s := response.StatusCode; s != http.StatusOK && s != http.StatusInternalServerError {
		return nil, c.uncertain(r, s, c.pool.statusError(response, c.hasReached(), m.Size()))
	}
	body := &remembering{Reader: response.Body}
	answer, err := soap.Decode(body, soap.Limits{Bytes: c.pool.config.MaxAnswer})
	c.learn(answer)
	if fault := (*soap.Error)(nil); err == nil || errors.As(err, &fault) {
		return answer, err
	}
	if page := (*soap.NotSOAP)(nil); errors.As(err, &page) {
		if response.StatusCode != http.StatusOK {
			text := page.Title
			if text == "" {
				text = page.Begin
			}
			status := &StatusError{Server: c.pool.url.Host, Path: c.pool.url.Path, Status: response.StatusCode, Page: text}
			if known && server.Major == 8 && m.Size() > request2007 {
				status.tooLarge(m.Size())
				return nil, status
			}
			err = status
		} else {
			err = fmt.Errorf("%s: %w", c.pool.url.Host, err)
		}
	} else if body.err != nil || errors.Is(err, io.ErrUnexpectedEOF) {
		err = c.pool.failure(err)
	} else {
		err = fmt.Errorf("%s: %w", c.pool.url.Host, err)
	}
	return nil, c.uncertain(r, response.StatusCode, err)
}

// request2007 is maxRequestLength of EWS in Exchange 2007. ASP.NET refuses what is longer before EWS sees it, by a page with 500.
const request2007 = 13280 << 10

// learn keeps what an answer says of the server.
func (c *Client) learn(a *soap.Answer) {
	if a == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reached = true
	if a.HasServer {
		c.server, c.known = a.Server, true
	}
}

func (c *Client) hasReached() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reached
}

// remembering knows whether its reader failed.
type remembering struct {
	io.Reader
	err error
}

func (r *remembering) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if limit := (*soap.LimitError)(nil); err != nil && err != io.EOF && !errors.As(err, &limit) {
		r.err = err
	}
	return n, err
}
