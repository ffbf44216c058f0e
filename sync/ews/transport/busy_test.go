package transport_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

// clock is a time that passes only while somebody sleeps.
type clock struct {
	mu    stdsync.Mutex
	now   time.Time
	slept []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

func (c *clock) in(config transport.Config) transport.Config {
	c.now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	config.Now, config.Sleep = c.Now, c.Sleep
	return config
}

// script answers the requests one after the other, and the rest with success.
func script(answers ...func(w http.ResponseWriter)) options {
	return options{answer: func(w http.ResponseWriter, _ *http.Request, n int, _ string) {
		if n <= len(answers) {
			answers[n-1](w)
			return
		}
		success(w, "done")
	}}
}

func busy(milliseconds string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if milliseconds == "" {
			fault(w, "ErrorServerBusy")
			return
		}
		fault(w, "ErrorServerBusy", backOff(milliseconds))
	}
}

func unavailable(retryAfter string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", retryAfter)
		w.WriteHeader(503)
	}
}

func TestBusyServersAreObeyed(t *testing.T) {
	for name, test := range map[string]struct {
		answers []func(http.ResponseWriter)
		want    string
	}{
		"what the server says":       {[]func(http.ResponseWriter){busy("3000"), unavailable("7"), busy("1")}, "[3s 7s 1ms]"},
		"a date":                     {[]func(http.ResponseWriter){unavailable("Thu, 01 Jan 2026 00:01:00 GMT")}, "[1m0s]"},
		"ten seconds, then doubling": {[]func(http.ResponseWriter){busy(""), busy(""), busy(""), busy(""), busy(""), busy(""), busy("")}, "[10s 20s 40s 1m20s 2m40s 5m0s 5m0s]"},
		"too many connections":       {[]func(http.ResponseWriter){func(w http.ResponseWriter) { fault(w, "ErrorExceededConnectionCount") }}, "[10s]"},
		"every message": {[]func(http.ResponseWriter){func(w http.ResponseWriter) {
			envelope(w, 200, exchange2016, soap.M("Answer", soap.M("ResponseMessages", message("ErrorServerBusy", backOffMessage("5000")), message("ErrorServerBusy"))))
		}}, "[5s]"},
	} {
		s := serve(t, script(test.answers...))
		var k clock
		var waits []time.Duration
		c := k.in(s.config())
		c.Waiting = func(d time.Duration, why error) { waits = append(waits, d) }
		a, err := client(t, c).Call(t.Context(), ping)
		if err != nil || text(a) != "done" {
			t.Errorf("%s: %v", name, err)
		}
		if got := fmt.Sprint(k.slept); got != test.want || fmt.Sprint(waits) != test.want {
			t.Errorf("%s: slept %s, told %v, want %s", name, got, waits, test.want)
		}
	}
}

func backOffMessage(milliseconds string) *soap.Element {
	e := backOff(milliseconds)
	e.Space = soap.Messages
	return e
}

func TestWritesAreSentAgainOnlyWhereNothingWasDone(t *testing.T) {
	half := func(w http.ResponseWriter) {
		envelope(w, 200, exchange2016, soap.M("Answer", soap.M("ResponseMessages", message("NoError"), message("ErrorServerBusy"))))
	}
	all := func(w http.ResponseWriter) {
		envelope(w, 200, exchange2016, soap.M("Answer", soap.M("ResponseMessages", message("ErrorServerBusy"))))
	}
	status := func(n int) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { w.WriteHeader(n) }
	}
	write := transport.Call{Body: soap.M("Write")}
	read := transport.Call{Body: soap.M("Read"), Idempotent: true}
	ok := func(w http.ResponseWriter) { success(w, "") }
	for name, test := range map[string]struct {
		call     transport.Call
		answer   func(http.ResponseWriter)
		requests int
		want     string
	}{
		"fault, busy":            {write, busy(""), 2, ""},
		"503":                    {write, unavailable("1"), 2, ""},
		"half a batch, write":    {write, half, 1, ""},
		"half a batch, read":     {read, half, 1, ""},
		"a whole batch, write":   {write, all, 1, ""},
		"a whole batch, read":    {read, all, 2, ""},
		"transient fault, write": {write, func(w http.ResponseWriter) { fault(w, "ErrorInternalServerTransientError") }, 1, "lost"},
		"transient fault, read":  {read, func(w http.ResponseWriter) { fault(w, "ErrorInternalServerTransientError") }, 2, ""},
		"unknown fault, write":   {write, func(w http.ResponseWriter) { fault(w, "ErrorMadeUpTomorrow") }, 1, "lost"},
		"unknown fault, read":    {read, func(w http.ResponseWriter) { fault(w, "ErrorMadeUpTomorrow") }, 1, "error"},
		"our fault, write":       {write, func(w http.ResponseWriter) { fault(w, "ErrorSchemaValidation") }, 1, "error"},
		"502, write":             {write, status(502), 1, "lost"},
		"502, read":              {read, status(502), 2, ""},
		"500 without SOAP":       {write, status(500), 1, "lost"},
		"page, write":            {write, func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>")) }, 1, "lost"},
		"400, write":             {write, status(400), 1, "error"},
		"440, write":             {write, status(440), 2, ""},
	} {
		s := serve(t, script(ok, test.answer))
		var k clock
		cl := client(t, k.in(s.config()))
		if _, err := cl.Call(t.Context(), ping); err != nil {
			t.Fatal(err)
		}
		_, err := cl.Call(t.Context(), test.call)
		got := "error"
		switch {
		case err == nil:
			got = ""
		case transport.IsLost(err):
			got = "lost"
		}
		requests, _, _, _ := s.counts()
		if got != test.want || requests-1 != test.requests {
			t.Errorf("%s: %q (%v) after %d requests, want %q after %d", name, got, err, requests-1, test.want, test.requests)
		}
	}
}

func TestPatienceEnds(t *testing.T) {
	s := serve(t, options{answer: func(w http.ResponseWriter, _ *http.Request, _ int, _ string) { busy("")(w) }})
	var k clock
	c := k.in(s.config())
	c.Patience = time.Minute
	_, err := client(t, c).Call(t.Context(), ping)
	if !soap.IsThrottled(err) || !strings.Contains(err.Error(), "no longer waiting after 30s") {
		t.Errorf("got %v after %v", err, k.slept)
	}

	s = serve(t, options{answer: func(w http.ResponseWriter, _ *http.Request, n int, _ string) {
		if n == 1 {
			success(w, "")
			return
		}
		fault(w, "ErrorMailboxMoveInProgress")
	}})
	cl := client(t, k.in(s.config()))
	if _, err := cl.Call(t.Context(), ping); err != nil {
		t.Fatal(err)
	}
	k.slept = nil
	if _, err := cl.Call(t.Context(), ping); !soap.IsTransient(err) || fmt.Sprint(k.slept) != "[1s 4s 16s 1m4s]" {
		t.Errorf("got %v after %v", err, k.slept)
	}
}

func TestNobodyWaitsForAServerThatIsDownFromTheBeginning(t *testing.T) {
	s := serve(t, options{answer: func(w http.ResponseWriter, _ *http.Request, _ int, _ string) { w.WriteHeader(503) }})
	var k clock
	if _, err := client(t, k.in(s.config())).Call(t.Context(), ping); err == nil || len(k.slept) > 0 {
		t.Errorf("got %v after %v", err, k.slept)
	}
}

func TestConcurrencyShrinksAndGrowsBack(t *testing.T) {
	var active, most atomic.Int64
	var full atomic.Bool
	full.Store(true)
	arrived := make(chan struct{}, 100)
	proceed := make(chan struct{})
	s := serve(t, options{answer: func(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
		n := active.Add(1)
		defer active.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		if full.Load() {
			arrived <- struct{}{}
			<-proceed
			busy("1000")(w)
			return
		}
		success(w, "")
	}})
	var k clock
	c := k.in(s.config())
	c.MaxConnections = 8
	cl := client(t, c)
	burst := func(n int) *errgroup.Group {
		var g errgroup.Group
		for range n {
			g.Go(func() error { _, err := cl.Call(t.Context(), ping); return err })
		}
		return &g
	}
	g := burst(8)
	for range 8 {
		<-arrived
	}
	if most.Load() != 8 {
		t.Errorf("%d at a time instead of 8", most.Load())
	}
	full.Store(false)
	most.Store(0)
	close(proceed)
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := burst(20).Wait(); err != nil {
		t.Fatal(err)
	}
	if most.Load() > 4 {
		t.Errorf("%d at a time after a burst was throttled", most.Load())
	}
	if err := burst(400).Wait(); err != nil {
		t.Fatal(err)
	}
	most.Store(0)
	// All eight are let in again: each waits until all are there.
	all := make(chan struct{})
	s.mu.Lock()
	s.answer = func(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
		if active.Add(1) == 8 {
			close(all)
		}
		<-all
		success(w, "")
	}
	s.mu.Unlock()
	if err := burst(8).Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestVersionIsLoweredForTheRestOfTheRun(t *testing.T) {
	var versions []string
	s := serve(t, options{answer: func(w http.ResponseWriter, r *http.Request, _ int, body string) {
		_, rest, _ := strings.Cut(body, `Version="`)
		version, _, _ := strings.Cut(rest, `"`)
		versions = append(versions, version)
		if version == "Exchange2013" || version == "Exchange2010_SP2" {
			fault(w, "ErrorInvalidServerVersion")
			return
		}
		success(w, "")
	}})
	cl := client(t, s.config())
	for _, v := range []soap.Version{soap.Exchange2013, soap.Exchange2016, soap.Exchange2007SP1} {
		if _, err := cl.Call(t.Context(), transport.Call{Version: v, Body: soap.M("Write")}); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(versions); got != "[Exchange2013 Exchange2010_SP2 Exchange2010_SP1 Exchange2010_SP1 Exchange2007_SP1]" {
		t.Errorf("asked with %s", got)
	}
	s.answer = func(w http.ResponseWriter, _ *http.Request, _ int, _ string) { fault(w, "ErrorIncorrectSchemaVersion") }
	if _, err := cl.Call(t.Context(), ping); soap.ClassOf(err) != soap.TooNew {
		t.Errorf("no version works: %v", err)
	}
}
