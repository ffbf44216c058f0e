package transport

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"

	"github.com/Azure/go-ntlmssp"

	"iorepl/sync/trust"
)

// schemeNone stands for a server that lets everybody in.
const schemeNone = "none"

// enter makes the worker ready to send a request: logged in, as far as that can be done before the request. again says that what
// was proven before does not work any more. One worker at a time does this, and none after a refusal.
func (w *worker) enter(ctx context.Context, again bool) error {
	p := w.pool
	if p.config.Username == "" && p.kerberos == nil {
		return nil
	}
	if !again && !w.mustEnter() {
		return nil
	}
	select {
	case p.entrance <- struct{}{}:
		defer func() { <-p.entrance }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if _, _, _, stopped := p.state(); stopped != nil {
		return stopped
	}
	switch {
	case !again && !w.mustEnter():
		return nil // somebody else did it meanwhile
	case p.config.Auth == authNTLM:
		return w.ntlm(ctx)
	}
	return w.prove(ctx)
}

func (w *worker) mustEnter() bool {
	scheme, proven, _, _ := w.pool.state()
	if w.pool.config.Auth == authNTLM {
		return scheme != schemeNone && !w.live()
	}
	return !proven
}

// empty sends a request without a body and reads its answer to the end.
func (w *worker) empty(ctx context.Context, authorization string, dial bool) (*http.Response, error) {
	t, err := w.roundTrip(ctx, &Request{Header: http.Header{"Content-Type": {"text/xml; charset=utf-8"}}}, authorization, dial)
	if err != nil {
		if errors.Is(err, errMustDial) {
			return nil, err
		}
		return nil, w.pool.failure(err)
	}
	return t.response, nil
}

// accepted reports whether an answer to an empty request means that EWS itself answered: no server likes the request.
func accepted(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusLengthRequired, http.StatusUnsupportedMediaType, http.StatusInternalServerError:
		return true
	}
	return status/100 == 2
}

// verdict turns the answer to an empty request with credentials into an error, and closes it.
func (w *worker) verdict(r *http.Response) error {
	defer r.Body.Close()
	if r.StatusCode == http.StatusUnauthorized {
		return w.pool.stop(w.pool.refused(schemes(r.Header)))
	}
	if !accepted(r.StatusCode) {
		_, proven, _, _ := w.pool.state()
		return w.pool.statusError(r, proven, 0)
	}
	return nil
}

// prove logs in with Basic or Kerberos by an empty request.
func (w *worker) prove(ctx context.Context) error {
	if w.pool.kerberos != nil && w.pool.url.Scheme == "https" && w.certificate == nil {
		// The certificate has to be known for the channel binding.
		r, err := w.empty(ctx, "", true)
		if err != nil {
			return err
		}
		r.Body.Close()
	}
	authorization, err := w.authorization()
	if err != nil {
		return w.pool.stop(w.pool.authError(err.Error()))
	}
	r, err := w.empty(ctx, authorization, true)
	if err != nil {
		return err
	}
	if err := w.verdict(r); err != nil {
		return err
	}
	w.pool.learn(func(p *Pool) { p.proven = true })
	return nil
}

// authorization is what goes with every request, "" if the connection says who it is.
func (w *worker) authorization() (string, error) {
	switch c := w.pool.config; {
	case c.Auth == authBasic && c.Username != "":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.Username+":"+c.Password)), nil
	case w.pool.kerberos != nil:
		var binding []byte
		if w.certificate != nil {
			binding = trust.Binding(w.certificate)
		}
		return w.pool.kerberos.authorization(binding)
	}
	token := w.token
	w.token = ""
	return token, nil
}

// announced asks the server what it accepts, once for all workers.
func (w *worker) announced(ctx context.Context) (string, error) {
	p := w.pool
	if scheme, _, _, _ := p.state(); scheme != "" {
		return scheme, nil
	}
	r, err := w.empty(ctx, "", true)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	names := schemes(r.Header)
	scheme := ""
	switch {
	case r.StatusCode != http.StatusUnauthorized && accepted(r.StatusCode):
		scheme = schemeNone
	case r.StatusCode != http.StatusUnauthorized:
		return "", p.statusError(r, false, 0)
	case hasScheme(names, "NTLM"):
		scheme = "NTLM"
	case hasScheme(names, "Negotiate"):
		// Raw NTLM without SPNEGO around it: IIS takes it, and grommunio takes nothing else.
		scheme = "Negotiate"
	case hasScheme(names, "Basic"):
		return "", p.stop(p.authError("it offers Basic only", `set auth = "basic"`))
	default:
		return "", p.stop(p.authError("it offers "+schemeNames(names), "have Windows authentication enabled on its EWS virtual directory"))
	}
	p.learn(func(p *Pool) { p.scheme = scheme })
	return scheme, nil
}

// maxHandshakes is how often a handshake begins anew because its connection was closed in the middle.
const maxHandshakes = 3

// ntlm authenticates the current connection by empty requests, so that a large request is sent once and only to a server that knows
// who sends it. Where the server closes the connection after the empty request that ends the handshake, that message goes with the
// request instead (piggy).
func (w *worker) ntlm(ctx context.Context) error {
	scheme, err := w.announced(ctx)
	if err != nil || scheme == schemeNone {
		return err
	}
	for range maxHandshakes {
		message, err := w.answerToChallenge(ctx, scheme)
		if err != nil {
			return err
		}
		if _, _, piggy, _ := w.pool.state(); piggy {
			w.token = message
			w.authenticated = w.current.Load()
			return nil
		}
		r, err := w.empty(ctx, message, false)
		if errors.Is(err, errMustDial) {
			continue // nothing of it was sent
		}
		if err != nil {
			w.reset()
			return err
		}
		if err := w.verdict(r); err != nil {
			return err
		}
		w.authenticated = w.current.Load()
		w.pool.learn(func(p *Pool) { p.proven = true })
		if !r.Close && w.live() {
			return nil
		}
		w.pool.learn(func(p *Pool) { p.piggy = true })
	}
	return &ConnectionError{Server: w.pool.url.Host, Err: errMustDial,
		What: "the connection is closed in the middle of the NTLM handshake: a proxy or load balancer between here and the server has to keep connections open"}
}

// answerToChallenge begins a handshake and computes its last message.
func (w *worker) answerToChallenge(ctx context.Context, scheme string) (string, error) {
	p := w.pool
	hello, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		return "", fmt.Errorf("NTLM: %w", err)
	}
	r, err := w.empty(ctx, scheme+" "+base64.StdEncoding.EncodeToString(hello), true)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	challenge := challengeOf(r.Header, scheme)
	switch {
	case r.StatusCode == http.StatusUnauthorized && challenge == nil:
		return "", p.stop(p.authError("it announces "+scheme+" but does not answer NTLM with a challenge", `try auth = "kerberos" or "basic"`))
	case r.StatusCode != http.StatusUnauthorized:
		_, proven, _, _ := p.state()
		return "", p.statusError(r, proven, 0)
	}
	if p.url.Scheme == "https" && w.certificate != nil {
		if challenge, err = trust.BindChallenge(challenge, trust.Binding(w.certificate)); err != nil {
			return "", p.stop(p.authError(err.Error()))
		}
	}
	answer, err := ntlmssp.NewAuthenticateMessage(challenge, p.config.Username, p.config.Password, nil)
	if err != nil {
		return "", p.stop(p.authError("its NTLM challenge cannot be answered: "+err.Error(), "only NTLMv2 is supported"))
	}
	return scheme + " " + base64.StdEncoding.EncodeToString(answer), nil
}
