package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Settings are what Autodiscover knows of a mailbox. What the server does not say is "".
type Settings struct {
	Endpoint                string // URL that answered, for DiscoverAddress
	ExternalEWS             string // URL of EWS from outside
	InternalEWS             string // and within the organization's network
	Address                 string // AutoDiscoverSMTPAddress: under which Autodiscover knows the mailbox
	LegacyDN                string
	PublicFolderInformation string // address of the mailbox that shows the account the public folder hierarchy (2013 and later)
	InternalRPCClientServer string // guid@domain of the account's own mailbox (2013 and later)
}

// EWS is the URL to use: the external one, since it is the one with a name that anybody can resolve, else the internal one.
func (s Settings) EWS() string {
	if s.ExternalEWS != "" {
		return s.ExternalEWS
	}
	return s.InternalEWS
}

const (
	maxRedirects = 10
	svcPath      = "/autodiscover/autodiscover.svc"
	poxPath      = "/autodiscover/autodiscover.xml"
)

// Discover asks Autodiscover about a mailbox, with the credentials and TLS settings of c; URL and ServerName do not count. It looks where
// MS-OXDISCO says, but first at autodiscover.DOMAIN, asks by SOAP and then by plain XML, and follows redirections, to https only and
// within bounds. Credentials go only to hosts whose certificates are right, and a password that is refused once is not tried elsewhere.
func Discover(ctx context.Context, address string, c Config) (Settings, error) {
	d := newDiscovery(c)
	for range maxRedirects {
		_, domain, found := strings.Cut(address, "@")
		if !found || domain == "" {
			return Settings{}, fmt.Errorf("autodiscover: %q is not a mail address", address)
		}
		s, err := d.domain(ctx, domain, address)
		var other *redirectedAddress
		if errors.As(err, &other) {
			address = other.address
			continue
		}
		return s, err
	}
	return Settings{}, fmt.Errorf("autodiscover: more than %d redirections, the last to %s", maxRedirects, address)
}

// DiscoverAddress asks the Autodiscover at an endpoint, which a Settings named, by which address requests reach a public folder mailbox that is
// known as GUID@domain. Only plain XML knows these mailboxes. It follows redirections to other endpoints as Discover does.
func DiscoverAddress(ctx context.Context, endpoint, mailbox string, c Config) (string, error) {
	if n := len(endpoint) - len(".svc"); n > 0 && strings.EqualFold(endpoint[n:], ".svc") {
		endpoint = endpoint[:n] + ".xml"
	}
	d := newDiscovery(c)
	s, found, err := d.try(ctx, endpoint, mailbox)
	switch {
	case err == nil && !found:
		err = errors.Join(d.errs...)
	case err == nil && s.Address == "":
		err = errors.New("the answer names no address")
	}
	if err != nil {
		return "", fmt.Errorf("autodiscover for %s: %w", mailbox, err)
	}
	return s.Address, nil
}

type discovery struct {
	config Config
	asked  map[string]bool // endpoint and address
	down   map[string]bool // hosts that cannot be reached
	errs   []error
}

func newDiscovery(c Config) *discovery {
	if c.Timeout <= 0 {
		c.Timeout = time.Minute // there are many places to look at
	}
	c = c.withDefaults()
	c.ServerName, c.AllowPlainText, c.MaxConnections = "", false, 1
	c.MaxAnswer = min(c.MaxAnswer, 4<<20)
	return &discovery{config: c, asked: map[string]bool{}, down: map[string]bool{}}
}

// redirectedAddress says that another address is to be asked about.
type redirectedAddress struct{ address string }

func (e *redirectedAddress) Error() string { return "redirected to " + e.address }

// redirectedURL says that another endpoint is to be asked.
type redirectedURL struct{ url string }

func (e *redirectedURL) Error() string { return "redirected to " + redact(e.url) }

// domain looks at all places that a domain's Autodiscover can be.
func (d *discovery) domain(ctx context.Context, domain, address string) (Settings, error) {
	for _, host := range []string{"autodiscover." + domain, domain} {
		for _, path := range []string{svcPath, poxPath} {
			if s, end, err := d.try(ctx, "https://"+host+path, address); end {
				return s, err
			}
		}
	}
	if target, err := d.plainRedirect(ctx, "http://autodiscover."+domain+poxPath); err != nil {
		d.errs = append(d.errs, err)
	} else if s, end, err := d.try(ctx, target, address); end {
		return s, err
	}
	hosts, err := d.config.LookupSRV(ctx, domain)
	if err != nil {
		d.errs = append(d.errs, fmt.Errorf("_autodiscover._tcp.%s: %w", domain, err))
	}
	for _, host := range hosts {
		for _, path := range []string{svcPath, poxPath} {
			if s, end, err := d.try(ctx, "https://"+strings.TrimSuffix(host, ":443")+path, address); end {
				return s, err
			}
		}
	}
	return Settings{}, fmt.Errorf("autodiscover found no server for %s: set url; tried were:\n%w", address, errors.Join(d.errs...))
}

// try asks an endpoint and those that it redirects to. end is false if the next place is to be tried.
func (d *discovery) try(ctx context.Context, endpoint, address string) (s Settings, end bool, err error) {
	for range maxRedirects {
		host := hostOf(endpoint)
		if d.asked[endpoint+" "+address] || d.down[host] {
			return s, false, nil
		}
		d.asked[endpoint+" "+address] = true
		s, err = d.ask(ctx, endpoint, address)
		var elsewhere *redirectedURL
		var refused *AuthError
		var other *redirectedAddress
		var connection *ConnectionError
		switch {
		case err == nil, errors.As(err, &other), ctx.Err() != nil:
			return s, true, err
		case errors.As(err, &refused) && refused.Tried:
			return s, true, fmt.Errorf("autodiscover for %s: %w", address, err)
		case errors.As(err, &elsewhere):
			endpoint = elsewhere.url
			continue
		case errors.As(err, &connection):
			d.down[host] = true
		}
		d.errs = append(d.errs, fmt.Errorf("%s: %w", redact(endpoint), err))
		return s, false, nil
	}
	d.errs = append(d.errs, fmt.Errorf("%s: more than %d redirections", redact(endpoint), maxRedirects))
	return s, false, nil
}

// ask asks one endpoint.
func (d *discovery) ask(ctx context.Context, endpoint, address string) (Settings, error) {
	c := d.config
	c.URL = endpoint
	if u, err := url.Parse(endpoint); err != nil || u.Scheme != "https" {
		return Settings{}, fmt.Errorf("%s is not https, where credentials are not sent", redact(endpoint))
	}
	p, err := New(c)
	if err != nil {
		return Settings{}, err
	}
	defer p.Close()
	ask := p.askPOX
	if strings.HasSuffix(strings.ToLower(p.url.Path), ".svc") {
		ask = p.askSOAP
	}
	s, err := ask(ctx, address)
	if err != nil {
		return Settings{}, err
	}
	s.Endpoint = endpoint
	if s.EWS() == "" && s.Address == "" && s.PublicFolderInformation == "" {
		return Settings{}, errors.New("the answer says nothing of use")
	}
	return s, nil
}

// post sends a question to Autodiscover. A redirection of HTTP is a *redirectedURL.
func (p *Pool) post(ctx context.Context, body Body, status ...int) (*http.Response, error) {
	r, err := p.Do(ctx, &Request{Header: http.Header{"Content-Type": {"text/xml; charset=utf-8"}}, Body: body, Idempotent: true})
	if err == nil {
		for _, s := range append(status, http.StatusOK) {
			if r.StatusCode == s {
				return r, nil
			}
		}
		err = p.statusError(r, false, 0)
		r.Body.Close()
	}
	var elsewhere *StatusError
	if errors.As(err, &elsewhere) && elsewhere.Status/100 == 3 && elsewhere.Location != "" {
		if target, parseErr := p.url.Parse(elsewhere.Location); parseErr == nil {
			return nil, &redirectedURL{target.String()}
		}
	}
	return nil, err
}

func hostOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	return u.Host
}
