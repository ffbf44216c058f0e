package directory

import (
	"context"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/ewstest/auth"
)

// refused is what Active Directory says when it lets nobody in.
func refused(data string) []byte {
	return result(0x61, ldap.LDAPResultInvalidCredentials, "", "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data "+data+", v4563\x00")
}

func TestFailuresSayWhatToDo(t *testing.T) {
	done := func(code byte, matched, said string, more ...[]byte) map[int][]byte {
		return map[int][]byte{0: result(0x65, code, matched, said, more...)}
	}
	for name, c := range map[string]struct {
		change func(*testServer, *LDAP)
		want   []string
	}{
		"wrong password": {func(_ *testServer, l *LDAP) { l.Password = "wrong" },
			[]string{`CONTOSO\reader`, "after one try", "user name or password is wrong", "data 52e"}},
		"unknown user":      {func(s *testServer, _ *LDAP) { s.bindAnswer = refused("525") }, []string{"the user does not exist"}},
		"password expired":  {func(s *testServer, _ *LDAP) { s.bindAnswer = refused("532") }, []string{"the password has expired"}},
		"account disabled":  {func(s *testServer, _ *LDAP) { s.bindAnswer = refused("533") }, []string{"the account is disabled"}},
		"password to renew": {func(s *testServer, _ *LDAP) { s.bindAnswer = refused("773") }, []string{"has to be changed"}},
		"account locked":    {func(s *testServer, _ *LDAP) { s.bindAnswer = refused("775") }, []string{"the account is locked"}},
		"another directory": {func(s *testServer, _ *LDAP) { s.bindAnswer = result(0x61, 49, "", "") }, []string{"check username and password"}},
		"signing demanded": {func(s *testServer, _ *LDAP) {
			s.bindAnswer = result(0x61, ldap.LDAPResultStrongAuthRequired, "", "00002028: LdapErr: DSID-0C090202")
		}, []string{"ldaps:// or start_tls", "00002028"}},
		"kind of login": {func(s *testServer, _ *LDAP) {
			s.bindAnswer = result(0x61, ldap.LDAPResultAuthMethodNotSupported, "", "")
		}, []string{`auth = "simple"`}},
		"no StartTLS": {func(s *testServer, l *LDAP) { l.URL, l.StartTLS, s.noTLS = "ldap://"+host, true, true },
			[]string{host + ":389", "does not offer StartTLS", "Error initializing SSL/TLS"}},
		"ldap at the port of ldaps": {func(s *testServer, _ *LDAP) { s.plain = true }, []string{"during the TLS handshake"}},
		"ldaps at the port of ldap": {func(_ *testServer, l *LDAP) {
			l.URL, l.CertificateSHA256, l.AllowPlainText = "ldap://"+host+":636", "", true
		},
			[]string{"closed the connection during the login", "ldaps instead of ldap?"}},
		"another certificate": {func(_ *testServer, l *LDAP) { l.CertificateSHA256 = strings.Repeat("0", 64) }, []string{"not the one of certificate_sha256"}},
		"unknown authority":   {func(_ *testServer, l *LDAP) { l.CertificateSHA256 = "" }, []string{"ca_file", "certificate_sha256"}},
		"unknown host": {func(_ *testServer, l *LDAP) { l.Dial = failing(&net.DNSError{Name: host, IsNotFound: true}) },
			[]string{`no such host as "dc1.contoso.example"`, "url"}},
		"name server":  {func(_ *testServer, l *LDAP) { l.Dial = failing(&net.DNSError{Name: host, Err: "server misbehaving"}) }, []string{"name server does not answer"}},
		"nobody there": {func(_ *testServer, l *LDAP) { l.Dial = failing(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}) }, []string{"connection refused"}},
		"no answer":    {func(_ *testServer, l *LDAP) { l.Dial = failing(&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}) }, []string{"no connection in time"}},
		"base": {func(s *testServer, l *LDAP) { s.answers = done(ldap.LDAPResultNoSuchObject, "DC=example", "") },
			[]string{`there is no "DC=contoso,DC=example"`, "base_dn", `there is "DC=example"`}},
		"referral": {func(s *testServer, l *LDAP) {
			s.answers = done(ldap.LDAPResultReferral, "", "0000202B: RefErr: DSID-03100831", tlv(0xA3, text4("ldap://asia.contoso.example/DC=asia")))
		}, []string{"ldap://asia.contoso.example/DC=asia", "referrals are not followed", "3268"}},
		"size limit": {func(s *testServer, _ *LDAP) { s.sizeLimit, s.noPaging = 3, true }, []string{"the list is not complete", "size limit"}},
		"time limit": {func(s *testServer, _ *LDAP) { s.answers = done(ldap.LDAPResultTimeLimitExceeded, "", "") }, []string{"the list is not complete"}},
		"busy":       {func(s *testServer, _ *LDAP) { s.answers = done(ldap.LDAPResultBusy, "", "") }, []string{"try again later"}},
		"the same page for ever": {func(s *testServer, _ *LDAP) { s.entries, s.samePage = staff(pageSize+1), true },
			[]string{"the same page again"}},
		"a range without progress": {func(s *testServer, _ *LDAP) {
			s.maxValues = 2
			s.answers = map[int][]byte{1: encode(entry{"CN=Ann", nil}, 0, 0)}
			s.silent = map[int]bool{2: true}
			s.onSearch = map[int]func(){1: func() { s.answers[1] = result(0x65, ldap.LDAPResultInsufficientAccessRights, "", "") }}
		}, []string{"reading the addresses of CN=Ann", "may not read"}},
		"not LDAP": {func(s *testServer, _ *LDAP) { s.answers = map[int][]byte{0: {0x04, 0x01, 'x'}} }, []string{host}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, contoso()...)
			l := s.settings()
			l.Timeout = 5 * time.Second
			c.change(s, l)
			d, err := Open(t.Context(), temporary(t), Options{LDAP: l})
			if d != nil {
				t.Errorf("there is a directory of %d recipients", d.Len())
			}
			wantError(t, err, append(c.want, host)...)
			if s.binds > 1 {
				t.Errorf("%d logins", s.binds)
			}
		})
	}
}

func failing(err error) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) { return nil, err }
}

func TestConnectionThatBreaksIsAnError(t *testing.T) {
	for name, change := range map[string]func(*LDAP){
		"ldaps":      func(*LDAP) {},
		"start_tls":  func(l *LDAP) { l.URL, l.StartTLS = "ldap://"+host, true },
		"plain text": func(l *LDAP) { l.URL, l.CertificateSHA256, l.AllowPlainText = "ldap://"+host, "", true },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, staff(2*pageSize)...)
			s.hangUp = map[int]bool{1: true}
			l := s.settings()
			change(l)
			_, err := Open(t.Context(), temporary(t), Options{LDAP: l})
			wantError(t, err, host, "the server closed the connection during the search in DC=contoso,DC=example, after 1000 entries")
		})
	}
}

func TestMistakesShowWithoutAConnection(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*LDAP)
		want   []string
	}{
		"filter":          {func(l *LDAP) { l.Filter = "(company=Contoso" }, []string{"filter (company=Contoso is not an LDAP filter"}},
		"two filters":     {func(l *LDAP) { l.Filter = "(a=b)(c=d)" }, []string{"is not an LDAP filter"}},
		"base":            {func(l *LDAP) { l.BaseDN = "contoso.example" }, []string{`base_dn "contoso.example"`, "DC=contoso,DC=example"}},
		"scheme":          {func(l *LDAP) { l.URL = "https://" + host }, []string{"neither ldap://HOST nor ldaps://HOST"}},
		"path":            {func(l *LDAP) { l.URL += "/DC=contoso,DC=example" }, []string{"use base_dn"}},
		"account in it":   {func(l *LDAP) { l.URL = "ldaps://reader:secret@" + host }, []string{"use username and password"}},
		"no URL":          {func(l *LDAP) { l.URL = "ldaps://" + password + "%zz" }, []string{"url is not a URL"}},
		"both ways":       {func(l *LDAP) { l.StartTLS = true }, []string{"start_tls is for ldap://"}},
		"plain text":      {func(l *LDAP) { l.URL = "ldap://" + host }, []string{"plain text", "allow_plain_text"}},
		"auth":            {func(l *LDAP) { l.Auth = "kerberos" }, []string{`"kerberos" is neither simple nor ntlm`}},
		"anonymous":       {func(l *LDAP) { l.Username = "" }, []string{"anonymous"}},
		"unauthenticated": {func(l *LDAP) { l.Password = "" }, []string{"anonymous"}},
		"ca_file":         {func(l *LDAP) { l.CertificateSHA256, l.CAFile = "", "missing.pem" }, []string{"ca_file", "missing.pem"}},
		"several":         {func(l *LDAP) { l.BaseDN, l.Filter = "x", "y" }, []string{"base_dn", "filter"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			l := s.settings()
			l.Dial = func(context.Context, string, string) (net.Conn, error) {
				t.Error("it connects")
				return nil, os.ErrInvalid
			}
			c.change(l)
			_, err := Open(t.Context(), temporary(t), Options{LDAP: l})
			wantError(t, err, c.want...)
		})
	}
}

func TestCertificatesAreChecked(t *testing.T) {
	s := newServer(t, contoso()...)
	file := func() string {
		name := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.certificate.Certificate[0]}), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	l := s.settings()
	l.CertificateSHA256, l.CAFile = "", file()
	open(t, l)
	l.URL = "ldaps://dc2.contoso.example"
	_, err := Open(t.Context(), temporary(t), Options{LDAP: l})
	wantError(t, err, `not for "dc2.contoso.example"`, host, "server_name")
	l.ServerName = host
	open(t, l)

	old, err := ewstest.NewCertificate(host, time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	s.certificate = old
	l.CAFile = file()
	for _, l.StartTLS = range []bool{false, true} {
		if l.StartTLS {
			l.URL = "ldap://" + host
		}
		_, err = Open(t.Context(), temporary(t), Options{LDAP: l})
		wantError(t, err, "expired", "renewed")
	}
}

func TestNTLM(t *testing.T) {
	for name, c := range map[string]struct {
		binding auth.Binding
		change  func(*LDAP)
		want    string // in the error, "" for none
	}{
		"ldaps":                      {auth.BindingOff, func(*LDAP) {}, ""},
		"binding demanded":           {auth.BindingRequire, func(*LDAP) {}, ""},
		"binding demanded, StartTLS": {auth.BindingRequire, func(l *LDAP) { l.URL, l.StartTLS = "ldap://"+host, true }, ""},
		"binding without TLS":        {auth.BindingRequire, func(l *LDAP) { l.URL, l.CertificateSHA256 = "ldap://"+host, "" }, "LdapEnforceChannelBinding"},
		"without TLS":                {auth.BindingOff, func(l *LDAP) { l.URL, l.CertificateSHA256 = "ldap://"+host, "" }, ""},
		"user@domain":                {auth.BindingOff, func(l *LDAP) { l.Username = "reader@contoso.example" }, ""},
		"wrong password":             {auth.BindingOff, func(l *LDAP) { l.Password = "wrong" }, "user name or password is wrong"},
		"without a domain":           {auth.BindingOff, func(l *LDAP) { l.Username, l.Password = "reader", "wrong" }, `DOMAIN\user`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, contoso()...)
			s.binding = c.binding
			l := s.settings()
			l.Auth = "ntlm"
			c.change(l)
			d, err := Open(t.Context(), temporary(t), Options{LDAP: l})
			if s.binds != 1 || strings.Contains(string(s.sent), password) {
				t.Errorf("%d logins, sent without TLS: %q", s.binds, s.sent)
			}
			if c.want != "" {
				wantError(t, err, c.want)
				return
			}
			if err != nil || d.Len() != 6 {
				t.Errorf("%v, %v", d, err)
			}
		})
	}
}

func TestPasswordIsNotPrinted(t *testing.T) {
	l := newServer(t).settings()
	l.URL = "ldaps://x:" + password + "@" + host
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if out := fmt.Sprintf(verb+verb, l, *l); strings.Contains(out, password) {
			t.Errorf("%s: %s", verb, out)
		}
	}
}
