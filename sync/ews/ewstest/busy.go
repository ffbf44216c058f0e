package ewstest

import (
	"strconv"
	stdsync "sync"

	"iorepl/sync/ews/soap"
)

// busy counts the requests of each account.
type busy struct {
	mu   stdsync.Mutex
	open map[string]int
}

// enter counts one more, unless the account has limit of them already; 0 is no limit.
func (b *busy) enter(account string, limit int) (release func(), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open == nil {
		b.open = map[string]int{}
	}
	if limit > 0 && b.open[account] >= limit {
		return nil, failAll("ErrorServerBusy")
	}
	b.open[account]++
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.open[account]--
	}, nil
}

// backOff is what ErrorServerBusy tells a client to wait, in milliseconds.
func (s *Server) backOff() *soap.Element {
	return soap.T("Value", soap.Attr{Name: "Name", Value: "BackOffMilliseconds"},
		strconv.FormatInt(s.options.BackOff.Milliseconds(), 10))
}
