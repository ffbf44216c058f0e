package auth_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/Azure/go-ntlmssp"

	"iorepl/sync/ews/ewstest/auth"
)

// serve starts a server that answers with the account's name and the request's body.
func serve(t *testing.T, o auth.Options, secure bool) (*httptest.Server, *auth.Handler) {
	t.Helper()
	o.Accounts = func(user string) (string, bool) {
		password, ok := map[string]string{"alice": "pässword", "bob": "b"}[user]
		return password, ok
	}
	s := httptest.NewUnstartedServer(nil)
	h := auth.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, auth.User(r.Context())+" "+string(body))
	}), o)
	s.Config.Handler = h
	s.Config.ConnContext = h.ConnContext
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s, h
}

func ask(t *testing.T, c *http.Client, url, user, password string) string {
	t.Helper()
	r, err := http.NewRequest("POST", url, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	if user != "" {
		r.SetBasicAuth(user, password)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 {
		return resp.Status + " " + strings.Join(resp.Header.Values("WWW-Authenticate"), ", ")
	}
	return string(body)
}

func TestEveryFormOfNameWorks(t *testing.T) {
	s, _ := serve(t, auth.Options{Schemes: []string{"Basic", "Negotiate", "NTLM"}}, false)
	for name, want := range map[string]string{
		`CONTOSO\alice`: "alice body", `contoso\ALICE`: "alice body", "alice": "alice body", "alice@contoso.example": "alice body", "Alice@CONTOSO.example": "alice body",
		`FABRIKAM\alice`: "401", "alice@fabrikam.example": "401", "carol": "401", "@contoso.example": "401", `CONTOSO\`: "401",
	} {
		ntlm := &http.Client{Transport: ntlmssp.Negotiator{RoundTripper: &http.Transport{}}}
		if got := ask(t, ntlm, s.URL, name, "pässword"); !strings.HasPrefix(got, want) {
			t.Errorf("NTLM, %s: %s", name, got)
		}
		if got := ask(t, s.Client(), s.URL, name, "pässword"); !strings.HasPrefix(got, want) {
			t.Errorf("Basic, %s: %s", name, got)
		}
	}
}

func TestSchemesAreAnnouncedInOrder(t *testing.T) {
	for want, schemes := range map[string][]string{"Negotiate": {"Negotiate"}, "Negotiate, NTLM": nil, `Basic realm="x", Negotiate`: {"Basic", "Negotiate"}} {
		s, _ := serve(t, auth.Options{Schemes: schemes}, false)
		want = strings.Replace(want, "x", strings.TrimPrefix(s.URL, "http://"), 1)
		if got := ask(t, s.Client(), s.URL, "", ""); got != "401 Unauthorized "+want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	s, _ := serve(t, auth.Options{}, false)
	if got := ask(t, s.Client(), s.URL, "alice", "pässword"); !strings.HasPrefix(got, "401") {
		t.Errorf("Basic works without being announced: %s", got)
	}
}

func TestBadPasswordsAreCountedAndLock(t *testing.T) {
	s, h := serve(t, auth.Options{Schemes: []string{"NTLM", "Basic"}, LockoutAfter: 2}, false)
	ntlm := func() *http.Client {
		return &http.Client{Transport: ntlmssp.Negotiator{RoundTripper: &http.Transport{}}}
	}
	ask(t, ntlm(), s.URL, "alice", "wrong")
	if h.BadPasswords("Alice") != 1 || h.Locked("alice") || !strings.HasPrefix(ask(t, ntlm(), s.URL, "alice", "pässword"), "alice") {
		t.Errorf("after one: %d", h.BadPasswords("alice"))
	}
	ask(t, s.Client(), s.URL, "alice", "wrong")
	ask(t, ntlm(), s.URL, "alice", "wrong")
	if h.BadPasswords("alice") != 3 || !h.Locked("alice") || !strings.HasPrefix(ask(t, ntlm(), s.URL, "alice", "pässword"), "401") {
		t.Errorf("after two more: %d, locked: %t", h.BadPasswords("alice"), h.Locked("alice"))
	}
	if h.Locked("bob") || !strings.HasPrefix(ask(t, ntlm(), s.URL, "bob", "b"), "bob") {
		t.Error("the lock holds for others")
	}
	h.Unlock("alice")
	if !strings.HasPrefix(ask(t, ntlm(), s.URL, "alice", "pässword"), "alice") {
		t.Error("still locked")
	}
}

func TestUPNCanBeRefused(t *testing.T) {
	s, _ := serve(t, auth.Options{RefuseUPN: true, Schemes: []string{"Negotiate", "Basic"}}, false)
	ntlm := &http.Client{Transport: ntlmssp.Negotiator{RoundTripper: &http.Transport{}}}
	if got := ask(t, ntlm, s.URL, "alice@contoso.example", "pässword"); !strings.HasPrefix(got, "401") {
		t.Errorf("NTLM: %s", got)
	}
	if got := ask(t, s.Client(), s.URL, "alice@contoso.example", "pässword"); got != "alice body" {
		t.Errorf("Basic: %s", got)
	}
}

// steps sends single messages of a handshake on one connection.
type steps struct {
	t      *testing.T
	client *http.Client
	url    string
}

func (s steps) send(method, authorization string, header ...string) *http.Response {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return resp
}

func (s steps) negotiate() string {
	s.t.Helper()
	m, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		s.t.Fatal(err)
	}
	return "NTLM " + base64.StdEncoding.EncodeToString(m)
}

func (s steps) answer(resp *http.Response) string {
	s.t.Helper()
	challenge, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(resp.Header.Get("WWW-Authenticate"), "NTLM "))
	if err != nil || len(challenge) == 0 {
		s.t.Fatalf("no challenge: %v %v", resp.Header, err)
	}
	m, err := ntlmssp.NewAuthenticateMessage(challenge, "alice", "pässword", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return "NTLM " + base64.StdEncoding.EncodeToString(m)
}

func TestConnectionsAreAuthenticated(t *testing.T) {
	server, h := serve(t, auth.Options{}, false)
	s := steps{t, &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}, server.URL}
	status := func(resp *http.Response, want int) {
		t.Helper()
		if resp.StatusCode != want {
			t.Fatalf("status %d, want %d", resp.StatusCode, want)
		}
	}
	// By GET and POST, as Microsoft's Managed API in JavaScript does it.
	first := s.send("GET", s.negotiate())
	status(first, 401)
	type3 := s.answer(first)
	status(s.send("POST", type3), 200)
	status(s.send("POST", ""), 200)

	// A first message restarts; the answer to the old challenge is worth nothing.
	again := s.send("POST", s.negotiate())
	status(again, 401)
	status(s.send("POST", ""), 401)
	status(s.send("POST", type3), 401)
	status(s.send("POST", ""), 401)
	status(s.send("POST", s.answer(again)), 401) // its challenge was used up by the wrong answer
	again = s.send("POST", s.negotiate())
	status(s.send("POST", s.answer(again)), 200)

	h.Forget()
	status(s.send("POST", ""), 401)
	last := s.send("POST", s.negotiate())
	status(s.send("POST", s.answer(last), "Connection", "close"), 200)
	status(s.send("POST", ""), 401) // a new connection

	status(s.send("POST", "NTLM !!!"), 401)
	status(s.send("POST", "NTLM "+base64.StdEncoding.EncodeToString([]byte("NTLMSSP\x00\x03\x00\x00\x00"))), 401)
	status(s.send("POST", "Bearer x"), 401)
}

func TestExtendedProtectionRefusesClientsWithoutIt(t *testing.T) {
	for _, test := range []struct {
		binding auth.Binding
		want    string
	}{{auth.BindingOff, "alice"}, {auth.BindingAllow, "alice"}, {auth.BindingRequire, "401"}} {
		s, h := serve(t, auth.Options{ChannelBinding: test.binding}, true)
		client := s.Client()
		client.Transport = ntlmssp.Negotiator{RoundTripper: client.Transport}
		if got := ask(t, client, s.URL, "alice", "pässword"); !strings.HasPrefix(got, test.want) {
			t.Errorf("binding %d: %s", test.binding, got)
		}
		if h.BadPasswords("alice") != 0 {
			t.Error("a missing channel binding is no bad password")
		}
	}
}

func TestServerWithoutConnContextSaysSo(t *testing.T) {
	s := httptest.NewServer(auth.New(nil, auth.Options{}))
	defer s.Close()
	if got := ask(t, s.Client(), s.URL, "", ""); !strings.HasPrefix(got, "500") {
		t.Error(got)
	}
}
