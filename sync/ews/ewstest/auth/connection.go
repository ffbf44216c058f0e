package auth

import (
	"context"
	"net"
	stdsync "sync"
)

// connection is what is known of one TCP connection.
type connection struct {
	mu         stdsync.Mutex
	account    string // "" while it is not authenticated
	generation int
	negotiate  []byte // the messages of a handshake that is under way
	challenge  []byte
}

type connectionKey struct{}

// ConnContext gives each connection its memory. It belongs into http.Server.ConnContext, or is called from there.
func (h *Handler) ConnContext(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, &connection{})
}

// Forget makes every connection be asked for credentials again, with the next request that comes on it.
func (h *Handler) Forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.generation++
}

func (h *Handler) currentGeneration() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.generation
}

// user is whom the connection is authenticated for, "" for nobody.
func (c *connection) user(generation int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation != generation {
		return ""
	}
	return c.account
}

func (c *connection) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.account, c.negotiate, c.challenge = "", nil, nil
}

// begin starts a handshake, whatever the connection was before.
func (c *connection) begin(negotiate, challenge []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.account, c.negotiate, c.challenge = "", negotiate, challenge
}

// handshake takes the messages of the one under way; a challenge is good for one answer.
func (c *connection) handshake() (negotiate, challenge []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	negotiate, challenge = c.negotiate, c.challenge
	c.negotiate, c.challenge = nil, nil
	return negotiate, challenge
}

func (c *connection) authenticated(account string, generation int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.account, c.generation = account, generation
}
