package directory

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"iorepl/sync/trust"
)

// LDAP says how to reach and search a directory such as Active Directory. The zero value of each field but URL, Username and Password means
// the default.
type LDAP struct {
	URL      string // ldap://HOST[:PORT] or ldaps://HOST[:PORT]; port 3268 or 3269 is a global catalog
	StartTLS bool   // encrypt an ldap connection before anything else
	BaseDN   string // what to search; default: the server's own domain
	Filter   string // narrows the search, "(company=Contoso)"; default: none

	Username string // user@domain, DOMAIN\user or a distinguished name
	Password string `json:"-"`
	Auth     string // "simple" (the default) or "ntlm"

	CAFile            string // these as in trust.Settings
	CertificateSHA256 string
	ServerName        string
	TLSLegacy         bool

	AllowPlainText bool          // simple without TLS, which sends the password as it is
	Timeout        time.Duration // how long the server may be silent; 2 minutes

	// Dial connects; for tests.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Format writes the settings without the password, for every verb.
func (l LDAP) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{%s as %s}", redact(l.URL), l.Username)
}

// redact is a URL without the password that it may hold.
func redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "an invalid URL"
	}
	return u.Redacted()
}

// The values of LDAP.Auth.
const (
	authSimple = "simple"
	authNTLM   = "ntlm"
)

// recipientFilter finds what may be a recipient: with addresses, or a contact that somebody forgot to mail-enable.
const recipientFilter = "(&(|(objectClass=user)(objectClass=contact))(|(proxyAddresses=*)(mail=*)))"

// server is what the settings come to.
type server struct {
	LDAP
	url     *url.URL
	address string // HOST:PORT
	secure  bool   // with TLS, sooner or later
	filter  string
	log     *slog.Logger
}

// check reports every mistake that shows without a connection.
func (l LDAP) check(log *slog.Logger) (*server, error) {
	u, err := url.Parse(l.URL)
	if err != nil {
		// The parser's text repeats the URL, which may hold a password.
		return nil, errors.New("url is not a URL")
	}
	s := &server{LDAP: l, url: u, secure: u.Scheme == "ldaps" || l.StartTLS, filter: recipientFilter, log: log}
	port := map[string]string{"ldap": "389", "ldaps": "636"}[u.Scheme]
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	switch {
	case port == "" || u.Hostname() == "":
		fail("url %q is neither ldap://HOST nor ldaps://HOST", u.Redacted())
	case u.User != nil:
		fail("url %q holds a user name: use username and password", u.Redacted())
	case strings.Trim(u.Path, "/") != "":
		fail("url %q has more behind its host than it may have: use base_dn", u.Redacted())
	case u.Scheme == "ldaps" && l.StartTLS:
		fail("start_tls is for ldap://, and url begins with ldaps://")
	}
	if u.Port() != "" {
		port = u.Port()
	}
	s.address = net.JoinHostPort(u.Hostname(), port)
	if l.Auth == "" {
		s.Auth = authSimple
	}
	if s.Auth != authSimple && s.Auth != authNTLM {
		fail("auth %q is neither %s nor %s", l.Auth, authSimple, authNTLM)
	}
	if l.Username == "" || l.Password == "" {
		fail("username and password are needed: a login without one of them is anonymous")
	}
	if s.Auth == authSimple && !s.secure && !l.AllowPlainText {
		fail("a simple login would send the password in plain text: use ldaps:// or start_tls, or allow_plain_text on a network that nobody else can read")
	}
	if _, err := ldap.ParseDN(l.BaseDN); err != nil {
		fail("base_dn %q is not a distinguished name such as DC=contoso,DC=example: %w", l.BaseDN, err)
	}
	if l.Filter != "" {
		if _, err := ldap.CompileFilter(l.Filter); err != nil {
			fail("filter %s is not an LDAP filter such as (company=Contoso): %s", l.Filter, plain(err))
		}
		s.filter = "(&" + recipientFilter + l.Filter + ")"
	}
	if _, err := s.trust().Config(u.Hostname()); s.secure && err != nil {
		errs = append(errs, err)
	}
	if l.Timeout <= 0 {
		s.Timeout = 2 * time.Minute
	}
	if l.Dial == nil {
		s.Dial = (&net.Dialer{Timeout: min(s.Timeout, 30*time.Second)}).DialContext
	}
	return s, errors.Join(errs...)
}

func (s *server) trust() trust.Settings {
	return trust.Settings{CAFile: s.CAFile, CertificateSHA256: s.CertificateSHA256, ServerName: s.ServerName, Legacy: s.TLSLegacy}
}

func (l *LDAP) read(ctx context.Context, b *builder, log *slog.Logger) error {
	s, err := l.check(log)
	if err != nil {
		return fmt.Errorf("ldap: %w", err)
	}
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.login(ctx); err != nil {
		return err
	}
	return c.list(ctx, b)
}
