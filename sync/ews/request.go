package ews

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"iorepl/sync"
	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

// How many ids go into one request. Servers take more; answers should come within the time that a proxy allows.
const (
	batchFolders = 100
	batchItems   = 100
)

// attr is an attribute of an element.
func attr(name, value string) soap.Attr { return soap.Attr{Name: name, Value: value} }

func field(uri string) *soap.Element { return soap.T("FieldURI", attr("FieldURI", uri)) }

// ask sends a request that changes nothing, ask of whatever holds the items of p, or the hierarchy where p is nil.
// It returns one response message for each of want things asked for.
func (s *Store) ask(ctx context.Context, p *place, want int, body *soap.Element) ([]*soap.Element, error) {
	return s.send(ctx, p, want, transport.Call{Body: body, Idempotent: true})
}

// change sends a request that changes something; one for a single thing again if the server was too busy for it.
func (s *Store) change(ctx context.Context, p *place, want int, body *soap.Element) ([]*soap.Element, error) {
	if s.opts.ReadOnly {
		return nil, sync.Errorf(sync.Denied, "this organization only publishes: nothing is written to it")
	}
	if p != nil {
		s.cache.forget(p.folder.Key)
	}
	if want == 1 {
		return s.each(1, func([]int) *soap.Element { return body }, func(want int, body *soap.Element) ([]*soap.Element, error) {
			return s.send(ctx, p, want, transport.Call{Body: body})
		})
	}
	return s.send(ctx, p, want, transport.Call{Body: body})
}

// askEach asks for n things at a time that build puts into a request by their numbers, and again for those that the server was too
// busy for: it may end a request in the middle.
func (s *Store) askEach(ctx context.Context, p *place, n int, build func(which []int) *soap.Element) ([]*soap.Element, error) {
	return s.each(n, build, func(want int, body *soap.Element) ([]*soap.Element, error) { return s.ask(ctx, p, want, body) })
}

// changeEach is askEach for what changes something. What the server was too busy for has had no effect.
func (s *Store) changeEach(ctx context.Context, p *place, n int, build func(which []int) *soap.Element) ([]*soap.Element, error) {
	return s.each(n, build, func(want int, body *soap.Element) ([]*soap.Element, error) { return s.change(ctx, p, want, body) })
}

// maxRounds bounds how often one request is made up for. The client waits in between, as long as the server demands.
const maxRounds = 20

func (s *Store) each(n int, build func([]int) *soap.Element, send func(int, *soap.Element) ([]*soap.Element, error)) ([]*soap.Element, error) {
	which := make([]int, n)
	for i := range which {
		which[i] = i
	}
	messages, err := send(n, build(which))
	for round := 0; err == nil && round < maxRounds; round++ {
		which = which[:0]
		for i, m := range messages {
			if notReached(m) {
				which = append(which, i)
			}
		}
		if len(which) == 0 {
			break
		}
		again, err := send(len(which), build(which))
		if err != nil {
			break // they stay what they were: not done
		}
		for k, i := range which {
			messages[i] = again[k]
		}
	}
	return messages, err
}

// notReached reports whether a part of a request was not even tried.
func notReached(m *soap.Element) bool {
	return soap.IsThrottled(soap.ErrorOf(m)) || m.Value("ResponseCode") == "ErrorBatchProcessingStopped"
}

func (s *Store) send(ctx context.Context, p *place, want int, call transport.Call) ([]*soap.Element, error) {
	call.HTTPHeader = s.header(ctx, p)
	messages, err := s.sendOnce(ctx, want, call)
	if p == nil || !s.misrouted(messages, err) {
		return messages, err
	}
	// Another public folder mailbox may hold the folder by now, or the same under another address, and this one did nothing.
	if e := s.reroute(ctx, p); e != nil {
		return messages, err
	}
	same := func() bool { return maps.EqualFunc(call.HTTPHeader, s.header(ctx, p), slices.Equal) }
	if same() {
		s.readdress(ctx, p)
	}
	if same() {
		return messages, err
	}
	call.HTTPHeader = s.header(ctx, p)
	return s.sendOnce(ctx, want, call)
}

// misrouted reports whether every part of a request was refused as by a mailbox that does not hold the folder.
func (s *Store) misrouted(messages []*soap.Element, err error) bool {
	if !s.routing.active() {
		return false
	}
	if err != nil {
		return soap.IsMisrouted(err)
	}
	for _, m := range messages {
		if !soap.IsMisrouted(soap.ErrorOf(m)) {
			return false
		}
	}
	return len(messages) > 0
}

func (s *Store) sendOnce(ctx context.Context, want int, call transport.Call) ([]*soap.Element, error) {
	call.Version = s.version()
	answer, err := s.client.Call(ctx, call)
	if err != nil {
		return nil, kind(err)
	}
	messages := answer.Messages()
	if len(messages) != want {
		err := fmt.Errorf("%s: the server answered %d of %d parts of the request", call.Body.Name, len(messages), want)
		if call.Idempotent {
			return nil, err
		}
		return nil, sync.Errorf(sync.Unknown, "%w", err)
	}
	return messages, nil
}

// version is what requests are written for: the oldest until the server has said what it is.
func (s *Store) version() soap.Version {
	server, known := s.client.Server()
	if !known {
		return soap.Exchange2007SP1
	}
	return server.Version
}

func (s *Store) header(ctx context.Context, p *place) http.Header {
	if p == nil || !s.routing.active() {
		return s.routing.hierarchy()
	}
	s.mu.Lock()
	box := p.box
	s.mu.Unlock()
	return s.routing.content(ctx, box)
}

// kind makes an error of this package of one of soap or transport.
func kind(err error) error {
	switch {
	case err == nil:
		return nil
	case transport.IsLost(err):
		return sync.Errorf(sync.Unknown, "%w", err)
	case transport.IsTooLarge(err):
		return sync.Errorf(sync.Refused, "%w", err)
	}
	switch soap.ClassOf(err) {
	case soap.Conflict:
		return sync.Errorf(sync.Conflict, "%w", err)
	case soap.Gone:
		return sync.Errorf(sync.Gone, "%w", err)
	case soap.Exists:
		return sync.Errorf(sync.Exists, "%w", err)
	case soap.Denied:
		return sync.Errorf(sync.Denied, "%w", err)
	case soap.Permanent:
		return sync.Errorf(sync.Refused, "%w", err)
	case soap.Full:
		return fmt.Errorf("%w; a storage quota of the folder or of its database or mailbox is used up: make room or raise it", err)
	}
	return err
}

// tooMuch reports whether a request was refused as a whole, and parts of it may be taken.
func tooMuch(err error) bool {
	return err != nil && (soap.IsTooMuch(err) || transport.IsTooLarge(err) || fault(err))
}

// errorOf is what a response message says, as an error of this package.
func errorOf(m *soap.Element) error { return kind(soap.ErrorOf(m)) }

// chunks calls do with parts of a slice of at most size elements.
func chunks[T any](all []T, size int, do func([]T) error) error {
	for len(all) > 0 {
		n := min(size, len(all))
		if err := do(all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}
