package ewstest

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"iorepl/sync/ews/soap"
)

// schemas is where Microsoft's schemas are, beside the project.
const schemas = "../../../../shared/ews-schemas"

// linter takes requests and answers; it is nil where xmllint or the schemas are not there.
var linter, _ = NewLinter(schemas)

// TestMain checks in the end that what was sent and answered keeps to the schemas.
func TestMain(m *testing.M) {
	code := m.Run()
	if linter != nil {
		for _, err := range linter.Finish() {
			fmt.Println("FAIL: a request or an answer does not keep to the schema", err)
			code = 1
		}
	}
	os.Exit(code)
}

// clock stands still until it is moved.
type clock struct {
	mu stdsync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// client posts requests as one account.
type client struct {
	t       testing.TB
	url     string
	name    string
	version string
	header  http.Header
	lax     bool // answers need not keep to the schema
}

// start makes a server with the accounts iorepl (owner of the root), anna and guest, all with the password "secret".
func start(t testing.TB, o Options) (*Server, *client) {
	t.Helper()
	if o.Now == nil {
		o.Now = newClock().now
	}
	if o.Validate == nil && linter != nil {
		o.Validate = linter.Collect
	}
	s := New(o)
	t.Cleanup(s.Close)
	for _, name := range []string{"iorepl", "anna", "guest"} {
		s.AddUser(name, "secret", name+"@contoso.test")
	}
	if err := s.SetPermission("", "iorepl@contoso.test", Owner); err != nil {
		t.Fatal(err)
	}
	url, err := s.Start(false)
	if err != nil {
		t.Fatal(err)
	}
	version := "Exchange2007_SP1"
	if o.Profile != Exchange2007SP1 {
		version = "Exchange2010_SP2"
	}
	return s, &client{t: t, url: url, name: "iorepl", version: version, header: http.Header{}, lax: o.Profile == Grommunio}
}

func (c *client) as(name string) *client {
	d := *c
	d.name = name
	return &d
}

const requestHead = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="` + soap.Types +
	`" xmlns:m="` + soap.Messages + `"><soap:Header><t:RequestServerVersion Version="%s"/></soap:Header><soap:Body>%s</soap:Body></soap:Envelope>`

// raw posts a body and gives the status and the answer.
func (c *client) raw(envelope string) (int, string, error) {
	req, err := http.NewRequest(http.MethodPost, c.url+"/EWS/Exchange.asmx", strings.NewReader(envelope))
	if err != nil {
		return 0, "", err
	}
	for k, v := range c.header {
		req.Header[k] = v
	}
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	req.SetBasicAuth(c.name, "secret")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// envelope puts an operation into an envelope.
func (c *client) envelope(body string) string { return fmt.Sprintf(requestHead, c.version, body) }

// post sends an operation and gives the element in the answer's Body.
func (c *client) post(body string) *soap.Element {
	c.t.Helper()
	_, text, err := c.raw(c.envelope(body))
	if err != nil {
		c.t.Fatalf("%v\nrequest: %s", err, body)
	}
	env, err := readEnvelope(strings.NewReader(text))
	if err != nil {
		c.t.Fatalf("%v\nanswer: %s", err, text)
	}
	if linter != nil && !c.lax && env.body.Name != "Fault" {
		linter.Collect("Exchange2016", []byte(text))
	}
	return env.body
}

// message posts an operation that gives one response message and gives that.
func (c *client) message(body string) *soap.Element {
	c.t.Helper()
	answer := c.post(body)
	list := answer.Child("ResponseMessages")
	if list == nil || len(list.Children) != 1 {
		c.t.Fatalf("got %s, want one response message\nrequest: %s", show(answer), body)
	}
	return list.Children[0]
}

// ok is message for what must succeed.
func (c *client) ok(body string) *soap.Element {
	c.t.Helper()
	m := c.message(body)
	if m.Value("ResponseCode") != "NoError" {
		c.t.Fatalf("got %s, want success\nrequest: %s", show(m), body)
	}
	return m
}

// code posts an operation and gives the first response code, of a message or of a fault.
func (c *client) code(body string) string {
	c.t.Helper()
	answer := c.post(body)
	if answer.Name == "Fault" {
		for _, e := range answer.Children {
			if e.Name == "detail" {
				return strings.TrimSpace(e.Children[0].Text)
			}
		}
		for _, e := range answer.Children {
			if e.Name == "faultcode" {
				return e.Text
			}
		}
	}
	for _, m := range answer.Child("ResponseMessages").Children {
		return m.Value("ResponseCode")
	}
	return ""
}

func show(e *soap.Element) string { return fingerprint(e) }

// folderID is the t:FolderId of a public folder.
func folderID(t testing.TB, s *Server, path string) string {
	t.Helper()
	id, err := act(s.User(""), func(c *call) (string, error) {
		f, err := c.path(path)
		if err != nil {
			return "", err
		}
		return s.encode(f.store, ref{folder: f.id}), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`<t:FolderId Id="%s"/>`, id)
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
