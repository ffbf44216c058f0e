// Package transport carries requests to one EWS server: authenticated connections, each used by one request at a time; patience with a
// server that has too much to do; and errors that tell an administrator what to change. It promises that a request that may have
// had an effect is never sent twice unless it is marked as idempotent, and that a wrong password is tried once.
package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config says how to reach a server. The zero value of each field but URL means the default.
type Config struct {
	URL string // of EWS, such as https://mail.contoso.example/EWS/Exchange.asmx

	// Username is DOMAIN\user, user or user@domain; without one there is no authentication. Auth is "ntlm" (the default; also
	// where the server announces Negotiate only), "basic" or "kerberos".
	Username    string
	Password    string `json:"-"`
	Auth        string
	Keytab      string // Kerberos: file with the account's keys
	TicketCache string // Kerberos: credential cache; default $KRB5CCNAME, where there is no keytab
	KRB5Config  string // Kerberos: krb5.conf; default $KRB5_CONFIG, else /etc/krb5.conf

	CAFile            string // certificates (PEM) that are trusted besides the system's
	CertificateSHA256 string // of the only certificate that is accepted, in hexadecimal, with or without colons; nothing else of it is checked
	ServerName        string // in the certificate, if not the URL's host
	TLSLegacy         bool   // TLS 1.0 and 1.1, RSA key exchange and 3DES too, for Exchange 2007 and 2010 on old Windows
	AllowPlainText    bool   // Basic without TLS
	Proxy             string // URL; default as in the environment (HTTPS_PROXY, NO_PROXY); "direct" for none

	Timeout        time.Duration // how long the server may be silent during a request; 5 minutes
	MaxConnections int           // at a time; 4
	MaxAnswer      int64         // bytes of one answer; 256 MiB
	Patience       time.Duration // how long one call waits for a busy server in all; 30 minutes
	UserAgent      string        // "iorepl"
	Impersonate    string        // whom to act as: an SMTP address or a SID

	// Both are called from several goroutines.
	Trace   func(Exchange)                   // for each exchange, without credentials
	Waiting func(d time.Duration, why error) // before a call waits and tries again

	// For tests.
	Dial  func(ctx context.Context, network, address string) (net.Conn, error)
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error

	// LookupSRV finds Autodiscover's hosts, "name:port", by DNS; for tests too.
	LookupSRV func(ctx context.Context, domain string) ([]string, error)
}

// Format writes the configuration without its password, for every verb.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{%s as %s}", redact(c.URL), c.Username)
}

// redact is an URL without the password that it may hold.
func redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "an invalid URL"
	}
	return u.Redacted()
}

func (c Config) withDefaults() Config {
	if c.Auth == "" {
		c.Auth = authNTLM
	}
	if c.Timeout <= 0 {
		c.Timeout = 5 * time.Minute
	}
	if c.MaxConnections <= 0 {
		c.MaxConnections = 4
	}
	if c.MaxAnswer <= 0 {
		c.MaxAnswer = 256 << 20
	}
	if c.Patience <= 0 {
		c.Patience = 30 * time.Minute
	}
	if c.UserAgent == "" {
		c.UserAgent = "iorepl"
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{Timeout: min(c.Timeout, 30*time.Second)}).DialContext
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.LookupSRV == nil {
		c.LookupSRV = lookupSRV
	}
	return c
}

func lookupSRV(ctx context.Context, domain string) ([]string, error) {
	_, records, err := net.DefaultResolver.LookupSRV(ctx, "autodiscover", "tcp", domain)
	var hosts []string
	for _, r := range records {
		hosts = append(hosts, net.JoinHostPort(strings.TrimSuffix(r.Target, "."), strconv.Itoa(int(r.Port))))
	}
	return hosts, err
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// The values of Config.Auth.
const (
	authNTLM     = "ntlm"
	authBasic    = "basic"
	authKerberos = "kerberos"
)

// check reports every mistake that shows without a connection.
func (c Config) check() (*url.URL, error) {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil:
		// The parser's text repeats the URL, which may hold a password.
		return nil, errors.New("url is not a URL")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return nil, fmt.Errorf("url %q is not one of https://HOST/EWS/Exchange.asmx", u.Redacted())
	case u.User != nil:
		return nil, fmt.Errorf("url %q holds a user name: use username and password", u.Redacted())
	}
	var errs []error
	switch c.Auth {
	case authNTLM, authBasic:
		if c.Username != "" && c.Password == "" {
			errs = append(errs, fmt.Errorf("no password for %s", c.Username))
		}
	case authKerberos:
	default:
		errs = append(errs, fmt.Errorf("auth %q is none of %s, %s, %s", c.Auth, authNTLM, authBasic, authKerberos))
	}
	if c.Auth == authBasic && u.Scheme == "http" && !c.AllowPlainText {
		errs = append(errs, errors.New("basic authentication would send the password in plain text: use https, or allow_plain_text on a network that nobody else can read"))
	}
	if strings.ContainsAny(c.Username+c.UserAgent, "\r\n") {
		errs = append(errs, errors.New("a line break in username or user agent"))
	}
	return u, errors.Join(errs...)
}

// Body is what a request sends. *soap.Message is one.
type Body interface {
	Size() int64       // exact number of bytes
	Reader() io.Reader // from the beginning, any number of times
}
