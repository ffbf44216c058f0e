package transport_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"iorepl/sync/ews/ewstest/auth"
	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

const password = "pässword"

// authority is a certificate authority.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // its certificate in PEM
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &authority{cert: cert, key: key, file: file}
}

// issue makes a certificate for a name or an address.
func (a *authority) issue(t *testing.T, name string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: until}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func fingerprint(c tls.Certificate) string {
	sum := sha256.Sum256(c.Certificate[0])
	return hex.EncodeToString(sum[:])
}

// server counts what passes authentication and answers it.
type server struct {
	*httptest.Server
	auth *auth.Handler
	ca   *authority

	mu       stdsync.Mutex
	requests int   // with a body, authenticated
	empties  int   // without
	bytes    int64 // of bodies, authenticated or not
	conns    int
	answer   func(w http.ResponseWriter, r *http.Request, n int, body string)
}

type options struct {
	auth.Options
	open        bool             // nobody has to log in
	certificate *tls.Certificate // serve TLS with it
	plain       bool             // serve HTTP
	answer      func(w http.ResponseWriter, r *http.Request, n int, body string)
}

func serve(t *testing.T, o options) *server {
	t.Helper()
	s := &server{answer: o.answer, ca: newAuthority(t)}
	if s.answer == nil {
		s.answer = func(w http.ResponseWriter, r *http.Request, _ int, _ string) { success(w, auth.User(r.Context())) }
	}
	certificate := s.ca.issue(t, "127.0.0.1", time.Now().Add(time.Hour))
	if o.certificate != nil {
		certificate = *o.certificate
	}
	o.Options.Certificate = certificate.Leaf
	o.Accounts = func(user string) (string, bool) { return password, user == "alice" }
	s.auth = auth.New(http.HandlerFunc(s.serve), o.Options)
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = &metered{r.Body, s}
		if o.open {
			s.serve(w, r)
			return
		}
		s.auth.ServeHTTP(w, r)
	}))
	s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		s.mu.Lock()
		s.conns++
		s.mu.Unlock()
		return s.auth.ConnContext(ctx, c)
	}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	if o.plain {
		s.Start()
	} else {
		s.StartTLS()
	}
	t.Cleanup(s.Server.Close)
	return s
}

type metered struct {
	io.ReadCloser
	s *server
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	m.s.mu.Lock()
	m.s.bytes += int64(n)
	m.s.mu.Unlock()
	return n, err
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	if len(body) == 0 {
		s.empties++
		s.mu.Unlock()
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.requests++
	n := s.requests
	s.mu.Unlock()
	s.answer(w, r, n, string(body))
}

func (s *server) counts() (requests, empties, conns int, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests, s.empties, s.conns, s.bytes
}

// config is how a client reaches the server as alice.
func (s *server) config() transport.Config {
	return transport.Config{URL: s.URL + "/EWS/Exchange.asmx", Username: `CONTOSO\alice`, Password: password, CAFile: s.ca.file, Proxy: "direct"}
}

func client(t *testing.T, c transport.Config) *transport.Client {
	t.Helper()
	cl, err := transport.NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cl.Close() })
	return cl
}

const exchange2016 = `MajorVersion="15" MinorVersion="1" MajorBuildNumber="2507" MinorBuildNumber="6" Version="V2017_07_11"`

func envelope(w http.ResponseWriter, status int, info string, body *soap.Element) {
	header := soap.T("ServerVersionInfo")
	for field := range strings.FieldsSeq(info) {
		name, value, _ := strings.Cut(field, "=")
		header.Attrs = append(header.Attrs, soap.Attr{Name: name, Value: strings.Trim(value, `"`)})
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(status)
	_, _ = soap.Envelope{Header: []*soap.Element{header}, Body: body}.Message().WriteTo(w)
}

// success answers with one response message that holds text.
func success(w http.ResponseWriter, text string) {
	envelope(w, 200, exchange2016, soap.M("Answer", soap.M("ResponseMessages", message("NoError", soap.T("Text", text)))))
}

func message(code string, content ...any) *soap.Element {
	class := "Success"
	if code != "NoError" {
		class = "Error"
	}
	return soap.M("Message", append([]any{soap.Attr{Name: "ResponseClass", Value: class}, soap.M("ResponseCode", code)}, content...)...)
}

func fault(w http.ResponseWriter, code string, detail ...*soap.Element) {
	envelope(w, 500, exchange2016, soap.FaultBody(code, code+" as text", detail...))
}

func backOff(milliseconds string) *soap.Element {
	return soap.T("MessageXml", soap.T("Value", soap.Attr{Name: "Name", Value: "BackOffMilliseconds"}, milliseconds))
}

var ping = transport.Call{Version: soap.Exchange2010, Body: soap.M("Ping"), Idempotent: true}

// text is what a success said.
func text(a *soap.Answer) string {
	if a == nil || len(a.Messages()) == 0 {
		return ""
	}
	return a.Messages()[0].Value("Text")
}
