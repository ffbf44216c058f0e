package transport_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

// refusal is what a call that has to fail says.
func refusal(t *testing.T, c transport.Config) string {
	t.Helper()
	cl, err := transport.NewClient(c)
	if err == nil {
		defer cl.Close()
		_, err = cl.Call(t.Context(), ping)
	}
	if err == nil {
		t.Error("no error")
		return ""
	}
	return err.Error()
}

func contains(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			t.Errorf("%q lacks %q", text, w)
		}
	}
}

func TestCertificatesAreChecked(t *testing.T) {
	s := serve(t, options{})
	own := fingerprint(s.TLS.Certificates[0])
	c := s.config()
	c.CAFile = ""
	contains(t, refusal(t, c), "unknown authority", "ca_file", "certificate_sha256", own, "127.0.0.1", "Test Authority")
	c.CertificateSHA256 = strings.ToUpper(own[:2] + ":" + own[2:])
	if _, err := client(t, c).Call(t.Context(), ping); err != nil {
		t.Errorf("pinned: %v", err)
	}
	c.CertificateSHA256 = strings.Repeat("00", 32)
	contains(t, refusal(t, c), "not the one of certificate_sha256", own)
	c.CertificateSHA256 = "x"
	contains(t, refusal(t, c), "64 hexadecimal digits")
	c = s.config()
	c.CAFile += "-missing"
	contains(t, refusal(t, c), "ca_file")
	c.CAFile = "failure_test.go"
	contains(t, refusal(t, c), "holds no certificate")

	ca := newAuthority(t)
	other := ca.issue(t, "mail.contoso.example", time.Now().Add(time.Hour))
	s = serve(t, options{certificate: &other})
	c = s.config()
	c.CAFile = ca.file
	contains(t, refusal(t, c), `not for "127.0.0.1" but for mail.contoso.example`, "server_name", fingerprint(other))
	c.ServerName = "mail.contoso.example"
	if _, err := client(t, c).Call(t.Context(), ping); err != nil {
		t.Errorf("with server_name: %v", err)
	}

	old := ca.issue(t, "127.0.0.1", time.Now().Add(-time.Minute))
	s = serve(t, options{certificate: &old})
	c = s.config()
	c.CAFile = ca.file
	contains(t, refusal(t, c), "expired", "renewed", fingerprint(old))
}

func TestOldTLSNeedsToBeAllowed(t *testing.T) {
	s := serve(t, options{open: true})
	old := httptest.NewUnstartedServer(s.Config.Handler)
	old.Config.ErrorLog = s.Config.ErrorLog
	old.Config.ConnContext = s.Config.ConnContext
	old.TLS = &tls.Config{Certificates: s.TLS.Certificates, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()
	c := s.config()
	c.URL = old.URL
	contains(t, refusal(t, c), "tls_legacy")
	c.TLSLegacy = true
	if _, err := client(t, c).Call(t.Context(), ping); err != nil {
		t.Errorf("allowed: %v", err)
	}
}

func TestUnreachableServersAreExplained(t *testing.T) {
	c := transport.Config{URL: "https://mail.contoso.example/EWS/Exchange.asmx", Username: "a", Password: "b", Proxy: "direct"}
	fail := func(err error) transport.Config {
		c := c
		c.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, err }
		return c
	}
	contains(t, refusal(t, fail(&net.DNSError{Name: "mail.contoso.example", IsNotFound: true})), `no such host as "mail.contoso.example"`, "url")
	contains(t, refusal(t, fail(&net.DNSError{Name: "mail.contoso.example", Err: "server misbehaving"})), "name server does not answer")
	contains(t, refusal(t, fail(&net.OpError{Op: "dial", Err: timeoutError{}})), "no connection in time", "firewall")

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c.URL = "https://" + l.Addr().String()
	contains(t, refusal(t, c), "refused", l.Addr().String())

	s := serve(t, options{plain: true})
	c = s.config()
	c.URL = strings.Replace(s.URL, "http:", "https:", 1)
	contains(t, refusal(t, c), "does not speak TLS")
}

type timeoutError struct{}

func (timeoutError) Error() string   { return "i/o timeout" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

func TestWrongAddressesAreExplained(t *testing.T) {
	for status, wanted := range map[int][]string{
		302: {"redirects to https://login.contoso.example/owa", "set url"},
		403: {"403 Forbidden", "may not use EWS"},
		404: {"404 Not Found", "/EWS/Exchange.asmx", "The page"},
		405: {"405", "no EWS"},
		407: {"proxy"},
		410: {"410"},
		503: {"503", "down or busy"},
	} {
		for _, open := range []bool{true, false} {
			s := serve(t, options{open: open, answer: nil})
			inner := s.Config.Handler
			s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				// Either at once or only to those who are logged in.
				if !open && r.ContentLength == 0 {
					inner.ServeHTTP(w, r)
					return
				}
				w.Header().Set("Location", "https://login.contoso.example/owa")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, "<html><title>The page</title><p>text")
			})
			contains(t, refusal(t, s.config()), wanted...)
		}
	}
}

func TestPagesInsteadOfSOAPAreExplained(t *testing.T) {
	for _, status := range []int{200, 500} {
		s := serve(t, options{answer: func(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>Outlook</title></head><body>Sign in")
		}})
		contains(t, refusal(t, s.config()), "Outlook", "127.0.0.1")
	}
}

func TestTooLargeRequestsAreToldApart(t *testing.T) {
	for _, status := range []int{404, 405, 413} { // IIS (404.13), grommunio, HTTP
		s := serve(t, options{answer: func(w http.ResponseWriter, r *http.Request, n int, _ string) {
			if n == 1 {
				success(w, "")
				return
			}
			w.WriteHeader(status)
		}})
		cl := client(t, s.config())
		if _, err := cl.Call(t.Context(), ping); err != nil {
			t.Fatal(err)
		}
		_, err := cl.Call(t.Context(), transport.Call{Body: soap.M("Write", soap.T("Content", make([]byte, 1<<20)))})
		if !transport.IsTooLarge(err) || transport.IsLost(err) {
			t.Errorf("%d: %v", status, err)
		}
		if _, err := cl.Call(t.Context(), transport.Call{Body: soap.M("Write")}); status != 413 && transport.IsTooLarge(err) {
			t.Errorf("%d, small: %v", status, err)
		}
	}
}

func TestSilentServersAreLeft(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	s := serve(t, options{answer: func(w http.ResponseWriter, _ *http.Request, n int, _ string) {
		if n > 1 {
			_, _ = io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">`)
			w.(http.Flusher).Flush()
		}
		<-release
	}})
	c := s.config()
	c.Timeout = 50 * time.Millisecond
	for range 2 {
		_, err := client(t, c).Call(t.Context(), transport.Call{Body: soap.M("Write")})
		if !transport.IsLost(err) || !strings.Contains(err.Error(), "nothing came from the server for 50ms") {
			t.Errorf("got %v", err)
		}
	}
}

func TestEndlessAnswersAreCutOff(t *testing.T) {
	s := serve(t, options{answer: func(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
		_, _ = io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><R>`)
		block := strings.Repeat("x", 64<<10)
		for {
			if _, err := io.WriteString(w, block); err != nil {
				return
			}
		}
	}})
	c := s.config()
	c.MaxAnswer = 1 << 20
	var limit *soap.LimitError
	if _, err := client(t, c).Call(t.Context(), ping); !errors.As(err, &limit) {
		t.Errorf("got %v", err)
	}
}

func TestAnswersOfAPoolAreCutOffToo(t *testing.T) {
	s := serve(t, options{answer: func(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
		_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
	}})
	c := s.config()
	c.MaxAnswer = 10_000
	p, err := transport.New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	r, err := p.Do(t.Context(), &transport.Request{Body: soap.Envelope{Body: soap.M("A")}.Message()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var limit *soap.LimitError
	if _, err := io.ReadAll(r.Body); !errors.As(err, &limit) {
		t.Errorf("got %v", err)
	}
}

func TestProxiesAreUsedAndExplained(t *testing.T) {
	s := serve(t, options{})
	status := 200
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status != 200 {
			w.WriteHeader(status)
			return
		}
		there, err := net.Dial("tcp", r.Host)
		if err != nil {
			t.Error(err)
			return
		}
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 Connected\r\n\r\n")
		go func() { _, _ = io.Copy(there, here); there.Close() }()
		_, _ = io.Copy(here, there)
		here.Close()
	}))
	defer proxy.Close()
	c := s.config()
	c.Proxy = proxy.URL
	if a, err := client(t, c).Call(t.Context(), ping); err != nil || text(a) != "alice" {
		t.Errorf("through the proxy: %v", err)
	}
	status = 407
	c.Proxy = strings.Replace(proxy.URL, "://", "://user:secret@", 1)
	said := refusal(t, c)
	contains(t, said, "proxy", "407", "user name and password")
	if strings.Contains(said, "secret") {
		t.Errorf("the proxy's password is in %q", said)
	}
	status = 502
	contains(t, refusal(t, c), "proxy", "502")
	proxy.Close()
	contains(t, refusal(t, c), "proxy cannot be reached", "HTTPS_PROXY")
	c.Proxy = "nonsense"
	contains(t, refusal(t, c), "proxy", "http://HOST:PORT")
}

func TestMistakesAreFoundWithoutAConnection(t *testing.T) {
	for want, c := range map[string]transport.Config{
		"is not one of https://":  {URL: "mail.contoso.example"},
		"not a URL":               {URL: "https://a b\x00"},
		"use username":            {URL: "https://user:secret@host/EWS"},
		"no password for alice":   {URL: "https://host/EWS", Username: "alice"},
		`"digest" is none of`:     {URL: "https://host/EWS", Auth: "digest"},
		"line break in username":  {URL: "https://host/EWS", Username: "a\nb", Password: "c"},
		"kerberos: neither a key": {URL: "https://host/EWS", Auth: "kerberos", Username: "alice@CONTOSO.EXAMPLE"},
	} {
		t.Setenv("KRB5CCNAME", "")
		if _, err := transport.NewClient(c); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
