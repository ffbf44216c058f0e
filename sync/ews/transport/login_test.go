package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	stdsync "sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"iorepl/sync/ews/ewstest/auth"
	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

func TestEveryAnnouncementAndEveryNameLogsIn(t *testing.T) {
	for _, schemes := range [][]string{{"Negotiate"}, {"NTLM"}, {"Basic", "Negotiate"}, {"Negotiate", "NTLM", "Basic"}} {
		s := serve(t, options{Options: auth.Options{Schemes: schemes}})
		for _, name := range []string{`CONTOSO\alice`, "alice", "alice@contoso.example"} {
			var used []string
			c := s.config()
			c.Username = name
			c.Trace = func(e transport.Exchange) {
				if a := e.RequestHeader.Get("Authorization"); a != "" {
					used = append(used, a)
				}
			}
			a, err := client(t, c).Call(t.Context(), ping)
			if err != nil || text(a) != "alice" {
				t.Errorf("%v, %s: %v", schemes, name, err)
			}
			want := "NTLM ***"
			if schemes[len(schemes)-1] == "Negotiate" {
				want = "Negotiate ***"
			}
			if fmt.Sprint(used) != fmt.Sprint([]string{want, want}) {
				t.Errorf("%v, %s: logged in by %q", schemes, name, used)
			}
		}
	}
}

func TestBasicIsUsedOnlyIfAskedFor(t *testing.T) {
	s := serve(t, options{Options: auth.Options{Schemes: []string{"Basic"}}})
	_, err := client(t, s.config()).Call(t.Context(), ping)
	if err == nil || !strings.Contains(err.Error(), `auth = "basic"`) || !transport.IsStopped(err) {
		t.Errorf("Basic offered, NTLM wanted: %v", err)
	}
	c := s.config()
	c.Auth = "basic"
	if a, err := client(t, c).Call(t.Context(), ping); err != nil || text(a) != "alice" {
		t.Errorf("Basic wanted: %v", err)
	}

	s = serve(t, options{plain: true, Options: auth.Options{Schemes: []string{"Basic", "NTLM"}}})
	c = s.config()
	if a, err := client(t, c).Call(t.Context(), ping); err != nil || text(a) != "alice" {
		t.Errorf("NTLM without TLS: %v", err)
	}
	c.Auth = "basic"
	if _, err := transport.NewClient(c); err == nil || !strings.Contains(err.Error(), "allow_plain_text") {
		t.Errorf("Basic without TLS: %v", err)
	}
	c.AllowPlainText = true
	if a, err := client(t, c).Call(t.Context(), ping); err != nil || text(a) != "alice" {
		t.Errorf("Basic without TLS, allowed: %v", err)
	}

	s = serve(t, options{Options: auth.Options{Schemes: []string{"Negotiate", "NTLM"}}})
	c = s.config()
	c.Auth = "basic"
	if _, err := client(t, c).Call(t.Context(), ping); err == nil || !strings.Contains(err.Error(), `auth = "ntlm"`) {
		t.Errorf("NTLM offered, Basic wanted: %v", err)
	}
}

func TestExtendedProtectionWorks(t *testing.T) {
	for _, binding := range []auth.Binding{auth.BindingOff, auth.BindingAllow, auth.BindingRequire} {
		s := serve(t, options{Options: auth.Options{ChannelBinding: binding}})
		if a, err := client(t, s.config()).Call(t.Context(), ping); err != nil || text(a) != "alice" {
			t.Errorf("binding %d: %v", binding, err)
		}
	}
	s := serve(t, options{plain: true, Options: auth.Options{ChannelBinding: auth.BindingRequire}})
	if _, err := client(t, s.config()).Call(t.Context(), ping); !transport.IsStopped(err) || !strings.Contains(err.Error(), "Extended Protection") {
		t.Errorf("required without TLS: %v", err)
	}
}

func TestWrongPasswordIsTriedOnce(t *testing.T) {
	for _, scheme := range []string{"ntlm", "basic"} {
		s := serve(t, options{Options: auth.Options{Schemes: []string{"Negotiate", "Basic"}, LockoutAfter: 2}})
		c := s.config()
		c.Auth, c.Password, c.MaxConnections = scheme, "wrong", 8
		cl := client(t, c)
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				_, err := cl.Call(t.Context(), ping)
				var refused *transport.AuthError
				if !errors.As(err, &refused) || !transport.IsStopped(err) {
					return fmt.Errorf("got %v", err)
				}
				if s := err.Error(); !strings.Contains(s, "127.0.0.1") || !strings.Contains(s, `CONTOSO\alice`) || !strings.Contains(s, "check user name and password") || strings.Contains(s, "wrong") {
					return fmt.Errorf("the message is no help: %s", s)
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Errorf("%s: %v", scheme, err)
		}
		if n := s.auth.BadPasswords("alice"); n != 1 {
			t.Errorf("%s: the password was tried %d times", scheme, n)
		}
		if n, _, _, _ := s.counts(); n != 0 {
			t.Errorf("%s: %d requests passed", scheme, n)
		}
	}
}

func TestUPNThatIsRefusedIsExplained(t *testing.T) {
	s := serve(t, options{Options: auth.Options{Schemes: []string{"Basic", "Negotiate"}, RefuseUPN: true}})
	c := s.config()
	c.Username = "alice@contoso.example"
	_, err := client(t, c).Call(t.Context(), ping)
	if err == nil || !strings.Contains(err.Error(), `DOMAIN\user`) || !strings.Contains(err.Error(), `auth = "basic"`) {
		t.Errorf("got %v", err)
	}
}

func TestForgottenConnectionsLogInAgain(t *testing.T) {
	for _, scheme := range []string{"ntlm", "basic"} {
		s := serve(t, options{Options: auth.Options{Schemes: []string{"NTLM", "Basic"}}})
		c := s.config()
		c.Auth = scheme
		cl := client(t, c)
		for i := range 3 {
			if _, err := cl.Call(t.Context(), transport.Call{Body: soap.M("Write")}); err != nil {
				t.Fatalf("%s, call %d: %v", scheme, i, err)
			}
			s.auth.Forget()
		}
		if requests, _, conns, _ := s.counts(); requests != 3 || conns > 1 {
			t.Errorf("%s: %d requests on %d connections", scheme, requests, conns)
		}
	}
}

func TestAServerThatNeverKnowsAnybodyStopsTheRun(t *testing.T) {
	s := serve(t, options{})
	cl := client(t, s.config())
	if _, err := cl.Call(t.Context(), ping); err != nil {
		t.Fatal(err)
	}
	s.auth.Forget()
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 0 {
			s.auth.Forget()
		}
		s.auth.ServeHTTP(w, r)
	})
	if _, err := cl.Call(t.Context(), ping); !transport.IsStopped(err) {
		t.Errorf("got %v", err)
	}
}

func TestLargeBodiesAreSentOnce(t *testing.T) {
	s := serve(t, options{})
	c := s.config()
	c.MaxConnections = 4
	cl := client(t, c)
	data := make([]byte, 1<<20)
	call := transport.Call{Body: soap.M("Write", soap.T("Content", data))}
	size := soap.Request{Body: call.Body}.Envelope().Message().Size()
	var g errgroup.Group
	for range 8 {
		g.Go(func() error {
			for range 3 {
				if _, err := cl.Call(t.Context(), call); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	requests, empties, conns, bytes := s.counts()
	if requests != 24 || bytes != 24*size {
		t.Errorf("%d requests and %d bytes instead of 24 and %d", requests, bytes, 24*size)
	}
	if conns > 4 || empties != conns {
		t.Errorf("%d connections with %d handshakes", conns, empties)
	}
}

func TestAServerWithoutLoginIsAskedWithoutLogin(t *testing.T) {
	s := serve(t, options{open: true})
	for _, name := range []string{"", `CONTOSO\alice`} {
		c := s.config()
		c.Username = name
		if _, err := client(t, c).Call(t.Context(), ping); err != nil {
			t.Errorf("as %q: %v", name, err)
		}
	}
	s = serve(t, options{})
	c := s.config()
	c.Username = ""
	if _, err := client(t, c).Call(t.Context(), ping); !transport.IsStopped(err) || !strings.Contains(err.Error(), "set username") {
		t.Errorf("without a name: %v", err)
	}
}

// TestHandshakeSurvivesServersThatCloseAfterIt has a server that closes the connection after any empty request it accepts.
func TestHandshakeSurvivesServersThatCloseAfterIt(t *testing.T) {
	s := serve(t, options{})
	inner := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 && len(r.Header.Get("Authorization")) > 200 {
			w.Header().Set("Connection", "close")
		}
		inner.ServeHTTP(w, r)
	})
	cl := client(t, s.config())
	for range 3 {
		if a, err := cl.Call(t.Context(), transport.Call{Body: soap.M("Write")}); err != nil || text(a) != "alice" {
			t.Fatal(err)
		}
	}
	if requests, empties, _, _ := s.counts(); requests != 3 || empties != 1 {
		t.Errorf("%d requests, %d empty ones", requests, empties)
	}
	s.auth.Forget()
	if _, err := cl.Call(t.Context(), transport.Call{Body: soap.M("Write")}); err != nil {
		t.Errorf("after being forgotten: %v", err)
	}
}

func TestAProxyThatClosesConnectionsIsNamed(t *testing.T) {
	s := serve(t, options{})
	inner := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		inner.ServeHTTP(w, r)
	})
	_, err := client(t, s.config()).Call(t.Context(), ping)
	if err == nil || !strings.Contains(err.Error(), "proxy or load balancer") {
		t.Errorf("got %v", err)
	}
	if s.auth.BadPasswords("alice") != 0 {
		t.Error("that counts as bad passwords")
	}
}

func TestCredentialsAreNowhereToBeSeen(t *testing.T) {
	var mu stdsync.Mutex
	var log strings.Builder
	for _, scheme := range []string{"ntlm", "basic"} {
		s := serve(t, options{Options: auth.Options{Schemes: []string{"NTLM", "Basic"}}, answer: func(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
			w.Header().Set("Set-Cookie", "session=secret")
			success(w, "the answer")
		}})
		c := s.config()
		c.Auth = scheme
		c.Trace = func(e transport.Exchange) {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintf(&log, "%+v %s %s\n", e, e.Request, e.Answer)
		}
		if _, err := client(t, c).Call(t.Context(), transport.Call{Body: soap.M("Ask", soap.T("Question"))}); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&log, "%v %+v %#v %s %q", c, c, c, c, c)
	}
	for _, secret := range []string{password, "p\\u00e4ssword", "TlRMTVNTUA", "Q09OVE9TT", "secret"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, log.String())
		}
	}
	for _, wanted := range []string{"<t:Question/>", "the answer", "NTLM ***", "Basic ***", "127.0.0.1"} {
		if !strings.Contains(log.String(), wanted) {
			t.Errorf("%q is not in the log:\n%s", wanted, log.String())
		}
	}
}

func TestCallsEndWithTheirContext(t *testing.T) {
	s := serve(t, options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client(t, s.config()).Call(ctx, ping); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
