package ews

import (
	"context"
	"strconv"

	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

// How many rows of a listing are asked for at a time.
const (
	mostRows   = 1000 // the most that Exchange's policy allows by default (EWSFindCountLimit)
	fewestRows = 50   // a server that fails at so few does not fail because of their number
)

// askPage asks for a page of one or more listings by a request that names the most rows of it. Where a server fails at so many it is asked for
// half as many at once, and for no more than that later: by a policy that allows fewer, for the size of the answer or for the time that it takes.
// The offset of the request stays the same, and the answer says where the next page begins.
func (s *Store) askPage(ctx context.Context, p *place, want int, request func(rows string) *soap.Element) ([]*soap.Element, error) {
	for {
		rows := s.pageRows()
		messages, err := s.send(ctx, p, want, transport.Call{Body: request(strconv.Itoa(rows)), Idempotent: true, Divisible: rows > fewestRows})
		why := err
		for i := 0; why == nil && i < len(messages); i++ {
			if e := soap.ErrorOf(messages[i]); transport.IsTooMuch(e) {
				why = e
			}
		}
		if rows == fewestRows || !transport.IsTooMuch(why) || ctx.Err() != nil {
			return messages, err
		}
		s.shortenPages(rows, why)
	}
}

// pageRows is how many rows the next page is asked for.
func (s *Store) pageRows() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shorter == 0 {
		return mostRows
	}
	return s.shorter
}

// shortenPages halves the pages, unless another listing that failed at so many rows did that already.
func (s *Store) shortenPages(failed int, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shorter != 0 && s.shorter < failed {
		return
	}
	s.shorter = max(failed/2, fewestRows)
	s.opts.Log.Info("the server fails at long pages of a listing, and is asked for shorter ones", "rows", s.shorter, "error", why)
}
