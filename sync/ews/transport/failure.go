package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// ConnectionError says why a server could not be reached, or not to the end of its answer, and what to check.
type ConnectionError struct {
	Server string
	What   string // what happened, and what to do
	Final  bool   // trying again does not help
	Err    error
}

func (e *ConnectionError) Error() string { return e.Server + ": " + e.What }

// Unwrap is the error underneath.
func (e *ConnectionError) Unwrap() error { return e.Err }

// proxyError is a proxy's answer to CONNECT.
type proxyError struct {
	proxy  string
	status string
	code   int
}

func (e *proxyError) Error() string { return "proxy " + e.proxy + " answers " + e.status }

func refusedByProxy(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{proxy: proxy.Redacted(), status: answer.Status, code: answer.StatusCode}
}

// failure explains an error of a connection to an administrator.
func (p *Pool) failure(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var known *ConnectionError
	if errors.As(err, &known) {
		return err
	}
	what, final := p.explain(err)
	return &ConnectionError{Server: p.url.Host, What: what, Final: final, Err: err}
}

func (p *Pool) explain(err error) (what string, final bool) {
	var (
		dns     *net.DNSError
		proxy   *proxyError
		op      *net.OpError
		pin     *pinError
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		timeout net.Error
	)
	switch {
	case errors.As(err, &proxy):
		hint := "check proxy"
		if proxy.code == http.StatusProxyAuthRequired {
			hint = "write the proxy's user name and password into its URL"
		}
		return fmt.Sprintf("%v: %s", proxy, hint), proxy.code < 500
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return fmt.Sprintf("the proxy cannot be reached (%v): check proxy, HTTPS_PROXY and NO_PROXY", op.Err), false
	case errors.As(err, &dns):
		if dns.IsNotFound {
			return fmt.Sprintf("no such host as %q: check the host in url, and the name server", dns.Name), true
		}
		return fmt.Sprintf("the name server does not answer for %q (%s)", dns.Name, dns.Err), false
	case errors.As(err, &pin):
		return pin.Error(), true
	case errors.As(err, &verify):
		return explainCertificate(verify), true
	case errors.As(err, &record):
		return "the server does not speak TLS at this port: check url (http instead of https?)", true
	case errors.As(err, &alert), strings.Contains(err.Error(), "tls: "):
		return explainTLS(err), true
	case errors.Is(err, errSilent):
		return fmt.Sprintf("nothing came from the server for %v (timeout)", p.config.Timeout), false
	case errors.Is(err, syscall.ECONNREFUSED), strings.Contains(err.Error(), "actively refused"): // as Windows words it
		return "connection refused: nothing listens at this port, or a firewall refuses; check url", false
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no connection in time: the host does not answer, or a firewall drops packets", false
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		strings.Contains(err.Error(), "server closed idle connection"), strings.Contains(err.Error(), "forcibly closed"):
		return fmt.Sprintf("the server closed the connection (%v)", err), false
	}
	return err.Error(), false
}

// explainCertificate says what is wrong with a certificate and which setting would accept it.
func explainCertificate(err *tls.CertificateVerificationError) string {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	presented := ""
	if len(err.UnverifiedCertificates) > 0 {
		presented = "; it presents " + describe(err.UnverifiedCertificates[0])
	}
	what := err.Err.Error()
	hint := "set certificate_sha256 if you know that it is the right one"
	switch {
	case errors.As(err.Err, &name):
		what = fmt.Sprintf("its certificate is not for %q but for %s", name.Host, strings.Join(names(name.Certificate), ", "))
		hint = "set server_name to one of these, or certificate_sha256"
	case errors.As(err.Err, &authority):
		what = "its certificate is signed by an unknown authority"
		hint = "set ca_file to that authority's certificate, or certificate_sha256"
	case errors.As(err.Err, &invalid) && invalid.Reason == x509.Expired:
		what = "its certificate has expired or is not valid yet"
		hint = "have it renewed (and check the clock), or set certificate_sha256 until then"
	}
	return what + ": " + hint + presented
}

// names are what a certificate is for.
func names(c *x509.Certificate) []string {
	all := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		// Which is not enough for any client, but tells whose it is.
		all = append(all, c.Subject.String())
	}
	return all
}

func explainTLS(err error) string {
	text := err.Error()
	if i := strings.Index(text, "tls: "); i >= 0 {
		text = text[i+len("tls: "):]
	}
	for _, old := range []string{"protocol version", "handshake failure", "unsupported protocol", "insufficient security", "unconfigured cipher suite", "no supported versions"} {
		if strings.Contains(text, old) {
			return fmt.Sprintf("no common version of TLS (%s): set tls_legacy if this is Exchange 2007 or 2010 on an old Windows", text)
		}
	}
	return "TLS failed: " + text
}
