package directory

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/ewstest/auth"
)

const (
	host     = "dc1.contoso.example"
	user     = `CONTOSO\reader`
	password = "pässword"
)

// entry is an object of the directory: alternating names and values of attributes behind the distinguished name.
type entry struct {
	dn    string
	attrs []string
}

// testServer answers LDAP as Active Directory does.
type testServer struct {
	entries    []entry
	references []string // sent with the first page
	noPaging   bool
	samePage   bool // gives the first page for ever
	sizeLimit  int  // entries of one search without pages; 0: none
	maxValues  int  // of proxyAddresses at a time; 0: all

	certificate tls.Certificate
	noTLS       bool           // answers StartTLS with an error
	plain       bool           // talks LDAP at once even for ldaps
	binding     auth.Binding   // what NTLM demands
	bindAnswer  []byte         // instead of looking at the password
	onSearch    map[int]func() // before the search with that number, from 0
	answers     map[int][]byte // instead of the answer to that search
	silent      map[int]bool   // no answer to that search
	hangUp      map[int]bool   // the connection is closed instead

	mu       stdsync.Mutex
	binds    int
	searches []search
	sent     []byte // by the client, before TLS
}

type search struct{ base, filter, attributes string }

// settings connect to the server.
func (s *testServer) settings() *LDAP {
	return &LDAP{URL: "ldaps://" + host, BaseDN: "DC=contoso,DC=example", Username: user, Password: password,
		CertificateSHA256: fmt.Sprintf("%x", sha256.Sum256(s.certificate.Certificate[0])), Dial: s.dial}
}

// dial connects over loopback, wherever the server is said to be.
func (s *testServer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() {
		defer l.Close()
		if conn, err := l.Accept(); err == nil {
			s.serve(conn, s.speaksTLS(address))
		}
	}()
	return (&net.Dialer{}).DialContext(ctx, network, l.Addr().String())
}

// pipe connects in memory, for tests with a clock of their own.
func (s *testServer) pipe(_ context.Context, _, address string) (net.Conn, error) {
	client, server := net.Pipe()
	go s.serve(server, s.speaksTLS(address))
	return client, nil
}

func (s *testServer) speaksTLS(address string) bool {
	return strings.HasSuffix(address, ":636") && !s.plain
}

func newServer(t testing.TB, entries ...entry) *testServer {
	t.Helper()
	c, err := ewstest.NewCertificate(host, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return &testServer{entries: entries, certificate: c}
}

// session is one connection.
type session struct {
	*testServer
	conn   net.Conn
	in     *bufio.Reader
	out    *bufio.Writer
	secure bool
	ntlm   *auth.Handler
	ctx    context.Context // of the connection, for ntlm
	bound  bool            // logged in
	given  int             // entries, of a paged search
}

func (s *testServer) serve(conn net.Conn, secure bool) {
	defer conn.Close()
	handler := auth.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), auth.Options{Schemes: []string{"NTLM"}, ChannelBinding: s.binding,
		Certificate: s.certificate.Leaf, Accounts: func(string) (string, bool) { return password, true }})
	c := &session{testServer: s, ntlm: handler, ctx: handler.ConnContext(context.Background(), conn)}
	if secure {
		conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.certificate}})
	}
	c.use(conn, secure)
	for {
		p, err := ber.ReadPacket(c.in)
		if err != nil || len(p.Children) < 2 {
			return
		}
		if !c.secure {
			s.mu.Lock()
			s.sent = append(s.sent, p.Bytes()...)
			s.mu.Unlock()
		}
		id, op := p.Children[0].Bytes(), p.Children[1]
		switch op.Tag {
		case ldap.ApplicationBindRequest:
			c.send(id, c.bind(op))
		case ldap.ApplicationUnbindRequest:
			return
		case ldap.ApplicationExtendedRequest:
			if s.noTLS {
				c.send(id, result(0x78, 52, "", "00000000: LdapErr: DSID-0C09127A, comment: Error initializing SSL/TLS, data 0, v4563"))
				continue
			}
			c.send(id, result(0x78, 0, "", ""))
			c.use(tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.certificate}}), true)
		case ldap.ApplicationSearchRequest:
			c.search(id, p)
		}
	}
}

func (c *session) use(conn net.Conn, secure bool) {
	c.conn, c.in, c.out, c.secure = conn, bufio.NewReader(conn), bufio.NewWriterSize(conn, 64<<10), secure
}

func (c *session) send(id []byte, op []byte, controls ...[]byte) {
	c.add(id, op, controls...)
	_ = c.out.Flush() // the client may have gone
}

func (c *session) add(id []byte, op []byte, controls ...[]byte) {
	_, _ = c.out.Write(tlv(0x30, append([][]byte{id, op}, controls...)...))
}

// bind answers a simple or an NTLM login.
func (c *session) bind(op *ber.Packet) []byte {
	credentials := op.Children[2]
	if credentials.Tag != 10 { // the first NTLM message tells no password
		c.mu.Lock()
		c.binds++
		c.mu.Unlock()
	}
	refusal := result(0x61, 49, "", "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 52e, v4563\x00")
	switch {
	case c.bindAnswer != nil:
		return c.bindAnswer
	case credentials.Tag == 0:
		c.bound = op.Children[1].Value == user && credentials.Data.String() == password
	default:
		r := httptest.NewRequestWithContext(c.ctx, "GET", "/", nil)
		r.Header.Set("Authorization", "NTLM "+base64.StdEncoding.EncodeToString(credentials.Data.Bytes()))
		if c.secure {
			r.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		c.ntlm.ServeHTTP(w, r)
		if _, token, ok := strings.Cut(w.Header().Get("WWW-Authenticate"), " "); ok {
			challenge, _ := base64.StdEncoding.DecodeString(token)
			return result(0x61, 0, string(challenge), "")
		}
		c.bound = w.Code == http.StatusOK
		if c.binding != auth.BindingOff {
			refusal = result(0x61, 49, "", "80090346: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data 80090346, v4563\x00")
		}
	}
	if c.bound {
		return result(0x61, 0, "", "")
	}
	return refusal
}

func (c *session) search(id []byte, p *ber.Packet) {
	op := p.Children[1]
	filter, _ := ldap.DecompileFilter(op.Children[6])
	q := search{base: op.Children[0].Value.(string), filter: filter}
	for _, a := range op.Children[7].Children {
		q.attributes += a.Value.(string) + " "
	}
	c.mu.Lock()
	n := len(c.searches)
	c.searches = append(c.searches, q)
	c.mu.Unlock()
	if f := c.onSearch[n]; f != nil {
		f()
	}
	switch {
	case c.silent[n]:
		return
	case c.hangUp[n]:
		c.conn.Close()
		return
	case c.answers[n] != nil:
		c.send(id, c.answers[n])
		return
	case !c.bound:
		c.send(id, result(0x65, 1, "", "000004DC: LdapErr: DSID-0C0907E9, comment: In order to perform this operation a successful bind must be completed"))
		return
	case q.base == "":
		c.add(id, encode(entry{attrs: []string{"defaultNamingContext", "DC=contoso,DC=example"}}, 0, 0))
		c.send(id, result(0x65, 0, "", ""))
		return
	}
	if scope := op.Children[1].Value.(int64); scope == ldap.ScopeBaseObject {
		_, from, _ := strings.Cut(q.attributes, "range=")
		start, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(from), "-*"))
		for _, e := range c.entries {
			if e.dn == q.base {
				c.add(id, encode(e, start, c.maxValues))
				c.send(id, result(0x65, 0, "", ""))
				return
			}
		}
		c.send(id, result(0x65, 32, "", ""))
		return
	}
	c.page(id, p)
}

// page sends the next entries of a search.
func (c *session) page(id []byte, p *ber.Packet) {
	size, cookie := 0, ""
	if len(p.Children) > 2 && !c.noPaging {
		control, err := ldap.DecodeControl(p.Children[2].Children[0])
		if paging, ok := control.(*ldap.ControlPaging); ok && err == nil {
			size, cookie = int(paging.PagingSize), string(paging.Cookie)
		}
	}
	if cookie == "" || c.samePage {
		c.given = 0
		for _, r := range c.references {
			c.add(id, tlv(0x73, text4(r)))
		}
	}
	count := 0
	for ; c.given < len(c.entries) && (size == 0 || count < size); c.given++ {
		if c.sizeLimit > 0 && count == c.sizeLimit && size == 0 {
			c.send(id, result(0x65, 4, "", ""))
			return
		}
		c.add(id, encode(c.entries[c.given], 0, c.maxValues))
		count++
	}
	if size == 0 {
		c.send(id, result(0x65, 0, "", ""))
		return
	}
	next := ""
	if c.given < len(c.entries) {
		next = strconv.Itoa(c.given)
	}
	value := tlv(0x30, tlv(2, []byte{0}), text4(next))
	c.send(id, result(0x65, 0, "", ""), tlv(0xA0, tlv(0x30, text4(ldap.ControlTypePaging), text4(string(value)))))
}
