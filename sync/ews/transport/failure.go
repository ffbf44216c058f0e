package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"

	"iorepl/sync/trust"
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
		record  tls.RecordHeaderError
		timeout net.Error
	)
	what, untrusted := trust.Explain(err)
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
	case errors.As(err, &record):
		return "the server does not speak TLS at this port: check url (http instead of https?)", true
	case untrusted:
		return what, true
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
