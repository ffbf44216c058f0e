package directory

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	stdsync "sync"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// connection is a connection to a directory, used by one goroutine.
type connection struct {
	*server
	line        *line
	ldap        *ldap.Conn
	certificate *x509.Certificate // of the server; nil without TLS
	stop        func() bool
	doing       string // what the server was asked last, for messages
}

// connect reaches the server, and has the connection encrypted if the settings say so.
func (s *server) connect(ctx context.Context) (*connection, error) {
	c := &connection{server: s, doing: "connecting"}
	raw, err := s.Dial(ctx, "tcp", s.address)
	if err != nil {
		return nil, c.failure(ctx, err)
	}
	c.line = &line{Conn: raw, silence: s.Timeout}
	// Neither the handshake nor go-ldap looks at the context all the time.
	c.stop = context.AfterFunc(ctx, func() { raw.Close() })
	if s.StartTLS {
		c.doing = "StartTLS"
		err = startTLS(c.line)
	}
	if s.secure && err == nil {
		c.doing = "the TLS handshake"
		err = c.encrypt(ctx)
	}
	if err != nil {
		c.stop()
		raw.Close()
		return nil, c.failure(ctx, err)
	}
	c.ldap = ldap.NewConn(c.line, s.secure)
	c.ldap.Start()
	return c, nil
}

func (c *connection) encrypt(ctx context.Context) error {
	config, err := c.trust().Config(c.url.Hostname())
	if err != nil {
		return err
	}
	conn := tls.Client(c.line, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	c.certificate = conn.ConnectionState().PeerCertificates[0]
	c.line = &line{Conn: conn, silence: c.Timeout}
	return nil
}

func (c *connection) close() {
	c.stop()
	c.ldap.Close()
}

// maxStartTLS is how long an answer to StartTLS may be.
const maxStartTLS = 64 << 10

// startTLS asks a server for TLS (RFC 4511, 4.14), so that the handshake is next. go-ldap would do it, but turns the errors of the handshake
// into text.
func startTLS(conn net.Conn) error {
	request := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	request.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, int64(1), ""))
	extended := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationExtendedRequest, nil, "")
	extended.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, "1.3.6.1.4.1.1466.20037", ""))
	request.AppendChild(extended)
	if _, err := conn.Write(request.Bytes()); err != nil {
		return err
	}
	answer, err := ber.ReadPacket(io.LimitReader(conn, maxStartTLS))
	if err != nil {
		return err
	}
	return ldap.GetLDAPError(answer)
}

// line is the wire, with or without TLS. It gives up when the other side is silent for too long, and remembers why it broke, since go-ldap turns errors into
// text.
type line struct {
	net.Conn
	silence time.Duration

	mu     stdsync.Mutex
	broken error
}

func (l *line) Read(p []byte) (int, error) {
	if err := l.SetReadDeadline(time.Now().Add(l.silence)); err != nil {
		return 0, l.note(err)
	}
	n, err := l.Conn.Read(p)
	return n, l.note(err)
}

func (l *line) Write(p []byte) (int, error) {
	if err := l.SetWriteDeadline(time.Now().Add(l.silence)); err != nil {
		return 0, l.note(err)
	}
	n, err := l.Conn.Write(p)
	return n, l.note(err)
}

func (l *line) note(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil {
		l.broken = err
	}
	return err
}

// why is the first error of the wire.
func (l *line) why() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}
