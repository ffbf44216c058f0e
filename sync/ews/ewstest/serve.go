package ewstest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"time"
)

// Handler is the server's web site: /EWS/Exchange.asmx and Autodiscover. An http.Server that uses it needs ConnContext as well, since
// NTLM authenticates connections.
func (s *Server) Handler() http.Handler { return s.handler }

// ConnContext belongs into the http.Server that uses Handler.
func (s *Server) ConnContext(ctx context.Context, conn net.Conn) context.Context {
	return s.auth.ConnContext(ctx, conn)
}

// Serve answers plain HTTP on a listener until the listener or the server is closed.
func (s *Server) Serve(l net.Listener) error { return s.httpServer().Serve(l) }

// ServeTLS is Serve with TLS and the server's certificate.
func (s *Server) ServeTLS(l net.Listener) error { return s.serveTLS(s.httpServer(), l) }

func (s *Server) serveTLS(h *http.Server, l net.Listener) error {
	if s.noCertificate != nil {
		return s.noCertificate
	}
	h.TLSConfig = &tls.Config{Certificates: []tls.Certificate{s.certificate}, MinVersion: s.options.MinTLS, MaxVersion: s.options.MaxTLS,
		NextProtos: []string{"http/1.1"}}
	return h.ServeTLS(l, "", "")
}

func (s *Server) httpServer() *http.Server {
	h := &http.Server{Handler: s.handler, ConnContext: s.ConnContext, ErrorLog: log.New(io.Discard, "", 0),
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}}
	s.listenMu.Lock()
	defer s.listenMu.Unlock()
	s.servers = append(s.servers, h)
	return h
}

// Start listens on a free port of 127.0.0.1, with or without TLS, and gives the address of its web site, such as
// https://127.0.0.1:40123. Close ends it.
func (s *Server) Start(secure bool) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listening for the Exchange server: %w", err)
	}
	h := s.httpServer() // before Close can come
	if secure {
		go s.serveTLS(h, l)
		return "https://" + l.Addr().String(), nil
	}
	go h.Serve(l)
	return "http://" + l.Addr().String(), nil
}

// Certificate is the one that the server shows. It is its own root.
func (s *Server) Certificate() *x509.Certificate { return s.certificate.Leaf }

// Close ends all connections and what still waits in them.
func (s *Server) Close() {
	s.closed.Do(func() { close(s.closing) })
	s.listenMu.Lock()
	defer s.listenMu.Unlock()
	for _, h := range s.servers {
		h.Close()
	}
	s.servers = nil
}

// NewCertificate makes a certificate of its own for a name and 127.0.0.1.
func NewCertificate(name string, from, until time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making a key: %w", err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true, DNSNames: []string{name, "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making a certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("reading the certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}
