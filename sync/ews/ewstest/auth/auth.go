// Package auth is the server's side of authentication over HTTP as Exchange does it: Basic for each request, NTLM for each
// connection, with or without channel binding (Extended Protection), and accounts that lock after bad passwords. It really verifies
// what clients send, so that a client that works with it has computed what a Windows server expects.
package auth

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"strings"
	stdsync "sync"
)

// Binding is what a server does about channel bindings in NTLM over TLS (Extended Protection, RFC 5929).
type Binding int

// The settings of Extended Protection in IIS.
const (
	BindingOff     Binding = iota // not looked at
	BindingAllow                  // a wrong one is refused, none is accepted
	BindingRequire                // a right one is demanded, and TLS
)

// Options say what a server demands.
type Options struct {
	// Accounts gives the password of an account by its bare name, in lower case.
	Accounts func(user string) (password string, ok bool)

	// Schemes are announced in this order: "Basic", "NTLM" and "Negotiate" (raw NTLM messages, as grommunio does it). Others are not accepted.
	// None means NTLM and Negotiate.
	Schemes []string

	// Domain and DNSDomain are what the server is a member of: DOMAIN\user and user@dns.domain name an account only with these,
	// in any case. Empty means CONTOSO and contoso.example.
	Domain, DNSDomain string

	ChannelBinding Binding
	Certificate    *x509.Certificate // of the server; needed for channel binding

	RefuseUPN    bool // user@domain does not work with NTLM, as on grommunio
	LockoutAfter int  // an account with that many bad passwords in a row is locked until Unlock; 0 is never
}

// Handler lets requests of known accounts through. Its ConnContext must be the one of the http.Server, since NTLM authenticates
// connections.
type Handler struct {
	next    http.Handler
	options Options

	mu         stdsync.Mutex
	generation int            // of connections' authentication; see Forget
	bad        map[string]int // bad passwords ever, by account
	row        map[string]int // and in a row
}

// New guards next.
func New(next http.Handler, o Options) *Handler {
	if len(o.Schemes) == 0 {
		o.Schemes = []string{"Negotiate", "NTLM"}
	}
	if o.Domain == "" {
		o.Domain = "CONTOSO"
	}
	if o.DNSDomain == "" {
		o.DNSDomain = "contoso.example"
	}
	return &Handler{next: next, options: o, bad: map[string]int{}, row: map[string]int{}}
}

type userKey struct{}

// User is the account that a request comes from: its bare name in lower case. "" for a context of something else.
func User(ctx context.Context) string {
	user, _ := ctx.Value(userKey{}).(string)
	return user
}

// maxDrained is how much of a refused request is read so that its connection stays usable.
const maxDrained = 64 << 20

// ServeHTTP answers 401 itself and passes on what is authenticated.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, ok := r.Context().Value(connectionKey{}).(*connection)
	if !ok {
		http.Error(w, "auth: the server does not use the handler's ConnContext", http.StatusInternalServerError)
		return
	}
	user, challenge := h.authenticate(c, r)
	if user != "" {
		h.next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, user)))
		return
	}
	// The next message of a handshake comes on the same connection.
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxDrained))
	if challenge != "" {
		w.Header().Add("WWW-Authenticate", challenge)
	} else {
		for _, s := range h.options.Schemes {
			if strings.EqualFold(s, "Basic") {
				s = fmt.Sprintf("Basic realm=%q", r.Host)
			}
			w.Header().Add("WWW-Authenticate", s)
		}
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = io.WriteString(w, "<html><head><title>401 - Unauthorized: Access is denied due to invalid credentials.</title></head></html>")
}

// authenticate finds out who sends a request. challenge is what to answer in WWW-Authenticate instead of the schemes.
func (h *Handler) authenticate(c *connection, r *http.Request) (user, challenge string) {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if scheme == "" {
		return c.user(h.currentGeneration()), ""
	}
	if !h.announced(scheme) {
		c.forget()
		return "", ""
	}
	if strings.EqualFold(scheme, "Basic") {
		return h.basic(r), ""
	}
	user, answer := h.ntlm(c, strings.TrimSpace(value), r.TLS != nil)
	if answer != "" {
		challenge = scheme + " " + answer
	}
	return user, challenge
}

func (h *Handler) announced(scheme string) bool {
	for _, s := range h.options.Schemes {
		if strings.EqualFold(s, scheme) {
			return true
		}
	}
	return false
}

func (h *Handler) basic(r *http.Request) string {
	name, password, ok := r.BasicAuth()
	if !ok {
		return ""
	}
	domain, user, found := strings.Cut(name, `\`)
	if !found {
		domain, user = "", name
	}
	account, want, ok := h.account(domain, user)
	if !ok || !h.passes(account, password == want) {
		return ""
	}
	return account
}
