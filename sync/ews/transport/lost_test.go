package transport_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

// cut closes the connection without an answer.
func cut(w http.ResponseWriter) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		c.Close()
	}
}

func TestLostAnswersAreToldFromRequestsThatNeverLeft(t *testing.T) {
	truncated := func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "10000")
		_, _ = io.WriteString(w, `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><R>`)
	}
	ok := func(w http.ResponseWriter) { success(w, "") }
	for name, answer := range map[string]func(http.ResponseWriter){"no answer": cut, "half an answer": truncated} {
		for _, scheme := range []string{"ntlm", "basic"} {
			o := script(ok, answer)
			o.Schemes = []string{"NTLM", "Basic"}
			s := serve(t, o)
			var k clock
			c := k.in(s.config())
			c.Auth = scheme
			cl := client(t, c)
			if _, err := cl.Call(t.Context(), ping); err != nil {
				t.Fatal(err)
			}
			_, err := cl.Call(t.Context(), transport.Call{Body: soap.M("Write")})
			if requests, _, _, _ := s.counts(); !transport.IsLost(err) || requests != 2 {
				t.Errorf("%s, %s: a write is sent %d times and says %v", scheme, name, requests-1, err)
			}
			if _, err := cl.Call(t.Context(), transport.Call{Body: soap.M("Write")}); err != nil {
				t.Errorf("%s, %s: afterwards: %v", scheme, name, err)
			}

			o = script(ok, answer)
			o.Schemes = []string{"NTLM", "Basic"}
			s = serve(t, o)
			c.URL, c.CAFile = s.config().URL, s.config().CAFile
			cl = client(t, c)
			for range 2 {
				if _, err := cl.Call(t.Context(), ping); err != nil {
					t.Errorf("%s, %s: a read says %v", scheme, name, err)
				}
			}
			if requests, _, _, _ := s.counts(); requests != 3 {
				t.Errorf("%s, %s: %d requests for two reads", scheme, name, requests)
			}
		}
	}
}

func TestConnectionsThatWereClosedMeanwhileDoNoHarm(t *testing.T) {
	for _, scheme := range []string{"NTLM", "Basic"} {
		o := options{}
		o.Schemes = []string{scheme}
		s := serve(t, o)
		c := s.config()
		c.Auth = strings.ToLower(scheme)
		cl := client(t, c)
		for range 5 {
			if _, err := cl.Call(t.Context(), transport.Call{Body: soap.M("Write")}); err != nil && !transport.IsLost(err) {
				t.Errorf("%s: %v", scheme, err)
			}
			s.CloseClientConnections()
		}
	}
}

// TestBodiesThatNeverLeftAreSentAgain has a server that closes each first connection in the middle of a large body.
func TestBodiesThatNeverLeftAreSentAgain(t *testing.T) {
	s := serve(t, options{plain: true})
	dropped := 0
	inner := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 1<<20 && dropped < 1 {
			dropped++
			_, _ = io.ReadFull(r.Body, make([]byte, 1000))
			if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = c.(*net.TCPConn).SetLinger(0)
				c.Close()
			}
			return
		}
		inner.ServeHTTP(w, r)
	})
	cl := client(t, s.config())
	if _, err := cl.Call(t.Context(), ping); err != nil {
		t.Fatal(err)
	}
	// More than the system's buffers hold, so that it cannot all be on its way.
	if _, err := cl.Call(t.Context(), transport.Call{Body: soap.M("Write", soap.T("Content", make([]byte, 32<<20)))}); err != nil {
		t.Error(err)
	}
	if requests, _, _, _ := s.counts(); requests != 2 || dropped != 1 {
		t.Errorf("%d requests, %d dropped", requests, dropped)
	}
}

// TestTheRequestAfterALargeBody has a server that answers 400 to whatever follows a large body on the same connection.
func TestTheRequestAfterALargeBody(t *testing.T) {
	trap := func(info string) *server {
		s := serve(t, options{answer: func(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
			envelope(w, 200, info, soap.M("Answer", soap.M("ResponseMessages", message("NoError"))))
		}})
		inner := s.Config.Handler
		trapped := map[string]bool{}
		s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if trapped[r.RemoteAddr] {
				w.WriteHeader(400)
				return
			}
			trapped[r.RemoteAddr] = r.ContentLength >= 64<<10
			inner.ServeHTTP(w, r)
		})
		return s
	}
	large := transport.Call{Body: soap.M("Write", soap.T("Content", make([]byte, 70_000)))}

	s := trap(exchange2016)
	cl := client(t, s.config())
	for i, call := range []transport.Call{large, ping, ping} {
		if _, err := cl.Call(t.Context(), call); err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}

	// Where the server is known for it, even what may be sent only once comes through.
	s = trap(`MajorVersion="15" MinorVersion="0" MajorBuildNumber="847" MinorBuildNumber="4040" Version="V2017_07_11"`)
	cl = client(t, s.config())
	for i, call := range []transport.Call{ping, large, large, {Body: soap.M("Write")}} {
		if _, err := cl.Call(t.Context(), call); err != nil {
			t.Errorf("grommunio, call %d: %v", i, err)
		}
	}
	if server, ok := cl.Server(); !ok || !server.Grommunio {
		t.Errorf("server is %v", server)
	}
}

// TestGarbageInsteadOfHTTP has a listener that says something else.
func TestGarbageInsteadOfHTTP(t *testing.T) {
	for _, garbage := range []string{"220 mail.contoso.example ESMTP\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 100_000)} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
						_, _ = io.WriteString(c, garbage)
					}
				}()
			}
		}()
		_, err = client(t, transport.Config{URL: "http://" + l.Addr().String(), Username: "a", Password: "b", Proxy: "direct"}).Call(t.Context(), ping)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint(l.Addr())) {
			t.Errorf("%.30q: %v", garbage, err)
		}
		l.Close()
	}
}
