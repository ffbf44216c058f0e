package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	stdsync "sync"
	"time"

	"iorepl/sync/ews/ewstest"
)

// password is that of every account.
const password = "Correct-Horse-8"

// profiles are the servers that there are to choose from.
var profiles = map[string]ewstest.Profile{"2007": ewstest.Exchange2007SP1, "2010": ewstest.Exchange2010SP2,
	"2016": ewstest.Exchange2016, "grommunio": ewstest.Grommunio}

// organization is an Exchange organization with its web site.
type organization struct {
	name        string
	profile     ewstest.Profile
	server      *ewstest.Server
	certificate tls.Certificate
	site        *http.Server // nil until it listens
	url         string       // of the web site
	describe    string       // what it holds
}

func newOrganization(name, profile string) (*organization, error) {
	p, ok := profiles[profile]
	if !ok {
		return nil, fmt.Errorf("%w: there is no server %q for %s, only 2007, 2010, 2016 and grommunio", errUsage, profile, name)
	}
	certificate, err := ewstest.NewCertificate("mail."+name+".test", time.Now().Add(-time.Hour), time.Now().AddDate(0, 1, 0))
	if err != nil {
		return nil, fmt.Errorf("organization %s: %w", name, err)
	}
	org := &organization{name: name, profile: p, certificate: certificate,
		server: ewstest.New(ewstest.Options{Profile: p, Domain: name + ".test", Organization: name, Certificate: &certificate})}
	org.server.AddUser("iorepl", password, org.address("iorepl"))
	return org, nil
}

// address is somebody's address in the organization.
func (org *organization) address(name string) string { return name + "@" + org.name + ".test" }

// fingerprint is the SHA-256 of the certificate.
func (org *organization) fingerprint() string {
	sum := sha256.Sum256(org.certificate.Leaf.Raw)
	return hex.EncodeToString(sum[:])
}

// listen opens the web site on a port of this computer, or on a free one if that is taken.
func (org *organization) listen(port int, verbose bool, out *lines) error {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil && port != 0 {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return fmt.Errorf("listening for %s: %w", org.name, err)
	}
	handler := org.server.Handler()
	if verbose {
		handler = &requestLog{organization: org, out: out, next: handler}
	}
	// HTTP/2 has no connections of its own to log in on, as NTLM does.
	org.site = &http.Server{Handler: handler, ConnContext: org.server.ConnContext, ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig:    &tls.Config{Certificates: []tls.Certificate{org.certificate}, NextProtos: []string{"http/1.1"}},
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}}
	org.url = "https://" + l.Addr().String()
	go func() {
		if err := org.site.ServeTLS(l, "", ""); !errors.Is(err, http.ErrServerClosed) {
			out.printf("%s does not answer any more: %v\n", org.name, err)
		}
	}()
	return nil
}

// close lets requests that are under way end, and closes the web site.
func (org *organization) close() {
	if org.site != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if org.site.Shutdown(ctx) != nil {
			_ = org.site.Close()
		}
	}
	org.server.Close()
}

// requestLog prints the requests of an organization when they are answered.
type requestLog struct {
	*organization
	out  *lines
	next http.Handler

	mu      stdsync.Mutex
	running int
	printed int // of the server's log
}

func (l *requestLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	l.running++
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.running--
		for _, r := range l.server.Log()[l.printed:] {
			if r.Status == 0 && l.running > 0 {
				break // it may still be under way
			}
			l.printed++
			l.out.printf("%s\n", requestLine(l.name, r))
		}
	}()
	l.next.ServeHTTP(w, r)
}

// requestLine is a request for people.
func requestLine(organization string, r ewstest.Request) string {
	who, _, _ := strings.Cut(r.Account, "@")
	line := fmt.Sprintf("%-9s %-7s ", organization, who)
	if r.Operation == "" {
		return line + "logs in" // NTLM begins a connection with an empty request
	}
	line += fmt.Sprintf("%-12s names %d, %d bytes in, %d out", r.Operation, r.IDs, r.In, r.Out)
	if r.Code != "" {
		line += ", " + r.Code
	}
	return line
}

// lines is the terminal. Each print stands by itself.
type lines struct {
	mu  stdsync.Mutex
	out io.Writer
}

func (l *lines) printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.out, format, args...)
}
