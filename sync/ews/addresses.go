package ews

import (
	"context"
	"errors"
	"log/slog"
	stdsync "sync"

	"iorepl/sync/ews/transport"
)

// addresses are those under which public folder mailboxes are reached, by what they are called where Autodiscover does not answer: GUID@domain.
// The zero value knows no others.
type addresses struct {
	ask func(ctx context.Context, mailbox string) (string, error) // nil if there is no Autodiscover
	log *slog.Logger

	mu      stdsync.Mutex
	known   map[string]string
	renewed map[string]bool // asked about once more
}

// of is the address of a mailbox, which is asked for once.
func (a *addresses) of(ctx context.Context, mailbox string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if address := a.known[mailbox]; address != "" {
		return address
	}
	if address := a.discover(ctx, mailbox); address != "" {
		return address
	}
	if ctx.Err() == nil {
		a.set(mailbox, mailbox)
	}
	return mailbox
}

// renew asks for the address of a mailbox once more, since it was not found under the one that is known.
func (a *addresses) renew(ctx context.Context, mailbox string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.renewed[mailbox] {
		return
	}
	if a.renewed == nil {
		a.renewed = map[string]bool{}
	}
	a.renewed[mailbox] = true
	a.discover(ctx, mailbox)
}

// discover asks Autodiscover and keeps what it says, "" if that is nothing. One that cannot be reached or that refuses the password is not asked
// again.
func (a *addresses) discover(ctx context.Context, mailbox string) string {
	if a.ask == nil {
		return ""
	}
	address, err := a.ask(ctx, mailbox)
	if err == nil {
		a.set(mailbox, address)
		return address
	}
	var connection *transport.ConnectionError
	if transport.IsStopped(err) || errors.As(err, &connection) && ctx.Err() == nil {
		a.ask = nil
	}
	a.log.Info("the address of a public folder mailbox is not known, its GUID is used", "mailbox", mailbox, "error", err)
	return ""
}

func (a *addresses) set(mailbox, address string) {
	if a.known == nil {
		a.known = map[string]string{}
	}
	a.known[mailbox] = address
}
