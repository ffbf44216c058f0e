package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	stdsync "sync"
	"testing"

	"iorepl/sync/ews/ewstest/auth"
	"iorepl/sync/ews/transport"
)

// internet answers for any host name: what is asked by TLS for a name that has an answer, and by plain HTTP where there is one.
type internet struct {
	mu      stdsync.Mutex
	answers map[string]func(http.ResponseWriter, string) // by scheme, host and path; gets the body
	asked   []string                                     // those with a body, and plain ones
	leaked  bool                                         // credentials without TLS
	config  transport.Config
	auth    *auth.Handler
}

func newInternet(t *testing.T, answers map[string]func(http.ResponseWriter, string)) *internet {
	t.Helper()
	n := &internet{answers: answers}
	names := map[string]bool{}
	for address := range answers {
		names[strings.Split(address, "/")[2]] = true
	}
	ca := newAuthority(t)
	addresses := map[string]string{}
	for name := range names {
		host := name
		serve := func(w http.ResponseWriter, r *http.Request, scheme string) {
			body, _ := io.ReadAll(r.Body)
			n.mu.Lock()
			defer n.mu.Unlock()
			address := scheme + "://" + host + r.URL.Path
			if scheme == "http" {
				n.leaked = n.leaked || r.Header.Get("Authorization") != ""
			}
			if len(body) > 0 || scheme == "http" {
				n.asked = append(n.asked, address)
			}
			answer := n.answers[address]
			switch {
			case answer == nil:
				http.NotFound(w, r)
			case len(body) == 0 && scheme == "https":
				w.WriteHeader(http.StatusBadRequest)
			default:
				answer(w, string(body))
			}
		}
		s := serveTLS(t, ca, host, func(w http.ResponseWriter, r *http.Request) { serve(w, r, "https") }, n)
		addresses[host+":443"] = s
		plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(w, r, "http") }))
		t.Cleanup(plain.Close)
		addresses[host+":80"] = plain.Listener.Addr().String()
	}
	n.config = transport.Config{Username: `CONTOSO\alice`, Password: password, CAFile: ca.file, Proxy: "direct",
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			there := addresses[address]
			if there == "" {
				host, _, _ := net.SplitHostPort(address)
				return nil, &net.DNSError{Name: host, IsNotFound: true}
			}
			var d net.Dialer
			return d.DialContext(ctx, network, there)
		},
		LookupSRV: func(context.Context, string) ([]string, error) { return nil, errors.New("no records") },
	}
	return n
}

// serveTLS starts a server that has a certificate for a name and wants alice to log in.
func serveTLS(t *testing.T, ca *authority, name string, next http.HandlerFunc, n *internet) string {
	t.Helper()
	s := serve(t, options{open: true})
	certificate := ca.issue(t, name, s.ca.cert.NotAfter)
	n.auth = auth.New(next, auth.Options{Accounts: func(user string) (string, bool) { return password, user == "alice" }})
	inner := httptest.NewUnstartedServer(n.auth)
	inner.Config.ConnContext = n.auth.ConnContext
	inner.Config.ErrorLog = s.Config.ErrorLog
	inner.TLS = s.TLS.Clone()
	inner.TLS.Certificates[0] = certificate
	inner.StartTLS()
	t.Cleanup(inner.Close)
	return inner.Listener.Addr().String()
}

func userSettings(pairs ...string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, _ string) {
		var b strings.Builder
		for i := 0; i < len(pairs); i += 2 {
			fmt.Fprintf(&b, `<UserSetting i:type="StringSetting"><Name>%s</Name><Value>%s</Value></UserSetting>`, pairs[i], pairs[i+1])
		}
		userResponse(w, `<ErrorCode>NoError</ErrorCode><ErrorMessage>No error.</ErrorMessage><RedirectTarget i:nil="true"/><UserSettings>`+b.String()+`</UserSettings>`)
	}
}

func userResponse(w io.Writer, inner string) {
	_, _ = io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>`+
		`<h:ServerVersionInfo xmlns:h="http://schemas.microsoft.com/exchange/2010/Autodiscover" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><h:MajorVersion>15</h:MajorVersion></h:ServerVersionInfo></s:Header>`+
		`<s:Body><GetUserSettingsResponseMessage xmlns="http://schemas.microsoft.com/exchange/2010/Autodiscover"><Response xmlns:i="http://www.w3.org/2001/XMLSchema-instance">`+
		`<ErrorCode>NoError</ErrorCode><ErrorMessage/><UserResponses><UserResponse>`+inner+`</UserResponse></UserResponses></Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>`)
}

func pox(account string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, _ string) {
		_, _ = io.WriteString(w, `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">`+
			`<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><User><DisplayName>Alice</DisplayName><LegacyDN>/o=Contoso/cn=alice</LegacyDN>`+
			`<AutoDiscoverSMTPAddress>alice@contoso.example</AutoDiscoverSMTPAddress></User><Account><AccountType>email</AccountType>`+account+`</Account></Response></Autodiscover>`)
	}
}

const ews = "https://mail.contoso.example/EWS/Exchange.asmx"

func TestAutodiscoverFindsTheServer(t *testing.T) {
	settings := pox(`<Action>settings</Action><Protocol><Type>EXCH</Type><Server>guid@contoso.example</Server><ASUrl>https://in/EWS</ASUrl></Protocol>` +
		`<Protocol><Type>EXPR</Type><EwsUrl>` + ews + `</EwsUrl></Protocol><PublicFolderInformation><SmtpAddress>pf@contoso.example</SmtpAddress></PublicFolderInformation>`)
	soapSettings := userSettings("ExternalEwsUrl", ews, "InternalEwsUrl", "https://in/EWS", "PublicFolderInformation", "pf@contoso.example",
		"InternalRpcClientServer", "guid@contoso.example", "AutoDiscoverSMTPAddress", "alice@contoso.example", "UserDN", "/o=Contoso/cn=alice", "New", "x")
	redirect := func(to string) func(http.ResponseWriter, string) {
		return func(w http.ResponseWriter, _ string) {
			w.Header().Set("Location", to)
			w.WriteHeader(302)
		}
	}
	const svc, xml = "/autodiscover/autodiscover.svc", "/autodiscover/autodiscover.xml"
	for name, test := range map[string]struct {
		answers  map[string]func(http.ResponseWriter, string)
		srv      []string
		endpoint string
	}{
		"SOAP":              {map[string]func(http.ResponseWriter, string){"https://autodiscover.contoso.example" + svc: soapSettings}, nil, "https://autodiscover.contoso.example" + svc},
		"plain XML":         {map[string]func(http.ResponseWriter, string){"https://autodiscover.contoso.example" + xml: settings}, nil, "https://autodiscover.contoso.example" + xml},
		"the domain itself": {map[string]func(http.ResponseWriter, string){"https://contoso.example" + svc: soapSettings}, nil, "https://contoso.example" + svc},
		"plain redirection": {map[string]func(http.ResponseWriter, string){"http://autodiscover.contoso.example" + xml: redirect("https://hoster.example" + xml),
			"https://hoster.example" + xml: settings}, nil, "https://hoster.example" + xml},
		"redirection": {map[string]func(http.ResponseWriter, string){"https://contoso.example" + svc: redirect("https://hoster.example" + svc),
			"https://hoster.example" + svc: soapSettings}, nil, "https://hoster.example" + svc},
		"service record": {map[string]func(http.ResponseWriter, string){"https://mail.contoso.example" + xml: settings}, []string{"mail.contoso.example:443"}, "https://mail.contoso.example" + xml},
		"address": {map[string]func(http.ResponseWriter, string){
			"https://contoso.example" + svc: func(w http.ResponseWriter, _ string) {
				userResponse(w, `<ErrorCode>RedirectAddress</ErrorCode><RedirectTarget>a@fabrikam.example</RedirectTarget>`)
			},
			"https://autodiscover.fabrikam.example" + svc: soapSettings}, nil, "https://autodiscover.fabrikam.example" + svc},
		"URL": {map[string]func(http.ResponseWriter, string){
			"https://contoso.example" + xml: pox(`<Action>redirectUrl</Action><RedirectUrl>https://hoster.example` + xml + `</RedirectUrl>`),
			"https://hoster.example" + xml:  settings}, nil, "https://hoster.example" + xml},
	} {
		n := newInternet(t, test.answers)
		if test.srv != nil {
			n.config.LookupSRV = func(context.Context, string) ([]string, error) { return test.srv, nil }
		}
		got, err := transport.Discover(t.Context(), "alice@contoso.example", n.config)
		want := transport.Settings{Endpoint: test.endpoint, ExternalEWS: ews, InternalEWS: "https://in/EWS", Address: "alice@contoso.example",
			LegacyDN: "/o=Contoso/cn=alice", PublicFolderInformation: "pf@contoso.example", InternalRPCClientServer: "guid@contoso.example"}
		if err != nil || got != want || got.EWS() != ews {
			t.Errorf("%s: %v\n got %+v\nwant %+v\nafter %v", name, err, got, want, n.asked)
		}
		if n.leaked {
			t.Errorf("%s: credentials went in plain text", name)
		}
	}
}

// TestAutodiscoverNamesPublicFolderMailboxes: by plain XML, whatever answered before.
func TestAutodiscoverNamesPublicFolderMailboxes(t *testing.T) {
	const svc, xml, guid = "https://contoso.example/Autodiscover/Autodiscover.svc", "https://contoso.example/Autodiscover/Autodiscover.xml", "guid@contoso.example"
	named := pox(`<Action>settings</Action>`)
	for name, test := range map[string]struct {
		answers  map[string]func(http.ResponseWriter, string)
		endpoint string
		want     string // or a part of the error
	}{
		"found by SOAP":      {map[string]func(http.ResponseWriter, string){xml: named}, svc, "alice@contoso.example"},
		"found by plain XML": {map[string]func(http.ResponseWriter, string){xml: named}, xml, "alice@contoso.example"},
		"redirected": {map[string]func(http.ResponseWriter, string){xml: pox(`<Action>redirectUrl</Action><RedirectUrl>https://hoster.example/a.xml</RedirectUrl>`),
			"https://hoster.example/a.xml": named}, svc, "alice@contoso.example"},
		"elsewhere":    {map[string]func(http.ResponseWriter, string){xml: pox(`<Action>redirectAddr</Action><RedirectAddr>a@b.example</RedirectAddr>`)}, svc, "redirected to a@b.example"},
		"no plain XML": {map[string]func(http.ResponseWriter, string){svc: userSettings("AutoDiscoverSMTPAddress", "alice@contoso.example")}, svc, "404"},
		"unknown": {map[string]func(http.ResponseWriter, string){xml: func(w http.ResponseWriter, _ string) {
			_, _ = io.WriteString(w, `<Autodiscover><Response><Error><ErrorCode>500</ErrorCode><Message>can't be found</Message></Error></Response></Autodiscover>`)
		}}, svc, "can't be found"},
		"no address": {map[string]func(http.ResponseWriter, string){xml: func(w http.ResponseWriter, _ string) {
			_, _ = io.WriteString(w, `<Autodiscover><Response><Account><Protocol><Type>EXPR</Type><EwsUrl>`+ews+`</EwsUrl></Protocol></Account></Response></Autodiscover>`)
		}}, svc, "names no address"},
		"not https": {nil, "http://contoso.example/Autodiscover/Autodiscover.svc", "not https"},
	} {
		n := newInternet(t, test.answers)
		got, err := transport.DiscoverAddress(t.Context(), test.endpoint, guid, n.config)
		if err != nil {
			got = err.Error()
		}
		if (err == nil) != strings.HasPrefix(test.want, "alice") || !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
		if n.leaked {
			t.Errorf("%s: credentials went in plain text", name)
		}
	}
}

func TestAutodiscoverExplainsWhereItLooked(t *testing.T) {
	loop := func(w http.ResponseWriter, _ string) {
		userResponse(w, `<ErrorCode>RedirectUrl</ErrorCode><RedirectTarget>https://contoso.example/autodiscover/autodiscover.svc</RedirectTarget>`)
	}
	n := newInternet(t, map[string]func(http.ResponseWriter, string){
		"https://contoso.example/autodiscover/autodiscover.svc": loop,
		"https://contoso.example/autodiscover/autodiscover.xml": func(w http.ResponseWriter, _ string) { _, _ = io.WriteString(w, "<html><title>Our shop") },
		"http://autodiscover.contoso.example/autodiscover/autodiscover.xml": func(w http.ResponseWriter, _ string) {
			w.Header().Set("Location", "http://contoso.example/")
			w.WriteHeader(302)
		},
	})
	_, err := transport.Discover(t.Context(), "alice@contoso.example", n.config)
	if err == nil {
		t.Fatal("found something")
	}
	contains(t, err.Error(), "set url", "Our shop", "not https", "_autodiscover._tcp.contoso.example", "no records", "autodiscover.contoso.example")
	if n.leaked {
		t.Error("credentials went in plain text")
	}
	if _, err := transport.Discover(t.Context(), "alice", n.config); err == nil || !strings.Contains(err.Error(), "not a mail address") {
		t.Errorf("got %v", err)
	}

	circle := newInternet(t, map[string]func(http.ResponseWriter, string){
		"https://contoso.example/autodiscover/autodiscover.svc": func(w http.ResponseWriter, _ string) {
			userResponse(w, `<ErrorCode>RedirectAddress</ErrorCode><RedirectTarget>a@fabrikam.example</RedirectTarget>`)
		},
		"https://fabrikam.example/autodiscover/autodiscover.svc": func(w http.ResponseWriter, _ string) {
			userResponse(w, `<ErrorCode>RedirectAddress</ErrorCode><RedirectTarget>alice@contoso.example</RedirectTarget>`)
		},
	})
	if _, err := transport.Discover(t.Context(), "alice@contoso.example", circle.config); err == nil {
		t.Error("a circle leads somewhere")
	}
	for inner, want := range map[string]string{
		`<ErrorCode>InvalidUser</ErrorCode><ErrorMessage>No such mailbox.</ErrorMessage>`:                                       "No such mailbox",
		`<ErrorCode>NoError</ErrorCode><UserSettings/>`:                                                                         "nothing of use",
		`<ErrorCode>RedirectUrl</ErrorCode><RedirectTarget>http://plain.example/autodiscover/autodiscover.svc</RedirectTarget>`: "not https",
	} {
		n := newInternet(t, map[string]func(http.ResponseWriter, string){"https://contoso.example/autodiscover/autodiscover.svc": func(w http.ResponseWriter, _ string) { userResponse(w, inner) }})
		if _, err := transport.Discover(t.Context(), "alice@contoso.example", n.config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestAutodiscoverTriesAPasswordOnce(t *testing.T) {
	found := userSettings("ExternalEwsUrl", ews)
	n := newInternet(t, map[string]func(http.ResponseWriter, string){
		"https://contoso.example/autodiscover/autodiscover.svc": found,
		"https://contoso.example/autodiscover/autodiscover.xml": found,
	})
	n.config.Password = "wrong"
	_, err := transport.Discover(t.Context(), "alice@contoso.example", n.config)
	if !transport.IsStopped(err) || n.auth.BadPasswords("alice") != 1 || len(n.asked) != 0 {
		t.Errorf("%v after %d tries", err, n.auth.BadPasswords("alice"))
	}
}
