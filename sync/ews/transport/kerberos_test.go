package transport

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"

	"iorepl/sync/ews/soap"
)

const (
	realm = "CONTOSO.EXAMPLE"
	etype = etypeID.AES256_CTS_HMAC_SHA1_96
)

func keysOf(t *testing.T, principals ...string) *keytab.Keytab {
	t.Helper()
	k := keytab.New()
	for _, p := range principals {
		if err := k.AddEntry(p, realm, "secret of "+p, time.Now(), 1, etype); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// ticketCache writes the file that kinit would, with a ticket for each of the services (MIT ccache, version 4).
func ticketCache(t *testing.T, keys *keytab.Keytab, services ...string) string {
	t.Helper()
	var b []byte
	data := func(d []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(d)))
		b = append(b, d...)
	}
	principal := func(p types.PrincipalName) {
		b = binary.BigEndian.AppendUint32(b, uint32(p.NameType))
		b = binary.BigEndian.AppendUint32(b, uint32(len(p.NameString)))
		data([]byte(realm))
		for _, s := range p.NameString {
			data([]byte(s))
		}
	}
	b = append(b, 5, 4, 0, 0)
	alice := types.NewPrincipalName(nametype.KRB_NT_PRINCIPAL, "alice")
	principal(alice)
	now := time.Now()
	for _, s := range services {
		server := types.NewPrincipalName(nametype.KRB_NT_SRV_INST, s)
		ticket, key, err := messages.NewTicket(alice, realm, server, realm, types.NewKrbFlags(), keys, etype, 1,
			now, now.Add(-time.Minute), now.Add(time.Hour), now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := ticket.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		principal(alice)
		principal(server)
		b = binary.BigEndian.AppendUint16(b, uint16(key.KeyType))
		data(key.KeyValue)
		for _, at := range []time.Time{now, now.Add(-time.Minute), now.Add(time.Hour), now.Add(time.Hour)} {
			b = binary.BigEndian.AppendUint32(b, uint32(at.Unix()))
		}
		b = append(b, make([]byte, 1+4+4+4)...) // no session key, no flags, no addresses, no data
		data(raw)
		data(nil)
	}
	return write(t, "ccache", b)
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func krb5Conf(t *testing.T) string {
	return write(t, "krb5.conf", []byte("[libdefaults]\n default_realm = "+realm+"\n dns_lookup_kdc = false\n[realms]\n "+realm+" = {\n  kdc = 127.0.0.1:1\n }\n"))
}

func TestKerberosTicketsAreAccepted(t *testing.T) {
	keys := keysOf(t, "HTTP/127.0.0.1", "krbtgt/"+realm)
	inner := spnego.SPNEGOKRB5Authenticate(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength <= 0 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = soap.Envelope{Body: soap.M("Answer", soap.T("Text", "hello"))}.Message().WriteTo(w)
	}), keys)
	s := httptest.NewTLSServer(inner)
	defer s.Close()
	c, err := NewClient(Config{URL: s.URL, Auth: "kerberos", TicketCache: ticketCache(t, keys, "krbtgt/"+realm, "HTTP/127.0.0.1"),
		KRB5Config: krb5Conf(t), Proxy: "direct", CertificateSHA256: sha256Of(s.Certificate().Raw)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 3 {
		a, err := c.Call(t.Context(), Call{Body: soap.M("Ask")})
		if err != nil || a.Body.Value("Text") != "hello" {
			t.Fatal(err)
		}
	}
}

func sha256Of(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

func TestKerberosTokensCarryTheChannelBinding(t *testing.T) {
	keys := keysOf(t, "HTTP/mail.contoso.example", "krbtgt/"+realm)
	k, err := newKerberos(Config{TicketCache: ticketCache(t, keys, "krbtgt/"+realm, "HTTP/mail.contoso.example"), KRB5Config: krb5Conf(t)}, "Mail.contoso.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, binding := range [][]byte{nil, bytes.Repeat([]byte{7}, 16)} {
		header, err := k.authorization(binding)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(header, "Negotiate "))
		if err != nil {
			t.Fatal(err)
		}
		var outer spnego.SPNEGOToken
		if err := outer.Unmarshal(raw); err != nil {
			t.Fatal(err)
		}
		var mech spnego.KRB5Token
		if err := mech.Unmarshal(outer.NegTokenInit.MechTokenBytes); err != nil {
			t.Fatal(err)
		}
		if err := mech.APReq.Ticket.DecryptEncPart(keys, nil); err != nil {
			t.Fatal(err)
		}
		if err := mech.APReq.DecryptAuthenticator(mech.APReq.Ticket.DecryptedEncPart.Key); err != nil {
			t.Fatal(err)
		}
		sum := mech.APReq.Authenticator.Cksum.Checksum
		want := make([]byte, 16)
		copy(want, binding)
		if len(sum) != 24 || sum[0] != 16 || !bytes.Equal(sum[4:20], want) {
			t.Errorf("checksum is %x for binding %x", sum, binding)
		}
	}
}

func TestKerberosMistakesAreExplained(t *testing.T) {
	t.Setenv("KRB5CCNAME", "")
	keys := keysOf(t, "HTTP/mail.contoso.example", "krbtgt/"+realm)
	raw, err := keysOf(t, "bob").Marshal()
	if err != nil {
		t.Fatal(err)
	}
	bob := write(t, "bob.keytab", raw)
	conf := krb5Conf(t)
	for want, c := range map[string]Config{
		"neither a keytab":    {},
		"keytab /nonexistent": {Keytab: "/nonexistent", Username: "alice@" + realm},
		"no key for alice@CONTOSO.EXAMPLE but for: bob@CONTOSO.EXAMPLE": {Keytab: bob, Username: "alice@contoso.example"},
		"is not one of user@REALM":                                      {Keytab: bob, Username: `CONTOSO\bob`},
		"run kinit":                                                     {TicketCache: "/nonexistent"},
		"is not a file":                                                 {TicketCache: "KCM:0"},
		"damaged":                                                       {TicketCache: write(t, "short", []byte{5})},
		"TGT not found":                                                 {TicketCache: ticketCache(t, keys, "HTTP/mail.contoso.example")},
		"bad.conf":                                                      {KRB5Config: write(t, "bad.conf", []byte("[libdefaults]\n ticket_lifetime = nonsense\n")), Username: "a"},
	} {
		if c.KRB5Config == "" {
			c.KRB5Config = conf
		}
		if _, err := newKerberos(c, "mail.contoso.example"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}

	// A ticket-granting ticket, but nobody to ask for more.
	k, err := newKerberos(Config{TicketCache: ticketCache(t, keys, "krbtgt/"+realm), KRB5Config: conf}, "mail.contoso.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.authorization(nil); err == nil || !strings.Contains(err.Error(), "no ticket for HTTP/mail.contoso.example") {
		t.Errorf("got %v", err)
	}
}
