package ews_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/ewstest/auth"
	"iorepl/sync/ews/transport"
)

// secure makes the server reachable over TLS and lets the options say so.
func secure(t testing.TB, s *ewstest.Server, o *ews.Options) {
	t.Helper()
	url, err := s.Start(true)
	if err != nil {
		t.Fatal(err)
	}
	o.Transport.URL = url + "/EWS/Exchange.asmx"
}

// pin trusts the server's certificate and no other.
func pin(s *ewstest.Server, o *ews.Options) {
	sum := sha256.Sum256(s.Certificate().Raw)
	o.Transport.CertificateSHA256 = hex.EncodeToString(sum[:])
}

// trust trusts what the server's certificate has signed, which is itself.
func trust(t testing.TB, s *ewstest.Server, o *ews.Options) {
	t.Helper()
	o.Transport.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(o.Transport.CAFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestWhatKeepsFromConnectingIsExplained: an organization that cannot be opened ends the run with a text that says what to change.
func TestWhatKeepsFromConnectingIsExplained(t *testing.T) {
	expired, err := ewstest.NewCertificate("mail.contoso.test", time.Now().AddDate(-1, 0, 0), time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	other, err := ewstest.NewCertificate("mail.fabrikam.test", time.Now().AddDate(-1, 0, 0), time.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		options ewstest.Options
		setup   func(*testing.T, *ewstest.Server, *ews.Options)
		words   []string
	}{
		{"unknown host", modern, func(_ *testing.T, _ *ewstest.Server, o *ews.Options) {
			o.Transport.URL = "https://mail.nowhere.test/EWS/Exchange.asmx"
			o.Transport.Dial = func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.DNSError{Err: "no such host", Name: "mail.nowhere.test", IsNotFound: true}
			}
		}, []string{"mail.nowhere.test", "no such host", "url"}},
		{"nothing listens", modern, func(t *testing.T, _ *ewstest.Server, o *ews.Options) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			l.Close()
			o.Transport.URL = "http://" + l.Addr().String() + "/EWS/Exchange.asmx"
		}, []string{"connection refused", "url"}},
		{"expired certificate", ewstest.Options{Profile: ewstest.Exchange2016, Certificate: &expired}, func(t *testing.T, s *ewstest.Server, o *ews.Options) {
			secure(t, s, o)
			trust(t, s, o)
		}, []string{"expired", "certificate_sha256", "renewed"}},
		{"certificate of another server", ewstest.Options{Profile: ewstest.Exchange2016, Certificate: &other}, func(t *testing.T, s *ewstest.Server, o *ews.Options) {
			secure(t, s, o)
			trust(t, s, o)
			o.Transport.ServerName = "mail.contoso.test"
		}, []string{"mail.contoso.test", "mail.fabrikam.test", "server_name"}},
		{"unknown authority", modern, func(t *testing.T, s *ewstest.Server, o *ews.Options) { secure(t, s, o) }, []string{"unknown authority", "ca_file", "certificate_sha256"}},
		{"another certificate than the pinned one", modern, func(t *testing.T, s *ewstest.Server, o *ews.Options) {
			secure(t, s, o)
			o.Transport.CertificateSHA256 = strings.Repeat("ab", 32)
		}, []string{"certificate_sha256", "presents"}},
		{"wrong virtual directory", modern, func(_ *testing.T, _ *ewstest.Server, o *ews.Options) {
			o.Transport.URL = strings.Replace(o.Transport.URL, "/EWS/", "/Exchange/", 1)
		}, []string{"404", "/EWS/Exchange.asmx"}},
		{"a page", modern, func(_ *testing.T, s *ewstest.Server, _ *ews.Options) {
			s.Inject(ewstest.Fault{Times: -1, Action: ewstest.Page()})
		}, []string{"web page", "Outlook", "login page"}},
		{"no mailbox", modern, func(_ *testing.T, s *ewstest.Server, o *ews.Options) {
			s.AddMailUser("bare", "secret", "bare@contoso.test")
			o.Transport.Username = `CONTOSO\bare`
		}, []string{"needs a mailbox"}},
		{"root not visible", modern, func(t *testing.T, s *ewstest.Server, _ *ews.Options) {
			if err := s.SetPermission("", "iorepl@contoso.test", ewstest.None); err != nil {
				t.Fatal(err)
			}
		}, []string{"Add-PublicFolderClientPermission", "FolderVisible"}},
		{"down", modern, func(_ *testing.T, s *ewstest.Server, _ *ews.Options) {
			s.Inject(ewstest.Fault{Times: -1, Action: ewstest.Status{Code: http.StatusServiceUnavailable}})
		}, []string{"503", "down"}},
		{"old TLS", ewstest.Options{Profile: ewstest.Exchange2010SP2, MinTLS: tls.VersionTLS10, MaxTLS: tls.VersionTLS10}, func(t *testing.T, s *ewstest.Server, o *ews.Options) {
			secure(t, s, o)
			pin(s, o)
		}, []string{"TLS", "tls_legacy"}},
		{"binding required, no TLS", ewstest.Options{Profile: ewstest.Exchange2016, ChannelBinding: auth.BindingRequire}, nil, []string{"401", "Extended Protection", "https"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, o := newServer(t, tt.options)
			o.Transport.Sleep = newClock().sleep
			if tt.setup != nil {
				tt.setup(t, s, &o)
			}
			store, err := ews.Open(t.Context(), o)
			if err == nil {
				_ = store.Close()
				t.Fatal("it opens")
			}
			contains(t, err.Error(), tt.words...)
			if strings.Contains(err.Error(), o.Transport.Password) {
				t.Errorf("the password is told: %v", err)
			}
			for _, r := range s.Mutations("") {
				t.Errorf("%s was sent", r.Operation)
			}
		})
	}
}

// TestWrongPasswordIsTriedOnce: neither a run nor the stores that it opens at a time lock the account.
func TestWrongPasswordIsTriedOnce(t *testing.T) {
	for _, how := range []string{"ntlm", "basic"} {
		t.Run(how, func(t *testing.T) {
			o := modern
			o.LockoutAfter = 2
			c := news(t, o, o, nil)
			c.options["a"].Transport.Password = "wrong"
			c.options["a"].Transport.MaxConnections = 4
			c.options["a"].Transport.Auth, c.options["a"].Transport.AllowPlainText = how, true
			out := c.apply()
			out.says(t, "organization a", `CONTOSO\iorepl`, "tried once", "check user name and password")
			if n := c.servers["a"].BadPasswords("iorepl"); n != 1 {
				t.Errorf("the password was tried %d times", n)
			}
			c.options["a"].Transport.Password = "secret"
			c.complete()
			c.same("a", "News", "b", "Copies/News")
		})
	}
}

// TestPasswordThatChangesMeanwhileIsTriedOnce: a run whose password stops working ends at once.
func TestPasswordThatChangesMeanwhileIsTriedOnce(t *testing.T) {
	o := modern
	o.LockoutAfter = 2
	c := news(t, o, modern, nil)
	c.between = func() {
		c.servers["a"].RemoveUser("iorepl@contoso.test")
		c.servers["a"].AddUser("iorepl", "another", "iorepl@contoso.test")
		c.servers["a"].Inject(ewstest.Fault{Action: ewstest.Status{Code: http.StatusUnauthorized}})
	}
	out := c.apply()
	out.says(t, "check user name and password")
	if n := c.servers["a"].BadPasswords("iorepl"); n != 1 {
		t.Errorf("the password was tried %d times", n)
	}
	if got := c.subjects("b", "Copies/News"); len(got) != 0 {
		t.Errorf("the subscriber has %v", got)
	}
}

func TestEveryWayToLogInWorks(t *testing.T) {
	legacy := ewstest.Options{Profile: ewstest.Exchange2010SP2, MinTLS: tls.VersionTLS10, MaxTLS: tls.VersionTLS10}
	required := ewstest.Options{Profile: ewstest.Exchange2016, ChannelBinding: auth.BindingRequire}
	with := func(schemes ...string) ewstest.Options {
		return ewstest.Options{Profile: ewstest.Exchange2016, Schemes: schemes}
	}
	for _, tt := range []struct {
		name    string
		options ewstest.Options
		tls     bool
		change  func(*testing.T, *ewstest.Server, *ews.Options)
	}{
		{"Negotiate alone", with("Negotiate"), false, nil},
		{"NTLM alone", with("NTLM"), false, nil},
		{"Basic first", with("Basic", "Negotiate", "NTLM"), false, nil},
		{"Basic, then Negotiate", with("Basic", "Negotiate"), true, func(_ *testing.T, s *ewstest.Server, o *ews.Options) { pin(s, o) }},
		{"binding required, pinned", required, true, func(_ *testing.T, s *ewstest.Server, o *ews.Options) { pin(s, o) }},
		{"binding required, authority", required, true, func(t *testing.T, s *ewstest.Server, o *ews.Options) { trust(t, s, o) }},
		{"binding required, Negotiate alone", ewstest.Options{Profile: ewstest.Exchange2016, ChannelBinding: auth.BindingRequire, Schemes: []string{"Negotiate"}}, true,
			func(_ *testing.T, s *ewstest.Server, o *ews.Options) { pin(s, o) }},
		{"old TLS", legacy, true, func(_ *testing.T, s *ewstest.Server, o *ews.Options) { pin(s, o); o.Transport.TLSLegacy = true }},
		{"UPN", modern, false, func(_ *testing.T, _ *ewstest.Server, o *ews.Options) { o.Transport.Username = "iorepl@contoso.test" }},
		{"bare name", modern, false, func(_ *testing.T, _ *ewstest.Server, o *ews.Options) { o.Transport.Username = "iorepl" }},
		{"Basic over TLS", with("Basic"), true, func(_ *testing.T, s *ewstest.Server, o *ews.Options) { pin(s, o); o.Transport.Auth = "basic" }},
		{"Basic in plain text", with("Basic"), false, func(_ *testing.T, _ *ewstest.Server, o *ews.Options) {
			o.Transport.Auth, o.Transport.AllowPlainText = "basic", true
		}},
		{"grommunio", ewstest.Options{Profile: ewstest.Grommunio}, false, nil},
		{"grommunio over TLS, binding required", ewstest.Options{Profile: ewstest.Grommunio, ChannelBinding: auth.BindingRequire}, true,
			func(_ *testing.T, s *ewstest.Server, o *ews.Options) { pin(s, o) }},
		{"impersonation", modern, false, func(t *testing.T, s *ewstest.Server, o *ews.Options) {
			s.AddUser("robot", "beep", "robot@contoso.test")
			s.AllowImpersonation("robot@contoso.test")
			o.Transport.Username, o.Transport.Password, o.Transport.Impersonate = `CONTOSO\robot`, "beep", "iorepl@contoso.test"
		}},
		{"impersonation on 2007", ewstest.Options{Profile: ewstest.Exchange2007SP1}, false, func(t *testing.T, s *ewstest.Server, o *ews.Options) {
			s.AddUser("robot", "beep", "robot@contoso.test")
			s.AllowImpersonation("robot@contoso.test")
			o.Transport.Username, o.Transport.Password, o.Transport.Impersonate = `CONTOSO\robot`, "beep", "iorepl@contoso.test"
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := news(t, modern, tt.options, nil)
			o := c.options["b"]
			if tt.tls {
				secure(t, c.servers["b"], o)
			}
			if tt.change != nil {
				tt.change(t, c.servers["b"], o)
			}
			c.complete()
			c.holds("b", "Copies/News", "one", "two", "three")
			c.quiet()
			for _, r := range c.servers["b"].Mutations("") {
				if r.Account != "iorepl@contoso.test" {
					t.Errorf("%s was done as %s", r.Operation, r.Account)
				}
			}
		})
	}
}

// TestImpersonationIsRefusedClearly: an account that may not act for another is told so.
func TestImpersonationIsRefusedClearly(t *testing.T) {
	s, o := newServer(t, modern)
	s.AddUser("anna", "secret", "anna@contoso.test")
	o.Transport.Impersonate = "anna@contoso.test"
	_, err := ews.Open(t.Context(), o)
	if err == nil {
		t.Fatal("it opens")
	}
	contains(t, err.Error(), "impersonate", "ApplicationImpersonation")
}

// TestBasicNeedsTLS: a password is not sent where others read it.
func TestBasicNeedsTLS(t *testing.T) {
	s, o := newServer(t, ewstest.Options{Profile: ewstest.Exchange2016, Schemes: []string{"Basic"}})
	o.Transport.Auth = "basic"
	if _, err := ews.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "allow_plain_text") {
		t.Errorf("got %v", err)
	}
	o.Transport = transport.Config{URL: o.Transport.URL, Username: o.Transport.Username, Password: o.Transport.Password}
	if _, err := ews.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), `auth = "basic"`) {
		t.Errorf("got %v", err)
	}
	if n := len(s.Log()); n != 0 {
		t.Errorf("%d requests were sent with credentials", n)
	}
}

// TestAutodiscoverWithoutEWSIsExplained: an address that the administrator never wrote is not what is wrong.
func TestAutodiscoverWithoutEWSIsExplained(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"><Response
			xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><User><AutoDiscoverSMTPAddress>iorepl@contoso.test</AutoDiscoverSMTPAddress>
			</User><Account><Action>settings</Action></Account></Response></Autodiscover>`)
	}))
	defer s.Close()
	sum := sha256.Sum256(s.Certificate().Raw)
	_, err := ews.Open(t.Context(), ews.Options{Autodiscover: "iorepl@contoso.test", Transport: transport.Config{CertificateSHA256: hex.EncodeToString(sum[:]),
		LookupSRV: func(context.Context, string) ([]string, error) { return nil, nil },
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
		}}})
	contains(t, fmt.Sprint(err), "names no address of EWS: set url", "autodiscover.contoso.test")
}
